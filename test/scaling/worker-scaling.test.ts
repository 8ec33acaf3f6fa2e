import { Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnParameter, Duration, type Environment } from 'aws-cdk-lib/core';
import { type FlaskWorkerOptions, WorkerScaling } from '../../src';
import { adviceOf, expectError, service, testStack } from '../util/test-stack';

function templateOf(scaling: (queue: Queue) => WorkerScaling, options: Partial<FlaskWorkerOptions> = {}): Template {
  const stack = testStack();
  service(stack).addWorker('Celery', { command: ['celery', 'worker'], scaling: scaling(new Queue(stack, 'Queue')), ...options });
  return Template.fromStack(stack);
}

const propertiesOf = (template: Template, type: string, ids: RegExp) =>
  Object.entries(template.findResources(type))
    .filter(([id]) => ids.test(id))
    .map(([, { Properties }]) => Properties);
const workerOf = (template: Template) => propertiesOf(template, 'AWS::ECS::Service', /Celery/)[0];
const targetOf = (template: Template) => propertiesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget', /Celery/)[0];
const policiesOf = (template: Template) => propertiesOf(template, 'AWS::ApplicationAutoScaling::ScalingPolicy', /Celery/);

test('fixed is a desired count and no scaling', () => {
  const template = templateOf(() => WorkerScaling.fixed(3));
  expect(workerOf(template)).toMatchObject({ DesiredCount: 3 });
  expect(targetOf(template)).toBeUndefined();
});

test.each([0, 5000])('fixed takes %i', (count) => {
  expect(() => WorkerScaling.fixed(count)).not.toThrow();
});

test.each([-1, 5001, 1.5])('fixed refuses %p', (count) => {
  expectError(() => WorkerScaling.fixed(count), `the number of tasks of a worker must be a whole number from 0 to 5000, got ${count}`);
});

describe('on the depth of a queue', () => {
  const template = templateOf((queue) => WorkerScaling.onQueueDepth(queue, { messagesPerTask: 10, max: 4, min: 0 }));

  test('owns the desired count', () => {
    expect(workerOf(template)).not.toHaveProperty('DesiredCount');
    expect(targetOf(template)).toMatchObject({ MinCapacity: 0, MaxCapacity: 4 });
  });

  test('stops all tasks for an empty queue, and has one for each ten messages', () => {
    const [lower, upper] = policiesOf(template).map(({ StepScalingPolicyConfiguration }) => StepScalingPolicyConfiguration);
    expect(lower).toMatchObject({
      AdjustmentType: 'ExactCapacity',
      StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: 0 }],
    });
    expect(upper.StepAdjustments).toEqual([
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 2 },
      { MetricIntervalLowerBound: 20, MetricIntervalUpperBound: 30, ScalingAdjustment: 3 },
      { MetricIntervalLowerBound: 30, ScalingAdjustment: 4 },
    ]);
  });

  test('counts the messages that wait and those that are worked on', () => {
    const [alarm] = propertiesOf(template, 'AWS::CloudWatch::Alarm', /CeleryService/);
    expect(
      alarm.Metrics.map(
        ({ Expression, MetricStat }: { Expression?: string; MetricStat?: { Metric: { MetricName: string } } }) =>
          Expression ?? MetricStat?.Metric.MetricName,
      ),
    ).toEqual(['waiting + working', 'ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible']);
  });

  test('has one task at least unless it is told otherwise', () => {
    expect(targetOf(templateOf((queue) => WorkerScaling.onQueueDepth(queue, { messagesPerTask: 1, max: 2 })))).toMatchObject({
      MinCapacity: 1,
    });
  });

  test('goes to many tasks in steps that a policy can hold', () => {
    const many = templateOf((queue) => WorkerScaling.onQueueDepth(queue, { messagesPerTask: 5, max: 100 }));
    const { StepAdjustments: steps } = policiesOf(many)[1].StepScalingPolicyConfiguration;
    expect(steps.length).toBeLessThanOrEqual(20);
    expect(steps.at(-1)).toMatchObject({ ScalingAdjustment: 100 });
  });

  test.each([
    ['2 minutes for jobs of 30 s', { jobTime: Duration.seconds(30), acceptableWait: Duration.minutes(2) }, 4],
    ['2 minutes for jobs of 30 s, two at once', { jobTime: Duration.seconds(30), acceptableWait: Duration.minutes(2), slots: 2 }, 8],
    ['jobs longer than the wait', { jobTime: Duration.minutes(10), acceptableWait: Duration.minutes(1), slots: 3 }, 3],
  ])('derives the messages of a task: %s', (_, options, perTask) => {
    const [, upper] = policiesOf(templateOf((queue) => WorkerScaling.onQueueDepth(queue, { ...options, max: 3 })));
    expect(upper.StepScalingPolicyConfiguration.StepAdjustments).toEqual([
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: perTask, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: perTask, MetricIntervalUpperBound: 2 * perTask, ScalingAdjustment: 2 },
      { MetricIntervalLowerBound: 2 * perTask, ScalingAdjustment: 3 },
    ]);
  });

  test.each([
    [false, 300],
    [true, 60],
  ])('removes tasks one after the other, slowly unless they are protected at work (%p)', (taskProtection, cooldown) => {
    const options = { messagesPerTask: 10, max: 4 };
    for (const { StepScalingPolicyConfiguration } of policiesOf(
      templateOf((queue) => WorkerScaling.onQueueDepth(queue, options), { taskProtection }),
    )) {
      expect(StepScalingPolicyConfiguration.Cooldown).toBe(cooldown);
    }
  });

  const seconds = Duration.seconds;
  test.each([
    [{ messagesPerTask: 0, max: 1 }, 'messagesPerTask must be a whole number from 1 to 1000000, got 0'],
    [{ messagesPerTask: 1_000_001, max: 1 }, 'messagesPerTask must be a whole number from 1 to 1000000, got 1000001'],
    [{ messagesPerTask: 1, max: 0 }, 'max of the worker scaling must be a whole number from 1 to 5000, got 0'],
    [{ messagesPerTask: 1, max: 5001 }, 'max of the worker scaling must be a whole number from 1 to 5000, got 5001'],
    [{ messagesPerTask: 1, max: 1, min: -1 }, 'min of the worker scaling must be a whole number from 0 to 5000, got -1'],
    [{ messagesPerTask: 1, max: 1, min: 2 }, 'min of the worker scaling must not be above max, got 2 and 1'],
    [
      { messagesPerTask: 1, max: 1, slots: 0 },
      'slots must be a whole number from 1 to 1000, got 0; it is the number of jobs that a task works on at the same time',
    ],
    [
      { max: 1, slots: 1001, messagesPerTask: 1 },
      'slots must be a whole number from 1 to 1000, got 1001; it is the number of jobs that a task works on at the same time',
    ],
    [
      { max: 1, jobTime: seconds(0), acceptableWait: seconds(1) },
      'jobTime must be a whole number of seconds from 1 to 43200, got 0; it is the mean time of a job; a visibility timeout of Amazon SQS ends at 12 hours',
    ],
    [
      { max: 1, jobTime: seconds(43_201), acceptableWait: seconds(1) },
      'jobTime must be a whole number of seconds from 1 to 43200, got 43201; it is the mean time of a job; a visibility timeout of Amazon SQS ends at 12 hours',
    ],
    [
      { max: 1, jobTime: seconds(1), acceptableWait: seconds(43_201) },
      'acceptableWait must be a whole number of seconds from 1 to 43200, got 43201',
    ],
    [
      { max: 1, messagesPerTask: 5, acceptableWait: seconds(60) },
      'messagesPerTask and acceptableWait exclude each other, got both; leave messagesPerTask out to have it derived',
    ],
    [
      { max: 1, messagesPerTask: 5, slots: 2 },
      'slots is used with jobTime only, got 2 beside messagesPerTask alone; give jobTime too, or leave slots out',
    ],
    [
      { max: 1 },
      'scaling on the depth of a queue needs jobTime and acceptableWait, or messagesPerTask, got none of them; for example jobTime of 30 seconds and acceptableWait of 2 minutes',
    ],
    [
      { max: 1, jobTime: seconds(30) },
      'scaling on the depth of a queue needs jobTime and acceptableWait, or messagesPerTask, got jobTime alone; for example jobTime of 30 seconds and acceptableWait of 2 minutes',
    ],
    [
      { max: 1, acceptableWait: seconds(30) },
      'scaling on the depth of a queue needs jobTime and acceptableWait, or messagesPerTask, got acceptableWait alone; for example jobTime of 30 seconds and acceptableWait of 2 minutes',
    ],
  ])('refuses %p', (options, message) => {
    expectError(() => WorkerScaling.onQueueDepth(new Queue(testStack(), 'Queue'), options), message);
  });

  test.each<[string, string]>([
    ['max', 'max of the worker scaling must be known at synth, got a token; give a value that is known, 8, for example'],
    ['min', 'min of the worker scaling must be known at synth, got a token; give a value that is known, 1, for example'],
    ['slots', 'slots must be known at synth, got a token; give a value that is known, 2, for example'],
    ['messagesPerTask', 'messagesPerTask must be known at synth, got a token; give a value that is known, 20, for example'],
  ])('refuses a %s that is known at deployment only: the steps are made of it', (name, message) => {
    const stack = testStack();
    const unknown = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    expectError(() => WorkerScaling.onQueueDepth(new Queue(stack, 'Queue'), { messagesPerTask: 1, max: 2, [name]: unknown }), message);
  });

  test.each<[string, string]>([
    ['jobTime', 'jobTime must be known at synth, got a token; give a value that is known, Duration.seconds(30), for example'],
    ['acceptableWait', 'acceptableWait must be known at synth, got a token; give a value that is known, Duration.minutes(2), for example'],
  ])('refuses a %s that is known at deployment only', (name, message) => {
    const stack = testStack();
    const unknown = seconds(new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber);
    const options = { jobTime: seconds(1), acceptableWait: seconds(1), max: 2, [name]: unknown };
    expectError(() => WorkerScaling.onQueueDepth(new Queue(stack, 'Queue'), options), message);
  });
});

describe('advice on jobs', () => {
  const setup = (job: number, { stopTimeout = 120, taskProtection = false, visibility = 43_200, given = false } = {}) => {
    const stack = testStack();
    const queue = given
      ? Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:eu-west-1:111111111111:jobs')
      : new Queue(stack, 'Queue', { visibilityTimeout: visibility ? Duration.seconds(visibility) : undefined });
    const scaling = WorkerScaling.onQueueDepth(queue, {
      jobTime: Duration.seconds(job),
      acceptableWait: Duration.seconds(60),
      max: 2,
    });
    service(stack).addWorker('Celery', { command: ['celery'], scaling, taskProtection, stopTimeout: Duration.seconds(stopTimeout) });
    return adviceOf(stack);
  };

  test('that are cut when their task is stopped', () => {
    expect(setup(61, { stopTimeout: 60 })).toEqual([
      {
        path: '/Test/Web/Celery',
        id: 'cdk-flask-fargate:jobsLongerThanStopTimeout',
        text: 'a job takes 61 s and a task has 60 s to finish it after SIGTERM, so scale-ins and deployments cut jobs, which then run again; set taskProtection and protect the task while it is at work (docs/processes.md)',
      },
    ]);
    expect(setup(60, { stopTimeout: 60 })).toEqual([]);
    expect(setup(600, { taskProtection: true })).toEqual([]);
  });

  test('that two tasks would do', () => {
    expect(setup(61, { visibility: 60 })).toEqual([
      {
        path: '/Test/Web/Celery',
        id: 'cdk-flask-fargate:jobsLongerThanVisibilityTimeout',
        text: 'a job takes 61 s and the queue gives its message to another task after 60 s, so jobs run twice; raise visibilityTimeout above the longest job',
      },
    ]);
    expect(setup(60, { visibility: 60 })).toEqual([]);
    expect(setup(31, { visibility: 0 }).map(({ id }) => id)).toEqual(['cdk-flask-fargate:jobsLongerThanVisibilityTimeout']);
    expect(setup(100, { given: true })).toEqual([]);
  });

  test('says nothing of a visibility timeout that is known at deployment only', () => {
    const stack = testStack();
    const visibilityTimeout = Duration.seconds(new CfnParameter(stack, 'Timeout', { type: 'Number' }).valueAsNumber);
    const queue = new Queue(stack, 'Queue', { visibilityTimeout });
    const scaling = WorkerScaling.onQueueDepth(queue, { jobTime: Duration.seconds(10), acceptableWait: Duration.seconds(60), max: 2 });
    service(stack).addWorker('Celery', { command: ['celery'], scaling });
    expect(adviceOf(stack)).toEqual([]);
  });
});

describe('on CPU', () => {
  test('keeps 60 % by default', () => {
    const template = templateOf(() => WorkerScaling.onCpu({ min: 1, max: 5 }));
    expect(targetOf(template)).toMatchObject({ MinCapacity: 1, MaxCapacity: 5 });
    expect(policiesOf(template)).toMatchObject([{ TargetTrackingScalingPolicyConfiguration: { TargetValue: 60 } }]);
  });

  test.each([
    [{ min: 0, max: 1 }, 'min of the worker scaling must be a whole number from 1 to 5000, got 0'],
    [{ min: 2, max: 1 }, 'min of the worker scaling must not be above max, got 2 and 1'],
    [{ min: 1, max: 1, targetUtilizationPercent: 101 }, 'targetUtilizationPercent must be a number from 1 to 100, got 101'],
  ])('refuses %p', (options, message) => {
    expectError(() => WorkerScaling.onCpu(options), message);
  });
});

describe('a queue of another place', () => {
  const here = { account: '111111111111', region: 'eu-west-1' };
  const scaledOn = (arn: string, env?: Environment) => {
    const stack = testStack({ env });
    const scaling = WorkerScaling.onQueueDepth(Queue.fromQueueArn(stack, 'Queue', arn), { messagesPerTask: 10, max: 2 });
    return service(stack).addWorker('Celery', { command: ['celery'], scaling });
  };

  test.each([
    ['region', 'eu-west-1', 'us-east-1', 'arn:aws:sqs:us-east-1:111111111111:jobs'],
    ['account', '111111111111', '222222222222', 'arn:aws:sqs:eu-west-1:222222222222:jobs'],
  ])('by its %s is refused, for its metrics are there', (place, wanted, got, arn) => {
    expectError(
      () => scaledOn(arn, here),
      `scaling on the depth of a queue reads the ${place} of the worker (${wanted}), got a queue of ${got}, whose metrics are there; use WorkerScaling.onCpu() or fixed()`,
    );
  });

  test('is taken where both are the same, or nothing is known', () => {
    expect(() => scaledOn('arn:aws:sqs:eu-west-1:111111111111:jobs', here)).not.toThrow();
    expect(() => scaledOn('arn:aws:sqs:us-east-1:222222222222:jobs')).not.toThrow();
  });
});
