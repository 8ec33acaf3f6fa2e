import { Annotations, CfnParameter } from 'aws-cdk-lib/core';
import { type FlaskFargateServiceProps, WsgiServer } from '../../src';
import { service, testStack, warningsOf } from '../util/test-stack';

const ID = 'cdk-flask-fargate:workersAndMemory';

function setup(props: Partial<FlaskFargateServiceProps>) {
  const stack = testStack();
  service(stack, props);
  return stack;
}

const advice = (stack: ReturnType<typeof setup>) => warningsOf(stack).filter(({ id }) => id === ID);

describe('the advice on workers and memory', () => {
  test.each([
    [6, 1024, '6 workers need about 1152 MiB at 192 MiB each, and the task has 1024 MiB', 5],
    [3, 512, '3 workers need about 576 MiB at 192 MiB each, and the task has 512 MiB', 2],
  ])('is given for %i workers in %i MiB', (workers, memoryLimitMiB, text, fitting) => {
    expect(advice(setup({ server: WsgiServer.gunicorn({ workers }), memoryLimitMiB }))).toEqual([
      {
        path: '/Test/Web',
        id: ID,
        text: `${text}: when it runs out, the kernel kills a worker with its requests; use ${fitting} workers, or more memory`,
      },
    ]);
  });

  test('is given with granian too', () => {
    expect(advice(setup({ server: WsgiServer.granian({ workers: 6 }) }))).toHaveLength(1);
  });

  test.each([
    [5, 1024],
    [2, 512],
    [64, 12288],
  ])('is not given for %i workers in %i MiB', (workers, memoryLimitMiB) => {
    expect(advice(setup({ server: WsgiServer.gunicorn({ workers }), memoryLimitMiB }))).toEqual([]);
  });

  test('is not given where the workers are derived, whatever the memory', () => {
    expect(advice(setup({ memoryLimitMiB: 512 }))).toEqual([]);
    expect(advice(setup({ memoryLimitMiB: 512, server: WsgiServer.custom({ command: ['./serve'] }) }))).toEqual([]);
  });

  test('is not given where either is known at deployment only', () => {
    const unknown = (stack: ReturnType<typeof testStack>) => new CfnParameter(stack, 'Value', { type: 'Number' }).valueAsNumber;
    const first = testStack();
    service(first, { server: WsgiServer.gunicorn({ workers: unknown(first) }), memoryLimitMiB: 512 });
    const second = testStack();
    service(second, { server: WsgiServer.gunicorn({ workers: 64 }), memoryLimitMiB: unknown(second) });
    expect([advice(first), advice(second)]).toEqual([[], []]);
  });

  test('can be acknowledged', () => {
    const stack = setup({ server: WsgiServer.gunicorn({ workers: 64 }) });
    Annotations.of(stack).acknowledgeWarning(ID);
    expect(advice(stack)).toEqual([]);
  });
});
