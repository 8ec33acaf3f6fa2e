import { Template } from 'aws-cdk-lib/assertions';
import { FlaskStage } from '../../src';
import { taskSize } from '../../src/task/task-size';
import { only, service, testStack } from '../util/test-stack';

const DEFAULTS = { cpu: 512, memoryLimitMiB: 1024 };

test.each([
  [{}, 512, 1024],
  [{ cpu: 2048, memoryLimitMiB: 5120 }, 2048, 5120],
  // the other half stays where Fargate takes the two together
  [{ cpu: 256 }, 256, 1024],
  [{ memoryLimitMiB: 4096 }, 512, 4096],
  // and else follows
  [{ cpu: 1024 }, 1024, 2048],
  [{ cpu: 16_384 }, 16_384, 32_768],
  [{ memoryLimitMiB: 512 }, 256, 512],
  [{ memoryLimitMiB: 5120 }, 2048, 5120],
  [{ memoryLimitMiB: 122_880 }, 16_384, 122_880],
  // what Fargate does not take at all is the CDK's to refuse
  [{ memoryLimitMiB: 100 }, 256, 100],
])('%j is %i units and %i MiB', (given, cpu, memoryLimitMiB) => {
  expect(taskSize(given, DEFAULTS)).toEqual({ cpu, memoryLimitMiB });
});

test('the smaller default of a stage has other neighbours', () => {
  const small = { cpu: 256, memoryLimitMiB: 512 };
  expect(taskSize({ cpu: 512 }, small)).toEqual({ cpu: 512, memoryLimitMiB: 1024 });
  expect(taskSize({ memoryLimitMiB: 2048 }, small)).toEqual({ cpu: 256, memoryLimitMiB: 2048 });
  expect(taskSize({ memoryLimitMiB: 3072 }, small)).toEqual({ cpu: 1024, memoryLimitMiB: 3072 });
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
