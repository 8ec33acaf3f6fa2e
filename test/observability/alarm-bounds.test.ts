import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import { type AlarmOptions, FlaskAlarm, FlaskDeployment, FlaskStage } from '../../src';
import { expectError, fullService, testStack } from '../util/test-stack';
import { ALL, alarmOf, OF_REQUESTS, SILENT, setup, stopping } from './alarm-setup';

describe('the choices', () => {
  test('takes every threshold', () => {
    const { template } = setup({
      slo: { target: 99, latency: Duration.millis(500) },
      maxSlowPercent: 20,
      maxDeploymentErrorPercent: 1,
      maxDeploymentSlowPercent: 50,
      maxMemoryPercent: 70,
      maxDeploymentTime: Duration.minutes(60),
    });
    expect(JSON.stringify(alarmOf(template, FlaskAlarm.SERVICE_LEVEL))).toContain('IF(failed / 6 > late / 20, failed / 6, late / 20)');
    expect(JSON.stringify(alarmOf(template, FlaskAlarm.SERVICE_LEVEL))).toContain('PR(0.5:)');
    const threshold = (kind: FlaskAlarm) => alarmOf(template, kind).Threshold;
    expect([...SILENT, FlaskAlarm.MEMORY].map(threshold)).toEqual([1, 50, 70]);
    expect(alarmOf(template, FlaskAlarm.STUCK_DEPLOYMENT)).toMatchObject({ EvaluationPeriods: 12, DatapointsToAlarm: 12 });
    expect(JSON.stringify(alarmOf(setup({ maxServerErrorPercent: 2 }).template, FlaskAlarm.SERVICE_LEVEL))).toContain('failed / 2 >');
  });

  test('the service level counts ten errors, or three of which the requests of a quiet service are few', () => {
    const { Metrics } = alarmOf(setup().template, FlaskAlarm.SERVICE_LEVEL) as {
      Metrics: { Id: string; Expression?: string; MetricStat?: object }[];
    };
    expect(Metrics.find(({ Id }) => Id === 'failed')?.Expression).toBe(
      'IF((errors >= 10) OR ((errors >= 3) AND (4 * errors >= requests)), 100 * errors / IF(requests >= errors, IF(requests > 0, requests, 1), errors), 0)',
    );
    expect(Metrics.find(({ Id }) => Id === 'late')?.Expression).toBe('IF(FILL(slow0, 0) * FILL(requests0, 0) >= 20000, FILL(slow0, 0), 0)');
    const stats = Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
    expect(stats).toHaveLength(4);
    expect(stats).toEqual(stats.map(() => expect.objectContaining({ Period: 10_800 })));
  });

  test('that no request arrives is watched where it is asked for', () => {
    const maxTimeWithoutRequests = Duration.hours(3);
    expect(setup().web.alarms.alarm(FlaskAlarm.NO_REQUESTS)).toBeUndefined();
    const { template } = setup({ maxTimeWithoutRequests });
    expect(alarmOf(template, FlaskAlarm.NO_REQUESTS)).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 36,
      DatapointsToAlarm: 36,
      TreatMissingData: 'breaching',
      Metrics: [{ Expression: 'FILL(requests0, 0)' }, { MetricStat: { Metric: { MetricName: 'RequestCount' }, Period: 300, Stat: 'Sum' } }],
    });
    // clients of a deployment that shifts traffic are with one or the other version
    const shifting = setup({ maxTimeWithoutRequests }, { deployment: FlaskDeployment.blueGreen() });
    expect(JSON.stringify(alarmOf(shifting.template, FlaskAlarm.NO_REQUESTS))).toContain('FILL(requests0, 0) + FILL(requests1, 0)');
  });

  test('some can be left out', () => {
    const { web, template } = setup({ turnOff: [FlaskAlarm.MEMORY, FlaskAlarm.DEPLOYMENT_LATENCY] });
    template.resourceCountIs('AWS::CloudWatch::Alarm', ALL.length - 2);
    expect(web.alarms.alarm(FlaskAlarm.MEMORY)).toBeUndefined();
    // a deployment is watched by what is left
    expect(stopping(template)?.AlarmNames).toEqual([alarmOf(template, FlaskAlarm.DEPLOYMENT_ERRORS).AlarmName]);
  });

  test('others can stop a deployment, or none', () => {
    const { template } = setup({ stopDeploymentOn: [FlaskAlarm.SERVICE_LEVEL] });
    expect(stopping(template)?.AlarmNames).toEqual([alarmOf(template, FlaskAlarm.SERVICE_LEVEL).AlarmName]);
    expect(stopping(setup({ turnOff: SILENT }).template)?.AlarmNames ?? []).toEqual([]);
    expect(stopping(setup({ stopDeploymentOn: [] }).template)?.AlarmNames ?? []).toEqual([]);
  });

  test.each(Object.values(FlaskAlarm).filter((kind) => !OF_REQUESTS.includes(kind)))('%s cannot stop a deployment', (kind) => {
    expectError(
      () => setup({ stopDeploymentOn: [kind] }),
      `the alarm ${kind} cannot stop a deployment, because its metric depends on the ECS service; the alarms that can are DeploymentErrors, DeploymentLatency, ServiceLevel`,
    );
  });

  test('one cannot be left out and stop a deployment', () => {
    expectError(
      () => setup({ stopDeploymentOn: [FlaskAlarm.SERVICE_LEVEL], turnOff: [FlaskAlarm.SERVICE_LEVEL] }),
      'the alarm ServiceLevel is in turnOff and in stopDeploymentOn; remove it from one of the two',
    );
  });

  test.each([
    ['by hand', { enabled: false }, FlaskStage.production()],
    ['in development', undefined, FlaskStage.development()],
    ['in ephemeral', undefined, FlaskStage.ephemeral()],
  ])('%s there is none, and what is called has no effect', (_, alarms, stage) => {
    const stack = testStack();
    const web = fullService(stack, { stage, monitoring: { alarms } });
    web.alarms.sendTo(new Topic(stack, 'Topic'));
    expect(web.alarms.all).toEqual([]);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
    expect(stopping(template)?.AlarmNames ?? []).toEqual([]);
  });

  test('in development they can be on; without Container Insights less is known', () => {
    const { web, template } = setup({ enabled: true }, { stage: FlaskStage.development() });
    expect(web.alarms.all.map(({ node }) => node.id)).toEqual(ALL.filter((kind) => kind !== FlaskAlarm.STUCK_DEPLOYMENT));
    expect(JSON.stringify(alarmOf(template, FlaskAlarm.MISSING_TASKS))).toContain('"1 - FILL(healthy0, 0)"');
  });
});

test('two services have other names for theirs', () => {
  const stack = testStack();
  const first = fullService(stack, {}, 'First');
  fullService(stack, { cluster: first.cluster }, 'Second');
  const names = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties.AlarmName,
  );
  expect(new Set(names).size).toBe(2 * ALL.length);
});

describe('the bounds', () => {
  const percent = (name: string, low: number, value: number, remedy = '') =>
    [{ [name]: value }, `${name} must be a number from ${low} to 100, got ${value}${remedy}`] as [AlarmOptions, string];

  test.each<[AlarmOptions, string]>([
    percent('maxServerErrorPercent', 0.01, 0.009, '; turn the alarm off by turnOff'),
    percent('maxServerErrorPercent', 0.01, 100.1, '; turn the alarm off by turnOff'),
    percent('maxSlowPercent', 0.01, 0, '; turn the alarm off by turnOff'),
    percent('maxSlowPercent', 0.01, 101, '; turn the alarm off by turnOff'),
    percent('maxDeploymentErrorPercent', 0, -0.1),
    percent('maxDeploymentErrorPercent', 0, 100.1),
    percent('maxDeploymentSlowPercent', 0, -0.1),
    percent('maxDeploymentSlowPercent', 0, 100.1),
    percent('maxMemoryPercent', 1, 0.9),
    percent('maxMemoryPercent', 1, 101),
    [
      { maxTimeWithoutRequests: Duration.minutes(14) },
      'maxTimeWithoutRequests must be a whole number of minutes from 15 to 1440, got 14; an alarm looks back a day at most',
    ],
    [
      { maxTimeWithoutRequests: Duration.minutes(1441) },
      'maxTimeWithoutRequests must be a whole number of minutes from 15 to 1440, got 1441; an alarm looks back a day at most',
    ],
    [{ minTasks: -1 }, 'minTasks must be a whole number from 0 to 5000, got -1'],
    [{ minTasks: 5001 }, 'minTasks must be a whole number from 0 to 5000, got 5001'],
    [{ slo: { target: 89.9 } }, 'target of the slo must be a number from 90 to 99.99, got 89.9; it is a percentage of all requests'],
    [{ slo: { target: 99.995 } }, 'target of the slo must be a number from 90 to 99.99, got 99.995; it is a percentage of all requests'],
    [
      { slo: { latency: Duration.millis(9) } },
      'latency of the slo must be from 10 milliseconds to 4000 seconds, got 9 milliseconds; the load balancer waits 4000 seconds at most',
    ],
    [
      { slo: { latency: Duration.seconds(4001) } },
      'latency of the slo must be from 10 milliseconds to 4000 seconds, got 4001000 milliseconds; the load balancer waits 4000 seconds at most',
    ],
    [
      { maxDeploymentTime: Duration.minutes(9) },
      'maxDeploymentTime must be a whole number of minutes from 10 to 1430, got 9; an alarm looks back a day at most',
    ],
    [
      { maxDeploymentTime: Duration.minutes(1431) },
      'maxDeploymentTime must be a whole number of minutes from 10 to 1430, got 1431; an alarm looks back a day at most',
    ],
    [
      { maxQueueAge: Duration.seconds(59) },
      'maxQueueAge must be a whole number of seconds from 60 to 1209600, got 59; a queue keeps a message for 14 days at most',
    ],
    [
      { maxQueueAge: Duration.seconds(1_209_601) },
      'maxQueueAge must be a whole number of seconds from 60 to 1209600, got 1209601; a queue keeps a message for 14 days at most',
    ],
    [{ email: 'operators' }, "email of the alarms must be an e-mail address, such as 'operators@example.com', got 'operators'"],
  ])('%p is refused', (alarms, message) => {
    expectError(() => setup(alarms), message);
  });

  test.each<[AlarmOptions]>([
    [
      {
        maxServerErrorPercent: 0.01,
        maxSlowPercent: 0.01,
        maxDeploymentErrorPercent: 0,
        maxDeploymentSlowPercent: 0,
        maxMemoryPercent: 1,
        maxTimeWithoutRequests: Duration.minutes(15),
        minTasks: 0,
      },
    ],
    [
      {
        maxServerErrorPercent: 100,
        maxSlowPercent: 100,
        maxDeploymentErrorPercent: 100,
        maxDeploymentSlowPercent: 100,
        maxMemoryPercent: 100,
        maxTimeWithoutRequests: Duration.days(1),
        minTasks: 5000,
      },
    ],
    [{ slo: { target: 90, latency: Duration.millis(10) }, maxDeploymentTime: Duration.minutes(10), maxQueueAge: Duration.seconds(60) }],
    [
      {
        slo: { target: 99.99, latency: Duration.seconds(4000) },
        maxDeploymentTime: Duration.minutes(1430),
        maxQueueAge: Duration.days(14),
      },
    ],
  ])('%p is taken', (alarms) => {
    expect(() => setup(alarms)).not.toThrow();
  });

  test('what is known at deployment only is taken, but a time that is part of a name', () => {
    const stack = testStack();
    const value = new CfnParameter(stack, 'Value', { type: 'Number' }).valueAsNumber;
    fullService(stack, {
      monitoring: {
        alarms: { maxMemoryPercent: value, maxServerErrorPercent: value, minTasks: value, maxDeploymentErrorPercent: value },
      },
    });
    const template = Template.fromStack(stack);
    expect(alarmOf(template, FlaskAlarm.MEMORY).Threshold).toEqual({ Ref: 'Value' });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/e\+\d{3}/);
    expectError(
      () => fullService(stack, { monitoring: { alarms: { slo: { latency: Duration.seconds(value) } } } }, 'Other'),
      'latency of the slo must be known at synth, because it is part of the name of a statistic, got a token; give Duration.seconds(2), for example',
    );
  });
});
