import type { IConstruct } from 'constructs';
import { fail } from './validation';
import { WARNINGS, warn } from './warnings';

/** How many of something AWS allows, as long as nobody asks for more. */
export interface Quota {
  readonly what: string;
  readonly max: number;
  /** The key of the context that says what an account has in place of it; undefined where AWS allows no more. */
  readonly context?: string;
  readonly remedy: string;
}

/** Sources: the quota pages of Elastic Load Balancing and Amazon VPC. */
export const QUOTAS = {
  RULES: {
    what: 'rules of a load balancer',
    max: 100,
    context: 'cdk-flask-fargate:maxRules',
    remedy: 'put other services on a second load balancer or platform',
  },
  TARGET_GROUPS: {
    what: 'target groups of a load balancer',
    max: 100,
    remedy:
      'put other services on a second load balancer or platform; a rolling deployment takes one target group, one that shifts traffic two',
  },
  CERTIFICATES: {
    what: 'certificates of a load balancer beside the default one',
    max: 25,
    context: 'cdk-flask-fargate:maxCertificates',
    remedy: 'use a certificate with several names or a wildcard, or put other services on a second load balancer or platform',
  },
  EGRESS_RULES: {
    what: 'outbound rules of a security group',
    max: 60,
    context: 'cdk-flask-fargate:maxSecurityGroupRules',
    remedy: 'use a FlaskPlatform, which has one rule for all services',
  },
  ELASTIC_ADDRESSES: {
    what: 'elastic IP addresses in a region',
    max: 5,
    context: 'cdk-flask-fargate:maxElasticAddresses',
    remedy: 'share a network by FlaskPlatform or vpc, or use Egress.natGateways(1) or Egress.publicIps()',
  },
} as const satisfies { readonly [name: string]: Quota };

const COUNTS = new WeakMap<IConstruct, Map<string, number>>();

/**
 * Counts one more of something in the app, which is what a synth can see: a warning at 80 % of the quota, an error above it.
 *
 * @param of whose quota it is, the identity of a load balancer for example
 */
export function countAgainst(quota: Quota, of: string, scope: IConstruct, step: 1 | -1 = 1): void {
  const counts = COUNTS.get(scope.node.root) ?? new Map<string, number>();
  COUNTS.set(scope.node.root, counts);
  const key = `${quota.what} ${of}`;
  const count = (counts.get(key) ?? 0) + step;
  counts.set(key, count);
  if (step < 0) {
    return;
  }
  const raised = quota.context === undefined ? undefined : Number(scope.node.tryGetContext(quota.context));
  const max = raised || quota.max;
  const more =
    quota.context === undefined ? 'AWS allows no more' : `or ask AWS for more and set the context ${quota.context} to what you have`;
  if (count > max) {
    fail(`there are ${count} ${quota.what}, and the quota is ${max}; ${quota.remedy}, ${more}`);
  }
  if (count === Math.ceil(max * 0.8)) {
    warn(scope, WARNINGS.QUOTA, `there are ${count} ${quota.what}, and the quota is ${max}; ${quota.remedy}, ${more}`);
  }
}
