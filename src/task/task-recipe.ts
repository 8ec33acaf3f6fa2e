import {
  type AwsLogDriverMode,
  type ContainerDefinition,
  FargateTaskDefinition,
  type HealthCheck,
  OperatingSystemFamily,
  Protocol,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { BoundImage } from '../image/flask-image';
import { logDriver } from '../logging/service-logs';
import { sorted } from '../private/validation';
import type { TaskHardening } from '../security/task-hardening';
import { withVariables } from './container-environment';

/** The name of the guide. */
export const CONTAINER_NAME = 'flask-app';

/** @internal */
export interface TaskRecipeProps {
  readonly image: BoundImage;
  readonly environment: { readonly [key: string]: string };
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

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskRecipeProps,
  ) {
    super(scope, id);
    const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');
    this.taskRole = new Role(this, 'TaskRole', { assumedBy, description: 'what the Flask app may do' });
    this.executionRole = new Role(this, 'ExecutionRole', { assumedBy, description: 'what ECS needs to start the Flask app' });
  }

  /** A task definition with one container. */
  public newDefinition(scope: Construct, id: string, process: ProcessProps): FargateTaskDefinition {
    const { hardening, image } = this.props;
    const definition = new FargateTaskDefinition(scope, id, {
      cpu: process.cpu,
      memoryLimitMiB: process.memoryLimitMiB,
      taskRole: this.taskRole,
      executionRole: this.executionRole,
      runtimePlatform: { cpuArchitecture: image.cpuArchitecture, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    definition.addContainer(CONTAINER_NAME, {
      containerName: CONTAINER_NAME,
      image: image.image,
      command: process.command,
      environment: withVariables(definition, this.props.environment, process.environment, { ...this.props.secrets, ...process.secrets }),
      secrets: sorted({ ...this.props.secrets, ...process.secrets }),
      logging: logDriver(this.props.logGroup, process.streamPrefix, this.props.logMode),
      healthCheck: process.healthCheck,
      stopTimeout: process.stopTimeout,
      readonlyRootFilesystem: hardening.readonlyRootFilesystem,
      user: hardening.user ?? image.user,
      linuxParameters: hardening.linuxParameters(definition, 'LinuxParameters'),
      portMappings: process.port === undefined ? undefined : [{ name: 'http', containerPort: process.port, protocol: Protocol.TCP }],
    });
    return definition;
  }

  /** The container of the app in a definition made here. */
  public containerOf(definition: FargateTaskDefinition): ContainerDefinition {
    return definition.findContainer(CONTAINER_NAME) as ContainerDefinition;
  }
}
