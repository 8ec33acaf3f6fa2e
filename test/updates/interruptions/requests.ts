import type { Moment, Rule } from '../rule';
import { forwardsOf, loadBalancerOf, targetGroupsOf } from '../rules/target-groups';
import { at, identityOf, listOf, type Properties } from '../template';
import type { Physical, World } from '../world';

const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const SENDERS = [RULE, 'AWS::ElasticLoadBalancingV2::Listener'];
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

/** Which requests of which listener a rule takes; undefined where only AWS knows. */
function routeOf({ type, properties }: Physical): string | undefined {
  const { ListenerArn, Conditions, Priority } = properties;
  return type === RULE && Number.isInteger(Number(Priority)) ? `${identityOf(ListenerArn)} ${JSON.stringify(Conditions)}` : undefined;
}

/** The rule that takes the requests of a route: of several the first one. */
function takerOf(world: World, route: string): Physical | undefined {
  return world
    .all(RULE)
    .filter((rule) => forwardsOf(rule).length > 0 && routeOf(rule) === route)
    .sort((a, b) => Number(a.properties.Priority) - Number(b.properties.Priority))[0];
}

/** A rule that is renamed: for a while the old and the new one take the same requests, and one of the two has no tasks. */
function handedOver({ step: { phase }, before, after, start, template }: Moment): string[] {
  if (phase !== 'update' && phase !== 'clean-up') {
    return [];
  }
  return start
    .all(RULE)
    .filter((rule) => template.Resources?.[rule.logicalId] === undefined && forwardsOf(rule).length > 0 && isServed(start, rule))
    .flatMap((rule) => {
      const route = routeOf(rule);
      const [was, is] = route === undefined ? [] : [takerOf(before, route), takerOf(after, route)];
      // a route that goes altogether is not to be served any more
      const goesOn = after.all(RULE).some((other) => template.Resources?.[other.logicalId] !== undefined && routeOf(other) === route);
      return goesOn && is && !isServed(after, is) && was && isServed(before, was)
        ? [`${is.id} takes the requests of ${rule.id} where no service has a task`]
        : [];
    });
}

export const NO_TARGETS: Rule = {
  name: 'requests to no task',
  kind: 'interrupted',
  says: 'HTTP 503: Service unavailable. The target groups for the load balancer have no registered targets.',
  sources: ['https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html'],
  faults: (moment) => {
    const { step, before, after, start, template } = moment;
    if (step.phase === 'create' || step.phase === 'delete') {
      return [];
    }
    return [
      ...handedOver(moment),
      ...start
        .all(...SENDERS)
        // a route that the template takes away is not to be served any more
        .filter(({ logicalId }) => template.Resources?.[logicalId] !== undefined)
        .filter((sender) => forwardsOf(sender).length > 0 && isServed(start, sender))
        .flatMap(({ logicalId }) => {
          const [was, is] = [inUse(before, start, logicalId), inUse(after, start, logicalId)];
          return is && !isServed(after, is) && !(was && !isServed(before, was))
            ? [`${is.id} sends requests where no service has a task`]
            : [];
        }),
    ];
  },
};

/** The hosts and paths that a rule compares. */
function valuesOf(conditions: unknown): string[] {
  return listOf(conditions).flatMap((condition) =>
    ['HostHeaderConfig', 'PathPatternConfig'].flatMap((part) => (at(condition, part, 'Values') ?? []) as string[]),
  );
}

export const NO_RULE: Rule = {
  name: 'requests that no rule takes',
  kind: 'interrupted',
  says: 'If none of the conditions for any of the rules are met, the actions for the default rule are performed.',
  sources: ['https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html'],
  faults: ({ step: { verb, phase, type, old, next }, after, template }) => {
    if (verb !== 'update' || phase !== 'update' || type !== RULE || !old || !next) {
      return [];
    }
    const onListener = after
      .all(RULE)
      .filter(({ properties }) => identityOf(properties.ListenerArn) === identityOf(next.properties.ListenerArn));
    const taken = new Set(onListener.flatMap(({ properties }) => valuesOf(properties.Conditions)));
    const wanted = Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type, Properties }]) => {
      const there = after.of(logicalId);
      const elsewhere = there && !onListener.includes(there);
      return Type === RULE && !elsewhere ? valuesOf(Properties?.Conditions) : [];
    });
    return valuesOf(old.properties.Conditions)
      .filter((value) => !taken.has(value) && wanted.includes(value))
      .map((value) => `${next.id} no longer takes ${value}, and the rule that will has not come yet`);
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
