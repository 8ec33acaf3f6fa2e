import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import { requireInteger } from '../private/validation';

/** How tasks end. */
export interface CapacityOptions {
  /**
   * Whether a task that is stopped without notice (by Spot, by StopTask, because another of its containers fails) goes on answering until the
   * load balancer sends it nothing more. A second container of the same image holds the stop signal back from the app for 10 seconds: ECS
   * stops containers in the reverse order of their dependencies. The image must have `python` on its PATH.
   *
   * Without it, 2 to 10 % of the requests within the two seconds after the signal failed in our bench, with every server. A deployment needs
   * none of it: there, the load balancer is asked first.
   *
   * @default - false; true on Spot
   */
  readonly drainBeforeStop?: boolean;
}

/** How much of the service stays on on-demand capacity. */
export interface SpotCapacityOptions extends CapacityOptions {
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
  /**
   * Fargate at its list price; a task runs until it is stopped.
   *
   * @param options how a task ends
   */
  public static onDemand(options: CapacityOptions = {}): Capacity {
    return new Capacity(options.drainBeforeStop ?? false);
  }

  /**
   * Fargate Spot, up to 70 % cheaper: AWS may take a task back with two minutes' notice, and starts no on-demand task in its place.
   *
   * @param options how many tasks stay on-demand
   */
  public static spot(options: SpotCapacityOptions = {}): Capacity {
    const base = options.onDemandBase ?? 1;
    requireInteger('onDemandBase', base, 0, 100_000);
    return new Capacity(options.drainBeforeStop ?? true, [
      // the base has to stand in one strategy only, and a weight of 0 sends nothing beyond it there
      ...(base === 0 ? [] : [{ capacityProvider: 'FARGATE', base, weight: 0 }]),
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ]);
  }

  private constructor(
    /** @internal */
    public readonly _drainBeforeStop: boolean,
    /** @internal */
    public readonly _strategies?: CapacityProviderStrategy[],
  ) {}

  /**
   * Of a task that runs by itself: it would be the base each time.
   *
   * @internal
   */
  public get _strategiesOfOneTask(): CapacityProviderStrategy[] | undefined {
    return this._strategies?.filter(({ base }) => base === undefined);
  }

  /** @internal */
  public get _isSpot(): boolean {
    return this._strategies !== undefined;
  }
}
