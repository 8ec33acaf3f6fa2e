import type { FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';

/** What runs a task in a cluster. */
export interface RunGrant {
  readonly cluster: ICluster;
  readonly definition: FargateTaskDefinition;
  /** Whether who runs it gives the tags of the definition to the task. */
  readonly tags?: boolean;
}

/**
 * Lets somebody run a task definition in a cluster, in whatever revision: a policy that names one revision changes before what runs the task
 * does, which is then denied for as long as a deployment takes.
 */
export function grantRun(grantee: IGrantable, { cluster, definition, tags = false }: RunGrant): Grant {
  const stack = Stack.of(definition);
  const conditions = { ArnEquals: { 'ecs:cluster': cluster.clusterArn } };
  const family = stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${definition.family}:*` });
  const grant = Grant.addToPrincipal({ grantee, actions: ['ecs:RunTask'], resourceArns: [family], conditions });
  const roles = [definition.taskRole.roleArn, definition.obtainExecutionRole().roleArn];
  const passed = { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } };
  // a statement each: in one, the CDK sorts them by tokens, whose numbers differ from run to run
  const passes = roles.map((role) =>
    Grant.addToPrincipal({ grantee, actions: ['iam:PassRole'], resourceArns: [role], conditions: passed }),
  );
  const tasks = stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
  const tag = tags ? [Grant.addToPrincipal({ grantee, actions: ['ecs:TagResource'], resourceArns: [tasks] })] : [];
  return [...passes, ...tag].reduce((all, one) => all.combine(one), grant);
}
