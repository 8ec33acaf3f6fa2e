import { CfnRotationSchedule, SecretRotation } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnResource } from 'aws-cdk-lib/core';
import { type Construct, Dependable, type IDependable } from 'constructs';

/**
 * All that a construct makes, also later, but the rotation of its secret: that waits for what restarts the tasks, and so for the tasks.
 */
export function withoutRotation(target: Construct): IDependable {
  const dependable: IDependable = {};
  Dependable.implement(dependable, {
    get dependencyRoots() {
      return target.node.findAll().filter((node) => CfnResource.isCfnResource(node) && !isRotation(node));
    },
  });
  return dependable;
}

function isRotation(resource: CfnResource): boolean {
  return resource instanceof CfnRotationSchedule || resource.node.scopes.some((scope) => scope instanceof SecretRotation);
}
