export { Capacity, type CapacityOptions, type SpotCapacityOptions } from './capacity';
export { ScalingPolicy, type ScalingPolicyOptions, type ScheduledScalingOptions } from './scaling-policy';
export { TaskScaling, type TaskScalingOptions } from './task-scaling';
export { type CpuScalingOptions, type QueueDepthScalingOptions, WorkerScaling } from './worker-scaling';
