import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { FlaskStage } from '../../src';
import { fullService, testStack } from '../util/test-stack';

/** One that counts its tasks, which costs, and one that does not. */
const SERVICES = {
  Shop: { stage: FlaskStage.production() },
  Admin: { stage: FlaskStage.production({ containerInsights: false }) },
} as const;

type Name = keyof typeof SERVICES;

function alarmsOfAdmin(...names: Name[]): { [id: string]: unknown } {
  const stack = testStack();
  for (const name of names) {
    const web = fullService(stack, SERVICES[name], name);
    web.addWorker('Celery', { command: ['celery'] });
  }
  const alarms = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');
  return Object.fromEntries(Object.entries(alarms).filter(([id]) => id.startsWith('Admin')));
}

test('the alarms of a service do not depend on who shares its cluster, nor on who comes first', () => {
  const alone = alarmsOfAdmin('Admin');
  expect(Object.keys(alone).filter((id) => /StuckDeployment/.test(id))).toEqual([]);
  expect(alarmsOfAdmin('Shop', 'Admin')).toEqual(alone);
  expect(alarmsOfAdmin('Admin', 'Shop')).toEqual(alone);
});

test.each([
  [ContainerInsights.ENABLED, 1],
  [ContainerInsights.ENHANCED, 1],
  [ContainerInsights.DISABLED, 0],
])('in a cluster that is given, with Container Insights %s, they are those that it can tell', (containerInsightsV2, count) => {
  const stack = testStack();
  const cluster = new Cluster(stack, 'Given', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }), containerInsightsV2 });
  fullService(stack, { ...SERVICES.Admin, cluster }, 'Admin');
  const ids = Object.keys(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  expect(ids.filter((id) => /StuckDeployment/.test(id))).toHaveLength(count);
});
