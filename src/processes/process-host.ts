import {
  type IConnectable,
  type InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type ISubnet,
  type Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type { CfnService, FargateService, FargateTaskDefinition, Secret } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { adviseOnConnection } from '../data/connection-advice';
import type { DataConnection } from '../data/database-connection';
import type { LogSettings } from '../logging/service-logs';
import { requiredEndpoints } from '../network/required-endpoints';
import type { ServiceNetwork } from '../network/service-network';
import type { TaskHardening } from '../security/task-hardening';
import type { FileSystemOptions } from '../task/file-system';
import type { ProcessProps, TaskRecipe } from '../task/task-recipe';
import { type TaskSize, taskSize } from '../task/task-size';

/**
 * Where tasks run.
 *
 * @internal
 */
export interface TaskPlacement {
  readonly taskSubnets: SubnetSelection;
  readonly subnets: ISubnet[];
  readonly assignPublicIp: boolean;
}

/**
 * What a process has of its own; its size is that of the service where it has none.
 *
 * @internal
 */
export interface ProcessDefaults extends Omit<ProcessProps, 'cpu' | 'memoryLimitMiB'> {
  readonly cpu?: number;
  readonly memoryLimitMiB?: number;
}

/** @internal */
export interface ProcessHostProps {
  readonly network: ServiceNetwork;
  readonly recipe: TaskRecipe;
  /** The size of a process that has none of its own. */
  readonly size: TaskSize;
  /** How the logs of what runs beside the tasks are kept. */
  readonly logs: LogSettings;
  readonly hardening: TaskHardening;
  /** Whether there is an image to run: a repository may still be empty. */
  readonly hasImage: boolean;
}

interface Target {
  readonly securityGroup: ISecurityGroup;
  readonly port: Port;
}

/**
 * What the processes of an app share, whether they are there from the start or added later: where they run, the recipe of their tasks, and what
 * has to be there before they start.
 *
 * @internal
 */
export class ProcessHost {
  public readonly placement: TaskPlacement;
  public readonly taskRole: Role;
  public readonly executionRole: Role;
  public readonly logs: LogSettings;
  public readonly hasImage: boolean;
  public readonly enableExecuteCommand: boolean;
  /** The services of the app, the web process and the workers. */
  public readonly services: FargateService[] = [];
  private readonly connected = new DependencyGroup();
  private readonly released = new DependencyGroup();
  private readonly releaseTasks: Construct[] = [];
  private readonly targets: Target[] = [];
  private securityGroup?: ISecurityGroup;

  public constructor(
    public readonly scope: Construct & IConnectable,
    private readonly props: ProcessHostProps,
  ) {
    this.placement = props.network;
    this.taskRole = props.recipe.taskRole;
    this.executionRole = props.recipe.executionRole;
    this.logs = props.logs;
    this.hasImage = props.hasImage;
    this.enableExecuteCommand = props.hardening.enableExecuteCommand;
  }

  /** Counts the service, the web process or a worker, among those of the app. */
  public addService(service: FargateService): void {
    this.services.push(service);
    if (!this.hasImage) {
      // with an image another service takes its place: one that has no tasks is not certain to get the fewest that its scaling allows
      const resource = service.node.defaultChild as CfnService;
      resource.overrideLogicalId(`${Stack.of(resource).getLogicalId(resource)}Awaiting`);
    }
  }

  /** Whether the tasks have no way to the internet. */
  public get isIsolated(): boolean {
    return this.props.network.isIsolated;
  }

  /** What must be there before a task starts: the way to the image, the right to pull it, the databases. */
  public get beforeTasks(): IDependable[] {
    return [this.props.network.egressEstablished, this.executionRole, this.connected];
  }

  /** What must be there before the processes change to a new version: the release tasks too. */
  public get beforeNewVersion(): IDependable[] {
    return [...this.beforeTasks, this.released];
  }

  /** Opens the way to a database or a cache for all processes, those of later too; they start after it is there. */
  public connectTo(target: IConnectable, { port, environment, secrets, remedy }: DataConnection): void {
    this.addVariables(environment, secrets, remedy);
    adviseOnConnection(this.scope, target, this.props.network.vpc);
    const opened = target.connections.securityGroups.map((securityGroup) => ({ securityGroup, port }));
    for (const source of this.scope.connections.securityGroups) {
      this.open(source, opened);
    }
    this.targets.push(...opened);
    this.connected.add(...target.connections.securityGroups);
    if (Construct.isConstruct(target)) {
      this.connected.add(target);
    }
  }

  /** The processes change to a new version after it, and what is released later runs after it. */
  public release(task: Construct): void {
    task.node.addDependency(...this.beforeTasks, this.taskRole, ...this.releaseTasks);
    this.releaseTasks.push(task);
    this.released.add(task);
  }

  /** A task definition of the same image, environment, secrets, roles, logs and hardening. */
  public newTaskDefinition(scope: Construct, id: string, process: ProcessDefaults): FargateTaskDefinition {
    this.requireEndpointsFor(process.secrets);
    return this.props.recipe.newDefinition(scope, id, {
      ...process,
      ...taskSize(process, this.props.size),
    });
  }

  /** Sets variables in all processes, those of later too. */
  public addVariables(environment: { readonly [key: string]: string }, secrets: { readonly [key: string]: Secret }, remedy: string): void {
    this.requireEndpointsFor(secrets);
    this.props.recipe.addVariables(environment, secrets, remedy);
  }

  /** Mounts a file system in all processes, those of later too. */
  public addFileSystem(id: string, options: FileSystemOptions): void {
    this.props.recipe.addFileSystem(id, options);
    const { fileSystem } = options;
    fileSystem.connections.allowDefaultPortFrom(this.scope);
    this.connected.add(fileSystem.mountTargetsAvailable, ...fileSystem.connections.securityGroups);
  }

  /** Lets the cluster run tasks on Fargate Spot. */
  public offerSpot(): void {
    this.props.network.offerSpot();
  }

  /**
   * The security group of the processes that nothing connects to. It is one of the service's connections: what is allowed to the service is
   * allowed to it too.
   */
  public processSecurityGroup(): ISecurityGroup {
    if (!this.securityGroup) {
      this.securityGroup = new SecurityGroup(this.scope, 'ProcessSecurityGroup', {
        vpc: this.props.network.vpc,
        description: 'processes of the Flask app that nothing connects to',
      });
      this.scope.connections.addSecurityGroup(this.securityGroup);
      this.open(this.securityGroup, this.targets);
    }
    return this.securityGroup;
  }

  /** Makes the endpoints that tasks without a way to the internet need. */
  public requireEndpoints(services: InterfaceVpcEndpointAwsService[]): void {
    this.props.network.requireEndpoints(services);
  }

  private open(source: ISecurityGroup, targets: Target[]): void {
    for (const { securityGroup, port } of targets) {
      // a rule for a database of another stack stands with the source: with the database it would need a reference back, and the stacks would
      // form a circle
      securityGroup.addIngressRule(source, port, 'from a Flask app', true);
      this.connected.add(source);
    }
  }

  private requireEndpointsFor(secrets: { readonly [key: string]: Secret } = {}): void {
    this.requireEndpoints(requiredEndpoints(this.scope, secrets, false));
  }
}
