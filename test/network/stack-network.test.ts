import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Egress, type FlaskFargateServiceProps, FlaskStage } from '../../src';
import { expectError, only, service, testApp, testStack } from '../util/test-stack';

type Services = { readonly [id: string]: Partial<FlaskFargateServiceProps> };
type Resource = { readonly Type: string; readonly Properties: { readonly [key: string]: unknown } };
type Resources = { readonly [id: string]: Resource };

const DEVELOPMENT = { stage: FlaskStage.development() };
const PRODUCTION = { stage: FlaskStage.production() };

function stackWith(services: Services): Stack {
  const stack = testStack({ env: { account: '123456789012', region: 'eu-west-1' } });
  for (const [id, props] of Object.entries(services)) {
    service(stack, props, id);
  }
  return stack;
}

const templateWith = (services: Services): Template => Template.fromStack(stackWith(services));
const resourcesOf = (template: Template): Resources => template.toJSON().Resources;
const ofNetwork = (template: Template): Resources =>
  Object.fromEntries(Object.entries(resourcesOf(template)).filter(([id]) => id.startsWith('FlaskNetwork')));

describe('the network of a stack', () => {
  test('is one VPC and one cluster, however many services there are', () => {
    const template = templateWith({ A: {}, B: {}, C: {} });
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::ECS::Cluster', 1);
    template.resourceCountIs('AWS::EC2::EIP', 2);
    template.resourceCountIs('AWS::EC2::FlowLog', 1);
  });

  test.each([
    ['the first', { B: {}, C: {} }],
    ['the last', { A: {}, B: {} }],
    ['all but one', { C: {} }],
    ['the order', { C: {}, A: {}, B: {} }],
  ])('does not change with %s', (_, services) => {
    expect(ofNetwork(templateWith(services))).toEqual(ofNetwork(templateWith({ A: {}, B: {}, C: {} })));
  });

  test('is another in each stack', () => {
    const app = testApp();
    const stacks = ['One', 'Other'].map((id) => new Stack(app, id));
    const [one, other] = stacks.map((stack) => service(stack));
    expect(one.vpc).not.toBe(other.vpc);
    expect(one.vpc.node.path).toBe('One/FlaskNetwork/Vpc');
    expect(other.cluster.node.path).toBe('Other/FlaskNetwork/Cluster');
  });

  test('takes a service that is given the VPC or the cluster of another one', () => {
    const stack = testStack();
    const first = service(stack, DEVELOPMENT, 'First');
    const byVpc = service(stack, { ...DEVELOPMENT, vpc: first.vpc }, 'ByVpc');
    const byCluster = service(stack, { ...DEVELOPMENT, cluster: first.cluster }, 'ByCluster');
    expect(byVpc.cluster).toBe(first.cluster);
    expect(byCluster.vpc).toBe(first.vpc);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ECS::Cluster', 1);
    // public subnets, as the stage says: the private ones have no way out here
    for (const { Properties } of Object.values(template.findResources('AWS::ECS::Service'))) {
      expect(Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('ENABLED');
    }
  });

  test('names its id where that is taken', () => {
    const stack = testStack();
    new Construct(stack, 'FlaskNetwork');
    expectError(
      () => service(stack),
      "the id 'FlaskNetwork' in the stack Test is needed for what its Flask services share, and is taken; give your construct another id",
    );
  });
});

/** What CloudFormation would replace or refuse: a subnet of another id or block, and a block that two subnets have. */
const subnetsOf = (template: Template) =>
  Object.fromEntries(
    Object.entries(resourcesOf(template))
      .filter(([, { Type }]) => Type === 'AWS::EC2::Subnet')
      .map(([id, { Properties }]) => [id, [Properties.CidrBlock, Properties.AvailabilityZone]]),
  );

describe('the subnets', () => {
  const choices: [string, Partial<FlaskFargateServiceProps>][] = [
    ['production', PRODUCTION],
    ['development', DEVELOPMENT],
    ['ephemeral', { stage: FlaskStage.ephemeral() }],
    ['one NAT gateway', { egress: Egress.natGateways(1) }],
    ['public IPs', { egress: Egress.publicIps() }],
    ['VPC endpoints', { egress: Egress.vpcEndpoints() }],
  ];

  test.each(choices)('and their route tables are the same with %s', (_, props) => {
    const [template, other] = [templateWith({ Web: props }), templateWith({ Web: {} })];
    expect(Object.keys(subnetsOf(template))).toHaveLength(6);
    expect(new Set(Object.values(subnetsOf(template)).map(([block]) => block)).size).toBe(6);
    for (const type of ['AWS::EC2::Subnet', 'AWS::EC2::RouteTable', 'AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::VPC']) {
      expect(template.findResources(type)).toEqual(other.findResources(type));
    }
  });

  test('leave room in the VPC for others', () => {
    expect(Object.values(subnetsOf(templateWith({ Web: {} }))).map(([block]) => block)).toEqual([
      '10.0.0.0/20',
      '10.0.16.0/20',
      '10.0.32.0/20',
      '10.0.48.0/20',
      '10.0.64.0/20',
      '10.0.80.0/20',
    ]);
  });
});

describe('the zones', () => {
  const stackOf = (type: typeof Stack) => new type(testApp(), 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  const zonesOf = (stack: Stack) => [
    ...new Set(Object.values(subnetsOf(Template.fromStack(stack))).map(([, zone]) => JSON.stringify(zone))),
  ];

  test('are not looked up, so that a synth needs no credentials', () => {
    const stack = stackOf(Stack);
    service(stack);
    expect(zonesOf(stack)).toEqual(['{"Fn::Select":[0,{"Fn::GetAZs":""}]}', '{"Fn::Select":[1,{"Fn::GetAZs":""}]}']);
    expect((stack.node.root as Construct & { synth(): { manifest: { missing?: unknown[] } } }).synth().manifest.missing).toBeUndefined();
  });

  test('are those that the stack names', () => {
    class Named extends Stack {
      public constructor(scope: Construct, id: string, props: StackProps) {
        super(scope, id, props);
      }
      public get availabilityZones(): string[] {
        return ['eu-west-1b', 'eu-west-1c', 'eu-west-1a'];
      }
    }
    const stack = stackOf(Named);
    service(stack);
    expect(zonesOf(stack)).toEqual(['"eu-west-1b"', '"eu-west-1c"']);
  });

  test('of the stack are as they were afterwards', () => {
    const stack = testStack();
    service(stack);
    expect(Object.getOwnPropertyDescriptor(stack, 'availabilityZones')).toBeUndefined();
  });
});

describe('what the services ask for', () => {
  test('may be different ways out', () => {
    const template = templateWith({ A: { egress: Egress.publicIps() }, B: { egress: Egress.natGateways() } });
    const placement = (ids: RegExp) =>
      (only(template, 'AWS::ECS::Service', ids).Properties as never as ServiceProperties).NetworkConfiguration;
    expect(placement(/^A/).AwsvpcConfiguration.AssignPublicIp).toBe('ENABLED');
    expect(placement(/^B/).AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    template.resourceCountIs('AWS::EC2::NatGateway', 2);
  });

  const CONFLICT =
    'the services Test/A and Test/B share the network of the stack, where NAT gateways and VPC endpoints exclude each other, got';
  test.each([
    ['NAT gateways first', Egress.natGateways(), Egress.vpcEndpoints(), 'Egress.natGateways() and Egress.vpcEndpoints()'],
    ['VPC endpoints first', Egress.vpcEndpoints(), Egress.natGateways(1), 'Egress.vpcEndpoints() and Egress.natGateways(1)'],
  ])('may not be both, %s', (_, a, b, got) => {
    expectError(
      () => stackWith({ A: { egress: a }, B: { egress: b } }),
      `${CONFLICT} ${got}; give both the same egress, or one of them a vpc of its own`,
    );
  });

  test('may be public IPs beside VPC endpoints', () => {
    expect(() => stackWith({ A: { egress: Egress.publicIps() }, B: { egress: Egress.vpcEndpoints() } })).not.toThrow();
  });

  test.each([
    ['before', { A: { egress: Egress.natGateways(1) }, B: {} }],
    ['after', { A: {}, B: { egress: Egress.natGateways(1) } }],
  ])('has as many NAT gateways as one of them names, %s the other', (_, services) => {
    const template = templateWith(services);
    template.resourceCountIs('AWS::EC2::EIP', 1);
    const gateway = only(template, 'AWS::EC2::NatGateway');
    const routes = Object.values(template.findResources('AWS::EC2::Route')).filter(({ Properties }) => Properties.NatGatewayId);
    expect(routes.map(({ Properties }) => Properties.NatGatewayId)).toEqual([{ Ref: gateway.id }, { Ref: gateway.id }]);
  });

  test('has a gateway for each zone where none names a number, and one in each zone is the most', () => {
    for (const egress of [Egress.natGateways(), Egress.natGateways(2), Egress.natGateways(3)]) {
      const template = templateWith({ A: { egress } });
      const gateways = Object.keys(template.findResources('AWS::EC2::NatGateway'));
      const routes = Object.values(template.findResources('AWS::EC2::Route')).filter(({ Properties }) => Properties.NatGatewayId);
      expect(routes.map(({ Properties }) => Properties.NatGatewayId.Ref).sort()).toEqual(gateways.sort());
    }
  });

  test('must be one number of NAT gateways', () => {
    expectError(
      () => stackWith({ A: { egress: Egress.natGateways(1) }, B: { egress: Egress.natGateways(2) } }),
      'the services Test/A and Test/B share the network of the stack, and must name the same number of NAT gateways, got Egress.natGateways(1) and Egress.natGateways(2); name the number at one of them, the others follow',
    );
    expect(() => stackWith({ A: { egress: Egress.natGateways(1) }, B: { egress: Egress.natGateways(1) } })).not.toThrow();
  });

  test('has a way out before the tasks', () => {
    const template = templateWith({ A: DEVELOPMENT, B: {} });
    const dependencies = only(template, 'AWS::ECS::Service', /^B/).DependsOn as string[];
    const routes = Object.entries(template.findResources('AWS::EC2::Route')).filter(([, { Properties }]) => Properties.NatGatewayId);
    expect(dependencies).toEqual(expect.arrayContaining(routes.map(([id]) => id)));
    expect(dependencies).toEqual(expect.arrayContaining(Object.keys(template.findResources('AWS::EC2::VPCEndpoint'))));
  });

  test.each([
    ['off where none asks', { A: DEVELOPMENT, B: DEVELOPMENT }, 'disabled'],
    ['on where the first asks', { A: PRODUCTION, B: DEVELOPMENT }, 'enabled'],
    ['on where the last asks', { A: DEVELOPMENT, B: PRODUCTION }, 'enabled'],
  ])('has Container Insights %s', (_, services, value) => {
    expect(only(templateWith(services), 'AWS::ECS::Cluster').Properties.ClusterSettings).toEqual([
      { Name: 'containerInsights', Value: value },
    ]);
  });

  test.each([
    ['first', { A: { hardening: { restrictDefaultSecurityGroup: true } }, B: {} }],
    ['last', { A: {}, B: { hardening: { restrictDefaultSecurityGroup: true } } }],
    ['both', { A: { hardening: { restrictDefaultSecurityGroup: true } }, B: { hardening: { restrictDefaultSecurityGroup: true } } }],
  ])('has its default security group closed where one asks, the %s', (_, services) => {
    templateWith(services).resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
  });
});

interface ServiceProperties {
  readonly NetworkConfiguration: { readonly AwsvpcConfiguration: { readonly AssignPublicIp: string } };
}

describe('the flow logs', () => {
  const logging = (retention: RetentionDays, removalPolicy = RemovalPolicy.DESTROY) => ({ logging: { retention, removalPolicy } });
  const flowLogs = (services: Services) => only(templateWith(services), 'AWS::Logs::LogGroup', /FlowLogs/);

  test.each<[string, Services, number | undefined]>([
    ['the first', { A: logging(RetentionDays.ONE_YEAR), B: logging(RetentionDays.ONE_DAY) }, 365],
    ['the last', { A: logging(RetentionDays.ONE_DAY), B: logging(RetentionDays.ONE_YEAR) }, 365],
    ['one without an end', { A: logging(RetentionDays.ONE_DAY), B: logging(RetentionDays.INFINITE) }, undefined],
  ])('are kept as long as the longest says, %s', (_, services, days) => {
    expect(flowLogs(services).Properties.RetentionInDays).toBe(days);
  });

  test.each([
    ['one keeps its logs', { A: logging(1), B: logging(1, RemovalPolicy.RETAIN) }, 'Retain'],
    ['none keeps its logs', { A: logging(1), B: logging(1) }, 'Delete'],
  ])('after removal: %s', (_, services, policy) => {
    expect(flowLogs(services)).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
  });

  test('are encrypted with the key that one names, and not with two', () => {
    const stack = testStack();
    const [key, other] = ['Key', 'Other'].map((id) => new Key(stack, id));
    service(stack, {}, 'A');
    service(stack, { logging: { encryptionKey: key } }, 'B');
    expect(only(Template.fromStack(stack), 'AWS::Logs::LogGroup', /FlowLogs/).Properties.KmsKeyId).toEqual(stack.resolve(key.keyArn));
    expectError(
      () => service(stack, { logging: { encryptionKey: other } }, 'C'),
      'the services Test/B and Test/C share the network of the stack, and its flow logs can be encrypted with one key only, got two; give both the same encryptionKey, or set flowLogs of hardening to false at one of them',
    );
  });
});
