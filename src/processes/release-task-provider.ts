import { ArnPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Aws, Duration, Stack } from 'aws-cdk-lib/core';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { SharedLogs } from '../logging/shared-logs';
import { functionRole, handlerFunction } from '../private/handler-function';
import { onceInStack, STACK_IDS } from '../private/part-ids';

/** The limit of CloudFormation for a custom resource. */
const MAX_TIME = Duration.hours(1);

/**
 * What runs the release tasks of a stack when CloudFormation deploys it. It knows none of its services: each has a role that the functions take,
 * so that a service that comes or goes changes nothing here, and one that waits for another makes no circle.
 *
 * @internal
 */
export class ReleaseTaskProvider extends Construct {
  /** That of the stack. It is made when the first service asks for it. */
  public static of(scope: Construct): ReleaseTaskProvider {
    return onceInStack(scope, STACK_IDS.RELEASE_TASKS, ReleaseTaskProvider, (stack, id) => new ReleaseTaskProvider(stack, id));
  }

  public readonly serviceToken: string;
  public readonly logs: SharedLogs;
  private readonly role: Role;
  private readonly path: string;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.logs = new SharedLogs(this, 'Logs', {
      shared: 'what runs the release tasks of the stack, and its log',
      remedy: 'put one of them into another stack',
    });
    const logGroup = this.logs;
    this.role = functionRole(this, 'Role', logGroup);
    const handler = (id: string, name: string, description: string) =>
      handlerFunction(this, id, {
        file: 'processes/release-task.handler',
        name,
        description,
        timeout: Duration.minutes(2),
        logGroup,
        role: this.role,
      });
    // the trust of a role says who takes it; the path keeps these functions to the roles of their own stack
    this.path = `/flask-release-tasks/${Aws.STACK_NAME}/`;
    const roles = Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName: `${this.path.slice(1)}*` });
    this.role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [roles] }));
    this.role.addToPolicy(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }));
    this.serviceToken = new Provider(this, 'Provider', {
      onEventHandler: handler('Start', 'onEvent', 'starts a release task'),
      isCompleteHandler: handler('Check', 'isComplete', 'sees whether a release task has ended well'),
      queryInterval: Duration.seconds(5),
      totalTimeout: MAX_TIME,
      logGroup,
      frameworkOnEventRole: functionRole(this, 'OnEventServiceRole', logGroup),
      frameworkCompleteAndTimeoutRole: functionRole(this, 'CompleteAndTimeoutServiceRole', logGroup),
    }).serviceToken;
  }

  /** A role that the functions take for one service. One resource, with its policy: it is there whole, or not at all. */
  public newRole(scope: Construct, id: string, statements: PolicyStatement[]): { readonly role: Role; readonly policy: PolicyDocument } {
    const policy = new PolicyDocument({ statements, minimize: false });
    const role = new Role(scope, id, {
      description: 'runs the release tasks of a Flask app',
      assumedBy: new ArnPrincipal(this.role.roleArn),
      path: this.path,
      inlinePolicies: { Run: policy },
    });
    return { role, policy };
  }
}
