import { DockerBuildSecret } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { CfnParameter, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib/core';
import { FlaskDeployment, FlaskHealthCheck, FlaskImage, FlaskRepository, FlaskSecretKey, FlaskStage, LoadBalancing } from '../src';
import { expectError, fullService, only, service, testStack } from './util/test-stack';

/* What the synthesis, the CDK or the build of an image calculates with cannot be a token; what AWS alone reads can. */

const number = (stack: Stack) => new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
const text = (stack: Stack) => new CfnParameter(stack, 'Text').valueAsString;
const dockerfile = (options: Parameters<typeof FlaskImage.fromDockerfile>[1]) => FlaskImage.fromDockerfile('examples/sample-app', options);
const schedule = ScheduleExpression.rate(Duration.hours(1));

test.each<[name: string, use: (stack: Stack) => void, message: string]>([
  [
    'interval',
    (stack) => void FlaskHealthCheck.path('/', { interval: Duration.seconds(number(stack)), containerHealthCheck: false }),
    'interval of the health check must be known at synth, got a token; give a value that is known, Duration.seconds(15), for example',
  ],
  [
    'timeout',
    (stack) => void FlaskHealthCheck.path('/', { timeout: Duration.seconds(number(stack)), containerHealthCheck: false }),
    'timeout of the health check must be known at synth, got a token; give a value that is known, Duration.seconds(5), for example',
  ],
  [
    'gracePeriod',
    (stack) => void FlaskHealthCheck.path('/', { gracePeriod: Duration.seconds(number(stack)) }),
    'gracePeriod of the health check must be known at synth, got a token; give a value that is known, Duration.seconds(60), for example; for the check of the container too; or leave that out by setting containerHealthCheck to false',
  ],
  [
    'unhealthyThresholdCount',
    (stack) => void FlaskHealthCheck.path('/', { unhealthyThresholdCount: number(stack) }),
    'unhealthyThresholdCount must be known at synth, got a token; give a value that is known, 3, for example; for the check of the container too; or leave that out by setting containerHealthCheck to false',
  ],
  [
    'retryAttempts',
    (stack) => void service(stack).addScheduledTask('Nightly', { command: ['true'], schedule, retryAttempts: number(stack) }),
    'retryAttempts must be known at synth, got a token; give a value that is known, 3, for example',
  ],
  [
    'maxEventAge',
    (stack) => void service(stack).addScheduledTask('Nightly', { command: ['true'], schedule, maxEventAge: Duration.hours(number(stack)) }),
    'maxEventAge must be known at synth, got a token; give a value that is known, Duration.hours(1), for example',
  ],
  [
    'backupRetention',
    (stack) => void FlaskStage.production({ backupRetention: Duration.days(number(stack)) }),
    'backupRetention must be known at synth, got a token; give a value that is known, Duration.days(14), for example',
  ],
  [
    'assetName',
    (stack) => void dockerfile({ assetName: text(stack) }),
    "assetName must be known at synth, got a token; give it as text, 'shop-web', for example",
  ],
  [
    'the name of a build argument',
    (stack) => void dockerfile({ buildArgs: { [text(stack)]: '1' } }),
    "the name of a build argument must be known at synth, got a token; give it as text, 'PIP_INDEX_URL', for example",
  ],
  [
    'target',
    (stack) => void dockerfile({ target: text(stack) }),
    "target must be known at synth, got a token; give it as text, 'web', for example",
  ],
  [
    'file',
    (stack) => void dockerfile({ file: text(stack) }),
    "file must be known at synth, got a token; give it as text, 'Dockerfile', for example",
  ],
  [
    'stickiness',
    (stack) => void LoadBalancing.internetFacing({ stickiness: Duration.seconds(number(stack)) }),
    'stickiness must be known at synth, got a token; give a value that is known, Duration.hours(1), for example',
  ],
  [
    'slowStart',
    (stack) => void LoadBalancing.internetFacing({ slowStart: Duration.seconds(number(stack)) }),
    'slowStart must be known at synth, got a token; give a value that is known, Duration.seconds(30), for example',
  ],
  [
    'the port for service discovery',
    (stack) => void service(stack).discoverableAs('shop', { port: number(stack) }),
    'the port for service discovery must be known at synth, got a token; give a value that is known, 80, for example',
  ],
  [
    'buildSecrets',
    (stack) => void dockerfile({ buildSecrets: { pip: text(stack) } }),
    "the build secret pip must be known at synth, got a token; give where the build finds it, DockerBuildSecret.fromSrc('pip.conf'), for example",
  ],
  [
    'the name of a build secret',
    (stack) => void dockerfile({ buildSecrets: { [text(stack)]: DockerBuildSecret.fromSrc('pip.conf') } }),
    "the build secret has a name that must be known at synth, got a token; give where the build finds it, DockerBuildSecret.fromSrc('pip.conf'), for example",
  ],
  [
    'bakeTime in another unit',
    (stack) => void FlaskDeployment.blueGreen({ bakeTime: Duration.seconds(number(stack)) }),
    'bakeTime must be in minutes if it is a token, got one in seconds; give Duration.minutes() of the token',
  ],
])('%s must be known at synth', (_name, use, message) => {
  const stack = testStack();
  expectError(() => use(stack), message);
});

test('a deployment of a length that is known later is called stuck after a day', () => {
  const stack = testStack();
  fullService(stack, { deployment: FlaskDeployment.canary({ canaryBakeTime: Duration.minutes(number(stack)) }) });
  expect(only(Template.fromStack(stack), 'AWS::CloudWatch::Alarm', /StuckDeployment/).Properties).toMatchObject({
    // of five minutes each: an alarm looks back a day at most
    EvaluationPeriods: 286,
  });
});

test.each<[name: string, use: (stack: Stack) => void]>([
  ['removalPolicy of the logs', (stack) => void service(stack, { logging: { removalPolicy: RemovalPolicy.SNAPSHOT } })],
  ['removalPolicy of a repository', (stack) => void new FlaskRepository(stack, 'Repository', { removalPolicy: RemovalPolicy.SNAPSHOT })],
  ['removalPolicy of a secret key', (stack) => void new FlaskSecretKey(stack, 'Key', { removalPolicy: RemovalPolicy.SNAPSHOT })],
  ['removalPolicy of a stage', () => void FlaskStage.production({ removalPolicy: RemovalPolicy.SNAPSHOT })],
  ['repositoryRemovalPolicy of a stage', () => void FlaskStage.production({ repositoryRemovalPolicy: RemovalPolicy.SNAPSHOT })],
])('%s cannot be a snapshot', (name, use) => {
  expectError(
    () => use(testStack()),
    `${name} must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got SNAPSHOT; AWS takes snapshots of databases and caches only`,
  );
});
