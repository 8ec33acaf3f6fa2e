import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Token } from 'aws-cdk-lib/core';
import { textOf } from '../private/text';
import { fail, requireInteger, requireKnown, requireOrder, requireRange, requireSeconds } from '../private/validation';
import { hasHighResolutionMetrics } from './high-resolution';
import { customQueries, loadBalancerQueries, requireMetricsHere, resultQuery } from './metric-queries';
import type { Concurrency, RenderedPolicy, RenderedTracking, ScalingContext, UtilizationMetric } from './rendered-scaling';
import type {
  CustomScalingOptions,
  InFlightScalingOptions,
  ScalingPolicyOptions,
  ScheduledScalingOptions,
  StepScalingOptions,
  UtilizationScalingOptions,
} from './scaling-options';

/** What `TaskScaling.between` has to compare among several policies. */
interface PolicyFacts {
  /** What it scales on, once for each service; absent where several are right. */
  readonly metric?: string;
  /** The target of the CPU, and what a step has to be above. */
  readonly cpuTarget?: number;
  readonly cpuStep?: number;
  readonly min?: number;
  readonly max?: number;
}

/** When tasks are added and removed. Give one or several to `TaskScaling.between`. */
export class ScalingPolicy {
  /**
   * Keep the mean CPU utilization of the tasks at a value. It does not see a slow backend: while all threads wait for it, the CPU idles. Give
   * `inFlight` beside it.
   *
   * @param targetUtilizationPercent 1 to 100
   * @param options the resolution of the metric, and the waits between two steps
   * @example
   * import { ScalingPolicy, TaskScaling } from 'cdk-flask-fargate';
   *
   * TaskScaling.between({ min: 2, max: 10, policies: [ScalingPolicy.cpu(60), ScalingPolicy.inFlight(50)] });
   */
  public static cpu(targetUtilizationPercent: number, options: UtilizationScalingOptions = {}): ScalingPolicy {
    requireRange('the CPU utilization to scale on', targetUtilizationPercent, 1, 100, 'it is a percentage, such as 60');
    return ScalingPolicy.utilization('Cpu', 'CPUUtilization', 'ECSServiceAverageCPUUtilization', targetUtilizationPercent, options);
  }

  /**
   * Keep the mean memory utilization of the tasks at a value. The workers of gunicorn rarely give memory back, so such a policy keeps the
   * others from removing tasks: for most apps `cpu` and `inFlight` follow the load better.
   *
   * @param targetUtilizationPercent 1 to 100
   * @param options the resolution of the metric, and the waits between two steps
   * @example
   * import { Duration } from 'aws-cdk-lib';
   * import { ScalingPolicy, TaskScaling } from 'cdk-flask-fargate';
   *
   * TaskScaling.between({ min: 2, max: 10, policies: [ScalingPolicy.memory(70, { resolution: Duration.seconds(60) })] });
   */
  public static memory(targetUtilizationPercent: number, options: UtilizationScalingOptions = {}): ScalingPolicy {
    requireRange('the memory utilization to scale on', targetUtilizationPercent, 1, 100, 'it is a percentage, such as 70');
    return ScalingPolicy.utilization(
      'Memory',
      'MemoryUtilization',
      'ECSServiceAverageMemoryUtilization',
      targetUtilizationPercent,
      options,
    );
  }

  /**
   * Keep the requests in flight at a share of what the tasks can answer at the same time. It sees a slow backend, which the CPU does not. By Little's law,
   * the requests in flight are their rate times their duration. The load balancer measures both, so the app needs no change. Needs a load balancer.
   *
   * @param targetUtilizationPercent 1 to 100; 50 leaves room for a load that doubles before new tasks are there
   * @param options what a task answers at the same time, and the waits between two steps
   * @example
   * import { ScalingPolicy, TaskScaling } from 'cdk-flask-fargate';
   *
   * TaskScaling.between({ min: 2, max: 10, policies: [ScalingPolicy.inFlight(50, { requestsAtOnce: 16 })] });
   */
  public static inFlight(targetUtilizationPercent: number, options: InFlightScalingOptions = {}): ScalingPolicy {
    requireRange('the share of requests in flight to scale on', targetUtilizationPercent, 1, 100, 'it is a percentage, such as 50');
    requireInteger('requestsAtOnce', options.requestsAtOnce, 1, 65_536, 'it is workers × threads of the server');
    const cooldowns = cooldownsOf(options);
    return new ScalingPolicy(
      ({ targetGroups, concurrency }) => {
        requireLoadBalancer(targetGroups, 'scaling on requests in flight');
        const atOnce = options.requestsAtOnce !== undefined ? textOf(options.requestsAtOnce) : requestsAtOnce(concurrency);
        const inFlight = targetGroups.map((_, i) => `FILL(requests${i}, 0) * FILL(seconds${i}, 0)`).join(' + ');
        return {
          kind: 'tracking',
          name: 'InFlight',
          target: targetUtilizationPercent,
          metrics: [
            resultQuery(`100 * (${inFlight}) / 60 / (${atOnce})`, 'requests in flight (%)'),
            ...loadBalancerQueries(targetGroups, {
              requests: ['RequestCountPerTarget', 'Sum'],
              seconds: ['TargetResponseTime', 'Average'],
            }),
          ],
          ...cooldowns,
        };
      },
      { metric: 'requests in flight' },
    );
  }

  /**
   * Keep the number of requests that each task answers in a minute at a value. Needs a load balancer. It does not see that requests became
   * slower or heavier: `inFlight` does.
   *
   * @param requestsPerMinute requests a minute and task, 1 to 1000000
   * @param options the waits between two steps
   * @example
   * import { ScalingPolicy, TaskScaling } from 'cdk-flask-fargate';
   *
   * TaskScaling.between({ min: 2, max: 10, policies: [ScalingPolicy.cpu(60), ScalingPolicy.requestsPerTarget(900)] });
   */
  public static requestsPerTarget(requestsPerMinute: number, options: ScalingPolicyOptions = {}): ScalingPolicy {
    requireInteger(
      'the requests a minute to scale on',
      requestsPerMinute,
      1,
      1_000_000,
      'measure what one task can answer and use 70 % of it',
    );
    const cooldowns = cooldownsOf(options);
    return new ScalingPolicy(
      ({ targetGroups }) => {
        requireLoadBalancer(targetGroups, 'scaling on requests per target');
        return {
          kind: 'tracking',
          name: 'Requests',
          target: requestsPerMinute,
          metrics: [
            // the predefined metric has no data while nobody asks, and no policy without data lets tasks be removed
            resultQuery(targetGroups.map((_, i) => `FILL(requests${i}, 0)`).join(' + '), 'requests per target'),
            ...loadBalancerQueries(targetGroups, { requests: ['RequestCountPerTarget', 'Sum'] }),
          ],
          ...cooldowns,
        };
      },
      { metric: 'requests' },
    );
  }

  /**
   * Keep a metric or an expression of your own at a value: busy threads, open connections. Its value must fall in proportion when tasks are
   * added, so give a mean or a number for each task; a response time is no such metric. CloudWatch is asked for periods of a minute, whatever
   * period the metric names, so the app must send the metric at least once a minute: the minutes between would count as `missingData`.
   *
   * @param metric a `Metric` or a `MathExpression` of the account and region of the service
   * @param options the value, and the waits between two steps
   * @example
   * import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
   * import { ScalingPolicy, TaskScaling } from 'cdk-flask-fargate';
   *
   * const busy = new Metric({ namespace: 'Shop', metricName: 'BusyThreads', statistic: 'Average' });
   * TaskScaling.between({ min: 2, max: 10, policies: [ScalingPolicy.cpu(60), ScalingPolicy.custom(busy, { target: 50 })] });
   */
  public static custom(metric: IMetric, options: CustomScalingOptions): ScalingPolicy {
    const { target, missingData = 0 } = options;
    if (!Token.isUnresolved(target) && !(target > 0 && target < Infinity)) {
      fail(`the target of a metric to scale on must be a number above 0, got ${target}; because no number of tasks would be enough for 0`);
    }
    requireKnown('missingData', missingData, '0');
    if (!Number.isFinite(missingData)) {
      fail(`missingData must be a number, got ${missingData}; leave it out for 0`);
    }
    const metrics = customQueries(metric, missingData);
    const cooldowns = cooldownsOf(options);
    return new ScalingPolicy((here) => {
      requireMetricsHere(metric, here);
      return { kind: 'tracking', name: 'Custom', target, metrics, ...cooldowns };
    });
  }

  /**
   * Multiply the number of tasks when the CPU is saturated: a jump for a flash crowd, which target tracking follows in several steps. Combine it with
   * `ScalingPolicy.cpu()`, which removes the tasks again: a step alone has no vote on that, and the number would swing.
   *
   * @param options the threshold and the factor
   * @example
   * import { ScalingPolicy, TaskScaling } from 'cdk-flask-fargate';
   *
   * TaskScaling.between({ min: 2, max: 20, policies: [ScalingPolicy.cpu(60), ScalingPolicy.step({ factor: 3 })] });
   */
  public static step(options: StepScalingOptions = {}): ScalingPolicy {
    const { aboveUtilizationPercent: threshold = 95, factor = 3, cooldown } = options;
    requireKnown('aboveUtilizationPercent', threshold, '95');
    requireKnown('factor of a step', factor, '3');
    requireRange('aboveUtilizationPercent', threshold, 2, 99, 'because nothing is above 100');
    requireRange('factor of a step', factor, 1.1, 10, 'it multiplies the number of tasks');
    requireSeconds('cooldown of a step', cooldown, 0, 3600);
    return new ScalingPolicy(
      ({ region }) => ({
        kind: 'step',
        name: 'Step',
        threshold,
        percentMore: Math.round(100 * (factor - 1)),
        cooldown: cooldown ?? Duration.seconds(60),
        highResolution: hasHighResolutionMetrics(region) ? 'CPUUtilization' : undefined,
      }),
      { metric: 'a step of the CPU', cpuStep: threshold },
    );
  }

  /**
   * Change the bounds at certain times: before a known peak, or down to nothing at night.
   *
   * @param options when, and the new bounds
   * @example
   * import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
   * import { ScalingPolicy, TaskScaling } from 'cdk-flask-fargate';
   *
   * const schedule = Schedule.cron({ hour: '8', minute: '0' });
   * TaskScaling.between({ min: 2, max: 10, policies: [ScalingPolicy.cpu(60), ScalingPolicy.schedule({ schedule, min: 6 })] });
   */
  public static schedule(options: ScheduledScalingOptions): ScalingPolicy {
    const { min, max } = options;
    requireKnown('min of a scheduled scaling', min, '2');
    requireInteger('min of a scheduled scaling', min, 0, 5000);
    requireInteger('max of a scheduled scaling', max, 0, 5000);
    if (min === undefined && max === undefined) {
      fail('a scheduled scaling must set min, max or both, got neither');
    }
    requireOrder('min of a scheduled scaling', min, 'max', max);
    return new ScalingPolicy(() => ({ kind: 'schedule', name: 'Schedule', ...options }), { min, max });
  }

  private static utilization(
    name: string,
    metric: UtilizationMetric,
    predefined: string,
    target: number,
    options: UtilizationScalingOptions,
  ): ScalingPolicy {
    const { resolution } = options;
    requireKnown('resolution', resolution, 'Duration.seconds(20)');
    const seconds = resolution?.toSeconds({ integral: false });
    if (seconds !== undefined && seconds !== 20 && seconds !== 60) {
      fail(`resolution must be 20 or 60 seconds, got ${seconds}; Amazon ECS has no other`);
    }
    const cooldowns = cooldownsOf(options);
    return new ScalingPolicy(
      ({ region }): RenderedTracking => {
        const fast = seconds === undefined ? hasHighResolutionMetrics(region) : seconds === 20;
        return {
          kind: 'tracking',
          name,
          target,
          predefinedMetric: fast ? `${predefined}HighResolution` : predefined,
          highResolution: fast ? metric : undefined,
          ...cooldowns,
        };
      },
      { metric: name.toLowerCase(), cpuTarget: name === 'Cpu' ? target : undefined },
    );
  }

  private constructor(
    private readonly render: (context: ScalingContext) => RenderedPolicy,
    /** @internal */
    public readonly _facts: PolicyFacts = {},
  ) {}

  /**
   * What the policy is for a service, as plain data.
   *
   * @internal
   */
  public _render(context: ScalingContext): RenderedPolicy {
    return this.render(context);
  }
}

function requireLoadBalancer(targetGroups: string[], what: string): void {
  if (targetGroups.length === 0) {
    fail(`${what} needs a load balancer, and the service has none; use ScalingPolicy.cpu() or give the service a load balancer`);
  }
}

/** Written as a product where one is known at deployment only: CloudWatch multiplies. */
function requestsAtOnce(concurrency?: Concurrency): string {
  if (!concurrency) {
    fail(
      'scaling on requests in flight needs to know how many requests a task answers at the same time, and the server is WsgiServer.custom(); give requestsAtOnce',
    );
  }
  const { workers, threads } = concurrency;
  return [workers, threads].some((number) => Token.isUnresolved(number))
    ? `${textOf(workers)} * ${textOf(threads)}`
    : `${workers * threads}`;
}

function cooldownsOf(options: ScalingPolicyOptions): Required<ScalingPolicyOptions> {
  requireSeconds('scaleOutCooldown', options.scaleOutCooldown, 0, 3600);
  requireSeconds('scaleInCooldown', options.scaleInCooldown, 0, 3600);
  return {
    scaleOutCooldown: options.scaleOutCooldown ?? Duration.seconds(60),
    scaleInCooldown: options.scaleInCooldown ?? Duration.minutes(5),
  };
}
