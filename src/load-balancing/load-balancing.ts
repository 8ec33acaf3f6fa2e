import { type IPeer, Peer } from 'aws-cdk-lib/aws-ec2';
import { type Duration, Token } from 'aws-cdk-lib/core';
import { fail, requireSeconds } from '../private/validation';

/** How clients reach the service. */
export interface LoadBalancingOptions {
  /**
   * The addresses that may connect: `Peer.ipv4('203.0.113.0/24')`, `Peer.prefixList('pl-…')`.
   *
   * @default - the whole world; for an internal load balancer the VPC
   */
  readonly allowFrom?: IPeer[];

  /**
   * How long the load balancer keeps a connection on which nothing is sent, 1 to 4000 seconds: above the longest request, below the
   * keep-alive of the server.
   *
   * @default - 60 seconds, or 10 seconds above the server's `requestTimeout` where that is longer; 45 seconds with granian
   */
  readonly idleTimeout?: Duration;

  /**
   * How long a task that is replaced may finish its requests before it is stopped, 0 to 3600 seconds: not below the longest request.
   *
   * @default - the server's `requestTimeout`; the default of AWS is 300 seconds, which each deployment would wait for
   */
  readonly deregistrationDelay?: Duration;

  /**
   * Whether the load balancer can only be deleted after this protection has been switched off.
   *
   * @default - true in production, false in the development and the ephemeral stage
   */
  readonly deletionProtection?: boolean;
}

/** The way from the clients to the tasks. */
export class LoadBalancing {
  /**
   * An Application Load Balancer of the service's own, reached from the internet.
   *
   * @param options who may connect, and its timers
   */
  public static internetFacing(options: LoadBalancingOptions = {}): LoadBalancing {
    return new LoadBalancing('internetFacing', requireValid(options));
  }

  /**
   * An Application Load Balancer of the service's own, reached from the VPC and what is connected to it.
   *
   * @param options who may connect, and its timers
   */
  public static internal(options: LoadBalancingOptions = {}): LoadBalancing {
    return new LoadBalancing('internal', requireValid(options));
  }

  /** No load balancer: nothing connects to the tasks unless you allow it. */
  public static none(): LoadBalancing {
    return new LoadBalancing('none', {});
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'internetFacing' | 'internal' | 'none',
    /** @internal */
    public readonly _options: LoadBalancingOptions,
  ) {}

  /** @internal */
  public _peers(vpcCidr: string): IPeer[] {
    return this._options.allowFrom ?? [this._kind === 'internal' ? Peer.ipv4(vpcCidr) : Peer.anyIpv4()];
  }
}

function requireValid(options: LoadBalancingOptions): LoadBalancingOptions {
  requireSeconds('idleTimeout', options.idleTimeout, 1, 4000);
  requireSeconds('deregistrationDelay', options.deregistrationDelay, 0, 3600);
  if (options.allowFrom && !Token.isUnresolved(options.allowFrom) && options.allowFrom.length === 0) {
    fail(
      'allowFrom must name at least one peer, got an empty list, which would let nobody in; leave it out for the default, or use LoadBalancing.none()',
    );
  }
  return options;
}
