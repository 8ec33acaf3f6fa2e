import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type Connections,
  type IConnectable,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  type Port,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type {
  CfnService,
  ContainerDefinition,
  FargateService,
  FargateTaskDefinition,
  ICluster,
  ScalableTaskCount,
  Secret,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup, IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IPrincipal, IRole } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FlaskHealthCheck } from './application/health-check';
import { WsgiServer } from './application/wsgi-server';
import type { CacheConnectionOptions } from './data/cache-connection';
import { connectToCache, connectToDatabase } from './data/connect';
import { appConcurrency } from './data/data-connection';
import type { DatabaseConnectionOptions } from './data/database-connection';
import { FlaskDeployment } from './deployment/flask-deployment';
import type { FlaskFargateServiceProps } from './flask-fargate-service-props';
import { givenVpc, requireCompatible } from './load-balancing/compatibility';
import { FrontEnd } from './load-balancing/front-end';
import { LoadBalancing } from './load-balancing/load-balancing';
import { loadBalancingEnvironment } from './load-balancing/load-balancing-environment';
import { logSettings, serviceLogs } from './logging/service-logs';
import { requiredEndpoints } from './network/required-endpoints';
import { type DiscoveryOptions, enableDiscovery } from './network/service-discovery';
import { ServiceNetwork } from './network/service-network';
import type { FlaskServiceAlarms } from './observability/flask-service-alarms';
import type { FlaskServiceMetrics } from './observability/flask-service-metrics';
import { serviceMonitoring } from './observability/service-monitoring';
import { WEB_STREAM_PREFIX } from './private/names';
import { PART_IDS, requireFreeId } from './private/part-ids';
import { fail, requireInteger } from './private/validation';
import { FlaskReleaseTask, type FlaskReleaseTaskOptions } from './processes/flask-release-task';
import { FlaskScheduledTask, type FlaskScheduledTaskOptions } from './processes/flask-scheduled-task';
import type { IFlaskService } from './processes/flask-service';
import { FlaskTask, type FlaskTaskOptions } from './processes/flask-task';
import { FlaskWorker, type FlaskWorkerOptions } from './processes/flask-worker';
import { hostProcesses, ProcessHost } from './processes/process-host';
import { runTaskCommand } from './processes/run-task-command';
import { serviceOutputs } from './processes/service-outputs';
import { Capacity } from './scaling/capacity';
import { TaskScaling } from './scaling/task-scaling';
import type { FlaskSecretKey } from './secrets/flask-secret-key';
import { TaskHardening } from './security/task-hardening';
import { beginStage } from './stage/stage-of';
import type { AppTask } from './task/app-task';
import { containerEnvironment } from './task/container-environment';
import type { FileSystemOptions } from './task/file-system';
import { COLLECTOR_NAME, type OpenTelemetryOptions, openTelemetryCollector } from './task/open-telemetry';
import type { SidecarOptions } from './task/sidecar';
import { adviseOn, adviseOnSpot } from './task/task-advice';
import { PORT_NAME, TaskRecipe } from './task/task-recipe';
import { taskSize } from './task/task-size';

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
  /** The VPC: the one that is given, or the one of the stack, which its services share. */
  public readonly vpc: IVpc;

  /**
   * The subnets for a database or a cache of the app. In the VPC of the stack they are isolated and never those of the tasks, the same in every
   * stage and with every egress, so that a change of either leaves the data where it is. In a VPC that is given they are the private ones with
   * a way out, else the isolated ones, else the public ones.
   */
  public readonly dataSubnets: SubnetSelection;

  /** The cluster: the one that is given, or the one of the stack, which its services share. */
  public readonly cluster: ICluster;

  /** The log group of all processes of the app. */
  public readonly logGroup: LogGroup;

  /** The task definition of the web process. */
  public readonly taskDefinition: FargateTaskDefinition;

  /** The container of the app, `flask-app`. */
  public readonly container: ContainerDefinition;

  /** The ECS service. */
  public readonly service: FargateService;

  /**
   * The scaling of the number of tasks, for a policy that `ScalingPolicy` has no words for: `scalableTaskCount.scaleOnMetric(…)`. A service takes one
   * of them, so `service.autoScaleTaskCount()` fails. Absent with a fixed number of tasks.
   */
  public readonly scalableTaskCount?: ScalableTaskCount;

  /** The load balancer; absent with `LoadBalancing.sharedListener()` and `LoadBalancing.none()`. */
  public readonly loadBalancer?: ApplicationLoadBalancer;

  /** The listener that the clients connect to; absent with `LoadBalancing.none()`. */
  public readonly listener?: IApplicationListener;

  /** The target group of the tasks; absent with `LoadBalancing.none()`. */
  public readonly targetGroup?: ApplicationTargetGroup;

  /** The URL of the app; absent with `LoadBalancing.none()`, and on a shared listener without a host name. */
  public readonly url?: string;

  /** The identity of the app: what it may do. */
  public readonly taskRole: IRole;

  /** What ECS needs to start the app: pull the image, read the secrets, write the log. */
  public readonly executionRole: IRole;

  /** The app's identity, so that `table.grantReadWriteData(web)` works. */
  public readonly grantPrincipal: IPrincipal;

  /**
   * The network connections of the app. As a source it is all processes, also those that are added later, so that
   * `database.connections.allowDefaultPortFrom(web)` lets in workers too. As a target it is the web process alone.
   */
  public readonly connections: Connections;

  /** The CloudWatch metrics of the service. */
  public readonly metrics: FlaskServiceMetrics;

  /** The alarms of the service; absent where they are off. */
  public readonly alarms?: FlaskServiceAlarms;

  /** The dashboard of the service; absent where it is off. */
  public readonly dashboard?: Dashboard;

  private readonly host: ProcessHost;
  private readonly web: AppTask;

  public constructor(scope: Construct, id: string, props: FlaskFargateServiceProps) {
    super(scope, id);
    requireInteger('port', props.port, 1024, 65535, 'the container runs as a user that is not root');

    const stage = beginStage(this, props.stage);
    const port = props.port ?? 3000;
    const healthCheck = (props.healthCheck ?? FlaskHealthCheck.path('/'))._render({ port });
    const loadBalancing = (props.loadBalancing ?? LoadBalancing.internetFacing())._render();
    const capacity = (props.capacity ?? Capacity.onDemand())._render({ singleTask: false });
    const scaling = props.image._isAwaited ? TaskScaling.fixed(0) : (props.scaling ?? stage.scaling);
    const deployment = props.deployment ?? FlaskDeployment.rolling();
    const hardening = new TaskHardening(props.hardening);
    requireCompatible(deployment._render(), loadBalancing);
    const size = taskSize(this, props, stage);
    const server = (props.server ?? WsgiServer.gunicorn())._render({
      ...size,
      port,
      balancer: loadBalancing.timeouts,
      drainBeforeStop: capacity.drainBeforeStop,
    });

    const logs = logSettings(props.logging ?? {}, stage);
    const network = new ServiceNetwork(this, PART_IDS.NETWORK, {
      vpc: givenVpc(props, loadBalancing),
      cluster: props.cluster,
      egress: props.egress,
      defaultEgress: stage.egress,
      containerInsights: stage.containerInsights,
      restrictDefaultSecurityGroup: props.hardening?.restrictDefaultSecurityGroup ?? false,
      flowLogs: (props.hardening?.flowLogs ?? stage.flowLogs) ? logs : undefined,
      endpoints: requiredEndpoints(this, props.secrets ?? {}, hardening.enableExecuteCommand),
    });
    this.vpc = network.vpc;
    this.dataSubnets = network.dataSubnets;
    this.cluster = network.cluster;

    this.logGroup = serviceLogs(this, PART_IDS.LOGS, logs);

    const recipe = new TaskRecipe(this, PART_IDS.TASK, {
      image: props.image._bind(this, { id: PART_IDS.IMAGE, server, port, writablePaths: hardening.writablePaths }),
      environment: containerEnvironment(this, server, {
        defaults: loadBalancingEnvironment(loadBalancing),
        environment: props.environment,
        secrets: props.secrets,
      }),
      ownedVariables: server.ownedVariables,
      secrets: props.secrets,
      hardening,
      logGroup: this.logGroup,
      logMode: props.logging?.mode,
    });
    this.taskRole = recipe.taskRole;
    this.executionRole = recipe.executionRole;
    this.grantPrincipal = this.taskRole.grantPrincipal;
    this.host = new ProcessHost(this, {
      network,
      recipe,
      size,
      port,
      logGroup: this.logGroup,
      logs,
      hardening,
      hasImage: !props.image._isAwaited,
      concurrency: appConcurrency(server.concurrency, scaling, deployment),
    });
    hostProcesses(this, this.host);
    this.connections = this.host.connections;
    this.web = this.host.newTask(recipe, 'Definition', {
      streamPrefix: WEB_STREAM_PREFIX,
      command: server.commandOverride,
      port,
      healthCheck: healthCheck.container,
      stopTimeout: server.timeouts.stop,
      drainBeforeStop: capacity.drainBeforeStop,
    });
    this.taskDefinition = this.web.definition;
    this.container = this.web.container;

    const balanced = loadBalancing.target !== undefined;
    const targetGroups: ApplicationTargetGroup[] = [];
    this.service = this.host.newService(this, PART_IDS.SERVICE, {
      taskDefinition: this.taskDefinition,
      isConnectedTo: true,
      desiredCount: scaling._desiredCount,
      capacity,
      deployment,
      healthCheckGracePeriod: balanced && this.host.hasImage ? healthCheck.gracePeriod : undefined,
    });

    if (balanced) {
      const frontEnd = new FrontEnd(this, PART_IDS.FRONT_END, {
        vpc: this.vpc,
        loadBalancing,
        deployment: deployment._render(),
        port,
        healthCheck,
        timeouts: server.timeouts,
        deletionProtection: stage.deletionProtection,
        accessLogs: stage.accessLogs,
        logs,
      });
      if (this.host.hasImage) {
        frontEnd.attach(this.service, this.container.containerName);
      }
      this.loadBalancer = frontEnd.loadBalancer;
      this.listener = frontEnd.listener;
      this.targetGroup = frontEnd.targetGroup;
      targetGroups.push(...frontEnd.targetGroups);
      this.url = frontEnd.url;
    } else {
      // left out, the service would keep the target group that it had
      (this.service.node.defaultChild as CfnService).addPropertyOverride('LoadBalancers', []);
    }

    this.scalableTaskCount = scaling._bind(this.service, {
      targetGroups: targetGroups.map(({ targetGroupFullName }) => targetGroupFullName),
      concurrency: server.concurrency,
      region: Stack.of(this).region,
    });

    const monitoring = serviceMonitoring(this, {
      service: this.service,
      loadBalancer: this.loadBalancer,
      targetGroups,
      logGroup: this.logGroup,
      leastTasks: scaling._minTasks,
      options: props.monitoring ?? {},
      byDefault: stage,
    });
    this.metrics = monitoring.metrics;
    this.alarms = monitoring.alarms;
    this.dashboard = monitoring.dashboard;
    adviseOn(this, { ...size, workers: server.workers, spot: capacity.isSpot, deregistration: server.timeouts.deregistration });
    adviseOnSpot(this, capacity, scaling._maxTasks);

    if (props.outputs ?? true) {
      serviceOutputs(this, {
        cluster: this.cluster,
        service: this.service,
        logGroup: this.logGroup,
        url: this.url,
        runTaskCommand: runTaskCommand(this.host, this.taskDefinition, this.host.webSecurityGroup),
        enableExecuteCommand: hardening.enableExecuteCommand,
      });
    }
  }

  /**
   * Adds a task of the same image with another command: the guide's Run Task. It runs when somebody runs it.
   *
   * @param id the id of the task, and the prefix of its log streams
   * @param options the command, and what differs from the service
   */
  public addTask(id: string, options: FlaskTaskOptions): FlaskTask {
    requireFreeId(this, id);
    return new FlaskTask(this, id, { ...options, service: this });
  }

  /**
   * Adds a task that runs once for each new version, with its image, before the service and its other processes change to it: a migration
   * of the database. When it fails, the deployment fails, and the old version goes on. Several run in the order in which they are added.
   *
   * @param id the id of the task, and the prefix of its log streams
   * @param options the command, how long it may take, and what differs from the service
   */
  public addReleaseTask(id: string, options: FlaskReleaseTaskOptions): FlaskReleaseTask {
    requireFreeId(this, id);
    return new FlaskReleaseTask(this, id, { ...options, service: this });
  }

  /**
   * Adds a process that runs all the time and that nothing connects to, of the same image with another command: Celery, RQ, a consumer.
   *
   * @param id the id of the worker, and the prefix of its log streams
   * @param options the command, and what differs from the service
   */
  public addWorker(id: string, options: FlaskWorkerOptions): FlaskWorker {
    requireFreeId(this, id);
    return new FlaskWorker(this, id, { ...options, service: this });
  }

  /**
   * Adds a task that runs at certain times, of the same image with another command.
   *
   * @param id the id of the task, and the prefix of its log streams
   * @param options the command, the schedule, and what differs from the service
   */
  public addScheduledTask(id: string, options: FlaskScheduledTaskOptions): FlaskScheduledTask {
    requireFreeId(this, id);
    return new FlaskScheduledTask(this, id, { ...options, service: this });
  }

  /**
   * Adds a container beside the app, in the task of the web process.
   *
   * @param id the name of the container, and the prefix of its log streams
   * @param options its image, and when it starts
   */
  public addSidecar(id: string, options: SidecarOptions): ContainerDefinition {
    return this.host.addSidecar(this.web, id, options);
  }

  /**
   * Adds a collector for OpenTelemetry beside the app: traces go to AWS X-Ray, metrics to CloudWatch. The app is told where to send them; it
   * must bring the SDK (`opentelemetry-distro` with the exporter for OTLP by HTTP).
   *
   * @param options the collector and its configuration
   */
  public addOpenTelemetry(options: OpenTelemetryOptions = {}): ContainerDefinition {
    this.host.requireEndpoints([InterfaceVpcEndpointAwsService.XRAY]);
    if (this.taskDefinition.findContainer(COLLECTOR_NAME)) {
      fail(`a task has one collector, and a container '${COLLECTOR_NAME}' was added before; call addOpenTelemetry() once`);
    }
    const app = { container: this.container, taskRole: this.taskRole, logGroup: this.logGroup, isIsolated: this.host.isIsolated };
    return this.addSidecar(COLLECTOR_NAME, openTelemetryCollector(this, app, options));
  }

  /**
   * Mounts a file system of Amazon EFS in all processes of the app, encrypted on the way and with the identity of the app.
   *
   * @param id the name of the volume
   * @param options the file system, and where the app finds it
   */
  public addFileSystem(id: string, options: FileSystemOptions): void {
    this.host.addFileSystem(id, options);
  }

  /**
   * Connects all processes of the app with a database: opens its security groups for them, tells them of it by environment variables, and
   * makes it before they start.
   *
   * @param database an instance, a cluster or a proxy of Amazon RDS
   * @param options the variables, and the secret where the database has none of its own
   */
  public connectToDatabase(database: IConnectable, options: DatabaseConnectionOptions = {}): void {
    connectToDatabase(this.host, this, database, options);
  }

  /**
   * Connects all processes of the app with a cache, as `connectToDatabase` does with a database: they are told of it by `CACHE_URL`.
   *
   * @param cache the cache, or its security group where it is made of L1 constructs as those of Amazon ElastiCache are
   * @param options its address
   */
  public connectToCache(cache: IConnectable, options: CacheConnectionOptions): void {
    connectToCache(this.host, this, cache, options);
  }

  /**
   * Connects all processes of the app with anything else that has security groups, in this stack or another: Amazon OpenSearch, DocumentDB, MSK, another
   * service. It opens its security groups for them and makes it before they start.
   *
   * @param target what they connect to
   * @param port where it listens, `Port.tcp(443)` for example
   * @example
   *
   * declare const web: FlaskFargateService;
   * declare const search: opensearch.Domain;
   *
   * web.connectTo(search, ec2.Port.tcp(443));
   * web.addEnvironment({ OPENSEARCH_HOST: search.domainEndpoint });
   */
  public connectTo(target: IConnectable, port: Port): void {
    this.host.openWayTo(target, port);
  }

  /**
   * Sets environment variables in all processes of the app, those that are added later too: for what is made after the service, the name of a bucket
   * for example.
   *
   * @param environment the variables; one that is set already is an error
   */
  public addEnvironment(environment: { [key: string]: string }): void {
    this.host.addVariables(environment, {}, 'set it once');
  }

  /**
   * Sets environment variables from secrets in all processes of the app, those that are added later too.
   *
   * @param secrets the variables; one that is set already is an error
   */
  public addSecrets(secrets: { [key: string]: Secret }): void {
    this.host.addVariables({}, secrets, 'set it once');
  }

  /**
   * Gives all processes of the app its secret key, as `FLASK_SECRET_KEY` and `FLASK_SECRET_KEY_FALLBACKS`: `app.config.from_prefixed_env()` takes both. When
   * the key is rotated, the tasks start anew.
   *
   * @param key the key, also of more than one service
   */
  public useSecretKey(key: FlaskSecretKey): void {
    const { secrets, rotated } = key._bind(this);
    this.host.addVariables({}, secrets, 'call useSecretKey() once');
    if (rotated) {
      this.host.restartOn(rotated);
    }
  }

  /**
   * Starts the tasks of the service and its workers anew when the secret has another value, rotated or set by hand: ECS gives a task the value
   * that the secret has when the task starts. AWS Secrets Manager sends the event by itself; no trail of AWS CloudTrail is needed.
   *
   * @param secret the secret of a database, for example
   */
  public restartOnSecretChange(secret: ISecret): void {
    this.host.restartOn(secret);
  }

  /**
   * Lets others find the service by a name, `http://orders` for example, through Amazon ECS Service Connect. They must be in the same
   * namespace and call `discoverServices` or have a name themselves, and be let in: `orders.connections.allowDefaultPortFrom(shop)`.
   *
   * @param name a host name
   * @param options the namespace and the port
   */
  public discoverableAs(name: string, options: DiscoveryOptions = {}): void {
    this.enableDiscovery({ ...options, name });
  }

  /**
   * Lets the service find others by their names, without a name of its own.
   *
   * @param options the namespace
   */
  public discoverServices(options: DiscoveryOptions = {}): void {
    this.enableDiscovery(options);
  }

  private enableDiscovery(options: DiscoveryOptions & { readonly name?: string }): void {
    const logDriver = this.host.logDriver('service-connect');
    const name = this.host.hasImage ? options.name : undefined; // another service takes the place of one without an image
    enableDiscovery(this.service, this.cluster, { ...options, name, portMappingName: PORT_NAME, logDriver });
  }
}
