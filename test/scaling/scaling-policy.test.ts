import { Template } from 'aws-cdk-lib/assertions';
import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import { FlaskDeployment, LoadBalancing, ScalingPolicy, type ScalingPolicyOptions, WsgiServer } from '../../src';
import { expectError, only, service, templateOf, testStack } from '../util/test-stack';
import { metric, metricsOf, monitoring, scalingBy, tracking } from './policy-setup';

const POLICIES: [string, (value: number, options?: ScalingPolicyOptions) => ScalingPolicy][] = [
  ['cpu', ScalingPolicy.cpu],
  ['memory', ScalingPolicy.memory],
  ['inFlight', ScalingPolicy.inFlight],
  ['requestsPerTarget', ScalingPolicy.requestsPerTarget],
  ['custom', (target, options) => ScalingPolicy.custom(metric(), { target, ...options })],
];

describe.each(POLICIES)('%s', (_, policy) => {
  test('by default is quick to add and slow to remove', () => {
    expect(tracking(templateOf(scalingBy(policy(70))))).toMatchObject({ TargetValue: 70, ScaleOutCooldown: 60, ScaleInCooldown: 300 });
  });

  test('takes both waits', () => {
    const options = { scaleOutCooldown: Duration.seconds(30), scaleInCooldown: Duration.minutes(10) };
    expect(tracking(templateOf(scalingBy(policy(70, options))))).toMatchObject({ ScaleOutCooldown: 30, ScaleInCooldown: 600 });
  });

  test.each(['scaleOutCooldown', 'scaleInCooldown'])('refuses a %s out of bounds', (name) => {
    expectError(() => policy(70, { [name]: Duration.seconds(3601) }), `${name} must be a whole number of seconds from 0 to 3600, got 3601`);
    expectError(() => policy(70, { [name]: Duration.millis(1) }), `${name} must be a whole number of seconds from 0 to 3600, got 0.001`);
  });

  test.each([0, 3600])('takes waits of %i s', (seconds) => {
    const cooldown = Duration.seconds(seconds);
    expect(() => policy(70, { scaleInCooldown: cooldown, scaleOutCooldown: cooldown })).not.toThrow();
  });

  test('takes values that are known at deployment only', () => {
    const stack = testStack();
    const parameter = new CfnParameter(stack, 'Value', { type: 'Number' }).valueAsNumber;
    service(stack, scalingBy(policy(parameter, { scaleInCooldown: Duration.seconds(parameter) })));
    expect(tracking(Template.fromStack(stack))).toMatchObject({ TargetValue: { Ref: 'Value' }, ScaleInCooldown: { Ref: 'Value' } });
  });

  test('is made after the service, which has to report the metric before', () => {
    const template = templateOf(scalingBy(policy(70)));
    expect(only(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').DependsOn).toContain(only(template, 'AWS::ECS::Service').id);
  });
});

describe.each([
  ['cpu', ScalingPolicy.cpu, 'CPUUtilization', 'ECSServiceAverageCPUUtilization', 'the CPU utilization to scale on', 60],
  ['memory', ScalingPolicy.memory, 'MemoryUtilization', 'ECSServiceAverageMemoryUtilization', 'the memory utilization to scale on', 70],
] as const)('utilization: %s', (_, policy, name, predefined, called, example) => {
  const isFast = (template: Template) => {
    const { PredefinedMetricType } = tracking(template).PredefinedMetricSpecification;
    const fast = PredefinedMetricType === `${predefined}HighResolution`;
    expect(PredefinedMetricType).toBe(fast ? `${predefined}HighResolution` : predefined);
    expect(monitoring(template)).toEqual(fast ? { MetricConfigurations: [{ MetricNames: [name], ResolutionSeconds: 20 }] } : undefined);
    return fast;
  };

  test.each([
    [undefined, true],
    ['eu-west-1', true],
    ['cn-north-1', true],
    ['us-gov-west-1', false],
    ['eusc-de-east-1', false],
    ['us-iso-east-1', false],
    ['us-isob-east-1', false],
    ['eu-isoe-west-1', false],
  ])('in the region %p is reported every 20 seconds: %p', (region, fast) => {
    const stack = testStack({ env: region ? { account: '111111111111', region } : undefined });
    service(stack, { ...scalingBy(policy(60)), loadBalancing: LoadBalancing.none() });
    expect(isFast(Template.fromStack(stack))).toBe(fast);
  });

  test.each([
    [20, true],
    [60, false],
  ])('takes a resolution of %i s', (seconds, fast) => {
    expect(isFast(templateOf(scalingBy(policy(60, { resolution: Duration.seconds(seconds) }))))).toBe(fast);
  });

  test.each([19, 21, 59, 61])('refuses a resolution of %i s', (seconds) => {
    expectError(
      () => policy(60, { resolution: Duration.seconds(seconds) }),
      `resolution must be 20 or 60 seconds, got ${seconds}; Amazon ECS has no other`,
    );
  });

  test('refuses a resolution that is known at deployment only', () => {
    const seconds = new CfnParameter(testStack(), 'Value', { type: 'Number' }).valueAsNumber;
    expectError(
      () => policy(60, { resolution: Duration.seconds(seconds) }),
      'resolution must be known at synth, got a token; give a value that is known, Duration.seconds(20), for example',
    );
  });

  test.each([0.9, 100.1, 0, -1, Number.NaN])('refuses %p %%', (percent) => {
    expectError(() => policy(percent), `${called} must be a number from 1 to 100, got ${percent}; it is a percentage, such as ${example}`);
  });

  test.each([1, 62.5, 100])('takes %p %%', (percent) => {
    expect(tracking(templateOf(scalingBy(policy(percent))))).toMatchObject({ TargetValue: percent });
  });
});

test('both metrics of 20 seconds are reported as one configuration', () => {
  expect(monitoring(templateOf(scalingBy(ScalingPolicy.memory(70), ScalingPolicy.cpu(60))))).toEqual({
    MetricConfigurations: [{ MetricNames: ['CPUUtilization', 'MemoryUtilization'], ResolutionSeconds: 20 }],
  });
});

describe('requests in flight', () => {
  const expression = (props: Parameters<typeof templateOf>[0] = {}, policy = ScalingPolicy.inFlight(50)) =>
    metricsOf(templateOf({ ...scalingBy(policy), ...props }))[0].Expression;

  test('are the rate times the duration, over what a task answers at once, and zero while nobody asks', () => {
    const stack = testStack();
    const web = service(stack, scalingBy(ScalingPolicy.inFlight(50)));
    const dimension = [{ Name: 'TargetGroup', Value: stack.resolve(web.targetGroup?.targetGroupFullName) }];
    expect(tracking(Template.fromStack(stack))).toEqual({
      TargetValue: 50,
      ScaleOutCooldown: 60,
      ScaleInCooldown: 300,
      CustomizedMetricSpecification: {
        Metrics: [
          {
            Id: 'result',
            Label: 'requests in flight (%)',
            Expression: '100 * (FILL(requests0, 0) * FILL(seconds0, 0)) / 60 / (64)',
            ReturnData: true,
          },
          {
            Id: 'requests0',
            MetricStat: {
              Metric: { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCountPerTarget', Dimensions: dimension },
              Stat: 'Sum',
            },
            ReturnData: false,
          },
          {
            Id: 'seconds0',
            MetricStat: {
              Metric: { Namespace: 'AWS/ApplicationELB', MetricName: 'TargetResponseTime', Dimensions: dimension },
              Stat: 'Average',
            },
            ReturnData: false,
          },
        ],
      },
    });
  });

  test.each([
    ['gunicorn', WsgiServer.gunicorn({ workers: 3, threads: 5 }), '15'],
    ['gunicorn by the size', WsgiServer.gunicorn(), '128'],
    ['granian', WsgiServer.granian({ workers: 2, threads: 8 }), '16'],
    ['granian by the size', WsgiServer.granian(), '64'],
  ])('are over the threads of %s', (_, server, atOnce) => {
    expect(expression({ server, cpu: 2048, memoryLimitMiB: 4096 })).toBe(
      `100 * (FILL(requests0, 0) * FILL(seconds0, 0)) / 60 / (${atOnce})`,
    );
  });

  test('are over threads that are known at deployment only', () => {
    const stack = testStack();
    const threads = new CfnParameter(stack, 'Threads', { type: 'Number' }).valueAsNumber;
    service(stack, { ...scalingBy(ScalingPolicy.inFlight(50)), server: WsgiServer.gunicorn({ threads }) });
    expect(metricsOf(Template.fromStack(stack))[0].Expression).toEqual({
      'Fn::Join': ['', ['100 * (FILL(requests0, 0) * FILL(seconds0, 0)) / 60 / (2 * ', { Ref: 'Threads' }, ')']],
    });
  });

  test('count both target groups of a deployment that shifts traffic', () => {
    const queries = metricsOf(templateOf({ ...scalingBy(ScalingPolicy.inFlight(50)), deployment: FlaskDeployment.blueGreen() }));
    expect(queries[0].Expression).toBe(
      '100 * (FILL(requests0, 0) * FILL(seconds0, 0) + FILL(requests1, 0) * FILL(seconds1, 0)) / 60 / (64)',
    );
    expect(queries.map(({ Id }: { Id: string }) => Id)).toEqual(['result', 'requests0', 'seconds0', 'requests1', 'seconds1']);
    const [one, other] = [1, 3].map((i) => queries[i].MetricStat.Metric.Dimensions[0].Value);
    expect(one).not.toEqual(other);
  });

  test('of a server that is not ours need its number', () => {
    const server = WsgiServer.custom({ command: ['waitress-serve', 'app:app'] });
    expectError(
      () => expression({ server }),
      'scaling on requests in flight needs to know how many requests a task answers at the same time, and the server is WsgiServer.custom(); give requestsAtOnce',
    );
    expect(expression({ server }, ScalingPolicy.inFlight(50, { requestsAtOnce: 4 }))).toBe(
      '100 * (FILL(requests0, 0) * FILL(seconds0, 0)) / 60 / (4)',
    );
  });

  test.each([0, 65_537, 1.5])('over %p at once are refused', (requestsAtOnce) => {
    expectError(
      () => ScalingPolicy.inFlight(50, { requestsAtOnce }),
      `requestsAtOnce must be a whole number from 1 to 65536, got ${requestsAtOnce}; it is workers × threads of the server`,
    );
  });

  test.each([0.9, 100.1, Number.NaN])('of %p %% are refused', (percent) => {
    expectError(
      () => ScalingPolicy.inFlight(percent),
      `the share of requests in flight to scale on must be a number from 1 to 100, got ${percent}; it is a percentage, such as 50`,
    );
  });

  test('need a load balancer', () => {
    expectError(
      () => service(testStack(), { ...scalingBy(ScalingPolicy.inFlight(50)), loadBalancing: LoadBalancing.none() }),
      'scaling on requests in flight needs a load balancer, and the service has none; use ScalingPolicy.cpu() or give the service a load balancer',
    );
  });
});

describe('requests per target', () => {
  test('are zero while nobody asks, so that the other policies may remove tasks at night', () => {
    const stack = testStack();
    const web = service(stack, scalingBy(ScalingPolicy.requestsPerTarget(100)));
    const [result, requests] = metricsOf(Template.fromStack(stack));
    expect(result.Expression).toBe('FILL(requests0, 0)');
    expect(requests.MetricStat).toEqual({
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'RequestCountPerTarget',
        Dimensions: [{ Name: 'TargetGroup', Value: stack.resolve(web.targetGroup?.targetGroupFullName) }],
      },
      Stat: 'Sum',
    });
  });

  test('count both target groups of a deployment that shifts traffic', () => {
    const [result, ...queries] = metricsOf(
      templateOf({ ...scalingBy(ScalingPolicy.requestsPerTarget(100)), deployment: FlaskDeployment.canary() }),
    );
    expect(result.Expression).toBe('FILL(requests0, 0) + FILL(requests1, 0)');
    expect(queries).toHaveLength(2);
  });

  test.each([0, 1_000_001, 10.5])('refuse %p', (requests) => {
    expectError(
      () => ScalingPolicy.requestsPerTarget(requests),
      `the requests a minute to scale on must be a whole number from 1 to 1000000, got ${requests}; measure what one task can answer and use 70 % of it`,
    );
  });

  test.each([1, 1_000_000])('take %i', (requests) => {
    expect(tracking(templateOf(scalingBy(ScalingPolicy.requestsPerTarget(requests))))).toMatchObject({ TargetValue: requests });
  });

  test('need a load balancer', () => {
    expectError(
      () => service(testStack(), { ...scalingBy(ScalingPolicy.requestsPerTarget(100)), loadBalancing: LoadBalancing.none() }),
      'scaling on requests per target needs a load balancer, and the service has none; use ScalingPolicy.cpu() or give the service a load balancer',
    );
  });
});
