import { AdjustmentType, type ScalingInterval } from 'aws-cdk-lib/aws-applicationautoscaling';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { requireInteger, requireOrder, requireRange } from '../private/validation';

/** Workers by the number of messages that wait. */
export interface QueueDepthScalingOptions {
  /** How many messages one task is to have before it and in its hands, 1 or more. */
  readonly messagesPerTask: number;

  /** The most tasks, 1 to 5000. */
  readonly max: number;

  /**
   * The fewest tasks. With 0, nothing runs while the queue is empty, and the first message waits until a task has started, about a minute; up to
   * 15 minutes where the queue was not used for six hours, for Amazon SQS sends no metrics of such a queue until then.
   *
   * @default 1
   */
  readonly min?: number;
}

/** Workers by their CPU. */
export interface CpuScalingOptions {
  /** The fewest tasks, 1 or more. */
  readonly min: number;

  /** The most tasks, at least `min`. */
  readonly max: number;

  /**
   * The mean CPU utilization to keep, in percent, 1 to 100.
   *
   * @default 60
   */
  readonly targetUtilizationPercent?: number;
}

/** A policy takes 20 steps at most; two are the empty queue and the first message. */
const STEPS = 18;

/** How many tasks of a worker run. */
export class WorkerScaling {
  /**
   * Always the same number of tasks.
   *
   * @param count 0 to 5000
   */
  public static fixed(count: number): WorkerScaling {
    requireInteger('the number of tasks of a worker', count, 0, 5000);
    return new WorkerScaling(count, () => {});
  }

  /**
   * As many tasks as the queue has work for: the messages that wait and those that are worked on, so that a task at work is not taken away.
   *
   * @param queue the queue that the worker reads
   * @param options how many messages for each task, and the bounds
   */
  public static onQueueDepth(queue: IQueue, options: QueueDepthScalingOptions): WorkerScaling {
    const { messagesPerTask, max, min = 1 } = options;
    requireInteger('messagesPerTask', messagesPerTask, 1, 1_000_000);
    requireInteger('max of the worker scaling', max, 1, 5000);
    requireInteger('min of the worker scaling', min, 0, 5000);
    requireOrder('min of the worker scaling', min, 'max', max);
    return new WorkerScaling(undefined, (service) => {
      const period = Duration.minutes(1);
      service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max }).scaleOnMetric('Messages', {
        metric: new MathExpression({
          expression: 'waiting + working',
          usingMetrics: {
            waiting: queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
            working: queue.metricApproximateNumberOfMessagesNotVisible({ period, statistic: 'Maximum' }),
          },
          period,
          label: 'messages',
        }),
        adjustmentType: AdjustmentType.EXACT_CAPACITY,
        scalingSteps: queueSteps(messagesPerTask, min, max),
        cooldown: Duration.minutes(1),
      });
    });
  }

  /**
   * Keep the mean CPU utilization of the tasks at a value.
   *
   * @param options the bounds and the value
   */
  public static onCpu(options: CpuScalingOptions): WorkerScaling {
    const { min, max, targetUtilizationPercent = 60 } = options;
    requireInteger('min of the worker scaling', min, 1, 5000);
    requireInteger('max of the worker scaling', max, 1, 5000);
    requireOrder('min of the worker scaling', min, 'max', max);
    requireRange('targetUtilizationPercent', targetUtilizationPercent, 1, 100);
    return new WorkerScaling(undefined, (service) => {
      service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent });
    });
  }

  private constructor(
    /** @internal */
    public readonly _desiredCount: number | undefined,
    private readonly attach: (service: FargateService) => void,
  ) {}

  /** @internal */
  public _attach(service: FargateService): void {
    this.attach(service);
  }
}

/** From `min` for an empty queue to `max`: in steps of one task, or of more where a policy has too few steps for that. */
function queueSteps(messagesPerTask: number, min: number, max: number): ScalingInterval[] {
  const first = Math.max(1, min);
  const stride = Math.max(1, Math.ceil((max - first) / STEPS));
  const steps: ScalingInterval[] = [
    { upper: 0, change: min },
    { lower: 1, change: first },
  ];
  for (let tasks = first; tasks < max; tasks += stride) {
    steps.push({ lower: tasks * messagesPerTask + 1, change: Math.min(tasks + stride, max) });
  }
  return steps;
}
