import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { CfnService } from 'aws-cdk-lib/aws-ecs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  MysqlEngineVersion,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { type App, Duration, Stack } from 'aws-cdk-lib/core';
import {
  ANNOTATIONS_IN_VALIDATION_REPORT,
  CURRENTLY_RECOMMENDED_FLAGS,
  STRICT_CFN_VALIDATE_ERRORS,
  VALIDATE_AGAINST_DEFAULT_RULES,
} from 'aws-cdk-lib/cx-api';
import { DatabaseVariables, FlaskFargateService, FlaskImage, FlaskSecretKey, LoadBalancing } from '../src';
import { flaskApp } from './util/flask-app';
import { fullService, testStack } from './util/test-stack';

/*
 * The CDK checks each template against CloudFormation's own schemas. That costs seconds, so the other tests have it off.
 */
const { CDK_VALIDATION } = process.env;

beforeAll(() => {
  delete process.env.CDK_VALIDATION;
});

afterAll(() => {
  process.env.CDK_VALIDATION = CDK_VALIDATION;
});

/** A stack where all that the validation finds is an error, warnings included. */
function validated(): Stack {
  const flags = {
    ...CURRENTLY_RECOMMENDED_FLAGS,
    [ANNOTATIONS_IN_VALIDATION_REPORT]: false,
    [VALIDATE_AGAINST_DEFAULT_RULES]: true,
    [STRICT_CFN_VALIDATE_ERRORS]: true,
  };
  return testStack({ flags });
}

function oneLine(): { readonly app: App; readonly web: FlaskFargateService } {
  const stack = validated();
  const web = new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource(flaskApp()) });
  return { app: stack.node.root as App, web };
}

test('the one-line service passes', () => {
  expect(() => oneLine().app.synth()).not.toThrow();
}, 60_000);

test('a service with every process, a database, a cache, and a key passes', () => {
  const stack = validated();
  const web = fullService(stack);
  const task = web.addTask('Report', { command: ['flask', 'report'] });
  web.addWorker('Celery', { command: ['celery'] });
  web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
  web.addScheduledTask('Nightly', { command: ['true'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 });
  const database = new DatabaseInstance(stack, 'Database', { vpc: web.vpc, engine, databaseName: 'shop', storageEncrypted: true });
  web.connectToDatabase(database, { variables: DatabaseVariables.URL });
  web.restartOnSecretChange(database.secret as ISecret);
  web.connectToCache(new SecurityGroup(stack, 'Cache', { vpc: web.vpc }), { address: 'cache.example.com' });
  web.useSecretKey(new FlaskSecretKey(stack, 'Key'));
  const state = task.asStepFunctionsTask(stack, 'Run', { command: ['flask', 'report'] });
  new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(state) });
  expect(() => (stack.node.root as App).synth()).not.toThrow();
}, 60_000);

/** A service, and what it stands on in a stack of its own, as most are that hold data. */
function acrossStacks(connect: (data: Stack, web: FlaskFargateService, vpc: Vpc) => void): App {
  const stack = validated();
  const data = new Stack(stack.node.root as App, 'Data');
  const vpc = new Vpc(data, 'Vpc');
  connect(data, fullService(stack, { vpc, loadBalancing: LoadBalancing.none() }), vpc);
  return stack.node.root as App;
}

test.each([
  ['PostgreSQL', DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 })],
  ['MySQL', DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_4_6 })],
])(
  'an instance of %s in another stack passes',
  (_, engine) => {
    const app = acrossStacks((data, web, vpc) =>
      web.connectToDatabase(new DatabaseInstance(data, 'Database', { vpc, engine, databaseName: 'shop', storageEncrypted: true })),
    );
    expect(() => app.synth()).not.toThrow();
  },
  60_000,
);

test('a cluster, a cache, a file system and a search domain in another stack pass', () => {
  const app = acrossStacks((data, web, vpc) => {
    const engine = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_4 });
    const writer = ClusterInstance.serverlessV2('Writer');
    const cluster = new DatabaseCluster(data, 'Database', { vpc, engine, writer, defaultDatabaseName: 'shop', storageEncrypted: true });
    web.connectToDatabase(cluster);
    web.connectToCache(new SecurityGroup(data, 'Cache', { vpc }), { address: 'cache.example.com' });
    web.addFileSystem('media', { fileSystem: new FileSystem(data, 'Media', { vpc }), containerPath: '/mnt/media' });
    web.connectTo(new SecurityGroup(data, 'Search', { vpc }), Port.tcp(443));
  });
  expect(() => app.synth()).not.toThrow();
}, 60_000);

test('a mistake in the template would be found', () => {
  const { app, web } = oneLine();
  (web.service.node.defaultChild as CfnService).addPropertyOverride('DesiredCount', 'many');
  expect(() => app.synth()).toThrow("DesiredCount: 'many' is not of type 'integer'");
}, 60_000);
