import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Annotations, CfnParameter, Duration } from 'aws-cdk-lib/core';
import { Capacity, LoadBalancing, TaskScaling, WsgiServer } from '../../src';
import { expectError, only, service, templateOf, testStack, warningsOf } from '../util/test-stack';

const serviceOf = (template: Template) => only(template, 'AWS::ECS::Service').Properties;

const ON_DEMAND = [{ CapacityProvider: 'FARGATE', Weight: 1 }];

test('by default the tasks run on demand, by a strategy that a change to Spot updates in place', () => {
  for (const template of [templateOf(), templateOf({ capacity: Capacity.onDemand() })]) {
    expect(serviceOf(template).CapacityProviderStrategy).toEqual(ON_DEMAND);
    // a change of it replaces the service
    expect(serviceOf(template)).not.toHaveProperty('LaunchType');
    template.hasResourceProperties('AWS::ECS::Cluster', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  }
});

describe('in a cluster that is given', () => {
  const setup = (capacity: Capacity, clusterOf: (stack: ReturnType<typeof testStack>) => ICluster) => {
    const stack = testStack();
    const web = service(stack, { capacity, cluster: clusterOf(stack) });
    web.addWorker('Celery', { command: ['celery'], capacity });
    web.addScheduledTask('Nightly', { command: ['true'], capacity, schedule: ScheduleExpression.rate(Duration.days(1)) });
    return { stack, template: Template.fromStack(stack) };
  };
  const made = (stack: ReturnType<typeof testStack>) => new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc') });
  const imported = (stack: ReturnType<typeof testStack>) =>
    Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc: new Vpc(stack, 'Vpc'), securityGroups: [] });

  test.each([Capacity.onDemand(), Capacity.spot({ onDemandBase: 0 })])('one of this app gets the capacity providers: %#', (capacity) => {
    const { template } = setup(capacity, made);
    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    for (const { Properties } of Object.values(template.findResources('AWS::ECS::Service'))) {
      expect(Properties.CapacityProviderStrategy).toHaveLength(1);
      expect(Properties).not.toHaveProperty('LaunchType');
    }
    const { EcsParameters } = only(template, 'AWS::Scheduler::Schedule').Properties.Target as { EcsParameters: object };
    expect(EcsParameters).toHaveProperty('CapacityProviderStrategy');
    expect(EcsParameters).not.toHaveProperty('LaunchType');
  });

  test('one that is imported may lack them: on demand the launch type, and on Spot a warning', () => {
    const onDemand = setup(Capacity.onDemand(), imported);
    for (const { Properties } of Object.values(onDemand.template.findResources('AWS::ECS::Service'))) {
      expect(Properties.LaunchType).toBe('FARGATE');
      expect(Properties.CapacityProviderStrategy ?? []).toEqual([]);
    }
    expect(warningsOf(onDemand.stack).filter(({ id }) => /spot/.test(id))).toEqual([]);
    const spot = setup(Capacity.spot({ onDemandBase: 0 }), imported);
    expect(warningsOf(spot.stack).filter(({ id }) => id === 'cdk-flask-fargate:spotOnGivenCluster').length).toBeGreaterThan(0);
  });
});

describe('the advice on Spot without a task on it', () => {
  const ID = 'cdk-flask-fargate:spotWithoutTasks';
  const advice = (props: Parameters<typeof service>[1]) => {
    const stack = testStack();
    service(stack, props);
    return warningsOf(stack).filter(({ id }) => id === ID);
  };

  test('is given where all tasks are in the on-demand base', () => {
    expect(advice({ capacity: Capacity.spot(), scaling: TaskScaling.fixed(1) })).toEqual([
      {
        path: '/Test/Web',
        id: ID,
        text: 'no task ever runs on Fargate Spot: the first 1 run on demand (onDemandBase) and there are at most 1; set onDemandBase of Capacity.spot() to 0, or use more tasks or Capacity.onDemand()',
      },
    ]);
    expect(advice({ capacity: Capacity.spot({ onDemandBase: 10 }) })).toHaveLength(1);
  });

  test('is not given where one task is beyond it, on demand, or for a service that is stopped', () => {
    expect(advice({ capacity: Capacity.spot(), scaling: TaskScaling.fixed(2) })).toEqual([]);
    expect(advice({ capacity: Capacity.spot({ onDemandBase: 9 }) })).toEqual([]);
    expect(advice({ capacity: Capacity.spot({ onDemandBase: 0 }), scaling: TaskScaling.fixed(1) })).toEqual([]);
    expect(advice({ capacity: Capacity.onDemand(), scaling: TaskScaling.fixed(1) })).toEqual([]);
    expect(advice({ capacity: Capacity.spot(), scaling: TaskScaling.fixed(0) })).toEqual([]);
  });

  test('is given for a worker, which has one task by default', () => {
    const stack = testStack();
    service(stack).addWorker('Celery', { command: ['celery'], capacity: Capacity.spot() });
    expect(warningsOf(stack).filter(({ id }) => id === ID)).toMatchObject([{ path: '/Test/Web/Celery' }]);
  });
});

test('on Spot one task stays on demand, and all others do not', () => {
  const properties = serviceOf(templateOf({ capacity: Capacity.spot() }));
  expect(properties.CapacityProviderStrategy).toEqual([
    { CapacityProvider: 'FARGATE', Base: 1, Weight: 0 },
    { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
  ]);
  // the two exclude each other
  expect(properties).not.toHaveProperty('LaunchType');
});

test.each([1, 100_000])('on Spot %i tasks can stay on demand', (onDemandBase) => {
  expect(serviceOf(templateOf({ capacity: Capacity.spot({ onDemandBase }) })).CapacityProviderStrategy).toEqual([
    { CapacityProvider: 'FARGATE', Base: onDemandBase, Weight: 0 },
    { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
  ]);
});

test('on Spot none need stay on demand', () => {
  expect(serviceOf(templateOf({ capacity: Capacity.spot({ onDemandBase: 0 }) })).CapacityProviderStrategy).toEqual([
    { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
  ]);
});

test.each([-1, 100_001, 0.5])('%p tasks on demand are refused', (onDemandBase) => {
  expectError(() => Capacity.spot({ onDemandBase }), `onDemandBase must be a whole number from 0 to 100000, got ${onDemandBase}`);
});

test('a base that is known at deployment only passes', () => {
  const stack = testStack();
  const onDemandBase = new CfnParameter(stack, 'Base', { type: 'Number' }).valueAsNumber;
  service(stack, { capacity: Capacity.spot({ onDemandBase }) });
  expect(serviceOf(Template.fromStack(stack)).CapacityProviderStrategy).toContainEqual({
    CapacityProvider: 'FARGATE',
    Base: { Ref: 'Base' },
    Weight: 0,
  });
});

describe('the advice on the deregistration delay', () => {
  const ID = 'cdk-flask-fargate:spotDeregistration';
  const setup = (seconds: number, capacity: Capacity) => {
    const stack = testStack();
    service(stack, { capacity, loadBalancing: LoadBalancing.internetFacing({ deregistrationDelay: Duration.seconds(seconds) }) });
    return stack;
  };
  const advice = (stack: ReturnType<typeof setup>) => warningsOf(stack).filter(({ id }) => id === ID);

  test.each([120, 300])('is given on Spot at %i s', (seconds) => {
    expect(advice(setup(seconds, Capacity.spot()))).toEqual([
      {
        path: '/Test/Web',
        id: ID,
        text: `the deregistration delay of ${seconds} s is not below the 120 s of notice that Spot gives: requests that are still open are lost; use less than 120 s`,
      },
    ]);
  });

  test('is not given below, nor on demand, nor where it is known at deployment only', () => {
    expect(advice(setup(119, Capacity.spot()))).toEqual([]);
    expect(advice(setup(300, Capacity.onDemand()))).toEqual([]);
    const stack = testStack();
    const requestTimeout = Duration.seconds(new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber);
    service(stack, { capacity: Capacity.spot(), server: WsgiServer.gunicorn({ requestTimeout }) });
    expect(advice(stack)).toEqual([]);
  });

  test('can be acknowledged', () => {
    const stack = setup(120, Capacity.spot());
    Annotations.of(stack).acknowledgeWarning(ID);
    expect(advice(stack)).toEqual([]);
  });
});
