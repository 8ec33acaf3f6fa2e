import type { IPeer } from 'aws-cdk-lib/aws-ec2';
import type { TargetGroupLoadBalancingAlgorithmType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import type { WebAcl } from '../security/web-acl';
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
   * Whether the load balancer can only be deleted after this protection has been switched off. Deploy with false before the load balancer is removed or
   * replaced, for example by a change from `internetFacing()` to `internal()`: otherwise the old one is kept, and you pay for it.
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
   * The bucket for the access logs and the connection logs. It must be encrypted with keys of Amazon S3: the load balancer cannot write with your own key.
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
   * The host names of the service, for example `shop.example.com` or `*.example.com`: letters, digits and `- _ . * ?`, with a dot, and only letters after
   * the last one.
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
   * Whether the listener speaks HTTPS, which decides the environment of the app and its URL.
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
