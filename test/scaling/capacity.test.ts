import { Template } from 'aws-cdk-lib/assertions';
import { Annotations, CfnParameter, Duration } from 'aws-cdk-lib/core';
import { Capacity, LoadBalancing, WsgiServer } from '../../src';
import { expectError, only, service, templateOf, testStack, warningsOf } from '../util/test-stack';

const serviceOf = (template: Template) => only(template, 'AWS::ECS::Service').Properties;

test('by default the tasks run on demand', () => {
  for (const template of [templateOf(), templateOf({ capacity: Capacity.onDemand() })]) {
    expect(serviceOf(template).LaunchType).toBe('FARGATE');
    expect(serviceOf(template)).not.toHaveProperty('CapacityProviderStrategy');
  }
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
        text: `the deregistration delay of ${seconds} s is not below the 120 s of notice that Spot gives: requests that are still open then are lost; take less than 120 s`,
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
