import {
  type ContainerDefinition,
  ContainerDependencyCondition,
  type ContainerImage,
  type FargateTaskDefinition,
  type HealthCheck,
  type LogDriver,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';
import { requireEcsName } from '../private/names';
import { fail, requireInteger, sorted } from '../private/validation';
import type { TaskHardening } from '../security/task-hardening';
import { CONTAINER_NAME, DRAIN_CONTAINER_NAME } from './container-names';
import { readableSecrets } from './readable-secret';
import type { TaskSize } from './task-size';

/** The limits of a container in a task of Fargate. */
const MIN_MEMORY_MIB = 6;
const MAX_MEMORY_MIB = 122_880;
const MAX_CPU = 16_384;

/** Whether a sidecar runs before the app or after it. */
export enum SidecarOrder {
  /** The app starts when the sidecar has started, or is healthy where it has a health check. The sidecar stops after the app. */
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
   * The maximum of the task's memory that the container may use, in MiB, 6 or more.
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

/** The names of the containers that the construct makes. */
const RESERVED_CONTAINER_NAMES: string[] = [CONTAINER_NAME, DRAIN_CONTAINER_NAME];

const linuxParametersId = (name: string) => `${name}LinuxParameters`;

/** What ECS would refuse at the deployment, or the CDK in words that say nothing of the sidecar. */
export function requireRoomForSidecar(
  name: string,
  options: SidecarOptions,
  others: ReadonlyMap<string, SidecarOptions>,
  { definition, size: task }: { readonly definition: FargateTaskDefinition; readonly size: TaskSize },
): void {
  requireEcsName('the id of a sidecar', name);
  if (RESERVED_CONTAINER_NAMES.includes(name)) {
    fail(`the id '${name}' of a sidecar is the name of a container that the construct makes; use another, '${name}1', for example`);
  }
  if (others.has(name)) {
    fail(`the id '${name}' of a sidecar is taken by one that was added before; use another, '${name}1', for example`);
  }
  if ([name, linuxParametersId(name)].some((id) => definition.node.tryFindChild(id))) {
    fail(`the id '${name}' of a sidecar is taken by a part of the task definition; use another, '${name}1', for example`);
  }
  requireInteger('memoryLimitMiB of a sidecar', options.memoryLimitMiB, MIN_MEMORY_MIB, MAX_MEMORY_MIB);
  requireInteger('cpu of a sidecar', options.cpu, 1, MAX_CPU);
  const all = [...others.values(), options];
  requireRest('memoryLimitMiB', 'MiB', all, task.memoryLimitMiB);
  requireRest('cpu', 'CPU units', all, task.cpu);
}

/** The sidecars together must leave something of the task to the app. */
function requireRest(prop: 'cpu' | 'memoryLimitMiB', unit: string, sidecars: SidecarOptions[], ofTask: number): void {
  const known = sidecars.map((sidecar) => sidecar[prop] ?? 0).filter((amount) => !Token.isUnresolved(amount));
  const total = known.reduce((sum, amount) => sum + amount, 0);
  if (!Token.isUnresolved(ofTask) && total >= ofTask) {
    fail(
      `${prop} of all sidecars must be below that of the task, got ${total} and ${ofTask} ${unit}: nothing would be left for the app; lower it, or raise ${prop} of the service`,
    );
  }
}

/** Puts a sidecar into a task. */
export function addSidecar(
  { definition, container: app }: { readonly definition: FargateTaskDefinition; readonly container: ContainerDefinition },
  name: string,
  options: SidecarOptions,
  logging: LogDriver,
  hardening: TaskHardening,
): ContainerDefinition {
  const { order = SidecarOrder.BEFORE_APP, ...container } = options;
  const sidecar = definition.addContainer(name, {
    ...container,
    environment: sorted(options.environment),
    secrets: readableSecrets(definition, options.secrets ?? {}),
    essential: options.essential ?? false,
    readonlyRootFilesystem: options.readonlyRootFilesystem ?? hardening.readonlyRootFilesystem,
    linuxParameters: hardening.linuxParametersOfSidecar(definition, linuxParametersId(name)),
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
