import { Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type App, Duration, Stack } from 'aws-cdk-lib/core';
import { FlaskPlatform, LoadBalancing } from '../../src';
import { fullService, testApp } from '../util/test-stack';

const env = { account: '123456789012', region: 'eu-west-1' };
const command = ['true'];

function platformIn(app: App): FlaskPlatform {
  const stack = new Stack(app, 'Platform', { env });
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  return new FlaskPlatform(stack, 'Platform', { name: 'production', zone, internalLoadBalancer: true });
}

/** A service in production, with a worker, a release task, a schedule and discovery. */
function everything(stack: Stack, id: string, platform: FlaskPlatform): void {
  const web = fullService(stack, { loadBalancing: LoadBalancing.onPlatform(platform), outputs: false }, id);
  web.addWorker('Celery', { command });
  web.addReleaseTask('Migrate', { command });
  web.addScheduledTask('Nightly', { command, schedule: ScheduleExpression.rate(Duration.hours(1)) });
  web.discoverableAs(id.toLowerCase());
}

const sizeOf = (stack: Stack) => Object.keys(Template.fromStack(stack).toJSON().Resources).length;

test('a service with everything is 30 resources, beside the 15 that run the release tasks of its stack', () => {
  const sizes = [1, 2].map((count) => {
    const app = testApp();
    const platform = platformIn(app);
    const stack = new Stack(app, 'Services', { env });
    for (let i = 0; i < count; i++) {
      everything(stack, `Service${i}`, platform);
    }
    return sizeOf(stack);
  });
  expect(sizes).toEqual([45, 75]);
});

test('50 services with everything pass, and no stack has more than 400 resources', () => {
  const app = testApp();
  const platform = platformIn(app);
  // some teams have a stack per service, others one for all of theirs
  const stacks = new Map<string, Stack>();
  for (let i = 0; i < 50; i++) {
    const name = i < 10 ? 'Team' : `Service${i}`;
    const stack = stacks.get(name) ?? new Stack(app, name, { env });
    stacks.set(name, stack);
    everything(stack, `Service${i}`, platform);
  }
  const sizes = [Stack.of(platform), ...stacks.values()].map(sizeOf);
  expect(sizes).toHaveLength(42);
  console.log(JSON.stringify({ platform: sizes[0], team: sizes[1], alone: sizes[2] }));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(400);
});
