import { type IMetric, MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { namesInErrors, pathInErrors } from '../private/path-in-errors';
import { fail } from '../private/validation';
import { errorPercent, type RequestSources, requireLatency, secondsOf, slowPercent } from './request-shares';

/**
 * What the metrics are taken from.
 *
 * @internal
 */
export interface MetricSources {
  /** What the errors are about. */
  readonly scope: Construct;
  readonly service: FargateService;
  readonly loadBalancer?: ApplicationLoadBalancer;
  /** The target group, and with a deployment that shifts traffic the other one: which of them has the tasks changes with each deployment. */
  readonly targetGroups: ApplicationTargetGroup[];
  /** The number of error lines in the log; what counts them is made when it is first asked for. */
  readonly errorLines: () => Metric;
}

/**
 * The CloudWatch metrics of a service. Each method takes the options of a metric last, and makes a metric that can be alarmed on or drawn.
 *
 * The metrics of requests need a load balancer; asking for one without is an error. With a deployment that shifts traffic they are expressions over
 * both target groups.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
 * import { FlaskFargateService } from 'cdk-flask-fargate';
 *
 * declare const stack: Stack;
 * declare const web: FlaskFargateService;
 *
 * new Alarm(stack, 'Busy', { metric: web.metrics.requestCount(), threshold: 10000, evaluationPeriods: 3 });
 */
@pathInErrors
export class FlaskServiceMetrics {
  /** @internal */
  public static _of(sources: MetricSources): FlaskServiceMetrics {
    return new FlaskServiceMetrics(sources);
  }

  private constructor(private readonly sources: MetricSources) {
    namesInErrors(this, sources.scope);
  }

  /**
   * The number of requests that the tasks answered.
   *
   * @param options sum over 5 minutes by default
   */
  public requestCount(options?: MetricOptions): IMetric {
    return this.sum('requestCount', options, (group, each) => group.metrics.requestCount(each));
  }

  /**
   * The number of requests for each healthy task.
   *
   * @param options sum over 5 minutes by default
   */
  public requestCountPerTarget(options?: MetricOptions): Metric {
    // one dimension only: with the load balancer as second dimension the metric has no data
    const [targetGroup, alternate] = this.targetGroups('requestCountPerTarget');
    if (alternate) {
      fail('the metric requestCountPerTarget counts one target group, and a deployment that shifts traffic has two; use requestCount');
    }
    return new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: 'RequestCountPerTarget',
      dimensionsMap: { TargetGroup: targetGroup.targetGroupFullName },
      statistic: Stats.SUM,
      ...options,
    }).attachTo(targetGroup);
  }

  /**
   * The time from the request leaving the load balancer to the answer of the task, in seconds.
   *
   * @param options mean over 5 minutes by default; give `statistic: 'p99'` for the slowest
   */
  public responseTime(options?: MetricOptions): IMetric {
    return this.largest('responseTime', options, (group, each) => group.metrics.targetResponseTime(each));
  }

  /**
   * The number of answers of the app with status 500 and above.
   *
   * @param options sum over 5 minutes by default
   */
  public serverErrors(options?: MetricOptions): IMetric {
    return this.sum('serverErrors', options, (group, each) => group.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, each));
  }

  /**
   * The number of answers of the app with status 400 to 499.
   *
   * @param options sum over 5 minutes by default
   */
  public clientErrors(options?: MetricOptions): IMetric {
    return this.sum('clientErrors', options, (group, each) => group.metrics.httpCodeTarget(HttpCodeTarget.TARGET_4XX_COUNT, each));
  }

  /**
   * The number of answers with status 500 and above that the load balancer gave itself, because no task answered.
   *
   * @param options sum over 5 minutes by default
   */
  public loadBalancerErrors(options?: MetricOptions): Metric {
    return this.ownLoadBalancer('loadBalancerErrors').metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, options);
  }

  /**
   * The number of answers 502 of the load balancer: a task closed the connection before it had answered, or took none.
   *
   * @param options sum over 5 minutes by default
   */
  public badGatewayErrors(options?: MetricOptions): Metric {
    return this.ownLoadBalancer('badGatewayErrors').metrics.httpCodeElb(HttpCodeElb.ELB_502_COUNT, options);
  }

  /**
   * The number of answers 503 of the load balancer: there was no task to send the request to.
   *
   * @param options sum over 5 minutes by default
   */
  public serviceUnavailableErrors(options?: MetricOptions): Metric {
    return this.ownLoadBalancer('serviceUnavailableErrors').metrics.httpCodeElb(HttpCodeElb.ELB_503_COUNT, options);
  }

  /**
   * The number of answers 504 of the load balancer: a task did not answer within the idle timeout.
   *
   * @param options sum over 5 minutes by default
   */
  public gatewayTimeoutErrors(options?: MetricOptions): Metric {
    return this.ownLoadBalancer('gatewayTimeoutErrors').metrics.httpCodeElb(HttpCodeElb.ELB_504_COUNT, options);
  }

  /**
   * The share of requests that were answered with status 500 and above, by the app or by the load balancer, in percent. Periods with fewer
   * than 5 errors count as zero: one failed request in a quiet minute is not an outage.
   *
   * @param options over 5 minutes by default; `label`, `color` and `period` are used
   */
  public serverErrorPercent(options: MetricOptions = {}): MathExpression {
    return errorPercent(this.requestSources('serverErrorPercent'), {
      minErrors: 5,
      label: 'server errors (%)',
      ...renderingOf(options),
    });
  }

  /**
   * The share of answers of the app that took longer than a time, in percent. With a deployment that shifts traffic it is that of the slower of
   * the two versions. Periods with fewer than 10 slow answers count as zero.
   *
   * @param latency an answer that takes longer is slow
   * @param options over 5 minutes by default; `label`, `color` and `period` are used
   */
  public slowResponsePercent(latency: Duration, options: MetricOptions = {}): MathExpression {
    requireLatency('latency', latency);
    return slowPercent(this.requestSources('slowResponsePercent'), {
      latency,
      minSlow: 10,
      label: `slower than ${secondsOf(latency)} s (%)`,
      ...renderingOf(options),
    });
  }

  /**
   * The number of tasks that the service is to have. Has data only where the cluster has Container Insights on, as in production.
   *
   * @param options mean over 5 minutes by default
   */
  public desiredTaskCount(options?: MetricOptions): Metric {
    return this.insights('DesiredTaskCount', options);
  }

  /**
   * The number of connections that the load balancer did not take because it has too many.
   *
   * @param options sum over 5 minutes by default
   */
  public rejectedConnections(options?: MetricOptions): Metric {
    return this.ownLoadBalancer('rejectedConnections').metrics.rejectedConnectionCount(options);
  }

  /**
   * The number of connections that clients hold open.
   *
   * @param options sum over 5 minutes by default
   */
  public activeConnections(options?: MetricOptions): Metric {
    return this.ownLoadBalancer('activeConnections').metrics.activeConnectionCount(options);
  }

  /**
   * The number of lines in the log that have the word ERROR, CRITICAL or Traceback in them.
   *
   * @param options sum over 5 minutes by default
   */
  public errorLines(options?: MetricOptions): Metric {
    return this.sources.errorLines().with(options ?? {});
  }

  /**
   * The number of deployments of the service: 1 when none is under way. Has data only where the cluster has Container Insights on.
   *
   * @param options maximum over 5 minutes by default
   */
  public deploymentCount(options?: MetricOptions): Metric {
    return this.insights('DeploymentCount', { statistic: Stats.MAXIMUM, ...options });
  }

  /**
   * The number of tasks that the load balancer sends requests to.
   *
   * @param options mean over 5 minutes by default
   */
  public healthyTaskCount(options?: MetricOptions): IMetric {
    return this.sum('healthyTaskCount', options, (group, each) => group.metrics.healthyHostCount(each));
  }

  /**
   * The number of tasks that the load balancer sends no requests to because their health check fails.
   *
   * @param options mean over 5 minutes by default
   */
  public unhealthyTaskCount(options?: MetricOptions): IMetric {
    return this.sum('unhealthyTaskCount', options, (group, each) => group.metrics.unhealthyHostCount(each));
  }

  /**
   * The number of tasks that run. Has data only where the cluster has Container Insights on, as in production.
   *
   * @param options mean over 5 minutes by default
   */
  public runningTaskCount(options?: MetricOptions): Metric {
    return this.insights('RunningTaskCount', options);
  }

  /**
   * How much of their CPU the tasks use, in percent.
   *
   * @param options mean over 5 minutes by default
   */
  public cpuUtilization(options?: MetricOptions): Metric {
    return this.sources.service.metricCpuUtilization(options);
  }

  /**
   * How much of their memory the tasks use, in percent.
   *
   * @param options mean over 5 minutes by default
   */
  public memoryUtilization(options?: MetricOptions): Metric {
    return this.sources.service.metricMemoryUtilization(options);
  }

  private requestSources(metric: string): RequestSources {
    return { targetGroups: this.targetGroups(metric), loadBalancer: this.sources.loadBalancer };
  }

  private insights(metricName: string, options?: MetricOptions): Metric {
    const { service } = this.sources;
    return new Metric({
      namespace: 'ECS/ContainerInsights',
      metricName,
      dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
      statistic: Stats.AVERAGE,
      ...options,
    }).attachTo(service);
  }

  private sum(name: string, options: MetricOptions | undefined, of: MetricOf): IMetric {
    return this.over(name, options, of, (variables) => variables.map((variable) => `FILL(${variable}, 0)`).join(' + '));
  }

  private largest(name: string, options: MetricOptions | undefined, of: MetricOf): IMetric {
    return this.over(name, options, of, (variables) => `MAX([${variables.join(', ')}])`);
  }

  private over(name: string, options: MetricOptions = {}, of: MetricOf, expression: (variables: string[]) => string): IMetric {
    const metrics = this.targetGroups(name).map((group) => of(group, options));
    if (metrics.length === 1) {
      return metrics[0];
    }
    // variables of all expressions in one alarm or graph share their names
    const usingMetrics = Object.fromEntries(metrics.map((metric, i) => [`${name}${i}${idOf(options.statistic)}`, metric]));
    const { period = Duration.minutes(5), label, color } = options;
    return new MathExpression({ expression: expression(Object.keys(usingMetrics)), usingMetrics, period, label, color });
  }

  private targetGroups(metric: string): ApplicationTargetGroup[] {
    const { targetGroups } = this.sources;
    return targetGroups.length > 0
      ? targetGroups
      : fail(`the metric ${metric} needs a load balancer, and the service has none; use cpuUtilization or memoryUtilization`);
  }

  private ownLoadBalancer(metric: string): ApplicationLoadBalancer {
    return (
      this.sources.loadBalancer ??
      fail(`the metric ${metric} needs a load balancer of the service's own, and the service has none; use requestCount or serverErrors`)
    );
  }
}

type MetricOf = (group: ApplicationTargetGroup, options: MetricOptions) => Metric;

function renderingOf({ period = Duration.minutes(5), ...options }: MetricOptions): {
  readonly period: Duration;
  readonly label?: string;
  readonly color?: string;
} {
  return {
    period,
    ...(options.label === undefined ? {} : { label: options.label }),
    ...(options.color === undefined ? {} : { color: options.color }),
  };
}

/** `p99.9` becomes `p999`. */
function idOf(statistic = ''): string {
  return statistic.replace(/\W/g, '').toLowerCase();
}
