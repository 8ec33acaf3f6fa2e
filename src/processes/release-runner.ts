import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { type IRole, type PolicyDocument, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { LogSettings } from '../logging/service-logs';
import { PART_IDS } from '../private/part-ids';
import { ReleaseTaskProvider } from './release-task-provider';

/** @internal */
export interface ReleaseRunnerProps {
  readonly cluster: ICluster;
  /** Of the tasks. */
  readonly appLogs: LogGroup;
  /** Of the functions. */
  readonly logs: LogSettings;
  readonly taskRole: IRole;
  readonly executionRole: IRole;
}

/**
 * What one service lets the functions of its stack do: run its release tasks in its cluster.
 *
 * @internal
 */
export class ReleaseRunner {
  public readonly serviceToken: string;
  /** The role that the functions take. */
  public readonly role: Role;
  private readonly policy: PolicyDocument;
  private readonly stack: Stack;

  public constructor(
    scope: Construct,
    private readonly props: ReleaseRunnerProps,
  ) {
    const { cluster, appLogs, logs, taskRole, executionRole } = props;
    const provider = ReleaseTaskProvider.of(scope);
    provider.logs.keep(logs, scope.node.path);
    this.stack = Stack.of(scope);
    this.serviceToken = provider.serviceToken;
    // the cluster may have tasks of others: this role reaches no other cluster, and runs no other task definition
    const tasks = this.stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
    const made = provider.newRole(scope, PART_IDS.RELEASE_TASKS, [
      this.inCluster(['ecs:ListTasks'], '*'),
      this.inCluster(['ecs:DescribeTasks', 'ecs:StopTask'], tasks),
      new PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [appLogs.logGroupArn] }),
      // a statement each: in one, the CDK sorts them by tokens, whose numbers differ from run to run
      ...[taskRole, executionRole].map(
        ({ roleArn }) =>
          new PolicyStatement({
            actions: ['iam:PassRole'],
            resources: [roleArn],
            conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
          }),
      ),
    ]);
    this.role = made.role;
    this.policy = made.policy;
  }

  /** Lets it run the task definition, in whatever revision. */
  public mayRun(family: string): void {
    const definition = this.stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${family}:*` });
    this.policy.addStatements(this.inCluster(['ecs:RunTask'], definition));
  }

  private inCluster(actions: string[], resource: string): PolicyStatement {
    return new PolicyStatement({
      actions,
      resources: [resource],
      conditions: { ArnEquals: { 'ecs:cluster': this.props.cluster.clusterArn } },
    });
  }
}
