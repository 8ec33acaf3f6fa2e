import { Template } from 'aws-cdk-lib/assertions';
import { type CfnAccessPoint, FileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnParameter } from 'aws-cdk-lib/core';
import type { FileSystemOptions } from '../../src';
import { containersOf, expectError, service, statementsOf, testStack } from '../util/test-stack';

function setup(options: (fileSystem: FileSystem) => Partial<FileSystemOptions> = () => ({})) {
  const stack = testStack();
  const web = service(stack);
  const before = web.addTask('Before', { command: ['true'] });
  const fileSystem = new FileSystem(stack, 'Files', { vpc: web.vpc });
  web.addFileSystem('media', { fileSystem, containerPath: '/mnt/media', ...options(fileSystem) });
  const after = web.addTask('After', { command: ['true'] });
  return { stack, web, before, after, fileSystem, template: Template.fromStack(stack) };
}

const volumesOf = (template: Template) =>
  Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties.Volumes);

test('is mounted in all processes, those of before and of later, encrypted and with the identity of the app', () => {
  const { stack, fileSystem, template } = setup();
  const volume = {
    Name: 'media',
    EFSVolumeConfiguration: {
      FilesystemId: stack.resolve(fileSystem.fileSystemId),
      TransitEncryption: 'ENABLED',
      AuthorizationConfig: { IAM: 'ENABLED' },
    },
  };
  expect(volumesOf(template)).toEqual([[volume], [volume], [volume]]);
  for (const container of containersOf(template)) {
    expect(container.MountPoints).toEqual([{ SourceVolume: 'media', ContainerPath: '/mnt/media', ReadOnly: false }]);
  }
});

test('lets the app read and write, and its processes connect', () => {
  const { stack, web, after, fileSystem, template } = setup();
  expect(statementsOf(template, web.taskRole)).toEqual([
    expect.objectContaining({
      Action: expect.arrayContaining(['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite']),
      Resource: stack.resolve(fileSystem.fileSystemArn),
    }),
  ]);
  for (const process of [web.service, after]) {
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: stack.resolve(fileSystem.connections.securityGroups[0].securityGroupId),
      SourceSecurityGroupId: stack.resolve(process.connections.securityGroups[0].securityGroupId),
      FromPort: 2049,
    });
  }
});

test('takes an access point, and may be for reading alone', () => {
  const { stack, web, template } = setup((fileSystem) => ({
    accessPoint: fileSystem.addAccessPoint('Point', { path: '/media', posixUser: { uid: '10001', gid: '10001' } }),
    readOnly: true,
  }));
  const [id] = Object.keys(template.findResources('AWS::EFS::AccessPoint'));
  expect(stack.getLogicalId(stack.node.findChild('Files').node.findChild('Point').node.defaultChild as CfnAccessPoint)).toBe(id);
  expect(volumesOf(template)[0]).toMatchObject([
    { EFSVolumeConfiguration: { AuthorizationConfig: { IAM: 'ENABLED', AccessPointId: { Ref: id } } } },
  ]);
  expect(containersOf(template)[0].MountPoints).toEqual([{ SourceVolume: 'media', ContainerPath: '/mnt/media', ReadOnly: true }]);
  expect(JSON.stringify(statementsOf(template, web.taskRole))).not.toContain('ClientWrite');
});

test('may be several', () => {
  const stack = testStack();
  const web = service(stack);
  const fileSystem = new FileSystem(stack, 'Files', { vpc: web.vpc });
  web.addFileSystem('media', { fileSystem, containerPath: '/mnt/media' });
  web.addFileSystem('cache', { fileSystem, containerPath: '/mnt/cache' });
  expect(containersOf(Template.fromStack(stack))[0].MountPoints).toMatchObject([{ SourceVolume: 'media' }, { SourceVolume: 'cache' }]);
});

test.each(['', 'mnt', '/', '/two words', '/a:b'])('the path %p is refused', (containerPath) => {
  expectError(
    () => setup(() => ({ containerPath })),
    `containerPath must be an absolute path without spaces or colons, such as '/mnt/media', got '${containerPath}'`,
  );
});

test('a path that is known at deployment only is taken', () => {
  const stack = testStack();
  const web = service(stack);
  const containerPath = new CfnParameter(stack, 'Path').valueAsString;
  web.addFileSystem('media', { fileSystem: new FileSystem(stack, 'Files', { vpc: web.vpc }), containerPath });
  expect(containersOf(Template.fromStack(stack))[0].MountPoints).toMatchObject([{ ContainerPath: { Ref: 'Path' } }]);
});

describe('refuses', () => {
  function second(id: string, containerPath: string) {
    const stack = testStack();
    const web = service(stack, { hardening: { writablePaths: ['/app/instance'] } });
    const fileSystem = new FileSystem(stack, 'Files', { vpc: web.vpc });
    web.addFileSystem('media', { fileSystem, containerPath: '/mnt/media' });
    return () => web.addFileSystem(id, { fileSystem, containerPath });
  }

  test('the same id twice: later processes would lose the first', () => {
    expectError(
      second('media', '/mnt/other'),
      "the id 'media' of a file system is taken by one that was added before; use another, 'media1', for example",
    );
  });

  test.each(['/mnt/media', '/mnt/media/', '/mnt//media', '/mnt/x/../media'])('the same path twice: %s', (path) => {
    expectError(second('other', path), `containerPath '${path}' is taken by the file system 'media'; use another path`);
  });

  test.each(['/tmp', '/tmp/', '/tmp/.', '/app/instance', '/app//instance'])('a path in memory: %s', (path) => {
    expectError(
      second('other', path),
      `containerPath must not be /tmp or one of writablePaths, which are file systems in memory, got '${path}'; use another path`,
    );
  });

  test.each(['shop:media', 'médias', ''])('an id that ECS refuses as the name of a volume: %p', (id) => {
    expectError(
      second(id, '/mnt/other'),
      `the id of a file system must be 1 to 255 letters from a to z, digits, hyphens and underscores, got '${id}'`,
    );
  });

  test('nothing of a path beside', () => {
    expect(second('other', '/mnt/media2')).not.toThrow();
  });
});
