import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { type Connections, type IVpc, type SubnetSelection, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, FargateService, FargateTaskDefinition, ICluster, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup, IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IPrincipal, IRole } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { FlaskHealthCheck } from './application/health-check';
import { serverPort } from './application/server-port';
import { WsgiServer } from './application/wsgi-server';
import { appConcurrency } from './connections/data-connection';
import { FlaskDeployment } from './deployment/flask-deployment';
import type { FlaskFargateServiceProps } from './flask-fargate-service-props';
import { FlaskServiceAdditions } from './flask-service-additions';
import { givenVpc, requireCompatible } from './load-balancing/compatibility';
import { detachFrontEnd, FrontEnd } from './load-balancing/front-end';
import { LoadBalancing } from './load-balancing/load-balancing';
import { loadBalancingEnvironment } from './load-balancing/load-balancing-environment';
import { logSettings, serviceLogs } from './logging/service-logs';
import { requiredEndpoints } from './network/required-endpoints';
import { ServiceNetwork } from './network/service-network';
import type { FlaskServiceAlarms } from './observability/flask-service-alarms';
import type { FlaskServiceMetrics } from './observability/flask-service-metrics';
import { ServiceMonitoring } from './observability/service-monitoring';
import { WEB_STREAM_PREFIX } from './private/names';
import { freeId, PART_IDS, reservePartIds } from './private/part-ids';
import { pathInErrors } from './private/path-in-errors';
import type { IFlaskService } from './processes/flask-service';
import type { FlaskServiceOutputs } from './processes/flask-service-outputs';
import { hostProcesses, ProcessHost } from './processes/process-host';
import { runTaskCommand } from './processes/run-task-command';
import { serviceOutputs } from './processes/service-outputs';
import { Capacity } from './scaling/capacity';
import { TaskScaling } from './scaling/task-scaling';
import { TaskHardening } from './security/task-hardening';
import { beginStage } from './stage/stage-of';
import { containerEnvironment } from './task/container-environment';
import { adviseOn, adviseOnSpot } from './task/task-advice';
import { TaskRecipe } from './task/task-recipe';
import { taskSize } from './task/task-size';

/**
 * A Flask app in production on Amazon ECS with AWS Fargate.
 *
 * From the image alone it makes a network and a cluster, hardened tasks with gunicorn on port 3000, a log group, IAM roles with least privilege, a
 * load balancer, scaling, alarms, and deployments that are rolled back if they fail. Every part is an L2 construct that you can change.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { FlaskFargateService, FlaskImage } from 'cdk-flask-fargate';
 *
 * declare const stack: Stack;
 * const web = new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource('app') });
 */
@pathInErrors
export class FlaskFargateService extends FlaskServiceAdditions implements IFlaskService {
  /** The VPC: the one that is given, or the one of the stack, which its services share. */
  public readonly vpc: IVpc;

  /**
   * The subnets for a database or a cache of the app. In the VPC of the stack, these are isolated subnets without tasks. They are the same in every
   * stage and with every egress, so changing either never moves the data. In a VPC that is given, they are the private subnets with egress to the
   * internet; if it has none, the isolated ones; if it has neither, the public ones.
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
   * The scaling of the number of tasks, for a policy that `ScalingPolicy` does not have: call its `scaleOnMetric`. A service can have only one, so
   * `service.autoScaleTaskCount()` fails. It is absent with a fixed number of tasks.
   */
  public readonly scalableTaskCount?: ScalableTaskCount;

  /** The load balancer. It is absent with `LoadBalancing.sharedListener()`, on a platform, and with `LoadBalancing.none()`. */
  public readonly loadBalancer?: ApplicationLoadBalancer;

  /** The listener that the clients connect to. It is absent with `LoadBalancing.none()`. */
  public readonly listener?: IApplicationListener;

  /** The target group of the tasks. It is absent with `LoadBalancing.none()`. */
  public readonly targetGroup?: ApplicationTargetGroup;

  /** The URL of the app. It is absent with `LoadBalancing.none()`, and on a shared listener without a host name. */
  public readonly url?: string;

  /** The identity of the app: what it may do. */
  public readonly taskRole: IRole;

  /** What ECS needs to start the app: pull the image, read the secrets, write the log. */
  public readonly executionRole: IRole;

  /** The app's identity, so that `table.grantReadWriteData(web)` works. */
  public readonly grantPrincipal: IPrincipal;

  /**
   * The network connections of the app. As a source of connections they include all processes, even those that you add later, so
   * `database.connections.allowDefaultPortFrom(web)` also lets workers in. As a target they are only the web process.
   */
  public readonly connections: Connections;

  /** The CloudWatch metrics of the service. */
  public readonly metrics: FlaskServiceMetrics;

  /** The alarms of the service, its workers and its schedules. If alarms are off, it has none, and its methods do nothing. */
  public readonly alarms: FlaskServiceAlarms;

  /** The dashboard of the service. It is absent if it is off. */
  public readonly dashboard?: Dashboard;

  /** The outputs that a pipeline reads. They are absent with `outputs: false`. */
  public readonly outputs?: FlaskServiceOutputs;

  /**
   * Creates a service.
   *
   * @param scope the scope, usually the stack
   * @param id the id within the scope
   * @param props the image, and everything that differs from the defaults
   */
  public constructor(scope: Construct, id: string, props: FlaskFargateServiceProps) {
    super(scope, freeId(scope, id));
    reservePartIds(this);
    const port = serverPort(props.port);
    const stage = beginStage(this, props.stage);
    const healthCheck = (props.healthCheck ?? FlaskHealthCheck.path('/'))._render({ port });
    const loadBalancing = (props.loadBalancing ?? LoadBalancing.internetFacing())._bind(this);
    const { place } = loadBalancing;
    const capacity = (props.capacity ?? Capacity.onDemand())._render({ singleTask: false });
    const { isAwaited } = props.image._render();
    const scaling = isAwaited ? TaskScaling.fixed(0) : (props.scaling ?? stage.scaling);
    const taskCount = scaling._render();
    const deployment = props.deployment ?? FlaskDeployment.rolling();
    const rollout = deployment._render();
    const hardening = new TaskHardening(props.hardening);
    requireCompatible(rollout, loadBalancing);
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
      cluster: place?.cluster ?? props.cluster,
      egress: props.egress,
      defaultEgress: stage.egress,
      containerInsights: stage.containerInsights,
      hardening: props.hardening,
      flowLogs: (props.hardening?.flowLogs ?? stage.flowLogs) ? logs : undefined,
      onPlatform: place,
      dataSubnets: place && { subnetType: SubnetType.PRIVATE_ISOLATED },
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
    const host = new ProcessHost(this, {
      network,
      recipe,
      size,
      port,
      logGroup: this.logGroup,
      logs,
      hardening,
      hasImage: !isAwaited,
      place,
      concurrency: appConcurrency(server.concurrency, taskCount, rollout),
    });
    hostProcesses(this, host);
    this.connections = host.connections;
    const web = host.newWebTask('Definition', {
      streamPrefix: WEB_STREAM_PREFIX,
      command: server.commandOverride,
      port,
      healthCheck: healthCheck.container,
      stopTimeout: server.timeouts.stop,
      drainBeforeStop: capacity.drainBeforeStop,
    });
    this.taskDefinition = web.definition;
    this.container = web.container;

    const balanced = loadBalancing.target !== undefined;
    const targetGroups: ApplicationTargetGroup[] = [];
    let certificate: ICertificate | undefined;
    this.service = host.newService(this, PART_IDS.SERVICE, {
      taskDefinition: this.taskDefinition,
      isConnectedTo: true,
      desiredCount: taskCount.desired,
      capacity,
      deployment,
      healthCheckGracePeriod: balanced && host.hasImage ? healthCheck.gracePeriod : undefined,
    });

    if (balanced) {
      const frontEnd = new FrontEnd(this, PART_IDS.FRONT_END, {
        vpc: this.vpc,
        loadBalancing,
        deployment: rollout,
        port,
        healthCheck,
        timeouts: server.timeouts,
        deletionProtection: stage.deletionProtection,
        accessLogs: stage.accessLogs,
        logs,
      });
      if (host.hasImage) {
        frontEnd.attach(this.service, this.container.containerName);
      }
      this.loadBalancer = frontEnd.loadBalancer;
      this.listener = frontEnd.listener;
      this.targetGroup = frontEnd.targetGroup;
      targetGroups.push(...frontEnd.targetGroups);
      this.url = frontEnd.url;
      certificate = frontEnd.certificate;
    } else {
      detachFrontEnd(this.service);
    }

    this.scalableTaskCount = scaling._bind(this.service, {
      targetGroups: targetGroups.map(({ targetGroupFullName }) => targetGroupFullName),
      concurrency: server.concurrency,
      account: Stack.of(this).account,
      region: Stack.of(this).region,
    });

    const monitoring = new ServiceMonitoring(this, {
      network,
      service: this.service,
      loadBalancer: this.loadBalancer,
      targetGroups,
      certificate,
      logGroup: this.logGroup,
      logs,
      accessLog: server.accessLog,
      minTasks: taskCount.min,
      bakeMinutes: rollout.bakeMinutes,
      hasImage: host.hasImage,
      options: props.monitoring ?? {},
      platformTopic: place?.topic,
      byDefault: stage,
    });
    host.monitoring = monitoring;
    this.metrics = monitoring.metrics;
    this.alarms = monitoring.alarms;
    this.dashboard = monitoring.dashboard;
    adviseOn(this, { ...size, workers: server.workers, spot: capacity.isSpot, deregistration: server.timeouts.deregistration });
    adviseOnSpot(this, capacity, taskCount.max);

    if (props.outputs ?? true) {
      this.outputs = serviceOutputs(this, {
        cluster: this.cluster,
        service: this.service,
        taskDefinition: this.taskDefinition,
        logGroup: this.logGroup,
        url: this.url,
        runTaskCommand: runTaskCommand(host, this.taskDefinition, host.webSecurityGroup),
        enableExecuteCommand: hardening.enableExecuteCommand,
        dashboardUrl: monitoring.dashboardUrl,
      });
    }
  }
}
