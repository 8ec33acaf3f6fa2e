import type { ContainerDefinition, FargateTaskDefinition, LogDriver, Secret } from 'aws-cdk-lib/aws-ecs';
import { sorted } from '../private/validation';
import type { TaskHardening } from '../security/task-hardening';
import { type FileSystemOptions, mountFileSystem } from './file-system';
import { addSidecar, requireRoomForSidecar, type SidecarOptions } from './sidecar';
import type { TaskSize } from './task-size';

/** @internal */
export interface AppTaskProps {
  readonly definition: FargateTaskDefinition;
  readonly container: ContainerDefinition;
  readonly size: TaskSize;
}

/**
 * A task definition, and the container of the app in it.
 *
 * @internal
 */
export class AppTask {
  public readonly definition: FargateTaskDefinition;
  public readonly container: ContainerDefinition;
  public readonly size: TaskSize;
  private readonly sidecars = new Map<string, SidecarOptions>();

  public constructor({ definition, container, size }: AppTaskProps) {
    this.definition = definition;
    this.container = container;
    this.size = size;
  }

  /** Adds environment variables and secrets to the container of the app. */
  public addVariables(environment: { readonly [key: string]: string }, secrets: { readonly [key: string]: Secret }): void {
    for (const [name, value] of Object.entries(sorted(environment))) {
      this.container.addEnvironment(name, value);
    }
    for (const [name, secret] of Object.entries(sorted(secrets))) {
      this.container.addSecret(name, secret);
    }
  }

  /** Mounts a file system in the container of the app. */
  public mount(name: string, options: FileSystemOptions): void {
    mountFileSystem(this.definition, this.container, name, options);
  }

  /** Adds a container beside the app. */
  public addSidecar(name: string, options: SidecarOptions, logging: LogDriver, hardening: TaskHardening): ContainerDefinition {
    requireRoomForSidecar(name, options, this.sidecars, this);
    this.sidecars.set(name, options);
    return addSidecar(this, name, options, logging, hardening);
  }
}
