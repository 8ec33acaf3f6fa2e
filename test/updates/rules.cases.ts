import type { Template, TemplateResource } from './template';

type Pair = readonly [before: Template, after: Template];

export interface RuleCase {
  readonly rule: string;
  /** An update that AWS refuses, or that interrupts. */
  readonly refused: Pair;
  /** One that is much like it and that AWS accepts. */
  readonly accepted: Pair;
}

type Resources = { readonly [id: string]: TemplateResource };
const template = (Resources: Resources): Template => ({ Resources });
const resource = (Type: string, Properties: { [name: string]: unknown } = {}, more: Partial<TemplateResource> = {}): TemplateResource => ({
  Type,
  Properties,
  ...more,
});
const ref = (Ref: string) => ({ Ref });
const many = (count: number, make: (index: number) => TemplateResource, prefix = 'Thing'): Resources =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, make(index)]));

const ELB = 'AWS::ElasticLoadBalancingV2';
const balancer = (properties = {}) =>
  resource(`${ELB}::LoadBalancer`, { Scheme: 'internet-facing', SecurityGroups: [ref('BalancerGroup')], ...properties });
const listener = (port: number, action: unknown = [], balancerId = 'Balancer') =>
  resource(`${ELB}::Listener`, { LoadBalancerArn: ref(balancerId), Port: port, DefaultActions: action });
const forward = (...groups: string[]) => [
  groups.length === 1
    ? { Type: 'forward', TargetGroupArn: ref(groups[0]) }
    : {
        Type: 'forward',
        ForwardConfig: { TargetGroups: groups.map((group, index) => ({ TargetGroupArn: ref(group), Weight: index === 0 ? 100 : 0 })) },
      },
];
const rule = (listenerId: string, priority: number, actions: unknown, values: string[] = ['/*']) =>
  resource(`${ELB}::ListenerRule`, {
    ListenerArn: ref(listenerId),
    Priority: priority,
    Actions: actions,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: values } }],
  });
const group = (port = 80) => resource(`${ELB}::TargetGroup`, { Port: port, Protocol: 'HTTP', VpcId: 'vpc-1' });
const awsvpc = (properties = {}) => ({
  AwsvpcConfiguration: { SecurityGroups: [ref('TaskGroup')], Subnets: ['subnet-1'], AssignPublicIp: 'DISABLED', ...properties },
});
const registeredIn = (groupId: string, port = 3000) => [{ TargetGroupArn: ref(groupId), ContainerName: 'app', ContainerPort: port }];
const service = (properties = {}, more = {}) =>
  resource('AWS::ECS::Service', { Cluster: 'shared', LaunchType: 'FARGATE', NetworkConfiguration: awsvpc(), ...properties }, more);
const securityGroup = (properties = {}) => resource('AWS::EC2::SecurityGroup', { GroupDescription: 'a', VpcId: 'vpc-1', ...properties });
const ingress = (port: number, groupId = 'TaskGroup', source = 'BalancerGroup') =>
  resource('AWS::EC2::SecurityGroupIngress', {
    GroupId: ref(groupId),
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    SourceSecurityGroupId: ref(source),
  });
const egress = (port: number) =>
  resource('AWS::EC2::SecurityGroupEgress', {
    GroupId: ref('BalancerGroup'),
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    DestinationSecurityGroupId: ref('TaskGroup'),
  });

const FRONT: Resources = { BalancerGroup: securityGroup(), TaskGroup: securityGroup(), Balancer: balancer(), Http: listener(80) };
/** A load balancer, a rule and a service with a task behind it. */
const WEB: Resources = {
  ...FRONT,
  Ingress: ingress(3000),
  Egress: egress(3000),
  Target: group(),
  Rule: rule('Http', 10, forward('Target')),
  Web: service({ LoadBalancers: registeredIn('Target') }, { DependsOn: ['Rule', 'Ingress', 'Egress'] }),
};
const without = (resources: Resources, ...ids: string[]): Resources =>
  Object.fromEntries(Object.entries(resources).filter(([id]) => !ids.includes(id)));

const SHIFTING = { Strategy: 'BLUE_GREEN' };
const blueGreen = (conditions?: string[]): Resources => ({
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

const subnet = (CidrBlock: string, VpcId: unknown = 'vpc-1') => resource('AWS::EC2::Subnet', { VpcId, CidrBlock });
const cluster = (CapacityProviders?: string[]) => resource('AWS::ECS::Cluster', { CapacityProviders });
const inCluster = (properties = {}) =>
  resource('AWS::ECS::Service', { Cluster: ref('Cluster'), NetworkConfiguration: awsvpc({ SecurityGroups: ['sg-1'] }), ...properties });
const on = (...providers: string[]) => ({
  CapacityProviderStrategy: providers.map((CapacityProvider) => ({ CapacityProvider, Weight: 1 })),
});

const NOTHING = template({ Topic: resource('AWS::SNS::Topic') });
/** A unique thing: refused under another id, accepted with another value. */
const once = (name: string, Type: string, properties: { [name: string]: unknown }, other: { [name: string]: unknown }): RuleCase => ({
  rule: `unique: ${name}`,
  refused: [template({ One: resource(Type, properties) }), template({ Other: resource(Type, properties) })],
  accepted: [template({ One: resource(Type, properties) }), template({ Other: resource(Type, { ...properties, ...other }) })],
});
const quota = (name: string, max: number, make: (count: number) => Resources): RuleCase => ({
  rule: `quota: ${name}`,
  refused: [NOTHING, template(make(max + 1))],
  accepted: [NOTHING, template(make(max))],
});
const onListener = (resources: Resources): Resources => ({ ...FRONT, Target: group(), ...resources });

const UNIQUE_CASES: readonly RuleCase[] = [
  {
    // aws-cdk#13901: the id of a listener changes
    rule: 'unique: ElasticLoadBalancingV2 Listener',
    refused: [template(FRONT), template({ ...without(FRONT, 'Http'), Redirect: listener(80) })],
    accepted: [template(FRONT), template({ ...FRONT, Https: listener(443) })],
  },
  {
    rule: 'unique: ElasticLoadBalancingV2 ListenerRule',
    refused: [
      template(onListener({ A: rule('Http', 10, forward('Target')) })),
      template(onListener({ B: rule('Http', 10, forward('Target')) })),
    ],
    accepted: [
      template(onListener({ A: rule('Http', 10, forward('Target')) })),
      template(onListener({ B: rule('Http', 11, forward('Target')) })),
    ],
  },
  {
    rule: 'unique: EC2 SecurityGroupIngress',
    refused: [template({ ...FRONT, A: ingress(3000) }), template({ ...FRONT, B: ingress(3000) })],
    accepted: [template({ ...FRONT, A: ingress(3000) }), template({ ...FRONT, B: ingress(8080) })],
  },
  {
    rule: 'unique: EC2 SecurityGroupEgress',
    refused: [template({ ...FRONT, A: egress(3000) }), template({ ...FRONT, B: egress(3000) })],
    accepted: [template({ ...FRONT, A: egress(3000) }), template({ ...FRONT, B: egress(8080) })],
  },
  once('Route53 RecordSet', 'AWS::Route53::RecordSet', { HostedZoneId: 'Z1', Name: 'shop.example.com.', Type: 'A' }, { Type: 'AAAA' }),
  once(
    'Route53 RecordSetGroup',
    'AWS::Route53::RecordSetGroup',
    { HostedZoneId: 'Z1', RecordSets: [{ Name: 'shop.example.com.', Type: 'A' }] },
    { RecordSets: [{ Name: 'blog.example.com.', Type: 'A' }] },
  ),
  once(
    'EC2 Route',
    'AWS::EC2::Route',
    { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' },
    { RouteTableId: 'rtb-2' },
  ),
  once(
    'EC2 SubnetRouteTableAssociation',
    'AWS::EC2::SubnetRouteTableAssociation',
    { SubnetId: 'subnet-1', RouteTableId: 'rtb-1' },
    { SubnetId: 'subnet-2' },
  ),
  once('EC2 VPCGatewayAttachment', 'AWS::EC2::VPCGatewayAttachment', { VpcId: 'vpc-1', InternetGatewayId: 'igw-1' }, { VpcId: 'vpc-2' }),
  once(
    'EC2 VPCEndpoint',
    'AWS::EC2::VPCEndpoint',
    { VpcId: 'vpc-1', ServiceName: 'com.amazonaws.eu-west-1.logs', VpcEndpointType: 'Interface', PrivateDnsEnabled: true },
    { PrivateDnsEnabled: false },
  ),
  once('EC2 FlowLog', 'AWS::EC2::FlowLog', { ResourceId: 'vpc-1', TrafficType: 'REJECT', LogGroupName: 'a' }, { TrafficType: 'ALL' }),
  once('EFS MountTarget', 'AWS::EFS::MountTarget', { FileSystemId: 'fs-1', SubnetId: 'subnet-1' }, { SubnetId: 'subnet-2' }),
  once('S3 BucketPolicy', 'AWS::S3::BucketPolicy', { Bucket: 'a' }, { Bucket: 'b' }),
  {
    // the note in the reference of AWS::ECS::Service: a service of Service Connect can't be replaced
    rule: 'unique: ECS Service',
    refused: [false, true].map((replaced) =>
      template({
        Web: service({
          LaunchType: replaced ? undefined : 'FARGATE',
          ServiceConnectConfiguration: { Enabled: true, Namespace: 'ns', Services: [{ PortName: 'http', DiscoveryName: 'shop' }] },
        }),
      }),
    ) as unknown as Pair,
    accepted: [1, 2].map((DesiredCount) =>
      template({
        Web: service({
          DesiredCount,
          ServiceConnectConfiguration: { Enabled: true, Namespace: 'ns', Services: [{ PortName: 'http', DiscoveryName: 'shop' }] },
        }),
      }),
    ) as unknown as Pair,
  },
];

/** A firewall whose association a policy keeps. */
const keptAssociation = (more: Partial<TemplateResource>): Template =>
  template({
    Acl: resource('AWS::WAFv2::WebACL'),
    Balancer: { ...balancer(), ...more },
    A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: ref('Balancer'), WebACLArn: ref('Acl') }, { DeletionPolicy: 'Retain' }),
  });

const BALANCER_CASES: readonly RuleCase[] = [
  {
    rule: 'custom names',
    refused: [
      template({ T: resource(`${ELB}::TargetGroup`, { Name: 'shop', Port: 80 }) }),
      template({ T: resource(`${ELB}::TargetGroup`, { Name: 'shop', Port: 81 }) }),
    ],
    accepted: [
      template({ T: resource(`${ELB}::TargetGroup`, { Port: 80 }) }),
      template({ T: resource(`${ELB}::TargetGroup`, { Port: 81 }) }),
    ],
  },
  {
    rule: 'a setting that is left out stays',
    refused: [['slow_start.duration_seconds'], []].map((keys) =>
      template({ T: resource(`${ELB}::TargetGroup`, { TargetGroupAttributes: keys.map((Key) => ({ Key, Value: '60' })) }) }),
    ) as unknown as Pair,
    accepted: ['60', '0'].map((Value) =>
      template({ T: resource(`${ELB}::TargetGroup`, { TargetGroupAttributes: [{ Key: 'slow_start.duration_seconds', Value }] }) }),
    ) as unknown as Pair,
  },
  {
    rule: 'type of a logical id',
    refused: [template({ T: resource('AWS::SNS::Topic') }), template({ T: resource('AWS::SQS::Queue') })],
    accepted: [template({ T: resource('AWS::SNS::Topic') }), template({ U: resource('AWS::SQS::Queue') })],
  },
  {
    // aws-cdk#33253: internet-facing to internal
    rule: 'a target group belongs to one load balancer',
    refused: [template(WEB), template({ ...WEB, Balancer: balancer({ Scheme: 'internal' }) })],
    accepted: [template(WEB), template({ ...WEB, Rule: rule('Http', 20, forward('Target')) })],
  },
  {
    // aws-cdk#1160: the service does not depend on the rule
    rule: 'the target group of a service has a load balancer',
    refused: [
      template({ ...FRONT, Web: service() }),
      template({
        Web: service({ LoadBalancers: registeredIn('Target') }),
        ...FRONT,
        Target: group(),
        Rule: rule('Http', 10, forward('Target')),
      }),
    ],
    accepted: [template({ ...FRONT, Web: service() }), template(WEB)],
  },
  {
    rule: 'a target group in use',
    refused: [
      template({ ...FRONT, Target: group(), Rule: rule('Http', 10, forward('Target')) }),
      // written with the ARN that the group had, so that nothing refers to it
      template({ ...FRONT, Rule: rule('Http', 10, [{ Type: 'forward', TargetGroupArn: '@Target#1' }]) }),
    ],
    accepted: [template({ ...FRONT, Target: group(), Rule: rule('Http', 10, forward('Target')) }), template(FRONT)],
  },
  {
    // the property is left out, and ECS keeps it
    rule: 'a service keeps a target group that is gone',
    refused: [template(WEB), template({ ...without(WEB, 'Target', 'Rule'), Web: service() })],
    accepted: [template(WEB), template({ ...without(WEB, 'Target', 'Rule'), Web: service({ LoadBalancers: [] }) })],
  },
  {
    rule: 'a load balancer stays in its VPC',
    refused: [
      template(FRONT),
      template({ ...FRONT, OtherGroup: securityGroup({ VpcId: 'vpc-2' }), Balancer: balancer({ SecurityGroups: [ref('OtherGroup')] }) }),
    ],
    accepted: [
      template(FRONT),
      template({ ...FRONT, OtherGroup: securityGroup(), Balancer: balancer({ SecurityGroups: [ref('OtherGroup')] }) }),
    ],
  },
  {
    rule: 'deletion protection',
    refused: [
      template({ ...FRONT, Balancer: balancer({ LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }] }) }),
      NOTHING,
    ],
    accepted: [
      template({ ...FRONT, Balancer: balancer({ LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'false' }] }) }),
      NOTHING,
    ],
  },
  {
    // pulumi-aws#4782: the deletion of the old association takes the new one away
    rule: 'one firewall per load balancer',
    refused: ['a', 'b'].map((WebACLArn) =>
      template({ A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: 'balancer', WebACLArn }) }),
    ) as unknown as Pair,
    accepted: [template({ A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: 'balancer', WebACLArn: 'a' }) }), NOTHING],
  },
  {
    rule: 'a setting of which there is one',
    refused: ['A', 'B'].map((id) =>
      template({ [id]: resource('AWS::IAM::Policy', { PolicyName: 'shop', Roles: ['role'], PolicyDocument: { Statement: [] } }) }),
    ) as unknown as Pair,
    accepted: ['A', 'B'].map((id) =>
      template({ [id]: resource('AWS::IAM::Policy', { PolicyName: id, Roles: ['role'], PolicyDocument: { Statement: [] } }) }),
    ) as unknown as Pair,
  },
  {
    rule: 'a firewall in use',
    refused: [
      template({
        Acl: resource('AWS::WAFv2::WebACL'),
        A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: 'b', WebACLArn: ref('Acl') }, { DeletionPolicy: 'Retain' }),
      }),
      NOTHING,
    ],
    accepted: [
      template({
        Acl: resource('AWS::WAFv2::WebACL'),
        A: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: 'b', WebACLArn: ref('Acl') }),
      }),
      NOTHING,
    ],
  },
  {
    // what is kept goes with the load balancer, if that goes first
    rule: 'a firewall in use',
    refused: [keptAssociation({ DeletionPolicy: 'Retain' }), NOTHING],
    accepted: [keptAssociation({ DependsOn: 'Acl' }), NOTHING],
  },
];

const ECS_CASES: readonly RuleCase[] = [
  {
    rule: 'launch type or capacity provider strategy',
    refused: [NOTHING, template({ Web: service(on('FARGATE_SPOT')) })],
    accepted: [NOTHING, template({ Web: service({ LaunchType: undefined, ...on('FARGATE_SPOT') }) })],
  },
  {
    // aws-cdk#34631
    rule: 'an empty capacity provider strategy',
    refused: [
      template({ Web: service({ LaunchType: undefined, ...on('FARGATE_SPOT') }) }),
      template({ Web: service({ LaunchType: undefined, CapacityProviderStrategy: [] }) }),
    ],
    accepted: [
      template({ Web: service({ LaunchType: undefined, ...on('FARGATE_SPOT') }) }),
      template({ Web: service({ LaunchType: undefined, ...on('FARGATE') }) }),
    ],
  },
  {
    rule: 'a capacity provider that the cluster does not have',
    refused: [template({ Cluster: cluster() }), template({ Cluster: cluster(), Web: inCluster(on('FARGATE_SPOT')) })],
    accepted: [template({ Cluster: cluster() }), template({ Cluster: cluster(['FARGATE_SPOT']), Web: inCluster(on('FARGATE_SPOT')) })],
  },
  {
    // aws-cdk#15366: the cluster is updated before the service leaves the provider
    rule: 'a capacity provider in use',
    refused: [
      template({ Cluster: cluster(['FARGATE', 'FARGATE_SPOT']), Web: inCluster(on('FARGATE_SPOT')) }),
      template({ Cluster: cluster(['FARGATE']), Web: inCluster(on('FARGATE')) }),
    ],
    accepted: [
      template({ Cluster: cluster(['FARGATE', 'FARGATE_SPOT']), Web: inCluster(on('FARGATE_SPOT')) }),
      template({ Cluster: cluster(['FARGATE', 'FARGATE_SPOT']), Web: inCluster(on('FARGATE')) }),
    ],
  },
  {
    rule: 'a cluster with services',
    refused: [template({ Cluster: cluster(), Web: { ...inCluster(), DeletionPolicy: 'Retain' } }), NOTHING],
    accepted: [template({ Cluster: cluster(), Web: inCluster() }), NOTHING],
  },
  {
    rule: 'bake times',
    refused: [NOTHING, template({ Web: service({ DeploymentConfiguration: { BakeTimeInMinutes: 1441 } }) })],
    accepted: [NOTHING, template({ Web: service({ DeploymentConfiguration: { BakeTimeInMinutes: 1440 } }) })],
  },
];

const NETWORK_CASES: readonly RuleCase[] = [
  {
    // aws-cdk#28369: the name of a subnet group changes, its CIDRs stay
    rule: 'subnets of a VPC do not overlap',
    refused: [template({ Tasks1: subnet('10.0.2.0/24') }), template({ Data1: subnet('10.0.2.128/25') })],
    accepted: [template({ Tasks1: subnet('10.0.2.0/24') }), template({ Data1: subnet('10.0.3.0/24') })],
  },
  {
    rule: 'a security group in use',
    refused: [template({ TaskGroup: securityGroup(), Web: service({}, { DeletionPolicy: 'Retain' }) }), NOTHING],
    accepted: [template({ TaskGroup: securityGroup(), Web: service() }), NOTHING],
  },
  {
    rule: 'a subnet in use',
    refused: [
      template({
        Net: subnet('10.0.0.0/24'),
        Nat: resource('AWS::EC2::NatGateway', { SubnetId: ref('Net') }, { DeletionPolicy: 'Retain' }),
      }),
      NOTHING,
    ],
    accepted: [template({ Net: subnet('10.0.0.0/24'), Nat: resource('AWS::EC2::NatGateway', { SubnetId: ref('Net') }) }), NOTHING],
  },
  {
    rule: 'a VPC in use',
    refused: [
      template({ Vpc: resource('AWS::EC2::VPC'), Net: { ...subnet('10.0.0.0/24', ref('Vpc')), DeletionPolicy: 'Retain' } }),
      NOTHING,
    ],
    accepted: [template({ Vpc: resource('AWS::EC2::VPC'), Net: subnet('10.0.0.0/24', ref('Vpc')) }), NOTHING],
  },
];

const endpoint = (name: string) =>
  resource('AWS::EC2::VPCEndpoint', { VpcId: ref('Vpc'), ServiceName: `com.amazonaws.eu-west-1.${name}`, VpcEndpointType: 'Interface' });
const routed = (route: Resources): Resources => ({
  Vpc: resource('AWS::EC2::VPC'),
  Net: subnet('10.0.0.0/24', ref('Vpc')),
  Table: resource('AWS::EC2::RouteTable', { VpcId: ref('Vpc') }),
  Association: resource('AWS::EC2::SubnetRouteTableAssociation', { SubnetId: ref('Net'), RouteTableId: ref('Table') }),
  ...route,
  Web: service({ NetworkConfiguration: awsvpc({ SecurityGroups: ['sg-1'], Subnets: [ref('Net')] }) }),
});
const natRoute: Resources = {
  Route: resource('AWS::EC2::Route', { RouteTableId: ref('Table'), DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' }),
};
const endpoints: Resources = { Api: endpoint('ecr.api'), Dkr: endpoint('ecr.dkr'), Logs: endpoint('logs') };

const definition = (Cpu: string) => resource('AWS::ECS::TaskDefinition', { Cpu });
const scheduled = (cpu: string, allowed: unknown): Resources => ({
  Role: resource('AWS::IAM::Role'),
  Definition: definition(cpu),
  Policy: resource('AWS::IAM::Policy', {
    PolicyName: 'p',
    Roles: [ref('Role')],
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'ecs:RunTask', Resource: allowed }] },
  }),
  Schedule: resource(
    'AWS::Scheduler::Schedule',
    { Target: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, EcsParameters: { TaskDefinitionArn: ref('Definition') } } },
    { DependsOn: 'Policy' },
  ),
});

const INTERRUPTION_CASES: readonly RuleCase[] = [
  {
    // the port of a target group changes: its replacement gets the requests before it has tasks
    rule: 'requests to no task',
    refused: [template(WEB), template({ ...WEB, Target: group(8080) })],
    accepted: [
      template(WEB),
      template({ ...WEB, Web: service({ LoadBalancers: registeredIn('Target'), DesiredCount: 3 }, { DependsOn: 'Rule' }) }),
    ],
  },
  {
    // the service is another resource without tasks
    rule: 'requests to no task',
    refused: [template(WEB), template({ ...without(WEB, 'Web'), Awaiting: service({ DesiredCount: 0 }) })],
    accepted: [
      template(WEB),
      template({ ...without(WEB, 'Web'), Next: service({ LoadBalancers: registeredIn('Target') }, { DependsOn: 'Rule' }) }),
    ],
  },
  {
    // a name of the zone moves to a load balancer whose service is not there yet
    rule: 'requests to no task',
    refused: [
      template({
        ...WEB,
        Record: resource('AWS::Route53::RecordSet', {
          HostedZoneId: 'Z',
          Name: 'shop.example.com.',
          Type: 'A',
          AliasTarget: { DNSName: { 'Fn::GetAtt': ['Balancer', 'DNSName'] } },
        }),
      }),
      template({
        ...WEB,
        Balancer: balancer({ Scheme: 'internal' }),
        Target: group(8080),
        Record: resource('AWS::Route53::RecordSet', {
          HostedZoneId: 'Z',
          Name: 'shop.example.com.',
          Type: 'A',
          AliasTarget: { DNSName: { 'Fn::GetAtt': ['Balancer', 'DNSName'] } },
        }),
      }),
    ],
    accepted: [
      template(WEB),
      // without the name, clients stay where they are until the new one works
      template({ ...WEB, Balancer: balancer({ Scheme: 'internal' }), Target: group(8080) }),
    ],
  },
  {
    // containers-roadmap#2853
    rule: 'weights of a shifting deployment',
    refused: [template(blueGreen()), template(blueGreen(['/shop/*']))],
    accepted: [
      template(blueGreen()),
      template({ ...blueGreen(), Web: { ...blueGreen().Web, Properties: { ...blueGreen().Web.Properties, DesiredCount: 3 } } }),
    ],
  },
  {
    rule: 'another address',
    refused: [template(FRONT), template({ ...FRONT, Balancer: balancer({ Scheme: 'internal' }) })],
    accepted: [template(FRONT), template({ ...FRONT, Balancer: balancer({ IpAddressType: 'dualstack' }) })],
  },
  {
    // the rule for the new port has nothing that the service waits for
    rule: 'the load balancer may not connect',
    refused: [
      template(WEB),
      template({
        ...without(WEB, 'Ingress', 'Egress', 'Web'),
        Web: service({ LoadBalancers: registeredIn('Target', 8080) }, { DependsOn: 'Rule' }),
        NewIngress: ingress(8080),
        NewEgress: egress(8080),
      }),
    ],
    accepted: [
      template(WEB),
      template({
        ...without(WEB, 'Ingress', 'Egress', 'Web'),
        NewIngress: ingress(8080),
        NewEgress: egress(8080),
        Web: service({ LoadBalancers: registeredIn('Target', 8080) }, { DependsOn: ['Rule', 'NewIngress', 'NewEgress'] }),
      }),
    ],
  },
  {
    rule: 'the tasks have no way out',
    refused: [template(routed(natRoute)), template(routed({ Api: endpoints.Api }))],
    accepted: [template(routed(natRoute)), template(routed(endpoints))],
  },
  {
    rule: 'something with data is replaced',
    refused: [
      template({ Files: resource('AWS::EFS::FileSystem', { Encrypted: true }) }),
      template({ Files: resource('AWS::EFS::FileSystem', { Encrypted: false }) }),
    ],
    accepted: [
      template({ Files: resource('AWS::EFS::FileSystem', { ThroughputMode: 'bursting' }) }),
      template({ Files: resource('AWS::EFS::FileSystem', { ThroughputMode: 'elastic' }) }),
    ],
  },
  {
    // the policy names a revision, and the schedule changes after it
    rule: 'a permission goes before what needs it',
    refused: [template(scheduled('256', ref('Definition'))), template(scheduled('512', ref('Definition')))],
    accepted: [
      template(scheduled('256', 'arn:aws:ecs:*:*:task-definition/shop:*')),
      template(scheduled('512', 'arn:aws:ecs:*:*:task-definition/shop:*')),
    ],
  },
];

const QUOTA_CASES: readonly RuleCase[] = [
  quota('elastic IP addresses', 5, (count) => many(count, () => resource('AWS::EC2::EIP'))),
  quota('VPCs', 5, (count) => many(count, () => resource('AWS::EC2::VPC'))),
  quota('load balancers', 50, (count) => many(count, () => resource(`${ELB}::LoadBalancer`))),
  quota('rules of a load balancer', 100, (count) => onListener(many(count, (index) => rule('Http', index + 1, forward('Target'))))),
  quota('listeners of a load balancer', 50, (count) => ({ ...without(FRONT, 'Http'), ...many(count, (index) => listener(8000 + index)) })),
  quota('certificates of a load balancer', 25, (count) => ({
    ...FRONT,
    ...many(count, () => resource(`${ELB}::ListenerCertificate`, { ListenerArn: ref('Http'), Certificates: [{ CertificateArn: 'a' }] })),
  })),
  quota('target groups of a load balancer', 100, (count) => ({
    ...FRONT,
    ...many(count, () => group(), 'Group'),
    // five to a rule, or the rules would be too many first
    ...many(
      Math.ceil(count / 5),
      (index) =>
        rule(
          'Http',
          index + 1,
          forward(...Array.from({ length: Math.min(5, count - index * 5) }, (_, each) => `Group${index * 5 + each}`)),
        ),
      'Rule',
    ),
  })),
  quota('values of a rule', 5, (count) =>
    onListener({
      Rule: rule(
        'Http',
        1,
        forward('Target'),
        Array.from({ length: count }, (_, index) => `/${index}`),
      ),
    }),
  ),
  quota('target groups of an action', 5, (count) => ({
    ...FRONT,
    ...many(count, () => group(), 'Group'),
    Rule: rule('Http', 1, forward(...Array.from({ length: count }, (_, index) => `Group${index}`))),
  })),
  quota('permissions of a security group', 60, (count) => ({ ...FRONT, ...many(count, (index) => ingress(3000 + index)) })),
  quota('security groups of a network interface', 5, (count) => ({
    Web: service({ NetworkConfiguration: awsvpc({ SecurityGroups: Array.from({ length: count }, (_, index) => `sg-${index}`) }) }),
  })),
  quota('containers of a task definition', 10, (count) => ({
    Definition: resource('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: Array.from({ length: count }, (_, index) => ({ Name: `c${index}` })),
    }),
  })),
  quota('metric filters of a log group', 100, (count) => many(count, () => resource('AWS::Logs::MetricFilter', { LogGroupName: 'a' }))),
  quota('a template', 500, (count) => many(count, () => resource('AWS::SNS::Topic'))),
  {
    rule: 'quota: inline policies of a role',
    refused: [
      NOTHING,
      template(
        many(2, (index) =>
          resource('AWS::IAM::Policy', { PolicyName: `p${index}`, Roles: ['shop'], PolicyDocument: { Statement: ['x'.repeat(6000)] } }),
        ),
      ),
    ],
    accepted: [
      NOTHING,
      template(
        many(2, (index) =>
          resource('AWS::IAM::Policy', { PolicyName: `p${index}`, Roles: ['shop'], PolicyDocument: { Statement: ['x'.repeat(4000)] } }),
        ),
      ),
    ],
  },
];

export const EVERY_RULE_CASES: readonly RuleCase[] = [
  ...UNIQUE_CASES,
  ...BALANCER_CASES,
  ...ECS_CASES,
  ...NETWORK_CASES,
  ...INTERRUPTION_CASES,
  ...QUOTA_CASES,
];
