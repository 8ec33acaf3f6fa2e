import type { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, type TimeZone } from 'aws-cdk-lib/core';
import { fail, requireInteger, requireOrder, requireRange, requireSeconds } from '../private/validation';

/** The waits between two scaling steps. */
export interface ScalingPolicyOptions {
  /**
   * How long to wait after tasks were added before more are added.
   *
   * @default Duration.seconds(60) - a new task is healthy after about that time, and only then tells in the metric
   */
  readonly scaleOutCooldown?: Duration;

  /**
   * How long to wait after tasks were removed before more are removed.
   *
   * @default Duration.minutes(5) - slow to go, so that a short lull does not take away what the next peak needs
   */
  readonly scaleInCooldown?: Duration;
}

/** The number of tasks at certain times. */
export interface ScheduledScalingOptions {
  /** When: a cron or rate expression, or one point in time. */
  readonly schedule: Schedule;

  /**
   * The time zone of a cron expression.
   *
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;

  /**
   * The fewest tasks from then on.
   *
   * @default - stays as it is
   */
  readonly min?: number;

  /**
   * The most tasks from then on.
   *
   * @default - stays as it is
   */
  readonly max?: number;
}

/**
 * What a policy is put on.
 *
 * @internal
 */
export interface ScalingContext {
  readonly tasks: ScalableTaskCount;
  readonly targetGroup?: ApplicationTargetGroup;
}

type Apply = (context: ScalingContext, id: string) => void;

/** When tasks are added and removed. Give one or several to `TaskScaling.between`. */
export class ScalingPolicy {
  /**
   * Keep the mean CPU utilization of the tasks at a value.
   *
   * @param targetUtilizationPercent 1 to 100
   * @param options the waits between two steps
   */
  public static cpu(targetUtilizationPercent: number, options: ScalingPolicyOptions = {}): ScalingPolicy {
    requireRange('the CPU utilization to scale on', targetUtilizationPercent, 1, 100, 'it is a percentage, 60 for example');
    const cooldowns = cooldownsOf(options);
    return new ScalingPolicy('Cpu', ({ tasks }, id) => {
      tasks.scaleOnCpuUtilization(id, { targetUtilizationPercent, ...cooldowns });
    });
  }

  /**
   * Keep the mean memory utilization of the tasks at a value. gunicorn's workers rarely give memory back: for most apps `cpu` or
   * `requestsPerTarget` follows the load better.
   *
   * @param targetUtilizationPercent 1 to 100
   * @param options the waits between two steps
   */
  public static memory(targetUtilizationPercent: number, options: ScalingPolicyOptions = {}): ScalingPolicy {
    requireRange('the memory utilization to scale on', targetUtilizationPercent, 1, 100, 'it is a percentage, 70 for example');
    const cooldowns = cooldownsOf(options);
    return new ScalingPolicy('Memory', ({ tasks }, id) => {
      tasks.scaleOnMemoryUtilization(id, { targetUtilizationPercent, ...cooldowns });
    });
  }

  /**
   * Keep the number of requests that each task answers in a minute at a value. Needs a load balancer, and a rolling deployment: with two
   * target groups the metric counts one of them.
   *
   * @param requestsPerMinute requests a minute and task, 1 or more
   * @param options the waits between two steps
   */
  public static requestsPerTarget(requestsPerMinute: number, options: ScalingPolicyOptions = {}): ScalingPolicy {
    requireInteger(
      'the requests a minute to scale on',
      requestsPerMinute,
      1,
      1_000_000,
      'measure what one task can answer and take 70 % of it',
    );
    const cooldowns = cooldownsOf(options);
    return new ScalingPolicy('Requests', ({ tasks, targetGroup }, id) => {
      if (!targetGroup) {
        fail(
          'scaling on requests per target needs a load balancer, and the service has none; use ScalingPolicy.cpu() or give the service a load balancer',
        );
      }
      tasks.scaleOnRequestCount(id, { requestsPerTarget: requestsPerMinute, targetGroup, ...cooldowns });
    });
  }

  /**
   * Change the bounds at certain times: before a known peak, or down to nothing at night.
   *
   * @param options when, and the new bounds
   */
  public static schedule(options: ScheduledScalingOptions): ScalingPolicy {
    const { schedule, timeZone, min, max } = options;
    requireInteger('min of a scheduled scaling', min, 0, 5000);
    requireInteger('max of a scheduled scaling', max, 0, 5000);
    if (min === undefined && max === undefined) {
      fail('a scheduled scaling must set min, max or both, got neither');
    }
    requireOrder('min of a scheduled scaling', min, 'max', max);
    const apply: Apply = ({ tasks }, id) => tasks.scaleOnSchedule(id, { schedule, timeZone, minCapacity: min, maxCapacity: max });
    return new ScalingPolicy('Schedule', apply, min);
  }

  private constructor(
    /** @internal */
    public readonly _kind: string,
    private readonly apply: Apply,
    /** @internal */
    public readonly _minCapacity?: number,
  ) {}

  /** @internal */
  public _apply(context: ScalingContext, id: string): void {
    this.apply(context, id);
  }
}

function cooldownsOf(options: ScalingPolicyOptions): Required<ScalingPolicyOptions> {
  requireSeconds('scaleOutCooldown', options.scaleOutCooldown, 0, 3600);
  requireSeconds('scaleInCooldown', options.scaleInCooldown, 0, 3600);
  return {
    scaleOutCooldown: options.scaleOutCooldown ?? Duration.seconds(60),
    scaleInCooldown: options.scaleInCooldown ?? Duration.minutes(5),
  };
}
