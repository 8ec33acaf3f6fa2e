import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import type { Secret } from 'aws-cdk-lib/aws-ecs';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** The interface endpoints that tasks without a way to the internet need, beside the ones for the image and the logs. */
export function requiredEndpoints(
  scope: Construct,
  secrets: { readonly [key: string]: Secret },
  enableExecuteCommand: boolean,
): InterfaceVpcEndpointAwsService[] {
  // a parameter of SSM and a secret of Secrets Manager are one class to ECS; their ARNs tell them apart
  const arns = Object.values(secrets).map((secret) => JSON.stringify(Stack.of(scope).resolve(secret.arn)));
  const isParameter = (arn: string) => arn.includes(':ssm:');
  return [
    ...(arns.some((arn) => !isParameter(arn)) ? [InterfaceVpcEndpointAwsService.SECRETS_MANAGER] : []),
    ...(arns.some(isParameter) ? [InterfaceVpcEndpointAwsService.SSM] : []),
    ...(enableExecuteCommand ? [InterfaceVpcEndpointAwsService.SSM_MESSAGES] : []),
  ];
}
