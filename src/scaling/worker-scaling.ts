import { AdjustmentType, type ScalingInterval } from 'aws-cdk-lib/aws-applicationautoscaling';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { CfnQueue, IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import { fail, requireInteger, requireKnown, requireOrder, requireRange, requireSeconds } from '../private/validation';
import { bindScaling } from './bound-scaling';
import { ScalingPolicy } from './scaling-policy';

/** Workers by the number of messages in a queue. Give either `jobTime` and `acceptableWait`, or `messagesPerTask`. */
export interface QueueDepthScalingOptions {
  /** The maximum number of tasks, 1 to 5000. */
  readonly max: number;

  /**
   * The minimum number of tasks, 0 to `max`. With 0, nothing runs while the queue is empty, and the first message waits about a minute until a task
   * has started; up to 15 minutes where the queue was not used for six hours, because Amazon SQS sends no metrics of such a queue until then.
   *
   * @default 1
   */
  readonly min?: number;

  /**
   * How long a job takes, on average: 1 second to 12 hours. A task is then given as many messages as it works off within `acceptableWait`.
   *
   * @default - not known; `messagesPerTask` is required
   */
  readonly jobTime?: Duration;

  /**
   * How long a job may wait before it is begun, 1 second to 12 hours. Scaling itself takes about two minutes, so a shorter wait needs spare tasks
   * by `min`.
   *
   * @default - not known; `messagesPerTask` is required
   */
  readonly acceptableWait?: Duration;

  /**
   * How many jobs a task works on at the same time, 1 to 1000: the `--concurrency` of Celery.
   *
   * @default 1
   */
  readonly slots?: number;

  /**
   * How many messages each task gets, waiting or in work, 1 to 1000000: for those who know the number. Longer jobs need fewer.
   *
   * @default - `acceptableWait` × `slots` / `jobTime`, at least `slots`
   */
  readonly messagesPerTask?: number;
}

/** Workers by their CPU. */
export interface CpuScalingOptions {
  /** The minimum number of tasks, 1 to 5000. */
  readonly min: number;

  /** The maximum number of tasks, at least `min` and at most 5000. */
  readonly max: number;

  /**
   * The mean CPU utilization to keep, in percent, 1 to 100.
   *
   * @default 60
   */
  readonly targetUtilizationPercent?: number;
}

/**
 * What scaling has to know of the worker.
 *
 * @internal
 */
export interface WorkerScalingContext {
  readonly region: string;
  /** Whether the tasks protect themselves while they are at work. */
  readonly taskProtection: boolean;
}

/**
 * What the worker has to know of its scaling: plain data.
 *
 * @internal
 */
export interface RenderedWorkerScaling {
  readonly desiredCount?: number;
  /** Tasks by the messages in a queue, as the steps of a policy. */
  readonly steps?: ScalingInterval[];
  readonly cooldown?: Duration;
  /** How long a job takes, where it is said. */
  readonly jobSeconds?: number;
  /** How old a message may become where all is well, where the time of a job is said. */
  readonly usualAgeSeconds?: number;
  /** How long the queue waits before it gives a message to another task, where it is known. */
  readonly visibilitySeconds?: number;
  /** The queue whose messages the worker takes, where it is known. */
  readonly queue?: IQueue;
}

type Render = (context: WorkerScalingContext) => RenderedWorkerScaling;
type Bind = (service: FargateService, context: WorkerScalingContext) => ScalableTaskCount | undefined;

/** A policy takes 20 steps; two are the empty queue and the first message. */
const MAX_STEPS = 18;
const MAX_JOB_SECONDS = 12 * 3600;

/**
 * How many tasks of a worker run.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { Queue } from 'aws-cdk-lib/aws-sqs';
 * import { FlaskFargateService, WorkerScaling } from 'cdk-flask-fargate';
 *
 * declare const web: FlaskFargateService;
 * declare const queue: Queue;
 *
 * web.addWorker('Celery', {
 *   command: ['celery', '-A', 'app.celery', 'worker', '--concurrency', '2'],
 *   scaling: WorkerScaling.onQueueDepth(queue, {
 *     jobTime: Duration.seconds(30),
 *     acceptableWait: Duration.minutes(2),
 *     slots: 2,
 *     max: 8,
 *   }),
 * });
 */
export class WorkerScaling {
  /**
   * Always the same number of tasks.
   *
   * @param count 0 to 5000
   * @example
   * import { WorkerScaling } from 'cdk-flask-fargate';
   *
   * WorkerScaling.fixed(2);
   */
  public static fixed(count: number): WorkerScaling {
    requireInteger('the number of tasks of a worker', count, 0, 5000);
    return new WorkerScaling(
      () => ({ desiredCount: count }),
      () => undefined,
    );
  }

  /**
   * As many tasks as the queue has work for: the messages that wait and those in work. A scale-in may still choose a task that is at work: it then
   * has until `stopTimeout` to finish, and `taskProtection` on the worker protects longer jobs.
   *
   * @param queue the queue that the worker reads
   * @param options what a job takes and how long it may wait, and the bounds
   * @example
   * import { Duration } from 'aws-cdk-lib';
   * import { Queue } from 'aws-cdk-lib/aws-sqs';
   * import { WorkerScaling } from 'cdk-flask-fargate';
   * declare const queue: Queue;
   *
   * WorkerScaling.onQueueDepth(queue, {
   *   jobTime: Duration.seconds(30),
   *   acceptableWait: Duration.minutes(2),
   *   slots: 2,
   *   max: 8,
   * });
   */
  public static onQueueDepth(queue: IQueue, options: QueueDepthScalingOptions): WorkerScaling {
    const { max, min = 1 } = options;
    requireKnown('max of the worker scaling', max, '8');
    requireKnown('min of the worker scaling', min, '1');
    requireInteger('max of the worker scaling', max, 1, 5000);
    requireInteger('min of the worker scaling', min, 0, 5000);
    requireOrder('min of the worker scaling', min, 'max', max);
    const steps = queueSteps(messagesPerTask(options), min, max);
    const render: Render = ({ taskProtection }) => ({
      steps,
      // it delays scale-in alone: Application Auto Scaling goes to a larger number during the wait too
      cooldown: taskProtection ? Duration.minutes(1) : Duration.minutes(5),
      jobSeconds: options.jobTime?.toSeconds(),
      usualAgeSeconds: usualAgeSeconds(options),
      visibilitySeconds: visibilitySeconds(queue),
      queue,
    });
    return new WorkerScaling(render, (service, context) => {
      requireQueueHere(queue, service);
      const { cooldown } = render(context);
      const tasks = service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
      tasks.scaleOnMetric('Messages', {
        metric: messagesIn(queue),
        adjustmentType: AdjustmentType.EXACT_CAPACITY,
        scalingSteps: steps,
        cooldown,
      });
      return tasks;
    });
  }

  /**
   * Keeps the mean CPU utilization of the tasks at a value. It does not see the queue: a worker that waits for another system counts as idle.
   *
   * @param options the bounds and the value
   * @example
   * import { WorkerScaling } from 'cdk-flask-fargate';
   *
   * WorkerScaling.onCpu({ min: 1, max: 4 });
   */
  public static onCpu(options: CpuScalingOptions): WorkerScaling {
    const { min, max, targetUtilizationPercent = 60 } = options;
    requireInteger('min of the worker scaling', min, 1, 5000);
    requireInteger('max of the worker scaling', max, 1, 5000);
    requireOrder('min of the worker scaling', min, 'max', max);
    requireRange('targetUtilizationPercent', targetUtilizationPercent, 1, 100);
    return new WorkerScaling(
      () => ({}),
      (service, { region }) => {
        const policy = ScalingPolicy.cpu(targetUtilizationPercent)._render({
          region,
          account: Stack.of(service).account,
          targetGroups: [],
        });
        return bindScaling(service, { min, max, policies: [policy] });
      },
    );
  }

  private constructor(
    private readonly render: Render,
    private readonly bind: Bind,
  ) {}

  /**
   * The number of tasks or the steps for a worker, as plain data.
   *
   * @internal
   */
  public _render(context: WorkerScalingContext): RenderedWorkerScaling {
    return this.render(context);
  }

  /**
   * Makes the policy of a worker; nothing for a fixed number.
   *
   * @internal
   */
  public _bind(service: FargateService, context: WorkerScalingContext): ScalableTaskCount | undefined {
    return this.bind(service, context);
  }
}

function messagesPerTask(options: QueueDepthScalingOptions): number {
  const { jobTime, acceptableWait, slots = 1, messagesPerTask: given } = options;
  requireKnown('slots', slots, '2');
  requireInteger('slots', slots, 1, 1000, 'it is the number of jobs that a task works on at the same time');
  requireKnown('messagesPerTask', given, '20');
  requireInteger('messagesPerTask', given, 1, 1_000_000);
  requireKnown('jobTime', jobTime, 'Duration.seconds(30)');
  requireSeconds(
    'jobTime',
    jobTime,
    1,
    MAX_JOB_SECONDS,
    'it is the mean time of a job; a visibility timeout of Amazon SQS ends at 12 hours',
  );
  requireKnown('acceptableWait', acceptableWait, 'Duration.minutes(2)');
  requireSeconds('acceptableWait', acceptableWait, 1, MAX_JOB_SECONDS);
  if (given !== undefined) {
    if (acceptableWait) {
      fail('messagesPerTask and acceptableWait exclude each other, got both; leave messagesPerTask out to have it derived');
    }
    if (options.slots !== undefined && !jobTime) {
      fail(`slots is used with jobTime only, got ${slots} beside messagesPerTask alone; give jobTime too, or leave slots out`);
    }
    return given;
  }
  if (!jobTime || !acceptableWait) {
    fail(
      `scaling on the depth of a queue needs jobTime and acceptableWait, or messagesPerTask, got ${jobTime ? 'jobTime alone' : acceptableWait ? 'acceptableWait alone' : 'none of them'}; for example jobTime of 30 seconds and acceptableWait of 2 minutes`,
    );
  }
  return Math.max(slots, Math.round((acceptableWait.toSeconds() * slots) / jobTime.toSeconds()));
}

/** It waits, and is then worked on, which counts too; a job may take twice the mean. */
function usualAgeSeconds({ jobTime, acceptableWait, slots = 1, messagesPerTask: given = 0 }: QueueDepthScalingOptions): number | undefined {
  if (!jobTime) {
    return undefined;
  }
  const seconds = jobTime.toSeconds();
  return Math.ceil((acceptableWait?.toSeconds() ?? (given * seconds) / slots) + 2 * seconds);
}

function messagesIn(queue: IQueue): MathExpression {
  const period = Duration.minutes(1);
  return new MathExpression({
    expression: 'waiting + working',
    usingMetrics: {
      waiting: queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      working: queue.metricApproximateNumberOfMessagesNotVisible({ period, statistic: 'Maximum' }),
    },
    period,
    label: 'messages',
  });
}

/** Only of a queue that is made here; 30 seconds is the default of Amazon SQS. */
function visibilitySeconds(queue: IQueue): number | undefined {
  const resource = queue.node.defaultChild as CfnQueue | undefined;
  if (resource?.cfnResourceType !== 'AWS::SQS::Queue' || Token.isUnresolved(resource.visibilityTimeout)) {
    return undefined;
  }
  return resource.visibilityTimeout ?? 30;
}

/** The metrics of a queue are in its own account and region, and neither alarms nor policies read those of another. */
function requireQueueHere(queue: IQueue, service: FargateService): void {
  for (const place of ['account', 'region'] as const) {
    const [ofQueue, here] = [queue.env[place], Stack.of(service)[place]];
    if (!Token.isUnresolved(ofQueue) && !Token.isUnresolved(here) && ofQueue !== here) {
      fail(
        `scaling on the depth of a queue reads the ${place} of the worker (${here}), got a queue of ${ofQueue}, whose metrics are there; use WorkerScaling.onCpu() or fixed()`,
      );
    }
  }
}

/** From `min` for an empty queue to `max`: in steps of one task, or of more where a policy has too few steps for that. */
function queueSteps(perTask: number, min: number, max: number): ScalingInterval[] {
  const first = Math.max(1, min);
  const stride = Math.max(1, Math.ceil((max - first) / MAX_STEPS));
  const steps: ScalingInterval[] = [
    { upper: 0, change: min },
    { lower: 1, change: first },
  ];
  for (let tasks = first; tasks < max; tasks += stride) {
    steps.push({ lower: tasks * perTask + 1, change: Math.min(tasks + stride, max) });
  }
  return steps;
}
