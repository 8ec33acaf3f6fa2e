import { Capability, LinuxParameters } from 'aws-cdk-lib/aws-ecs';
import { type Size, SizeRoundingBehavior } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail, requireInteger, requirePattern } from '../private/validation';
import { mountPath } from './container-path';

/** The size of a file system in memory. */
const TMPFS_MIB = 64;

/** The largest task has 120 GB. */
const MAX_TMP_MIB = 122_880;

/** What protects the service, and what it costs. Everything is on by default but ECS Exec and what needs a custom resource. */
export interface HardeningOptions {
  /**
   * Whether the root file system of the containers is read-only, so that an attacker who compromises the app cannot write to the container. `/tmp` and
   * `writablePaths` stay writable. An app that writes elsewhere fails with `[Errno 30] Read-only file system`.
   *
   * @default true, in every stage; false with `enableExecuteCommand`, which needs a writable root
   */
  readonly readonlyRootFilesystem?: boolean;

  /**
   * Absolute paths that the app writes to beside `/tmp`. Each is a file system in memory of 64 MiB, empty at the start of each task.
   *
   * @default - none
   */
  readonly writablePaths?: string[];

  /**
   * The size of `/tmp` of the app, 16 MiB or more. It is a file system in memory, so what lies in it counts as memory of the task. Werkzeug keeps
   * there what a form uploads: take the largest upload times the uploads at once, and so much more `memoryLimitMiB`.
   *
   * @default Size.mebibytes(64)
   */
  readonly tmpSize?: Size;

  /**
   * The user that runs the containers: a number, with a group if you like, `1000:1000`.
   *
   * @default - 10001:10001 for an image that is built by FlaskImage.fromSource(), otherwise the user of the image
   */
  readonly user?: string;

  /**
   * Whether all Linux capabilities are dropped. A web app on a port above 1024 needs none.
   *
   * @default true
   */
  readonly dropCapabilities?: boolean;

  /**
   * Whether `aws ecs execute-command` opens a shell in a running task. For finding faults: it needs a writable root file system, and lets
   * everybody with that permission run anything as the task.
   *
   * @default false
   */
  readonly enableExecuteCommand?: boolean;

  /**
   * Whether connections that the security groups reject are written to a log, in a VPC that is made here. Each line costs as the other logs do; an
   * attack writes many.
   *
   * @default - true in production, false in the development and the ephemeral stage
   */
  readonly flowLogs?: boolean;

  /**
   * Whether the default security group is closed, in a VPC that is made here. The construct does not use it. Closing it takes a custom resource with a
   * Lambda function, because CloudFormation cannot do it.
   *
   * @default false
   */
  readonly restrictDefaultSecurityGroup?: boolean;
}

/**
 * The hardening with every default in place.
 *
 * @internal
 */
export class TaskHardening {
  public readonly readonlyRootFilesystem: boolean;
  public readonly enableExecuteCommand: boolean;
  public readonly user?: string;
  /** File systems in memory, `/tmp` among them. */
  public readonly writablePaths: readonly string[];
  private readonly dropCapabilities: boolean;
  private readonly tmpInMemory: boolean;
  private readonly tmpMiB: number;

  public constructor(options: HardeningOptions = {}) {
    this.enableExecuteCommand = options.enableExecuteCommand ?? false;
    this.readonlyRootFilesystem = options.readonlyRootFilesystem ?? !this.enableExecuteCommand;
    // ECS Exec alone changes nothing of what the app sees: who looks for a fault there gets the same one
    this.tmpInMemory = options.readonlyRootFilesystem ?? true;
    this.tmpMiB = tmpMiBOf(options.tmpSize, this.tmpInMemory);
    this.user = options.user;
    this.dropCapabilities = options.dropCapabilities ?? true;
    const paths = (options.writablePaths ?? []).map((path) => mountPath('a writable path', path, '/app/instance'));
    this.writablePaths = [...new Set(['/tmp', ...paths])].sort();

    if (this.enableExecuteCommand && this.readonlyRootFilesystem) {
      fail(
        'ECS Exec does not work with a read-only root file system, got enableExecuteCommand and readonlyRootFilesystem both true; set readonlyRootFilesystem to false, or leave ECS Exec off and run a command with addTask()',
      );
    }
    requirePattern('user', options.user, /^\d+(:\d+)?$/, "a numeric user, with a numeric group or without, such as '1000:1000'");
  }

  /** The Linux parameters of a container of the app. */
  public linuxParametersOfApp(scope: Construct, id: string): LinuxParameters {
    return this.linuxParameters(scope, id, this.writablePaths, this.tmpMiB);
  }

  /** The Linux parameters of a container beside the app: what the app writes to is not its own. */
  public linuxParametersOfSidecar(scope: Construct, id: string): LinuxParameters {
    return this.linuxParameters(scope, id, ['/tmp'], TMPFS_MIB);
  }

  private linuxParameters(scope: Construct, id: string, paths: readonly string[], tmpMiB: number): LinuxParameters {
    const parameters = new LinuxParameters(scope, id, {
      // `python app.py` and `flask run` as process 1 ignore SIGTERM
      initProcessEnabled: true,
    });
    if (this.dropCapabilities) {
      parameters.dropCapabilities(Capability.ALL);
    }
    // memory and not a volume: a volume belongs to root unless the image says otherwise, and the app is not root
    for (const containerPath of paths.filter((path) => path !== '/tmp' || this.tmpInMemory)) {
      parameters.addTmpfs({ containerPath, size: containerPath === '/tmp' ? tmpMiB : TMPFS_MIB });
    }
    return parameters;
  }
}

function tmpMiBOf(size: Size | undefined, tmpInMemory: boolean): number {
  if (size === undefined) {
    return TMPFS_MIB;
  }
  if (!tmpInMemory) {
    fail('tmpSize has no effect if readonlyRootFilesystem is false, because /tmp is then on the disk of the task; leave it out');
  }
  const mebibytes = size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  requireInteger('tmpSize in MiB', mebibytes, 16, MAX_TMP_MIB);
  return mebibytes;
}
