import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { AccessPoint, FileSystem } from 'aws-cdk-lib/aws-efs';
import { ApplicationListener, type IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DatabaseInstance, DatabaseInstanceEngine } from 'aws-cdk-lib/aws-rds';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Stack } from 'aws-cdk-lib/core';
import {
  type AlarmOptions,
  type CacheConnectionOptions,
  type CanaryDeploymentOptions,
  Capacity,
  type DatabaseConnectionOptions,
  type DiscoveryOptions,
  type FileSystemOptions,
  FlaskDeployment,
  FlaskFargateService,
  type FlaskFargateServiceProps,
  FlaskHealthCheck,
  type FlaskHealthCheckOptions,
  FlaskImage,
  type FlaskReleaseTaskOptions,
  FlaskRepository,
  type FlaskRepositoryProps,
  type FlaskScheduledTaskOptions,
  FlaskSecretKey,
  type FlaskSecretKeyProps,
  type FlaskTaskOptions,
  type FlaskWorkerOptions,
  type GranianOptions,
  type GunicornOptions,
  type HardeningOptions,
  type LinearDeploymentOptions,
  LoadBalancing,
  type LoadBalancingOptions,
  type LoggingOptions,
  type ManagedRulesOptions,
  type MonitoringOptions,
  type OpenTelemetryOptions,
  type RollingDeploymentOptions,
  type SharedListenerOptions,
  type SidecarOptions,
  type SpotCapacityOptions,
  WebAcl,
  WsgiServer,
} from '../../../src';

type Mutable<T> = { -readonly [K in keyof T]?: T[K] };

/** A stack of a user, in parts that can be changed one by one before it is written. */
export class Draft {
  public id = 'Web';
  public readonly props: Mutable<FlaskFargateServiceProps> = {};
  public balancer: 'internetFacing' | 'internal' | 'shared' | 'none' | undefined;
  public readonly own: Mutable<LoadBalancingOptions> = {};
  public shared: Mutable<SharedListenerOptions> & { arn?: string } = {};
  public firewall?: Mutable<ManagedRulesOptions>;
  public strategy: 'rolling' | 'blueGreen' | 'linear' | 'canary' = 'rolling';
  public readonly rolling: Mutable<RollingDeploymentOptions> = {};
  public readonly shift: Mutable<LinearDeploymentOptions & CanaryDeploymentOptions> = {};
  public readonly healthCheck: Mutable<FlaskHealthCheckOptions> & { path?: string } = {};
  public server: 'gunicorn' | 'granian' | 'custom' = 'gunicorn';
  public readonly serverOptions: Mutable<GunicornOptions & GranianOptions> & {
    environment?: { [key: string]: string };
    command?: string[];
  } = {};
  public spot?: Mutable<SpotCapacityOptions>;
  public drainBeforeStop?: boolean;
  public readonly logging: Mutable<LoggingOptions> = {};
  public readonly monitoring: Mutable<MonitoringOptions> = {};
  public readonly alarms: Mutable<AlarmOptions> = {};
  public readonly hardening: Mutable<HardeningOptions> = {};
  public worker?: Mutable<FlaskWorkerOptions>;
  public task?: Mutable<FlaskTaskOptions>;
  public schedule?: Mutable<FlaskScheduledTaskOptions>;
  public releaseTask?: Mutable<FlaskReleaseTaskOptions>;
  public sidecar?: Mutable<SidecarOptions>;
  public openTelemetry?: Mutable<OpenTelemetryOptions>;
  public fileSystem?: Mutable<FileSystemOptions>;
  public database?: Mutable<DatabaseConnectionOptions>;
  public cache?: Mutable<CacheConnectionOptions>;
  public secretKey?: Mutable<FlaskSecretKeyProps>;
  public repository?: Mutable<FlaskRepositoryProps>;
  public discovery?: Mutable<DiscoveryOptions> & { name?: string };
  /** What else is done with the service. */
  public readonly actions: ((web: FlaskFargateService) => void)[] = [];
  /** The same, one for each name. */
  public readonly named = new Map<string, (web: FlaskFargateService) => void>();
  private readonly made = new Map<string, unknown>();

  public constructor(public readonly stack: Stack) {}

  /** A thing that exists in the account already, under an id of its own. */
  private existing<T>(id: string, make: (id: string) => T): T {
    if (!this.made.has(id)) {
      this.made.set(id, make(id));
    }
    return this.made.get(id) as T;
  }

  public arn(service: string, resource: string): string {
    return `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
  }

  public get key() {
    return this.existing('Key', (id) => Key.fromKeyArn(this.stack, id, this.arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab')));
  }

  public get zone() {
    return this.existing('Zone', (id) =>
      HostedZone.fromHostedZoneAttributes(this.stack, id, { hostedZoneId: 'Z23ABC4XYZL05B', zoneName: 'example.com' }),
    );
  }

  public secretOf(name: string) {
    return this.existing(`Secret${name}`, (id) =>
      Secret.fromSecretCompleteArn(this.stack, id, this.arn('secretsmanager', `secret:${name}-AbCdEf`)),
    );
  }

  public listener(name: string): IApplicationListener {
    return this.existing(`Listener${name}`, (id) =>
      ApplicationListener.fromApplicationListenerAttributes(this.stack, id, {
        listenerArn: this.arn('elasticloadbalancing', `listener/app/${name}/50dc6c495c0c9188/f2f7dc8efc522ab2`),
        securityGroup: SecurityGroup.fromSecurityGroupId(this.stack, `Group${id}`, `sg-${name}`),
      }),
    );
  }

  public get vpc() {
    return this.existing('GivenVpc', (id) =>
      Vpc.fromVpcAttributes(this.stack, id, {
        vpcId: 'vpc-1',
        vpcCidrBlock: '10.9.0.0/16',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        publicSubnetIds: ['subnet-p1', 'subnet-p2'],
        publicSubnetRouteTableIds: ['rtb-p1', 'rtb-p2'],
        privateSubnetIds: ['subnet-t1', 'subnet-t2'],
        privateSubnetRouteTableIds: ['rtb-t1', 'rtb-t2'],
        isolatedSubnetIds: ['subnet-i1', 'subnet-i2'],
        isolatedSubnetRouteTableIds: ['rtb-i1', 'rtb-i2'],
      }),
    );
  }

  public get cluster() {
    return this.existing('GivenCluster', (id) => Cluster.fromClusterAttributes(this.stack, id, { clusterName: 'shared', vpc: this.vpc }));
  }

  public get registry() {
    return this.existing('Registry', (id) => Repository.fromRepositoryName(this.stack, id, 'shop'));
  }

  /** Makes the service of it, and what is added to it. */
  public render(): FlaskFargateService {
    const { stack, alarms, monitoring } = this;
    const repository = this.repository && new FlaskRepository(stack, 'Repository', this.repository);
    const web = new FlaskFargateService(stack, this.id, {
      image: repository
        ? FlaskImage.fromRepository(repository, '1')
        : FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1')),
      ...optional('loadBalancing', this.loadBalancing()),
      ...this.props,
      ...optional('deployment', this.deployment()),
      ...optional('server', this.wsgiServer()),
      ...optional('healthCheck', this.check()),
      ...optional('capacity', this.capacity()),
      ...optional('logging', filled(this.logging)),
      ...optional('hardening', filled(this.hardening)),
      ...optional('monitoring', filled({ ...monitoring, ...(filled(alarms) ? { alarms } : {}) })),
    });
    this.addTo(web);
    for (const action of [...this.actions, ...this.named.values()]) {
      action(web);
    }
    return web;
  }

  private addTo(web: FlaskFargateService): void {
    const command = ['flask', 'work'];
    if (this.database) {
      web.connectToDatabase(this.databaseInstance(), { databaseName: 'shop', ...this.database });
    }
    if (this.cache) {
      web.connectToCache(SecurityGroup.fromSecurityGroupId(this.stack, 'CacheGroup', 'sg-cache'), {
        address: 'cache.example.com',
        ...this.cache,
      });
    }
    if (this.fileSystem) {
      web.addFileSystem('media', { fileSystem: this.efs('Media'), containerPath: '/media', ...this.fileSystem });
    }
    if (this.secretKey) {
      web.useSecretKey(new FlaskSecretKey(web, 'SecretKey', this.secretKey));
    }
    if (this.releaseTask) {
      web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'], ...this.releaseTask });
    }
    if (this.worker) {
      web.addWorker('Worker', { command, ...this.worker });
    }
    if (this.task) {
      web.addTask('Shell', { command, ...this.task });
    }
    if (this.schedule) {
      web.addScheduledTask('Nightly', { command, schedule: ScheduleExpression.cron({ hour: '3', minute: '0' }), ...this.schedule });
    }
    if (this.sidecar) {
      web.addSidecar('Proxy', { image: ContainerImage.fromRegistry('example.com/proxy:1'), ...this.sidecar });
    }
    if (this.openTelemetry) {
      web.addOpenTelemetry(this.openTelemetry);
    }
    if (this.discovery) {
      const { name, ...options } = this.discovery;
      name === undefined ? web.discoverServices(options) : web.discoverableAs(name, options);
    }
  }

  public databaseInstance() {
    return this.existing('Database', (id) =>
      Object.assign(
        DatabaseInstance.fromDatabaseInstanceAttributes(this.stack, id, {
          instanceIdentifier: 'shop',
          instanceEndpointAddress: 'shop.example.com',
          port: 5432,
          securityGroups: [SecurityGroup.fromSecurityGroupId(this.stack, `${id}Group`, 'sg-database')],
          engine: DatabaseInstanceEngine.POSTGRES,
        }),
        { secret: this.secretOf('database') },
      ),
    );
  }

  public efs(id: string) {
    return this.existing(id, () =>
      FileSystem.fromFileSystemAttributes(this.stack, id, {
        fileSystemId: 'fs-1',
        securityGroup: SecurityGroup.fromSecurityGroupId(this.stack, `${id}Group`, 'sg-files'),
      }),
    );
  }

  public accessPoint() {
    return this.existing('AccessPoint', (id) =>
      AccessPoint.fromAccessPointAttributes(this.stack, id, { accessPointId: 'fsap-1', fileSystem: this.efs('Media') }),
    );
  }

  private loadBalancing(): LoadBalancing | undefined {
    const own = { ...this.own, ...(this.firewall ? { webAcl: WebAcl.managedRules(this.firewall) } : {}) };
    switch (this.balancer) {
      case 'none':
        return LoadBalancing.none();
      case 'shared': {
        const { arn = 'shared', ...options } = this.shared;
        const { signIn, stickiness, slowStart, algorithm, deregistrationDelay } = this.own;
        const targets = { signIn, stickiness, slowStart, algorithm, deregistrationDelay };
        return LoadBalancing.sharedListener(this.listener(arn), {
          hosts: ['shop.example.com'],
          priority: 100,
          https: true,
          ...targets,
          ...options,
        });
      }
      case 'internal':
        return LoadBalancing.internal(own);
      case 'internetFacing':
        return LoadBalancing.internetFacing(own);
      default:
        return filled(own) && LoadBalancing.internetFacing(own);
    }
  }

  private deployment(): FlaskDeployment | undefined {
    return this.strategy === 'rolling'
      ? filled(this.rolling) && FlaskDeployment.rolling(this.rolling)
      : FlaskDeployment[this.strategy](this.shift);
  }

  private wsgiServer(): WsgiServer | undefined {
    const { command, environment, ...options } = this.serverOptions;
    switch (this.server) {
      case 'custom':
        return WsgiServer.custom({ command: command ?? ['waitress-serve', 'app:app'], environment, ...options });
      case 'granian':
        return WsgiServer.granian(options);
      default:
        return filled(options) && WsgiServer.gunicorn(options);
    }
  }

  private check(): FlaskHealthCheck | undefined {
    const { path = '/', ...options } = this.healthCheck;
    return filled(this.healthCheck) && FlaskHealthCheck.path(path, options);
  }

  private capacity(): Capacity | undefined {
    const ends = this.drainBeforeStop === undefined ? {} : { drainBeforeStop: this.drainBeforeStop };
    return this.spot ? Capacity.spot({ ...this.spot, ...ends }) : filled(ends) && Capacity.onDemand(ends);
  }
}

/** The options, if there is one. */
function filled<T extends object>(options: T): T | undefined {
  return Object.values(options).some((value) => value !== undefined) ? options : undefined;
}

function optional<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: T };
}
