import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { type App, Duration, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import {
  CacheUse,
  Egress,
  FlaskCache,
  FlaskDatabase,
  FlaskFargateService,
  FlaskRepository,
  FlaskSecretKey,
  FlaskUploads,
  LoadBalancing,
  Tls,
  WebAcl,
  WorkerScaling,
} from '../src';
import { Account } from './updates/account';
import type { Template as Json } from './updates/template';
import { anImage, testApp } from './util/test-stack';

const ACCOUNT = '111122223333';
const QUOTAS = /^quota: (elastic IP addresses|VPCs)/;

/** Everything that has an ARN, a principal, an endpoint or a host name in its template. */
function everything(stack: Stack, id = 'Web', egress = Egress.vpcEndpoints()): FlaskFargateService {
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  const knowsRegion = /^[a-z]+-/.test(stack.region);
  const web = new FlaskFargateService(stack, id, {
    image: anImage(),
    egress,
    loadBalancing: LoadBalancing.internetFacing({
      tls: Tls.forDomain({ zone, recordName: 'shop' }),
      webAcl: WebAcl.managedRules({ logRequests: true }),
      accessLogs: knowsRegion,
      connectionLogs: knowsRegion,
    }),
    hardening: { restrictDefaultSecurityGroup: true, flowLogs: true },
  });
  web.alarms.sendTo(new Topic(stack, 'Operators', { enforceSSL: true }));
  web.useSecretKey(new FlaskSecretKey(stack, 'SecretKey', { rotation: true }));
  web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
  web.addScheduledTask('Nightly', { command: ['flask', 'report'], schedule: ScheduleExpression.rate(Duration.days(1)) });
  web.addWorker('Celery', {
    command: ['celery'],
    scaling: WorkerScaling.onQueueDepth(new Queue(stack, 'Jobs'), { max: 4, messagesPerTask: 5 }),
  });
  web.addOpenTelemetry();
  FlaskDatabase.postgres(web, 'Database', { version: PostgresEngineVersion.VER_17_7 });
  FlaskCache.valkey(web, 'Broker', { use: CacheUse.BROKER, version: '8.2' });
  FlaskUploads.bucket(web, 'Uploads');
  new FlaskRepository(stack, 'Repository');
  web.discoverableAs('shop');
  return web;
}

/** Each text of a template, with the names of the properties that lead to it. */
function textsOf(value: unknown, path: readonly string[] = []): { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') {
    return [{ path: path.join('.'), text: value }];
  }
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, each]) => textsOf(each, [...path, name])) : [];
}

const regions: [region: string, partition: string, endpoint: string, logDelivery: RegExp, console: string][] = [
  ['eu-west-1', 'aws', 'com.amazonaws', /^arn:aws:iam::156460612806:root$/, 'console.aws.amazon.com'],
  // opt-in: an older one with an account of the load balancer, a newer one with a principal
  ['af-south-1', 'aws', 'com.amazonaws', /^arn:aws:iam::098369216593:root$/, 'console.aws.amazon.com'],
  ['mx-central-1', 'aws', 'com.amazonaws', /^logdelivery.elasticloadbalancing.amazonaws.com$/, 'console.aws.amazon.com'],
  ['us-gov-west-1', 'aws-us-gov', 'com.amazonaws', /^arn:aws-us-gov:iam::048591011584:root$/, 'console.amazonaws-us-gov.com'],
  ['us-gov-east-1', 'aws-us-gov', 'com.amazonaws', /^arn:aws-us-gov:iam::190560391635:root$/, 'console.amazonaws-us-gov.com'],
  ['cn-north-1', 'aws-cn', 'cn.com.amazonaws', /^arn:aws-cn:iam::638102146993:root$/, 'console.amazonaws.cn'],
  ['cn-northwest-1', 'aws-cn', 'cn.com.amazonaws', /^arn:aws-cn:iam::037604701340:root$/, 'console.amazonaws.cn'],
  ['eusc-de-east-1', 'aws-eusc', 'eu.amazonaws', /^logdelivery.elasticloadbalancing.amazonaws.com$/, 'console.amazonaws-eusc.eu'],
];

describe.each(regions)('in %s', (region, partition, endpoint, logDelivery, console) => {
  const stack = new Stack(testApp(), 'Shop', { env: { account: ACCOUNT, region } });
  everything(stack);
  const template = Template.fromStack(stack);
  const json = template.toJSON() as Json;
  const texts = textsOf(json.Resources);

  test('each ARN is of the partition', () => {
    const partitions = texts.flatMap(({ path, text }) => [...text.matchAll(/\barn:([^:]*):/g)].map(([, found]) => ({ path, found })));
    expect(partitions.length).toBeGreaterThan(10);
    // `${AWS::Partition}`, which CloudFormation knows
    expect(partitions.filter(({ found }) => found !== partition && found !== '${AWS')).toEqual([]);
  });

  test('a host of AWS is written in principals, endpoints and links to the console alone', () => {
    const hosts = texts.filter(
      ({ path, text }) =>
        /amazonaws|aws\.amazon/.test(text) &&
        !/\.(Service|Principal)(\.\d+)?$|PassedToService(\.\d+)?$|\.ServiceName|\.RoleARN|AlarmDescription|DashboardBody/.test(path),
    );
    expect(hosts).toEqual([]);
    const links = texts.flatMap(({ text }) => text.match(/console\.[^/]*/g) ?? []);
    expect(new Set(links)).toEqual(new Set([console]));
  });

  test('the endpoints of images have the name of the partition', () => {
    const names = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) => Properties.ServiceName);
    expect(names).toContain(`${endpoint}.${region}.ecr.api`);
    expect(names).toContain(`${endpoint}.${region}.ecr.dkr`);
  });

  test('the load balancer may write its logs, by the account or the principal that it has there', () => {
    const writers = texts
      .filter(({ path }) => /LogBucketPolicy.*Statement\.\d+\.Principal\.(AWS|Service)/.test(path))
      .map(({ text }) => text);
    expect(writers.some((writer) => logDelivery.test(writer))).toBe(true);
  });

  test('the referee accepts the template', () => {
    expect(new Account().deploy(json).findings.filter(({ rule }) => !QUOTAS.test(rule))).toEqual([]);
  });
});

test('a stack that any region takes has its partition as a reference in every ARN', () => {
  const stack = new Stack(testApp(), 'Shop');
  everything(stack);
  const texts = textsOf(Template.fromStack(stack).toJSON().Resources);
  expect(texts.filter(({ text }) => /\barn:aws/.test(text))).toEqual([]);
});

type Place = (app: App) => Stack;
const env = { account: ACCOUNT, region: 'eu-west-1' };
const LONG = `Production-${'Shop-'.repeat(23)}Web`;
const places: [name: string, place: Place, id: string][] = [
  ['a Stage', (app) => new Stack(new Stage(app, 'Production', { env }), 'Shop'), 'Web'],
  ['a Stage in a Stage', (app) => new Stack(new Stage(new Stage(app, 'Europe', { env }), 'Production'), 'Shop'), 'Web'],
  ['a nested stack', (app) => new NestedStack(new Stack(app, 'Parent', { env }), 'Shop'), 'Web'],
  ['a stack whose name has 128 characters', (app) => new Stack(app, LONG.slice(0, 128), { env }), 'Web'],
  ['an id of 200 characters', (app) => new Stack(app, 'Shop', { env }), 'Web'.repeat(66)],
  ['an id that is not ASCII', (app) => new Stack(app, 'Shop', { env }), 'Größe-商店'],
];

test.each(places)('%s has names that AWS takes, and one boundary on every role', (_, place, id) => {
  const app = testApp();
  const stack = place(app);
  // an aspect does not enter a Stage from outside
  PermissionsBoundary.of(Stage.of(stack) ?? app).apply(ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'));
  everything(stack, id, Egress.natGateways());
  const template = Template.fromStack(stack);
  expect(new Account().deploy(template.toJSON() as Json).findings.filter(({ rule }) => !QUOTAS.test(rule))).toEqual([]);
  const roles = Object.values(template.findResources('AWS::IAM::Role'));
  expect(roles.length).toBeGreaterThan(5);
  expect(roles.filter(({ Properties }) => Properties.PermissionsBoundary === undefined)).toEqual([]);
});
