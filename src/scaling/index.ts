export { Capacity, type CapacityOptions, type SpotCapacityOptions } from './capacity';
export type {
  CustomScalingOptions,
  InFlightScalingOptions,
  ScalingPolicyOptions,
  ScheduledScalingOptions,
  StepScalingOptions,
  UtilizationScalingOptions,
} from './scaling-options';
export { ScalingPolicy } from './scaling-policy';
export { TaskScaling, type TaskScalingOptions } from './task-scaling';
export { type CpuScalingOptions, type QueueDepthScalingOptions, WorkerScaling } from './worker-scaling';
