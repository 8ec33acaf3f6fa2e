import { type IApplicationListener, TargetGroupLoadBalancingAlgorithmType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail, requireInteger, requireKnown, requireSeconds } from '../private/validation';
import type { IFlaskPlatform } from './i-flask-platform';
import type { LoadBalancingOptions, SharedListenerOptions, TargetOptions } from './load-balancing-options';
import type { LoadBalancingPlan } from './load-balancing-plan';
import { type PlatformServiceOptions, requirePlatformOptions } from './platform-options';
import { planOnPlatform } from './platform-route';
import { MAX_VALUES_OF_RULE, requireHosts, requirePaths } from './route';
import { ruleOf, sharedUrl, speaksHttps } from './shared-listener';

/**
 * The way from the clients to the tasks.
 *
 * @example
 * import { IHostedZone } from 'aws-cdk-lib/aws-route53';
 * import { LoadBalancing, Tls, WebAcl } from 'cdk-flask-fargate';
 *
 * declare const zone: IHostedZone;
 *
 * const loadBalancing = LoadBalancing.internetFacing({ tls: Tls.forDomain({ zone, recordName: 'shop' }), webAcl: WebAcl.managedRules() });
 */
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
   * An Application Load Balancer of the service's own, reached from the VPC and what is connected to it. A change between internet-facing and internal
   * replaces the load balancer, and with it its name.
   *
   * @param options HTTPS, who may connect, timers, logs
   */
  public static internal(options: LoadBalancingOptions = {}): LoadBalancing {
    return LoadBalancing.own('internal', options);
  }

  /**
   * A rule on an existing listener, for many services behind one load balancer.
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
        `a listener rule accepts at most ${MAX_VALUES_OF_RULE} hosts and paths together, got ${values}; use a wildcard such as '*.example.com' or '/shop/*'`,
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
   * The network, the cluster and the load balancer of a platform, with a route of the service's own.
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
  public static onPlatform(platform: IFlaskPlatform, options: PlatformServiceOptions = {}): LoadBalancing {
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
  requireKnown('stickiness', options.stickiness, 'Duration.hours(1)');
  requireKnown('slowStart', options.slowStart, 'Duration.seconds(30)');
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
