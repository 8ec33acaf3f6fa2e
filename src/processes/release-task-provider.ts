import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Aws, Duration, Stack } from 'aws-cdk-lib/core';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { type LogSettings, serviceLogs } from '../logging/service-logs';
import { functionRole, handlerFunction } from '../private/handler-function';

/** The limit of CloudFormation for a custom resource. */
const MAX_TIME = Duration.hours(1);

/** @internal */
export interface ReleaseTaskProviderProps {
  readonly cluster: ICluster;
  /** Of the tasks. */
  readonly appLogs: LogGroup;
  /** Of the functions. */
  readonly logs: LogSettings;
  readonly taskRole: IRole;
  readonly executionRole: IRole;
}

/**
 * What runs the release tasks of one service when CloudFormation deploys it.
 *
 * @internal
 */
export class ReleaseTaskProvider extends Construct {
  public readonly serviceToken: string;
  private readonly start: LambdaFunction;
  private readonly runners: LambdaFunction[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleaseTaskProviderProps,
  ) {
    super(scope, id);
    const { cluster, appLogs, taskRole, executionRole } = props;
    const logGroup = serviceLogs(this, 'Logs', props.logs);
    const handler = (id: string, name: string, description: string) =>
      handlerFunction(this, id, { file: 'processes/release-task.handler', name, description, timeout: Duration.minutes(2), logGroup });
    this.start = handler('Start', 'onEvent', 'starts a release task');
    const check = handler('Check', 'isComplete', 'sees whether a release task has ended well');
    this.runners = [this.start, check];
    // the cluster may have tasks of others: these roles reach no other cluster, and run no other task definition
    const tasks = Stack.of(this).formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
    this.start.addToRolePolicy(this.inCluster(['ecs:ListTasks'], '*'));
    this.start.addToRolePolicy(this.inCluster(['ecs:StopTask'], tasks));
    // the check starts a task again that never ran
    for (const runner of this.runners) {
      runner.addToRolePolicy(
        new PolicyStatement({
          actions: ['iam:PassRole'],
          resources: [taskRole.roleArn, executionRole.roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        }),
      );
    }
    this.start.addToRolePolicy(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }));
    check.addToRolePolicy(this.inCluster(['ecs:DescribeTasks', 'ecs:StopTask'], tasks));
    appLogs.grant(check, 'logs:GetLogEvents');
    this.serviceToken = new Provider(this, 'Provider', {
      onEventHandler: this.start,
      isCompleteHandler: check,
      queryInterval: Duration.seconds(5),
      totalTimeout: MAX_TIME,
      logGroup,
      frameworkOnEventRole: functionRole(this, 'OnEventServiceRole', logGroup),
      frameworkCompleteAndTimeoutRole: functionRole(this, 'CompleteAndTimeoutServiceRole', logGroup),
    }).serviceToken;
  }

  /** Lets it run the task definition, in whatever revision. */
  public mayRun(family: string): void {
    const definition = Stack.of(this).formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${family}:*` });
    for (const runner of this.runners) {
      runner.addToRolePolicy(this.inCluster(['ecs:RunTask'], definition));
    }
  }

  private inCluster(actions: string[], resource: string): PolicyStatement {
    return new PolicyStatement({
      actions,
      resources: [resource],
      conditions: { ArnEquals: { 'ecs:cluster': this.props.cluster.clusterArn } },
    });
  }
}
