/** The workers that are compared: ours from their templates, the others as their documentation has them. */
import { Duration } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { FlaskFargateService, FlaskImage, LoadBalancing, type QueueDepthScalingOptions, WorkerScaling } from 'cdk-flask-fargate';
import type { Metrics, Policy } from './scaler';
import { synthesized } from './services';
import { all, type Resources } from './templates';
import type { WorkerLoad, WorkerService } from './worker';

/** How late CloudWatch has the metrics of a queue. */
const DELAY = [60, 120] as const;
const MAX = 8;
const SLOTS = 2;

/** A worker of this library, read from its template. */
export function ourWorker(name: string, options: Omit<QueueDepthScalingOptions, 'max'>, taskProtection: boolean): WorkerService {
  const resources = synthesized((stack) => {
    const image = FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1'));
    const web = new FlaskFargateService(stack, 'Web', { image, loadBalancing: LoadBalancing.none() });
    const queue = new Queue(stack, 'Queue', { visibilityTimeout: Duration.hours(12) });
    const scaling = WorkerScaling.onQueueDepth(queue, { max: MAX, min: 0, ...options });
    web.addWorker('Jobs', { command: ['celery', '-A', 'app.celery', 'worker'], scaling, taskProtection });
  });
  return workerOf(name, resources, taskProtection);
}

function workerOf(name: string, resources: Resources, protects: boolean): WorkerService {
  const ofJobs = Object.fromEntries(Object.entries(resources).filter(([id]) => id.includes('Jobs')));
  const [target] = all(ofJobs, 'AWS::ApplicationAutoScaling::ScalableTarget');
  const policies = all(ofJobs, 'AWS::ApplicationAutoScaling::ScalingPolicy').map((policy) => policy.StepScalingPolicyConfiguration);
  const alarms = all(ofJobs, 'AWS::CloudWatch::Alarm');
  const [container] = all(ofJobs, 'AWS::ECS::TaskDefinition')[0].ContainerDefinitions;
  const upper = alarms.find(({ ComparisonOperator }) => ComparisonOperator.startsWith('Greater'));
  // what is above no step is the empty queue
  const steps: { at: number; tasks: number }[] = policies
    .flatMap(({ StepAdjustments }) => StepAdjustments)
    .filter(({ MetricIntervalLowerBound }) => MetricIntervalLowerBound !== undefined)
    .map(({ MetricIntervalLowerBound, ScalingAdjustment }) => ({
      at: upper.Threshold + Number(MetricIntervalLowerBound),
      tasks: ScalingAdjustment,
    }));
  return {
    name,
    min: target.MinCapacity,
    max: target.MaxCapacity,
    slots: SLOTS,
    stopSeconds: container.StopTimeout,
    protects,
    policy: {
      kind: 'exact',
      name: 'messages',
      target: 0,
      period: 60,
      delay: DELAY,
      inCooldown: Math.max(...policies.map(({ Cooldown }) => Cooldown)),
      value: (metrics) => messages(metrics),
      tasks: (value) => steps.filter(({ at }) => value >= at).reduce((most, { tasks }) => Math.max(most, tasks), target.MinCapacity),
    },
  };
}

function messages({ waiting = 0, working = 0 }: Metrics): number {
  return waiting + working;
}

/** Messages that a task may have so that none waits too long. */
const perTask = ({ jobSeconds, acceptableWait }: WorkerLoad) => Math.max(SLOTS, Math.round((acceptableWait * SLOTS) / jobSeconds));

const COMMON = { max: MAX, slots: SLOTS, stopSeconds: 120 };

/** The backlog of a task, tracked: AWS's own advice, and Copilot's with a metric of its own. */
function backlog(load: WorkerLoad, more: Partial<Policy>): Policy {
  return {
    kind: 'track',
    name: 'backlog',
    target: perTask(load),
    period: 60,
    delay: DELAY,
    outCooldown: 300,
    inCooldown: 300,
    value: ({ waiting = 0, running = 0 }) => (running > 0 ? waiting / running : waiting || undefined),
    ...more,
  };
}

export function comparedWorkers(load: WorkerLoad): WorkerService[] {
  const times = { jobTime: Duration.seconds(load.jobSeconds), acceptableWait: Duration.seconds(load.acceptableWait), slots: SLOTS };
  const unprotected = ourWorker('onQueueDepth, jobTime and acceptableWait', times, false);
  const guarded = ourWorker('**the same with taskProtection**', times, true);
  return [
    ourWorker('onQueueDepth, 20 messages each', { messagesPerTask: 20 }, false),
    unprotected,
    guarded,
    { ...guarded, name: "the same with Celery's prefetch of 4", prefetch: 4 },
    { ...COMMON, name: "AWS's backlog per task", min: 1, protects: false, policy: backlog(load, {}) },
    {
      ...COMMON,
      name: "Copilot's queue delay",
      min: 1,
      protects: false,
      policy: backlog(load, { delay: [10, 40], outCooldown: 60, inCooldown: 120 }),
    },
    {
      ...COMMON,
      name: 'as KEDA, with protection',
      min: 0,
      protects: true,
      policy: {
        kind: 'exact',
        name: 'messages',
        target: 0,
        period: 30,
        delay: [0, 1],
        inMinutes: 5,
        value: (metrics) => messages(metrics) / perTask(load),
        tasks: Math.ceil,
      },
    },
  ];
}

export const WORKER_LOADS: readonly WorkerLoad[] = [
  { jobSeconds: 1, acceptableWait: 60 },
  { jobSeconds: 30, acceptableWait: 120 },
  { jobSeconds: 180, acceptableWait: 300 },
  { jobSeconds: 600, acceptableWait: 600 },
];
