import type { Rule } from '../rule';
import { forwardsOf, loadBalancerOf, targetGroupsOf } from '../rules/target-groups';
import { at, identityOf, type Properties } from '../template';
import type { Physical, World } from '../world';

const SENDERS = ['AWS::ElasticLoadBalancingV2::ListenerRule', 'AWS::ElasticLoadBalancingV2::Listener'];
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const RECORD = 'AWS::Route53::RecordSet';
const RECORDS = 'AWS::Route53::RecordSetGroup';
const SERVICE = 'AWS::ECS::Service';

/** Whether the target groups that get requests have tasks: a service that runs some registers them once it is stable. */
function isServed(world: World, sender: Physical): boolean {
  const registered = world
    .all(SERVICE)
    .filter(({ properties }) => properties.DesiredCount !== 0)
    .flatMap(targetGroupsOf);
  return forwardsOf(sender)
    .filter(({ weight }) => weight > 0)
    .every(({ targetGroup }) => registered.includes(targetGroup));
}

/** The names that point to a load balancer. */
function namesOf(world: World, balancer: string): unknown[] {
  const groups = world.all(RECORDS).flatMap(({ properties }) => (properties.RecordSets ?? []) as Properties[]);
  return [...world.all(RECORD).map(({ properties }) => properties), ...groups]
    .filter((record) => identityOf(at(record, 'AliasTarget', 'DNSName')) === balancer)
    .map(({ Name }) => Name);
}

/** The rules and listeners on which clients are: their load balancer was there before the update, or a name of the zone points to it. */
function inUse(world: World, start: World, logicalId: string): Physical | undefined {
  const sender = world.of(logicalId);
  if (!sender || forwardsOf(sender).length === 0) {
    return undefined;
  }
  const balancer = loadBalancerOf(world, sender);
  const named = namesOf(world, balancer).length > 0;
  return named || start.get(balancer) || !world.get(balancer) ? sender : undefined;
}

export const NO_TARGETS: Rule = {
  name: 'requests to no task',
  kind: 'interrupted',
  says: 'HTTP 503: Service unavailable. The target groups for the load balancer have no registered targets.',
  sources: ['https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html'],
  faults: ({ step, before, after, start, template }) => {
    if (step.phase === 'create' || step.phase === 'delete') {
      return [];
    }
    return (
      start
        .all(...SENDERS)
        // a route that the template takes away is not to be served any more
        .filter(({ logicalId }) => template.Resources?.[logicalId] !== undefined)
        .filter((sender) => forwardsOf(sender).length > 0 && isServed(start, sender))
        .flatMap(({ logicalId }) => {
          const [was, is] = [inUse(before, start, logicalId), inUse(after, start, logicalId)];
          return is && !isServed(after, is) && !(was && !isServed(before, was))
            ? [`${is.id} sends requests where no service has a task`]
            : [];
        })
    );
  },
};

const SHIFTING = ['BLUE_GREEN', 'LINEAR', 'CANARY'];

export const WEIGHTS_RESET: Rule = {
  name: 'weights of a shifting deployment',
  kind: 'interrupted',
  says: 'Amazon ECS manages the weights of the production listener rule: after each deployment the other target group has the tasks, and an update of the rule writes the weights of the template.',
  sources: ['https://github.com/aws/containers-roadmap/issues/2853', 'https://github.com/aws/aws-cdk/issues/36649'],
  faults: ({ step: { verb, phase, old }, before }) => {
    if (verb !== 'update' || phase !== 'update' || !old || !SENDERS.includes(old.type)) {
      return [];
    }
    return before
      .all(SERVICE)
      .filter(({ properties }) => SHIFTING.includes(`${at(properties, 'DeploymentConfiguration', 'Strategy')}`))
      .filter((service) => forwardsOf(old).some(({ targetGroup }) => targetGroupsOf(service).includes(targetGroup)))
      .map((service) => `${old.id} is written while ${service.id} may have its tasks in the other target group`);
  },
};

export const ADDRESS_CHANGES: Rule = {
  name: 'another address',
  kind: 'interrupted',
  says: 'The DNS name of a load balancer belongs to it: a replacement has another one.',
  sources: ['https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html'],
  faults: ({ step: { verb, old, next }, start }) => {
    if (verb !== 'replace' || !old || !next) {
      return [];
    }
    if (old.type === 'AWS::EC2::EIP') {
      return [`${old.id} is an address that others may have allowed`];
    }
    if (old.type !== BALANCER) {
      return [];
    }
    const [name] = namesOf(start, old.id);
    return [
      name !== undefined
        ? `clients that have looked ${name} up reach ${old.id} for up to a minute more`
        : `clients know the name of ${old.id}`,
    ];
  },
};
