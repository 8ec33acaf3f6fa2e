import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Annotations, type Stack } from 'aws-cdk-lib/core';
import { FlaskStage, LoadBalancing, type LoadBalancingOptions } from '../../src';
import { expectError, only, service, testStack, warningsOf } from '../util/test-stack';

const ENV = { account: '123456789012', region: 'eu-central-1' };
const ID = 'cdk-flask-fargate:noAccessLogs';

function setup(
  options: LoadBalancingOptions | ((stack: Stack) => LoadBalancingOptions) = {},
  stage = FlaskStage.production(),
  env?: typeof ENV,
) {
  const stack = testStack({ env });
  service(stack, { stage, loadBalancing: LoadBalancing.internetFacing(typeof options === 'function' ? options(stack) : options) });
  return { stack, template: Template.fromStack(stack) };
}

const inRegion = (options?: Parameters<typeof setup>[0], stage?: FlaskStage) => setup(options, stage, ENV).template;

function logsOf(template: Template): { [attribute: string]: unknown } {
  const attributes = only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.LoadBalancerAttributes as {
    Key: string;
    Value: unknown;
  }[];
  return Object.fromEntries(attributes.filter(({ Key }) => /_logs\.s3\.(enabled|bucket)$/.test(Key)).map(({ Key, Value }) => [Key, Value]));
}

const OFF = { 'access_logs.s3.enabled': 'false', 'connection_logs.s3.enabled': 'false' };

const bucketOf = (template: Template) => only(template, 'AWS::S3::Bucket');

describe('in production', () => {
  test('are written to a bucket that is private, encrypted, HTTPS only, and forgets after 90 days', () => {
    const template = inRegion();
    expect(logsOf(template)).toEqual({ ...OFF, 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': { Ref: bucketOf(template).id } });
    expect(bucketOf(template)).toMatchObject({ DeletionPolicy: 'Retain' });
    expect(bucketOf(template).Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
    });
    expect(JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))).toContain('aws:SecureTransport');
  });

  test('can be off', () => {
    const template = inRegion({ accessLogs: false });
    expect(logsOf(template)).toEqual(OFF);
    template.resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('are off with advice where the stack knows no region', () => {
    const { stack, template } = setup();
    expect(logsOf(template)).toEqual(OFF);
    expect(warningsOf(stack).filter(({ id }) => id === ID)).toEqual([
      {
        path: '/Test/Web/FrontEnd',
        id: ID,
        text: 'the load balancer writes no access logs, because the stack does not know its region; set region in the env of the stack',
      },
    ]);
  });
});

describe('in the other stages', () => {
  test.each([
    ['development', FlaskStage.development()],
    ['ephemeral', FlaskStage.ephemeral()],
  ])('%s: are off, and their bucket would go with the service', (_, stage) => {
    expect(logsOf(inRegion({}, stage))).toEqual(OFF);
    const template = inRegion({ accessLogs: true }, stage);
    expect(logsOf(template)).toMatchObject({ 'access_logs.s3.enabled': 'true' });
    expect(bucketOf(template)).toMatchObject({ DeletionPolicy: 'Delete' });
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 1);
  });
});

test('of connections go to the same bucket', () => {
  const template = inRegion({ connectionLogs: true });
  expect(logsOf(template)).toEqual({
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': { Ref: bucketOf(template).id },
    'connection_logs.s3.enabled': 'true',
    'connection_logs.s3.bucket': { Ref: bucketOf(template).id },
  });
});

test('of connections need none of requests', () => {
  expect(Object.keys(logsOf(inRegion({ accessLogs: false, connectionLogs: true })))).toEqual([
    'access_logs.s3.enabled',
    'connection_logs.s3.enabled',
    'connection_logs.s3.bucket',
  ]);
});

test('go to a bucket that is given', () => {
  const template = inRegion((stack) => ({ logBucket: new Bucket(stack, 'Given') }));
  expect(bucketOf(template).id).toMatch(/^Given/);
  expect(logsOf(template)).toMatchObject({ 'access_logs.s3.bucket': { Ref: bucketOf(template).id } });
});

test('refuse a bucket with nothing to write', () => {
  expectError(
    () => inRegion((stack) => ({ logBucket: new Bucket(stack, 'Given'), accessLogs: false })),
    'logBucket is given, and neither accessLogs nor connectionLogs is on; set one of the two to true, or leave logBucket out',
  );
});

test.each([{ accessLogs: true }, { connectionLogs: true }])('asked for by %p need a stack that knows its region', (options) => {
  expectError(
    () => setup(options),
    'the logs of the load balancer need a stack that knows its region, got a region-agnostic stack; set region in the env of the stack, or set accessLogs to false',
  );
});

describe('the advice', () => {
  const advice = (stack: Stack) => warningsOf(stack).filter(({ id }) => id === ID);

  test('is not given where logs are off, or the region is known', () => {
    expect(advice(setup({ accessLogs: false }).stack)).toEqual([]);
    expect(advice(setup({}, FlaskStage.development()).stack)).toEqual([]);
    expect(advice(setup({}, FlaskStage.production(), ENV).stack)).toEqual([]);
  });

  test('can be acknowledged', () => {
    const { stack } = setup();
    Annotations.of(stack).acknowledgeWarning(ID);
    expect(advice(stack)).toEqual([]);
  });
});
