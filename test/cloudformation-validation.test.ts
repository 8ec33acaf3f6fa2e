import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnService } from 'aws-cdk-lib/aws-ecs';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { type App, Duration, type Stack } from 'aws-cdk-lib/core';
import {
  ANNOTATIONS_IN_VALIDATION_REPORT,
  CURRENTLY_RECOMMENDED_FLAGS,
  STRICT_CFN_VALIDATE_ERRORS,
  VALIDATE_AGAINST_DEFAULT_RULES,
} from 'aws-cdk-lib/cx-api';
import { DatabaseVariables, FlaskFargateService, FlaskImage, FlaskSecretKey } from '../src';
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

test('a mistake in the template would be found', () => {
  const { app, web } = oneLine();
  (web.service.node.defaultChild as CfnService).addPropertyOverride('DesiredCount', 'many');
  expect(() => app.synth()).toThrow("DesiredCount: 'many' is not of type 'integer'");
}, 60_000);
