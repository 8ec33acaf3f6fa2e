import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { CfnParameter, Size } from 'aws-cdk-lib/core';
import { FlaskImage, FlaskStage, type HardeningOptions } from '../../src';
import { flaskApp } from '../util/flask-app';
import { containerOf, containersOf, expectError, only, service, templateOf, testStack } from '../util/test-stack';

const hardened = (hardening?: HardeningOptions) => containerOf(templateOf({ hardening }));

const PROTECTED = {
  ReadonlyRootFilesystem: true,
  LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true, Tmpfs: [{ ContainerPath: '/tmp', Size: 64 }] },
};

test.each([
  ['production', FlaskStage.production()],
  ['development', FlaskStage.development()],
  ['ephemeral', FlaskStage.ephemeral()],
])('by default everything is on in %s, and ECS Exec is off', (_, stage) => {
  const template = templateOf({ stage });
  expect(containerOf(template)).toMatchObject(PROTECTED);
  expect(only(template, 'AWS::ECS::Service').Properties.EnableExecuteCommand).toBe(false);
});

test('the user is that of the image, unless one is given', () => {
  expect(hardened()).not.toHaveProperty('User');
  expect(hardened({ user: '1000' }).User).toBe('1000');
  const image = FlaskImage.fromSource(flaskApp());
  expect(containerOf(templateOf({ image })).User).toBe('10001:10001');
  expect(containerOf(templateOf({ image, hardening: { user: '1000:1000' } })).User).toBe('1000:1000');
});

test('each can be off', () => {
  const container = hardened({ readonlyRootFilesystem: false, dropCapabilities: false, writablePaths: ['/app/instance'] });
  expect(container.ReadonlyRootFilesystem).toBe(false);
  expect(container.LinuxParameters).toMatchObject({ InitProcessEnabled: true });
  expect(container.LinuxParameters).not.toHaveProperty('Capabilities.Drop');
  // a path of a writable root belongs to root, and the app is another user
  expect(container.LinuxParameters).toMatchObject({ Tmpfs: [{ ContainerPath: '/app/instance', Size: 64 }] });
  expect(hardened({ readonlyRootFilesystem: false }).LinuxParameters).not.toHaveProperty('Tmpfs');
});

test('paths are writable once each, in order', () => {
  expect(
    hardened({ writablePaths: ['/var/run/app', '/tmp/', '/app/instance', '/app//instance/', '/app/./static/../instance'] }).LinuxParameters,
  ).toMatchObject({
    Tmpfs: [
      { ContainerPath: '/app/instance', Size: 64 },
      { ContainerPath: '/tmp', Size: 64 },
      { ContainerPath: '/var/run/app', Size: 64 },
    ],
  });
});

test.each(['', '/', 'instance', './instance', '/two words', '/a:b'])('the writable path %p is refused', (path) => {
  expectError(
    () => hardened({ writablePaths: [path] }),
    `a writable path must be an absolute path without spaces or colons, such as '/app/instance', got '${path}'`,
  );
});

test.each(['', 'flask', '1000:flask', '-1', '1000:'])('the user %p is refused', (user) => {
  expectError(() => hardened({ user }), `user must be a numeric user, with a numeric group or without, such as '1000:1000', got '${user}'`);
});

test.each(['1000', '1000:1000'])('the user %p is taken', (user) => {
  expect(hardened({ user }).User).toBe(user);
});

test('a user and a path that are known at deployment only pass', () => {
  const stack = testStack();
  const value = new CfnParameter(stack, 'Value').valueAsString;
  service(stack, { hardening: { user: value, writablePaths: [value] } });
  const container = containerOf(Template.fromStack(stack));
  expect(container.User).toEqual({ Ref: 'Value' });
  expect(container.LinuxParameters).toMatchObject({ Tmpfs: expect.arrayContaining([{ ContainerPath: { Ref: 'Value' }, Size: 64 }]) });
});

describe('ECS Exec', () => {
  test('has a writable root, and the rights that it needs', () => {
    const stack = testStack();
    const web = service(stack, { hardening: { enableExecuteCommand: true } });
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::ECS::Service').Properties.EnableExecuteCommand).toBe(true);
    expect(containerOf(template).ReadonlyRootFilesystem).toBe(false);
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(web.taskRole.roleName)],
      PolicyDocument: {
        Statement: [
          {
            Action: [
              'ssmmessages:CreateControlChannel',
              'ssmmessages:CreateDataChannel',
              'ssmmessages:OpenControlChannel',
              'ssmmessages:OpenDataChannel',
            ],
            Resource: '*',
          },
        ],
      },
    });
  });

  test('leaves the file systems in memory as they are: who looks for a fault gets the same one', () => {
    const { LinuxParameters } = hardened({ writablePaths: ['/app/instance'] });
    expect(hardened({ writablePaths: ['/app/instance'], enableExecuteCommand: true }).LinuxParameters).toEqual(LinuxParameters);
  });

  test('takes a root that is said to be writable', () => {
    expect(hardened({ enableExecuteCommand: true, readonlyRootFilesystem: false }).ReadonlyRootFilesystem).toBe(false);
  });

  test('refuses one that is said to be read-only', () => {
    expectError(
      () => hardened({ enableExecuteCommand: true, readonlyRootFilesystem: true }),
      'ECS Exec does not work with a read-only root file system, got enableExecuteCommand and readonlyRootFilesystem both true; set readonlyRootFilesystem to false, or leave ECS Exec off and run a command with addTask()',
    );
  });
});

test.each([
  '/app',
  '/app/',
  '/app/../app',
  '/app/.',
  '//',
  '/tmp/..',
  '/opt/venv',
  '/opt/venv/bin',
  '/opt/venv/lib/python3.13/site-packages',
  '/usr',
  '/usr/lib',
  '/usr/local/bin',
  '/usr/local/lib/python3.13',
  '/lib64',
  '/etc',
  '/dev/shm',
  '/proc/self',
])('a writable path must not hide what the image has: %s', (path) => {
  expectError(
    () => service(testStack(), { hardening: { writablePaths: [path] } }),
    `a writable path must not hide what the image has there, got '${path}'; name a folder below it, such as '/app/instance'`,
  );
});

test.each([
  '/app/instance',
  '/opt/data',
  '/var/cache',
  '/etc/shop',
  '/usr/share/shop',
  '/run',
  '/binary',
  '/usr/local/lib/shop',
  '/developer',
])('a writable path may stand below: %s', (path) => {
  expect(() => service(testStack(), { hardening: { writablePaths: [path] } })).not.toThrow();
});

test('a sidecar has no writable path of the app', () => {
  const stack = testStack();
  const web = service(stack, { hardening: { writablePaths: ['/app/instance'] } });
  web.addSidecar('Cache', { image: ContainerImage.fromRegistry('example.com/redis:8') });
  const tmpfs = containersOf(Template.fromStack(stack)).map(({ LinuxParameters }) => (LinuxParameters as { Tmpfs: object[] }).Tmpfs);
  expect(tmpfs).toEqual([
    [
      { ContainerPath: '/app/instance', Size: 64 },
      { ContainerPath: '/tmp', Size: 64 },
    ],
    [{ ContainerPath: '/tmp', Size: 64 }],
  ]);
});

describe('the size of /tmp', () => {
  test('is that of the app alone; sidecars and other paths keep theirs', () => {
    const stack = testStack();
    const web = service(stack, { hardening: { tmpSize: Size.gibibytes(1), writablePaths: ['/app/instance'] } });
    web.addSidecar('redis', { image: ContainerImage.fromRegistry('example.com/redis:8') });
    const tmpfs = containersOf(Template.fromStack(stack)).map(({ LinuxParameters }) => (LinuxParameters as { Tmpfs: object[] }).Tmpfs);
    expect(tmpfs).toEqual([
      [
        { ContainerPath: '/app/instance', Size: 64 },
        { ContainerPath: '/tmp', Size: 1024 },
      ],
      [{ ContainerPath: '/tmp', Size: 64 }],
    ]);
  });

  test('is from 16 MiB on, in whole MiB, and only where it is in memory', () => {
    expect(hardened({ tmpSize: Size.mebibytes(16) }).LinuxParameters).toMatchObject({ Tmpfs: [{ ContainerPath: '/tmp', Size: 16 }] });
    expectError(() => hardened({ tmpSize: Size.mebibytes(15) }), 'tmpSize in MiB must be a whole number from 16 to 122880, got 15');
    expectError(() => hardened({ tmpSize: Size.gibibytes(121) }), 'tmpSize in MiB must be a whole number from 16 to 122880, got 123904');
    expectError(
      () => hardened({ tmpSize: Size.kibibytes(20_000) }),
      'tmpSize in MiB must be a whole number from 16 to 122880, got 19.53125',
    );
    expectError(
      () => hardened({ tmpSize: Size.mebibytes(128), readonlyRootFilesystem: false }),
      'tmpSize has no effect if readonlyRootFilesystem is false, because /tmp is then on the disk of the task; leave it out',
    );
  });
});
