import { Connections, type IConnectable, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import { Fn, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { CacheVariableNames } from '../connections/cache-connection';
import { pathBesideInErrors } from '../private/path-in-errors';
import { requirePattern } from '../private/validation';
import type { IFlaskService } from '../processes/flask-service';
import { processHostOf } from '../processes/process-host';
import { stageOf } from '../stage/stage-of';
import { connectToCache } from './connect';
import { requireZones } from './data-zones';

/** What a cache is for. One that is full drops keys or refuses new ones, and no cache is right for both. */
export enum CacheUse {
  /** Flask-Caching, Flask-Limiter, sessions: `CACHE_URL`. One that is full drops the keys that were used least recently, and its contents may go at any time. */
  CACHE = 'cache',

  /** Celery, RQ, Flask-SocketIO: `CELERY_BROKER_URL`, which Celery reads by itself. It drops nothing, and production keeps snapshots of seven days. */
  BROKER = 'broker',
}

/** A cache or a broker of an app. */
export interface FlaskCacheOptions {
  /** What it is for. */
  readonly use: CacheUse;

  /** The version of Valkey, `8.2` for example; the first is 7.2. It has no default: one would age. There is no way back to a lower one. */
  readonly version: string;

  /**
   * The names of the variables. A second cache of an app needs names of its own.
   *
   * @default - `CACHE_URL` or `CELERY_BROKER_URL`
   */
  readonly names?: CacheVariableNames;
}

const PORT = 6379;
/** The first is 7.2, and the second of 8 and later has one digit so far. */
const VERSION = /^(7\.[2-9]|([89]|[1-9]\d)\.\d)$/;

/**
 * Valkey on Amazon ElastiCache in one line, connected to every process of the app. The CDK has no L2 construct for ElastiCache, so this is one: a
 * replication group with its security group, without cluster mode because Celery, RQ and plain clients need that. Set everything else on `replicationGroup`.
 *
 * | Default | `production` | `development`, `ephemeral` | Because |
 * |---|---|---|---|
 * | nodes | 2, in two zones, with failover | 1 | a node that is replaced is unavailable for minutes |
 * | node type | cache.t4g.small, 1.37 GiB | cache.t4g.micro, 0.5 GiB | the smallest with room for a peak; the cheapest |
 * | snapshots of a broker | 7 days, and one on removal | none | jobs are data, what is cached is not |
 * | a month in us-east-1 | $37 | $9 | docs/cost.md |
 *
 * From one node to two, that is from `development` to `production`, takes two deployments: docs/updates.md has the steps.
 *
 * In every stage: encrypted in transit and at rest, in `web.dataSubnets`, with access by security groups alone.
 */
@pathBesideInErrors
export class FlaskCache extends Construct implements IConnectable {
  /**
   * Valkey, which clients of Redis OSS can use, at 20 % less.
   *
   * @param web the service; the cache stands beside it
   * @param id the id of the cache in the scope of the service
   * @param options what it is for, and the version
   * @example
   * import { CacheUse, FlaskCache, FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * FlaskCache.valkey(web, 'Broker', { use: CacheUse.BROKER, version: '8.2' });
   */
  public static valkey(web: IFlaskService, id: string, options: FlaskCacheOptions): FlaskCache {
    requirePattern('version of Valkey', options.version, VERSION, "a major and a minor version from 7.2 on, such as '8.2'");
    return new FlaskCache(web.node.scope as Construct, id, web, options);
  }

  /** The network connections of the cache. */
  public readonly connections: Connections;

  /** The resource, on which the rest is set. */
  public readonly replicationGroup: CfnReplicationGroup;

  /** The parameters of the engine, on which more are set. */
  public readonly parameterGroup: CfnParameterGroup;

  /** The host name of the node that takes writes. */
  public readonly address: string;

  private constructor(scope: Construct, id: string, web: IFlaskService, { use, version, names }: FlaskCacheOptions) {
    super(scope, id);
    const isBroker = use === CacheUse.BROKER;
    const { dataStandby, dataRemovalPolicy } = stageOf(web);
    const isKept = isBroker && dataRemovalPolicy !== RemovalPolicy.DESTROY;
    if (dataStandby) {
      requireZones('a cache with a standby', web);
    }
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: web.vpc,
      description: 'cache of the Flask app',
      allowAllOutbound: false,
    });
    this.connections = new Connections({ securityGroups: [securityGroup], defaultPort: Port.tcp(PORT) });
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      description: 'cache of the Flask app',
      subnetIds: web.vpc.selectSubnets(web.dataSubnets).subnetIds,
    });
    this.parameterGroup = new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: `valkey${Fn.select(0, Fn.split('.', version))}`,
      description: 'cache of the Flask app',
      // Celery loses jobs where the broker drops keys; a cache that refuses new ones is of no use
      properties: { 'maxmemory-policy': isBroker ? 'noeviction' : 'allkeys-lru' },
    });
    this.replicationGroup = new CfnReplicationGroup(this, 'Resource', {
      replicationGroupDescription: isBroker ? 'broker of the Flask app' : 'cache of the Flask app',
      engine: 'valkey',
      engineVersion: version,
      cacheNodeType: dataStandby ? 'cache.t4g.small' : 'cache.t4g.micro',
      numCacheClusters: dataStandby ? 2 : 1,
      automaticFailoverEnabled: dataStandby,
      multiAzEnabled: dataStandby,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      autoMinorVersionUpgrade: true,
      port: PORT,
      cacheSubnetGroupName: subnets.ref,
      cacheParameterGroupName: this.parameterGroup.ref,
      securityGroupIds: [securityGroup.securityGroupId],
      snapshotRetentionLimit: isKept ? 7 : 0,
    });
    this.replicationGroup.applyRemovalPolicy(isKept ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY);
    this.address = this.replicationGroup.attrPrimaryEndPointAddress;
    connectToCache(processHostOf(web), web, this, {
      address: this.address,
      port: PORT,
      names: isBroker ? { url: 'CELERY_BROKER_URL', ...names } : names,
    });
  }
}
