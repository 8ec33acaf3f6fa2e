import { Template } from 'aws-cdk-lib/assertions';
import { AwsLogDriverMode } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { FlaskStage, type LoggingOptions } from '../../src';
import { containerOf, containersOf, only, service, templateOf, testStack } from '../util/test-stack';

const groupOf = (template: Template) => only(template, 'AWS::Logs::LogGroup', /^WebLogs/);
const optionsOf = (container: { [key: string]: unknown }) =>
  (container.LogConfiguration as { Options: { [key: string]: unknown } }).Options;

test('by default is kept for 30 days and stays, and does not block the app', () => {
  const template = templateOf();
  expect(groupOf(template)).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(groupOf(template).Properties).toEqual({ RetentionInDays: 30 });
  expect(optionsOf(containerOf(template))).toEqual({
    'awslogs-group': { Ref: groupOf(template).id },
    'awslogs-region': { Ref: 'AWS::Region' },
    'awslogs-stream-prefix': 'web',
    mode: 'non-blocking',
    // 25 MiB
    'max-buffer-size': '26214400b',
  });
});

test('takes every option', () => {
  const stack = testStack();
  const encryptionKey = new Key(stack, 'Key');
  const logging: LoggingOptions = {
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.DESTROY,
    encryptionKey,
    mode: AwsLogDriverMode.BLOCKING,
  };
  service(stack, { logging });
  const template = Template.fromStack(stack);
  expect(groupOf(template)).toMatchObject({
    DeletionPolicy: 'Delete',
    Properties: { RetentionInDays: 365, KmsKeyId: stack.resolve(encryptionKey.keyArn) },
  });
  const options = optionsOf(containerOf(template));
  expect(options.mode).toBe('blocking');
  expect(options).not.toHaveProperty('max-buffer-size');
});

test('can be kept for ever', () => {
  expect(groupOf(templateOf({ logging: { retention: RetentionDays.INFINITE } })).Properties).not.toHaveProperty('RetentionInDays');
});

test.each([
  ['production', FlaskStage.production(), 30, 'Retain'],
  ['development', FlaskStage.development(), 7, 'Delete'],
  ['ephemeral', FlaskStage.ephemeral(), 1, 'Delete'],
])('in %s', (_, stage, days, deletionPolicy) => {
  expect(groupOf(templateOf({ stage }))).toMatchObject({ DeletionPolicy: deletionPolicy, Properties: { RetentionInDays: days } });
});

test('what is given wins over the stage', () => {
  const logging = { retention: RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN };
  expect(groupOf(templateOf({ stage: FlaskStage.ephemeral(), logging }))).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: { RetentionInDays: 365 },
  });
});

test('one group is for all processes, each with streams of its own', () => {
  const stack = testStack();
  const web = service(stack, { logging: { mode: AwsLogDriverMode.BLOCKING } });
  web.addTask('Nightly', { command: ['flask', 'report'] });
  const options = containersOf(Template.fromStack(stack)).map(optionsOf);
  expect(options.map((each) => each['awslogs-group'])).toEqual(options.map(() => stack.resolve(web.logGroup.logGroupName)));
  expect(options.map((each) => each['awslogs-stream-prefix'])).toEqual(['web', 'nightly']);
  expect(options.map(({ mode }) => mode)).toEqual(['blocking', 'blocking']);
});
