import { Template } from 'aws-cdk-lib/assertions';
import { InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { FlaskDatabase, FlaskStage, LoadBalancing } from '../../src';
import { causesReplacement } from '../updates/schema';
import { expectError, only, service, testStack } from '../util/test-stack';
import { type Add, all, broker, cache, dataOf, mysql, postgres, STAGES, setup, uploads, VERSION } from './one-line-setup';

test('the logical ids of what holds data: another one is another database', () => {
  expect(
    Object.entries(dataOf(setup(all).template))
      .map(([id, { Type }]) => `${id} ${Type}`)
      .filter((line) => !/EC2/.test(line))
      .sort(),
  ).toEqual([
    'BrokerE1355FD6 AWS::ElastiCache::ReplicationGroup',
    'BrokerParameters9E6D77B2 AWS::ElastiCache::ParameterGroup',
    'BrokerSubnets0F773C00 AWS::ElastiCache::SubnetGroup',
    'Cache18F6EE16 AWS::ElastiCache::ReplicationGroup',
    'CacheParameters9A38CCC4 AWS::ElastiCache::ParameterGroup',
    'CacheSubnets75A36213 AWS::ElastiCache::SubnetGroup',
    'DatabaseB269D8BB AWS::RDS::DBInstance',
    'DatabaseSubnetGroup7D60F180 AWS::RDS::DBSubnetGroup',
    // the CDK makes another secret where the way to generate it changes
    'TestDatabaseSecret167BD8A53fdaad7efa858a3daf9490cf0a702aeb AWS::SecretsManager::Secret',
    'Uploads4F6EB0FD AWS::S3::Bucket',
    'UploadsPolicy148F8199 AWS::S3::BucketPolicy',
  ]);
});

test.each([
  ['postgres', postgres],
  ['mysql', mysql],
])('the properties of %s that would replace the database', (engine, add) => {
  const { Properties } = only(setup(add).template, 'AWS::RDS::DBInstance');
  const fixed = Object.fromEntries(Object.entries(Properties).filter(([name]) => causesReplacement('AWS::RDS::DBInstance', name)));
  expect(fixed).toEqual({
    DBName: 'app',
    DBSubnetGroupName: { Ref: 'DatabaseSubnetGroup7D60F180' },
    Engine: engine,
    MasterUsername: expect.anything(),
    StorageEncrypted: true,
  });
});

test.each([postgres, mysql])('no edit of `version` alone takes a database to another major version', (add) => {
  expect(only(setup(add).template, 'AWS::RDS::DBInstance').Properties.AllowMajorVersionUpgrade).toBeUndefined();
});

test('a stage that leaves nothing behind leaves no data behind', () => {
  const { template } = setup(all, { stage: STAGES.ephemeral });
  const { Resources } = template.toJSON() as { Resources: { [id: string]: { Type: string; DeletionPolicy?: string } } };
  expect(Object.values(Resources).filter(({ DeletionPolicy }) => /Retain|Snapshot/.test(DeletionPolicy ?? ''))).toEqual([]);
});

describe('a stage that differs in one thing', () => {
  const resourcesOf = (stage: FlaskStage) => {
    const { template } = setup((web) => [postgres, cache, broker, uploads].map((add) => add(web)), { stage });
    const database = only(template, 'AWS::RDS::DBInstance');
    const bucket = only(template, 'AWS::S3::Bucket', /Uploads/);
    return {
      class: database.Properties.DBInstanceClass,
      standby: database.Properties.MultiAZ,
      backups: database.Properties.BackupRetentionPeriod,
      database: database.DeletionPolicy,
      nodes: only(template, 'AWS::ElastiCache::ReplicationGroup', /Broker/).Properties.NumCacheClusters,
      broker: only(template, 'AWS::ElastiCache::ReplicationGroup', /Broker/).DeletionPolicy,
      cache: only(template, 'AWS::ElastiCache::ReplicationGroup', /Cache/).DeletionPolicy,
      bucket: bucket.DeletionPolicy,
    };
  };
  const PRODUCTION = {
    class: 'db.t4g.medium',
    standby: true,
    backups: 14,
    database: 'Snapshot',
    nodes: 2,
    broker: 'Snapshot',
    cache: 'Delete',
    bucket: 'Retain',
  };
  const DEVELOPMENT = {
    class: 'db.t4g.micro',
    standby: false,
    backups: 1,
    database: 'Delete',
    nodes: 1,
    broker: 'Delete',
    cache: 'Delete',
    bucket: 'Delete',
  };
  const { production, development } = FlaskStage;

  test.each([
    [
      'logs that go leave the data of production alone',
      production({ removalPolicy: RemovalPolicy.DESTROY, accessLogs: false }),
      PRODUCTION,
    ],
    ['logs that stay make no database of production', development({ removalPolicy: RemovalPolicy.RETAIN }), DEVELOPMENT],
    ['a repository that goes takes no backups', development({ repositoryRemovalPolicy: RemovalPolicy.DESTROY }), DEVELOPMENT],
    [
      'data that goes',
      production({ dataRemovalPolicy: RemovalPolicy.DESTROY }),
      { ...PRODUCTION, database: 'Delete', broker: 'Delete', bucket: 'Delete' },
    ],
    [
      'data that stays',
      development({ dataRemovalPolicy: RemovalPolicy.RETAIN }),
      { ...DEVELOPMENT, database: 'Snapshot', broker: 'Snapshot', bucket: 'Retain' },
    ],
    ['no standby', production({ dataStandby: false }), { ...PRODUCTION, class: 'db.t4g.micro', standby: false, nodes: 1 }],
    ['more backups', development({ backupRetention: Duration.days(35) }), { ...DEVELOPMENT, backups: 35 }],
    ['no backups', production({ backupRetention: Duration.days(0) }), { ...PRODUCTION, backups: 0 }],
  ])('%s', (_, stage, expected) => {
    expect(resourcesOf(stage)).toEqual(expected);
  });

  test('backups of more than 35 days are refused', () => {
    expectError(
      () => production({ backupRetention: Duration.days(36) }),
      'backupRetention must be a whole number of days from 0 to 35, got 36',
    );
  });
});

describe('a VPC of one zone', () => {
  function inOneZone(add: Add, stage: FlaskStage) {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
    add(service(stack, { vpc, stage, loadBalancing: LoadBalancing.none() }));
    return Template.fromStack(stack);
  }
  const message = (what: string) =>
    `${what} needs subnets in two zones, got 1 with the data subnets of Test/Vpc; give the service a VPC with maxAzs of 2 or more`;

  test.each(Object.entries(STAGES))('has no database of %s: AWS refuses the subnet group', (_, stage) => {
    expectError(() => inOneZone(postgres, stage), message('a database'));
    expectError(() => inOneZone(mysql, stage), message('a database'));
  });

  test('has a cache without a standby alone', () => {
    expectError(() => inOneZone(cache, STAGES.production), message('a cache with a standby'));
    inOneZone(cache, STAGES.development).resourceCountIs('AWS::ElastiCache::ReplicationGroup', 1);
  });
});

test('the class with the prefix that the CDK puts before it', () => {
  const { web } = setup(() => undefined);
  const instanceType = new InstanceType('db.t4g.small');
  expectError(
    () => FlaskDatabase.postgres(web, 'Database', { version: VERSION, instanceType }),
    "instanceType must be an instance type without 'db.', such as 't4g.medium', got 'db.t4g.small'",
  );
});
