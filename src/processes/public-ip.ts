import { type CfnResource, Fn, Stack } from 'aws-cdk-lib/core';
import type { TaskPlacement } from './process-host-props';

/** Says whether tasks have a public address where that is known at deployment only: the CDK takes true and false alone. */
export function assignPublicIp(resource: CfnResource, networkConfiguration: string, { publicIp, hasPublicIp }: TaskPlacement): void {
  if (hasPublicIp) {
    // a condition is one of its stack; a parameter in its place is taken for the name that stands in it by validators
    const here = Stack.of(resource) === Stack.of(hasPublicIp);
    const value = here ? Fn.conditionIf(hasPublicIp.logicalId, 'ENABLED', 'DISABLED') : publicIp;
    resource.addPropertyOverride(`${networkConfiguration}.AwsvpcConfiguration.AssignPublicIp`, value);
  }
}
