import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Token } from 'aws-cdk-lib/core';
import { fail, requireInteger, requireOrder } from '../private/validation';
import { ScalingPolicy } from './scaling-policy';

/** The bounds of the number of tasks, and what moves it between them. */
export interface TaskScalingOptions {
  /** The fewest tasks, 1 or more. */
  readonly min: number;

  /** The most tasks, at least `min`. */
  readonly max: number;

  /**
   * What adds and removes tasks. With several, the one that asks for the most tasks decides.
   *
   * @default [ScalingPolicy.cpu(60)] - room for a peak that comes faster than a new task
   */
  readonly policies?: ScalingPolicy[];
}

/** How many tasks run. */
export class TaskScaling {
  /**
   * Always the same number of tasks.
   *
   * @param count 0 to 5000; 0 stops the service and keeps everything else
   */
  public static fixed(count: number): TaskScaling {
    requireInteger('the number of tasks', count, 0, 5000);
    return new TaskScaling(count, count);
  }

  /**
   * A number of tasks that follows the load. The template then names no desired count, so that a deployment does not reset what the scaling
   * has set.
   *
   * @param options the bounds, and the policies
   */
  public static between(options: TaskScalingOptions): TaskScaling {
    const { min, max, policies = [ScalingPolicy.cpu(60)] } = options;
    requireInteger('min of the task scaling', min, 1, 5000, 'use TaskScaling.fixed(0) to stop the service');
    requireInteger('max of the task scaling', max, 1, 5000);
    requireOrder('min of the task scaling', min, 'max', max);
    if (policies.length === 0) {
      fail('the task scaling needs at least one policy, got an empty list; leave policies out for 60 % CPU, or use TaskScaling.fixed()');
    }
    for (const kind of ['Cpu', 'Memory', 'Requests']) {
      if (policies.filter((p) => p._kind === kind).length > 1) {
        fail(`the task scaling has two policies on the same metric (${kind.toLowerCase()}); keep one`);
      }
    }
    return new TaskScaling(min, max, policies);
  }

  /** @internal */
  public readonly _min: number;
  /** @internal */
  public readonly _max: number;
  private readonly policies?: ScalingPolicy[];

  private constructor(min: number, max: number, policies?: ScalingPolicy[]) {
    this._min = min;
    this._max = max;
    this.policies = policies;
  }

  /**
   * The desired count for the template: none where the scaling owns it.
   *
   * @internal
   */
  public get _desiredCount(): number | undefined {
    return this.policies ? undefined : this._min;
  }

  /**
   * The fewest tasks that any of the policies allows.
   *
   * @internal
   */
  public get _least(): number {
    const scheduled = (this.policies ?? []).map((policy) => policy._minCapacity ?? this._min);
    return Math.min(this._min, ...scheduled.filter((count) => !Token.isUnresolved(count)));
  }

  /** @internal */
  public get _scalesOnRequests(): boolean {
    return this.policies?.some((p) => p._kind === 'Requests') ?? false;
  }

  /** @internal */
  public _attach(service: FargateService, targetGroup?: ApplicationTargetGroup): void {
    if (!this.policies) {
      return;
    }
    const tasks = service.autoScaleTaskCount({ minCapacity: this._min, maxCapacity: this._max });
    const seen = new Map<string, number>();
    for (const policy of this.policies) {
      const nth = (seen.get(policy._kind) ?? 0) + 1;
      seen.set(policy._kind, nth);
      policy._apply({ tasks, targetGroup }, nth === 1 ? policy._kind : `${policy._kind}${nth}`);
    }
  }
}
