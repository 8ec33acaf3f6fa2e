import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { App, type CfnElement, Size, Stack } from 'aws-cdk-lib/core';
import { FlaskFargateService, FlaskImage, WsgiServer } from '../../../src';

/** The container of the app as the template has it. */
export interface Container {
  readonly Name: string;
  readonly User?: string;
  readonly ReadonlyRootFilesystem: boolean;
  readonly Environment: { readonly Name: string; readonly Value: string }[];
  readonly LinuxParameters: { readonly Tmpfs: { readonly ContainerPath: string; readonly Size: number }[] };
}

/** The definitions that a service makes: of the web process by server, with OpenTelemetry, and of a task. */
export function definitions(port: number): {
  readonly [kind in 'gunicorn' | 'oneWorker' | 'granian' | 'traced' | 'task' | 'largeTmp' | 'largeTmpOfGranian']: Container;
} {
  const stack = new Stack(new App(), 'Commands', { env: { account: '123456789012', region: 'eu-west-1' } });
  const web = (id: string, server: WsgiServer, tmpSize?: Size) =>
    new FlaskFargateService(stack, id, {
      image: FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/flask:1')),
      // what FlaskImage.fromSource() sets
      hardening: { user: '10001:10001', tmpSize },
      port,
      server,
    });
  const gunicorn = web('Gunicorn', WsgiServer.gunicorn());
  const task = gunicorn.addTask('Job', { command: ['true'] });
  const granian = web('Granian', WsgiServer.granian());
  const traced = web('Traced', WsgiServer.gunicorn());
  traced.addOpenTelemetry();
  const oneWorker = web('OneWorker', WsgiServer.gunicorn({ workers: 1, threads: 200 }));
  const largeTmp = web('LargeTmp', WsgiServer.gunicorn(), Size.mebibytes(256));
  const largeTmpOfGranian = web('LargeTmpOfGranian', WsgiServer.granian(), Size.mebibytes(256));
  const resources = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition');
  const appOf = (definition: FargateTaskDefinition): Container =>
    resources[stack.getLogicalId(definition.node.defaultChild as CfnElement)].Properties.ContainerDefinitions.find(
      ({ Name }: Container) => Name === 'flask-app',
    );
  return {
    gunicorn: appOf(gunicorn.taskDefinition),
    oneWorker: appOf(oneWorker.taskDefinition),
    granian: appOf(granian.taskDefinition),
    traced: appOf(traced.taskDefinition),
    task: appOf(task.taskDefinition),
    largeTmp: appOf(largeTmp.taskDefinition),
    largeTmpOfGranian: appOf(largeTmpOfGranian.taskDefinition),
  };
}
