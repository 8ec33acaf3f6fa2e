import { type Connections, type IConnectable, InterfaceVpcEndpointAwsService, type Port } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, FargateService, FargateTaskDefinition, ICluster, Secret } from 'aws-cdk-lib/aws-ecs';
import type { IPrincipal, IRole } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { CacheConnectionOptions } from './data/cache-connection';
import { connectToCache, connectToDatabase } from './data/connect';
import type { DatabaseConnectionOptions } from './data/database-connection';
import { type DiscoveryOptions, enableDiscovery } from './network/service-discovery';
import { requireFreeId } from './private/part-ids';
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
 * What can be added to a service after it is made. Each part goes to the host of the processes, so that processes of before and of later have it.
 * The class is no type of its own to other languages: jsii gives its methods to `FlaskFargateService`.
 *
 * @internal
 */
export abstract class FlaskServiceAdditions extends Construct implements IFlaskService {
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
   * The network connections of the app. As a source it is all processes, also those that are added later, so that
   * `database.connections.allowDefaultPortFrom(web)` lets in workers too. As a target it is the web process alone.
   */
  public abstract readonly connections: Connections;

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
    return processHostOf(this).addSidecar(id, options);
  }

  /**
   * Adds a collector for OpenTelemetry beside the app: traces go to AWS X-Ray, metrics to CloudWatch. The app is told where to send them; it
   * must bring the SDK (`opentelemetry-distro` with the exporter for OTLP by HTTP).
   *
   * @param options the collector and its configuration
   */
  public addOpenTelemetry(options: OpenTelemetryOptions = {}): ContainerDefinition {
    const host = processHostOf(this);
    host.requireEndpoints([InterfaceVpcEndpointAwsService.XRAY]);
    if (this.taskDefinition.findContainer(COLLECTOR_NAME)) {
      fail(`a task has one collector, and a container '${COLLECTOR_NAME}' was added before; call addOpenTelemetry() once`);
    }
    const app = { container: this.container, taskRole: this.taskRole, logGroup: this.logGroup, isIsolated: host.isIsolated };
    return this.addSidecar(COLLECTOR_NAME, openTelemetryCollector(this, app, options));
  }

  /**
   * Mounts a file system of Amazon EFS in all processes of the app, encrypted on the way and with the identity of the app.
   *
   * @param id the name of the volume
   * @param options the file system, and where the app finds it
   */
  public addFileSystem(id: string, options: FileSystemOptions): void {
    processHostOf(this).addFileSystem(id, options);
  }

  /**
   * Connects all processes of the app with a database: opens its security groups for them, tells them of it by environment variables, and
   * makes it before they start.
   *
   * @param database an instance, a cluster or a proxy of Amazon RDS
   * @param options the variables, and the secret where the database has none of its own
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
   * Connects all processes of the app with a cache, as `connectToDatabase` does with a database: they are told of it by `CACHE_URL`.
   *
   * @param cache the cache, or its security group where it is made of L1 constructs as those of Amazon ElastiCache are
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
   * Connects all processes of the app with anything else that has security groups, in this stack or another: Amazon OpenSearch, DocumentDB, MSK, another
   * service. It opens its security groups for them and makes it before they start.
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
   * Sets environment variables in all processes of the app, those that are added later too: for what is made after the service, the name of a bucket
   * for example.
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
   * Sets environment variables from secrets in all processes of the app, those that are added later too.
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
   * Gives all processes of the app its secret key, as `FLASK_SECRET_KEY` and `FLASK_SECRET_KEY_FALLBACKS`: `app.config.from_prefixed_env()` takes both. When
   * the key is rotated, the tasks start anew.
   *
   * @param key the key, also of more than one service
   */
  public useSecretKey(key: FlaskSecretKey): void {
    const host = processHostOf(this);
    const { secrets, rotated } = key._bind(this);
    host.addVariables({}, secrets, 'call useSecretKey() once');
    if (rotated) {
      host.restartOn(rotated);
    }
  }

  /**
   * Starts the tasks of the service and its workers anew when the secret has another value, rotated or set by hand: ECS gives a task the value
   * that the secret has when the task starts. AWS Secrets Manager sends the event by itself; no trail of AWS CloudTrail is needed.
   *
   * @param secret the secret of a database, for example
   */
  public restartOnSecretChange(secret: ISecret): void {
    processHostOf(this).restartOn(secret);
  }

  /**
   * Starts the tasks of the service and its workers anew when a parameter of AWS Systems Manager has another value: ECS gives a task the value
   * that the parameter has when the task starts.
   *
   * @param parameter a parameter that is in `secrets`
   * @example
   *
   * declare const web: FlaskFargateService;
   * declare const parameter: ssm.IStringParameter;
   *
   * web.restartOnParameterChange(parameter);
   */
  public restartOnParameterChange(parameter: IParameter): void {
    processHostOf(this).restartOnParameter(parameter);
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
    const host = processHostOf(this);
    const logDriver = host.logDriver('service-connect');
    const name = host.hasImage ? options.name : undefined; // another service takes the place of one without an image
    enableDiscovery(this.service, this.cluster, { ...options, name, portMappingName: PORT_NAME, logDriver });
  }
}
