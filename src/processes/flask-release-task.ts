import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { streamPrefixOf } from '../private/names';
import { pathInErrors } from '../private/path-in-errors';
import { fail, requireKnown, requireMinutes } from '../private/validation';
import { CONTAINER_NAME } from '../task/container-names';
import type { IFlaskService } from './flask-service';
import { FlaskTask, type FlaskTaskOptions, type FlaskTaskProps } from './flask-task';
import { type ProcessHost, processHostOf } from './process-host';
import type { ReleaseTaskProperties } from './release-task.handler';

/** The options of a release task, which runs once for each new version, before the service changes to it. */
export interface FlaskReleaseTaskOptions extends FlaskTaskOptions {
  /**
   * How long the task may take, including the pull of its image: 1 to 55 minutes, because CloudFormation waits an hour.
   * Then it is stopped, and the deployment fails.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;
}

/** A release task of a Flask service. */
export interface FlaskReleaseTaskProps extends FlaskReleaseTaskOptions, FlaskTaskProps {}

/**
 * A task that runs once for each new version, with the new image, before the service, its workers and its schedules change to it: a migration of
 * the database.
 *
 * The deployment waits for it. When it ends with another code than 0 or takes too long, the deployment fails with its exit code, the reason
 * and the last lines of its log, and the old version goes on. CloudFormation's rollback does not run it. What runs while the migration does
 * is the old version, so a migration must leave the database fit for both: add first, remove with a later version.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { FlaskFargateService, FlaskReleaseTask } from 'cdk-flask-fargate';
 * declare const stack: Stack;
 * declare const web: FlaskFargateService;
 *
 * new FlaskReleaseTask(stack, 'Migrate', { service: web, command: ['flask', 'db', 'upgrade'] });
 */
@pathInErrors
export class FlaskReleaseTask extends FlaskTask {
  /**
   * Creates a release task. `addReleaseTask` of the service does the same, within the service.
   *
   * @param scope the scope, usually the service or the stack
   * @param id the id, from which the prefix of the log streams is made
   * @param props the service, the command, and what differs from the service
   */
  public constructor(scope: Construct, id: string, props: FlaskReleaseTaskProps) {
    requireMinutes('timeout of a release task', props.timeout, 1, 55, 'CloudFormation waits an hour; run longer work by addTask()');
    requireKnown('timeout of a release task', props.timeout, 'Duration.minutes(15)');
    super(scope, id, props);
    const { service: web, timeout = Duration.minutes(15) } = props;
    requireSameStack(this, web);
    const host = processHostOf(web);
    if (host.hasImage) {
      this.runBefore(web, host, timeout);
    }
  }

  private runBefore(web: IFlaskService, host: ProcessHost, timeout: Duration): void {
    const { cluster, logGroup, placement } = host;
    const runner = host.releaseTaskRunner();
    runner.mayRun(this.taskDefinition.family);
    const properties: ReleaseTaskProperties = {
      Name: this.node.path,
      Role: runner.role.roleArn,
      Cluster: cluster.clusterArn,
      TaskDefinition: this.taskDefinition.taskDefinitionArn,
      ServiceTaskDefinition: web.taskDefinition.taskDefinitionArn,
      Container: CONTAINER_NAME,
      Subnets: placement.subnets.map((subnet) => subnet.subnetId),
      SecurityGroups: this.connections.securityGroups.map((group) => group.securityGroupId),
      AssignPublicIp: placement.publicIp as ReleaseTaskProperties['AssignPublicIp'],
      LogGroup: logGroup.logGroupName,
      LogStreamPrefix: streamPrefixOf(this.node.id),
      TimeoutSeconds: `${timeout.toSeconds()}`,
    };
    const run = new CustomResource(this, 'Run', {
      resourceType: 'Custom::FlaskReleaseTask',
      serviceToken: runner.serviceToken,
      // should the handlers themselves fail, CloudFormation need not wait an hour
      serviceTimeout: timeout.plus(Duration.minutes(5)),
      properties,
    });
    host.release(run);
    host.monitoring?.watchReleaseTask(this.taskDefinition);
  }
}

/** The service waits for its release tasks, and what runs them refers to the service: in two stacks that is a circle. */
function requireSameStack(task: FlaskReleaseTask, web: IFlaskService): void {
  const [stack, stackOfService] = [Stack.of(task), Stack.of(web)];
  if (stack !== stackOfService) {
    fail(
      `a release task must be in the stack of its service, whose deployment waits for it, got ${task.node.path} in the stack ${stack.node.path} and the service ${web.node.path} in the stack ${stackOfService.node.path}; use web.addReleaseTask(), or give the service as scope`,
    );
  }
}
