import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnParameter, Duration, TimeZone } from 'aws-cdk-lib/core';
import { LoadBalancing, ScalingPolicy, type ScalingPolicyOptions, TaskScaling } from '../../src';
import { expectError, only, service, templateOf, testStack } from '../util/test-stack';

const scalingBy = (policy: ScalingPolicy) => ({ scaling: TaskScaling.between({ min: 1, max: 5, policies: [policy] }) });
const tracking = (template: Template) =>
  only(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').Properties.TargetTrackingScalingPolicyConfiguration;
const scheduled = (template: Template) => only(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties.ScheduledActions;

const POLICIES: [string, (value: number, options?: ScalingPolicyOptions) => ScalingPolicy, object][] = [
  ['cpu', ScalingPolicy.cpu, { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' }],
  ['memory', ScalingPolicy.memory, { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' }],
  [
    'requestsPerTarget',
    ScalingPolicy.requestsPerTarget,
    { PredefinedMetricType: 'ALBRequestCountPerTarget', ResourceLabel: expect.anything() },
  ],
];

describe.each(POLICIES)('%s', (_, policy, metric) => {
  test('by default is quick to add and slow to remove', () => {
    expect(tracking(templateOf(scalingBy(policy(70))))).toEqual({
      PredefinedMetricSpecification: metric,
      TargetValue: 70,
      ScaleOutCooldown: 60,
      ScaleInCooldown: 300,
    });
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
});

describe('utilization', () => {
  test.each([0.9, 100.1, 0, -1, Number.NaN])('of the CPU of %p %% is refused', (percent) => {
    expectError(
      () => ScalingPolicy.cpu(percent),
      `the CPU utilization to scale on must be a number from 1 to 100, got ${percent}; it is a percentage, 60 for example`,
    );
  });

  test.each([0.9, 100.1, 0, -1, Number.NaN])('of the memory of %p %% is refused', (percent) => {
    expectError(
      () => ScalingPolicy.memory(percent),
      `the memory utilization to scale on must be a number from 1 to 100, got ${percent}; it is a percentage, 70 for example`,
    );
  });

  test.each([1, 62.5, 100])('of %p %% is taken', (percent) => {
    expect(tracking(templateOf(scalingBy(ScalingPolicy.cpu(percent))))).toMatchObject({ TargetValue: percent });
    expect(tracking(templateOf(scalingBy(ScalingPolicy.memory(percent))))).toMatchObject({ TargetValue: percent });
  });
});

describe('requests per target', () => {
  test('names the target group of the service', () => {
    const stack = testStack();
    const web = service(stack, scalingBy(ScalingPolicy.requestsPerTarget(100)));
    const text = JSON.stringify(tracking(Template.fromStack(stack)));
    expect(text).toContain(JSON.stringify(stack.resolve(web.targetGroup?.targetGroupFullName)));
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

  test.each(['min', 'max'])('takes a %s that is known at deployment only beside one that is known', (name) => {
    const stack = testStack();
    const unknown = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    service(stack, scalingBy(ScalingPolicy.schedule({ schedule, min: 2, max: 4, [name]: unknown })));
    expect(scheduled(Template.fromStack(stack))).toMatchObject([
      { ScalableTargetAction: { [name === 'min' ? 'MinCapacity' : 'MaxCapacity']: { Ref: 'Count' } } },
    ]);
  });
});
