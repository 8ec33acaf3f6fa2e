import { Connections, type ISecurityGroup, type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  type ContainerDefinition,
  FargateService,
  type FargateTaskDefinition,
  type ICluster,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListener, ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IPrincipal, IRole } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FlaskHealthCheck } from './application/health-check';
import { TimeoutChain } from './application/timeout-chain';
import { type ServerContext, WsgiServer } from './application/wsgi-server';
import type { FlaskFargateServiceProps } from './flask-fargate-service-props';
import { FrontEnd } from './load-balancing/front-end';
import { LoadBalancing } from './load-balancing/load-balancing';
import { serviceLogs } from './logging/service-logs';
import { requiredEndpoints } from './network/required-endpoints';
import { ServiceNetwork } from './network/service-network';
import { FlaskServiceMetrics } from './observability/flask-service-metrics';
import { requireInteger } from './private/validation';
import type { IFlaskService, ProcessDefaults, TaskPlacement } from './processes/flask-service';
import { FlaskTask, type FlaskTaskOptions } from './processes/flask-task';
import { serviceOutputs } from './processes/service-outputs';
import { Capacity } from './scaling/capacity';
import { TaskHardening } from './security/task-hardening';
import { FlaskStage } from './stage/flask-stage';
import { containerEnvironment } from './task/container-environment';
import { adviseOn } from './task/task-advice';
import { TaskRecipe } from './task/task-recipe';

/**
 * A Flask app in production on Amazon ECS with AWS Fargate.
 *
 * The image alone gives: an image built without a Dockerfile, a VPC and a cluster, a hardened task on port 3000 with gunicorn set right, a log
 * that expires, roles with the least rights, a load balancer with health checks that suit Flask, scaling by load, and a deployment that
 * rolls back by itself.
 *
 * Every part is an L2 construct of the AWS CDK in a stable place, and can be changed there.
 */
export class FlaskFargateService extends Construct implements IFlaskService {
  /** The VPC, given or made. */
  public readonly vpc: IVpc;

  /** The cluster, given or made. */
  public readonly cluster: ICluster;

  /** The log group of all processes of the app. */
  public readonly logGroup: LogGroup;

  /** The task definition of the web process. */
  public readonly taskDefinition: FargateTaskDefinition;

  /** The container of the app, `flask-app`. */
  public readonly container: ContainerDefinition;

  /** The ECS service. */
  public readonly service: FargateService;

  /** The load balancer; undefined with `LoadBalancing.none()`. */
  public readonly loadBalancer?: ApplicationLoadBalancer;

  /** The listener that the clients connect to; undefined with `LoadBalancing.none()`. */
  public readonly listener?: ApplicationListener;

  /** The target group of the tasks; undefined with `LoadBalancing.none()`. */
  public readonly targetGroup?: ApplicationTargetGroup;

  /** The URL of the app; undefined with `LoadBalancing.none()`. */
  public readonly url?: string;

  /** The identity of the app: what it may do. */
  public readonly taskRole: IRole;

  /** What ECS needs to start the app: pull the image, read the secrets, write the log. */
  public readonly executionRole: IRole;

  /** The app's identity, so that `table.grantReadWriteData(web)` works. */
  public readonly grantPrincipal: IPrincipal;

  /**
   * The network connections of all processes of the app, so that `database.connections.allowDefaultPortFrom(web)` works. A process that is
   * added later is in it too.
   */
  public readonly connections: Connections;

  /** The CloudWatch metrics of the service. */
  public readonly metrics: FlaskServiceMetrics;

  /** @internal */
  public readonly _placement: TaskPlacement;

  private readonly recipe: TaskRecipe;
  private readonly size: { readonly cpu: number; readonly memoryLimitMiB: number };
  private processSecurityGroup?: ISecurityGroup;

  public constructor(scope: Construct, id: string, props: FlaskFargateServiceProps) {
    super(scope, id);
    requireInteger('port', props.port, 1024, 65535, 'the container runs as a user that is not root');

    const stage = (props.stage ?? FlaskStage.production())._defaults;
    const server = props.server ?? WsgiServer.gunicorn();
    const port = props.port ?? 3000;
    const healthCheck = props.healthCheck ?? FlaskHealthCheck.path('/');
    const loadBalancing = props.loadBalancing ?? LoadBalancing.internetFacing();
    const capacity = props.capacity ?? Capacity.onDemand();
    const scaling = props.scaling ?? stage.scaling;
    const hardening = new TaskHardening(props.hardening);
    const timeouts = new TimeoutChain(server._timeouts, loadBalancing._options);
    this.size = { cpu: props.cpu ?? stage.cpu, memoryLimitMiB: props.memoryLimitMiB ?? stage.memoryLimitMiB };
    const serverContext: ServerContext = { ...this.size, port, timeouts };

    const network = new ServiceNetwork(this, 'Network', {
      vpc: props.vpc,
      cluster: props.cluster,
      egress: props.egress,
      defaultEgress: stage.egress,
      containerInsights: stage.containerInsights,
      spot: capacity._isSpot,
      endpoints: requiredEndpoints(this, props.secrets ?? {}, hardening.enableExecuteCommand),
    });
    this.vpc = network.vpc;
    this.cluster = network.cluster;
    this._placement = network;

    this.logGroup = serviceLogs(this, 'Logs', props.logging ?? {}, stage);

    this.recipe = new TaskRecipe(this, 'Task', {
      image: props.image._bind(this, 'Image', server, port),
      environment: containerEnvironment(this, server, serverContext, props.environment, props.secrets),
      secrets: props.secrets,
      hardening,
      logGroup: this.logGroup,
      logMode: props.logging?.mode,
    });
    this.taskRole = this.recipe.taskRole;
    this.executionRole = this.recipe.executionRole;
    this.grantPrincipal = this.taskRole.grantPrincipal;
    this.taskDefinition = this._newTaskDefinition(this.recipe, 'Definition', {
      streamPrefix: 'web',
      command: server._commandOverride,
      port,
      healthCheck: healthCheck._forContainer(port),
      stopTimeout: timeouts.stop,
    });
    this.container = this.taskDefinition.defaultContainer as ContainerDefinition;

    const balanced = loadBalancing._kind !== 'none';
    this.service = new FargateService(this, 'Service', {
      cluster: this.cluster,
      taskDefinition: this.taskDefinition,
      vpcSubnets: network.taskSubnets,
      assignPublicIp: network.assignPublicIp,
      desiredCount: scaling._desiredCount,
      capacityProviderStrategies: capacity._strategies,
      // the CDK's 50 % would take half of the capacity away at each deployment
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      // without it a deployment that cannot work hangs for three hours
      circuitBreaker: { enable: true, rollback: true },
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: balanced ? healthCheck._gracePeriod : undefined,
      enableExecuteCommand: hardening.enableExecuteCommand,
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    // on the resource alone: from the construct it would spread to the security group
    this.service.node.defaultChild?.node.addDependency(network.egressEstablished, this.executionRole);
    this.connections = new Connections({ securityGroups: this.service.connections.securityGroups, defaultPort: Port.tcp(port) });

    if (balanced) {
      const frontEnd = new FrontEnd(this, 'FrontEnd', {
        vpc: this.vpc,
        loadBalancing,
        port,
        healthCheck,
        timeouts,
        deletionProtection: stage.deletionProtection,
      });
      frontEnd.targetGroup.addTarget(this.service.loadBalancerTarget({ containerName: this.container.containerName, containerPort: port }));
      this.loadBalancer = frontEnd.loadBalancer;
      this.listener = frontEnd.listener;
      this.targetGroup = frontEnd.targetGroup;
      this.url = frontEnd.url;
    }

    scaling._attach(this.service, this.targetGroup);
    this.metrics = FlaskServiceMetrics._of(this);
    adviseOn(this, { ...this.size, workers: server._workers, spot: capacity._isSpot, deregistration: timeouts.deregistration });

    if (props.outputs ?? true) {
      serviceOutputs(this, network, hardening.enableExecuteCommand);
    }
  }

  /**
   * Adds a task of the same image with another command: the guide's Run Task. It runs when somebody runs it.
   *
   * @param id the id of the task, and the prefix of its log streams
   * @param options the command, and what differs from the service
   */
  public addTask(id: string, options: FlaskTaskOptions): FlaskTask {
    return new FlaskTask(this, id, { ...options, service: this });
  }

  /** @internal */
  public _newTaskDefinition(scope: Construct, id: string, process: ProcessDefaults): FargateTaskDefinition {
    return this.recipe.newDefinition(scope, id, {
      ...process,
      cpu: process.cpu ?? this.size.cpu,
      memoryLimitMiB: process.memoryLimitMiB ?? this.size.memoryLimitMiB,
    });
  }

  /** @internal */
  public _processSecurityGroup(): ISecurityGroup {
    if (!this.processSecurityGroup) {
      this.processSecurityGroup = new SecurityGroup(this, 'ProcessSecurityGroup', {
        vpc: this.vpc,
        description: 'processes of the Flask app that nothing connects to',
      });
      this.connections.addSecurityGroup(this.processSecurityGroup);
    }
    return this.processSecurityGroup;
  }
}
