import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { RenderedDeployment } from '../deployment/flask-deployment';
import { fail } from '../private/validation';
import type { LoadBalancingPlan } from './load-balancing-plan';
import { vpcOf } from './shared-listener';

/** What no factory of a choice can see, because it takes two choices. */
export function requireCompatible(deployment: RenderedDeployment, loadBalancing: LoadBalancingPlan): void {
  if (!deployment.shiftsTraffic) {
    return;
  }
  if (!loadBalancing.target) {
    fail('a deployment that shifts traffic needs a load balancer, and the service has none; use FlaskDeployment.rolling()');
  }
  const rules = loadBalancing.shared?.rules.length ?? 1;
  if (rules > 1) {
    fail(
      `a deployment that shifts traffic does so by one rule, and the hosts and paths of the service take ${rules}; use wildcards, or FlaskDeployment.rolling()`,
    );
  }
}

/** The VPC that the service goes to. Behind a shared listener it must be that of its load balancer. */
export function givenVpc(
  { vpc, cluster, egress }: { readonly vpc?: IVpc; readonly cluster?: ICluster; readonly egress?: unknown },
  { shared, place }: LoadBalancingPlan,
): IVpc | undefined {
  const given = vpc ?? cluster?.vpc;
  if (place && given) {
    fail('a service on a platform is in its VPC and its cluster, got a vpc or a cluster as well; leave them out');
  }
  if (place && egress) {
    fail(
      'the egress of a service on a platform is that of the platform, got egress as well; give it to the FlaskPlatform, or leave it out',
    );
  }
  if (place) {
    return place.vpc;
  }
  if (!shared) {
    return vpc;
  }
  const needed = vpcOf(shared.listener);
  if (!given && !needed) {
    fail(
      'a service behind a shared listener must be in the VPC of its load balancer, which is not known for an imported listener; give vpc or cluster',
    );
  }
  if (given && needed && given.vpcId !== needed.vpcId) {
    fail(
      `a service behind a shared listener must be in the VPC of its load balancer, got ${given.node.path} and a load balancer in ${needed.node.path}; give that one, or leave vpc out`,
    );
  }
  return vpc ?? (cluster ? undefined : needed);
}
