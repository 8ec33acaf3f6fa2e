import { Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { WorkerScaling } from '../../src';
import { expectError, service, testStack } from '../util/test-stack';

function templateOf(scaling: (queue: Queue) => WorkerScaling): Template {
  const stack = testStack();
  service(stack).addWorker('Celery', { command: ['celery', 'worker'], scaling: scaling(new Queue(stack, 'Queue')) });
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
    const [alarm] = propertiesOf(template, 'AWS::CloudWatch::Alarm', /Celery/);
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
    [{ messagesPerTask: 0, max: 1 }, 'messagesPerTask must be a whole number from 1 to 1000000, got 0'],
    [{ messagesPerTask: 1, max: 0 }, 'max of the worker scaling must be a whole number from 1 to 5000, got 0'],
    [{ messagesPerTask: 1, max: 1, min: -1 }, 'min of the worker scaling must be a whole number from 0 to 5000, got -1'],
    [{ messagesPerTask: 1, max: 1, min: 2 }, 'min of the worker scaling must not be above max, got 2 and 1'],
  ])('refuses %p', (options, message) => {
    expectError(() => WorkerScaling.onQueueDepth(new Queue(testStack(), 'Queue'), options), message);
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
