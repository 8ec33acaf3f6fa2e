import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup, type CfnReplicationGroupProps, CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import type { Stack } from 'aws-cdk-lib/core';
import { adviceOf, expectError, service, testStack } from '../util/test-stack';

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

const advice = (why: string) => [
  {
    path: '/Test/Web',
    id: 'cdk-flask-fargate:clusterMode',
    text: `the cache Test/Cache is in cluster mode, ${why}: the app must use redis.RedisCluster.from_url(), and Celery, RQ, Flask-Caching and Flask-SocketIO fail with it; take FlaskCache.valkey() or a replication group without cluster mode for those`,
  },
];

test.each([
  ['a serverless cache', serverless, 'as every serverless cache is'],
  ['two shards', group({ numNodeGroups: 2 }), 'as it has shards'],
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
    'the replication group Test/Cache has no encryption on the way, got tls: true; set transitEncryptionEnabled there, or tls: false here',
  );
  expect(connect(group({ transitEncryptionEnabled: false }), false)).toEqual([]);
});

test('a URL without encryption to a cache that asks for it', () => {
  expectError(
    () => connect(group({}), false),
    'the replication group Test/Cache takes encrypted connections only, got tls: false; leave tls out',
  );
  expect(connect(group({ transitEncryptionMode: 'preferred' }), false)).toEqual([]);
});
