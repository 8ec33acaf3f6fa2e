import * as fs from 'node:fs';
import * as path from 'node:path';
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
import { DatabaseVariables, FlaskFargateService, FlaskImage, FlaskSecretKey, LoadBalancing } from '../src';
import { broker, cache, mysql, postgres, STAGES, uploads } from './data/one-line-setup';
import { RECOMMENDED_FLAGS, STRICT_FLAGS, validateTemplates } from './util/flags';
import { flaskApp } from './util/flask-app';
import { synthesizeAll } from './util/synthesize';
import { fullService, testStack } from './util/test-stack';

validateTemplates();

function oneLine(): { readonly app: App; readonly web: FlaskFargateService } {
  const stack = testStack({ flags: STRICT_FLAGS });
  const web = new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource(flaskApp()) });
  return { app: stack.node.root as App, web };
}

test('the one-line service passes', () => {
  expect(() => oneLine().app.synth()).not.toThrow();
}, 60_000);

test('a service with every process, a database, a cache, and a key passes', () => {
  const stack = testStack({ flags: STRICT_FLAGS });
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
function acrossStacks(connect: (data: Stack, web: FlaskFargateService, vpc: Vpc) => void, flags = STRICT_FLAGS): App {
  const stack = testStack({ flags });
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

test.each(Object.entries(STAGES))(
  'the data of %s in one line each passes',
  (_, stage) => {
    const stack = testStack({ flags: STRICT_FLAGS });
    const web = fullService(stack, { stage });
    for (const add of [postgres, cache, broker, uploads]) {
      add(web);
    }
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  },
  60_000,
);

test('the data in one line each passes beside a VPC of another stack', () => {
  const app = acrossStacks((_, web) => {
    for (const add of [mysql, cache, broker, uploads]) {
      add(web);
    }
    // imported subnets are two, and the validation warns of them as one
  }, RECOMMENDED_FLAGS);
  expect(() => app.synth()).not.toThrow();
}, 60_000);

test('every example passes, with the flags that cdk init writes', () => {
  const examples = path.join(__dirname, '../examples/typescript');
  const apps = fs.readdirSync(examples).map((name) => path.join(examples, name, 'app.ts'));
  const outdirs = synthesizeAll(apps.filter(fs.existsSync), 'of the app', { ...RECOMMENDED_FLAGS });
  expect(outdirs.size).toBeGreaterThan(10);
}, 180_000);

test('a mistake in the template would be found', () => {
  const { app, web } = oneLine();
  (web.service.node.defaultChild as CfnService).addPropertyOverride('DesiredCount', 'many');
  expect(() => app.synth()).toThrow("DesiredCount: 'many' is not of type 'integer'");
}, 60_000);
