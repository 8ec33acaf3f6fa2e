import type { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { Duration, TimeZone } from 'aws-cdk-lib/core';

/** The waits between two scaling steps. */
export interface ScalingPolicyOptions {
  /**
   * How long to wait after tasks were added before more are added, 0 to 3600 seconds.
   *
   * @default Duration.seconds(60) - the metric lags behind the tasks: a shorter wait adds tasks for a load that the new ones already carry
   */
  readonly scaleOutCooldown?: Duration;

  /**
   * How long to wait after tasks were removed before more are removed, 0 to 3600 seconds.
   *
   * @default Duration.minutes(5) - a short lull does not take away what the next peak needs
   */
  readonly scaleInCooldown?: Duration;
}

/** Scaling on the CPU or the memory of the tasks. */
export interface UtilizationScalingOptions extends ScalingPolicyOptions {
  /**
   * How often Amazon ECS reports the metric: 20 or 60 seconds. With 20 seconds, tasks are added after about 86 seconds instead of 363, by a benchmark
   * of AWS; it costs about $0.70 a month for each service.
   *
   * @default Duration.seconds(20) - 60 seconds in AWS GovCloud (US) and the isolated regions
   */
  readonly resolution?: Duration;
}

/** Scaling on the requests in flight. */
export interface InFlightScalingOptions extends ScalingPolicyOptions {
  /**
   * The number of requests that one task answers at the same time, 1 to 65536.
   *
   * @default - workers × threads of the server; required with `WsgiServer.custom()`, whose number is not known
   */
  readonly requestsAtOnce?: number;
}

/** Scaling on a metric of your own. */
export interface CustomScalingOptions extends ScalingPolicyOptions {
  /** The value to keep, above 0. */
  readonly target: number;

  /**
   * The value of a minute without data.
   *
   * @default 0 - a metric that is silent at night would otherwise keep every other policy from removing tasks
   */
  readonly missingData?: number;
}

/** A jump for a flash crowd. */
export interface StepScalingOptions {
  /**
   * The mean CPU utilization above which the number of tasks jumps, in percent, above the target of `ScalingPolicy.cpu()` and at most 99.
   *
   * @default 95 - the tasks are saturated: below, target tracking is quick enough
   */
  readonly aboveUtilizationPercent?: number;

  /**
   * By what the number of tasks is multiplied, above 1 and at most 10.
   *
   * @default 3
   */
  readonly factor?: number;

  /**
   * How long to wait after a jump before the next one, 0 to 3600 seconds.
   *
   * @default Duration.seconds(60)
   */
  readonly cooldown?: Duration;
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
   * The minimum number of tasks from then on, 0 to 5000.
   *
   * @default - unchanged
   */
  readonly min?: number;

  /**
   * The maximum number of tasks from then on, 0 to 5000.
   *
   * @default - unchanged
   */
  readonly max?: number;
}
