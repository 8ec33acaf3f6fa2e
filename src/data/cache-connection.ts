import { Port } from 'aws-cdk-lib/aws-ec2';
import type { Secret } from 'aws-cdk-lib/aws-ecs';
import { CfnReplicationGroup, CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { Reference, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { textOf } from '../private/text';
import { fail, requireInteger, requirePattern } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import { type DataConnection, requireVariableName } from './data-connection';

/** Other names for the variables of a cache, where the app reads other ones. */
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
   * @default 6379
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
  const { address, port = 6379, tls = true, password, prefix = 'CACHE', names = {} } = options;
  requirePattern('address', address, /^[A-Za-z0-9.-]+$/, "a host name without a scheme and a port, such as 'cache.example.com'");
  requireInteger('port of the cache', port, 1, 65535);
  requirePattern('prefix', prefix, /^[A-Z][A-Z0-9_]*$/, "the begin of the name of a variable, such as 'CACHE' or 'SESSION_CACHE'");
  requireVariableName('names.url', names.url);
  requireVariableName('names.password', names.password);
  requireSameEncryption(address, tls);
  // Celery refuses an encrypted URL that does not say whether the certificate is checked; redis-py, which checks it anyway, takes it too
  const query = tls ? '?ssl_cert_reqs=required' : '';
  return {
    port: Port.tcp(port),
    environment: { [names.url ?? `${prefix}_URL`]: `${tls ? 'rediss' : 'redis'}://${address}:${textOf(port)}/0${query}` },
    secrets: password ? { [names.password ?? `${prefix}_PASSWORD`]: password } : {},
    remedy: 'connect another cache with a prefix of its own',
  };
}

/** A cache in cluster mode answers some keys with `MOVED`, which plain clients take for an error. */
export function adviseOnCache(scope: Construct, { address }: CacheConnectionOptions): void {
  const cache = resourceOf(address);
  const sharded =
    cache instanceof CfnServerlessCache ||
    (cache instanceof CfnReplicationGroup && (cache.clusterMode === 'enabled' || (cache.numNodeGroups ?? 1) > 1));
  if (sharded) {
    warn(
      scope,
      WARNINGS.CLUSTER_MODE,
      `the cache ${cache.node.path} is in cluster mode, ${cache instanceof CfnServerlessCache ? 'as every serverless cache is' : 'as it has shards'}: the app must use redis.RedisCluster.from_url(), and Celery, RQ, Flask-Caching and Flask-SocketIO fail with it; take FlaskCache.valkey() or a replication group without cluster mode for those`,
    );
  }
}

/** A replication group says whether it is encrypted, and a URL that says otherwise never connects. */
function requireSameEncryption(address: string, tls: boolean): void {
  const cache = resourceOf(address);
  if (!(cache instanceof CfnReplicationGroup)) {
    return;
  }
  const encrypted = cache.transitEncryptionEnabled ?? false;
  if (!Token.isUnresolved(encrypted) && encrypted !== tls && cache.transitEncryptionMode !== 'preferred') {
    fail(
      encrypted
        ? `the replication group ${cache.node.path} takes encrypted connections only, got tls: false; leave tls out`
        : `the replication group ${cache.node.path} has no encryption on the way, got tls: true; set transitEncryptionEnabled there, or tls: false here`,
    );
  }
}

/** What an address is an attribute of. */
function resourceOf(address: string): IConstruct | undefined {
  const [token] = Token.isUnresolved(address) ? Tokenization.reverseString(address).tokens : [];
  return Reference.isReference(token) ? token.target : undefined;
}
