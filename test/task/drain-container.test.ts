import { Template } from 'aws-cdk-lib/assertions';
import { Duration } from 'aws-cdk-lib/core';
import { Capacity, FlaskImage, WsgiServer } from '../../src';
import { flaskApp } from '../util/flask-app';
import { containersOf, expectError, service, templateOf, testStack } from '../util/test-stack';

const namesOf = (capacity?: Capacity) => containersOf(templateOf({ capacity })).map(({ Name }) => Name);

test.each([
  ['by default', undefined, ['flask-app']],
  ['on demand', Capacity.onDemand(), ['flask-app']],
  ['on demand, asked for', Capacity.onDemand({ drainBeforeStop: true }), ['flask-app', 'drain']],
  ['on Spot', Capacity.spot(), ['flask-app', 'drain']],
  ['on Spot, refused', Capacity.spot({ drainBeforeStop: false }), ['flask-app']],
])('%s', (_, capacity, names) => {
  expect(namesOf(capacity)).toEqual(names);
});

test('is of the same image, holds the signal back for 10 seconds, and depends on the app', () => {
  const stack = testStack();
  service(stack, { capacity: Capacity.spot(), image: FlaskImage.fromSource(flaskApp()) });
  const [app, drain] = containersOf(Template.fromStack(stack));
  expect(drain).toEqual({
    Name: 'drain',
    Essential: false,
    Image: app.Image,
    User: app.User,
    ReadonlyRootFilesystem: app.ReadonlyRootFilesystem,
    LinuxParameters: app.LinuxParameters,
    LogConfiguration: app.LogConfiguration,
    EntryPoint: ['python', '-c'],
    Command: ['import signal, time; signal.signal(signal.SIGTERM, lambda *_: None); signal.pause(); time.sleep(10)'],
    // so that it ends by itself
    StopTimeout: 15,
    // ECS stops it first
    DependsOn: [{ ContainerName: 'flask-app', Condition: 'START' }],
  });
  expect(app).not.toHaveProperty('DependsOn');
});

test('is not in a task that is added', () => {
  const stack = testStack();
  const task = service(stack, { capacity: Capacity.spot() }).addTask('Migrate', { command: ['true'] });
  expect(task.taskDefinition.findContainer('drain')).toBeUndefined();
});

test('takes its seconds of those that Fargate gives to all', () => {
  const withStop = (seconds: number, capacity: Capacity) =>
    service(testStack(), { capacity, server: WsgiServer.gunicorn({ stopTimeout: Duration.seconds(seconds) }) });
  expect(() => withStop(105, Capacity.spot())).not.toThrow();
  expectError(
    () => withStop(106, Capacity.spot()),
    'stopTimeout must be a whole number of seconds from 2 to 105, got 106; Fargate kills a container after 120 seconds, 15 of which go to drainBeforeStop, so gracefulTimeout can be 95 at most',
  );
  expect(() => withStop(120, Capacity.onDemand())).not.toThrow();
});
