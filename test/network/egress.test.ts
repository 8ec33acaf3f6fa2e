import { Template } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpointAwsService, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { CfnParameter, type Stack } from 'aws-cdk-lib/core';
import { Egress, type FlaskFargateServiceProps } from '../../src';
import { expectError, only, service, templateOf, testStack } from '../util/test-stack';

/** The tags of the subnets say what they are for. */
function subnetTypes(template: Template): string[] {
  return Object.values(template.findResources('AWS::EC2::Subnet')).map(
    ({ Properties }) => Properties.Tags.find(({ Key }: { Key: string }) => Key === 'aws-cdk:subnet-type').Value,
  );
}

/** The same with each egress: what differs are routes, gateways and endpoints. */
const SUBNETS_OF_OURS = ['Public', 'Public', 'Private', 'Private', 'Isolated', 'Isolated'];

const placementOf = (template: Template) =>
  (
    only(template, 'AWS::ECS::Service').Properties.NetworkConfiguration as {
      AwsvpcConfiguration: { AssignPublicIp: string; Subnets: unknown[] };
    }
  ).AwsvpcConfiguration;

/** The services of the endpoints: `ecr.api` of `com.amazonaws.us-east-1.ecr.api`. */
function endpointsOf(template: Template): string[] {
  return Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
    .map(({ Properties }) => Properties.ServiceName)
    .map((name) =>
      typeof name === 'string' ? name : name['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'REGION')).join(''),
    )
    .map((name) => name.replace(/^com\.amazonaws\.(us-east-1|REGION)\./, ''))
    .sort();
}

describe('NAT gateways', () => {
  test('are the default: one in each of two zones, and private subnets for the tasks', () => {
    for (const template of [templateOf(), templateOf({ egress: Egress.natGateways() })]) {
      template.resourceCountIs('AWS::EC2::NatGateway', 2);
      expect(subnetTypes(template)).toEqual(SUBNETS_OF_OURS);
      expect(placementOf(template).AssignPublicIp).toBe('DISABLED');
      expect(placementOf(template).Subnets).toHaveLength(2);
      // free of charge, in each VPC of ours
      expect(endpointsOf(template)).toEqual(['dynamodb', 's3']);
    }
  });

  test('can be counted', () => {
    const template = templateOf({ egress: Egress.natGateways(1) });
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    expect(subnetTypes(template)).toEqual(SUBNETS_OF_OURS);
  });

  test.each([0, 17, 1.5])('%p of them are refused', (count) => {
    expectError(
      () => Egress.natGateways(count),
      `the number of NAT gateways must be a whole number from 1 to 16, got ${count}; use Egress.publicIps() or Egress.vpcEndpoints() for a VPC without one`,
    );
  });

  test.each([1, 16])('%i of them are taken', (count) => {
    expect(() => Egress.natGateways(count)).not.toThrow();
  });

  test('a number that is known at deployment only is refused: gateways are made at synth', () => {
    expectError(
      () => Egress.natGateways(new CfnParameter(testStack(), 'Count', { type: 'Number' }).valueAsNumber),
      'the number of NAT gateways must be known at synth, got a token; give a value that is known, Egress.natGateways(1), for example',
    );
  });
});

describe('public IPs', () => {
  test('put the tasks into public subnets, with no gateway to pay for', () => {
    const template = templateOf({ egress: Egress.publicIps() });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    // the isolated ones are for databases
    expect(subnetTypes(template)).toEqual(SUBNETS_OF_OURS);
    expect(placementOf(template).AssignPublicIp).toBe('ENABLED');
    // the tasks get theirs from ECS; nothing else in the subnets should
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });
});

describe('VPC endpoints', () => {
  const template = (props: Partial<FlaskFargateServiceProps> = {}, prepare?: (stack: Stack) => Partial<FlaskFargateServiceProps>) => {
    const stack = testStack({ env: { account: '123456789012', region: 'us-east-1' } });
    service(stack, { egress: Egress.vpcEndpoints(), ...props, ...prepare?.(stack) });
    return Template.fromStack(stack);
  };

  test('put the tasks into subnets without a way out, with the endpoints for the image and the log', () => {
    const made = template();
    made.resourceCountIs('AWS::EC2::NatGateway', 0);
    expect(subnetTypes(made)).toEqual(SUBNETS_OF_OURS);
    expect(placementOf(made).AssignPublicIp).toBe('DISABLED');
    expect(endpointsOf(made)).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'logs', 's3']);
    made.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
  });

  test('are there before the tasks', () => {
    const made = template();
    const dependencies = only(made, 'AWS::ECS::Service').DependsOn;
    expect(dependencies).toEqual(expect.arrayContaining(Object.keys(made.findResources('AWS::EC2::VPCEndpoint'))));
  });

  test('are in the subnets of the tasks', () => {
    const made = template();
    const { Subnets } = placementOf(made);
    for (const { Properties } of Object.values(
      made.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } }),
    )) {
      expect(Properties.SubnetIds).toEqual(Subnets);
    }
  });

  test('have one for a secret of Secrets Manager', () => {
    const made = template({}, (stack) => ({ secrets: { KEY: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) } }));
    expect(endpointsOf(made)).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'logs', 's3', 'secretsmanager']);
  });

  test('have one for a parameter of SSM', () => {
    const made = template({}, (stack) => ({
      secrets: {
        KEY: EcsSecret.fromSsmParameter(StringParameter.fromSecureStringParameterAttributes(stack, 'P', { parameterName: '/key' })),
      },
    }));
    expect(endpointsOf(made)).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'logs', 's3', 'ssm']);
  });

  test('have one each for both', () => {
    const made = template({}, (stack) => ({
      secrets: {
        A: EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(stack, 'Secret', 'key')),
        B: EcsSecret.fromSsmParameter(new StringParameter(stack, 'P', { stringValue: 'x' })),
      },
    }));
    expect(endpointsOf(made)).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'logs', 's3', 'secretsmanager', 'ssm']);
  });

  test('have one for ECS Exec', () => {
    expect(endpointsOf(template({ hardening: { enableExecuteCommand: true } }))).toEqual([
      'dynamodb',
      'ecr.api',
      'ecr.dkr',
      'logs',
      's3',
      'ssmmessages',
    ]);
  });

  test('have one for the secrets of a task that is added', () => {
    const stack = testStack();
    const web = service(stack, { egress: Egress.vpcEndpoints() });
    web.addTask('Job', { command: ['true'], secrets: { KEY: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) } });
    expect(endpointsOf(Template.fromStack(stack))).toContain('secretsmanager');
  });

  test('have one for the secrets of a sidecar', () => {
    const stack = testStack();
    const web = service(stack, { egress: Egress.vpcEndpoints() });
    const secrets = { KEY: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) };
    web.addSidecar('Proxy', { image: ContainerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/proxy:1'), secrets });
    expect(endpointsOf(Template.fromStack(stack))).toContain('secretsmanager');
  });

  test('have one for traces', () => {
    const stack = testStack();
    service(stack, { egress: Egress.vpcEndpoints() }).addOpenTelemetry();
    expect(endpointsOf(Template.fromStack(stack))).toContain('xray');
  });

  test('have further ones, and one that is named twice once', () => {
    const egress = Egress.vpcEndpoints({
      additionalEndpoints: [InterfaceVpcEndpointAwsService.SQS, InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS],
    });
    expect(endpointsOf(template({ egress }))).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'logs', 's3', 'sqs']);
  });
});

test('two services of one VPC share its endpoints', () => {
  const stack = testStack();
  const web = service(stack, { egress: Egress.vpcEndpoints() });
  service(stack, { vpc: web.vpc, egress: Egress.vpcEndpoints({ createEndpoints: true }) }, 'Admin');
  expect(endpointsOf(Template.fromStack(stack))).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'logs', 's3']);
});

test.each([
  ['natGateways', Egress.natGateways()],
  ['publicIps', Egress.publicIps()],
  ['vpcEndpoints', Egress.vpcEndpoints()],
] as const)('a database stands in isolated subnets that the tasks are not in, with %s', (_, egress) => {
  const web = service(testStack(), { egress });
  const { subnets } = web.vpc.selectSubnets(web.dataSubnets);
  expect(subnets).toEqual(web.vpc.isolatedSubnets);
  expect(subnets.map(({ node }) => node.id)).toEqual(['DataSubnet1', 'DataSubnet2']);
});

test('a database stands in public subnets where a VPC that is given has no others', () => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC }] });
  expect(service(stack, { vpc, egress: Egress.publicIps() }).dataSubnets).toEqual({ subnetType: SubnetType.PUBLIC });
});
