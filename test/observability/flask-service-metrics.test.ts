import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, MathExpression, type Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import { FlaskDeployment, type FlaskServiceMetrics, LoadBalancing } from '../../src';
import { expectError, service, testStack } from '../util/test-stack';

type Name = Exclude<keyof FlaskServiceMetrics, 'serverErrorPercent' | 'slowResponsePercent'>;

const stack = testStack();
const web = service(stack);
// with one target group all are plain metrics
const metricOf = (name: Name, options?: MetricOptions): Metric => web.metrics[name](options) as Metric;

const targetGroup = { TargetGroup: web.targetGroup?.targetGroupFullName };
const both = { ...targetGroup, LoadBalancer: web.targetGroup?.firstLoadBalancerFullName };
const loadBalancer = { LoadBalancer: web.loadBalancer?.loadBalancerFullName };
const ecsService = { ClusterName: web.cluster.clusterName, ServiceName: web.service.serviceName };

const METRICS: [Name, string, string, string, object][] = [
  ['requestCount', 'AWS/ApplicationELB', 'RequestCount', 'Sum', both],
  ['requestCountPerTarget', 'AWS/ApplicationELB', 'RequestCountPerTarget', 'Sum', targetGroup],
  ['responseTime', 'AWS/ApplicationELB', 'TargetResponseTime', 'Average', both],
  ['serverErrors', 'AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'Sum', both],
  ['clientErrors', 'AWS/ApplicationELB', 'HTTPCode_Target_4XX_Count', 'Sum', both],
  ['loadBalancerErrors', 'AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', 'Sum', loadBalancer],
  ['badGatewayErrors', 'AWS/ApplicationELB', 'HTTPCode_ELB_502_Count', 'Sum', loadBalancer],
  ['serviceUnavailableErrors', 'AWS/ApplicationELB', 'HTTPCode_ELB_503_Count', 'Sum', loadBalancer],
  ['gatewayTimeoutErrors', 'AWS/ApplicationELB', 'HTTPCode_ELB_504_Count', 'Sum', loadBalancer],
  ['healthyTaskCount', 'AWS/ApplicationELB', 'HealthyHostCount', 'Average', both],
  ['unhealthyTaskCount', 'AWS/ApplicationELB', 'UnHealthyHostCount', 'Average', both],
  ['rejectedConnections', 'AWS/ApplicationELB', 'RejectedConnectionCount', 'Sum', loadBalancer],
  ['activeConnections', 'AWS/ApplicationELB', 'ActiveConnectionCount', 'Sum', loadBalancer],
  ['errorLines', 'FlaskFargate', 'Test-Web-23347330-ErrorLines', 'Sum', {}],
  ['deploymentCount', 'ECS/ContainerInsights', 'DeploymentCount', 'Maximum', ecsService],
  ['desiredTaskCount', 'ECS/ContainerInsights', 'DesiredTaskCount', 'Average', ecsService],
  ['runningTaskCount', 'ECS/ContainerInsights', 'RunningTaskCount', 'Average', ecsService],
  ['cpuUtilization', 'AWS/ECS', 'CPUUtilization', 'Average', ecsService],
  ['memoryUtilization', 'AWS/ECS', 'MemoryUtilization', 'Average', ecsService],
];

describe.each(METRICS)('%s', (name, namespace, metricName, statistic, dimensions) => {
  test('is the metric of AWS, over five minutes', () => {
    const metric = metricOf(name);
    expect(metric).toMatchObject({ namespace, metricName, statistic });
    expect(metric.period.toMinutes()).toBe(5);
    expect(stack.resolve(metric.dimensions ?? {})).toEqual(stack.resolve(dimensions));
  });

  test('takes the options of a metric', () => {
    const metric = metricOf(name, { statistic: 'p99', period: Duration.minutes(1), label: 'mine' });
    expect(metric).toMatchObject({ statistic: 'p99', label: 'mine' });
    expect(metric.period.toMinutes()).toBe(1);
  });
});

test('every method is listed above', () => {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(web.metrics)).filter(
    (name) =>
      name !== 'constructor' && !['sum', 'largest', 'over', 'targetGroups', 'ownLoadBalancer', 'insights', 'requestSources'].includes(name),
  );
  expect(methods.sort()).toEqual([...METRICS.map(([name]) => `${name}`), 'serverErrorPercent', 'slowResponsePercent'].sort());
});

describe('serverErrorPercent', () => {
  const leavesOf = (metric: MathExpression): { [name: string]: string } =>
    Object.assign(
      {},
      ...Object.entries(metric.usingMetrics).map(([name, used]) =>
        used instanceof MathExpression ? leavesOf(used) : { [name]: (used as Metric).metricName },
      ),
    );

  test('counts the answers of the app and of the load balancer, and nothing where there are few', () => {
    const metric = web.metrics.serverErrorPercent();
    // 502 and 504 are in the count of requests, 503 is not
    expect(metric).toMatchObject({
      expression: 'IF(errors >= 5, 100 * errors / IF(requests >= errors, IF(requests > 0, requests, 1), errors), 0)',
      label: 'server errors (%)',
    });
    expect(metric.period.toMinutes()).toBe(5);
    expect(metric.usingMetrics.errors).toMatchObject({ expression: 'FILL(target0, 0) + FILL(balancer, 0)' });
    expect(leavesOf(metric)).toEqual({
      requests0: 'RequestCount',
      target0: 'HTTPCode_Target_5XX_Count',
      balancer: 'HTTPCode_ELB_5XX_Count',
    });
  });

  test('takes a period, a label and a color', () => {
    const metric = web.metrics.serverErrorPercent({ period: Duration.minutes(1), label: 'mine', color: '#ff0000' });
    expect(metric).toMatchObject({ label: 'mine', color: '#ff0000' });
    expect(metric.period.toMinutes()).toBe(1);
    expect(((metric.usingMetrics.errors as MathExpression).usingMetrics.target0 as Metric).period.toMinutes()).toBe(1);
  });

  test('is of the app alone behind a listener that is shared', () => {
    const shared = testStack();
    const first = service(shared, {}, 'First');
    const { metrics } = service(shared, {
      vpc: first.vpc,
      loadBalancing: LoadBalancing.sharedListener(first.listener as IApplicationListener, { paths: ['/second/*'], priority: 20 }),
    });
    expect(Object.keys(leavesOf(metrics.serverErrorPercent()))).toEqual(['requests0', 'ok0', 'redirects0', 'client0']);
  });
});

describe('slowResponsePercent', () => {
  test('is the share of answers above a time, where there are ten', () => {
    const metric = web.metrics.slowResponsePercent(Duration.millis(1500), { color: '#ff0000' });
    expect(metric).toMatchObject({
      expression: 'IF(FILL(slow0, 0) * FILL(requests0, 0) >= 1000, FILL(slow0, 0), 0)',
      label: 'slower than 1.5 s (%)',
      color: '#ff0000',
    });
    expect(metric.usingMetrics.slow0).toMatchObject({ metricName: 'TargetResponseTime', statistic: 'PR(1.5:)' });
  });

  test('needs a time that is known', () => {
    expectError(
      () => web.metrics.slowResponsePercent(Duration.millis(1)),
      'latency must be from 10 milliseconds to 4000 seconds, got 1 milliseconds; the load balancer waits 4000 seconds at most',
    );
  });
});

test('each can be alarmed on', () => {
  const alarmed = testStack();
  const other = service(alarmed);
  for (const [name] of METRICS) {
    new Alarm(alarmed, name, { metric: other.metrics[name](), threshold: 1, evaluationPeriods: 1 });
  }
  const template = Template.fromStack(alarmed);
  template.resourceCountIs('AWS::CloudWatch::Alarm', METRICS.length);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'RequestCountPerTarget',
    Dimensions: [{ Name: 'TargetGroup', Value: Match.anyValue() }],
  });
});

describe('without a load balancer', () => {
  const { metrics } = service(testStack(), { loadBalancing: LoadBalancing.none() });

  test.each(METRICS.filter(([, , , , dimensions]) => 'TargetGroup' in dimensions).map(([name]) => name))('%s is an error', (name) => {
    expectError(
      () => metrics[name](),
      `the metric ${name} needs a load balancer, and the service has none; use cpuUtilization or memoryUtilization`,
    );
  });

  test.each(['loadBalancerErrors', 'badGatewayErrors', 'rejectedConnections', 'activeConnections'] as const)('%s is an error', (name) => {
    expectError(
      () => metrics[name](),
      `the metric ${name} needs a load balancer of the service's own, and the service has none; use requestCount or serverErrors`,
    );
  });

  test('serverErrorPercent is an error', () => {
    expectError(
      () => metrics.serverErrorPercent(),
      'the metric serverErrorPercent needs a load balancer, and the service has none; use cpuUtilization or memoryUtilization',
    );
  });

  test.each(['runningTaskCount', 'deploymentCount', 'errorLines', 'cpuUtilization', 'memoryUtilization'] as const)(
    '%s is there',
    (name) => {
      expect(() => metrics[name]()).not.toThrow();
    },
  );
});

describe('with a deployment that shifts traffic', () => {
  const shifting = testStack();
  const { metrics } = service(shifting, { deployment: FlaskDeployment.blueGreen() });

  test.each(['requestCount', 'serverErrors', 'clientErrors', 'healthyTaskCount', 'unhealthyTaskCount'] as const)(
    '%s is the sum over both target groups',
    (name) => {
      const config = metrics[name]({ period: Duration.minutes(1), label: 'mine' }).toMetricConfig();
      expect(config.mathExpression).toMatchObject({ expression: `FILL(${name}0, 0) + FILL(${name}1, 0)`, period: 60 });
      expect(config.renderingProperties).toMatchObject({ label: 'mine' });
      const groups = Object.values(config.mathExpression?.usingMetrics ?? {}).map(
        (metric) => metric.toMetricConfig().metricStat?.dimensions?.find(({ name: dimension }) => dimension === 'TargetGroup')?.value,
      );
      expect(new Set(shifting.resolve(groups).map((group: object) => JSON.stringify(group))).size).toBe(2);
    },
  );

  test('responseTime is that of the slower one', () => {
    const config = metrics.responseTime({ statistic: 'p99.9' }).toMetricConfig();
    expect(config.mathExpression?.expression).toBe('MAX([responseTime0p999, responseTime1p999])');
  });

  test('requestCountPerTarget has no meaning', () => {
    expectError(
      () => metrics.requestCountPerTarget(),
      'the metric requestCountPerTarget counts one target group, and a deployment that shifts traffic has two; use requestCount',
    );
  });
});
