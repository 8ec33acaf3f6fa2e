import {
  type Connections,
  type IConnectable,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  type Port,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, FargateService, FargateTaskDefinition, ICluster, Secret } from 'aws-cdk-lib/aws-ecs';
import type { IPrincipal, IRole } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { CacheConnectionOptions } from './connections/cache-connection';
import type { DatabaseConnectionOptions } from './connections/database-connection';
import { connectToCache, connectToDatabase } from './data/connect';
import { type DiscoveryOptions, enableDiscovery } from './network/service-discovery';
import { pathInErrors } from './private/path-in-errors';
import { fail } from './private/validation';
import { FlaskReleaseTask, type FlaskReleaseTaskOptions } from './processes/flask-release-task';
import { FlaskScheduledTask, type FlaskScheduledTaskOptions } from './processes/flask-scheduled-task';
import type { IFlaskService } from './processes/flask-service';
import { FlaskTask, type FlaskTaskOptions } from './processes/flask-task';
import { FlaskWorker, type FlaskWorkerOptions } from './processes/flask-worker';
import { processHostOf } from './processes/process-host';
import type { FlaskSecretKey } from './secrets/flask-secret-key';
import type { FileSystemOptions } from './task/file-system';
import { COLLECTOR_NAME, type OpenTelemetryOptions, openTelemetryCollector } from './task/open-telemetry';
import type { SidecarOptions } from './task/sidecar';
import { PORT_NAME } from './task/task-recipe';

/**
 * What can be added to a service after it is made. The host of the processes gives it to those of before and of later. The class is no type
 * of its own to other languages: jsii gives its methods to `FlaskFargateService`.
 *
 * @internal
 */
@pathInErrors
export abstract class FlaskServiceAdditions extends Construct implements IFlaskService {
  /** The VPC of the tasks. */
  public abstract readonly vpc: IVpc;

  /** The subnets for a database or a cache of the app. */
  public abstract readonly dataSubnets: SubnetSelection;

  /** The cluster, given or made. */
  public abstract readonly cluster: ICluster;

  /** The log group of all processes of the app. */
  public abstract readonly logGroup: LogGroup;

  /** The task definition of the web process. */
  public abstract readonly taskDefinition: FargateTaskDefinition;

  /** The container of the app, `flask-app`. */
  public abstract readonly container: ContainerDefinition;

  /** The ECS service. */
  public abstract readonly service: FargateService;

  /** The identity of the app: what it may do. */
  public abstract readonly taskRole: IRole;

  /** The app's identity, so that `table.grantReadWriteData(web)` works. */
  public abstract readonly grantPrincipal: IPrincipal;

  /**
   * The network connections of the app. As a source of connections they include all processes, even those that you add later, so
   * `database.connections.allowDefaultPortFrom(web)` also lets workers in. As a target they are only the web process.
   */
  public abstract readonly connections: Connections;

  /**
   * Adds a task: the image of the service with another command, which runs when you or a program runs it. This is the Run Task of the guide.
   *
   * @param id the id of the task, from which the prefix of its log streams is made
   * @param options the command, and what differs from the service
   * @example
   * import { CfnOutput, Stack } from 'aws-cdk-lib';
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const stack: Stack;
   * declare const web: FlaskFargateService;
   *
   * const report = web.addTask('Report', { command: ['flask', 'report'] });
   * new CfnOutput(stack, 'Report', { value: report.runTaskCommand });
   */
  public addTask(id: string, options: FlaskTaskOptions): FlaskTask {
    return new FlaskTask(this, id, { ...options, service: this });
  }

  /**
   * Adds a release task: it runs once for each new version, with the image of that version, before any process of the app changes to it. Use it for database migrations.
   *
   * If it fails, the deployment fails and the old version keeps running. Release tasks run one after the other, in the order in which they are added.
   *
   * @param id the id of the task, from which the prefix of its log streams is made
   * @param options the command, the timeout, and what differs from the service
   * @example
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
   */
  public addReleaseTask(id: string, options: FlaskReleaseTaskOptions): FlaskReleaseTask {
    return new FlaskReleaseTask(this, id, { ...options, service: this });
  }

  /**
   * Adds a worker: the image of the service with another command, which runs all the time and which nothing connects to. Use it for Celery, RQ or a consumer of a queue.
   *
   * @param id the id of the worker, from which the prefix of its log streams is made
   * @param options the command, and what differs from the service
   * @example
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * web.addWorker('Celery', { command: ['celery', '-A', 'app.celery', 'worker'] });
   */
  public addWorker(id: string, options: FlaskWorkerOptions): FlaskWorker {
    return new FlaskWorker(this, id, { ...options, service: this });
  }

  /**
   * Adds a scheduled task: the image of the service with another command, which runs at the times of a schedule.
   *
   * @param id the id of the task, from which the prefix of its log streams is made
   * @param options the command, the schedule, and what differs from the service
   * @example
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
   * declare const web: FlaskFargateService;
   *
   * web.addScheduledTask('Nightly', {
   *   command: ['flask', 'report'],
   *   schedule: ScheduleExpression.cron({ hour: '3', minute: '0' }),
   * });
   */
  public addScheduledTask(id: string, options: FlaskScheduledTaskOptions): FlaskScheduledTask {
    return new FlaskScheduledTask(this, id, { ...options, service: this });
  }

  /**
   * Adds a sidecar: a second container in the tasks of the web process. Workers and tasks do not have it.
   *
   * @param id the name of the container: letters, digits, hyphens and underscores
   * @param options its image, and when it starts
   * @example
   * import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * web.addSidecar('redis', { image: ContainerImage.fromRegistry('public.ecr.aws/docker/library/redis:8') });
   */
  public addSidecar(id: string, options: SidecarOptions): ContainerDefinition {
    return processHostOf(this).addSidecar(id, options);
  }

  /**
   * Adds an OpenTelemetry collector as a sidecar, which sends traces to AWS X-Ray and metrics to Amazon CloudWatch. Call it once.
   *
   * Environment variables point the app to the collector; your own variables win. The app must bring the SDK: `opentelemetry-distro` and
   * `opentelemetry-exporter-otlp-proto-http`. To continue the trace id of the load balancer, add `opentelemetry-propagator-aws-xray` and set
   * `OTEL_PROPAGATORS` to `xray,tracecontext,baggage`; with this value and without the package, the app does not start.
   *
   * @param options the collector and its configuration
   * @example
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * web.addOpenTelemetry();
   */
  public addOpenTelemetry(options: OpenTelemetryOptions = {}): ContainerDefinition {
    const host = processHostOf(this);
    host.requireEndpoints([InterfaceVpcEndpointAwsService.XRAY]);
    if (this.taskDefinition.findContainer(COLLECTOR_NAME)) {
      fail(`a task has one collector, but a container '${COLLECTOR_NAME}' was added before; call addOpenTelemetry() once`);
    }
    const app = {
      container: this.container,
      taskRole: this.taskRole,
      logGroup: this.logGroup,
      isIsolated: host.isIsolated,
      isGiven: host.isGiven,
    };
    return this.addSidecar(COLLECTOR_NAME, openTelemetryCollector(this, app, options));
  }

  /**
   * Mounts an Amazon EFS file system in every process of the app, also in those that are added later. Traffic is encrypted, and access uses the task role.
   *
   * @param id the name of the volume: letters, digits, hyphens and underscores
   * @param options the file system, and the path in the container
   * @example
   * import { FileSystem } from 'aws-cdk-lib/aws-efs';
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   * declare const fileSystem: FileSystem;
   *
   * web.addFileSystem('media', { fileSystem, containerPath: '/mnt/media' });
   */
  public addFileSystem(id: string, options: FileSystemOptions): void {
    processHostOf(this).addFileSystem(id, options);
  }

  /**
   * Connects every process of the app to a database: adds ingress rules to its security groups, and sets environment variables. The processes start after the database exists.
   *
   * @param database an instance, a cluster or a proxy of Amazon RDS
   * @param options the environment variables, and the secret if the database has none of its own
   * @example
   * import { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
   * import { DatabaseVariables, FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   * declare const database: DatabaseInstance;
   *
   * web.connectToDatabase(database, { variables: DatabaseVariables.URL, scheme: 'postgresql+psycopg' });
   */
  public connectToDatabase(database: IConnectable, options: DatabaseConnectionOptions = {}): void {
    connectToDatabase(processHostOf(this), this, database, options);
  }

  /**
   * Connects every process of the app to a cache, as `connectToDatabase` does to a database. The environment variable is `CACHE_URL`.
   *
   * @param cache the cache, or its security group if the cache is an L1 construct, as those of Amazon ElastiCache are
   * @param options its address
   * @example
   * import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
   * import { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   * declare const group: SecurityGroup;
   * declare const cache: CfnReplicationGroup;
   *
   * web.connectToCache(group, { address: cache.attrPrimaryEndPointAddress });
   */
  public connectToCache(cache: IConnectable, options: CacheConnectionOptions): void {
    connectToCache(processHostOf(this), this, cache, options);
  }

  /**
   * Connects every process of the app to anything else that has security groups, in this stack or another: Amazon OpenSearch, DocumentDB, MSK, another
   * service. It adds ingress rules to those security groups, and the processes start after the target exists. They do not wait for another Flask
   * service, so two services can call each other.
   *
   * @param target what they connect to
   * @param port where it listens, `Port.tcp(443)` for example
   * @example
   * import { Port } from 'aws-cdk-lib/aws-ec2';
   * import { Domain } from 'aws-cdk-lib/aws-opensearchservice';
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   * declare const search: Domain;
   *
   * web.connectTo(search, Port.tcp(443));
   * web.addEnvironment({ OPENSEARCH_HOST: search.domainEndpoint });
   */
  public connectTo(target: IConnectable, port: Port): void {
    processHostOf(this).openWayTo(target, port);
  }

  /**
   * Sets environment variables in every process of the app, also in those that are added later. Use it for what is made after the service, such as the name of a bucket.
   *
   * @param environment the variables; one that is set already is an error
   * @example
   * import { Bucket } from 'aws-cdk-lib/aws-s3';
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   * declare const bucket: Bucket;
   *
   * web.addEnvironment({ REPORTS_BUCKET: bucket.bucketName });
   */
  public addEnvironment(environment: { [key: string]: string }): void {
    processHostOf(this).addVariables(environment, {}, 'set it once');
  }

  /**
   * Sets environment variables from secrets in every process of the app, also in those that are added later.
   *
   * @param secrets the variables; one that is set already is an error
   * @example
   * import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
   * import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   * declare const payments: Secret;
   *
   * web.addSecrets({ PAYMENTS_KEY: EcsSecret.fromSecretsManager(payments, 'key') });
   */
  public addSecrets(secrets: { [key: string]: Secret }): void {
    processHostOf(this).addVariables({}, secrets, 'set it once');
  }

  /**
   * Gives every process of the app a secret key, and restarts them when the key is rotated. The variables are `FLASK_SECRET_KEY` and `FLASK_SECRET_KEY_FALLBACKS`, which `app.config.from_prefixed_env()` reads.
   *
   * @param key the key, which several services may share
   * @example
   * import { Stack } from 'aws-cdk-lib';
   * import { FlaskFargateService, FlaskSecretKey } from 'cdk-flask-fargate';
   * declare const stack: Stack;
   * declare const web: FlaskFargateService;
   *
   * web.useSecretKey(new FlaskSecretKey(stack, 'SecretKey'));
   */
  public useSecretKey(key: FlaskSecretKey): void {
    const host = processHostOf(this);
    const { secrets, rotated } = key._bind(this, host.readsSecretKey);
    host.addVariables({}, secrets, 'call useSecretKey() once');
    if (rotated) {
      host.restartOn(rotated);
    }
  }

  /**
   * Restarts the service and its workers when a secret gets a new value, by rotation or by hand. Without a restart, a task keeps the value that the secret had when the task started.
   *
   * AWS Secrets Manager sends the event itself, so no AWS CloudTrail trail is needed.
   *
   * @param secret a secret that is in `secrets`, for example
   * @example
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
   * declare const web: FlaskFargateService;
   * declare const secret: Secret;
   *
   * web.restartOnSecretChange(secret);
   */
  public restartOnSecretChange(secret: ISecret): void {
    processHostOf(this).restartOn(secret);
  }

  /**
   * Restarts the service and its workers when a parameter of AWS Systems Manager gets a new value. Without a restart, a task keeps the value that the parameter had when the task started.
   *
   * @param parameter a parameter that is in `secrets`, for example
   * @example
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * import { IStringParameter } from 'aws-cdk-lib/aws-ssm';
   * declare const web: FlaskFargateService;
   * declare const parameter: IStringParameter;
   *
   * web.restartOnParameterChange(parameter);
   */
  public restartOnParameterChange(parameter: IParameter): void {
    processHostOf(this).restartOnParameter(parameter);
  }

  /**
   * Gives the service a host name for other services, such as `http://orders`, through Amazon ECS Service Connect.
   *
   * The other services must be in the same namespace, call `discoverServices` or have a name themselves, and have an ingress rule.
   *
   * @param name the host name
   * @param options the namespace and the port
   * @example
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const orders: FlaskFargateService;
   * declare const shop: FlaskFargateService;
   *
   * orders.discoverableAs('orders');
   * shop.discoverServices();
   * orders.connections.allowDefaultPortFrom(shop);
   */
  public discoverableAs(name: string, options: DiscoveryOptions = {}): void {
    this.enableDiscovery({ ...options, name });
  }

  /**
   * Lets the service reach other services by their host names, without a name of its own.
   *
   * @param options the namespace
   * @example
   * import { FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * web.discoverServices();
   */
  public discoverServices(options: DiscoveryOptions = {}): void {
    this.enableDiscovery(options);
  }

  private enableDiscovery(options: DiscoveryOptions & { readonly name?: string }): void {
    const host = processHostOf(this);
    const common = { portMappingName: PORT_NAME, logDriver: host.logDriver('service-connect') };
    // another service takes the place of one without an image
    const name = host.hasImage && options.name !== undefined ? host.claimName(options.name) : undefined;
    enableDiscovery(this.service, this.cluster, { ...options, ...common, name });
    host.discover((worker) => enableDiscovery(worker, this.cluster, { ...common, namespace: options.namespace }));
  }
}
