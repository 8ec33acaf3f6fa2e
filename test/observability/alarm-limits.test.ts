import { Template } from 'aws-cdk-lib/assertions';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { type App, Duration, Stack } from 'aws-cdk-lib/core';
import { FlaskDeployment, FlaskScheduledTask, FlaskWorker, LoadBalancing, WorkerScaling } from '../../src';
import { fullService, service, testApp, testStack } from '../util/test-stack';

const DEPLOYMENTS: [string, () => FlaskDeployment][] = [
  ['rolling', () => FlaskDeployment.rolling()],
  ['blue/green', () => FlaskDeployment.blueGreen()],
  ['linear', () => FlaskDeployment.linear()],
  ['canary', () => FlaskDeployment.canary()],
];

// PutMetricAlarm takes twenty queries: ten of metrics and ten of expressions
describe.each(DEPLOYMENTS)('with a deployment that is %s, CloudWatch takes each alarm', (_, deployment) => {
  const queriesOf = (stack: Stack) =>
    Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).flatMap(({ Properties }) => {
      const queries = (Properties.Metrics ?? []) as { Expression?: string; MetricStat?: object }[];
      const expressions = queries.filter(({ Expression }) => Expression !== undefined).length;
      return [{ name: Properties.AlarmName, expressions, metrics: queries.length - expressions }];
    });
  const expectWithin = (stack: Stack) => {
    const tooLarge = queriesOf(stack).filter(({ expressions, metrics }) => expressions > 10 || metrics > 10);
    expect(tooLarge).toEqual([]);
  };

  test('with a load balancer of its own', () => {
    const stack = testStack();
    fullService(stack, { deployment: deployment() });
    expectWithin(stack);
  });

  test('on a shared listener, whose errors are the requests without an answer', () => {
    const stack = testStack();
    const first = service(stack, {}, 'First');
    const loadBalancing = LoadBalancing.sharedListener(first.listener as IApplicationListener, { paths: ['/second/*'], priority: 20 });
    fullService(stack, { vpc: first.vpc, cluster: first.cluster, deployment: deployment(), loadBalancing }, 'Second');
    expect(queriesOf(stack).some(({ name }) => /DeploymentErrors/.test(name))).toBe(true);
    expectWithin(stack);
  });
});

type Pattern = { readonly [key: string]: unknown };
const patternsOf = (stack: Stack): [string, Pattern][] =>
  Object.entries(Template.fromStack(stack).findResources('AWS::Events::Rule'))
    .filter(([, { Properties }]) => Properties.EventPattern)
    .map(([id, { Properties }]) => [id, Properties.EventPattern]);

/** A pattern once the names in it are made: CloudFormation adds the stack and twelve characters. */
const deployed = (pattern: Pattern, stackName: string) =>
  JSON.stringify(pattern, (_, value) => {
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value ?? {};
    if (join) {
      return (join[1] as unknown[]).map((part) => (typeof part === 'string' ? part : deployed({ part }, stackName).slice(9, -2))).join('');
    }
    const name = `${stackName}-${ref ?? attribute?.[0]}-${'X'.repeat(12)}`;
    return attribute?.[1] === 'Arn' ? `arn:aws-us-gov:ecs:us-gov-west-1:111111111111:cluster/${name}` : (ref ?? attribute) ? name : value;
  });

describe('the rules of many processes', () => {
  test.each([
    [4, 12],
    [4, 40],
    [60, 12],
    [128, 12],
  ])('a stack name of %i characters and %i workers: no pattern has more than 2,048 characters, and all are watched', (length, count) => {
    const stackName = 'S'.repeat(length);
    const stack = testStack({ stackName });
    const web = fullService(stack, { monitoring: { dashboard: false } });
    for (let i = 0; i < count; i++) {
      web.addWorker(`Worker${i}`, { command: ['celery'] });
    }
    const schedule = ScheduleExpression.rate(Duration.days(1));
    web.addScheduledTask('Nightly', { command: ['flask', 'report'], schedule });
    const patterns = patternsOf(stack);
    for (const [, pattern] of patterns) {
      expect(deployed(pattern, stackName).length).toBeLessThanOrEqual(2048);
    }
    const services = Object.keys(Template.fromStack(stack).findResources('AWS::ECS::Service')).sort();
    expect(services).toHaveLength(count + 1);
    for (const rules of [/ServiceEvents/, /FailedTaskRule/, /FailedDeploymentRule/]) {
      const text = JSON.stringify(patterns.filter(([id]) => rules.test(id)));
      expect(services.filter((id) => !text.includes(`"${id}"`))).toEqual([]);
    }
    // each rule of failures has its alarm
    const failures = patterns.filter(([id]) => /Failed(Task|Deployment)Rule/.test(id));
    const watched = web.alarms.all.filter(({ node }) => /^Failed/.test(node.id));
    expect(watched).toHaveLength(failures.length);
  });

  test('release tasks that come behind many workers are watched too', () => {
    const stackName = 'S'.repeat(60);
    const stack = testStack({ stackName });
    const web = fullService(stack, { monitoring: { dashboard: false } });
    for (let i = 0; i < 4; i++) {
      web.addWorker(`Worker${i}`, { command: ['celery'] });
    }
    for (let i = 0; i < 24; i++) {
      web.addReleaseTask(`Migrate${i}`, { command: ['flask'] });
    }
    const patterns = patternsOf(stack);
    expect(Math.max(...patterns.map(([, pattern]) => deployed(pattern, stackName).length))).toBeLessThanOrEqual(2048);
    const text = JSON.stringify(patterns.filter(([id]) => /FailedDeploymentRule/.test(id)));
    expect(text.match(/family:/g)).toHaveLength(24);
    expect(text).not.toContain('[]');
  });

  test.each(['near', 'far'])('any of them can go: no rule and no alarm of the others is another then, %s', (where) => {
    const identities = (left: number[]) => {
      const app = testApp();
      const near = new Stack(app, 'N'.repeat(60), { env: { account: '111111111111', region: 'eu-west-1' } });
      const far = new Stack(app, 'F'.repeat(60), { env: { account: '111111111111', region: 'eu-west-1' } });
      const web = fullService(near);
      const stack = where === 'near' ? near : far;
      for (const i of left) {
        new FlaskWorker(stack, `Worker${i}`, { service: web, command: ['celery'] });
      }
      const { Resources } = Template.fromStack(stack).toJSON();
      return Object.entries(Resources as { [id: string]: { Type: string; Properties: { AlarmName?: string } } })
        .filter(([, { Type }]) => /Alarm|Events::Rule/.test(Type))
        .map(([id, { Properties }]) => `${id} ${Properties.AlarmName}`);
    };
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    const before = identities(all);
    for (const gone of [0, 4, 8]) {
      const after = identities(all.filter((i) => i !== gone));
      expect(after.filter((identity) => !before.includes(identity))).toEqual([]);
      expect(before.filter((identity) => !after.includes(identity) && !/Processes\d/.test(identity))).toEqual([
        expect.stringContaining(`Worker${gone}`),
      ]);
    }
  });

  test('up to ten workers share the alarms of the service', () => {
    const stack = testStack();
    const web = fullService(stack);
    for (let i = 0; i < 10; i++) {
      expect(web.addWorker(`Worker${i}`, { command: ['celery'] }).alarms.map(({ node }) => node.id)).toEqual(['MissingTasks']);
    }
  });
});

describe('a worker and a schedule in another stack', () => {
  const setup = () => {
    const app: App = testApp();
    const env = { account: '111111111111', region: 'eu-west-1' };
    const [near, far] = [new Stack(app, 'Near', { env }), new Stack(app, 'Far', { env })];
    const web = fullService(near);
    const topic = new Topic(near, 'Topic');
    web.alarms.sendTo(topic);
    const worker = new FlaskWorker(far, 'Celery', { service: web, command: ['celery'] });
    return { app, near, far, web, topic, worker };
  };
  const idsOf = (alarms: Alarm[]) => alarms.map(({ node }) => node.path);

  test('do not make the two stacks depend on each other', () => {
    const { app, near, far, web } = setup();
    const scaling = WorkerScaling.onQueueDepth(new Queue(far, 'Queue'), { messagesPerTask: 10, max: 2 });
    new FlaskWorker(far, 'Jobs', { service: web, command: ['celery'], scaling });
    new FlaskScheduledTask(far, 'Nightly', { service: web, command: ['flask'], schedule: ScheduleExpression.rate(Duration.days(1)) });
    app.synth();
    expect(far.dependencies).toEqual([near]);
    expect(near.dependencies).toEqual([]);
  });

  test('are watched there, and tell the same topic', () => {
    const { far, worker, web } = setup();
    expect(idsOf(worker.alarms)).toEqual(['Far/Celery/MissingTasks']);
    const shared = 'Far/FlaskEvents-NearWeb363F487D/Processes1';
    expect(idsOf(web.alarms.all)).toEqual(
      expect.arrayContaining(['Far/Celery/MissingTasks', `${shared}/FailedTasks`, `${shared}/FailedDeployment`]),
    );
    const alarms = Object.values(Template.fromStack(far).findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.map(({ Properties }) => Properties.AlarmActions.length)).toEqual([1, 1, 1]);
    expect(patternsOf(far).map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'FlaskEventsNearWeb363F487DProcesses1ServiceEvents',
      'FlaskEventsNearWeb363F487DProcesses1FailedTaskRule',
      'FlaskEventsNearWeb363F487DProcesses1FailedDeploymentRule',
    ]);
  });

  // Amazon EventBridge refuses an empty list
  test('a schedule alone there has its events kept, by its tasks alone', () => {
    const app = testApp();
    const env = { account: '111111111111', region: 'eu-west-1' };
    const [near, far] = [new Stack(app, 'Near', { env }), new Stack(app, 'Far', { env })];
    const web = fullService(near);
    const schedule = ScheduleExpression.rate(Duration.days(1));
    new FlaskScheduledTask(far, 'Nightly', { service: web, command: ['flask'], schedule });
    const [[, pattern]] = patternsOf(far).filter(([id]) => /ServiceEvents/.test(id));
    expect(pattern).toMatchObject({ detail: { group: ['family:FarNightlyDefinition39D7386B'] } });
    expect(JSON.stringify(patternsOf(far))).not.toContain('[]');
  });

  test('a second one there shares the rules of the first', () => {
    const { far, web } = setup();
    const second = new FlaskWorker(far, 'Beat', { service: web, command: ['celery', 'beat'] });
    expect(idsOf(second.alarms)).toEqual(['Far/Beat/MissingTasks']);
    expect(JSON.stringify(patternsOf(far)).match(/BeatService/g)).toHaveLength(4);
  });

  test('are not on the dashboard, which would depend on them', () => {
    const { near } = setup();
    const [dashboard] = Object.values(Template.fromStack(near).findResources('AWS::CloudWatch::Dashboard'));
    expect(JSON.stringify(dashboard)).not.toContain('Celery');
  });
});
