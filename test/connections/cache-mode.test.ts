import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnCacheCluster, CfnReplicationGroup, type CfnReplicationGroupProps, CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { CfnCluster } from 'aws-cdk-lib/aws-memorydb';
import { type Stack, Token } from 'aws-cdk-lib/core';
import { adviceOf, containersOf, environmentOf, expectError, service, testStack } from '../util/test-stack';

/*
 * What the resource behind an address says of the cache: whether plain clients can use it, and whether it is encrypted.
 */
function connect(addressOf: (stack: Stack) => string, tls?: boolean) {
  const stack = testStack();
  const web = service(stack);
  web.connectToCache(new SecurityGroup(stack, 'Group', { vpc: web.vpc }), { address: addressOf(stack), tls });
  return adviceOf(stack);
}

const group = (props: Partial<CfnReplicationGroupProps>) => (stack: Stack) =>
  new CfnReplicationGroup(stack, 'Cache', { replicationGroupDescription: 'a cache', transitEncryptionEnabled: true, ...props })
    .attrPrimaryEndPointAddress;
const serverless = (stack: Stack) =>
  new CfnServerlessCache(stack, 'Cache', { engine: 'valkey', serverlessCacheName: 'shop' }).attrEndpointAddress;

const node = (engine: string) => (stack: Stack) => {
  const cluster = new CfnCacheCluster(stack, 'Cache', { engine, cacheNodeType: 'cache.t4g.micro', numCacheNodes: 1 });
  return engine === 'memcached' ? cluster.attrConfigurationEndpointAddress : cluster.attrRedisEndpointAddress;
};
const memoryDb = (tlsEnabled?: boolean, port?: number) => (stack: Stack) =>
  new CfnCluster(stack, 'Cache', { aclName: 'open', clusterName: 'shop', nodeType: 'db.t4g.small', tlsEnabled, port })
    .attrClusterEndpointAddress;

const advice = (why: string) => [
  {
    path: '/Test/Web',
    id: 'cdk-flask-fargate:clusterMode',
    text: `the cache Test/Cache is in cluster mode, ${why}: the app must use redis.RedisCluster.from_url(), and Celery, RQ, Flask-Caching and Flask-SocketIO fail with it; use FlaskCache.valkey() or a replication group without cluster mode for those`,
  },
];

test.each([
  ['a serverless cache', serverless, 'as every serverless cache is'],
  ['two shards', group({ numNodeGroups: 2 }), 'as it has shards'],
  ['a cluster of MemoryDB, with one shard too', memoryDb(), 'as every cluster of MemoryDB is'],
  ['one shard in cluster mode', group({ clusterMode: 'enabled' }), 'as it has shards'],
])('%s: advice', (_, addressOf, why) => {
  expect(connect(addressOf)).toEqual(advice(why));
});

test.each([
  ['one shard', group({ numNodeGroups: 1 })],
  ['no word of shards', group({})],
  ['a cache that is not made here', () => 'cache.example.com'],
])('%s: none', (_, addressOf) => {
  expect(connect(addressOf)).toEqual([]);
});

test('a URL for encryption to a cache without', () => {
  expectError(
    () => connect(group({ transitEncryptionEnabled: undefined })),
    'the cache Test/Cache has no encryption in transit, got tls set to true; turn it on there, or set tls to false here',
  );
  expect(connect(group({ transitEncryptionEnabled: false }), false)).toEqual([]);
});

test('a URL without encryption to a cache that asks for it', () => {
  expectError(
    () => connect(group({}), false),
    'the cache Test/Cache accepts encrypted connections only, got tls set to false; leave tls out',
  );
  expect(connect(group({ transitEncryptionMode: 'preferred' }), false)).toEqual([]);
});

test.each([
  ['a single node, which has no encryption unless it is said', node('redis')],
  ['MemoryDB without encryption', memoryDb(false)],
])('a URL for encryption to %s', (_, addressOf) => {
  expectError(
    () => connect(addressOf),
    'the cache Test/Cache has no encryption in transit, got tls set to true; turn it on there, or set tls to false here',
  );
});

test.each([
  ['a serverless cache', serverless],
  ['MemoryDB', memoryDb()],
])('a URL without encryption to %s', (_, addressOf) => {
  expectError(
    () => connect(addressOf, false),
    'the cache Test/Cache accepts encrypted connections only, got tls set to false; leave tls out',
  );
});

test('a single node without encryption, said so', () => {
  expect(connect(node('redis'), false)).toEqual([]);
});

test('memcached speaks another protocol', () => {
  expectError(
    () => connect(node('memcached'), false),
    'a cache must speak the protocol of Redis, got Test/Cache of memcached; use FlaskCache.valkey(), or connectTo() and addEnvironment()',
  );
});

describe('the port', () => {
  const urlAndPorts = (addressOf: (stack: Stack) => string, portOf?: (stack: Stack) => number) => {
    const stack = testStack();
    const web = service(stack);
    const address = addressOf(stack);
    web.connectToCache(new SecurityGroup(stack, 'Group', { vpc: web.vpc }), { address, port: portOf?.(stack) });
    const template = Template.fromStack(stack);
    const { CACHE_URL } = environmentOf(containersOf(template)[0]);
    const rules = Object.entries(template.findResources('AWS::EC2::SecurityGroupIngress')).filter(([id]) => id.startsWith('Group'));
    return { url: JSON.stringify(CACHE_URL), ports: rules.map(([, { Properties }]) => Properties.FromPort) };
  };

  test('of the resource is the one of the URL and of the rules', () => {
    const { url, ports } = urlAndPorts(group({ port: 6380 }));
    expect(url).toContain(':6380/0');
    expect(ports).toEqual([6380, 6380]);
  });

  test('as an attribute of the resource opens the number that is known', () => {
    const portOf = (stack: Stack) => Token.asNumber((stack.node.findChild('Cache') as CfnReplicationGroup).attrPrimaryEndPointPort);
    const { url, ports } = urlAndPorts(group({ port: 6380 }), portOf);
    expect(url).toContain('PrimaryEndPoint.Port');
    expect(ports).toEqual([6380, 6380]);
  });

  test('is 6379 where nothing says another', () => {
    expect(urlAndPorts(group({})).ports).toEqual([6379, 6379]);
    expect(urlAndPorts(() => 'cache.example.com').url).toContain(':6379/0');
  });
});
