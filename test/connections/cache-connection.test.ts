import { Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { CfnReplicationGroup, CfnServerlessCache, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnParameter, Stack, Token } from 'aws-cdk-lib/core';
import { type CacheConnectionOptions, Egress } from '../../src';
import { idOf, madeBefore } from '../util/order';
import { environmentOf, expectError, service, statementsOf, testApp, testStack } from '../util/test-stack';

const ADDRESS = 'cache.example.com';

function setup(options: Partial<CacheConnectionOptions> = {}) {
  const stack = testStack();
  const web = service(stack);
  const group = new SecurityGroup(stack, 'Cache', { vpc: web.vpc });
  web.connectToCache(group, { address: ADDRESS, ...options });
  return { stack, web, group };
}

function containerOf(stack: Stack, process: { readonly taskDefinition: Parameters<typeof idOf>[0] }): { [key: string]: unknown } {
  const { Properties } = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')[idOf(process.taskDefinition)];
  return Properties.ContainerDefinitions[0];
}

const urlOf = (stack: Stack, process: Parameters<typeof containerOf>[1]) => environmentOf(containerOf(stack, process)).CACHE_URL;
/** The rules that let in the web process; each has a twin for the other processes. */
const rulesFromWeb = (stack: Stack) =>
  rulesOf(stack).filter(({ SourceSecurityGroupId }) => /WebSecurityGroup/.test(JSON.stringify(SourceSecurityGroupId)));
const rulesOf = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'))
    .map(({ Properties }) => Properties)
    .filter(({ Description }) => Description === 'from a Flask app');

test('by default the connection is encrypted, at the port of Redis, without a password', () => {
  const { stack, web, group } = setup();
  expect(urlOf(stack, web)).toBe('rediss://cache.example.com:6379/0?ssl_cert_reqs=required');
  expect(containerOf(stack, web)).not.toHaveProperty('Secrets');
  expect(rulesFromWeb(stack)).toEqual([
    {
      Description: 'from a Flask app',
      IpProtocol: 'tcp',
      FromPort: 6379,
      ToPort: 6379,
      GroupId: stack.resolve(group.securityGroupId),
      SourceSecurityGroupId: stack.resolve(web.service.connections.securityGroups[0].securityGroupId),
    },
  ]);
});

test('takes every option', () => {
  const stack = testStack();
  const web = service(stack);
  const secret = new Secret(stack, 'Secret');
  const password = EcsSecret.fromSecretsManager(secret, 'token');
  web.connectToCache(new SecurityGroup(stack, 'Cache', { vpc: web.vpc }), {
    address: ADDRESS,
    port: 6380,
    tls: false,
    password,
    prefix: 'SESSION_CACHE',
  });
  const container = containerOf(stack, web);
  expect(environmentOf(container)).toMatchObject({ SESSION_CACHE_URL: 'redis://cache.example.com:6380/0' });
  expect(container.Secrets).toEqual([
    { Name: 'SESSION_CACHE_PASSWORD', ValueFrom: { 'Fn::Join': ['', [stack.resolve(secret.secretArn), ':token::']] } },
  ]);
  expect(rulesFromWeb(stack)).toEqual([expect.objectContaining({ FromPort: 6380, ToPort: 6380 })]);
  expect(JSON.stringify(statementsOf(Template.fromStack(stack), web.executionRole))).toContain('secretsmanager:GetSecretValue');
});

test('a serverless cache, which is an L1 construct with a security group of the user', () => {
  const stack = testStack();
  const web = service(stack);
  const group = new SecurityGroup(stack, 'Group', { vpc: web.vpc });
  const cache = new CfnServerlessCache(stack, 'Cache', {
    engine: 'valkey',
    serverlessCacheName: 'sessions',
    securityGroupIds: [group.securityGroupId],
    subnetIds: web.vpc.privateSubnets.map(({ subnetId }) => subnetId),
  });
  web.connectToCache(group, { address: cache.attrEndpointAddress, port: Token.asNumber(cache.attrEndpointPort) });
  const attribute = (name: string) => ({ 'Fn::GetAtt': ['Cache', name] });
  expect(urlOf(stack, web)).toEqual({
    'Fn::Join': ['', ['rediss://', attribute('Endpoint.Address'), ':', attribute('Endpoint.Port'), '/0?ssl_cert_reqs=required']],
  });
  expect(rulesFromWeb(stack)).toMatchObject([{ FromPort: 6379 }]);
  // the address refers to the cache, so it is there before the first task
  expect(madeBefore(Template.fromStack(stack), web.service)).toEqual(expect.arrayContaining(['Cache', idOf(group)]));
});

test('a replication group with a password', () => {
  const stack = testStack();
  const web = service(stack);
  const group = new SecurityGroup(stack, 'Group', { vpc: web.vpc });
  const token = new Secret(stack, 'Token', { generateSecretString: { excludePunctuation: true } });
  const subnets = new CfnSubnetGroup(stack, 'Subnets', {
    description: 'of the tasks',
    subnetIds: web.vpc.privateSubnets.map((s) => s.subnetId),
  });
  const cache = new CfnReplicationGroup(stack, 'Cache', {
    replicationGroupDescription: 'sessions',
    cacheSubnetGroupName: subnets.ref,
    securityGroupIds: [group.securityGroupId],
    transitEncryptionEnabled: true,
    authToken: token.secretValue.unsafeUnwrap(),
  });
  web.connectToCache(group, { address: cache.attrPrimaryEndPointAddress, password: EcsSecret.fromSecretsManager(token) });
  expect(urlOf(stack, web)).toEqual({
    'Fn::Join': ['', ['rediss://', { 'Fn::GetAtt': ['Cache', 'PrimaryEndPoint.Address'] }, ':6379/0?ssl_cert_reqs=required']],
  });
  const container = containerOf(stack, web);
  expect(container.Secrets).toEqual([{ Name: 'CACHE_PASSWORD', ValueFrom: stack.resolve(token.secretArn) }]);
  expect(JSON.stringify(container)).not.toContain('resolve:secretsmanager');
});

test('a port that is known at deployment only', () => {
  const stack = testStack();
  const web = service(stack);
  const port = new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber;
  web.connectToCache(new SecurityGroup(stack, 'Cache', { vpc: web.vpc }), { address: ADDRESS, port });
  expect(urlOf(stack, web)).toEqual({ 'Fn::Join': ['', ['rediss://cache.example.com:', { Ref: 'Port' }, '/0?ssl_cert_reqs=required']] });
  expect(rulesFromWeb(stack)).toMatchObject([{ FromPort: { Ref: 'Port' }, ToPort: { Ref: 'Port' } }]);
});

test('a security group that is imported', () => {
  const stack = testStack();
  const web = service(stack);
  web.connectToCache(SecurityGroup.fromSecurityGroupId(stack, 'Cache', 'sg-1'), { address: ADDRESS });
  expect(rulesFromWeb(stack)).toMatchObject([{ GroupId: 'sg-1' }]);
});

test('the connections of something', () => {
  const stack = testStack();
  const web = service(stack);
  const group = new SecurityGroup(stack, 'Cache', { vpc: web.vpc });
  web.connectToCache(group.connections, { address: ADDRESS });
  expect(rulesFromWeb(stack)).toMatchObject([{ GroupId: stack.resolve(group.securityGroupId) }]);
  expect(madeBefore(Template.fromStack(stack), web.service)).toContain(idOf(group));
});

test('every process is told of it and let in, also those that are added later', () => {
  const stack = testStack();
  const web = service(stack);
  const early = web.addWorker('Early', { command: ['celery'] });
  const group = new SecurityGroup(stack, 'Cache', { vpc: web.vpc });
  web.connectToCache(group, { address: ADDRESS });
  const late = web.addWorker('Late', { command: ['celery'] });
  const release = web.addReleaseTask('Migrate', { command: ['true'] });
  for (const process of [web, early, late, release]) {
    expect(urlOf(stack, process)).toBe('rediss://cache.example.com:6379/0?ssl_cert_reqs=required');
  }
  expect(rulesOf(stack)).toHaveLength(2);
  const template = Template.fromStack(stack);
  const rules = Object.keys(template.findResources('AWS::EC2::SecurityGroupIngress')).filter((id) => /^Cachefrom/.test(id));
  expect(rules).toHaveLength(2);
  for (const process of [web.service, early.service, late.service, release.node.findChild('Run')]) {
    expect(madeBefore(template, process)).toEqual(expect.arrayContaining([idOf(group), ...rules]));
  }
});

test('of another stack: the rules stand in the stack of the service', () => {
  const app = testApp();
  const data = new Stack(app, 'Data');
  const vpc = new Vpc(data, 'Vpc', { restrictDefaultSecurityGroup: false });
  const group = new SecurityGroup(data, 'Cache', { vpc });
  const stack = new Stack(app, 'Test');
  const web = service(stack, { vpc });
  web.connectToCache(group, { address: ADDRESS });
  web.addWorker('Celery', { command: ['celery'] });
  expect(() => app.synth()).not.toThrow();
  expect(rulesOf(data)).toEqual([]);
  expect(rulesOf(stack)).toHaveLength(2);
});

test('two caches and a database of their own prefixes', () => {
  const { stack, web, group } = setup();
  web.connectToCache(group, { address: 'limits.example.com', prefix: 'LIMITS' });
  expect(environmentOf(containerOf(stack, web))).toMatchObject({
    CACHE_URL: 'rediss://cache.example.com:6379/0?ssl_cert_reqs=required',
    LIMITS_URL: 'rediss://limits.example.com:6379/0?ssl_cert_reqs=required',
  });
  // one security group at one port is opened once
  expect(rulesFromWeb(stack)).toHaveLength(1);
});

test('in isolated subnets, its password makes the endpoint of Secrets Manager appear', () => {
  const stack = testStack();
  const web = service(stack, { egress: Egress.vpcEndpoints() });
  const group = new SecurityGroup(stack, 'Cache', { vpc: web.vpc });
  web.connectToCache(group, { address: ADDRESS });
  expect(web.vpc.node.tryFindChild('Secretsmanager')).toBeUndefined();
  web.connectToCache(group, { address: ADDRESS, prefix: 'OTHER', password: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) });
  expect(web.vpc.node.tryFindChild('Secretsmanager')).toBeDefined();
});

describe('a mistake', () => {
  test.each(['rediss://cache.example.com', 'cache.example.com:6379', 'cache.example.com/0', 'user@cache', 'my cache', ''])(
    'the address %p',
    (address) => {
      expectError(
        () => setup({ address }),
        `address must be a host name without a scheme and a port, such as 'cache.example.com', got '${address}'`,
      );
    },
  );

  test.each([0, 65_536, 6379.5, -1])('the port %p', (port) => {
    expectError(() => setup({ port }), `port of the cache must be a whole number from 1 to 65535, got ${port}`);
  });

  test('a variable for a password that the cache has not', () => {
    expectError(
      () => setup({ names: { password: 'CACHE_SECRET' } }),
      "names.password is for the password of a cache, got 'CACHE_SECRET' and no password; leave names.password out",
    );
  });

  test.each([1, 65_535])('the port %p is none', (port) => {
    const { stack } = setup({ port });
    expect(rulesFromWeb(stack)).toMatchObject([{ FromPort: port }]);
  });

  test.each(['cache', '1CACHE', 'SESSION-CACHE', ''])('the prefix %p', (prefix) => {
    expectError(
      () => setup({ prefix }),
      `prefix must be the begin of the name of a variable, such as 'CACHE' or 'SESSION_CACHE', got '${prefix}'`,
    );
  });

  test('a second cache with the same prefix', () => {
    const { web, group } = setup();
    expectError(
      () => web.connectToCache(group, { address: ADDRESS }),
      'the variable CACHE_URL is given already; remove it from environment and secrets, or connect another cache with a prefix of its own',
    );
  });

  test('a variable of the user', () => {
    const stack = testStack();
    const web = service(stack, { environment: { CACHE_URL: 'redis://localhost' } });
    expect(() => web.connectToCache(new SecurityGroup(stack, 'Cache', { vpc: web.vpc }), { address: ADDRESS })).toThrow(
      /^the variable CACHE_URL is given already; /,
    );
  });
});

test('what else is let in to the cache is left alone', () => {
  const { stack, group, web } = setup();
  group.connections.allowFrom(new SecurityGroup(stack, 'Other', { vpc: web.vpc }), Port.tcp(6379));
  expect(rulesFromWeb(stack)).toHaveLength(1);
});
