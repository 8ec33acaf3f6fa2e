import { CfnParameter, Stack } from 'aws-cdk-lib/core';
import { CacheUse, FlaskCache } from '../../src';
import { adviceOf, expectError, only } from '../util/test-stack';
import { type Add, broker, cache, STAGES, setup, variablesOf } from './one-line-setup';

describe('a cache', () => {
  test.each([
    [
      'cache',
      'production',
      cache,
      {
        CacheNodeType: 'cache.t4g.small',
        NumCacheClusters: 2,
        AutomaticFailoverEnabled: true,
        MultiAZEnabled: true,
        SnapshotRetentionLimit: 0,
      },
      'allkeys-lru',
      'Delete',
    ],
    [
      'cache',
      'development',
      cache,
      {
        CacheNodeType: 'cache.t4g.micro',
        NumCacheClusters: 1,
        AutomaticFailoverEnabled: false,
        MultiAZEnabled: false,
        SnapshotRetentionLimit: 0,
      },
      'allkeys-lru',
      'Delete',
    ],
    [
      'broker',
      'production',
      broker,
      {
        CacheNodeType: 'cache.t4g.small',
        NumCacheClusters: 2,
        AutomaticFailoverEnabled: true,
        MultiAZEnabled: true,
        SnapshotRetentionLimit: 7,
      },
      'noeviction',
      'Snapshot',
    ],
    [
      'broker',
      'ephemeral',
      broker,
      {
        CacheNodeType: 'cache.t4g.micro',
        NumCacheClusters: 1,
        AutomaticFailoverEnabled: false,
        MultiAZEnabled: false,
        SnapshotRetentionLimit: 0,
      },
      'noeviction',
      'Delete',
    ],
  ] as const)('as a %s in %s', (_, stage, add, properties, eviction, policy) => {
    const { template } = setup(add, { stage: STAGES[stage] });
    const { Properties, DeletionPolicy } = only(template, 'AWS::ElastiCache::ReplicationGroup');
    expect(Properties).toMatchObject({
      ...properties,
      Engine: 'valkey',
      EngineVersion: '8.2',
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      Port: 6379,
    });
    expect(DeletionPolicy).toBe(policy);
    expect(only(template, 'AWS::ElastiCache::ParameterGroup').Properties).toMatchObject({
      CacheParameterGroupFamily: 'valkey8',
      Properties: { 'maxmemory-policy': eviction },
    });
    expect(JSON.stringify(only(template, 'AWS::ElastiCache::SubnetGroup').Properties.SubnetIds)).toMatch(/DataSubnet1.*DataSubnet2/);
  });

  test('and a broker: each with its URL', () => {
    const { stack, template } = setup((web) => [cache(web), broker(web)]);
    const url = (id: RegExp) => ({
      'Fn::Join': [
        '',
        [
          'rediss://',
          { 'Fn::GetAtt': [only(template, 'AWS::ElastiCache::ReplicationGroup', id).id, 'PrimaryEndPoint.Address'] },
          ':6379/0?ssl_cert_reqs=required',
        ],
      ],
    });
    expect(variablesOf(template)).toMatchObject({ CACHE_URL: url(/^Cache/), CELERY_BROKER_URL: url(/^Broker/) });
    expect(adviceOf(stack)).toEqual([]);
  });

  test('a second one has a name of its own', () => {
    const second: Add = (web) => FlaskCache.valkey(web, 'Limits', { use: CacheUse.CACHE, version: '8.2', names: { url: 'LIMITS_URL' } });
    expect(Object.keys(variablesOf(setup((web) => [cache(web), second(web)]).template))).toEqual(
      expect.arrayContaining(['CACHE_URL', 'LIMITS_URL']),
    );
  });

  test.each(['8', 'latest', '8.2.1', ''])('refuses the version %p', (version) => {
    expectError(
      () => setup((web) => FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version })),
      `version of Valkey must be a major and a minor version from 7.2 on, such as '8.2', got '${version}'`,
    );
  });
});

test.each(['8', '6.2', '7.1', '1.0', '07.2', '8.20', '8.2.1', '10.'])('%s is no version of Valkey', (version) => {
  const { web } = setup(() => undefined);
  expectError(
    () => FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version }),
    `version of Valkey must be a major and a minor version from 7.2 on, such as '8.2', got '${version}'`,
  );
});

test.each(['7.2', '8.0', '9.1', '10.0'])('%s may be a version of Valkey', (version) => {
  const { template } = setup((web) => FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version }));
  expect(only(template, 'AWS::ElastiCache::ParameterGroup').Properties.CacheParameterGroupFamily).toBe(`valkey${version.split('.')[0]}`);
});

test('the version of Valkey as a parameter of the template', () => {
  const { template } = setup((web) => {
    const version = new CfnParameter(Stack.of(web), 'Version').valueAsString;
    FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version });
  });
  expect(only(template, 'AWS::ElastiCache::ParameterGroup').Properties.CacheParameterGroupFamily).toEqual({
    'Fn::Join': ['', ['valkey', { 'Fn::Select': [0, { 'Fn::Split': ['.', { Ref: 'Version' }] }] }]],
  });
});
