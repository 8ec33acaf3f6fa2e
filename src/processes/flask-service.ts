import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';

/** A Flask service, as its other processes see it. `FlaskFargateService` is the one implementation: no other class can stand in for it. */
export interface IFlaskService extends IConstruct, IConnectable, IGrantable {
  /** The cluster that the tasks run in. */
  readonly cluster: ICluster;

  /** The task definition of the web process. */
  readonly taskDefinition: FargateTaskDefinition;

  /** The log group of all processes of the app. */
  readonly logGroup: LogGroup;
}
