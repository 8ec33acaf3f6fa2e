import { types } from 'node:util';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Stack, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import * as library from '../../src';
import {
  CacheUse,
  FlaskCache,
  FlaskDatabase,
  FlaskFargateService,
  FlaskPlatform,
  FlaskScheduledTask,
  FlaskUploads,
  FlaskWorker,
  LoadBalancing,
  TaskScaling,
} from '../../src';
import { anImage, fullService, service, testApp, testStack } from '../util/test-stack';

const PORT = 'port must be a whole number from 1024 to 65535, got 80; the container runs as a user that is not root';
const TAKEN =
  "the id 'Service' is taken by a part of the service or by something that was added before; use another, 'Service1', for example";
const COMMAND = ['true'];

function messageOf(action: () => unknown): string {
  return errorOf(action).message;
}

function errorOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

test('a constructor names the construct that it makes, by the path of its scope', () => {
  const stage = new Stage(testApp(), 'Prod');
  const stack = new Stack(new Construct(stage, 'Shop'), 'Stack');
  expect(messageOf(() => service(stack, { port: 80 }))).toBe(`${PORT} [at Prod/Shop/Stack/Web]`);
});

test('a method names its service, and a process that is added names itself', () => {
  const web = service(testStack());
  expect(messageOf(() => web.addWorker('Service', { command: COMMAND }))).toBe(`${TAKEN} [at Test/Web/Service]`);
  expect(messageOf(() => web.addWorker('Celery', { command: [] }))).toMatch(/ \[at Test\/Web\/Celery\]$/);
  expect(messageOf(() => new FlaskWorker(Stack.of(web), 'Rq', { service: web, command: [] }))).toMatch(/ \[at Test\/Rq\]$/);
});

test('the stack of the error, which an uncaught one prints, has the same message', () => {
  const error = errorOf(() => service(testStack(), { port: 80 }));
  expect(`${error.stack}`.split('\n')[0]).toBe(`Error: ${PORT} [at Test/Web]`);
});

test('alarms, a static factory and a class of the user', () => {
  const stack = testStack();
  class Shop extends FlaskFargateService {}
  expect(messageOf(() => new Shop(stack, 'Shop', { image: anImage(), port: 80 }))).toBe(`${PORT} [at Test/Shop]`);
  expect(new Shop(stack, 'Shop2', { image: anImage() })).toBeInstanceOf(FlaskFargateService);
  expect(messageOf(() => FlaskPlatform.fromName(stack, 'Platform', 'A B'))).toMatch(/ \[at Test\/Platform\]$/);
  expect(messageOf(() => fullService(stack).alarms.sendTo(undefined as never))).not.toMatch(/ \[at/); // JavaScript's own
});

test('what stands beside its service is named there', () => {
  const stack = testStack();
  const web = service(stack);
  const version = { version: '6', use: CacheUse.CACHE };
  expect(messageOf(() => FlaskCache.valkey(web, 'Cache', version))).toMatch(/ \[at Test\/Cache\]$/);
  expect(messageOf(() => FlaskUploads.bucket(web, 'Uploads', { variable: 'A B' }))).toMatch(/ \[at Test\/Uploads\]$/);
  const options = { version: PostgresEngineVersion.VER_17, instanceType: new InstanceType('db.t4g.small') };
  expect(messageOf(() => FlaskDatabase.postgres(web, 'Database', options))).toMatch(/ \[at Test\/Database\]$/);
});

test('the metrics name their service', () => {
  const web = service(testStack(), { loadBalancing: LoadBalancing.none() });
  expect(messageOf(() => web.metrics.requestCount())).toMatch(/ \[at Test\/Web\]$/);
});

test('the factory of a choice has no construct to name', () => {
  expect(messageOf(() => TaskScaling.fixed(-1))).not.toContain('[at');
});

test("an error of the CDK is left as it is: it has the construct's path already", () => {
  const stack = testStack();
  service(stack);
  expect(messageOf(() => service(stack))).toMatch(/^There is already a Construct with name 'Web' in \w+ \[Test\]$/);
});

test('every construct of the API, and every factory of constructs, names its path', () => {
  const constructs = Object.entries<object>(library)
    .filter(([, value]) => 'prototype' in value && value.prototype instanceof Construct)
    .map(([name]) => name);
  expect(constructs).toContain('FlaskFargateService');
  const silent = [...constructs, 'FlaskDatabase', 'FlaskUploads'].filter((name) => !types.isProxy(Object(library)[name]));
  expect(silent).toEqual([]);
  expect([FlaskDatabase.name, FlaskScheduledTask.name]).toEqual(['FlaskDatabase', 'FlaskScheduledTask']);
  expect(types.isProxy(LambdaFunction)).toBe(false);
});
