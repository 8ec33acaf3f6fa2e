import type { ContainerDefinition, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IAccessPoint, IFileSystem } from 'aws-cdk-lib/aws-efs';
import { requirePattern } from '../private/validation';
import { requireNotHidden } from '../security/task-hardening';

/** A file system of Amazon EFS that all processes of the app share. */
export interface FileSystemOptions {
  /** The file system. Its security group is told to let the app in. */
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

/** What EFS and the read-only root of the container allow. */
export function requireContainerPath(path: string): void {
  requirePattern('containerPath', path, /^\/[^\s:]+$/, "an absolute path without spaces or colons, such as '/mnt/media'");
  requireNotHidden('containerPath', path);
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
