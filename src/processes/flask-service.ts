import type { IConnectable, ISecurityGroup, ISubnet, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct, IDependable } from 'constructs';
import type { ProcessProps } from '../task/task-recipe';

/**
 * A Flask service, as its other processes see it: `FlaskFargateService`.
 */
export interface IFlaskService extends IConstruct, IConnectable, IGrantable {
  /** The cluster that the tasks run in. */
  readonly cluster: ICluster;

  /** The log group of all processes of the app. */
  readonly logGroup: LogGroup;

  /**
   * Where the tasks run.
   *
   * @internal
   */
  readonly _placement: TaskPlacement;

  /**
   * A task definition of the same image, environment, secrets, roles, logs and hardening.
   *
   * @internal
   */
  _newTaskDefinition(scope: Construct, id: string, process: ProcessDefaults): FargateTaskDefinition;

  /**
   * What must be there before a task starts: the way to the image, and the right to pull it.
   *
   * @internal
   */
  readonly _prerequisites: IDependable[];

  /**
   * Lets the cluster run tasks on Fargate Spot.
   *
   * @internal
   */
  _offerSpot(): void;

  /**
   * The security group of the processes that nothing connects to. What is allowed to the service is allowed to it too.
   *
   * @internal
   */
  _processSecurityGroup(): ISecurityGroup;
}

/** @internal */
export interface TaskPlacement {
  readonly taskSubnets: SubnetSelection;
  readonly subnets: ISubnet[];
  readonly assignPublicIp: boolean;
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
