import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import { type HardeningOptions, type SidecarOptions, SidecarOrder } from '../../src';
import { containersOf, expectError, service, statementsOf, testStack } from '../util/test-stack';

const IMAGE = ContainerImage.fromRegistry('example.com/redis:8');

function setup(options: Partial<SidecarOptions> = {}, hardening?: HardeningOptions) {
  const stack = testStack();
  const web = service(stack, { hardening });
  const container = web.addSidecar('Cache', { image: IMAGE, ...options });
  const [app, sidecar, ...others] = containersOf(Template.fromStack(stack));
  expect(others).toEqual([]);
  return { stack, web, container, app, sidecar };
}

test('by default starts before the app, is as hardened as the app, and may end', () => {
  const { stack, web, app, sidecar, container } = setup();
  expect(sidecar).toEqual({
    Name: 'Cache',
    Image: 'example.com/redis:8',
    Essential: false,
    ReadonlyRootFilesystem: true,
    LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true, Tmpfs: [{ ContainerPath: '/tmp', Size: 64 }] },
    LogConfiguration: {
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': stack.resolve(web.logGroup.logGroupName),
        'awslogs-region': { Ref: 'AWS::Region' },
        'awslogs-stream-prefix': 'cache',
        mode: 'non-blocking',
        'max-buffer-size': '26214400b',
      },
    },
  });
  expect(app.DependsOn).toEqual([{ ContainerName: 'Cache', Condition: 'START' }]);
  // the app stays the one that the load balancer and the commands mean
  expect(web.taskDefinition.defaultContainer).toBe(web.container);
  expect(container.containerName).toBe('Cache');
});

test('takes every option', () => {
  const stack = testStack();
  const secret = new Secret(stack, 'Secret');
  const web = service(stack);
  web.addSidecar('Cache', {
    image: IMAGE,
    command: ['redis-server'],
    environment: { B: '2', A: '1' },
    secrets: { T: EcsSecret.fromSecretsManager(secret, 't'), S: EcsSecret.fromSecretsManager(secret, 's') },
    order: SidecarOrder.BEFORE_APP,
    healthCheck: { command: ['CMD', 'redis-cli', 'ping'], interval: Duration.seconds(10) },
    essential: true,
    cpu: 128,
    memoryLimitMiB: 64,
    user: '999',
    readonlyRootFilesystem: false,
  });
  const template = Template.fromStack(stack);
  const [app, sidecar] = containersOf(template);
  expect(sidecar).toMatchObject({
    Command: ['redis-server'],
    Environment: [
      { Name: 'A', Value: '1' },
      { Name: 'B', Value: '2' },
    ],
    Secrets: [{ Name: 'S' }, { Name: 'T' }],
    HealthCheck: { Command: ['CMD', 'redis-cli', 'ping'], Interval: 10 },
    Essential: true,
    Cpu: 128,
    Memory: 64,
    User: '999',
    ReadonlyRootFilesystem: false,
  });
  // with a health check, healthy and not only started
  expect(app.DependsOn).toEqual([{ ContainerName: 'Cache', Condition: 'HEALTHY' }]);
  expect(JSON.stringify(statementsOf(template, web.executionRole))).toContain('secretsmanager:GetSecretValue');
});

test('can start after the app', () => {
  const { app, sidecar } = setup({ order: SidecarOrder.AFTER_APP });
  expect(sidecar.DependsOn).toEqual([{ ContainerName: 'flask-app', Condition: 'START' }]);
  expect(app).not.toHaveProperty('DependsOn');
});

test('can start in any order', () => {
  const { app, sidecar } = setup({ order: SidecarOrder.ANY });
  expect(app).not.toHaveProperty('DependsOn');
  expect(sidecar).not.toHaveProperty('DependsOn');
});

test('has a writable root where the app has', () => {
  expect(setup({}, { readonlyRootFilesystem: false }).sidecar.ReadonlyRootFilesystem).toBe(false);
});

test.each([5, 122_881, 6.5])('a memory of %p MiB is refused', (memoryLimitMiB) => {
  expectError(
    () => setup({ memoryLimitMiB }),
    `memoryLimitMiB of a sidecar must be a whole number from 6 to 122880, got ${memoryLimitMiB}`,
  );
});

test('a memory of 6 MiB is taken', () => {
  expect(setup({ memoryLimitMiB: 6 }).sidecar.Memory).toBe(6);
});

test('a memory that is known at deployment only is taken', () => {
  const stack = testStack();
  const memoryLimitMiB = new CfnParameter(stack, 'Memory', { type: 'Number' }).valueAsNumber;
  service(stack).addSidecar('Cache', { image: IMAGE, memoryLimitMiB });
  expect(containersOf(Template.fromStack(stack))[1].Memory).toEqual({ Ref: 'Memory' });
});

test('a task that is added has none', () => {
  const stack = testStack();
  const web = service(stack);
  web.addSidecar('Cache', { image: IMAGE });
  expect(web.addTask('Migrate', { command: ['true'] }).taskDefinition.findContainer('Cache')).toBeUndefined();
});
