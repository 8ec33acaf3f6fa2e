import { Template } from 'aws-cdk-lib/assertions';
import { CfnParameter } from 'aws-cdk-lib/core';
import { FlaskStage } from '../../src';
import { taskSize } from '../../src/task/task-size';
import { adviceOf, expectError, only, service, testStack } from '../util/test-stack';

const DEFAULTS = { cpu: 512, memoryLimitMiB: 1024 };

test.each([
  [{}, 512, 1024],
  [{ cpu: 2048, memoryLimitMiB: 5120 }, 2048, 5120],
  // the other half stays where Fargate supports the pair
  [{ cpu: 256 }, 256, 1024],
  [{ memoryLimitMiB: 4096 }, 512, 4096],
  // and else follows
  [{ cpu: 1024 }, 1024, 2048],
  [{ cpu: 16_384 }, 16_384, 32_768],
  [{ memoryLimitMiB: 512 }, 256, 512],
  [{ memoryLimitMiB: 5120 }, 2048, 5120],
  [{ memoryLimitMiB: 122_880 }, 16_384, 122_880],
])('%j is %i units and %i MiB', (given, cpu, memoryLimitMiB) => {
  expect(taskSize(testStack(), given, DEFAULTS)).toEqual({ cpu, memoryLimitMiB });
});

test('the smaller default of a stage has other neighbours', () => {
  const small = { cpu: 256, memoryLimitMiB: 512 };
  expect(taskSize(testStack(), { cpu: 512 }, small)).toEqual({ cpu: 512, memoryLimitMiB: 1024 });
  expect(taskSize(testStack(), { memoryLimitMiB: 2048 }, small)).toEqual({ cpu: 256, memoryLimitMiB: 2048 });
  expect(taskSize(testStack(), { memoryLimitMiB: 3072 }, small)).toEqual({ cpu: 1024, memoryLimitMiB: 3072 });
});

test('holds for the service, and for its processes with the size of the service as default', () => {
  const stack = testStack();
  const web = service(stack, { cpu: 1024, stage: FlaskStage.development() });
  web.addTask('Big', { command: ['flask', 'report'], cpu: 4096 });
  web.addTask('Small', { command: ['flask', 'report'], memoryLimitMiB: 512 });
  const sizeOf = (ids: RegExp) => only(Template.fromStack(stack), 'AWS::ECS::TaskDefinition', ids).Properties;
  expect(sizeOf(/WebTask/)).toMatchObject({ Cpu: '1024', Memory: '2048' });
  expect(sizeOf(/Big/)).toMatchObject({ Cpu: '4096', Memory: '8192' });
  expect(sizeOf(/Small/)).toMatchObject({ Cpu: '256', Memory: '512' });
});

describe('what Fargate supports', () => {
  const cpus = '256, 512, 1024, 2048, 4096, 8192 or 16384';

  test.each([Number.NaN, 0, -1, 0.5, 300, 255, 257, 16_385])('cpu %p is refused', (cpu) => {
    const message = `cpu must be a number of CPU units that Fargate supports, got ${cpu}; use ${cpus}`;
    expectError(() => service(testStack(), { cpu }), message);
    expectError(() => service(testStack()).addTask('Report', { command: ['true'], cpu }), message);
    expectError(() => FlaskStage.production({ cpu }), message);
  });

  test.each([Number.NaN, 0, -1, 0.5, 511, 1023])('memoryLimitMiB %p is refused', (memoryLimitMiB) => {
    expectError(
      () => service(testStack(), { cpu: 256, memoryLimitMiB }),
      `memoryLimitMiB must be one that Fargate supports with cpu 256, got ${memoryLimitMiB}; use 512, 1024 or 2048, or another cpu`,
    );
    expect(() => service(testStack(), { memoryLimitMiB })).toThrow(/^memoryLimitMiB must be one that Fargate supports with cpu/);
  });

  /** From AWS's table by hand, each bound on both sides and each step. */
  test.each([
    [256, [512, 1024, 2048], [511, 513, 1536, 2049, 3072]],
    [512, [1024, 2048, 3072, 4096], [512, 1023, 1536, 5120]],
    [1024, [2048, 5120, 8192], [1024, 2560, 9216]],
    [2048, [4096, 16_384], [3072, 17_408]],
    [4096, [8192, 9216, 30_720], [7168, 31_744, 32_768]],
    [8192, [16_384, 20_480, 61_440], [15_360, 17_408, 65_536]],
    [16_384, [32_768, 40_960, 122_880], [28_672, 36_864, 131_072]],
  ])('with cpu %i', (cpu, supported, refused) => {
    for (const memoryLimitMiB of supported) {
      expect(taskSize(testStack(), { cpu, memoryLimitMiB }, DEFAULTS)).toEqual({ cpu, memoryLimitMiB });
    }
    for (const memoryLimitMiB of refused) {
      expect(() => taskSize(testStack(), { cpu, memoryLimitMiB }, DEFAULTS)).toThrow(
        new RegExp(`^memoryLimitMiB must be one that Fargate supports with cpu ${cpu}, got ${memoryLimitMiB}; use `),
      );
    }
  });

  test('a size that AWS has added since passes with a warning', () => {
    const stack = testStack();
    service(stack, { cpu: 32_768, memoryLimitMiB: 245_760 });
    expect(adviceOf(stack)).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:newerTaskSize',
        text: 'cpu 32768 is above 16384, the largest Fargate size that this library knows, so cpu and memoryLimitMiB are not checked; make sure that Fargate supports the pair in your region',
      },
    ]);
  });

  test('what is known at deployment only passes', () => {
    const stack = testStack();
    const cpu = new CfnParameter(stack, 'Cpu', { type: 'Number' }).valueAsNumber;
    expect(() => service(stack, { cpu, memoryLimitMiB: 1024 })).not.toThrow();
  });
});
