import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import { CONTAINER_NAME } from '../task/task-recipe';
import type { IFlaskService } from './flask-service';
import { runTaskCommand } from './run-task-command';

interface WebService extends IFlaskService {
  readonly service: FargateService;
  readonly url?: string;
}

/** The URL, and the guide's steps as commands, as outputs of the stack. */
export function serviceOutputs(web: WebService, enableExecuteCommand: boolean): void {
  const region = Stack.of(web).region;
  const cluster = web.cluster.clusterName;
  const output = (id: string, description: string, value: string) => new CfnOutput(web, id, { description, value });

  if (web.url) {
    output('Url', 'the URL of the app', web.url);
  }
  output(
    'RunTaskCommand',
    'run the web process as a standalone task; it runs until it is stopped, and addTask() makes tasks that end',
    runTaskCommand(web.cluster, web.taskDefinition, web._host, web.service.connections.securityGroups[0]),
  );
  output('LogsCommand', 'follow the log', `aws logs tail ${web.logGroup.logGroupName} --region ${region} --follow`);
  if (enableExecuteCommand) {
    const task = `aws ecs list-tasks --region ${region} --cluster ${cluster} --service-name ${web.service.serviceName} --query 'taskArns[0]' --output text`;
    output(
      'ShellCommand',
      'open a shell in a running task',
      `aws ecs execute-command --region ${region} --cluster ${cluster} --task $(${task}) --container ${CONTAINER_NAME} --interactive --command /bin/sh`,
    );
  }
}
