import type { IConnectable, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';

/** A Flask service, as its other processes and its data see it. `FlaskFargateService` is the one implementation: no other class can stand in for it. */
export interface IFlaskService extends IConstruct, IConnectable, IGrantable {
  /** The VPC of the tasks. */
  readonly vpc: IVpc;

  /** The subnets for a database or a cache of the app. */
  readonly dataSubnets: SubnetSelection;

  /**
   * The URL of the app.
   *
   * @default - none
   */
  readonly url?: string;

  /** The cluster that the tasks run in. */
  readonly cluster: ICluster;

  /** The task definition of the web process. */
  readonly taskDefinition: FargateTaskDefinition;

  /** The log group of all processes of the app. */
  readonly logGroup: LogGroup;
}
