import type { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { Duration } from 'aws-cdk-lib/core';
import type { ScheduledScalingOptions } from './scaling-options';

/**
 * What a policy has to know of the service.
 *
 * @internal
 */
export interface ScalingContext {
  /** The full names of the target groups: none without a load balancer, two with a deployment that shifts traffic. */
  readonly targetGroups: string[];
  /** What a task answers at once; absent where the server is not one of ours. */
  readonly concurrency?: Concurrency;
  /** The account of the stack, or a token. */
  readonly account: string;
  /** The region of the stack, or a token. */
  readonly region: string;
}

/**
 * The processes of a server and the threads in each.
 *
 * @internal
 */
export interface Concurrency {
  readonly workers: number;
  readonly threads: number;
}

/** The metrics that Amazon ECS can report every 20 seconds. */
export type UtilizationMetric = 'CPUUtilization' | 'MemoryUtilization';

/**
 * A metric that is kept at a value.
 *
 * @internal
 */
export interface RenderedTracking {
  readonly kind: 'tracking';
  readonly name: string;
  readonly target: number;
  readonly scaleOutCooldown: Duration;
  readonly scaleInCooldown: Duration;
  /** A metric that Application Auto Scaling knows by name. */
  readonly predefinedMetric?: string;
  /** Else an expression and its metrics. */
  readonly metrics?: CfnScalingPolicy.TargetTrackingMetricDataQueryProperty[];
  /** What Amazon ECS has to report every 20 seconds for it. */
  readonly highResolution?: UtilizationMetric;
}

/**
 * A factor on the number of tasks.
 *
 * @internal
 */
export interface RenderedStep {
  readonly kind: 'step';
  readonly name: string;
  readonly threshold: number;
  readonly percentMore: number;
  readonly cooldown: Duration;
  readonly highResolution?: UtilizationMetric;
}

/**
 * Other bounds at certain times.
 *
 * @internal
 */
export interface RenderedSchedule extends ScheduledScalingOptions {
  readonly kind: 'schedule';
  readonly name: string;
}

/** @internal */
export type RenderedPolicy = RenderedTracking | RenderedStep | RenderedSchedule;

/**
 * How many tasks there are.
 *
 * @internal
 */
export interface RenderedTaskCount {
  /** The desired count of the template: none where the scaling owns it. */
  readonly desired?: number;
  /** The minimum that the bounds and the schedules allow. */
  readonly min: number;
  /** The maximum that the bounds and the schedules allow. */
  readonly max: number;
}

/**
 * The number of tasks, and what moves it.
 *
 * @internal
 */
export interface RenderedTaskScaling {
  readonly min: number;
  readonly max: number;
  /** None: the number is fixed. */
  readonly policies: RenderedPolicy[];
}
