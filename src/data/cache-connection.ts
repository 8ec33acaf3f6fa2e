import { Port } from 'aws-cdk-lib/aws-ec2';
import type { Secret } from 'aws-cdk-lib/aws-ecs';
import { textOf } from '../private/text';
import { requireInteger, requirePattern } from '../private/validation';
import type { DataConnection } from './database-connection';

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
}

/** The way to a cache, and the variables that tell of it. */
export function cacheConnection(options: CacheConnectionOptions): DataConnection {
  const { address, port = 6379, tls = true, password, prefix = 'CACHE' } = options;
  requirePattern('address', address, /^[A-Za-z0-9.-]+$/, "a host name without a scheme and a port, such as 'cache.example.com'");
  requireInteger('port of the cache', port, 1, 65535);
  requirePattern('prefix', prefix, /^[A-Z][A-Z0-9_]*$/, "the begin of the name of a variable, such as 'CACHE' or 'SESSION_CACHE'");
  return {
    port: Port.tcp(port),
    environment: { [`${prefix}_URL`]: `${tls ? 'rediss' : 'redis'}://${address}:${textOf(port)}/0` },
    secrets: password ? { [`${prefix}_PASSWORD`]: password } : {},
    remedy: 'connect another cache with a prefix of its own',
  };
}
