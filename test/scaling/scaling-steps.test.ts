import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { type IMetric, MathExpression, Metric, SearchExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnParameter, Duration, type Environment, Stack, TimeZone } from 'aws-cdk-lib/core';
import { ScalingPolicy, TaskScaling } from '../../src';
import { expectError, only, service, templateOf, testApp, testStack } from '../util/test-stack';
import { metric, metricsOf, monitoring, scalingBy } from './policy-setup';

const scheduled = (template: Template) => only(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties.ScheduledActions;

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
      `the target of a metric to scale on must be a number above 0, got ${target}; because no number of tasks would be enough for 0`,
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
        `scaling on a metric reads the account and region of the service (${wanted}), got a metric of ${got}; leave account and region out, or use a metric from there`,
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
        `'${name}' is a name of the policy itself and cannot stand in usingMetrics; use another name than result and metric`,
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
    [{ aboveUtilizationPercent: 1.9 }, 'aboveUtilizationPercent must be a number from 2 to 99, got 1.9; because nothing is above 100'],
    [{ aboveUtilizationPercent: 99.1 }, 'aboveUtilizationPercent must be a number from 2 to 99, got 99.1; because nothing is above 100'],
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
      'aboveUtilizationPercent of a step must be above the target of ScalingPolicy.cpu(), got 70 and 70; use 95 and 60',
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
      'min of a scheduled scaling must be known at synth, got a token; give a value that is known, 2, for example',
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
