import { Template } from 'aws-cdk-lib/assertions';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type CfnElement, Duration, Lazy, TimeZone } from 'aws-cdk-lib/core';
import { Capacity, type FlaskScheduledTaskOptions, FlaskStage } from '../../src';
import { processHostOf } from '../../src/processes/process-host';
import { expectError, only, service, statementsOf, testStack } from '../util/test-stack';

function setup(options: Partial<FlaskScheduledTaskOptions> = {}) {
  const stack = testStack();
  const web = service(stack);
  const nightly = web.addScheduledTask('Nightly', {
    command: ['flask', 'report'],
    schedule: ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }),
    ...options,
  });
  return { stack, web, nightly };
}

const scheduleOf = (options: Partial<FlaskScheduledTaskOptions> = {}) =>
  only(Template.fromStack(setup(options).stack), 'AWS::Scheduler::Schedule').Properties;

test('runs a task of the same image at its times, where the service runs', () => {
  const { stack, web, nightly } = setup();
  const template = Template.fromStack(stack);
  expect(only(template, 'AWS::Scheduler::Schedule').Properties).toMatchObject({
    ScheduleExpression: 'cron(0 3 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    State: 'ENABLED',
    Target: {
      Arn: stack.resolve(web.cluster.clusterArn),
      DeadLetterConfig: { Arn: stack.resolve(nightly.deadLetterQueue.queueArn) },
      RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 },
      EcsParameters: {
        CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
        TaskDefinitionArn: stack.resolve(nightly.taskDefinition.taskDefinitionArn),
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            AssignPublicIp: 'DISABLED',
            SecurityGroups: [{ 'Fn::GetAtt': [expect.stringMatching(/ProcessSecurityGroup/), 'GroupId'] }],
          },
        },
      },
    },
  });
  const [container] = only(template, 'AWS::ECS::TaskDefinition', /Nightly/).Properties.ContainerDefinitions as { Command: string[] }[];
  expect(container.Command).toEqual(['flask', 'report']);
});

test('keeps what could not be started, encrypted, for 14 days', () => {
  const template = Template.fromStack(setup().stack);
  expect(only(template, 'AWS::SQS::Queue').Properties).toEqual({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: { Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] },
  });
});

test('an alarm goes off when a run fails or cannot be started', () => {
  const { stack, nightly } = setup();
  const template = Template.fromStack(stack);
  expect(only(template, 'AWS::Events::Rule').Properties).toMatchObject({
    EventPattern: {
      source: ['aws.ecs'],
      detail: {
        // every revision: one that was replaced may still run
        taskDefinitionArn: [
          {
            prefix: {
              'Fn::Join': [
                '',
                expect.arrayContaining([expect.stringMatching(new RegExp(`:task-definition/${nightly.taskDefinition.family}:$`))]),
              ],
            },
          },
        ],
        lastStatus: ['STOPPED'],
        $or: [
          // the app's own, not that of a container beside it
          { containers: { name: ['flask-app'], exitCode: [{ 'anything-but': 0 }] } },
          { stopCode: ['TaskFailedToStart', 'SpotInterruption', 'TerminationNotice'] },
        ],
      },
    },
  });
  expect(only(template, 'AWS::CloudWatch::Alarm').Properties).toMatchObject({
    Threshold: 0,
    EvaluationPeriods: 15,
    DatapointsToAlarm: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    Metrics: expect.arrayContaining([expect.objectContaining({ Expression: 'FILL(failed, 0) + FILL(notStarted, 0)' })]),
  });
});

test('takes a rate, retries, an age, Spot, and may be off', () => {
  expect(
    scheduleOf({
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
      capacity: Capacity.spot({ onDemandBase: 0 }),
      enabled: false,
    }),
  ).toMatchObject({
    ScheduleExpression: 'rate(5 minutes)',
    State: 'DISABLED',
    Target: {
      RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      EcsParameters: { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] },
    },
  });
});

test('can be run by hand', () => {
  expect(setup().nightly.runTaskCommand).toContain('aws ecs run-task');
});

test.each([
  [{ retryAttempts: 186 }, 'retryAttempts must be a whole number from 0 to 185, got 186'],
  [{ retryAttempts: -1 }, 'retryAttempts must be a whole number from 0 to 185, got -1'],
  [{ maxEventAge: Duration.seconds(59) }, 'maxEventAge must be a whole number of seconds from 60 to 86400, got 59'],
  [{ maxEventAge: Duration.seconds(86_401) }, 'maxEventAge must be a whole number of seconds from 60 to 86400, got 86401'],
  [{ command: [] }, "the command of a task must have at least one word, got an empty list; for example ['flask', 'routes']"],
])('refuses %p', (options, message) => {
  expectError(() => setup(options), message);
});

test.each([{ retryAttempts: 185 }, { maxEventAge: Duration.hours(24) }])('takes %p', (options) => {
  expect(() => setup(options)).not.toThrow();
});

test.each([FlaskStage.production(), FlaskStage.development(), FlaskStage.ephemeral()])('every process runs in every stage: %#', (stage) => {
  const stack = testStack();
  const web = service(stack, { stage });
  web.addTask('Job', { command: ['true'] });
  web.addWorker('Celery', { command: ['celery'] });
  web.addScheduledTask('Nightly', { command: ['flask', 'report'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
  const ip = { AwsvpcConfiguration: { AssignPublicIp: processHostOf(web).placement.publicIp } };
  expect(only(Template.fromStack(stack), 'AWS::Scheduler::Schedule').Properties).toMatchObject({
    Target: { EcsParameters: { NetworkConfiguration: ip } },
  });
});

test('a command is a list of words', () => {
  expectError(
    () => setup({ command: ['flask report'] }),
    'the command of a task must have one word per entry, got \'flask report\'; give ["flask","report"]',
  );
});

test('on Spot has no on-demand base, which would be every run', () => {
  const run = (capacity: Capacity) => {
    const stack = testStack();
    service(stack).addScheduledTask('Nightly', {
      command: ['flask', 'report'],
      schedule: ScheduleExpression.rate(Duration.days(1)),
      capacity,
    });
    return (only(Template.fromStack(stack), 'AWS::Scheduler::Schedule').Properties as unknown as ScheduleProperties).Target.EcsParameters;
  };
  const spot = { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] };
  expect(run(Capacity.spot())).toMatchObject(spot);
  expect(run(Capacity.spot({ onDemandBase: 5 }))).toMatchObject(spot);
  expect(run(Capacity.onDemand())).toMatchObject({ CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }] });
});

test('has the role of EventBridge Scheduler below itself, where tags and aspects of the service reach it', () => {
  const { stack, nightly } = setup();
  const role = only(Template.fromStack(stack), 'AWS::IAM::Role', /NightlyRole/);
  expect(stack.resolve((nightly.node.findChild('Role') as Role).roleArn)).toEqual({ 'Fn::GetAtt': [role.id, 'Arn'] });
  expect(role.Properties.AssumeRolePolicyDocument).toMatchObject({
    Statement: [
      {
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ],
  });
});

interface ScheduleProperties {
  readonly Target: { readonly EcsParameters: object };
}

test('may run the task in every revision, in the cluster of the service alone: the policy changes before the schedule does', () => {
  const { stack, web, nightly } = setup();
  const template = Template.fromStack(stack);
  const statements = statementsOf(template, nightly.node.findChild('Role') as Role);
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: 'ecs:RunTask',
    Resource: {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':ecs:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          `:task-definition/${nightly.taskDefinition.family}:*`,
        ],
      ],
    },
    Condition: { ArnEquals: { 'ecs:cluster': stack.resolve(web.cluster.clusterArn) } },
  });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: [stack.resolve(web.executionRole.roleArn), stack.resolve(web.taskRole.roleArn)],
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
  expect(statements.map(({ Action }) => Action)).toEqual(
    expect.arrayContaining(['ecs:TagResource', expect.arrayContaining(['sqs:SendMessage'])]),
  );
  // nothing names the revision
  expect(JSON.stringify(statements)).not.toContain(stack.getLogicalId(nightly.taskDefinition.node.defaultChild as CfnElement));
});

describe('a single time', () => {
  beforeEach(() => jest.useFakeTimers({ now: new Date('2026-11-26T12:00:00Z') }));
  afterEach(() => jest.useRealTimers());
  const at = (time: string, timeZone?: TimeZone) => ({ schedule: ScheduleExpression.at(new Date(time), timeZone) });

  test('must be in the future', () => {
    expect(scheduleOf(at('2026-11-26T12:00:01Z')).ScheduleExpression).toBe('at(2026-11-26T12:00:01)');
    expectError(
      () => setup(at('2026-11-26T11:59:59Z')),
      'the time of a schedule must be in the future, got at(2026-11-26T11:59:59) in Etc/UTC; remove the schedule, set enabled to false, or give a later time',
    );
  });

  test('is that of its time zone', () => {
    // in Berlin it is 13:00
    expect(() => setup(at('2026-11-26T13:00:01Z', TimeZone.EUROPE_BERLIN))).not.toThrow();
    expectError(
      () => setup(at('2026-11-26T12:59:59Z', TimeZone.EUROPE_BERLIN)),
      'the time of a schedule must be in the future, got at(2026-11-26T12:59:59) in Europe/Berlin; remove the schedule, set enabled to false, or give a later time',
    );
  });

  test('that is over may stay where the schedule is off', () => {
    expect(scheduleOf({ ...at('2020-01-01T00:00:00Z'), enabled: false }).State).toBe('DISABLED');
  });

  test('that is known at deployment passes, and so does a rate', () => {
    expect(() =>
      setup({ schedule: ScheduleExpression.expression(`at(${Lazy.string({ produce: () => '2020-01-01T00:00:00' })})`) }),
    ).not.toThrow();
    expect(() => setup({ schedule: ScheduleExpression.rate(Duration.hours(1)) })).not.toThrow();
  });
});
