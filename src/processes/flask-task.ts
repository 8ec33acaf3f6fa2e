import { Connections, type IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, FargateTaskDefinition, Secret } from 'aws-cdk-lib/aws-ecs';
import type { Grant, IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { requireCommand } from '../private/validation';
import type { IFlaskService } from './flask-service';
import { runTaskCommand } from './run-task-command';

/** A task that is run by hand or by another program, and ends by itself. */
export interface FlaskTaskOptions {
  /** The command, each word of its own, for example `['flask', 'db', 'upgrade']`. */
  readonly command: string[];

  /**
   * The CPU units of the task.
   *
   * @default - those of the service
   */
  readonly cpu?: number;

  /**
   * The memory of the task, in MiB.
   *
   * @default - that of the service
   */
  readonly memoryLimitMiB?: number;

  /**
   * Environment variables beside those of the service.
   *
   * @default - those of the service
   */
  readonly environment?: { [key: string]: string };

  /**
   * Secrets beside those of the service.
   *
   * @default - those of the service
   */
  readonly secrets?: { [key: string]: Secret };
}

/** A task of a Flask service. */
export interface FlaskTaskProps extends FlaskTaskOptions {
  /** The service whose image, environment, secrets, roles, logs and hardening the task has. */
  readonly service: IFlaskService;
}

/**
 * The guide's Run Task: a task definition of the service's image with another command. Nothing runs until somebody runs it; nothing connects
 * to it.
 */
export class FlaskTask extends Construct implements IConnectable, IGrantable {
  /** The task definition. */
  public readonly taskDefinition: FargateTaskDefinition;

  /** The container of the app in it. */
  public readonly container: ContainerDefinition;

  /** The network connections of the task: those of all processes of the service that nothing connects to. */
  public readonly connections: Connections;

  /** The identity of the app, the same as the service's. */
  public readonly grantPrincipal: IPrincipal;

  /** The command that runs the task: `aws ecs run-task …`. */
  public readonly runTaskCommand: string;

  public constructor(scope: Construct, id: string, props: FlaskTaskProps) {
    super(scope, id);
    requireCommand('the command of a task', props.command, "['flask', 'routes']");
    const { service } = props;
    this.taskDefinition = service._host.newTaskDefinition(this, 'Definition', { ...props, streamPrefix: id.toLowerCase() });
    this.container = this.taskDefinition.defaultContainer as ContainerDefinition;
    const securityGroup = service._host.processSecurityGroup();
    this.connections = new Connections({ securityGroups: [securityGroup] });
    this.grantPrincipal = service.grantPrincipal;
    this.runTaskCommand = runTaskCommand(service.cluster, this.taskDefinition, service._host.placement, securityGroup);
  }

  /**
   * Lets somebody run the task.
   *
   * @param grantee who may run it
   */
  public grantRun(grantee: IGrantable): Grant {
    return this.taskDefinition.grantRun(grantee);
  }
}
