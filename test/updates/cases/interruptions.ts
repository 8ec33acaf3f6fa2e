import {
  awsvpc,
  balancer,
  blueGreen,
  egress,
  FRONT,
  forward,
  group,
  ingress,
  type Resources,
  type RuleCase,
  ref,
  registeredIn,
  resource,
  rule,
  service,
  subnet,
  template,
  WEB,
  without,
} from './parts';

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
/** A schedule whose role may run a task definition, by a policy of its own, one of several roles, or one within the role. */
const scheduled = (cpu: string, Resource: unknown, kind: 'Policy' | 'ManagedPolicy' | 'RolePolicy' | 'Role' = 'Policy'): Resources => {
  const PolicyDocument = { Statement: [{ Effect: 'Allow', Action: 'ecs:RunTask', Resource }] };
  const policies = {
    Policy: resource('AWS::IAM::Policy', { PolicyName: 'p', Roles: [ref('Role')], PolicyDocument }),
    ManagedPolicy: resource('AWS::IAM::ManagedPolicy', { Roles: [ref('Role')], PolicyDocument }),
    RolePolicy: resource('AWS::IAM::RolePolicy', { PolicyName: 'p', RoleName: ref('Role'), PolicyDocument }),
    Role: resource('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument }] }),
  };
  return {
    Role: resource('AWS::IAM::Role'),
    Definition: definition(cpu),
    [kind]: policies[kind],
    Schedule: resource(
      'AWS::Scheduler::Schedule',
      { Target: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, EcsParameters: { TaskDefinitionArn: ref('Definition') } } },
      { DependsOn: kind },
    ),
  };
};

export const INTERRUPTION_CASES: readonly RuleCase[] = [
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
  // another id of the service: its rule comes first and has no tasks yet, or comes last and the old one has none any more
  ...[5, 15].map((priority) => ({
    rule: 'requests to no task',
    refused: [
      template(WEB),
      template({
        ...without(WEB, 'Target', 'Rule', 'Web'),
        Group: group(),
        First: rule('Http', priority, forward('Group')),
        Shop: service({ LoadBalancers: registeredIn('Group') }, { DependsOn: ['First', 'Ingress', 'Egress'] }),
      }),
    ] as const,
    accepted: [
      template(WEB),
      template({
        ...without(WEB, 'Rule'),
        First: rule('Http', priority, forward('Target')),
        Web: service({ LoadBalancers: registeredIn('Target') }, { DependsOn: ['First', 'Ingress', 'Egress'] }),
      }),
    ] as const,
  })),
  {
    // the sixth value of a route moves to the next rule
    rule: 'requests that no rule takes',
    refused: [
      template({ ...WEB, Rule: rule('Http', 10, forward('Target'), ['/b', '/c']), Next: rule('Http', 11, forward('Target'), ['/d']) }),
      template({
        ...WEB,
        Rule: rule('Http', 10, forward('Target'), ['/a', '/b']),
        Next: rule('Http', 11, forward('Target'), ['/c', '/d']),
      }),
    ],
    accepted: [
      template({ ...WEB, Rule: rule('Http', 10, forward('Target'), ['/b', '/c']), Next: rule('Http', 11, forward('Target'), ['/d']) }),
      template({ ...WEB, Rule: rule('Http', 10, forward('Target'), ['/a', '/b']), Next: rule('Http', 11, forward('Target'), ['/d']) }),
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
    // a restore under the same id; under another one the old database goes as it is removed, and the snapshot stays
    rule: 'something with data is replaced',
    refused: [
      template({ Database: resource('AWS::RDS::DBInstance', { Engine: 'postgres', DBSnapshotIdentifier: 'friday' }) }),
      template({ Database: resource('AWS::RDS::DBInstance', { Engine: 'postgres' }) }),
    ],
    accepted: [
      template({ Database: resource('AWS::RDS::DBInstance', { Engine: 'postgres' }) }),
      template({ Restored: resource('AWS::RDS::DBInstance', { Engine: 'postgres', DBSnapshotIdentifier: 'friday' }) }),
    ],
  },
  ...(['Policy', 'ManagedPolicy', 'RolePolicy', 'Role'] as const).map((kind) => ({
    rule: 'a permission goes before what needs it',
    refused: [template(scheduled('256', ref('Definition'), kind)), template(scheduled('512', ref('Definition'), kind))] as const,
    accepted: [
      template(scheduled('256', 'arn:aws:ecs:*:*:task-definition/shop:*', kind)),
      template(scheduled('512', 'arn:aws:ecs:*:*:task-definition/shop:*', kind)),
    ] as const,
  })),
];
