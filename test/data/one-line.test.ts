import { Template } from 'aws-cdk-lib/assertions';
import { InstanceType, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type CfnDBInstance, MysqlEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import {
  CacheUse,
  DatabaseVariables,
  FlaskCache,
  FlaskDatabase,
  type FlaskFargateService,
  type FlaskFargateServiceProps,
  FlaskPlatform,
  FlaskStage,
  FlaskUploads,
  LoadBalancing,
} from '../../src';
import { causesReplacement } from '../updates/schema';
import {
  adviceOf,
  containersOf,
  environmentOf,
  expectError,
  fullService,
  only,
  service,
  statementsOf,
  testStack,
} from '../util/test-stack';

const VERSION = PostgresEngineVersion.VER_17;
const STAGES = { production: FlaskStage.production(), development: FlaskStage.development(), ephemeral: FlaskStage.ephemeral() };

type Add = (web: FlaskFargateService) => unknown;

const postgres: Add = (web) => FlaskDatabase.postgres(web, 'Database', { version: VERSION });
const mysql: Add = (web) => FlaskDatabase.mysql(web, 'Database', { version: MysqlEngineVersion.VER_8_4_6 });
const cache: Add = (web) => FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version: '8.2' });
const broker: Add = (web) => FlaskCache.valkey(web, 'Broker', { use: CacheUse.BROKER, version: '8.2' });
const uploads: Add = (web) => FlaskUploads.bucket(web, 'Uploads');
const ALL: Add = (web) => [postgres, cache, broker, uploads].map((add) => add(web));

function setup(add: Add, props: Partial<FlaskFargateServiceProps> = {}, id = 'Web') {
  const stack = testStack();
  const web = service(stack, props, id);
  add(web);
  return { stack, web, template: Template.fromStack(stack) };
}

const variablesOf = (template: Template) => environmentOf(containersOf(template)[0]);

/** All that holds data or that data lies in, by its logical id. */
const DATA = /^AWS::(RDS|ElastiCache|S3|EC2::(VPC|Subnet)$|SecretsManager::Secret$)/;
const dataOf = (template: Template) =>
  Object.fromEntries(
    Object.entries(template.toJSON().Resources as { [id: string]: { Type: string; Properties?: { [name: string]: unknown } } }).filter(
      ([id, { Type }]) => DATA.test(Type) && !/AccessLogs/.test(id),
    ),
  );

describe('a change of', () => {
  /** What of the data CloudFormation would replace, or delete because it has another logical id. */
  function lost(before: Template, after: Template): string[] {
    const [old, now] = [dataOf(before), dataOf(after)];
    return Object.entries(old).flatMap(([id, { Type, Properties = {} }]) => {
      const next = now[id]?.Properties;
      if (!next) {
        return [`${id} is gone`];
      }
      return Object.keys({ ...Properties, ...next })
        .filter((name) => JSON.stringify(Properties[name]) !== JSON.stringify(next[name]) && causesReplacement(Type, name))
        .map((name) => `${id} is replaced by ${name}`);
    });
  }

  const templateOf = (props: Partial<FlaskFargateServiceProps> = {}, id = 'Web') => setup(ALL, props, id).template;
  const PAIRS = Object.keys(STAGES).flatMap((from) => Object.keys(STAGES).flatMap((to) => (from === to ? [] : [[from, to] as const])));

  test.each(PAIRS)('the stage from %s to %s leaves the data where it is', (from, to) => {
    const [before, after] = [from, to].map((name) => templateOf({ stage: STAGES[name as keyof typeof STAGES] }));
    expect(Object.keys(dataOf(before)).length).toBeGreaterThan(10);
    expect(lost(before, after)).toEqual([]);
  });

  test('the name of the service leaves the data where it is', () => {
    expect(lost(templateOf(), templateOf({}, 'Shop'))).toEqual([]);
  });

  test('the engine or the encryption by hand replaces the database, as the specification says', () => {
    const by = (change: (resource: CfnDBInstance) => void) =>
      setup((web) => change(FlaskDatabase.postgres(web, 'Database', { version: VERSION }).node.defaultChild as CfnDBInstance)).template;
    const before = by(() => undefined);
    expect(
      lost(
        before,
        by((resource) => (resource.storageEncrypted = false)),
      ),
    ).toEqual([expect.stringMatching(/ is replaced by StorageEncrypted$/)]);
    expect(
      lost(
        before,
        by((resource) => (resource.dbName = 'other')),
      ),
    ).toEqual([expect.stringMatching(/ is replaced by DBName$/)]);
    expect(
      lost(
        before,
        by((resource) => (resource.masterUsername = 'other')),
      ),
    ).toEqual([expect.stringMatching(/ is replaced by MasterUsername$/)]);
    // what the docs call safe
    expect(
      lost(
        before,
        by((resource) => {
          resource.dbInstanceClass = 'db.m7g.large';
          resource.multiAz = false;
          resource.engineVersion = '18';
        }),
      ),
    ).toEqual([]);
  });
});

test('the logical ids of what holds data: another one is another database', () => {
  expect(
    Object.entries(dataOf(setup(ALL).template))
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
    MasterUsername: expect.anything(),
    StorageEncrypted: true,
  });
  expect(Properties.Engine).toBe(engine);
});

describe('a database', () => {
  test.each([
    [
      'production',
      postgres,
      'postgres',
      {
        DBInstanceClass: 'db.t4g.medium',
        MultiAZ: true,
        BackupRetentionPeriod: 14,
        DeletionProtection: true,
        DeleteAutomatedBackups: false,
      },
      'Snapshot',
    ],
    [
      'development',
      postgres,
      'postgres',
      {
        DBInstanceClass: 'db.t4g.micro',
        MultiAZ: false,
        BackupRetentionPeriod: 1,
        DeletionProtection: false,
        DeleteAutomatedBackups: true,
      },
      'Delete',
    ],
    [
      'ephemeral',
      mysql,
      'mysql',
      {
        DBInstanceClass: 'db.t4g.micro',
        MultiAZ: false,
        BackupRetentionPeriod: 0,
        DeletionProtection: false,
        DeleteAutomatedBackups: true,
      },
      'Delete',
    ],
  ] as const)('in %s', (stage, add, Engine, properties, policy) => {
    const { template } = setup(add, { stage: STAGES[stage] });
    const { DeletionPolicy, UpdateReplacePolicy, Properties } = only(template, 'AWS::RDS::DBInstance');
    expect(Properties).toMatchObject({
      ...properties,
      Engine,
      AllocatedStorage: '20',
      MaxAllocatedStorage: 100,
      StorageType: 'gp3',
      StorageEncrypted: true,
      AutoMinorVersionUpgrade: true,
    });
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([policy, policy]);
    // isolated in each stage
    expect(only(template, 'AWS::RDS::DBSubnetGroup').Properties.SubnetIds).toEqual([
      { Ref: expect.stringMatching(/^FlaskNetwork.*DataSubnet1/) },
      { Ref: expect.stringMatching(/^FlaskNetwork.*DataSubnet2/) },
    ]);
  });

  test('is connected, restarts the tasks, and fits the service', () => {
    const { stack, template } = setup(postgres);
    expect(variablesOf(template)).toMatchObject({ DATABASE_NAME: 'app', DATABASE_POOL_SIZE: '9' });
    template.resourceCountIs('AWS::Events::Rule', 1);
    expect(adviceOf(stack)).toEqual([]);
  });

  test('takes what the connection takes, and a class', () => {
    const { template } = setup((web) =>
      FlaskDatabase.postgres(web, 'Database', {
        version: VERSION,
        instanceType: new InstanceType('m7g.large'),
        databaseName: 'shop',
        connection: { variables: DatabaseVariables.URL },
      }),
    );
    expect(only(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({ DBInstanceClass: 'db.m7g.large', DBName: 'shop' });
    expect(variablesOf(template)).toMatchObject({ DATABASE_URL: expect.anything(), DATABASE_POOL_SIZE: '18' });
  });

  test('comes back as the L2, on which the rest is set', () => {
    const { template } = setup((web) => {
      const database = FlaskDatabase.postgres(web, 'Database', { version: VERSION });
      (database.node.defaultChild as CfnDBInstance).multiAz = false;
    });
    expect(only(template, 'AWS::RDS::DBInstance').Properties.MultiAZ).toBe(false);
  });
});

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

describe('a bucket for uploads', () => {
  test.each([
    ['production', 'Retain', { Status: 'Enabled' }, 0],
    ['development', 'Delete', undefined, 1],
  ] as const)('in %s', (stage, policy, versioning, deleters) => {
    const { web, template } = setup(uploads, { stage: STAGES[stage] });
    const { Properties, DeletionPolicy } = only(template, 'AWS::S3::Bucket', /^Uploads/);
    expect(DeletionPolicy).toBe(policy);
    expect(Properties.VersioningConfiguration).toEqual(versioning);
    expect(Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } })] },
      CorsConfiguration: {
        CorsRules: [
          {
            AllowedHeaders: ['*'],
            AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST'],
            // the name of a load balancer has capitals, which browsers write small
            AllowedOrigins: [{ 'Fn::Join': ['', ['http://*.', { Ref: 'AWS::Region' }, '.elb.', { Ref: 'AWS::URLSuffix' }]] }],
            ExposedHeaders: ['ETag'],
            MaxAge: 3600,
          },
        ],
      },
    });
    template.resourceCountIs('Custom::S3AutoDeleteObjects', deleters);
    expect(variablesOf(template).UPLOADS_BUCKET).toEqual({ Ref: only(template, 'AWS::S3::Bucket', /^Uploads/).id });
    expect(JSON.stringify(statementsOf(template, web.taskRole))).toMatch(/s3:DeleteObject\*.*s3:GetObject\*.*s3:PutObject/);
    expect(JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))).toContain('aws:SecureTransport');
  });

  test('has the origin of the URL, which has no path and no capitals', () => {
    const origins = (loadBalancing: (stack: Stack) => LoadBalancing, given = false) => {
      const stack = testStack();
      const vpc = given ? new Vpc(stack, 'Vpc') : undefined;
      const chosen = loadBalancing(stack);
      const web = fullService(stack, { loadBalancing: chosen, vpc });
      uploads(web);
      const { CorsRules } = only(Template.fromStack(stack), 'AWS::S3::Bucket', /^Uploads/).Properties.CorsConfiguration as {
        CorsRules: [{ AllowedOrigins: unknown[] }];
      };
      return CorsRules[0].AllowedOrigins;
    };
    const listener = (stack: Stack) =>
      ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
        listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/0123456789abcdef',
        securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345678'),
        defaultPort: 443,
      });
    expect(
      origins(
        (stack) => LoadBalancing.sharedListener(listener(stack), { hosts: ['Shop.example.com'], paths: ['/shop/*'], priority: 1 }),
        true,
      ),
    ).toEqual(['https://shop.example.com']);
    const onPlatform = (stack: Stack) => LoadBalancing.onPlatform(FlaskPlatform.fromName(stack, 'Platform', 'production'));
    const [origin] = origins(onPlatform) as [{ 'Fn::Join': [string, object[]] }];
    const [separator, [scheme, host]] = origin['Fn::Join'];
    expect(separator).toBe('//');
    expect(scheme).toMatchObject({ 'Fn::Select': [0, { 'Fn::Split': ['/', expect.anything()] }] });
    expect(host).toMatchObject({ 'Fn::Select': [2, { 'Fn::Split': ['/', expect.anything()] }] });
  });

  test('of a service without a URL has no origin, and takes those that are given', () => {
    const props = { loadBalancing: LoadBalancing.none() };
    const bucket = (template: Template) => only(template, 'AWS::S3::Bucket', /^Uploads/).Properties;
    expect(bucket(setup(uploads, props).template)).not.toHaveProperty('CorsConfiguration');
    const given: Add = (web) =>
      FlaskUploads.bucket(web, 'Uploads', { allowedOrigins: ['https://shop.example.com'], variable: 'S3_BUCKET' });
    const { template } = setup(given, props);
    expect(bucket(template)).toMatchObject({ CorsConfiguration: { CorsRules: [{ AllowedOrigins: ['https://shop.example.com'] }] } });
    expect(variablesOf(template)).toHaveProperty('S3_BUCKET');
  });
});

test('a stage that leaves nothing behind leaves no data behind', () => {
  const { template } = setup(ALL, { stage: STAGES.ephemeral });
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

test.each([
  'https://shop.example.com/',
  'https://shop.example.com/files',
  'shop.example.com',
  'https://Shop.example.com',
  'https://*.*.com',
  '',
])('the origin %j is none that a browser sends', (origin) => {
  const { web } = setup(() => undefined);
  expectError(
    () => FlaskUploads.bucket(web, 'Uploads', { allowedOrigins: [origin] }),
    `an origin must be a scheme and a host without a path, such as 'https://shop.example.com', or '*', got '${origin}'`,
  );
});

test.each(['https://shop.example.com', 'http://localhost:5000', 'https://*.example.com', '*'])('the origin %j passes', (origin) => {
  const { template } = setup((web) => FlaskUploads.bucket(web, 'Uploads', { allowedOrigins: [origin] }));
  expect(only(template, 'AWS::S3::Bucket', /Uploads/).Properties).toMatchObject({
    CorsConfiguration: { CorsRules: [{ AllowedOrigins: [origin] }] },
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
