import type { Template, TemplateResource } from '../template';

export type { Template } from '../template';

export type Pair = readonly [before: Template, after: Template];

export interface RuleCase {
  readonly rule: string;
  /** An update that AWS refuses, or that interrupts. */
  readonly refused: Pair;
  /** One that is much like it and that AWS accepts. */
  readonly accepted: Pair;
}

export type Resources = { readonly [id: string]: TemplateResource };
export const template = (Resources: Resources): Template => ({ Resources });
export const resource = (
  Type: string,
  Properties: { [name: string]: unknown } = {},
  more: Partial<TemplateResource> = {},
): TemplateResource => ({
  Type,
  Properties,
  ...more,
});
export const ref = (Ref: string) => ({ Ref });
export const many = (count: number, make: (index: number) => TemplateResource, prefix = 'Thing'): Resources =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, make(index)]));

export const ELB = 'AWS::ElasticLoadBalancingV2';
export const balancer = (properties = {}) =>
  resource(`${ELB}::LoadBalancer`, { Scheme: 'internet-facing', SecurityGroups: [ref('BalancerGroup')], ...properties });
export const listener = (port: number, action: unknown = [], balancerId = 'Balancer') =>
  resource(`${ELB}::Listener`, { LoadBalancerArn: ref(balancerId), Port: port, DefaultActions: action });
export const forward = (...groups: string[]) => [
  groups.length === 1
    ? { Type: 'forward', TargetGroupArn: ref(groups[0]) }
    : {
        Type: 'forward',
        ForwardConfig: { TargetGroups: groups.map((group, index) => ({ TargetGroupArn: ref(group), Weight: index === 0 ? 100 : 0 })) },
      },
];
export const rule = (listenerId: string, priority: number, actions: unknown, values: string[] = ['/*']) =>
  resource(`${ELB}::ListenerRule`, {
    ListenerArn: ref(listenerId),
    Priority: priority,
    Actions: actions,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: values } }],
  });
export const group = (port = 80) => resource(`${ELB}::TargetGroup`, { Port: port, Protocol: 'HTTP', VpcId: 'vpc-1' });
export const awsvpc = (properties = {}) => ({
  AwsvpcConfiguration: { SecurityGroups: [ref('TaskGroup')], Subnets: ['subnet-1'], AssignPublicIp: 'DISABLED', ...properties },
});
export const registeredIn = (groupId: string, port = 3000) => [{ TargetGroupArn: ref(groupId), ContainerName: 'app', ContainerPort: port }];
export const service = (properties = {}, more = {}) =>
  resource('AWS::ECS::Service', { Cluster: 'shared', LaunchType: 'FARGATE', NetworkConfiguration: awsvpc(), ...properties }, more);
export const securityGroup = (properties = {}) =>
  resource('AWS::EC2::SecurityGroup', { GroupDescription: 'a', VpcId: 'vpc-1', ...properties });
export const ingress = (port: number, groupId = 'TaskGroup', source = 'BalancerGroup') =>
  resource('AWS::EC2::SecurityGroupIngress', {
    GroupId: ref(groupId),
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    SourceSecurityGroupId: ref(source),
  });
export const egress = (port: number) =>
  resource('AWS::EC2::SecurityGroupEgress', {
    GroupId: ref('BalancerGroup'),
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    DestinationSecurityGroupId: ref('TaskGroup'),
  });

export const FRONT: Resources = { BalancerGroup: securityGroup(), TaskGroup: securityGroup(), Balancer: balancer(), Http: listener(80) };
/** A load balancer, a rule and a service with a task behind it. */
export const WEB: Resources = {
  ...FRONT,
  Ingress: ingress(3000),
  Egress: egress(3000),
  Target: group(),
  Rule: rule('Http', 10, forward('Target')),
  Web: service({ LoadBalancers: registeredIn('Target') }, { DependsOn: ['Rule', 'Ingress', 'Egress'] }),
};
export const without = (resources: Resources, ...ids: string[]): Resources =>
  Object.fromEntries(Object.entries(resources).filter(([id]) => !ids.includes(id)));

export const SHIFTING = { Strategy: 'BLUE_GREEN' };
export const blueGreen = (conditions?: string[]): Resources => ({
  ...FRONT,
  Blue: group(),
  Green: group(),
  Rule: rule('Http', 10, forward('Blue', 'Green'), conditions),
  Web: service(
    {
      DeploymentConfiguration: SHIFTING,
      LoadBalancers: [
        {
          ...registeredIn('Blue')[0],
          AdvancedConfiguration: { AlternateTargetGroupArn: ref('Green'), ProductionListenerRule: ref('Rule') },
        },
      ],
    },
    { DependsOn: 'Rule' },
  ),
});

export const subnet = (CidrBlock: string, VpcId: unknown = 'vpc-1') => resource('AWS::EC2::Subnet', { VpcId, CidrBlock });
export const cluster = (CapacityProviders?: string[]) => resource('AWS::ECS::Cluster', { CapacityProviders });
export const inCluster = (properties = {}) =>
  resource('AWS::ECS::Service', { Cluster: ref('Cluster'), NetworkConfiguration: awsvpc({ SecurityGroups: ['sg-1'] }), ...properties });
export const on = (...providers: string[]) => ({
  CapacityProviderStrategy: providers.map((CapacityProvider) => ({ CapacityProvider, Weight: 1 })),
});

export const NOTHING = template({ Topic: resource('AWS::SNS::Topic') });
/** A unique thing: refused under another id, accepted with another value. */
export const once = (
  name: string,
  Type: string,
  properties: { [name: string]: unknown },
  other: { [name: string]: unknown },
): RuleCase => ({
  rule: `unique: ${name}`,
  refused: [template({ One: resource(Type, properties) }), template({ Other: resource(Type, properties) })],
  accepted: [template({ One: resource(Type, properties) }), template({ Other: resource(Type, { ...properties, ...other }) })],
});
export const quota = (name: string, max: number, make: (count: number) => Resources): RuleCase => ({
  rule: `quota: ${name}`,
  refused: [NOTHING, template(make(max + 1))],
  accepted: [NOTHING, template(make(max))],
});
export const onListener = (resources: Resources): Resources => ({ ...FRONT, Target: group(), ...resources });
