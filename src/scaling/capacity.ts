import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import { requireInteger } from '../private/validation';

/** How much of the service stays on on-demand capacity. */
export interface SpotCapacityOptions {
  /**
   * The number of tasks that always run on-demand; every further one runs on Spot. 0 puts all on Spot: when AWS takes the capacity back,
   * nothing may be left.
   *
   * @default 1 - the service stays up when Spot capacity is gone
   */
  readonly onDemandBase?: number;
}

/** What the tasks run on. */
export class Capacity {
  /** Fargate at its list price; a task runs until it is stopped. */
  public static onDemand(): Capacity {
    return new Capacity();
  }

  /**
   * Fargate Spot, up to 70 % cheaper: AWS may take a task back with two minutes' notice, and starts no on-demand task in its place.
   *
   * @param options how many tasks stay on-demand
   */
  public static spot(options: SpotCapacityOptions = {}): Capacity {
    const base = options.onDemandBase ?? 1;
    requireInteger('onDemandBase', base, 0, 100_000);
    return new Capacity([
      // the base has to stand in one strategy only, and a weight of 0 sends nothing beyond it there
      ...(base === 0 ? [] : [{ capacityProvider: 'FARGATE', base, weight: 0 }]),
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ]);
  }

  /** @internal */
  public readonly _strategies?: CapacityProviderStrategy[];

  private constructor(strategies?: CapacityProviderStrategy[]) {
    this._strategies = strategies;
  }

  /** @internal */
  public get _isSpot(): boolean {
    return this._strategies !== undefined;
  }
}
