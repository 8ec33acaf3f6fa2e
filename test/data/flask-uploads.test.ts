import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Stack } from 'aws-cdk-lib/core';
import { FlaskPlatform, FlaskUploads, LoadBalancing } from '../../src';
import { expectError, fullService, only, statementsOf, testStack } from '../util/test-stack';
import { type Add, STAGES, setup, uploads, variablesOf } from './one-line-setup';

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
