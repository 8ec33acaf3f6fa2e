import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { Capacity, Egress, FlaskStage, LoadBalancing } from '../../src';
import { adviceOf, expectError, only, service, templateOf, testApp, testStack } from '../util/test-stack';

const { PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED } = SubnetType;

function vpcWith(stack: Stack, ...types: SubnetType[]): Vpc {
  const natGateways = types.includes(PRIVATE_WITH_EGRESS) ? 1 : 0;
  return new Vpc(stack, 'Vpc', {
    maxAzs: 2,
    natGateways,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType })),
  });
}

const subnetsOf = (template: Template) =>
  (
    only(template, 'AWS::ECS::Service').Properties.NetworkConfiguration as {
      AwsvpcConfiguration: { Subnets: unknown; AssignPublicIp: string };
    }
  ).AwsvpcConfiguration;

describe('a VPC that is made', () => {
  test('has two zones, and leaves its default security group as it is: closing it takes a custom resource', () => {
    const template = templateOf();
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 0);
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('can have its default security group closed', () => {
    templateOf({ hardening: { restrictDefaultSecurityGroup: true } }).resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
  });

  test('writes the connections that it rejects to a log that is kept as the other', () => {
    const template = templateOf({ logging: { retention: RetentionDays.ONE_YEAR } });
    const group = only(template, 'AWS::Logs::LogGroup', /FlowLogs/);
    expect(group).toMatchObject({ DeletionPolicy: 'Retain', Properties: { RetentionInDays: 365 } });
    expect(only(template, 'AWS::EC2::FlowLog').Properties).toMatchObject({
      TrafficType: 'REJECT',
      ResourceType: 'VPC',
      ResourceId: { Ref: only(template, 'AWS::EC2::VPC').id },
      LogGroupName: { Ref: group.id },
    });
  });

  test.each([
    ['by hand', { hardening: { flowLogs: false } }],
    ['in development', { stage: FlaskStage.development() }],
  ])('writes none where that is off %s', (_, props) => {
    templateOf(props).resourceCountIs('AWS::EC2::FlowLog', 0);
  });
});

describe('a VPC that is given', () => {
  test('is used, with its private subnets, and has its own flow logs', () => {
    const stack = testStack();
    const vpc = vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS);
    expect(service(stack, { vpc }).vpc).toBe(vpc);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EC2::FlowLog', 0);
    expect(subnetsOf(template)).toMatchObject({
      Subnets: stack.resolve(vpc.privateSubnets.map(({ subnetId }) => subnetId)),
      AssignPublicIp: 'DISABLED',
    });
  });

  test('is used with its private subnets in the development stage too', () => {
    const stack = testStack();
    service(stack, { vpc: vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS), stage: FlaskStage.development() });
    expect(subnetsOf(Template.fromStack(stack)).AssignPublicIp).toBe('DISABLED');
  });

  test.each<[string, Egress, (vpc: IVpc) => unknown[], string]>([
    ['natGateways', Egress.natGateways(), (vpc) => vpc.privateSubnets, 'DISABLED'],
    ['publicIps', Egress.publicIps(), (vpc) => vpc.publicSubnets, 'ENABLED'],
    ['vpcEndpoints', Egress.vpcEndpoints(), (vpc) => vpc.isolatedSubnets, 'DISABLED'],
  ])('is used with the subnets of %s', (_, egress, subnets, assignPublicIp) => {
    const stack = testStack();
    const vpc = vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED);
    service(stack, { vpc, egress });
    expect(subnetsOf(Template.fromStack(stack))).toMatchObject({
      Subnets: stack.resolve((subnets(vpc) as { subnetId: string }[]).map(({ subnetId }) => subnetId)),
      AssignPublicIp: assignPublicIp,
    });
  });

  test('may be one that exists, of which the addresses are not known', () => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a', 'b'],
      publicSubnetIds: ['subnet-1', 'subnet-2'],
      privateSubnetIds: ['subnet-3', 'subnet-4'],
    });
    service(stack, { vpc });
    expect(subnetsOf(Template.fromStack(stack)).Subnets).toEqual(['subnet-3', 'subnet-4']);
  });

  test('has the number of its NAT gateways already', () => {
    const stack = testStack();
    expectError(
      () => service(stack, { vpc: vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS), egress: Egress.natGateways(1) }),
      'the number of NAT gateways belongs to a VPC that is made here, got Egress.natGateways(1) and a VPC that is given; use Egress.natGateways() or leave egress out',
    );
  });

  test.each<[string, SubnetType[], Egress | undefined, string]>([
    [
      'by default',
      [PUBLIC],
      undefined,
      'the VPC that is given has no private (with egress) subnets, which the tasks need by default; this VPC allows Egress.publicIps(): set egress',
    ],
    [
      'for NAT gateways',
      [PUBLIC, PRIVATE_ISOLATED],
      Egress.natGateways(),
      'the VPC that is given has no private (with egress) subnets, which Egress.natGateways() needs; this VPC allows Egress.publicIps() or Egress.vpcEndpoints(): set egress',
    ],
    [
      'for public IPs',
      [PRIVATE_ISOLATED],
      Egress.publicIps(),
      'the VPC that is given has no public subnets, which Egress.publicIps() needs; this VPC allows Egress.vpcEndpoints(): set egress',
    ],
    [
      'for VPC endpoints',
      [PUBLIC, PRIVATE_WITH_EGRESS],
      Egress.vpcEndpoints(),
      'the VPC that is given has no isolated subnets, which Egress.vpcEndpoints() needs; this VPC allows Egress.natGateways() or Egress.publicIps(): set egress',
    ],
  ])('must have the subnets that are needed %s', (_, types, egress, message) => {
    const stack = testStack();
    expectError(() => service(stack, { vpc: vpcWith(stack, ...types), egress }), message);
  });

  test('must have subnets at all', () => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
    expectError(
      () => service(stack, { vpc }),
      'the VPC that is given has no private (with egress) subnets, which the tasks need by default; this VPC allows none of the choices: set egress',
    );
  });
});

describe('isolated subnets of a VPC that is given', () => {
  const ID = 'cdk-flask-fargate:endpointsOfGivenVpc';
  const setup = (createEndpoints?: boolean) => {
    const stack = testStack();
    service(stack, { vpc: vpcWith(stack, PUBLIC, PRIVATE_ISOLATED), egress: Egress.vpcEndpoints({ createEndpoints }) });
    return stack;
  };

  test('get no endpoints, and advice on those that they need', () => {
    const stack = setup();
    Template.fromStack(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    expect(adviceOf(stack)).toEqual([
      {
        path: '/Test/Web/Network',
        id: ID,
        text: 'the tasks run in isolated subnets of a VPC that is given, and no endpoint is made there; make sure that it has the interface endpoints ecr.api, ecr.dkr, logs and a gateway endpoint for S3, or set createEndpoints of Egress.vpcEndpoints() to true',
      },
    ]);
  });

  test('get advice on those that a task needs beside', () => {
    const stack = testStack();
    const web = service(stack, { vpc: vpcWith(stack, PUBLIC, PRIVATE_ISOLATED), egress: Egress.vpcEndpoints() });
    const secret = EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(stack, 'Secret', 'key'));
    web.addTask('First', { command: ['true'], secrets: { KEY: secret } });
    web.addTask('Second', { command: ['true'], secrets: { KEY: secret } });
    // each once
    expect(adviceOf(stack).map(({ text }) => text.match(/interface endpoints ([^ ]+(, [^ ]+)*) and/)?.[1])).toEqual([
      'ecr.api, ecr.dkr, logs',
      'secretsmanager',
    ]);
  });

  test('get them where that is asked for', () => {
    const stack = setup(true);
    Template.fromStack(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 4);
    expect(adviceOf(stack)).toEqual([]);
  });

  test('cannot have them where the VPC is imported without its route tables and addresses', () => {
    const stack = testStack();
    const given = (more = {}) =>
      Vpc.fromVpcAttributes(stack, `Given${Object.keys(more).length}`, {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        isolatedSubnetIds: ['subnet-1', 'subnet-2'],
        ...more,
      });
    const loadBalancing = LoadBalancing.none();
    const egress = Egress.vpcEndpoints({ createEndpoints: true });
    expectError(
      () => service(stack, { vpc: given(), egress, loadBalancing }),
      'createEndpoints makes endpoints in the VPC, got Test/Given0, which is imported without the route tables of its subnets and vpcCidrBlock; import it with them, or leave createEndpoints out and make the endpoints where the VPC is made',
    );
    const isolatedSubnetRouteTableIds = ['rtb-1', 'rtb-2'];
    const half = given({ isolatedSubnetRouteTableIds });
    expect(() => service(stack, { vpc: half, egress, loadBalancing }, 'Half')).toThrow('which is imported without vpcCidrBlock; import');
    const known = given({ isolatedSubnetRouteTableIds, vpcCidrBlock: '10.0.0.0/16' });
    expect(() => service(stack, { vpc: known, egress, loadBalancing }, 'Known')).not.toThrow();
  });

  test('can be acknowledged', () => {
    const stack = setup();
    Annotations.of(stack).acknowledgeWarning(ID);
    expect(adviceOf(stack)).toEqual([]);
  });
});

test('a VPC that is made can do without its endpoints, with the same advice', () => {
  const stack = testStack();
  service(stack, { egress: Egress.vpcEndpoints({ createEndpoints: false }) });
  // the gateway endpoints alone, which are free
  Template.fromStack(stack).resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }, 2);
  Template.fromStack(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 2);
  expect(adviceOf(stack).map(({ id }) => id)).toEqual(['cdk-flask-fargate:endpointsOfGivenVpc']);
});

describe('a cluster', () => {
  test('is made with Container Insights', () => {
    expect(only(templateOf(), 'AWS::ECS::Cluster').Properties).toEqual({
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
    });
  });

  test('is made in the VPC that is given', () => {
    const stack = testStack();
    const vpc = vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS);
    expect(service(stack, { vpc }).cluster.vpc).toBe(vpc);
  });

  test('that is given brings its VPC', () => {
    const stack = testStack();
    const cluster = new Cluster(stack, 'Cluster', { vpc: vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS) });
    const web = service(stack, { cluster });
    expect(web.cluster).toBe(cluster);
    expect(web.vpc).toBe(cluster.vpc);
    Template.fromStack(stack).resourceCountIs('AWS::ECS::Cluster', 1);
    // which is the user's to say
    expect(only(Template.fromStack(stack), 'AWS::ECS::Cluster').Properties).not.toHaveProperty('ClusterSettings');
  });

  test('that is given may be given with its VPC', () => {
    const stack = testStack();
    const vpc = vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS);
    expect(() => service(stack, { vpc, cluster: new Cluster(stack, 'Cluster', { vpc }) })).not.toThrow();
  });

  test('that is given may be given with the same VPC looked up twice', () => {
    const stack = testStack();
    const lookUp = (id: string) =>
      Vpc.fromVpcAttributes(stack, id, {
        vpcId: 'vpc-1',
        vpcCidrBlock: '10.0.0.0/16',
        availabilityZones: ['a'],
        publicSubnetIds: ['subnet-1'],
        privateSubnetIds: ['subnet-2'],
      });
    const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc: lookUp('One') });
    expect(() => service(stack, { vpc: lookUp('Two'), cluster, loadBalancing: LoadBalancing.none() })).not.toThrow();
  });

  test('that is given must be in the VPC that is given', () => {
    const app = testApp();
    const [first, second] = [new Stack(app, 'First'), new Stack(app, 'Second')];
    const cluster = new Cluster(second, 'Cluster', { vpc: vpcWith(second, PUBLIC, PRIVATE_WITH_EGRESS) });
    expectError(
      () => service(first, { vpc: vpcWith(first, PUBLIC, PRIVATE_WITH_EGRESS), cluster }),
      'the cluster is in another VPC than the one given, got cluster Second/Cluster and vpc First/Vpc; give only the cluster, whose VPC is then used',
    );
  });
});

describe('Spot', () => {
  const spot = { capacity: Capacity.spot(), loadBalancing: LoadBalancing.none() };

  test('is offered by a cluster that is made, with no resource of its own: that would block the destruction', () => {
    const template = templateOf(spot);
    expect(only(template, 'AWS::ECS::Cluster').Properties.CapacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT']);
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
  });

  test('is offered by a cluster of the app that is given', () => {
    const stack = testStack();
    const cluster = new Cluster(stack, 'Cluster', { vpc: vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS) });
    service(stack, { ...spot, cluster });
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    });
    expect(adviceOf(stack)).toEqual([]);
  });

  const onExisting = (capacity: Capacity) => {
    const stack = testStack();
    const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', {
      clusterName: 'shared',
      vpc: vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS),
    });
    service(stack, { ...spot, capacity, cluster });
    return stack;
  };

  test('is advised on in a cluster that exists', () => {
    expect(adviceOf(onExisting(Capacity.spot()))).toEqual([
      {
        path: '/Test/Web/Network',
        id: 'cdk-flask-fargate:spotOnGivenCluster',
        text: 'the tasks run on Fargate Spot in the cluster shared, which is not made by this app; make sure that it has the capacity providers FARGATE and FARGATE_SPOT',
      },
    ]);
  });

  test('is not advised on where it is not used, and the advice can be acknowledged', () => {
    expect(adviceOf(onExisting(Capacity.onDemand()))).toEqual([]);
    const stack = onExisting(Capacity.spot());
    Annotations.of(stack).acknowledgeWarning('cdk-flask-fargate:spotOnGivenCluster');
    expect(adviceOf(stack)).toEqual([]);
  });

  test('is offered by a cluster of ours where it is not used too: taken away, it would be refused as long as tasks use it', () => {
    expect(only(templateOf(), 'AWS::ECS::Cluster').Properties.CapacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT']);
    const stack = testStack();
    service(stack, { vpc: vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS) });
    expect(only(Template.fromStack(stack), 'AWS::ECS::Cluster').Properties.CapacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT']);
  });
});

test.each(['flowLogs', 'restrictDefaultSecurityGroup'] as const)('%s of a VPC that is given is set where it is made', (name) => {
  const given = (value: boolean) => {
    const stack = testStack();
    service(stack, { vpc: vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS), hardening: { [name]: value } });
  };
  expectError(
    () => given(true),
    `${name} of hardening is of a VPC that is made here, and that of this service is given; set it where the VPC is made, and leave ${name} out`,
  );
  expect(() => given(false)).not.toThrow();
});

test('a service in the network of another one may have what that one has', () => {
  const stack = testStack();
  const first = service(stack, { hardening: { flowLogs: true } });
  expect(() => service(stack, { vpc: first.vpc, hardening: { flowLogs: true } }, 'Second')).not.toThrow();
});
