import {
  type AwsLogDriverMode,
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  FargateTaskDefinition,
  type HealthCheck,
  type LogDriver,
  OperatingSystemFamily,
  Protocol,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { logDriver } from '../logging/service-logs';
import { fail, sorted } from '../private/validation';
import type { TaskHardening } from '../security/task-hardening';
import { AppTask } from './app-task';
import type { BoundImage } from './bound-image';
import { adviseOnCommand } from './command-advice';
import { requireAllowed, withVariables } from './container-environment';
import { CONTAINER_NAME } from './container-names';
import { addDrainContainer } from './drain-container';
import { type FileSystemOptions, requireFreeMount } from './file-system';
import { readableSecrets } from './readable-secret';
import type { SidecarOptions } from './sidecar';

/** The port mapping, as Service Connect names it. */
export const PORT_NAME = 'http';

/** @internal */
export interface TaskRecipeProps {
  readonly image: BoundImage;
  readonly environment: { readonly [key: string]: string };
  /** The names that only the construct may set. */
  readonly ownedVariables: string[];
  readonly secrets?: { readonly [key: string]: Secret };
  readonly hardening: TaskHardening;
  readonly logGroup: LogGroup;
  readonly logMode?: AwsLogDriverMode;
}

/**
 * What one process of the app has of its own.
 *
 * @internal
 */
export interface ProcessProps {
  readonly cpu: number;
  readonly memoryLimitMiB: number;
  readonly streamPrefix: string;
  readonly command?: string[];
  readonly port?: number;
  readonly healthCheck?: HealthCheck;
  readonly stopTimeout?: Duration;
  readonly environment?: { readonly [key: string]: string };
  readonly secrets?: { readonly [key: string]: Secret };
  /** Whether another container holds the stop signal back from the app. */
  readonly drainBeforeStop?: boolean;
}

/**
 * The one recipe of all task definitions of an app: the same image, environment, secrets, roles, logs and hardening, with another command.
 *
 * @internal
 */
export class TaskRecipe extends Construct {
  /** The identity of the app itself. */
  public readonly taskRole: Role;
  /** What ECS needs to start it: pull the image, read the secrets, write the logs. */
  public readonly executionRole: Role;
  private readonly tasks: AppTask[] = [];
  private readonly fileSystems = new Map<string, FileSystemOptions>();
  private readonly environment: { [key: string]: string };
  private readonly secrets: { [key: string]: Secret };
  /** The variables that one process alone has. */
  private readonly ofOneProcess = new Set<string>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskRecipeProps,
  ) {
    super(scope, id);
    this.environment = { ...props.environment };
    this.secrets = readableSecrets(this, props.secrets ?? {});
    const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');
    this.taskRole = new Role(this, 'TaskRole', { assumedBy, description: 'what the Flask app may do' });
    this.executionRole = new Role(this, 'ExecutionRole', { assumedBy, description: 'what ECS needs to start the Flask app' });
  }

  /** Whether the source of the app reads the secret key; undefined where it is not known. */
  public get readsSecretKey(): boolean | undefined {
    return this.props.image.readsSecretKey;
  }

  /** A task definition with the container of the app. */
  public newTask(scope: Construct, id: string, process: ProcessProps): AppTask {
    const { hardening, image } = this.props;
    const definition = new FargateTaskDefinition(scope, id, {
      cpu: process.cpu,
      memoryLimitMiB: process.memoryLimitMiB,
      taskRole: this.taskRole,
      executionRole: this.executionRole,
      runtimePlatform: { cpuArchitecture: image.cpuArchitecture, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    if (hardening.readonlyRootFilesystem) {
      adviseOnCommand(definition, process.command, hardening.writablePaths);
    }
    const allSecrets = { ...this.secrets, ...readableSecrets(this, process.secrets ?? {}) };
    const common: Pick<ContainerDefinitionOptions, 'image' | 'logging' | 'readonlyRootFilesystem' | 'user' | 'linuxParameters'> = {
      image: image.image,
      logging: this.logDriver(process.streamPrefix),
      readonlyRootFilesystem: hardening.readonlyRootFilesystem,
      user: hardening.user ?? image.user,
      linuxParameters: hardening.linuxParametersOfApp(definition, 'LinuxParameters'),
    };
    const container = definition.addContainer(CONTAINER_NAME, {
      ...common,
      containerName: CONTAINER_NAME,
      command: process.command,
      environment: withVariables(definition, this.props.ownedVariables, this.environment, process.environment, allSecrets),
      secrets: sorted(allSecrets),
      healthCheck: process.healthCheck,
      stopTimeout: process.stopTimeout,
      portMappings: process.port === undefined ? undefined : [{ name: PORT_NAME, containerPort: process.port, protocol: Protocol.TCP }],
    });
    if (process.drainBeforeStop) {
      addDrainContainer(definition, container, common);
    }
    const task = new AppTask({ definition, container, size: process });
    for (const [name, options] of this.fileSystems) {
      task.mount(name, options);
    }
    this.tasks.push(task);
    for (const name of Object.keys({ ...process.environment, ...process.secrets })) {
      this.ofOneProcess.add(name);
    }
    return task;
  }

  /** Whether a variable is set in a process already. */
  public readonly isGiven = (name: string): boolean => name in this.environment || name in this.secrets || this.ofOneProcess.has(name);

  /** Lines into the log group of the app, in streams of a name of their own. */
  public logDriver(streamPrefix: string): LogDriver {
    return logDriver(this.props.logGroup, streamPrefix, this.props.logMode);
  }

  /** Sets variables in all processes, those of later too. Of the defaults, those that are given already are left out. */
  public addVariables(
    environment: { readonly [key: string]: string },
    secrets: { readonly [key: string]: Secret },
    remedy: string,
    defaults: { readonly [key: string]: string } = {},
  ): void {
    requireAllowed(this, this.props.ownedVariables, environment, secrets);
    const taken = [...Object.keys(environment), ...Object.keys(secrets)].find(this.isGiven);
    if (taken !== undefined) {
      fail(`the variable ${taken} is given already; remove it from environment and secrets, or ${remedy}`);
    }
    const plain = { ...Object.fromEntries(Object.entries(defaults).filter(([name]) => !this.isGiven(name))), ...environment };
    const readable = readableSecrets(this, secrets);
    Object.assign(this.environment, plain);
    Object.assign(this.secrets, readable);
    for (const task of this.tasks) {
      task.addVariables(plain, readable);
    }
  }

  /** Adds a container beside the app, in one task. */
  public addSidecar(task: AppTask, name: string, options: SidecarOptions): ContainerDefinition {
    return task.addSidecar(name, options, this.logDriver(name.toLowerCase()), this.props.hardening);
  }

  /** Mounts a file system in all processes, those of later too. */
  public addFileSystem(name: string, given: FileSystemOptions): void {
    const options = requireFreeMount(name, given, this.fileSystems, this.props.hardening.writablePaths);
    this.fileSystems.set(name, options);
    for (const task of this.tasks) {
      task.mount(name, options);
    }
    (options.readOnly ? options.fileSystem.grantRead : options.fileSystem.grantReadWrite).call(options.fileSystem, this.taskRole);
  }
}
