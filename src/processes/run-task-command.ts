import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Stack } from 'aws-cdk-lib/core';
import type { ProcessHost } from './process-host';

/** The guide's Run Task, as a command for a shell. */
export function runTaskCommand(
  { cluster, placement, enableExecuteCommand }: ProcessHost,
  definition: FargateTaskDefinition,
  securityGroup: ISecurityGroup,
): string {
  const network = [
    `subnets=[${placement.subnets.map((subnet) => subnet.subnetId).join(',')}]`,
    `securityGroups=[${securityGroup.securityGroupId}]`,
    `assignPublicIp=${placement.publicIp}`,
  ].join(',');
  return [
    'aws ecs run-task',
    `--region ${Stack.of(definition).region}`,
    `--cluster ${cluster.clusterName}`,
    `--task-definition ${definition.taskDefinitionArn}`,
    '--launch-type FARGATE',
    `--network-configuration 'awsvpcConfiguration={${network}}'`,
    ...(enableExecuteCommand ? ['--enable-execute-command'] : []),
  ].join(' ');
}

/** One word for a POSIX shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
