import {
  Connections,
  type IConnectable,
  type InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import {
  type CapacityProviderStrategy,
  type CfnService,
  type ContainerDefinition,
  FargateService,
  type ICluster,
  type LogDriver,
  PropagatedTagSource,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Stack } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { adviseOnConnection } from '../connections/connection-advice';
import type { AppConcurrency, DataConnection } from '../connections/data-connection';
import { withoutRotation } from '../connections/without-rotation';
import { adviseOnGrants } from '../network/grant-advice';
import { requiredEndpoints } from '../network/required-endpoints';
import { declareDiscovery } from '../network/service-discovery';
import type { ServiceMonitoring } from '../observability/service-monitoring';
import { PART_IDS } from '../private/part-ids';
import { fail, requireKnownText } from '../private/validation';
import { INFOS, inform } from '../private/warnings';
import type { RenderedCapacity } from '../scaling/capacity';
import { Restarts } from '../secrets/restarts';
import { adviseOnRotation } from '../secrets/secret-rotation-advice';
import type { AppTask } from '../task/app-task';
import type { FileSystemOptions } from '../task/file-system';
import type { SidecarOptions } from '../task/sidecar';
import { taskSize } from '../task/task-size';
import type { IFlaskService } from './flask-service';
import type { ProcessDefaults, ProcessHostProps, ProcessServiceProps, TaskPlacement } from './process-host-props';
import { assignPublicIp } from './public-ip';
import { ReleaseRunner } from './release-runner';

/** What Amazon EFS listens at. */
const NFS_PORT = 2049;

const HOSTS = new WeakMap<object, ProcessHost>();

/**
 * Makes the host of a service known to `processHostOf`.
 *
 * @internal
 */
export function hostProcesses(service: IFlaskService, host: ProcessHost): void {
  HOSTS.set(service, host);
}

/**
 * What the processes of a service share. The one way from a service to it: the service itself shows nothing of it.
 *
 * @internal
 */
export function processHostOf(service: IFlaskService): ProcessHost {
  const host = HOSTS.get(service);
  if (!host) {
    fail(
      `service must be a FlaskFargateService, got ${(service as object | undefined)?.constructor?.name ?? typeof service}; neither another implementation of IFlaskService nor a service from a second copy of this library has processes; install cdk-flask-fargate once`,
    );
  }
  return host;
}

/**
 * What the processes of an app share, whether they are there from the start or added later: where they run, the recipe of their tasks, and what
 * has to be there before they start.
 *
 * @internal
 */
export class ProcessHost {
  public readonly cluster: ICluster;
  public readonly placement: TaskPlacement;
  public readonly taskRole: Role;
  public readonly executionRole: Role;
  public readonly logGroup: LogGroup;
  public readonly hasImage: boolean;
  public readonly enableExecuteCommand: boolean;
  public readonly concurrency: AppConcurrency;
  /** The security group of the web process. */
  public readonly webSecurityGroup: ISecurityGroup;
  /** The security group of the processes that nothing connects to. */
  public readonly processSecurityGroup: ISecurityGroup;
  /** As a target the web process, and as a source all processes: what connects to the app does not reach its workers. */
  public readonly connections: Connections;
  /** The services of the app, the web process and the workers. */
  private readonly services: FargateService[] = [];
  /** What watches the processes; set once the web process is there. */
  public monitoring?: ServiceMonitoring;
  private readonly connected = new DependencyGroup();
  private readonly released = new DependencyGroup();
  private readonly releaseTasks: Construct[] = [];
  private readonly tasks: Construct[] = [];
  private joinDiscovery?: (worker: FargateService) => void;
  private webTask?: AppTask;
  private releaseRunner?: ReleaseRunner;
  private readonly restarts: Restarts;

  public constructor(
    private readonly scope: Construct,
    private readonly props: ProcessHostProps,
  ) {
    this.cluster = props.network.cluster;
    this.restarts = new Restarts(scope, this.cluster, this.services);
    this.placement = props.network;
    this.taskRole = props.recipe.taskRole;
    if (props.network.isIsolated) {
      adviseOnGrants(scope, this.taskRole, props.network.vpc);
    }
    this.executionRole = props.recipe.executionRole;
    this.logGroup = props.logGroup;
    this.hasImage = props.hasImage;
    this.enableExecuteCommand = props.hardening.enableExecuteCommand;
    this.concurrency = props.concurrency;
    // descriptions of our own: the CDK's is the path, and EC2 takes ASCII alone
    this.webSecurityGroup = new SecurityGroup(scope, PART_IDS.SECURITY_GROUP, {
      vpc: props.network.vpc,
      description: 'web process of the Flask app',
    });
    // made from the start: what lets the app in lets in the processes that are added later, in another stack too
    this.processSecurityGroup = new SecurityGroup(scope, PART_IDS.PROCESS_SECURITY_GROUP, {
      vpc: props.network.vpc,
      description: 'processes of the Flask app that nothing connects to',
    });
    this.connections = new Connections({
      securityGroups: [this.webSecurityGroup],
      peer: this.processSecurityGroup,
      defaultPort: Port.tcp(props.port),
    });
  }

  /**
   * Makes an ECS service, of the web process or of a worker: where all run, and after what must be there
   * before.
   */
  public newService(scope: Construct, id: string, props: ProcessServiceProps): FargateService {
    const { isConnectedTo, capacity, deployment, ...own } = props;
    const service = new FargateService(scope, id, {
      ...own,
      ...deployment._render().serviceProps,
      capacityProviderStrategies: this.capacityStrategies(capacity),
      cluster: this.cluster,
      vpcSubnets: this.placement.taskSubnets,
      assignPublicIp: this.placement.publicIp === 'ENABLED',
      securityGroups: isConnectedTo ? [this.webSecurityGroup, ...this.memberships] : [this.processSecurityGroup],
      enableExecuteCommand: this.enableExecuteCommand,
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    deployment._bind(service);
    declareDiscovery(service);
    const resource = service.node.defaultChild as CfnService;
    assignPublicIp(resource, 'NetworkConfiguration', this.placement);
    this.runAfterRelease(service);
    if (!this.hasImage) {
      // with an image another service takes its place: one that has no tasks is not certain to get the fewest that its scaling allows
      resource.overrideLogicalId(`${Stack.of(resource).getLogicalId(resource)}Awaiting`);
    }
    this.services.push(service);
    this.restarts.join(service);
    if (!isConnectedTo) {
      this.joinDiscovery?.(service);
    }
    return service;
  }

  /** Has the workers, those of later too, find what the web process finds. Tasks cannot: Service Connect is for ECS services only. */
  public discover(join: (worker: FargateService) => void): void {
    this.joinDiscovery = join;
    for (const worker of this.services.slice(1)) {
      join(worker);
    }
    this.adviseOnTasks();
  }

  /** Notes a task that is no ECS service. */
  public noteTask(task: Construct): void {
    this.tasks.push(task);
    this.adviseOnTasks();
  }

  private adviseOnTasks(): void {
    for (const task of this.joinDiscovery ? this.tasks.splice(0) : []) {
      inform(
        task,
        INFOS.DISCOVERY_OF_TASKS,
        `the names of service discovery do not resolve in the task ${task.node.path}: Amazon ECS Service Connect is for services only; call other services by their load balancer, or do that work in a worker`,
      );
    }
  }

  /** Takes a name for service discovery, which a platform has once, and says how it is there. */
  public claimName(name: string): string {
    const { place } = this.props;
    if (!place) {
      return name;
    }
    requireKnownText('the name for service discovery on a platform', name, 'orders');
    const whole = place.nameFor(name);
    const [web] = this.services;
    web.node.defaultChild?.node.addDependency(
      place.claim('names', whole, this.scope.node.path.slice(Stack.of(this.scope).node.path.length + 1)),
    );
    return whole;
  }

  private get memberships(): ISecurityGroup[] {
    return this.props.place ? [this.props.place.members] : [];
  }

  /** Whether the tasks have no way to the internet. */
  public get isIsolated(): boolean {
    return this.props.network.isIsolated;
  }

  /** What runs a new version by itself waits for what its tasks need, and for the release tasks. */
  public runAfterRelease(started: Construct): void {
    // the resource alone: from the construct it would spread to what is in it, the scaling for example
    started.node.defaultChild?.node.addDependency(...this.beforeTasks, this.released);
  }

  /** What must be there before a task starts: the way to the image, the right to pull it, the databases. */
  private get beforeTasks(): IDependable[] {
    return [this.props.network.egressEstablished, this.executionRole, this.connected];
  }

  /** Opens the way to a database or a cache for all processes, those of later too, and tells them of it; they start after it is there. */
  public connectTo(target: IConnectable, { environment, secrets, defaults, remedy, port }: DataConnection): void {
    this.addVariables(environment, secrets, remedy, defaults);
    this.openWayTo(target, port);
  }

  /** Opens the way to anything that has security groups; the processes start after it is there. */
  public openWayTo(target: IConnectable, port: Port): void {
    adviseOnConnection(this.scope, target, this.props.network.vpc);
    for (const securityGroup of target.connections.securityGroups) {
      for (const source of [this.webSecurityGroup, this.processSecurityGroup]) {
        // a rule for a database of another stack stands with the source: with the database it would need a reference back, and the stacks
        // would form a circle
        securityGroup.addIngressRule(source, port, 'from a Flask app', true);
      }
    }
    this.connected.add(this.webSecurityGroup, this.processSecurityGroup, ...target.connections.securityGroups);
    // another service is not awaited: two that call each other would wait for each other
    if (Construct.isConstruct(target) && !HOSTS.has(target)) {
      this.monitoring?.watchData(target);
      this.connected.add(withoutRotation(target));
    }
  }

  /** The processes change to a new version after it, and what is released later runs after it. */
  public release(task: Construct): void {
    task.node.addDependency(...this.beforeTasks, this.taskRole, ...this.releaseTasks);
    this.releaseTasks.push(task);
    this.released.add(task);
  }

  /** What runs the release tasks, made with the first of them. */
  public releaseTaskRunner(): ReleaseRunner {
    this.releaseRunner ??= new ReleaseRunner(this.scope, {
      cluster: this.cluster,
      appLogs: this.logGroup,
      logs: this.props.logs,
      taskRole: this.taskRole,
      executionRole: this.executionRole,
    });
    return this.releaseRunner;
  }

  /** The task of the web process, which sidecars are added to. */
  public newWebTask(id: string, process: ProcessDefaults): AppTask {
    this.webTask = this.newTask(this.props.recipe, id, process);
    return this.webTask;
  }

  /** A task definition of the same image, environment, secrets, roles, logs and hardening. */
  public newTask(scope: Construct, id: string, process: ProcessDefaults): AppTask {
    this.requireEndpointsFor(process.secrets);
    return this.props.recipe.newTask(scope, id, {
      ...process,
      ...taskSize(scope, process, this.props.size),
    });
  }

  /** Whether a variable is set in a process already. */
  public readonly isGiven = (name: string): boolean => this.props.recipe.isGiven(name);

  /** Whether the source of the app reads the secret key; undefined where it is not known. */
  public get readsSecretKey(): boolean | undefined {
    return this.props.recipe.readsSecretKey;
  }

  /** Sets variables in all processes, those of later too. Of the defaults, those that are given already are left out. */
  public addVariables(
    environment: { readonly [key: string]: string },
    secrets: { readonly [key: string]: Secret },
    remedy: string,
    defaults: { readonly [key: string]: string } = {},
  ): void {
    this.requireEndpointsFor(secrets);
    this.props.recipe.addVariables(environment, secrets, remedy, defaults);
  }

  /** Starts the tasks of all services of the app anew when a secret changes. */
  public restartOn(secret: ISecret): void {
    this.restarts.onSecret(secret);
    this.watchRotation(secret);
  }

  /** Starts the tasks of all services of the app anew when a parameter changes. */
  public restartOnParameter(parameter: IParameter): void {
    this.restarts.onParameter(parameter);
  }

  /** Has the rotation of a secret wait for what restarts the tasks, or says what is amiss. */
  public watchRotation(secret: ISecret): void {
    adviseOnRotation(secret, {
      scope: this.scope,
      vpc: this.props.network.vpc,
      services: this.services,
      releaseTasks: this.releaseTasks,
      restart: () => this.restarts.of(secret),
    });
  }

  /** Adds a container beside the app, in the tasks of the web process. */
  public addSidecar(name: string, options: SidecarOptions): ContainerDefinition {
    this.requireEndpointsFor(options.secrets);
    return this.props.recipe.addSidecar(this.webTask as AppTask, name, options);
  }

  /** Lines into the log group of the app, in streams of a name of their own. */
  public logDriver(streamPrefix: string): LogDriver {
    return this.props.recipe.logDriver(streamPrefix);
  }

  /** Mounts a file system in all processes, those of later too. */
  public addFileSystem(id: string, options: FileSystemOptions): void {
    this.props.recipe.addFileSystem(id, options);
    const { fileSystem } = options;
    this.openWayTo(fileSystem, Port.tcp(NFS_PORT));
    this.connected.add(fileSystem.mountTargetsAvailable);
  }

  /** The strategy for a capacity; undefined where the tasks have a launch type instead. */
  public capacityStrategies({ isSpot, strategies }: RenderedCapacity): CapacityProviderStrategy[] | undefined {
    return this.props.network.placesByStrategy(isSpot) ? strategies : undefined;
  }

  /** Makes the endpoints that tasks without a way to the internet need. */
  public requireEndpoints(services: InterfaceVpcEndpointAwsService[]): void {
    this.props.network.requireEndpoints(services);
  }

  private requireEndpointsFor(secrets: { readonly [key: string]: Secret } = {}): void {
    this.requireEndpoints(requiredEndpoints(this.scope, secrets, false));
  }
}
