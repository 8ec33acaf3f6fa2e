import { type CfnResource, Token } from 'aws-cdk-lib/core';
import type { TaskPlacement } from './process-host-props';

/** Says whether tasks have a public address where that is known at deployment only: the CDK takes true and false alone. */
export function assignPublicIp(resource: CfnResource, networkConfiguration: string, { publicIp }: TaskPlacement): void {
  if (Token.isUnresolved(publicIp)) {
    resource.addPropertyOverride(`${networkConfiguration}.AwsvpcConfiguration.AssignPublicIp`, publicIp);
  }
}
