import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib/core';
import {
  type AlarmOptions,
  FlaskAlarm,
  FlaskDeployment,
  FlaskImage,
  FlaskRepository,
  FlaskStage,
  LoadBalancing,
  ScalingPolicy,
  TaskScaling,
} from '../../src';
import { expectError, fullService, only, testStack } from '../util/test-stack';

function setup(alarms?: AlarmOptions, props: Parameters<typeof fullService>[1] = {}) {
  const stack = testStack();
  const web = fullService(stack, { monitoring: { alarms, dashboard: false }, ...props });
  return { stack, web, template: Template.fromStack(stack) };
}

const alarmOf = (template: Template, kind: FlaskAlarm) =>
  only(template, 'AWS::CloudWatch::Alarm', new RegExp(`Alarms${kind}[0-9A-F]{8}$`)).Properties;
const stopping = (template: Template) =>
  (only(template, 'AWS::ECS::Service').Properties.DeploymentConfiguration as { Alarms?: { AlarmNames: string[] } }).Alarms;

const ALL = Object.values(FlaskAlarm);
const OF_REQUESTS = [FlaskAlarm.SERVER_ERRORS, FlaskAlarm.RESPONSE_TIME, FlaskAlarm.UNHEALTHY_TASKS];

describe('in production', () => {
  const { stack, web, template } = setup();

  test('all are there', () => {
    expect(web.alarms?.all.map(({ node }) => node.id).sort()).toEqual([...ALL].sort());
    for (const kind of ALL) {
      expect(web.alarms?.alarm(kind)?.node.path).toBe(`Test/Web/Alarms/${kind}`);
    }
    template.resourceCountIs('AWS::CloudWatch::Alarm', ALL.length);
  });

  test.each<[FlaskAlarm, object]>([
    [FlaskAlarm.SERVER_ERRORS, { Threshold: 5, EvaluationPeriods: 5, DatapointsToAlarm: 3 }],
    [
      FlaskAlarm.RESPONSE_TIME,
      { MetricName: 'TargetResponseTime', ExtendedStatistic: 'p99', Threshold: 5, EvaluationPeriods: 5, Period: 60 },
    ],
    [
      FlaskAlarm.UNHEALTHY_TASKS,
      { MetricName: 'UnHealthyHostCount', Statistic: 'Maximum', Threshold: 0, EvaluationPeriods: 5, Period: 60 },
    ],
    [
      FlaskAlarm.TASKS,
      {
        MetricName: 'HealthyHostCount',
        Statistic: 'Minimum',
        Threshold: 2,
        EvaluationPeriods: 5,
        Period: 60,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      },
    ],
    [FlaskAlarm.CPU, { MetricName: 'CPUUtilization', Threshold: 90, EvaluationPeriods: 3, Period: 300 }],
    [FlaskAlarm.MEMORY, { MetricName: 'MemoryUtilization', Threshold: 90, EvaluationPeriods: 3, Period: 300 }],
    [FlaskAlarm.ERROR_LINES, { Threshold: 10, EvaluationPeriods: 1 }],
    [FlaskAlarm.REJECTED_CONNECTIONS, { MetricName: 'RejectedConnectionCount', Threshold: 0, EvaluationPeriods: 1, Period: 300 }],
  ])('%s goes off as it should, and says what to do', (kind, expected) => {
    expect(alarmOf(template, kind)).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.stringMatching(/\S{3}/),
      ...expected,
    });
  });

  test('errors and slow answers stop a deployment, by names that are plain text', () => {
    expect(stopping(template)).toEqual({
      Enable: true,
      Rollback: true,
      AlarmNames: [alarmOf(template, FlaskAlarm.SERVER_ERRORS).AlarmName, alarmOf(template, FlaskAlarm.RESPONSE_TIME).AlarmName],
    });
    // and they are there before the deployment that they watch
    expect(only(template, 'AWS::ECS::Service').DependsOn).toEqual(
      expect.arrayContaining(
        [web.alarms?.alarm(FlaskAlarm.SERVER_ERRORS), web.alarms?.alarm(FlaskAlarm.RESPONSE_TIME)].map(
          (alarm) => stack.resolve(alarm?.alarmArn)['Fn::GetAtt'][0],
        ),
      ),
    );
  });

  test('the lines of errors are counted', () => {
    expect(only(template, 'AWS::Logs::MetricFilter').Properties).toEqual({
      LogGroupName: stack.resolve(web.logGroup.logGroupName),
      FilterPattern: '?"ERROR" ?"CRITICAL" ?"Traceback"',
      MetricTransformations: [
        {
          MetricNamespace: 'FlaskFargate',
          MetricName: stack.resolve(web.metrics.errorLines().metricName),
          MetricValue: '1',
          DefaultValue: 0,
        },
      ],
    });
  });
});

test('takes every threshold', () => {
  const { template } = setup({
    maxServerErrorPercent: 1,
    maxResponseTime: Duration.seconds(2),
    maxUnhealthyTasks: 1,
    maxCpuPercent: 80,
    maxMemoryPercent: 70,
    minTasks: 4,
    maxErrorLines: 100,
    maxRejectedConnections: 50,
  });
  const thresholds = Object.fromEntries(ALL.map((kind) => [kind, alarmOf(template, kind).Threshold]));
  expect(thresholds).toEqual({
    ServerErrors: 1,
    ResponseTime: 2,
    UnhealthyTasks: 1,
    Tasks: 4,
    Cpu: 80,
    Memory: 70,
    ErrorLines: 100,
    RejectedConnections: 50,
  });
});

test.each([
  ['fixed', TaskScaling.fixed(3), 3],
  ['between', TaskScaling.between({ min: 4, max: 8 }), 4],
])('expects the fewest tasks of the scaling (%s)', (_, scaling, least) => {
  expect(alarmOf(setup({}, { scaling }).template, FlaskAlarm.TASKS).Threshold).toBe(least);
});

test('some can be left out', () => {
  const { web, template } = setup({ turnOff: [FlaskAlarm.ERROR_LINES, FlaskAlarm.RESPONSE_TIME] });
  template.resourceCountIs('AWS::CloudWatch::Alarm', ALL.length - 2);
  expect(web.alarms?.alarm(FlaskAlarm.RESPONSE_TIME)).toBeUndefined();
  // a deployment is watched by what is left
  expect(stopping(template)?.AlarmNames).toEqual([alarmOf(template, FlaskAlarm.SERVER_ERRORS).AlarmName]);
});

test('all that could stop a deployment can be left out', () => {
  expect(stopping(setup({ turnOff: OF_REQUESTS }).template)?.AlarmNames ?? []).toEqual([]);
  expect(stopping(setup({ stopDeploymentOn: [] }).template)?.AlarmNames ?? []).toEqual([]);
});

test('others can stop a deployment', () => {
  const { template } = setup({ stopDeploymentOn: [FlaskAlarm.UNHEALTHY_TASKS] });
  expect(stopping(template)?.AlarmNames).toEqual([alarmOf(template, FlaskAlarm.UNHEALTHY_TASKS).AlarmName]);
});

test.each(ALL.filter((kind) => !OF_REQUESTS.includes(kind)))('%s cannot stop a deployment', (kind) => {
  expectError(
    () => setup({ stopDeploymentOn: [kind] }),
    `the alarm ${kind} cannot stop a deployment, because its metric depends on the ECS service; the alarms that can are ServerErrors, ResponseTime, UnhealthyTasks`,
  );
});

test('one cannot be left out and stop a deployment', () => {
  expectError(
    () => setup({ stopDeploymentOn: [FlaskAlarm.SERVER_ERRORS], turnOff: [FlaskAlarm.SERVER_ERRORS] }),
    'the alarm ServerErrors is in turnOff and in stopDeploymentOn; take it out of one of the two',
  );
});

describe('where they are off', () => {
  test.each([
    ['by hand', { enabled: false }, FlaskStage.production()],
    ['in development', undefined, FlaskStage.development()],
    ['in ephemeral', undefined, FlaskStage.ephemeral()],
  ])('%s there is none', (_, alarms, stage) => {
    const { web, template } = setup(alarms, { stage });
    expect(web.alarms).toBeUndefined();
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::Logs::MetricFilter', 0);
    expect(stopping(template)?.AlarmNames ?? []).toEqual([]);
  });

  test('they can be on', () => {
    setup({ enabled: true }, { stage: FlaskStage.development() }).template.resourceCountIs('AWS::CloudWatch::Alarm', ALL.length);
  });
});

test('without a load balancer those of requests are left out', () => {
  const { web, template } = setup({}, { loadBalancing: LoadBalancing.none() });
  expect(web.alarms?.all.map(({ node }) => node.id)).toEqual(['Cpu', 'Memory', 'ErrorLines']);
  expect(stopping(template)?.AlarmNames ?? []).toEqual([]);
});

test('tell a topic, when they go off and when it is over', () => {
  const stack = testStack();
  const web = fullService(stack);
  const topic = new Topic(stack, 'Topic');
  web.alarms?.sendTo(topic);
  const arn = stack.resolve(topic.topicArn);
  Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [arn], OKActions: [arn] });
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
  test.each([
    [{ maxServerErrorPercent: -0.1 }, 'maxServerErrorPercent must be a number from 0 to 100, got -0.1'],
    [{ maxServerErrorPercent: 100.1 }, 'maxServerErrorPercent must be a number from 0 to 100, got 100.1'],
    [{ maxCpuPercent: 0.9 }, 'maxCpuPercent must be a number from 1 to 100, got 0.9'],
    [{ maxCpuPercent: 101 }, 'maxCpuPercent must be a number from 1 to 100, got 101'],
    [{ maxMemoryPercent: 0.9 }, 'maxMemoryPercent must be a number from 1 to 100, got 0.9'],
    [{ maxMemoryPercent: 101 }, 'maxMemoryPercent must be a number from 1 to 100, got 101'],
    [{ maxResponseTime: Duration.seconds(0) }, 'maxResponseTime must be a whole number of seconds from 1 to 4000, got 0'],
    [{ maxResponseTime: Duration.seconds(4001) }, 'maxResponseTime must be a whole number of seconds from 1 to 4000, got 4001'],
    ...['maxUnhealthyTasks', 'minTasks', 'maxErrorLines', 'maxRejectedConnections'].flatMap((name) =>
      [-1, 1_000_001, 0.5].map((value): [AlarmOptions, string] => [
        { [name]: value },
        `${name} must be a whole number from 0 to 1000000, got ${value}`,
      ]),
    ),
  ])('%p is refused', (alarms: AlarmOptions, message) => {
    expectError(() => setup(alarms), message);
  });

  test.each<[AlarmOptions]>([
    [
      {
        maxServerErrorPercent: 0,
        maxCpuPercent: 1,
        maxMemoryPercent: 1,
        maxResponseTime: Duration.seconds(1),
        minTasks: 0,
        maxErrorLines: 0,
      },
    ],
    [
      {
        maxServerErrorPercent: 100,
        maxCpuPercent: 100,
        maxMemoryPercent: 100,
        maxResponseTime: Duration.seconds(4000),
        minTasks: 1_000_000,
        maxRejectedConnections: 1_000_000,
      },
    ],
  ])('%p is taken', (alarms) => {
    expect(() => setup(alarms)).not.toThrow();
  });

  test('what is known at deployment only is taken', () => {
    const stack = testStack();
    const value = new CfnParameter(stack, 'Value', { type: 'Number' }).valueAsNumber;
    fullService(stack, { monitoring: { dashboard: false, alarms: { maxErrorLines: value, maxResponseTime: Duration.seconds(value) } } });
    const template = Template.fromStack(stack);
    expect(alarmOf(template, FlaskAlarm.ERROR_LINES).Threshold).toEqual({ Ref: 'Value' });
    expect(alarmOf(template, FlaskAlarm.RESPONSE_TIME).Threshold).toEqual({ Ref: 'Value' });
  });
});

test('a schedule may let fewer tasks run than the bounds, and the alarm on tasks knows', () => {
  const stack = testStack();
  fullService(stack, {
    scaling: TaskScaling.between({
      min: 3,
      max: 6,
      policies: [ScalingPolicy.cpu(60), ScalingPolicy.schedule({ schedule: Schedule.cron({ hour: '20' }), min: 1 })],
    }),
  });
  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  expect(alarms.find(({ MetricName }) => MetricName === 'HealthyHostCount')).toMatchObject({ Threshold: 1 });
});

test('with a deployment that shifts traffic, the alarms on requests watch both target groups', () => {
  const stack = testStack();
  fullService(stack, { deployment: FlaskDeployment.canary() });
  const text = JSON.stringify(
    Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).filter(([id]) =>
      /ServerErrors|ResponseTime|Tasks/.test(id),
    ),
  );
  expect(text).toContain('FILL(healthyTaskCount0minimum, 0) + FILL(healthyTaskCount1minimum, 0)');
  expect(text).toContain('MAX([responseTime0p99, responseTime1p99])');
  expect(text).toContain('FILL(serverErrors0, 0) + FILL(serverErrors1, 0)');
});

test.each([
  ['that may have no tasks', () => ({ scaling: TaskScaling.fixed(0) })],
  ['without an image yet', (stack: Stack) => ({ image: FlaskImage.fromEmptyRepository(new FlaskRepository(stack, 'Repository')) })],
])('of a service %s, no data is no alarm', (_, props) => {
  const stack = testStack();
  fullService(stack, props(stack));
  expect(only(Template.fromStack(stack), 'AWS::CloudWatch::Alarm', /AlarmsTasks/).Properties).toMatchObject({
    TreatMissingData: 'notBreaching',
  });
});
