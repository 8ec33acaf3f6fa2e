import { Connections, type IConnectable } from 'aws-cdk-lib/aws-ec2';
import { type ContainerDefinition, FargatePlatformVersion, type FargateTaskDefinition, type Secret } from 'aws-cdk-lib/aws-ecs';
import type { Grant, IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { IntegrationPattern, JsonPath, type TaskStateBaseProps } from 'aws-cdk-lib/aws-stepfunctions';
import { EcsFargateLaunchTarget, EcsRunTask } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Token, Tokenization } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { streamPrefixOf } from '../private/names';
import { freeId } from '../private/part-ids';
import { pathInErrors } from '../private/path-in-errors';
import { requireCommand, sorted } from '../private/validation';
import { CONTAINER_NAME } from '../task/container-names';
import type { IFlaskService } from './flask-service';
import { type ProcessHost, processHostOf } from './process-host';
import { grantRun } from './run-grant';
import { quoted, runTaskCommand } from './run-task-command';

/** The options of a task, which a person or a program runs and which ends by itself. */
export interface FlaskTaskOptions {
  /** The command as a list of words, for example `['flask', 'db', 'upgrade']`. */
  readonly command: string[];

  /**
   * The CPU units of the task.
   *
   * @default - those of the service; if only `memoryLimitMiB` is set and the pair is unsupported, the largest CPU value that Fargate supports with it
   */
  readonly cpu?: number;

  /**
   * The memory of the task, in MiB.
   *
   * @default - that of the service; if only `cpu` is set and the pair is unsupported, twice the CPU units
   */
  readonly memoryLimitMiB?: number;

  /**
   * Environment variables, in addition to those of the service.
   *
   * @default - those of the service
   */
  readonly environment?: { [key: string]: string };

  /**
   * Secrets, in addition to those of the service.
   *
   * @default - those of the service
   */
  readonly secrets?: { [key: string]: Secret };
}

/** The options of a run by a state machine. Values that are known at run time are given with `JsonPath`. */
export interface FlaskStepFunctionsTaskOptions extends TaskStateBaseProps {
  /**
   * Another command, for example `['flask', 'report', '--day', JsonPath.stringAt('$.day')]`, or all of it from the input:
   * `JsonPath.listAt('$.command')`.
   *
   * @default - that of the task
   */
  readonly command?: string[];

  /**
   * Environment variables that are added to those of the task or replace them. Do not use it for secrets, because the history of the execution shows them.
   *
   * @default - those of the task
   */
  readonly environment?: { [key: string]: string };
}

/** A task of a Flask service. */
export interface FlaskTaskProps extends FlaskTaskOptions {
  /** The service whose image, environment, secrets, roles, logs and hardening the task has. */
  readonly service: IFlaskService;
}

/**
 * The guide's Run Task: a task definition of the service's image with another command. Nothing runs until you run it; nothing connects
 * to it.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { FlaskFargateService, FlaskTask } from 'cdk-flask-fargate';
 * declare const jobs: Stack;
 * declare const web: FlaskFargateService;
 *
 * new FlaskTask(jobs, 'Report', { service: web, command: ['flask', 'report'] });
 */
@pathInErrors
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

  private readonly host: ProcessHost;

  /**
   * Creates a task. `addTask` of the service does the same, within the service.
   *
   * @param scope the scope, usually the service or the stack
   * @param id the id, from which the prefix of the log streams is made
   * @param props the service, the command, and what differs from the service
   */
  public constructor(scope: Construct, id: string, props: FlaskTaskProps) {
    super(scope, freeId(scope, id));
    requireCommand('the command of a task', props.command, "['flask', 'routes']");
    const { service } = props;
    this.host = processHostOf(service);
    const task = this.host.newTask(this, 'Definition', { ...props, streamPrefix: streamPrefixOf(id) });
    this.taskDefinition = task.definition;
    this.host.noteTask(this);
    this.container = task.container;
    const securityGroup = this.host.processSecurityGroup;
    this.connections = new Connections({ securityGroups: [securityGroup] });
    this.grantPrincipal = service.grantPrincipal;
    this.runTaskCommand = runTaskCommand(this.host, this.taskDefinition, securityGroup);
  }

  /**
   * The command for a shell that runs the task with another command, once: `aws ecs run-task … --overrides …`.
   *
   * @param command each word of its own, for example `['flask', 'report', '--day', 'today']`
   */
  public runTaskCommandWith(command: string[]): string {
    requireCommand('the command of a task', command, "['flask', 'routes']");
    const overrides = JSON.stringify({ containerOverrides: [{ name: CONTAINER_NAME, command }] });
    return `${this.runTaskCommand} --overrides ${quoted(overrides)}`;
  }

  /**
   * A state of AWS Step Functions that runs the task and waits for its end. It fails when the task ends with another code than 0.
   *
   * @param scope the scope of the state, your stack for example
   * @param id the name of the state
   * @param options another command, and what every state takes
   */
  public asStepFunctionsTask(scope: Construct, id: string, options: FlaskStepFunctionsTaskOptions = {}): EcsRunTask {
    const { command, environment, ...state } = options;
    if (command) {
      requireCommand('the command of a task', command, "['flask', 'routes']");
    }
    const { cluster, placement, enableExecuteCommand } = this.host;
    const overridden = command !== undefined || environment !== undefined;
    const run = new EcsRunTask(scope, freeId(scope, id), {
      integrationPattern: IntegrationPattern.RUN_JOB,
      ...state,
      cluster,
      taskDefinition: this.taskDefinition,
      launchTarget: new EcsFargateLaunchTarget({ platformVersion: FargatePlatformVersion.LATEST }),
      subnets: placement.taskSubnets,
      assignPublicIp: placement.publicIp === 'ENABLED',
      securityGroups: this.connections.securityGroups,
      enableExecuteCommand: enableExecuteCommand || undefined,
      containerOverrides: overridden
        ? [
            {
              containerDefinition: this.container,
              command: command && commandAtRunTime(command),
              environment: environment && Object.entries(sorted(environment)).map(([name, value]) => ({ name, value })),
            },
          ]
        : undefined,
    });
    if (Token.isUnresolved(placement.publicIp)) {
      // the CDK takes true and false alone
      (run as unknown as { networkConfiguration: AwsvpcConfiguration }).networkConfiguration.AwsvpcConfiguration.AssignPublicIp =
        placement.publicIp;
    }
    return run;
  }

  /**
   * Grants a principal to run the task in the cluster of the service, in this revision and every later one.
   *
   * @param grantee who may run it
   */
  public grantRun(grantee: IGrantable): Grant {
    return grantRun(grantee, { cluster: this.host.cluster, definition: this.taskDefinition });
  }
}

/** A list cannot hold a JsonPath among its words, but an intrinsic function can make such a list. */
function commandAtRunTime(command: string[]): string[] {
  if (!command.some((word) => JsonPath.isEncodedJsonPath(word))) {
    return command;
  }
  return Token.asList(Tokenization.reverseString(JsonPath.array(...command)).firstToken);
}

interface AwsvpcConfiguration {
  readonly AwsvpcConfiguration: { AssignPublicIp: string };
}
