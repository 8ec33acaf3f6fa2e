import type { ContainerDefinition, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IAccessPoint, IFileSystem } from 'aws-cdk-lib/aws-efs';
import { requireEcsName } from '../private/names';
import { fail } from '../private/validation';
import { mountPath } from '../security/container-path';

/** A file system of Amazon EFS that all processes of the app share. */
export interface FileSystemOptions {
  /** The file system. Its security group gets an ingress rule for the app. */
  readonly fileSystem: IFileSystem;

  /** Where the app finds it, for example `/mnt/media`. */
  readonly containerPath: string;

  /**
   * An access point: a folder of the file system, with a user and a group of its own. An app that is not root needs one whose user may write.
   *
   * @default - the root of the file system
   */
  readonly accessPoint?: IAccessPoint;

  /**
   * Whether the app may only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/** The options with their path in one form, if EFS, ECS and the file systems in memory of the container allow it. */
export function requireFreeMount(
  name: string,
  options: FileSystemOptions,
  others: ReadonlyMap<string, FileSystemOptions>,
  inMemory: readonly string[],
): FileSystemOptions {
  const { containerPath } = options;
  requireEcsName('the id of a file system', name);
  const path = mountPath('containerPath', containerPath, '/mnt/media');
  if (others.has(name)) {
    fail(`the id '${name}' of a file system is taken by one that was added before; use another, '${name}1', for example`);
  }
  if (inMemory.includes(path)) {
    fail(
      `containerPath must not be /tmp or one of writablePaths, which are file systems in memory, got '${containerPath}'; use another path`,
    );
  }
  const [other] = [...others].find(([, { containerPath: taken }]) => taken === path) ?? [];
  if (other !== undefined) {
    fail(`containerPath '${containerPath}' is taken by the file system '${other}'; use another path`);
  }
  return { ...options, containerPath: path };
}

/** Mounts a file system: encrypted on the way, and with the identity of the app. */
export function mountFileSystem(
  definition: FargateTaskDefinition,
  container: ContainerDefinition,
  id: string,
  options: FileSystemOptions,
): void {
  definition.addVolume({
    name: id,
    efsVolumeConfiguration: {
      fileSystemId: options.fileSystem.fileSystemId,
      transitEncryption: 'ENABLED',
      authorizationConfig: { accessPointId: options.accessPoint?.accessPointId, iam: 'ENABLED' },
    },
  });
  container.addMountPoints({ sourceVolume: id, containerPath: options.containerPath, readOnly: options.readOnly ?? false });
}
