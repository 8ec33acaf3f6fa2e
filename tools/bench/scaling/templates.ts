/** A service as its template has it: policies, cooldowns, bounds, size, threads and health checks. Nothing of it is written down here. */
import type { Range } from './chance';
import type { Metrics, Policy } from './scaler';
import type { WebService } from './web-service';

// biome-ignore lint/suspicious/noExplicitAny: a template
type Properties = any;
export type Resources = { readonly [id: string]: { readonly Type: string; readonly Properties: Properties } };

/**
 * How late a datapoint is seen, in seconds. Fitted to AWS's benchmark of June 2026: 363 s from the change of the load to the scale-out with
 * metrics of 60 seconds, 86 s with those of 20.
 */
export const DELAYS = {
  ecs: { 20: [12, 24], 60: [120, 180] },
  loadBalancer: [60, 120],
  custom: [10, 40],
} as const satisfies { readonly [of: string]: Range | { readonly [period: number]: Range } };

const AWS_COOLDOWN = 300;

export interface Assumed {
  /** What a server does at once that the template says nothing of. */
  readonly threads: number;
}

export function serviceOf(name: string, resources: Resources, assumed: Assumed): WebService {
  const service = only(resources, 'AWS::ECS::Service');
  const task = only(resources, 'AWS::ECS::TaskDefinition');
  const group = only(resources, 'AWS::ElasticLoadBalancingV2::TargetGroup');
  const target = all(resources, 'AWS::ApplicationAutoScaling::ScalableTarget')[0];
  const attributes: { Key: string; Value: string }[] = group.TargetGroupAttributes ?? [];
  const attribute = (key: string) => attributes.find(({ Key }) => Key === key)?.Value;
  const resolution = service.Monitoring?.MetricConfigurations?.[0]?.ResolutionSeconds ?? 60;
  return {
    name,
    policies: all(resources, 'AWS::ApplicationAutoScaling::ScalingPolicy').map((policy) => policyOf(policy, resources, resolution)),
    min: target?.MinCapacity ?? service.DesiredCount,
    max: target?.MaxCapacity ?? service.DesiredCount,
    vcpu: Number(task.Cpu) / 1024,
    threads: threadsOf(task.ContainerDefinitions) ?? assumed.threads,
    leastOutstanding: attribute('load_balancing.algorithm.type') === 'least_outstanding_requests',
    health: {
      interval: group.HealthCheckIntervalSeconds ?? 30,
      timeout: group.HealthCheckTimeoutSeconds ?? 5,
      failures: group.UnhealthyThresholdCount ?? 2,
    },
    drain: Number(attribute('deregistration_delay.timeout_seconds') ?? 300),
  };
}

function policyOf(properties: Properties, resources: Resources, resolution: number): Policy {
  const { TargetTrackingScalingPolicyConfiguration: tracking } = properties;
  if (!tracking) {
    return stepOf(properties, resources);
  }
  const cooldowns = {
    outCooldown: tracking.ScaleOutCooldown ?? AWS_COOLDOWN,
    inCooldown: tracking.ScaleInCooldown ?? AWS_COOLDOWN,
  };
  const predefined: string | undefined = tracking.PredefinedMetricSpecification?.PredefinedMetricType;
  const common = { kind: 'track' as const, target: tracking.TargetValue, ...cooldowns };
  if (predefined?.startsWith('ECSServiceAverageCPUUtilization')) {
    const period = predefined.endsWith('HighResolution') ? 20 : 60;
    if (period < resolution) {
      throw new Error(`the policy ${predefined} has no data: the service reports every ${resolution} seconds`);
    }
    return {
      ...common,
      name: `CPU ${tracking.TargetValue} % at ${period} s`,
      period,
      delay: DELAYS.ecs[period],
      value: (m) => m.CPUUtilization,
    };
  }
  if (predefined === 'ALBRequestCountPerTarget') {
    return { ...common, name: 'requests', period: 60, delay: DELAYS.loadBalancer, value: (m) => m.RequestCountPerTarget };
  }
  if (predefined) {
    throw new Error(`the bench has no metric ${predefined}`);
  }
  const queries: Query[] = tracking.CustomizedMetricSpecification.Metrics;
  const ofLoadBalancer = queries.some(({ MetricStat }) => MetricStat?.Metric.Namespace === 'AWS/ApplicationELB');
  const result = queries.find(({ ReturnData }) => ReturnData !== false) as Query;
  return {
    ...common,
    name: result.Label ?? result.Id,
    period: 60,
    delay: ofLoadBalancer ? DELAYS.loadBalancer : DELAYS.custom,
    value: (metrics) => evaluate(result, queries, metrics),
  };
}

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly Label?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: { readonly Metric: { readonly Namespace: string; readonly MetricName: string } };
}

/** What CloudWatch makes of an expression: without data unless it is filled. */
function evaluate(query: Query, queries: Query[], metrics: Metrics): number | undefined {
  if (query.MetricStat) {
    return metrics[query.MetricStat.Metric.MetricName];
  }
  const names = queries.filter(({ Id }) => Id !== query.Id && new RegExp(`\\b${Id}\\b`).test(query.Expression ?? ''));
  const values = names.map((other) => evaluate(other, queries, metrics) ?? Number.NaN);
  const fill = (value: number, by: number) => (Number.isNaN(value) ? by : value);
  const parameters = ['FILL', 'MAX', ...names.map(({ Id }) => Id)];
  const value: number = new Function(...parameters, `return ${query.Expression}`)(fill, (list: number[]) => Math.max(...list), ...values);
  return Number.isNaN(value) ? undefined : value;
}

function stepOf({ StepScalingPolicyConfiguration: step, PolicyName }: Properties, resources: Resources): Policy {
  const [alarm, ...more] = all(resources, 'AWS::CloudWatch::Alarm').filter(({ MetricName }) => MetricName === 'CPUUtilization');
  const [adjustment, ...others] = step.StepAdjustments;
  if (!alarm || more.length > 0 || others.length > 0 || step.AdjustmentType !== 'PercentChangeInCapacity') {
    throw new Error(`the bench has steps of one factor on one alarm on the CPU, and ${PolicyName} is another`);
  }
  return {
    kind: 'step',
    name: `step at ${alarm.Threshold} %`,
    target: alarm.Threshold,
    points: alarm.EvaluationPeriods,
    period: alarm.Period,
    delay: alarm.Period === 20 ? DELAYS.ecs[20] : DELAYS.ecs[60],
    factor: 1 + adjustment.ScalingAdjustment / 100,
    outCooldown: step.Cooldown ?? AWS_COOLDOWN,
    value: (metrics) => metrics.CPUUtilization,
  };
}

/** Of gunicorn and granian as the construct tells them; undefined for a container that says nothing. */
function threadsOf(containers: Properties[]): number | undefined {
  const variables = new Map<string, string>(
    containers.flatMap(({ Environment = [] }) => Environment.map(({ Name, Value }: Properties) => [Name, `${Value}`] as const)),
  );
  const gunicorn = variables.get('GUNICORN_CMD_ARGS') ?? '';
  const workers = variables.get('GRANIAN_WORKERS') ?? /--workers (\d+)/.exec(gunicorn)?.[1] ?? variables.get('WEB_CONCURRENCY');
  const threads = variables.get('GRANIAN_BLOCKING_THREADS') ?? /--threads (\d+)/.exec(gunicorn)?.[1];
  return workers && threads ? Number(workers) * Number(threads) : undefined;
}

export function all(resources: Resources, type: string): Properties[] {
  return Object.values(resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
}

export function only(resources: Resources, type: string): Properties {
  const found = all(resources, type);
  if (found.length !== 1) {
    throw new Error(`expected one ${type} in the template, found ${found.length}`);
  }
  return found[0];
}
