import type { Moment, Rule } from '../rule';
import { identityOf, listOf, type Properties } from '../template';
import type { Physical, World } from '../world';
import { securityGroupsOf } from './network';
import { forwardsOf, loadBalancerOf } from './target-groups';

/** How many of a kind there may be at any moment, also while an update has both the old and the new. */
interface Quota {
  readonly name: string;
  readonly max: number;
  readonly type: string | readonly string[];
  readonly says: string;
  readonly source: string;
  /** What is counted, after a thing has come or changed; what it is counted in, for the message. */
  readonly count: (world: World, thing: Physical) => { readonly of: string; readonly number: number }[];
}

const DOCS = 'https://docs.aws.amazon.com';
const ELB = `${DOCS}/elasticloadbalancing/latest/application/load-balancer-limits.html`;
const VPC = `${DOCS}/vpc/latest/userguide/amazon-vpc-limits.html`;
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const CERTIFICATES = 'AWS::ElasticLoadBalancingV2::ListenerCertificate';

const inAccount = (type: string) => (world: World) => [{ of: 'the account in this region', number: world.all(type).length }];

function onBalancer(world: World, thing: Physical, count: (balancer: string) => number) {
  const of = loadBalancerOf(world, thing);
  return [{ of, number: count(of) }];
}

const ofBalancer = (world: World, balancer: string, ...types: string[]) =>
  world.all(...types).filter((thing) => loadBalancerOf(world, thing) === balancer);

/** The permissions of a group, those in it and those of resources of their own. */
function permissions(world: World, group: string, direction: 'Ingress' | 'Egress'): number {
  const inline = listOf(world.get(group)?.properties[`SecurityGroup${direction}`]).length;
  const own = world.all(`AWS::EC2::SecurityGroup${direction}`).filter(({ properties }) => identityOf(properties.GroupId) === group);
  return inline + own.length;
}

export const QUOTAS: readonly Quota[] = [
  {
    name: 'elastic IP addresses',
    max: 5,
    type: 'AWS::EC2::EIP',
    says: 'The maximum number of addresses has been reached. (AddressLimitExceeded)',
    source: `${DOCS}/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html`,
    count: inAccount('AWS::EC2::EIP'),
  },
  {
    name: 'VPCs',
    max: 5,
    type: 'AWS::EC2::VPC',
    says: 'The maximum number of VPCs has been reached. (VpcLimitExceeded)',
    source: VPC,
    count: inAccount('AWS::EC2::VPC'),
  },
  {
    name: 'load balancers',
    max: 50,
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    says: "TooManyLoadBalancers: You've reached the limit on the number of load balancers for your AWS account.",
    source: ELB,
    count: inAccount('AWS::ElasticLoadBalancingV2::LoadBalancer'),
  },
  {
    name: 'rules of a load balancer',
    max: 100,
    type: RULE,
    says: "TooManyRules: You've reached the limit on the number of rules per load balancer.",
    source: ELB,
    count: (world, thing) => onBalancer(world, thing, (balancer) => ofBalancer(world, balancer, RULE).length),
  },
  {
    name: 'listeners of a load balancer',
    max: 50,
    type: LISTENER,
    says: "TooManyListeners: You've reached the limit on the number of listeners per load balancer.",
    source: ELB,
    count: (world, thing) => onBalancer(world, thing, (balancer) => ofBalancer(world, balancer, LISTENER).length),
  },
  {
    name: 'certificates of a load balancer',
    max: 25,
    type: CERTIFICATES,
    says: "TooManyCertificates: You've reached the limit on the number of certificates per load balancer.",
    source: ELB,
    count: (world, thing) =>
      onBalancer(world, thing, (balancer) =>
        ofBalancer(world, balancer, CERTIFICATES).reduce((sum, { properties }) => sum + listOf(properties.Certificates).length, 0),
      ),
  },
  {
    name: 'target groups of a load balancer',
    max: 100,
    type: [LISTENER, RULE],
    says: "TooManyTargetGroups: You've reached the limit on the number of target groups per load balancer.",
    source: ELB,
    count: (world, thing) =>
      onBalancer(world, thing, (balancer) => {
        const groups = ofBalancer(world, balancer, LISTENER, RULE).flatMap((sender) =>
          forwardsOf(sender).map(({ targetGroup }) => targetGroup),
        );
        return new Set(groups).size;
      }),
  },
  {
    name: 'values of a rule',
    max: 5,
    type: RULE,
    says: 'ValidationError: A rule can only have 5 condition values',
    source: ELB,
    count: (_, { id, properties }) => [
      {
        of: id,
        number: listOf(properties.Conditions).reduce((sum, condition) => {
          const values = Object.values(condition).flatMap((part) => (part as Properties | undefined)?.Values ?? []);
          return sum + (values as unknown[]).length;
        }, 0),
      },
    ],
  },
  {
    name: 'target groups of an action',
    max: 5,
    type: [LISTENER, RULE],
    says: 'ValidationError: A forward action can have at most 5 target groups',
    source: ELB,
    count: (_, thing) => [{ of: thing.id, number: forwardsOf(thing).length }],
  },
  {
    name: 'permissions of a security group',
    max: 60,
    type: ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'],
    says: 'RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.',
    source: VPC,
    count: (world, { id, type, properties }) => {
      const group = type === 'AWS::EC2::SecurityGroup' ? id : identityOf(properties.GroupId);
      return (['Ingress', 'Egress'] as const).map((direction) => ({
        of: `${group}, ${direction.toLowerCase()}`,
        number: permissions(world, group, direction),
      }));
    },
  },
  {
    name: 'security groups of a network interface',
    max: 5,
    type: ['AWS::ECS::Service', 'AWS::ElasticLoadBalancingV2::LoadBalancer'],
    says: 'SecurityGroupsPerInterfaceLimitExceeded: The maximum number of security groups per interface has been reached.',
    source: VPC,
    count: (_, thing) => [{ of: thing.id, number: securityGroupsOf(thing).length }],
  },
  {
    name: 'containers of a task definition',
    max: 10,
    type: 'AWS::ECS::TaskDefinition',
    says: 'ClientException: The task definition can have at most 10 containers.',
    source: `${DOCS}/AmazonECS/latest/developerguide/service-quotas.html`,
    count: (_, { id, properties }) => [{ of: id, number: listOf(properties.ContainerDefinitions).length }],
  },
  {
    name: 'metric filters of a log group',
    max: 100,
    type: 'AWS::Logs::MetricFilter',
    says: 'LimitExceededException: Resource limit exceeded.',
    source: `${DOCS}/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html`,
    count: (world, { properties }) => {
      const of = identityOf(properties.LogGroupName);
      return [
        { of, number: world.all('AWS::Logs::MetricFilter').filter((filter) => identityOf(filter.properties.LogGroupName) === of).length },
      ];
    },
  },
];

const QUOTA_RULES: readonly Rule[] = QUOTAS.map(({ name, max, type, says, source, count }) => ({
  name: `quota: ${name}`,
  kind: 'refused',
  says,
  sources: [source],
  faults: ({ step: { next }, after }) =>
    next && [type].flat().includes(next.type)
      ? count(after, next)
          .filter(({ number }) => number > max)
          .map(({ of, number }) => `${number} in ${of}, ${max} are allowed`)
      : [],
}));

const SIZES: Rule = {
  name: 'quota: a template',
  kind: 'refused',
  says: 'Template format error: Number of resources, NUMBER, is greater than maximum allowed, 500',
  sources: [`${DOCS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html`],
  faults: ({ step, template }: Moment) => {
    const { Resources = {}, Outputs = {} } = template;
    if (step.logicalId !== Object.keys(Resources)[0]) {
      return [];
    }
    const sizes = { resources: [Object.keys(Resources).length, 500], outputs: [Object.keys(Outputs).length, 200] };
    return Object.entries(sizes)
      .filter(([, [number, max]]) => number > max)
      .map(([what, [number, max]]) => `${number} ${what}, ${max} are allowed`);
  },
};

/** All inline policies of a role count together, without white space. */
const MAX_POLICY_CHARACTERS = 10_240;

const POLICIES: Rule = {
  name: 'quota: inline policies of a role',
  kind: 'refused',
  says: 'Maximum policy size of 10240 bytes exceeded for role ROLE',
  sources: [`${DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html`],
  faults: ({ step: { next }, after }) => {
    if (next?.type !== 'AWS::IAM::Policy') {
      return [];
    }
    return ((next.properties.Roles ?? []) as unknown[]).map(identityOf).flatMap((role) => {
      const policies = after
        .all('AWS::IAM::Policy')
        .filter(({ properties }) => ((properties.Roles ?? []) as unknown[]).map(identityOf).includes(role));
      const size = policies.reduce((sum, { properties }) => sum + JSON.stringify(properties.PolicyDocument).length, 0);
      return size > MAX_POLICY_CHARACTERS ? [`about ${size} characters in ${role}`] : [];
    });
  },
};

export const QUOTA_AND_SIZE_RULES: readonly Rule[] = [...QUOTA_RULES, SIZES, POLICIES];
