import { Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Domain, EngineVersion } from 'aws-cdk-lib/aws-opensearchservice';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Stack } from 'aws-cdk-lib/core';
import { FlaskReleaseTask, FlaskSecretKey } from '../../src';
import { validateTemplates } from '../util/flags';
import { madeBefore } from '../util/order';
import { expectError, service, statementsOf, testApp, testStack } from '../util/test-stack';

/*
 * What an app stands on is mostly in a stack of its own. No reference may go back, or the stacks form a circle. With the flags of `cdk init`, and its validation.
 */
validateTemplates();

function two() {
  const app = testApp();
  const data = new Stack(app, 'Data');
  const stack = new Stack(app, 'Test');
  const vpc = new Vpc(data, 'Vpc', { restrictDefaultSecurityGroup: false });
  const web = service(stack, { vpc });
  return { app, data, stack, vpc, web };
}

const ingress = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'))
    .map(({ Properties }) => Properties)
    .filter(({ Description }) => Description === 'from a Flask app');

test('a file system: its rules stand with the service, for processes that are added later too', () => {
  const { app, data, stack, vpc, web } = two();
  const fileSystem = new FileSystem(data, 'Media', { vpc });
  web.addWorker('Early', { command: ['celery'] });
  web.addFileSystem('media', { fileSystem, containerPath: '/mnt/media' });
  web.addReleaseTask('Migrate', { command: ['true'] });
  expect(() => app.synth()).not.toThrow();
  expect(ingress(stack)).toEqual([
    expect.objectContaining({ FromPort: 2049, ToPort: 2049 }),
    expect.objectContaining({ FromPort: 2049, ToPort: 2049 }),
  ]);
  expect(data.dependencies).toEqual([]);
});

test('a file system of the same stack: the tasks wait for its mount targets and for the rule', () => {
  const stack = new Stack(testApp(), 'Test');
  const web = service(stack);
  const fileSystem = new FileSystem(stack, 'Media', { vpc: web.vpc });
  web.addFileSystem('media', { fileSystem, containerPath: '/mnt/media' });
  expect(madeBefore(Template.fromStack(stack), web.service)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^MediaEfsMountTarget/), expect.stringMatching(/^MediaEfsSecurityGroupfrom/)]),
  );
});

describe('a secret with a key of its own', () => {
  test('is read by a right of the role, and the policy of the key is as it was', () => {
    const { app, data, stack, web } = two();
    const encryptionKey = new Key(data, 'Key');
    const secret = new Secret(data, 'Secret', { encryptionKey });
    web.addSecrets({ API_KEY: EcsSecret.fromSecretsManager(secret, 'key'), WHOLE: EcsSecret.fromSecretsManager(secret) });
    expect(() => app.synth()).not.toThrow();
    const decrypt = statementsOf(Template.fromStack(stack), web.executionRole).filter(({ Action }) => Action === 'kms:Decrypt');
    const arn = stack.resolve(secret.secretArn);
    expect(JSON.stringify(Template.fromStack(data).findResources('AWS::KMS::Key'))).not.toContain('Test');
    expect(decrypt).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': arn } },
      },
    ]);
  });

  test('is read once more by a service of the same stack, as the CDK does it', () => {
    const stack = new Stack(testApp(), 'Test');
    const web = service(stack);
    const secret = new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key') });
    web.addSecrets({ API_KEY: EcsSecret.fromSecretsManager(secret) });
    const template = Template.fromStack(stack);
    expect(statementsOf(template, web.executionRole).filter(({ Action }) => Action === 'kms:Decrypt')).toEqual([]);
    expect(JSON.stringify(template.findResources('AWS::KMS::Key'))).toContain('secretsmanager.');
  });

  test('may be that of a sidecar', () => {
    const { app, data, web } = two();
    const secret = new Secret(data, 'Secret', { encryptionKey: new Key(data, 'Key') });
    web.addSidecar('Proxy', {
      image: ContainerImage.fromRegistry('example.com/proxy:1'),
      secrets: { KEY: EcsSecret.fromSecretsManager(secret) },
    });
    expect(() => app.synth()).not.toThrow();
  });

  test('may be the secret key of Flask', () => {
    const { app, data, web } = two();
    web.useSecretKey(new FlaskSecretKey(data, 'SecretKey', { encryptionKey: new Key(data, 'Key') }));
    expect(() => app.synth()).not.toThrow();
  });

  test('without a key nothing is added', () => {
    const { data, stack, web } = two();
    web.addSecrets({ API_KEY: EcsSecret.fromSecretsManager(new Secret(data, 'Secret')) });
    expect(JSON.stringify(statementsOf(Template.fromStack(stack), web.executionRole))).not.toContain('kms:');
  });
});

describe('anything with security groups', () => {
  test('is connected by its port, and forms no circle', () => {
    const { app, data, stack, vpc, web } = two();
    const domain = new Domain(data, 'Search', {
      version: EngineVersion.OPENSEARCH_2_19,
      vpc,
      vpcSubnets: [{ subnets: [vpc.privateSubnets[0]] }],
    });
    web.connectTo(domain, Port.tcp(443));
    web.addWorker('Indexer', { command: ['true'] });
    expect(() => app.synth()).not.toThrow();
    expect(ingress(stack)).toEqual([
      expect.objectContaining({ FromPort: 443, ToPort: 443 }),
      expect.objectContaining({ FromPort: 443, ToPort: 443 }),
    ]);
  });

  test('of the same stack is made before the tasks start', () => {
    const stack = new Stack(testApp(), 'Test');
    const web = service(stack);
    const group = new SecurityGroup(stack, 'Broker', { vpc: web.vpc });
    web.connectTo(group, Port.tcp(9098));
    expect(madeBefore(Template.fromStack(stack), web.service)).toContainEqual(expect.stringMatching(/^Brokerfrom/));
  });
});

test('a release task belongs in the stack of its service', () => {
  const { data, web } = two();
  expectError(
    () => new FlaskReleaseTask(data, 'Migrate', { service: web, command: ['true'] }),
    'a release task must be in the stack of its service, whose deployment waits for it, got Data/Migrate in the stack Data and the service Test/Web in the stack Test; use web.addReleaseTask(), or give the service as scope',
  );
});

test('two services that call each other, and one that calls itself, wait for none of them', () => {
  const stack = testStack();
  const [shop, orders] = ['Shop', 'Orders'].map((id) => service(stack, {}, id));
  shop.connectTo(orders, Port.tcp(3000));
  orders.connectTo(shop, Port.tcp(3000));
  shop.connectTo(shop, Port.tcp(3000));
  // the template of a stack with a circle is refused here
  const rules = Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress', {
    Properties: { Description: 'from a Flask app', FromPort: 3000 },
  });
  expect(Object.keys(rules)).toHaveLength(6);
});
