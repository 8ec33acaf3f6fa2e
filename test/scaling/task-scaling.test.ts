import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnParameter } from 'aws-cdk-lib/core';
import { FlaskDeployment, LoadBalancing, ScalingPolicy, TaskScaling, WsgiServer } from '../../src';
import { expectError, fullService, only, service, templateOf, testStack } from '../util/test-stack';

const target = (template: Template) => only(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties;
const desiredCount = (template: Template) => only(template, 'AWS::ECS::Service').Properties.DesiredCount;

describe('fixed', () => {
  test.each([0, 1, 5000])('%i tasks run, and nothing scales them', (count) => {
    const template = templateOf({ scaling: TaskScaling.fixed(count) });
    expect(desiredCount(template)).toBe(count);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test.each([-1, 5001, 1.5])('%p tasks are refused', (count) => {
    expectError(() => TaskScaling.fixed(count), `the number of tasks must be a whole number from 0 to 5000, got ${count}`);
  });
});

describe('between', () => {
  const namesOf = (template: Template) =>
    Object.keys(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).map((id) => /Target(Cpu|InFlight)/.exec(id)?.[1]);

  test('by default scales on the CPU and the requests in flight, and names no desired count', () => {
    const template = templateOf({ scaling: TaskScaling.between({ min: 3, max: 9 }) });
    expect(target(template)).toMatchObject({
      MinCapacity: 3,
      MaxCapacity: 9,
      ScalableDimension: 'ecs:service:DesiredCount',
      ServiceNamespace: 'ecs',
    });
    expect(namesOf(template)).toEqual(['Cpu', 'InFlight']);
    expect(desiredCount(template)).toBeUndefined();
  });

  test.each<[string, Parameters<typeof templateOf>[0]]>([
    ['without a load balancer', { loadBalancing: LoadBalancing.none() }],
    ['with a server whose threads are not known', { server: WsgiServer.custom({ command: ['waitress-serve', 'app:app'] }) }],
  ])('by default scales on the CPU alone %s', (_, props) => {
    expect(namesOf(templateOf({ scaling: TaskScaling.between({ min: 3, max: 9 }), ...props }))).toEqual(['Cpu']);
  });

  test('with a deployment that shifts traffic scales on both too', () => {
    expect(namesOf(templateOf({ deployment: FlaskDeployment.linear() }))).toEqual(['Cpu', 'InFlight']);
  });

  test('hands out the scaling, for policies of your own', () => {
    const stack = testStack();
    const web = service(stack);
    web.scalableTaskCount?.scaleOnSchedule('Night', { schedule: Schedule.cron({ hour: '22' }), maxCapacity: 2 });
    expect(target(Template.fromStack(stack)).ScheduledActions).toMatchObject([{ ScalableTargetAction: { MaxCapacity: 2 } }]);
    expect(service(testStack(), { scaling: TaskScaling.fixed(2) }).scalableTaskCount).toBeUndefined();
  });

  test('takes several policies', () => {
    const night = Schedule.cron({ hour: '22', minute: '0' });
    const day = Schedule.cron({ hour: '6', minute: '0' });
    const template = templateOf({
      scaling: TaskScaling.between({
        min: 2,
        max: 20,
        policies: [
          ScalingPolicy.cpu(50),
          ScalingPolicy.memory(70),
          ScalingPolicy.requestsPerTarget(600),
          ScalingPolicy.schedule({ schedule: night, min: 0 }),
          ScalingPolicy.schedule({ schedule: day, min: 2 }),
        ],
      }),
    });
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 3);
    expect(target(template).ScheduledActions).toHaveLength(2);
    const names = (target(template).ScheduledActions as { ScheduledActionName: string }[]).map((action) => action.ScheduledActionName);
    expect(new Set(names).size).toBe(2);
  });

  test.each([0, 5001, 1.5])('a minimum of %p is refused', (min) => {
    expectError(
      () => TaskScaling.between({ min, max: 5000 }),
      `min of the task scaling must be a whole number from 1 to 5000, got ${min}; use TaskScaling.fixed(0) to stop the service`,
    );
  });

  test.each([0, 5001, 1.5])('a maximum of %p is refused', (max) => {
    expectError(() => TaskScaling.between({ min: 1, max }), `max of the task scaling must be a whole number from 1 to 5000, got ${max}`);
  });

  test.each([
    [1, 1],
    [1, 5000],
    [5000, 5000],
  ])('%i to %i tasks are taken', (min, max) => {
    expect(target(templateOf({ scaling: TaskScaling.between({ min, max }) }))).toMatchObject({ MinCapacity: min, MaxCapacity: max });
  });

  test('a maximum below the minimum is refused', () => {
    expectError(() => TaskScaling.between({ min: 3, max: 2 }), 'min of the task scaling must not be above max, got 3 and 2');
  });

  test('no policy at all is refused', () => {
    expectError(
      () => TaskScaling.between({ min: 1, max: 2, policies: [] }),
      'the task scaling needs at least one policy, got an empty list; leave policies out for the default, or use TaskScaling.fixed()',
    );
  });

  test.each([
    ['cpu', ScalingPolicy.cpu(50)],
    ['memory', ScalingPolicy.memory(50)],
    ['requests in flight', ScalingPolicy.inFlight(50)],
    ['requests', ScalingPolicy.requestsPerTarget(50)],
    ['a step of the CPU', ScalingPolicy.step()],
  ])('two policies on the same metric are refused: %s', (name, policy) => {
    expectError(
      () =>
        TaskScaling.between({
          min: 1,
          max: 2,
          policies: [policy, ScalingPolicy.schedule({ schedule: Schedule.expression('rate(1 day)'), min: 1 }), policy],
        }),
      `the task scaling has two policies on the same metric (${name}); keep one`,
    );
  });
});

describe('numbers that are known at deployment only pass', () => {
  test.each<[string, { readonly min?: number; readonly max?: number }]>([
    ['min', { max: 5 }],
    ['max', { min: 2 }],
    ['both', {}],
  ])('as %s', (_, known) => {
    const stack = testStack();
    const unknown = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    service(stack, { scaling: TaskScaling.between({ min: known.min ?? unknown, max: known.max ?? unknown }) });
    expect(target(Template.fromStack(stack))).toMatchObject({
      MinCapacity: known.min ?? { Ref: 'Count' },
      MaxCapacity: known.max ?? { Ref: 'Count' },
    });
  });

  test('as a fixed number', () => {
    const stack = testStack();
    service(stack, { scaling: TaskScaling.fixed(new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber) });
    expect(desiredCount(Template.fromStack(stack))).toEqual({ Ref: 'Count' });
  });

  test('but a minimum beside a schedule with one: the alarm on the tasks follows the lower of the two', () => {
    const unknown = new CfnParameter(testStack(), 'Count', { type: 'Number' }).valueAsNumber;
    const schedule = Schedule.cron({ hour: '22' });
    expectError(
      () => TaskScaling.between({ min: unknown, max: 5, policies: [ScalingPolicy.schedule({ schedule, min: 1 })] }),
      'min of the task scaling beside a schedule with min must be known at synth, got a token; give a value that is known, 2, for example',
    );
    const scaling = TaskScaling.between({ min: unknown, max: 5, policies: [ScalingPolicy.schedule({ schedule, max: 3 })] });
    expect(() => scaling).not.toThrow();
  });

  test('and the alarm on the tasks goes off where none is left', () => {
    const stack = testStack();
    const unknown = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    fullService(stack, { scaling: TaskScaling.between({ min: unknown, max: 5 }) });
    const alarm = only(Template.fromStack(stack), 'AWS::CloudWatch::Alarm', /AlarmsMissingTasks/).Properties;
    expect(alarm).toMatchObject({ TreatMissingData: 'breaching' });
    expect(JSON.stringify(alarm)).toContain('["",["FILL(wanted, ",{"Ref":"Count"},") - FILL(healthy0, 0)"]]');
  });
});
