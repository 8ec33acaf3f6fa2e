import type { FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';
import { fail, requireInteger, requireKnown, requireOrder } from '../private/validation';
import { bindScaling } from './bound-scaling';
import type { RenderedTaskCount, ScalingContext } from './rendered-scaling';
import { ScalingPolicy } from './scaling-policy';

/** The bounds of the number of tasks, and what moves it between them. */
export interface TaskScalingOptions {
  /**
   * The minimum number of tasks, 1 to 5000. One more than the load needs holds a load of up to three times as much in our bench, which no policy
   * does: the first three minutes of a peak are over before any scaling has an effect.
   */
  readonly min: number;

  /** The maximum number of tasks, at least `min` and at most 5000. */
  readonly max: number;

  /**
   * What adds and removes tasks. With several, the one that asks for the most tasks decides, and tasks are removed when all agree.
   *
   * @default [ScalingPolicy.cpu(53), ScalingPolicy.inFlight(50)] - the CPU every 20 seconds for a load that grows, at the highest value that loses no more requests than 50 % when one of two zones is lost, by the simulation in docs/scaling.md; the requests in flight for a backend that became slow. Without a load balancer and with `WsgiServer.custom()`, whose threads are not known, only ScalingPolicy.cpu(53)
   */
  readonly policies?: ScalingPolicy[];
}

/**
 * How many tasks run.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { FlaskFargateService, FlaskImage, TaskScaling } from 'cdk-flask-fargate';
 *
 * declare const stack: Stack;
 *
 * const scaling = TaskScaling.between({ min: 3, max: 12 });
 * new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource('app'), scaling });
 */
export class TaskScaling {
  /**
   * Always the same number of tasks.
   *
   * @param count 0 to 5000; 0 stops the service and keeps everything else
   * @example
   * import { TaskScaling } from 'cdk-flask-fargate';
   *
   * TaskScaling.fixed(3);
   */
  public static fixed(count: number): TaskScaling {
    requireInteger('the number of tasks', count, 0, 5000);
    return new TaskScaling(count, count, true);
  }

  /**
   * A number of tasks that follows the load. The template then has no desired count, so that a deployment does not reset the number that scaling
   * has set.
   *
   * @param options the bounds, and the policies
   * @example
   * import { TaskScaling } from 'cdk-flask-fargate';
   *
   * TaskScaling.between({ min: 3, max: 20 });
   */
  public static between(options: TaskScalingOptions): TaskScaling {
    const { min, max, policies } = options;
    requireInteger('min of the task scaling', min, 1, 5000, 'use TaskScaling.fixed(0) to stop the service');
    requireInteger('max of the task scaling', max, 1, 5000);
    requireOrder('min of the task scaling', min, 'max', max);
    requirePolicies(policies);
    requireSchedulesWithin(min, max, policies);
    if (policies?.some(({ _facts }) => _facts.min !== undefined)) {
      requireKnown('min of the task scaling beside a schedule with min', min, '2');
    }
    return new TaskScaling(min, max, false, policies);
  }

  private constructor(
    private readonly min: number,
    private readonly max: number,
    private readonly isFixed: boolean,
    private readonly policies?: ScalingPolicy[],
  ) {}

  /**
   * The number of tasks, as plain data.
   *
   * @internal
   */
  public _render(): RenderedTaskCount {
    const facts = (this.policies ?? []).map(({ _facts }) => _facts);
    const allMax = [this.max, ...facts.map(({ max = this.max }) => max)];
    return {
      desired: this.isFixed ? this.min : undefined,
      min: Token.isUnresolved(this.min) ? this.min : Math.min(this.min, ...facts.map(({ min = this.min }) => min)),
      // what is known at deployment only may be any number
      max: allMax.find((max) => Token.isUnresolved(max)) ?? Math.max(...allMax),
    };
  }

  /**
   * Makes the policies of a service; nothing for a fixed number.
   *
   * @internal
   */
  public _bind(service: FargateService, context: ScalingContext): ScalableTaskCount | undefined {
    if (this.isFixed) {
      return undefined;
    }
    const policies = this.policies ?? defaultPolicies(context);
    return bindScaling(service, { min: this.min, max: this.max, policies: policies.map((policy) => policy._render(context)) });
  }
}

function defaultPolicies({ targetGroups, concurrency }: ScalingContext): ScalingPolicy[] {
  return [ScalingPolicy.cpu(53), ...(targetGroups.length > 0 && concurrency ? [ScalingPolicy.inFlight(50)] : [])];
}

/** A schedule that changes one bound must leave it on its side of the other, else Application Auto Scaling refuses the change when it is due. */
function requireSchedulesWithin(min: number, max: number, policies: ScalingPolicy[] = []): void {
  const facts = policies.map(({ _facts }) => _facts);
  const allMin = [min, ...facts.flatMap((fact) => fact.min ?? [])];
  const allMax = [max, ...facts.flatMap((fact) => fact.max ?? [])];
  if ([...allMin, ...allMax].some((bound) => Token.isUnresolved(bound))) {
    return;
  }
  for (const fact of facts) {
    // another schedule may have moved the other bound by then
    if (fact.min !== undefined && fact.max === undefined && fact.min > Math.max(...allMax)) {
      fail(`min of a scheduled scaling must not be above max of the task scaling, got ${fact.min} and ${max}; give the schedule a max too`);
    }
    if (fact.max !== undefined && fact.min === undefined && fact.max < Math.min(...allMin)) {
      fail(`max of a scheduled scaling must not be below min of the task scaling, got ${fact.max} and ${min}; give the schedule a min too`);
    }
  }
}

function requirePolicies(policies?: ScalingPolicy[]): void {
  if (!policies) {
    return;
  }
  if (policies.length === 0) {
    fail('the task scaling needs at least one policy, got an empty list; leave policies out for the default, or use TaskScaling.fixed()');
  }
  const facts = policies.map(({ _facts }) => _facts);
  const metrics = facts.flatMap(({ metric }) => (metric ? [metric] : []));
  const twice = metrics.find((metric, i) => metrics.indexOf(metric) < i);
  if (twice) {
    fail(`the task scaling has two policies on the same metric (${twice}); keep one`);
  }
  const step = facts.find(({ cpuStep }) => cpuStep !== undefined)?.cpuStep;
  const target = facts.find(({ cpuTarget }) => cpuTarget !== undefined)?.cpuTarget;
  if (step === undefined) {
    return;
  }
  if (target === undefined) {
    fail(
      'ScalingPolicy.step() needs ScalingPolicy.cpu() beside it, got none: nothing else would remove its tasks again; add ScalingPolicy.cpu(60)',
    );
  }
  if (!Token.isUnresolved(target) && target >= step) {
    fail(`aboveUtilizationPercent of a step must be above the target of ScalingPolicy.cpu(), got ${step} and ${target}; use 95 and 60`);
  }
}
