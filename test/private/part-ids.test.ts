import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration } from 'aws-cdk-lib/core';
import { FlaskFargateService, FlaskImage, FlaskSecretKey, FlaskStage, LoadBalancing } from '../../src';
import { PART_IDS } from '../../src/private/part-ids';
import { flaskApp } from '../util/flask-app';
import { expectError, service, testStack } from '../util/test-stack';

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

test('the table is the parts of a service, all of them and no other', () => {
  const parts = whole()
    .node.children.map(({ node }) => node.id)
    .filter((id) => id !== 'Added');
  expect(parts.sort()).toEqual(Object.values(PART_IDS).sort());
});

describe.each([FlaskStage.production(), FlaskStage.development(), FlaskStage.ephemeral()])('in stage %#', (stage) => {
  test.each(Object.values(PART_IDS))('an id of a part is reserved, whether this service has the part or not: %s', (id) => {
    const web = service(testStack(), { stage, loadBalancing: LoadBalancing.none() });
    const taken = `the id '${id}' is taken by a part of the service or by something that was added before; take another, '${id}1' for example`;
    expectError(() => web.addTask(id, { command }), taken);
    expectError(() => web.addReleaseTask(id, { command }), taken);
    expectError(() => web.addWorker(id, { command }), taken);
    expectError(() => web.addScheduledTask(id, { command, schedule: ScheduleExpression.rate(Duration.days(1)) }), taken);
  });
});

test('an id of something that was added before', () => {
  const web = service(testStack());
  web.addTask('Migrate', { command });
  expectError(
    () => web.addWorker('Migrate', { command }),
    "the id 'Migrate' is taken by a part of the service or by something that was added before; take another, 'Migrate1' for example",
  );
});
