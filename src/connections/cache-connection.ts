import { Port } from 'aws-cdk-lib/aws-ec2';
import type { Secret } from 'aws-cdk-lib/aws-ecs';
import { CfnCacheCluster, CfnReplicationGroup, CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { type CfnResource, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { textOf } from '../private/text';
import { fail, requireInteger, requirePattern } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import { type DataConnection, requireVariableName } from './data-connection';
import { resourceOf } from './resource-of';

const DEFAULT_PORT = 6379;

/** Other names for the variables of a cache, if the app reads other ones. */
export interface CacheVariableNames {
  /**
   * The URL, for example `CELERY_BROKER_URL`, or `FLASK_CACHE_REDIS_URL` for `app.config.from_prefixed_env()`.
   *
   * @default - the prefix and `_URL`
   */
  readonly url?: string;

  /**
   * The password.
   *
   * @default - the prefix and `_PASSWORD`
   */
  readonly password?: string;
}

/** How the app reaches a cache that speaks the protocol of Redis: Amazon ElastiCache for Valkey or Redis OSS, Amazon MemoryDB. */
export interface CacheConnectionOptions {
  /** The host name, for example `cache.attrEndpointAddress`. */
  readonly address: string;

  /**
   * The port, 1 to 65535.
   *
   * @default - the one of the L1 construct that the address is an attribute of, else 6379
   */
  readonly port?: number;

  /**
   * Whether the connection is encrypted. A serverless cache takes no other.
   *
   * @default true
   */
  readonly tls?: boolean;

  /**
   * The password, as a secret: `CACHE_PASSWORD`.
   *
   * @default - none
   */
  readonly password?: Secret;

  /**
   * What the names of the variables begin with. Each cache of an app needs one of its own.
   *
   * @default 'CACHE'
   */
  readonly prefix?: string;

  /**
   * Other names for the variables.
   *
   * @default - the prefix and `_URL`, the prefix and `_PASSWORD`
   */
  readonly names?: CacheVariableNames;
}

/** The way to a cache, and the variables that tell of it. */
export function cacheConnection(options: CacheConnectionOptions): DataConnection {
  const { address, port = knownPortOf(address) ?? DEFAULT_PORT, tls = true, password, prefix = 'CACHE', names = {} } = options;
  requirePattern('address', address, /^[A-Za-z0-9.-]+$/, "a host name without a scheme and a port, such as 'cache.example.com'");
  requireInteger('port of the cache', port, 1, 65535);
  requirePattern('prefix', prefix, /^[A-Z][A-Z0-9_]*$/, "the begin of the name of a variable, such as 'CACHE' or 'SESSION_CACHE'");
  requireVariableName('names.url', names.url);
  requireVariableName('names.password', names.password);
  if (names.password !== undefined && password === undefined) {
    fail(`names.password is for the password of a cache, got '${names.password}' and no password; leave names.password out`);
  }
  requireRedis(address);
  requireSameEncryption(address, tls);
  // Celery refuses an encrypted URL that does not say whether the certificate is checked; redis-py, which checks it anyway, takes it too
  const query = tls ? '?ssl_cert_reqs=required' : '';
  return {
    // a number wherever one is known: the port of a cache in another stack is a text there, which a rule does not take
    port: Port.tcp(Token.isUnresolved(port) ? (knownPortOf(address) ?? port) : port),
    environment: { [names.url ?? `${prefix}_URL`]: `${tls ? 'rediss' : 'redis'}://${address}:${textOf(port)}/0${query}` },
    secrets: password ? { [names.password ?? `${prefix}_PASSWORD`]: password } : {},
    remedy: 'connect another cache with a prefix of its own',
  };
}

/** A cache in cluster mode answers some keys with `MOVED` or `CROSSSLOT`, which plain clients take for an error. */
export function adviseOnCache(scope: Construct, { address }: CacheConnectionOptions): void {
  const cache = resourceOf(address);
  const reason = cache && reasonOfClusterMode(cache);
  if (cache && reason) {
    warn(
      scope,
      WARNINGS.CLUSTER_MODE,
      `the cache ${cache.node.path} is in cluster mode, ${reason}: the app must use redis.RedisCluster.from_url(), and Celery, RQ, Flask-Caching and Flask-SocketIO fail with it; use FlaskCache.valkey() or a replication group without cluster mode for those`,
    );
  }
}

function reasonOfClusterMode(cache: CfnResource): string | undefined {
  if (cache instanceof CfnServerlessCache) {
    return 'as every serverless cache is';
  }
  if (isMemoryDb(cache)) {
    return 'as every cluster of MemoryDB is';
  }
  const isSharded = cache instanceof CfnReplicationGroup && (cache.clusterMode === 'enabled' || (cache.numNodeGroups ?? 1) > 1);
  return isSharded ? 'as it has shards' : undefined;
}

/** By its type: its module is not loaded for one check. */
function isMemoryDb(cache: CfnResource): boolean {
  return cache.cfnResourceType === 'AWS::MemoryDB::Cluster';
}

/** A cache says whether it is encrypted, and a URL that says otherwise never connects. Undefined where it takes both, or where nothing tells it. */
function encryptionOf(cache: CfnResource): boolean | undefined {
  const known = (value: unknown) => (Token.isUnresolved(value) ? undefined : (value as boolean | undefined));
  if (cache instanceof CfnServerlessCache) {
    return true;
  }
  if (isMemoryDb(cache)) {
    return known((cache as CfnResource & { readonly tlsEnabled?: unknown }).tlsEnabled ?? true);
  }
  if (cache instanceof CfnReplicationGroup) {
    return cache.transitEncryptionMode === 'preferred' ? undefined : known(cache.transitEncryptionEnabled ?? false);
  }
  return cache instanceof CfnCacheCluster ? known(cache.transitEncryptionEnabled ?? false) : undefined;
}

function requireSameEncryption(address: string, tls: boolean): void {
  const cache = resourceOf(address);
  const encrypted = cache && encryptionOf(cache);
  if (cache === undefined || encrypted === undefined || encrypted === tls) {
    return;
  }
  fail(
    encrypted
      ? `the cache ${cache.node.path} accepts encrypted connections only, got tls set to false; leave tls out`
      : `the cache ${cache.node.path} has no encryption in transit, got tls set to true; turn it on there, or set tls to false here`,
  );
}

function requireRedis(address: string): void {
  const cache = resourceOf(address);
  if (cache instanceof CfnCacheCluster && cache.engine === 'memcached') {
    fail(
      `a cache must speak the protocol of Redis, got ${cache.node.path} of memcached; use FlaskCache.valkey(), or connectTo() and addEnvironment()`,
    );
  }
}

/** The port that a cache listens at, as its template says it; undefined where nothing tells it. */
function knownPortOf(address: string): number | undefined {
  const cache = resourceOf(address);
  const port = cache && ((cache as CfnResource & { readonly port?: number }).port ?? DEFAULT_PORT);
  return Token.isUnresolved(port) ? undefined : port;
}
