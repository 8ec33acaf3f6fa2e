import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import {
  FlaskFargateService,
  FlaskImage,
  FlaskPlatform,
  FlaskRepository,
  FlaskSecretKey,
  FlaskStage,
  FlaskTask,
  FlaskWorker,
  LoadBalancing,
} from '../../src';
import { PART_IDS } from '../../src/private/part-ids';
import { flaskApp } from '../util/flask-app';
import { anImage, expectError, service, testStack } from '../util/test-stack';

const command = ['true'];

/** A service with every part that there is. */
function whole() {
  const stack = testStack();
  const web = new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromSource(flaskApp()),
    hardening: { enableExecuteCommand: true },
  });
  web.addReleaseTask('Added', { command });
  web.useSecretKey(new FlaskSecretKey(stack, 'Key'));
  // the filter is made with the first who asks for its metric
  web.metrics.errorLines();
  return web;
}

/** A service with the parts that a platform alone brings. */
function onPlatform() {
  const stack = testStack();
  const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:123456789012:certificate/0');
  const platform = FlaskPlatform.fromName(stack, 'Platform', 'production');
  return service(stack, { loadBalancing: LoadBalancing.onPlatform(platform, { hosts: ['shop.example.com'], certificate }) });
}

test('the table is the parts of a service, all of them and no other', () => {
  const parts = [...whole().node.children, ...onPlatform().node.children].map(({ node }) => node.id).filter((id) => id !== 'Added');
  expect([...new Set(parts)].sort()).toEqual(Object.values(PART_IDS).sort());
});

describe.each([FlaskStage.production(), FlaskStage.development(), FlaskStage.ephemeral()])('in stage %#', (stage) => {
  test.each(Object.values(PART_IDS))('an id of a part is reserved, whether this service has the part or not: %s', (id) => {
    const web = service(testStack(), { stage, loadBalancing: LoadBalancing.none() });
    const report = web.addTask('Report', { command });
    const taken = `the id '${id}' is taken by a part of the service or by something that was added before; use another, '${id}1', for example`;
    expectError(() => web.addTask(id, { command }), taken);
    expectError(() => web.addReleaseTask(id, { command }), taken);
    expectError(() => web.addWorker(id, { command }), taken);
    expectError(() => new FlaskTask(web, id, { service: web, command }), taken);
    expectError(() => new FlaskWorker(web, id, { service: web, command }), taken);
    expectError(() => new FlaskSecretKey(web, id), taken);
    expectError(() => new FlaskRepository(web, id), taken);
    expectError(() => new FlaskPlatform(web, id, { name: 'production' }), taken);
    expectError(() => FlaskPlatform.fromName(web, id, 'production'), taken);
    expectError(() => new FlaskFargateService(web, id, { image: anImage() }), taken);
    expectError(() => report.asStepFunctionsTask(web, id), taken);
    expectError(() => web.addScheduledTask(id, { command, schedule: ScheduleExpression.rate(Duration.days(1)) }), taken);
  });
});

test('an id of something that was added before', () => {
  const web = service(testStack());
  web.addTask('Migrate', { command });
  expectError(
    () => web.addWorker('Migrate', { command }),
    "the id 'Migrate' is taken by a part of the service or by something that was added before; use another, 'Migrate1', for example",
  );
});

test('elsewhere the same ids are free', () => {
  const web = service(testStack());
  expect(() => new FlaskTask(new Construct(web, 'Jobs'), 'Dashboard', { service: web, command })).not.toThrow();
  expect(() => new FlaskSecretKey(Stack.of(web), 'Network')).not.toThrow();
});

test.each([
  ['FlaskNetwork', {}],
  ['FlaskPlatform-production', { loadBalancing: true }],
])('what the services of a stack share says whose id is taken: %s', (id, { loadBalancing = false }: { loadBalancing?: boolean }) => {
  const stack = testStack();
  new Construct(stack, id);
  const platform = () => LoadBalancing.onPlatform(FlaskPlatform.fromName(stack, 'Platform', 'production'));
  expectError(
    () => service(stack, { loadBalancing: loadBalancing ? platform() : LoadBalancing.none() }),
    `the id '${id}' in the stack Test is needed for what its Flask services share, and is taken; give your construct another id`,
  );
});
