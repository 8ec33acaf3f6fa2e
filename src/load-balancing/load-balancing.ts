import type { IPeer } from 'aws-cdk-lib/aws-ec2';
import { type IApplicationListener, TargetGroupLoadBalancingAlgorithmType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { IFlaskPlatform } from '../platform/i-flask-platform';
import { type PlatformOptions, planOnPlatform, requirePlatformOptions } from '../platform/platform-route';
import { fail, requireInteger, requireSeconds } from '../private/validation';
import type { WebAcl } from '../security/web-acl';
import type { LoadBalancingPlan } from './load-balancing-plan';
import { MAX_VALUES_OF_RULE, requireHosts, requirePaths } from './route';
import { ruleOf, sharedUrl, speaksHttps } from './shared-listener';
import type { SignIn } from './sign-in';
import type { Tls } from './tls';

/** How requests are sent to the tasks. */
export interface TargetOptions {
  /**
   * How long a task that is replaced may finish its requests before it is stopped, 0 to 3600 seconds: not below the longest request.
   *
   * @default - the server's `requestTimeout`; the default of AWS is 300 seconds, which each deployment would wait for
   */
  readonly deregistrationDelay?: Duration;

  /**
   * How long a client stays with the same task, by a cookie of the load balancer, 1 second to 7 days. Flask's sessions are in a cookie of
   * their own and need no stickiness.
   *
   * @default - not at all
   */
  readonly stickiness?: Duration;

  /**
   * How long a new task gets fewer requests than its share, 30 to 900 seconds. Only with the round-robin algorithm.
   *
   * @default - it gets its share at once
   */
  readonly slowStart?: Duration;

  /**
   * Which task gets the next request. With the least outstanding requests, a task that answers with errors at once gets nearly all of them:
   * it is always the quickest.
   *
   * @default TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN; WEIGHTED_RANDOM with `anomalyMitigation`
   */
  readonly algorithm?: TargetGroupLoadBalancingAlgorithmType;

  /**
   * Whether the load balancer sends fewer requests to a task that answers with more errors than the others. Only with the algorithm
   * WEIGHTED_RANDOM, which is of no use without; it finds such a task among three or more.
   *
   * @default false
   */
  readonly anomalyMitigation?: boolean;

  /**
   * Sign-in before a request reaches the app. Needs HTTPS.
   *
   * @default - none
   */
  readonly signIn?: SignIn;
}

/** A load balancer of the service's own. */
export interface LoadBalancingOptions extends TargetOptions {
  /**
   * HTTPS.
   *
   * @default - plain HTTP, with a warning
   */
  readonly tls?: Tls;

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
   * Whether the load balancer can only be deleted after this protection has been switched off. Deploy with false first when the load balancer goes or
   * is replaced, by a change from `internetFacing()` to `internal()` for example: otherwise the old one stays and costs.
   *
   * @default - true in production, false in the development and the ephemeral stage
   */
  readonly deletionProtection?: boolean;

  /**
   * Whether clients may connect by IPv6 too. The subnets of the load balancer must have IPv6 addresses, which those of a VPC that is made here
   * lack.
   *
   * @default false
   */
  readonly dualStack?: boolean;

  /**
   * Whether a line for each request is written to a bucket. AWS grants the right to write by the account of a region, so the stack must know
   * its region.
   *
   * @default - true in production where the region of the stack is known, with a warning where it is not; false in the other stages
   */
  readonly accessLogs?: boolean;

  /**
   * Whether a line for each connection (address, TLS version) is written to the same bucket.
   *
   * @default false
   */
  readonly connectionLogs?: boolean;

  /**
   * The bucket for both. It must be encrypted with keys of Amazon S3: the load balancer cannot write with a key of yours.
   *
   * @default - one is made where it is needed: private, encrypted, HTTPS only, its files expire after 90 days
   */
  readonly logBucket?: IBucket;

  /**
   * A firewall for web requests, AWS WAF.
   *
   * @default - none
   */
  readonly webAcl?: WebAcl;
}

/**
 * A listener that several services share. Hosts, paths or both say which requests are for this one.
 *
 * @example
 * import { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
 * import { LoadBalancing } from 'cdk-flask-fargate';
 *
 * declare const listener: IApplicationListener;
 *
 * LoadBalancing.sharedListener(listener, { hosts: ['shop.example.com'], priority: 10 });
 */
export interface SharedListenerOptions extends TargetOptions {
  /**
   * The host names of the service, for example `shop.example.com` or `*.example.com`: letters, digits and `- _ . * ?`, with a dot, and letters
   * alone after the last one.
   *
   * @default - any
   */
  readonly hosts?: string[];

  /**
   * The paths of the service, for example `/shop/*`. The app gets them unchanged.
   *
   * @default - any
   */
  readonly paths?: string[];

  /** The place of the rule among those of the listener, 1 to 50000, each once. The lowest that fits a request wins. */
  readonly priority: number;

  /**
   * Whether the listener speaks HTTPS: the environment of the app says so, and the URL begins with it.
   *
   * @default - read from a listener that is made in this app; of one that is imported, true where its `defaultPort` is 443
   */
  readonly https?: boolean;

  /**
   * The idle timeout of the load balancer, for the checks against the timers of the server.
   *
   * @default Duration.seconds(60)
   */
  readonly idleTimeout?: Duration;
}

/** The way from the clients to the tasks. */
export class LoadBalancing {
  /**
   * An Application Load Balancer of the service's own, reached from the internet.
   *
   * @param options HTTPS, who may connect, timers, logs
   */
  public static internetFacing(options: LoadBalancingOptions = {}): LoadBalancing {
    return LoadBalancing.own('internetFacing', options);
  }

  /**
   * An Application Load Balancer of the service's own, reached from the VPC and what is connected to it. To go from one of the two kinds to the
   * other makes another load balancer with another name.
   *
   * @param options HTTPS, who may connect, timers, logs
   */
  public static internal(options: LoadBalancingOptions = {}): LoadBalancing {
    return LoadBalancing.own('internal', options);
  }

  /**
   * A rule on a listener that exists: many services behind one load balancer.
   *
   * @param listener the listener of an Application Load Balancer in the same VPC
   * @param options hosts, paths and priority
   */
  public static sharedListener(listener: IApplicationListener, options: SharedListenerOptions): LoadBalancing {
    requireInteger('priority', options.priority, 1, 50_000);
    if (!options.hosts?.length && !options.paths?.length) {
      fail('a shared listener needs hosts, paths or both to know which requests are for this service, got neither');
    }
    const values = (options.hosts?.length ?? 0) + (options.paths?.length ?? 0);
    if (values > MAX_VALUES_OF_RULE) {
      fail(
        `a listener rule takes at most ${MAX_VALUES_OF_RULE} hosts and paths together, got ${values}; use a wildcard such as '*.example.com' or '/shop/*'`,
      );
    }
    requireHosts(options.hosts ?? []);
    requirePaths(options.paths ?? []);
    requireTarget(options);
    const { hosts = [], paths = [], priority } = options;
    const https = speaksHttps(listener, options);
    return new LoadBalancing(() => ({
      shared: { listener, hosts, rules: [ruleOf({ hosts, paths }, priority)], url: sharedUrl(options, https) },
      target: options,
      https,
      timeouts: timeoutsOf('shared', options),
    }));
  }

  /**
   * The network, the cluster and the load balancer of a platform, and a route of the service's own there.
   *
   * @param platform a platform that is made in this app, or `FlaskPlatform.fromName()`
   * @param options hosts and paths, where they are not those by the service's name
   *
   * @example
   * import { Stack } from 'aws-cdk-lib';
   * import { FlaskFargateService, FlaskImage, FlaskPlatform, LoadBalancing } from 'cdk-flask-fargate';
   *
   * declare const stack: Stack;
   *
   * new FlaskFargateService(stack, 'Shop', {
   *   image: FlaskImage.fromSource('app'),
   *   loadBalancing: LoadBalancing.onPlatform(FlaskPlatform.fromName(stack, 'Platform', 'production')),
   * });
   */
  public static onPlatform(platform: IFlaskPlatform, options: PlatformOptions = {}): LoadBalancing {
    requirePlatformOptions(options);
    requireTarget(options);
    return new LoadBalancing((scope) => planOnPlatform(scope, platform, options));
  }

  /** No load balancer: nothing connects to the tasks unless you allow it. */
  public static none(): LoadBalancing {
    return new LoadBalancing(() => ({ https: false, timeouts: timeoutsOf('none') }));
  }

  private static own(kind: 'internetFacing' | 'internal', options: LoadBalancingOptions): LoadBalancing {
    if (options.allowFrom?.length === 0) {
      fail(
        'allowFrom must name at least one peer, got an empty list, which would let nobody in; leave it out for the default, or use LoadBalancing.none()',
      );
    }
    const https = options.tls?._render().https ?? false;
    if (options.signIn && !https) {
      fail('sign-in at the load balancer needs HTTPS, got signIn without tls; give Tls.forDomain() or Tls.withCertificate() as tls');
    }
    requireTarget(options);
    return new LoadBalancing(() => ({
      own: { ...options, internetFacing: kind === 'internetFacing' },
      target: options,
      https,
      timeouts: timeoutsOf('own', options),
    }));
  }

  private constructor(private readonly plan: (scope: Construct) => LoadBalancingPlan) {}

  /** @internal */
  public _bind(scope: Construct): LoadBalancingPlan {
    return this.plan(scope);
  }
}

function timeoutsOf(
  kind: 'own' | 'shared' | 'none',
  { idleTimeout, deregistrationDelay }: { readonly idleTimeout?: Duration; readonly deregistrationDelay?: Duration } = {},
): LoadBalancingPlan['timeouts'] {
  return { kind, idleTimeout, deregistrationDelay };
}

function requireTarget(options: TargetOptions & { readonly idleTimeout?: Duration }): void {
  requireSeconds('idleTimeout', options.idleTimeout, 1, 4000);
  requireSeconds('deregistrationDelay', options.deregistrationDelay, 0, 3600);
  requireSeconds('stickiness', options.stickiness, 1, 604_800);
  requireSeconds('slowStart', options.slowStart, 30, 900);
  const { ROUND_ROBIN, WEIGHTED_RANDOM } = TargetGroupLoadBalancingAlgorithmType;
  const { anomalyMitigation = false } = options;
  const algorithm = options.algorithm ?? (anomalyMitigation ? WEIGHTED_RANDOM : ROUND_ROBIN);
  if (options.slowStart && algorithm !== ROUND_ROBIN) {
    fail(`slowStart works with the round-robin algorithm only, got ${algorithm}; leave one of the two out`);
  }
  if (anomalyMitigation !== (algorithm === WEIGHTED_RANDOM)) {
    fail(
      anomalyMitigation
        ? `anomalyMitigation works with the algorithm weighted_random only, got ${algorithm}; leave algorithm out`
        : 'the algorithm weighted_random is of use with anomalyMitigation only; set anomalyMitigation to true, or leave algorithm out',
    );
  }
}
