import type { ISubnet, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnCondition, Duration } from 'aws-cdk-lib/core';
import type { AppConcurrency } from '../connections/data-connection';
import type { FlaskDeployment } from '../deployment/flask-deployment';
import type { PlatformPlace } from '../load-balancing/load-balancing-plan';
import type { LogSettings } from '../logging/service-logs';
import type { ServiceNetwork } from '../network/service-network';
import type { RenderedCapacity } from '../scaling/capacity';
import type { TaskHardening } from '../security/task-hardening';
import type { ProcessProps, TaskRecipe } from '../task/task-recipe';
import type { TaskSize } from '../task/task-size';

/**
 * Where tasks run.
 *
 * @internal
 */
export interface TaskPlacement {
  readonly taskSubnets: SubnetSelection;
  readonly subnets: ISubnet[];
  /** Whether a task has a public address. On a platform a token, for its services do not know it. */
  readonly publicIp: string;
  /** Set on a platform: the condition of the service's stack that says the same. */
  readonly hasPublicIp?: CfnCondition;
}

/**
 * What a process has of its own; its size is that of the service where it has none.
 *
 * @internal
 */
export interface ProcessDefaults extends Omit<ProcessProps, 'cpu' | 'memoryLimitMiB'> {
  readonly cpu?: number;
  readonly memoryLimitMiB?: number;
}

/**
 * What an ECS service has of its own.
 *
 * @internal
 */
export interface ProcessServiceProps {
  readonly taskDefinition: FargateTaskDefinition;
  /** Whether others connect to its tasks: the web process alone. */
  readonly isConnectedTo: boolean;
  readonly desiredCount?: number;
  readonly capacity: RenderedCapacity;
  readonly deployment: FlaskDeployment;
  readonly healthCheckGracePeriod?: Duration;
}

/** @internal */
export interface ProcessHostProps {
  readonly network: ServiceNetwork;
  readonly recipe: TaskRecipe;
  /** The size of a process that has none of its own. */
  readonly size: TaskSize;
  /** The port of the web process. */
  readonly port: number;
  readonly logGroup: LogGroup;
  /** How the logs of what runs beside the tasks are kept. */
  readonly logs: LogSettings;
  readonly hardening: TaskHardening;
  /** Whether there is an image to run: a repository may still be empty. */
  readonly hasImage: boolean;
  /** How many processes and threads of the web process connect to a database. */
  readonly concurrency: AppConcurrency;
  /** Set on a platform. */
  readonly place?: PlatformPlace;
}
