import {
  type ContainerDefinition,
  ContainerDependencyCondition,
  type ContainerImage,
  type FargateTaskDefinition,
  type HealthCheck,
  type LogDriver,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import { requireInteger, sorted } from '../private/validation';
import type { TaskHardening } from '../security/task-hardening';

/** Whether a sidecar runs before the app or after it. */
export enum SidecarOrder {
  /** The app starts when the sidecar has started, or is healthy where it has a health check; the sidecar stops after the app. */
  BEFORE_APP = 'BEFORE_APP',
  /** The sidecar starts when the app has started, and stops before it. */
  AFTER_APP = 'AFTER_APP',
  /** Both start and stop in any order. */
  ANY = 'ANY',
}

/** A container beside the app, in the same task. */
export interface SidecarOptions {
  /** Its image. */
  readonly image: ContainerImage;

  /**
   * Its command.
   *
   * @default - that of the image
   */
  readonly command?: string[];

  /**
   * Its environment variables.
   *
   * @default - none
   */
  readonly environment?: { [key: string]: string };

  /**
   * Its secrets.
   *
   * @default - none
   */
  readonly secrets?: { [key: string]: Secret };

  /**
   * When it starts and stops.
   *
   * @default SidecarOrder.BEFORE_APP - the app finds it there, and it sees the last of the app
   */
  readonly order?: SidecarOrder;

  /**
   * Its health check.
   *
   * @default - none
   */
  readonly healthCheck?: HealthCheck;

  /**
   * Whether the task is replaced when it ends.
   *
   * @default false
   */
  readonly essential?: boolean;

  /**
   * The CPU units that it may take of those of the task.
   *
   * @default - a share
   */
  readonly cpu?: number;

  /**
   * The most memory that it may take of that of the task, in MiB, 6 or more.
   *
   * @default - no limit of its own
   */
  readonly memoryLimitMiB?: number;

  /**
   * The user that runs it.
   *
   * @default - that of the image
   */
  readonly user?: string;

  /**
   * Whether its root file system is read-only.
   *
   * @default - as the app's
   */
  readonly readonlyRootFilesystem?: boolean;
}

/** Puts a sidecar into a task definition. */
export function addSidecar(
  definition: FargateTaskDefinition,
  id: string,
  options: SidecarOptions,
  logging: LogDriver,
  hardening: TaskHardening,
): ContainerDefinition {
  requireInteger('memoryLimitMiB of a sidecar', options.memoryLimitMiB, 6, 122_880);
  const app = definition.defaultContainer as ContainerDefinition;
  const { order = SidecarOrder.BEFORE_APP, ...container } = options;
  const sidecar = definition.addContainer(id, {
    ...container,
    environment: sorted(options.environment),
    secrets: sorted(options.secrets),
    essential: options.essential ?? false,
    readonlyRootFilesystem: options.readonlyRootFilesystem ?? hardening.readonlyRootFilesystem,
    linuxParameters: hardening.linuxParameters(definition, `${id}LinuxParameters`),
    logging,
  });
  if (order === SidecarOrder.BEFORE_APP) {
    const condition = options.healthCheck ? ContainerDependencyCondition.HEALTHY : ContainerDependencyCondition.START;
    app.addContainerDependencies({ container: sidecar, condition });
  } else if (order === SidecarOrder.AFTER_APP) {
    sidecar.addContainerDependencies({ container: app, condition: ContainerDependencyCondition.START });
  }
  return sidecar;
}
