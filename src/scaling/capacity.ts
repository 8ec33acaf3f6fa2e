import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import { requireInteger } from '../private/validation';

/** The maximum of ECS for the base of a strategy. */
const MAX_BASE = 100_000;

/** The options of on-demand capacity. */
export interface CapacityOptions {
  /**
   * Whether a task that is stopped without notice (by Spot, by StopTask, because another of its containers fails) keeps answering until the load balancer
   * sends it no more requests. A second container of the same image holds the stop signal back from the app for 10 seconds: ECS
   * stops containers in the reverse order of their dependencies. The image must have `python` on its PATH.
   *
   * Without it, almost every request that the task gets after the signal is lost, with every server; those that are under way are finished. A
   * deployment needs none of it: there, the load balancer is asked first.
   *
   * @default - false; true on Spot
   */
  readonly drainBeforeStop?: boolean;
}

/** The options of Spot capacity. */
export interface SpotCapacityOptions extends CapacityOptions {
  /**
   * The number of tasks that always run on demand. All further tasks run on Spot. With 0, all tasks run on Spot, and AWS may stop all of them
   * at the same time.
   *
   * @default 1 - the service stays up when AWS reclaims its Spot capacity
   */
  readonly onDemandBase?: number;
}

/**
 * What runs on the capacity.
 *
 * @internal
 */
export interface CapacityContext {
  /** Whether each run is a task of its own, and not one of a service. */
  readonly singleTask: boolean;
}

/**
 * The capacity for a service or a task, as plain data.
 *
 * @internal
 */
export interface RenderedCapacity {
  /** Always a strategy, also for on demand: AWS replaces a service whose launch type changes, but updates one whose strategy changes. */
  readonly strategies: CapacityProviderStrategy[];
  readonly isSpot: boolean;
  readonly drainBeforeStop: boolean;
  /** The number of tasks that always run on demand. */
  readonly onDemandBase: number;
}

/**
 * What the tasks run on.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { Capacity, FlaskFargateService, FlaskImage } from 'cdk-flask-fargate';
 *
 * declare const stack: Stack;
 *
 * new FlaskFargateService(stack, 'Web', {
 *   image: FlaskImage.fromSource('app'),
 *   capacity: Capacity.spot({ onDemandBase: 2 }),
 * });
 */
export class Capacity {
  /**
   * Fargate at its list price. A task runs until it is stopped.
   *
   * @param options how a task ends
   */
  public static onDemand(options: CapacityOptions = {}): Capacity {
    return new Capacity(options.drainBeforeStop ?? false);
  }

  /**
   * Fargate Spot, which is up to 70 % cheaper. AWS may stop a task with two minutes' notice, and starts no on-demand task in its place. A
   * change between this and `onDemand()` updates the service in place.
   *
   * @param options how many tasks stay on-demand
   */
  public static spot(options: SpotCapacityOptions = {}): Capacity {
    const base = options.onDemandBase ?? 1;
    requireInteger('onDemandBase', base, 0, MAX_BASE);
    return new Capacity(options.drainBeforeStop ?? true, base);
  }

  private constructor(
    private readonly drainBeforeStop: boolean,
    private readonly spotBase?: number,
  ) {}

  /** @internal */
  public _render({ singleTask }: CapacityContext): RenderedCapacity {
    const isSpot = this.spotBase !== undefined;
    // a task that runs by itself would be the base each time
    const onDemandBase = singleTask ? 0 : (this.spotBase ?? 0);
    return { strategies: strategiesFor(isSpot, onDemandBase), isSpot, drainBeforeStop: this.drainBeforeStop, onDemandBase };
  }
}

function strategiesFor(isSpot: boolean, onDemandBase: number): CapacityProviderStrategy[] {
  if (!isSpot) {
    return [{ capacityProvider: 'FARGATE', weight: 1 }];
  }
  return [
    // the base has to stand in one strategy only, and a weight of 0 sends nothing beyond it there
    ...(onDemandBase === 0 ? [] : [{ capacityProvider: 'FARGATE', base: onDemandBase, weight: 0 }]),
    { capacityProvider: 'FARGATE_SPOT', weight: 1 },
  ];
}
