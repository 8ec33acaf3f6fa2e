import type { FargateService, FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { PART_IDS } from '../private/part-ids';
import { stableOutput } from '../private/stable-output';
import { CONTAINER_NAME } from '../task/container-names';
import type { FlaskServiceOutputs } from './flask-service-outputs';
import { quoted } from './run-task-command';

/** @internal */
export interface ServiceOutputsProps {
  readonly cluster: ICluster;
  readonly service: FargateService;
  readonly taskDefinition: FargateTaskDefinition;
  readonly logGroup: LogGroup;
  readonly url?: string;
  readonly runTaskCommand: string;
  readonly enableExecuteCommand: boolean;
  readonly dashboardUrl?: string;
}

/** The URL and the names, and the guide's steps as commands, as outputs of the stack. */
export function serviceOutputs(scope: Construct, props: ServiceOutputsProps): FlaskServiceOutputs {
  const { service, logGroup, url } = props;
  const region = Stack.of(scope).region;
  const cluster = props.cluster.clusterName;
  const output = (id: string, description: string, value: string) => stableOutput(scope, id, description, value);

  const names: FlaskServiceOutputs = {
    url: url === undefined ? undefined : output(PART_IDS.URL, 'the URL of the app', url),
    serviceName: output(PART_IDS.SERVICE_NAME, 'the name of the ECS service', service.serviceName),
    clusterName: output(PART_IDS.CLUSTER_NAME, 'the name of the ECS cluster', cluster),
    taskFamily: output(PART_IDS.TASK_FAMILY, 'the family of the task definition of the web process', props.taskDefinition.family),
  };
  output(
    PART_IDS.RUN_TASK_COMMAND,
    'run the web process as a standalone task; it runs until it is stopped, and addTask() makes tasks that end',
    props.runTaskCommand,
  );
  output(PART_IDS.LOGS_COMMAND, 'follow the log', `aws logs tail ${logGroup.logGroupName} --region ${region} --follow`);
  const overrides = quoted(JSON.stringify({ containerOverrides: [{ name: CONTAINER_NAME, command: ['sh', '-c', 'flask routes'] }] }));
  output(
    PART_IDS.RUN_ONCE_COMMAND,
    'run a command of a shell once, in a task of its own with the image that runs; no deployment is needed, and its lines are in the log',
    `${props.runTaskCommand} --overrides ${overrides}`,
  );
  const deployment = `aws ecs list-service-deployments --region ${region} --cluster ${cluster} --service ${service.serviceName} --status PENDING IN_PROGRESS --query 'serviceDeployments[0].serviceDeploymentArn' --output text`;
  output(
    PART_IDS.ROLLBACK_COMMAND,
    'bring the version before back while a deployment runs; after it, deploy the commit before',
    `aws ecs stop-service-deployment --region ${region} --stop-type ROLLBACK --service-deployment-arn $(${deployment})`,
  );
  if (props.dashboardUrl) {
    output(PART_IDS.DASHBOARD_URL, 'the dashboard: alarms, requests, tasks, workers', props.dashboardUrl);
  }
  if (props.enableExecuteCommand) {
    const task = `aws ecs list-tasks --region ${region} --cluster ${cluster} --service-name ${service.serviceName} --query 'taskArns[0]' --output text`;
    output(
      PART_IDS.SHELL_COMMAND,
      'open a shell in a running task',
      `aws ecs execute-command --region ${region} --cluster ${cluster} --task $(${task}) --container ${CONTAINER_NAME} --interactive --command /bin/sh`,
    );
  }
  return names;
}
