import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { type AlarmOptions, type FlaskFargateServiceProps, FlaskPlatform, FlaskStage, LoadBalancing } from '../../src';
import { expectError, fullService, testStack } from '../util/test-stack';

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

describe('a threshold of what Container Insights counts', () => {
  const alarmsOf = (place: (stack: Stack) => Partial<FlaskFargateServiceProps>, alarms: AlarmOptions) => {
    const stack = testStack();
    const web = fullService(new Stack(stack.node.root, 'Shop'), { ...place(stack), monitoring: { alarms } });
    return web.alarms.all.map(({ node }) => node.id);
  };
  const given = (containerInsightsV2: ContainerInsights) => (stack: Stack) => ({
    cluster: new Cluster(stack, 'Given', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }), containerInsightsV2 }),
    loadBalancing: LoadBalancing.none(),
  });
  const imported = (stack: Stack) => ({
    cluster: Cluster.fromClusterAttributes(stack, 'Given', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }), clusterName: 'given' }),
    loadBalancing: LoadBalancing.none(),
  });
  const named = (stack: Stack) => ({
    loadBalancing: LoadBalancing.onPlatform(FlaskPlatform.fromName(stack, 'Named', 'production'), { route: false }),
  });
  const platform = (stage: FlaskStage) => (stack: Stack) => ({
    loadBalancing: LoadBalancing.onPlatform(new FlaskPlatform(stack, 'Platform', { name: 'production', stage }), { route: false }),
  });
  const own = (stack: Stack) => ({ stage: SERVICES.Admin.stage, vpc: new Vpc(stack, 'Vpc'), loadBalancing: LoadBalancing.none() });

  const THRESHOLDS: [keyof AlarmOptions, AlarmOptions, string][] = [
    ['maxDeploymentTime', { maxDeploymentTime: Duration.hours(1) }, 'StuckDeployment'],
    ['minTasks', { minTasks: 2 }, 'MissingTasks'],
  ];

  describe.each(THRESHOLDS)('%s', (name, alarms, kind) => {
    test.each([
      ['a cluster that has it', given(ContainerInsights.ENABLED)],
      ['a cluster that is imported', imported],
      ['a platform that is named', named],
      ['a platform of the app that has it', platform(FlaskStage.production())],
    ])('makes the alarm in %s', (_, place) => {
      expect(alarmsOf(place, alarms)).toContain(kind);
    });

    test.each([
      ['a cluster that has none', given(ContainerInsights.DISABLED)],
      ['a cluster of the stage', own],
      ['a platform of the app that has none', platform(FlaskStage.development())],
    ])('is refused in %s', (_, place) => {
      expectError(
        () => alarmsOf(place, alarms),
        `${name} is of the alarm ${kind}, which reads Container Insights, and the cluster has none; turn it on where the cluster is made, by containerInsights of the stage for example, or leave ${name} out`,
      );
      expect(alarmsOf(place, {})).not.toContain(kind);
      expect(alarmsOf(place, { ...alarms, enabled: false })).toEqual([]);
    });
  });

  test('is not needed for healthy targets, nor for no alarm', () => {
    const withTargets = (stack: Stack) => ({ cluster: given(ContainerInsights.DISABLED)(stack).cluster });
    expect(alarmsOf(withTargets, { minTasks: 2 })).toContain('MissingTasks');
    expect(alarmsOf(given(ContainerInsights.DISABLED), { minTasks: 0 })).not.toContain('MissingTasks');
  });

  test('the template is the same by the object and by the name', () => {
    const templateBy = (place: (stack: Stack) => Partial<FlaskFargateServiceProps>) => {
      const stack = testStack();
      const app = new Stack(stack.node.root, 'Shop');
      fullService(app, { ...place(stack), monitoring: { alarms: { enabled: true, maxDeploymentTime: Duration.hours(1) } } });
      return Template.fromStack(app).toJSON();
    };
    expect(templateBy(platform(FlaskStage.production()))).toEqual(templateBy(named));
  });
});
