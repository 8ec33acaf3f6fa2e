import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IApplicationListener, ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { CfnCondition } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import type { BalancerTimeouts } from '../application/timeout-chain';
import type { LoadBalancingOptions, TargetOptions } from './load-balancing-options';
import type { Route } from './route';

/**
 * A rule on a listener that several services share.
 *
 * @internal
 */
export interface SharedRule extends Route {
  readonly priority: number;
  readonly conditions: ListenerCondition[];
  /** The routes and numbers that the rules of other services are compared with: a rule may be one of two, which deployment decides. */
  readonly seen: readonly (Route & { readonly priority: number })[];
  /** What has to be had before the rule is made. */
  readonly claim?: IConstruct;
  /** The rule for paths that need no sign-in, which comes before this one. */
  readonly withoutSignIn: (paths: string[]) => Omit<SharedRule, 'withoutSignIn'>;
}

/**
 * Where a service on a platform stands.
 *
 * @internal
 */
export interface PlatformPlace {
  readonly vpc: IVpc;
  readonly cluster: ICluster;
  /** Whether its tasks have a public address: `ENABLED` or `DISABLED`, and the condition of the stack that says the same. */
  readonly publicIp: string;
  readonly hasPublicIp: CfnCondition;
  /** False where the cluster is known to have no Container Insights. */
  readonly containerInsights?: false;
  /** The group of all services of the platform. */
  readonly members: ISecurityGroup;
  /** Where its alarms go. */
  readonly topic: () => ITopic;
  /** A name for service discovery as it is on the platform: with the branch, in a preview. */
  readonly nameFor: (name: string) => string;
  /** Takes what the platform has once. */
  readonly claim: (kind: 'names', what: string, owner: string) => IConstruct;
}

/**
 * What a choice of load balancing says to the other parts.
 *
 * @internal
 */
export interface LoadBalancingPlan {
  /** Set for a load balancer of the service's own. */
  readonly own?: LoadBalancingOptions & { readonly internetFacing: boolean };
  /** Set for rules on a listener that exists. The first takes the traffic of a deployment that shifts it. */
  readonly shared?: {
    readonly listener: IApplicationListener;
    readonly rules: readonly SharedRule[];
    readonly hosts: readonly string[];
    readonly url?: string;
    readonly records?: (scope: Construct) => IConstruct[];
  };
  /** Set on a platform. */
  readonly place?: PlatformPlace;
  /** How requests are sent to the tasks; undefined where nothing connects to them. */
  readonly target?: TargetOptions;
  /** Whether clients speak HTTPS, as far as it is known. */
  readonly https: boolean;
  /** What the environment of the app says of it, where that is known at deployment only. */
  readonly environment?: { readonly [key: string]: string };
  readonly timeouts: BalancerTimeouts;
}
