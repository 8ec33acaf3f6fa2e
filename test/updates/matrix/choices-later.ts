import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceClass, InstanceSize, InstanceType, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { NetworkMode } from 'aws-cdk-lib/aws-ecr-assets';
import { Secret } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { MysqlEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import {
  CacheUse,
  DatabaseVariables,
  Egress,
  FlaskCache,
  type FlaskCacheOptions,
  FlaskDatabase,
  FlaskImage,
  type FlaskImageAssetOptions,
  type FlaskPostgresOptions,
  type FlaskSourceOptions,
  FlaskStage,
  type FlaskStageOptions,
  type FlaskTask,
  FlaskUploads,
  type FlaskUploadsOptions,
  ScalingPolicy,
  TaskScaling,
  WorkerScaling,
  WsgiServer,
} from '../../../src';
import { type Choice, choice } from './choices';
import type { Draft } from './draft';
import { appDirectory } from './sources';

type Edit = (draft: Draft) => void;

/** Adds something beside the service; what an edit before it has added under the same name goes. */
const beside =
  (name: string, add: (draft: Draft, web: Parameters<Draft['actions'][number]>[0]) => void): Edit =>
  (draft) => {
    draft.named.set(name, (web) => add(draft, web));
  };

const postgres = (options: Partial<FlaskPostgresOptions> = {}) =>
  beside('database', (_, web) => void FlaskDatabase.postgres(web, 'Db', { version: PostgresEngineVersion.VER_17, ...options }));
const connected = (connection: FlaskPostgresOptions['connection']) => postgres({ connection });
const databaseName = (name: string, one: FlaskPostgresOptions['connection'], other: FlaskPostgresOptions['connection']) =>
  choice(name, { one: connected(one), another: connected(other) }, { given: postgres() });
const URL = { variables: DatabaseVariables.URL };
const mysql = (version: MysqlEngineVersion, connection?: FlaskPostgresOptions['connection']) =>
  beside('database', (_, web) => void FlaskDatabase.mysql(web, 'Db', { version, connection }));
const valkey = (options: Partial<FlaskCacheOptions> = {}) =>
  beside('cache', (_, web) => void FlaskCache.valkey(web, 'Valkey', { use: CacheUse.CACHE, version: '8.1', ...options }));
const uploads = (options: FlaskUploadsOptions = {}) => beside('uploads', (_, web) => void FlaskUploads.bucket(web, 'Uploads', options));

const DATA: readonly Choice[] = [
  choice('FlaskDatabase.postgres', {
    on: postgres(),
    larger: postgres({ instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.LARGE) }),
  }),
  choice(
    'FlaskDatabase.mysql',
    { '8.0': mysql(MysqlEngineVersion.VER_8_0), '8.4': mysql(MysqlEngineVersion.VER_8_4_3) },
    { with: ['FlaskMysqlOptions.version'] },
  ),
  choice(
    'FlaskPostgresOptions.version',
    { '16': postgres({ version: PostgresEngineVersion.VER_16 }), '18': postgres({ version: PostgresEngineVersion.VER_18 }) },
    { given: postgres({ version: PostgresEngineVersion.VER_15 }) },
  ),
  choice(
    'FlaskDatabaseOptions.instanceType',
    {
      't4g.small': postgres({ instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.SMALL) }),
      't4g.large': postgres({ instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.LARGE) }),
    },
    { given: postgres() },
  ),
  choice(
    'FlaskDatabaseOptions.databaseName',
    { shop: postgres({ databaseName: 'shop' }), store: postgres({ databaseName: 'store' }) },
    { given: postgres() },
  ),
  choice(
    'FlaskDatabaseOptions.snapshotIdentifier',
    { friday: postgres({ snapshotIdentifier: 'friday' }), monday: postgres({ snapshotIdentifier: 'monday' }) },
    { given: postgres() },
  ),
  choice(
    'FlaskDatabaseOptions.connection',
    { 'a prefix': connected({ prefix: 'ONE' }), another: connected({ prefix: 'TWO' }) },
    { given: postgres() },
  ),
  choice(
    'DatabaseConnectionOptions.restartOnSecretChange',
    { false: connected({ restartOnSecretChange: false }), true: connected({ restartOnSecretChange: true }) },
    { given: postgres() },
  ),
  choice(
    'DatabaseConnectionOptions.poolVariables',
    { false: connected({ poolVariables: false }), true: connected({ poolVariables: true }) },
    { given: postgres() },
  ),
  choice(
    'DatabaseConnectionOptions.iamUser',
    { one: connected({ iamUser: 'app' }), another: connected({ iamUser: 'app2' }) },
    { given: postgres() },
  ),
  choice(
    'DatabaseConnectionOptions.user',
    {
      one: mysql(MysqlEngineVersion.VER_8_4_3, { ...URL, user: 'app' }),
      another: mysql(MysqlEngineVersion.VER_8_4_3, { ...URL, user: 'app2' }),
    },
    { given: mysql(MysqlEngineVersion.VER_8_4_3, URL) },
  ),
  choice(
    'DatabaseConnectionOptions.names',
    { one: connected({ ...URL, names: { url: 'URL_A' } }), another: connected({ ...URL, names: { url: 'URL_B' } }) },
    { given: postgres(), with: ['DatabaseVariableNames.url'] },
  ),
  ...(['databaseName', 'host', 'password', 'port', 'user'] as const).map((name) =>
    databaseName(`DatabaseVariableNames.${name}`, { names: { [name]: 'ONE' } }, { names: { [name]: 'TWO' } }),
  ),
  choice('FlaskCache.valkey', { on: valkey(), 'version 8.2': valkey({ version: '8.2' }) }, { with: ['CacheUse.CACHE'] }),
  choice(
    'FlaskCacheOptions.version',
    { '8.1': valkey({ version: '8.1' }), '8.2': valkey({ version: '8.2' }) },
    { given: valkey({ version: '8.0' }) },
  ),
  choice(
    'CacheUse.BROKER',
    { on: valkey({ use: CacheUse.BROKER }), CACHE: valkey() },
    { given: valkey(), with: ['FlaskCacheOptions.use'] },
  ),
  choice(
    'FlaskCacheOptions.names',
    { one: valkey({ names: { url: 'ONE_URL' } }), another: valkey({ names: { url: 'TWO_URL' } }) },
    { given: valkey() },
  ),
  choice(
    'CacheConnectionOptions.names',
    {
      one: (draft) => {
        draft.cache = { names: { url: 'ONE_URL' } };
      },
      another: (draft) => {
        draft.cache = { names: { url: 'TWO_URL' } };
      },
    },
    {
      given: (draft) => {
        draft.cache = {};
      },
      with: ['CacheVariableNames.url'],
    },
  ),
  choice(
    'CacheVariableNames.password',
    {
      one: (draft) => {
        draft.cache = { password: Secret.fromSecretsManager(draft.secretOf('cache')), names: { password: 'ONE' } };
      },
      another: (draft) => {
        draft.cache = { password: Secret.fromSecretsManager(draft.secretOf('cache')), names: { password: 'TWO' } };
      },
    },
    {
      given: (draft) => {
        draft.cache = { password: Secret.fromSecretsManager(draft.secretOf('cache')) };
      },
    },
  ),
  choice(
    'FlaskUploads.bucket',
    { on: uploads(), 'another variable': uploads({ variable: 'FILES' }) },
    { with: ['FlaskUploadsOptions.variable'] },
  ),
  choice(
    'FlaskUploadsOptions.allowedOrigins',
    { one: uploads({ allowedOrigins: ['https://a.example.com'] }), another: uploads({ allowedOrigins: ['https://b.example.com'] }) },
    { given: uploads() },
  ),
  choice('FlaskFargateService.addEnvironment', {
    one: beside('environment', (_, web) => web.addEnvironment({ LATER: '1' })),
    another: beside('environment', (_, web) => web.addEnvironment({ LATER: '2' })),
  }),
  choice('FlaskFargateService.addSecrets', {
    one: beside('secrets', (draft, web) => web.addSecrets({ LATER_KEY: Secret.fromSecretsManager(draft.secretOf('later')) })),
    another: beside('secrets', (draft, web) => web.addSecrets({ LATER_KEY: Secret.fromSecretsManager(draft.secretOf('later2')) })),
  }),
  choice('FlaskFargateService.connectTo', {
    'one port': beside('way', (draft, web) =>
      web.connectTo(SecurityGroup.fromSecurityGroupId(draft.stack, 'SearchGroup', 'sg-search'), Port.tcp(9200)),
    ),
    another: beside('way', (draft, web) =>
      web.connectTo(SecurityGroup.fromSecurityGroupId(draft.stack, 'SearchGroup', 'sg-search'), Port.tcp(9300)),
    ),
  }),
  choice('FlaskFargateService.restartOnParameterChange', {
    one: beside('parameter', (draft, web) =>
      web.restartOnParameterChange(StringParameter.fromStringParameterName(draft.stack, 'Parameter', '/shop/a')),
    ),
    another: beside('parameter', (draft, web) =>
      web.restartOnParameterChange(StringParameter.fromStringParameterName(draft.stack, 'Parameter', '/shop/b')),
    ),
  }),
];

const source =
  (options: FlaskSourceOptions): Edit =>
  (draft) => {
    draft.props.image = FlaskImage.fromSource(appDirectory(), options);
  };
const sourceChoice = (name: string, one: FlaskSourceOptions, other: FlaskSourceOptions, more: Partial<Choice> = {}) =>
  choice(name, { one: source(one), another: source(other) }, { given: source({}), ...more });

/** An image beside the service: an asset is in no template. */
const assetChoice = (name: string, one: FlaskImageAssetOptions, other: FlaskImageAssetOptions) => {
  const beside =
    (options: FlaskImageAssetOptions): Edit =>
    (draft) => {
      FlaskImage.fromSource(appDirectory()).asDockerImageAsset(draft.stack, 'Beside', options);
    };
  return choice(name, { one: beside(one), another: beside(other) }, { sameTemplate: 'an asset is in no template' });
};

const IMAGES: readonly Choice[] = [
  assetChoice('FlaskImageAssetOptions.port', { port: 3000 }, { port: 8080 }),
  assetChoice('FlaskImageAssetOptions.server', { server: WsgiServer.gunicorn() }, { server: WsgiServer.granian() }),
  assetChoice('FlaskImageAssetOptions.writablePaths', { writablePaths: ['/app/instance'] }, { writablePaths: ['/app/media'] }),
  sourceChoice('FlaskBuildOptions.exclude', { exclude: ['notes'] }, { exclude: ['data'] }),
  sourceChoice('FlaskBuildOptions.buildArgs', { buildArgs: { A: '1' } }, { buildArgs: { A: '2' } }),
  sourceChoice(
    'FlaskBuildOptions.buildSecrets',
    { buildSecrets: { PIP_INDEX_URL: 'src=a' } },
    { buildSecrets: { PIP_INDEX_URL: 'src=b' } },
  ),
  sourceChoice(
    'FlaskBuildOptions.cacheFrom',
    { cacheFrom: [{ type: 'gha' }] },
    { cacheFrom: [{ type: 'local' }] },
    { sameTemplate: 'a matter of the build' },
  ),
  sourceChoice(
    'FlaskBuildOptions.cacheTo',
    { cacheTo: { type: 'gha' } },
    { cacheTo: { type: 'local' } },
    { sameTemplate: 'a matter of the build' },
  ),
  sourceChoice('FlaskBuildOptions.networkMode', { networkMode: NetworkMode.HOST }, { networkMode: NetworkMode.NONE }),
  sourceChoice('FlaskBuildOptions.assetName', { assetName: 'shop' }, { assetName: 'store' }),
  sourceChoice('FlaskSourceOptions.buildPackages', { buildPackages: ['gcc'] }, { buildPackages: ['gcc', 'git'] }),
  sourceChoice('FlaskSourceOptions.cacheMounts', { cacheMounts: true }, { cacheMounts: false }),
  sourceChoice('FlaskSourceOptions.dependencyFile', { dependencyFile: 'requirements.txt' }, { dependencyFile: 'other-requirements.txt' }),
  sourceChoice('FlaskSourceOptions.include', { include: ['notes/**'] }, { include: ['data/**'] }),
  choice(
    'FlaskSourceOptions.workingDirectory',
    {
      another: (draft) => {
        draft.props.image = FlaskImage.fromSource(appDirectory('nested'), { workingDirectory: 'other' });
      },
    },
    {
      given: (draft) => {
        draft.props.image = FlaskImage.fromSource(appDirectory('nested'), { workingDirectory: 'inner' });
      },
    },
  ),
  ...(['dependencyGroups', 'extras', 'installerVersion'] as const).map((name) =>
    choice(
      `FlaskSourceOptions.${name}`,
      {
        one: (draft) => {
          draft.props.image = FlaskImage.fromSource(appDirectory('pyproject'), { [name]: name === 'installerVersion' ? '0.9.1' : ['one'] });
        },
        another: (draft) => {
          draft.props.image = FlaskImage.fromSource(appDirectory('pyproject'), { [name]: name === 'installerVersion' ? '0.9.2' : ['two'] });
        },
      },
      {
        given: (draft) => {
          draft.props.image = FlaskImage.fromSource(appDirectory('pyproject'));
        },
      },
    ),
  ),
  choice(
    'FlaskRepositoryImageOptions.isDigest',
    {
      true: (draft) => {
        draft.props.image = FlaskImage.fromRepository(draft.registry, `sha256:${'0'.repeat(64)}`, { isDigest: true });
      },
    },
    {
      given: (draft) => {
        draft.props.image = FlaskImage.fromRepository(draft.registry, '1');
      },
    },
  ),
];

const staged =
  (options: FlaskStageOptions): Edit =>
  (draft) => {
    draft.props.stage = FlaskStage.production(options);
  };
const stageChoice = (name: keyof FlaskStageOptions, one: FlaskStageOptions, other: FlaskStageOptions, more: Partial<Choice> = {}) =>
  choice(`FlaskStageOptions.${name}`, { one: staged(one), another: staged(other) }, more);
const repository: Edit = (draft) => {
  draft.repository = {};
};
const secretKey: Edit = (draft) => {
  draft.secretKey = {};
};

const both =
  (one: Edit, other: Edit): Edit =>
  (draft) => {
    one(draft);
    other(draft);
  };

const STAGES: readonly Choice[] = [
  stageChoice('egress', { egress: Egress.publicIps() }, { egress: Egress.vpcEndpoints() }),
  stageChoice('cpu', { cpu: 1024, memoryLimitMiB: 4096 }, { cpu: 2048, memoryLimitMiB: 4096 }),
  stageChoice('memoryLimitMiB', { memoryLimitMiB: 2048 }, { memoryLimitMiB: 4096 }),
  stageChoice('scaling', { scaling: TaskScaling.fixed(2) }, { scaling: TaskScaling.between({ min: 3, max: 9 }) }),
  stageChoice('logRetention', { logRetention: RetentionDays.ONE_WEEK }, { logRetention: RetentionDays.ONE_YEAR }),
  stageChoice('removalPolicy', { removalPolicy: RemovalPolicy.DESTROY }, { removalPolicy: RemovalPolicy.RETAIN }),
  stageChoice(
    'repositoryRemovalPolicy',
    { repositoryRemovalPolicy: RemovalPolicy.DESTROY },
    { repositoryRemovalPolicy: RemovalPolicy.RETAIN },
    { given: repository },
  ),
  stageChoice(
    'dataRemovalPolicy',
    { dataRemovalPolicy: RemovalPolicy.DESTROY },
    { dataRemovalPolicy: RemovalPolicy.RETAIN },
    { given: both(postgres(), uploads()) },
  ),
  stageChoice('dataStandby', { dataStandby: false }, { dataStandby: true }, { given: both(postgres(), valkey()) }),
  stageChoice('backupRetention', { backupRetention: Duration.days(1) }, { backupRetention: Duration.days(35) }, { given: postgres() }),
  stageChoice('deletionProtection', { deletionProtection: false }, { deletionProtection: true }),
  stageChoice('containerInsights', { containerInsights: false }, { containerInsights: true }),
  stageChoice('accessLogs', { accessLogs: false }, { accessLogs: true }),
  stageChoice('alarms', { alarms: false }, { alarms: true }),
  stageChoice('dashboard', { dashboard: false }, { dashboard: true }),
  stageChoice('serviceEvents', { serviceEvents: false }, { serviceEvents: true }),
  stageChoice('flowLogs', { flowLogs: false }, { flowLogs: true }),
  stageChoice('secretRotation', { secretRotation: false }, { secretRotation: true }, { given: secretKey }),
];

const policies =
  (...list: ScalingPolicy[]): Edit =>
  (draft) => {
    draft.props.scaling = TaskScaling.between({ min: 2, max: 8, policies: list });
  };
const metric = new Metric({ namespace: 'Shop', metricName: 'Orders' });
const custom = (options: { target?: number; missingData?: number } = {}) =>
  policies(ScalingPolicy.custom(metric, { target: 10, ...options }));
const step = (options: Parameters<typeof ScalingPolicy.step>[0] = {}) => policies(ScalingPolicy.cpu(60), ScalingPolicy.step(options));
const depth =
  (options: Partial<Parameters<typeof WorkerScaling.onQueueDepth>[1]>): Edit =>
  (draft) => {
    const made = draft.stack.node.tryFindChild('Jobs') as IQueue | undefined;
    const jobs = made ?? Queue.fromQueueArn(draft.stack, 'Jobs', draft.arn('sqs', 'jobs'));
    draft.worker = {
      ...draft.worker,
      scaling: WorkerScaling.onQueueDepth(jobs, {
        max: 10,
        jobTime: Duration.seconds(30),
        acceptableWait: Duration.minutes(2),
        ...options,
      }),
    };
  };
const worker: Edit = (draft) => {
  draft.worker = {};
};

const SCALING: readonly Choice[] = [
  choice('ScalingPolicy.custom', {
    on: custom(),
    'with cpu()': policies(ScalingPolicy.custom(metric, { target: 10 }), ScalingPolicy.cpu(60)),
  }),
  choice('CustomScalingOptions.target', { '20': custom({ target: 20 }), '30': custom({ target: 30 }) }, { given: custom() }),
  choice('CustomScalingOptions.missingData', { '1': custom({ missingData: 1 }), '2': custom({ missingData: 2 }) }, { given: custom() }),
  choice('ScalingPolicy.inFlight', { '50': policies(ScalingPolicy.inFlight(50)), '70': policies(ScalingPolicy.inFlight(70)) }),
  choice(
    'InFlightScalingOptions.requestsAtOnce',
    {
      '16': policies(ScalingPolicy.inFlight(50, { requestsAtOnce: 16 })),
      '32': policies(ScalingPolicy.inFlight(50, { requestsAtOnce: 32 })),
    },
    { given: policies(ScalingPolicy.inFlight(50)) },
  ),
  choice('ScalingPolicy.step', { on: step(), without: policies(ScalingPolicy.cpu(60)) }),
  choice(
    'StepScalingOptions.aboveUtilizationPercent',
    { '90': step({ aboveUtilizationPercent: 90 }), '85': step({ aboveUtilizationPercent: 85 }) },
    { given: step() },
  ),
  choice('StepScalingOptions.factor', { '2': step({ factor: 2 }), '4': step({ factor: 4 }) }, { given: step() }),
  choice(
    'StepScalingOptions.cooldown',
    { '120 s': step({ cooldown: Duration.seconds(120) }), '180 s': step({ cooldown: Duration.seconds(180) }) },
    { given: step() },
  ),
  choice('UtilizationScalingOptions.resolution', {
    '60 s': policies(ScalingPolicy.cpu(60, { resolution: Duration.seconds(60) })),
    '20 s': policies(ScalingPolicy.cpu(60, { resolution: Duration.seconds(20) })),
  }),
  choice(
    'QueueDepthScalingOptions.jobTime',
    { '60 s': depth({ jobTime: Duration.seconds(60) }), '90 s': depth({ jobTime: Duration.seconds(90) }) },
    { given: depth({}) },
  ),
  choice(
    'QueueDepthScalingOptions.acceptableWait',
    { '5 min': depth({ acceptableWait: Duration.minutes(5) }), '9 min': depth({ acceptableWait: Duration.minutes(9) }) },
    { given: depth({}) },
  ),
  choice('QueueDepthScalingOptions.slots', { '2': depth({ slots: 2 }), '4': depth({ slots: 4 }) }, { given: depth({}) }),
  choice(
    'FlaskWorkerOptions.healthCheck',
    {
      'a file': (draft) => {
        draft.worker = { ...draft.worker, healthCheck: { command: ['CMD', 'test', '-e', '/tmp/alive'] } };
      },
      'another file': (draft) => {
        draft.worker = { ...draft.worker, healthCheck: { command: ['CMD', 'test', '-e', '/tmp/ready'] } };
      },
    },
    { given: worker },
  ),
  choice(
    'FlaskWorkerOptions.taskProtection',
    {
      true: (draft) => {
        draft.worker = { ...draft.worker, taskProtection: true };
      },
      false: (draft) => {
        draft.worker = { ...draft.worker, taskProtection: false };
      },
    },
    { given: worker },
  ),
];

/** A release task and a scheduled task are tasks too: they can be run and granted. */
const AS_TASKS: readonly Choice[] = (['FlaskReleaseTask', 'FlaskScheduledTask'] as const).flatMap((type) => {
  const id = type === 'FlaskReleaseTask' ? 'Migrate' : 'Nightly';
  const given: Edit = (draft) => {
    draft.releaseTask = {};
    draft.schedule = {};
  };
  return [
    choice(
      `${type}.grantRun`,
      {
        on: beside('grant', (draft, web) => {
          (web.node.findChild(id) as FlaskTask).grantRun(
            new Role(draft.stack, 'Runner', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
          );
        }),
      },
      { given },
    ),
    choice(
      `${type}.asStepFunctionsTask`,
      {
        on: beside('machine', (draft, web) => {
          const state = (web.node.findChild(id) as FlaskTask).asStepFunctionsTask(draft.stack, 'Run');
          new StateMachine(draft.stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(state) });
        }),
      },
      { given },
    ),
  ];
});

export const LATER_CHOICES: readonly Choice[] = [...DATA, ...IMAGES, ...STAGES, ...SCALING, ...AS_TASKS];
