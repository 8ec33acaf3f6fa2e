import type { CfnOutput } from 'aws-cdk-lib/core';

/**
 * The outputs of a service that a pipeline reads, a smoke test for example. Each key is the id of the service and what it is: of a service `Web` in its stack, `WebUrl`,
 * `WebServiceName`, `WebClusterName` and `WebTaskFamily`.
 */
export interface FlaskServiceOutputs {
  /**
   * The URL of the app.
   *
   * @default - none without a load balancer, and on a shared listener without a host name
   */
  readonly url?: CfnOutput;

  /** The name of the ECS service. */
  readonly serviceName: CfnOutput;

  /** The name of the ECS cluster. */
  readonly clusterName: CfnOutput;

  /** The family of the task definition of the web process, without a revision. */
  readonly taskFamily: CfnOutput;
}
