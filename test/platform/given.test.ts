import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { type App, CfnParameter, type Environment, Lazy, Stack, Stage } from 'aws-cdk-lib/core';
import { FlaskPlatform, type FlaskPlatformProps, LoadBalancing } from '../../src';
import { expectError, fullService, only, testApp, testStack, warningIds, warningsOf } from '../util/test-stack';

const PLATFORM = 'Platform';

function platformIn(stack: Stack, props: Partial<FlaskPlatformProps> = {}): FlaskPlatform {
  return new FlaskPlatform(stack, PLATFORM, { name: 'production', ...props });
}

describe('the name', () => {
  const token = new CfnParameter(testStack(), 'Name').valueAsString;
  const known = "the name of a platform must be known at synth, got a token; give it as text, 'production', for example";

  test.each([
    [
      'Production',
      "the name of a platform must be 1 to 32 lower-case letters, digits and hyphens that begin with a letter, such as 'production', got 'Production'",
    ],
    [token, known],
    [Lazy.string({ produce: () => 'production' }), known],
  ])('%s is refused, of a platform and of one that is named', (name, message) => {
    expectError(() => platformIn(testStack(), { name }), message);
    expectError(() => FlaskPlatform.fromName(testStack(), PLATFORM, name), message);
  });
});

test('a zone that only a VPC reads is refused', () => {
  const stack = testStack();
  const zone = new PrivateHostedZone(stack, 'Inside', { zoneName: 'example.com', vpc: new Vpc(stack, 'Vpc') });
  expectError(
    () => platformIn(stack, { zone }),
    'the zone must be a public hosted zone, because AWS Certificate Manager looks there for the record of the certificate, got the private Test/Inside; give a public zone of the same domain, or a certificate that exists',
  );
});

describe('an app with several platforms', () => {
  const inStack = (app: App, id: string, region?: string) => platformIn(new Stack(app, id, { env: { region } }));

  test('has a name once in an account and region', () => {
    const app = testApp();
    inStack(app, 'One');
    expectError(
      () => inStack(app, 'Other'),
      "the name of a platform must be unique in an account and region, got 'production' for One/Platform too; give one of them another name",
    );
  });

  test('has a name in each region, and in each stage', () => {
    const app = testApp();
    inStack(app, 'Ireland', 'eu-west-1');
    inStack(app, 'Ohio', 'us-east-2');
    for (const id of ['Blue', 'Green']) {
      platformIn(new Stack(new Stage(app, id), 'Platform'));
    }
    expect(() => app.synth()).not.toThrow();
  });

  test.each<[string, Environment, Environment, string | undefined]>([
    [
      'region',
      { region: 'eu-west-1' },
      { region: 'us-east-2' },
      'a service must be in the region of its platform (eu-west-1), whose parameters it reads, got us-east-2; give it a platform of that region',
    ],
    [
      'account',
      { account: '111111111111' },
      { account: '222222222222' },
      'a service must be in the account of its platform (111111111111), whose parameters it reads, got 222222222222; give it a platform of that account',
    ],
    ['region that is not known', { region: 'eu-west-1' }, {}, undefined],
  ])('and no service in another %s', (_, ofPlatform, ofService, message) => {
    const app = testApp();
    const platform = platformIn(new Stack(app, 'One', { env: ofPlatform }));
    const join = () => fullService(new Stack(app, 'Shop', { env: ofService }), { loadBalancing: LoadBalancing.onPlatform(platform) });
    if (message) {
      expectError(join, message);
    } else {
      expect(join).not.toThrow();
    }
  });
});

test('a VPC and a load balancer that exist are those of the platform', () => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'Given', { vpc, internetFacing: true, dropInvalidHeaderFields: true });
  const listener = loadBalancer.addListener('Http', { port: 80, defaultAction: ListenerAction.fixedResponse(404) });
  const platform = platformIn(stack, { vpc, existingLoadBalancer: { loadBalancer, listener } });
  expect(platform.vpc).toBe(vpc);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
  template.resourceCountIs('AWS::EC2::VPC', 1);
});

test('a cluster that exists has capacity providers, for a service may be on Spot one day', () => {
  const stack = testStack();
  const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }) });
  expect(platformIn(stack, { cluster }).cluster).toBe(cluster);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ECS::Cluster', 1);
  expect(only(template, 'AWS::ECS::ClusterCapacityProviderAssociations').Properties).toMatchObject({
    CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  });
});

test('of a cluster that is imported nobody knows whether it has them', () => {
  const stack = testStack();
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'team', vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }) });
  platformIn(stack, { cluster });
  expect(warningIds(stack)).toContain('cdk-flask-fargate:spotOnGivenCluster');
});

describe('what can be done about a load balancer is said in the words of the platform', () => {
  test('plain HTTP', () => {
    const stack = testStack();
    platformIn(stack);
    expect(warningsOf(stack)).toContainEqual(
      expect.objectContaining({
        id: 'cdk-flask-fargate:plainHttp',
        text: 'the load balancer speaks plain HTTP: anyone on the way can read and change what clients send and get; give zone or certificates to the FlaskPlatform',
      }),
    );
  });

  const importedVpc = (stack: Stack) =>
    Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
      privateSubnetRouteTableIds: ['rtb-1', 'rtb-2'],
    });

  test('no public subnets', () => {
    const stack = testStack();
    const vpc = importedVpc(stack);
    expectError(
      () => platformIn(stack, { vpc }),
      'the load balancer needs public subnets in two zones, got a VPC without any: Test/Vpc; set publicLoadBalancer of the FlaskPlatform to false, or give a vpc that has them',
    );
  });

  test('addresses that are not known', () => {
    const stack = testStack();
    const vpc = importedVpc(stack);
    expectError(
      () => platformIn(stack, { vpc, publicLoadBalancer: false, internalLoadBalancer: true }),
      'the addresses of the VPC Test/Vpc are not known, so the default cannot let anybody in; import it with vpcCidrBlock',
    );
  });
});

test('the members let each other in, at the ports of apps alone', () => {
  const stack = testStack();
  platformIn(stack);
  const template = Template.fromStack(stack);
  const members = only(template, 'AWS::EC2::SecurityGroup', /Members/).id;
  const inside = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
    .map(({ Properties }) => Properties)
    .filter(({ SourceSecurityGroupId }) => JSON.stringify(SourceSecurityGroupId).includes(`"${members}"`));
  expect(inside).toEqual([
    {
      Description: 'from each other',
      FromPort: 1024,
      ToPort: 65_535,
      IpProtocol: 'tcp',
      GroupId: { 'Fn::GetAtt': [members, 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [members, 'GroupId'] },
    },
  ]);
});
