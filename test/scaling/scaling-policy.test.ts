import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { type IMetric, MathExpression, Metric, SearchExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnParameter, Duration, type Environment, Stack, TimeZone } from 'aws-cdk-lib/core';
import { FlaskDeployment, LoadBalancing, ScalingPolicy, type ScalingPolicyOptions, TaskScaling, WsgiServer } from '../../src';
import { expectError, only, service, templateOf, testApp, testStack } from '../util/test-stack';

const scalingBy = (...policies: ScalingPolicy[]) => ({ scaling: TaskScaling.between({ min: 1, max: 5, policies }) });
// biome-ignore lint/suspicious/noExplicitAny: a template
const tracking = (template: Template): any =>
  only(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').Properties.TargetTrackingScalingPolicyConfiguration;
const metricsOf = (template: Template) => tracking(template).CustomizedMetricSpecification.Metrics;
const scheduled = (template: Template) => only(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties.ScheduledActions;
const monitoring = (template: Template) => only(template, 'AWS::ECS::Service').Properties.Monitoring;
const metric = () => new Metric({ namespace: 'Shop', metricName: 'Busy', dimensionsMap: { Service: 'web' }, statistic: 'Average' });

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
      'resolution must be known at synth, got a token; give a value that is known, Duration.seconds(20) for example',
    );
  });

  test.each([0.9, 100.1, 0, -1, Number.NaN])('refuses %p %%', (percent) => {
    expectError(
      () => policy(percent),
      `${called} must be a number from 1 to 100, got ${percent}; it is a percentage, ${example} for example`,
    );
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
      `the share of requests in flight to scale on must be a number from 1 to 100, got ${percent}; it is a percentage, 50 for example`,
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
      `the requests a minute to scale on must be a whole number from 1 to 1000000, got ${requests}; measure what one task can answer and take 70 % of it`,
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

describe('a metric of your own', () => {
  test('is filled with zeros where it is silent', () => {
    expect(metricsOf(templateOf(scalingBy(ScalingPolicy.custom(metric(), { target: 5 }))))).toEqual([
      { Id: 'result', Label: 'metric to scale on', Expression: 'FILL(metric, 0)', ReturnData: true },
      {
        Id: 'metric',
        MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'Busy', Dimensions: [{ Name: 'Service', Value: 'web' }] }, Stat: 'Average' },
        ReturnData: false,
      },
    ]);
  });

  test('may be an expression of expressions, in the same order from every language', () => {
    const inner = new MathExpression({ expression: 'b / 2', usingMetrics: { b: metric() } });
    const expression = new MathExpression({ expression: 'z + a', usingMetrics: { z: metric(), a: inner } });
    const queries = metricsOf(templateOf(scalingBy(ScalingPolicy.custom(expression, { target: 5, missingData: 1 }))));
    expect(queries.map(({ Id, Expression }: { Id: string; Expression?: string }) => [Id, Expression])).toEqual([
      ['result', 'FILL(metric, 1)'],
      ['metric', 'z + a'],
      ['a', 'b / 2'],
      ['b', undefined],
      ['z', undefined],
    ]);
  });

  test('several are taken', () => {
    const template = templateOf(scalingBy(ScalingPolicy.custom(metric(), { target: 1 }), ScalingPolicy.custom(metric(), { target: 2 })));
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
    const names = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).map((p) => p.Properties.PolicyName);
    expect(new Set(names).size).toBe(2);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('at %p is refused', (target) => {
    expectError(
      () => ScalingPolicy.custom(metric(), { target }),
      `the target of a metric to scale on must be a number above 0, got ${target}; with 0 no number of tasks is enough`,
    );
  });

  test('takes no value that is none where data is missing', () => {
    expectError(
      () => ScalingPolicy.custom(metric(), { target: 1, missingData: Number.NaN }),
      'missingData must be a number, got NaN; leave it out for 0',
    );
  });

  test('cannot be searched for', () => {
    const expression = "SUM(SEARCH('{AWS/ECS} CPU', 'Sum', 60))";
    expectError(
      () => ScalingPolicy.custom(new MathExpression({ expression }), { target: 1 }),
      `scaling on a metric cannot search for metrics, got '${expression}'; name the metrics in usingMetrics`,
    );
    expectError(
      () => ScalingPolicy.custom(new SearchExpression({ expression }), { target: 1 }),
      'scaling on a metric cannot search for metrics, got a SearchExpression; name the metrics in a MathExpression',
    );
  });

  describe('of an account and a region', () => {
    const here = { account: '111111111111', region: 'eu-west-1' };
    const scaled = (used: IMetric, env?: Environment) => {
      const stack = testStack({ env });
      service(stack, scalingBy(ScalingPolicy.custom(used, { target: 1 })));
      return Template.fromStack(stack);
    };
    const other = (env: { account?: string; region?: string }) => new Metric({ namespace: 'Shop', metricName: 'Busy', ...env });

    test('those of the service are taken', () => {
      expect(metricsOf(scaled(other(here), here))[1].MetricStat.Metric).toEqual({ Namespace: 'Shop', MetricName: 'Busy' });
    });

    test('a metric of a resource is taken, which names them where the stack does', () => {
      const stack = testStack({ env: here });
      const messages = new Queue(stack, 'Queue').metricApproximateNumberOfMessagesVisible();
      service(stack, scalingBy(ScalingPolicy.custom(messages, { target: 1 })));
      expect(metricsOf(Template.fromStack(stack))[1].MetricStat.Metric).toMatchObject({ MetricName: 'ApproximateNumberOfMessagesVisible' });
    });

    test.each<[string, IMetric, Environment | undefined, string, string]>([
      ['another account', other({ account: '222222222222' }), here, '111111111111 eu-west-1', '222222222222'],
      ['another region', other({ region: 'eu-west-2' }), here, '111111111111 eu-west-1', 'eu-west-2'],
      ['a region beside a stack without one', other({ region: 'eu-west-2' }), undefined, 'known at deployment only', 'eu-west-2'],
      [
        'another region in an expression',
        new MathExpression({ expression: '2 * b', usingMetrics: { b: other({ account: '111111111111', region: 'eu-west-2' }) } }),
        here,
        '111111111111 eu-west-1',
        '111111111111 eu-west-2',
      ],
    ])('%s is refused', (_, used, env, wanted, got) => {
      expectError(
        () => scaled(used, env),
        `scaling on a metric reads the account and region of the service (${wanted}), got a metric of ${got}; leave account and region out, or take a metric of there`,
      );
    });
  });

  describe('whose names', () => {
    const over = (expression: string, usingMetrics: { [name: string]: IMetric }) =>
      ScalingPolicy.custom(new MathExpression({ expression, usingMetrics }), { target: 1 });
    const half = (used: IMetric) => new MathExpression({ expression: 'm / 2', usingMetrics: { m: used } });

    test('stand for one metric in several expressions, is asked for once', () => {
      const ids = metricsOf(templateOf(scalingBy(over('x + y', { x: half(metric()), y: half(metric()) })))).map(
        ({ Id }: { Id: string }) => Id,
      );
      expect(ids).toEqual(['result', 'metric', 'x', 'm', 'y']);
    });

    test.each(['metric', 'result'])('is %s, which the policy has itself, is refused', (name) => {
      expectError(
        () => over(`${name} / 2`, { [name]: metric() }),
        `'${name}' is a name of the policy itself and cannot stand in usingMetrics; take another name than result and metric`,
      );
    });
  });
});

describe('a step', () => {
  const alarm = (template: Template) => only(template, 'AWS::CloudWatch::Alarm').Properties;
  const stepOf = (template: Template) =>
    only(template, 'AWS::ApplicationAutoScaling::ScalingPolicy', /Step/).Properties.StepScalingPolicyConfiguration;
  const withCpu = (step: ScalingPolicy, cpu = ScalingPolicy.cpu(60)) => templateOf(scalingBy(cpu, step));

  test('multiplies the tasks where the CPU is saturated for 40 seconds', () => {
    const template = withCpu(ScalingPolicy.step());
    expect(stepOf(template)).toMatchObject({
      AdjustmentType: 'PercentChangeInCapacity',
      Cooldown: 60,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 200 }],
    });
    expect(alarm(template)).toMatchObject({
      MetricName: 'CPUUtilization',
      Namespace: 'AWS/ECS',
      Statistic: 'Average',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 95,
      Period: 20,
      EvaluationPeriods: 2,
      AlarmActions: [{ Ref: only(template, 'AWS::ApplicationAutoScaling::ScalingPolicy', /Step/).id }],
    });
    expect(monitoring(template)).toEqual({ MetricConfigurations: [{ MetricNames: ['CPUUtilization'], ResolutionSeconds: 20 }] });
  });

  test('looks every minute where there is no metric of 20 seconds', () => {
    const stack = new Stack(testApp(), 'Test', { env: { region: 'us-gov-west-1' } });
    service(stack, scalingBy(ScalingPolicy.cpu(60), ScalingPolicy.step()));
    expect(alarm(Template.fromStack(stack)).Period).toBe(60);
  });

  test('takes its options', () => {
    const template = withCpu(ScalingPolicy.step({ aboveUtilizationPercent: 80, factor: 1.5, cooldown: Duration.seconds(0) }));
    expect(stepOf(template)).toMatchObject({ Cooldown: 0, StepAdjustments: [{ ScalingAdjustment: 50 }] });
    expect(alarm(template).Threshold).toBe(80);
  });

  test.each([
    [{ aboveUtilizationPercent: 1.9 }, 'aboveUtilizationPercent must be a number from 2 to 99, got 1.9; at 100 nothing is above it'],
    [{ aboveUtilizationPercent: 99.1 }, 'aboveUtilizationPercent must be a number from 2 to 99, got 99.1; at 100 nothing is above it'],
    [{ factor: 1 }, 'factor of a step must be a number from 1.1 to 10, got 1; it multiplies the number of tasks'],
    [{ factor: 10.1 }, 'factor of a step must be a number from 1.1 to 10, got 10.1; it multiplies the number of tasks'],
    [{ cooldown: Duration.seconds(3601) }, 'cooldown of a step must be a whole number of seconds from 0 to 3600, got 3601'],
  ])('refuses %p', (options, message) => {
    expectError(() => ScalingPolicy.step(options), message);
  });

  test.each([{ aboveUtilizationPercent: 2 }, { aboveUtilizationPercent: 99 }, { factor: 1.1 }, { factor: 10 }])('takes %p', (options) => {
    expect(() => ScalingPolicy.step(options)).not.toThrow();
  });

  test('alone would swing', () => {
    expectError(
      () => scalingBy(ScalingPolicy.step(), ScalingPolicy.inFlight(50)),
      'ScalingPolicy.step() needs ScalingPolicy.cpu() beside it, got none: nothing else would remove its tasks again; add ScalingPolicy.cpu(60)',
    );
  });

  test('must be above the target of the CPU', () => {
    const step = ScalingPolicy.step({ aboveUtilizationPercent: 70 });
    expectError(
      () => scalingBy(ScalingPolicy.cpu(70), step),
      'aboveUtilizationPercent of a step must be above the target of ScalingPolicy.cpu(), got 70 and 70; take 95 and 60',
    );
    expect(() => scalingBy(ScalingPolicy.cpu(69), step)).not.toThrow();
  });
});

describe('schedule', () => {
  const schedule = Schedule.cron({ hour: '8', minute: '0' });

  test('takes every option', () => {
    const policy = ScalingPolicy.schedule({ schedule, timeZone: TimeZone.EUROPE_BERLIN, min: 4, max: 40 });
    expect(scheduled(templateOf(scalingBy(policy)))).toEqual([
      {
        Schedule: 'cron(0 8 * * ? *)',
        ScheduledActionName: 'Schedule',
        Timezone: 'Europe/Berlin',
        ScalableTargetAction: { MinCapacity: 4, MaxCapacity: 40 },
      },
    ]);
  });

  test.each([
    [{ min: 0 }, { MinCapacity: 0 }],
    [{ max: 5000 }, { MaxCapacity: 5000 }],
    [
      { min: 3, max: 3 },
      { MinCapacity: 3, MaxCapacity: 3 },
    ],
  ])('takes %p', (bounds, action) => {
    expect(scheduled(templateOf(scalingBy(ScalingPolicy.schedule({ schedule, ...bounds }))))).toMatchObject([
      { ScalableTargetAction: action },
    ]);
  });

  test.each(['min', 'max'])('refuses a %s out of bounds', (name) => {
    for (const count of [-1, 5001, 1.5]) {
      expectError(
        () => ScalingPolicy.schedule({ schedule, [name]: count }),
        `${name} of a scheduled scaling must be a whole number from 0 to 5000, got ${count}`,
      );
    }
  });

  test('must change something', () => {
    expectError(() => ScalingPolicy.schedule({ schedule }), 'a scheduled scaling must set min, max or both, got neither');
  });

  test('refuses a minimum above the maximum', () => {
    expectError(
      () => ScalingPolicy.schedule({ schedule, min: 4, max: 3 }),
      'min of a scheduled scaling must not be above max, got 4 and 3',
    );
  });

  test('takes a maximum that is known at deployment only, and no such minimum: the alarm on the tasks follows it', () => {
    const stack = testStack();
    const unknown = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    service(stack, scalingBy(ScalingPolicy.schedule({ schedule, min: 2, max: unknown })));
    expect(scheduled(Template.fromStack(stack))).toMatchObject([
      { ScalableTargetAction: { MinCapacity: 2, MaxCapacity: { Ref: 'Count' } } },
    ]);
    expectError(
      () => ScalingPolicy.schedule({ schedule, min: unknown }),
      'min of a scheduled scaling must be known at synth, got a token; give a value that is known, 2 for example',
    );
  });
});

describe('a schedule and the bounds', () => {
  const schedule = Schedule.cron({ hour: '8', minute: '0' });
  const at = (...bounds: { min?: number; max?: number }[]) =>
    TaskScaling.between({ min: 2, max: 10, policies: bounds.map((bound) => ScalingPolicy.schedule({ schedule, ...bound })) });

  test('a minimum above the maximum is refused', () => {
    expectError(
      () => at({ min: 11 }),
      'min of a scheduled scaling must not be above max of the task scaling, got 11 and 10; give the schedule a max too',
    );
    expect(() => at({ min: 10 })).not.toThrow();
  });

  test('a maximum below the minimum is refused', () => {
    expectError(
      () => at({ max: 1 }),
      'max of a scheduled scaling must not be below min of the task scaling, got 1 and 2; give the schedule a min too',
    );
    expect(() => at({ max: 2 })).not.toThrow();
  });

  test('both at once, or one after the other, are taken', () => {
    expect(() => at({ min: 11, max: 20 }, { min: 0, max: 1 })).not.toThrow();
    expect(() => at({ max: 20 }, { min: 11 }, { min: 0 }, { max: 0 })).not.toThrow();
  });

  test('what is known at deployment only passes', () => {
    const unknown = new CfnParameter(testStack(), 'Max', { type: 'Number' }).valueAsNumber;
    const policies = [ScalingPolicy.schedule({ schedule, min: 11 })];
    expect(() => TaskScaling.between({ min: 2, max: unknown, policies })).not.toThrow();
  });
});
