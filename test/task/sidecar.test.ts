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

describe('refuses', () => {
  test.each(['flask-app', 'drain'])('the name of a container that the construct makes: %s', (name) => {
    expectError(
      () => service(testStack()).addSidecar(name, { image: IMAGE }),
      `the id '${name}' of a sidecar is the name of a container that the construct makes; use another, '${name}1', for example`,
    );
  });

  test('the same name twice', () => {
    const web = service(testStack());
    web.addSidecar('Cache', { image: IMAGE });
    expectError(
      () => web.addSidecar('Cache', { image: IMAGE }),
      "the id 'Cache' of a sidecar is taken by one that was added before; use another, 'Cache1', for example",
    );
  });

  test.each(['Resource', 'LinuxParameters'])('the id of a part of the task definition: %s', (id) => {
    expectError(
      () => service(testStack()).addSidecar(id, { image: IMAGE }),
      `the id '${id}' of a sidecar is taken by a part of the task definition; use another, '${id}1', for example`,
    );
  });

  test.each(['nginx:1', 'größe', 'two words', ''])('a name that ECS refuses: %p', (name) => {
    expectError(
      () => service(testStack()).addSidecar(name, { image: IMAGE }),
      `the id of a sidecar must be 1 to 255 letters from a to z, digits, hyphens and underscores, got '${name}'`,
    );
  });

  test.each([
    ['memoryLimitMiB', 'MiB', 1024],
    ['cpu', 'CPU units', 512],
  ])('sidecars that leave no %s to the app', (prop, unit, ofTask) => {
    const web = service(testStack());
    web.addSidecar('First', { image: IMAGE, [prop]: ofTask - 100 });
    expectError(
      () => web.addSidecar('Second', { image: IMAGE, [prop]: 100 }),
      `${prop} of all sidecars must be below that of the task, got ${ofTask} and ${ofTask} ${unit}: nothing would be left for the app; lower it, or raise ${prop} of the service`,
    );
    expect(() => web.addSidecar('Third', { image: IMAGE, [prop]: 99 })).not.toThrow();
  });
});

test('a second collector is refused, also where the first is a sidecar of the user', () => {
  for (const first of ['addOpenTelemetry', 'addSidecar'] as const) {
    const web = service(testStack());
    first === 'addSidecar' ? web.addSidecar('otel-collector', { image: IMAGE }) : web.addOpenTelemetry();
    expectError(
      () => web.addOpenTelemetry(),
      "a task has one collector, but a container 'otel-collector' was added before; call addOpenTelemetry() once",
    );
  }
});
