import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnDBCluster, CfnDBInstance, type IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { adviseOnCache, type CacheConnectionOptions, cacheConnection } from '../connections/cache-connection';
import { adviseOnConnectionCount } from '../connections/connection-advice';
import { type DatabaseConnectionOptions, databaseConnection } from '../connections/database-connection';
import { nameOf } from '../connections/database-server';
import { fail } from '../private/validation';
import type { ProcessHost } from '../processes/process-host';

/** The service: a construct that is granted rights. */
type App = Construct & IGrantable;

/** @internal */
export function connectToDatabase(host: ProcessHost, app: App, database: IConnectable, options: DatabaseConnectionOptions): void {
  const { secret, ...connection } = databaseConnection(database, options, host.concurrency);
  host.connectTo(database, connection);
  adviseOnConnectionCount(app, database, host.concurrency);
  if (options.iamUser !== undefined) {
    grantConnect(app, database, options.iamUser);
  }
  if (secret) {
    if (options.restartOnSecretChange ?? true) {
      host.restartOn(secret);
    }
    host.watchRotation(secret);
  }
}

/** @internal */
export function connectToCache(host: ProcessHost, app: App, cache: IConnectable, options: CacheConnectionOptions): void {
  host.connectTo(cache, cacheConnection(options));
  adviseOnCache(app, options);
}

function grantConnect(app: App, database: IConnectable, user: string): void {
  const resource = (database as unknown as Partial<IConstruct>).node?.defaultChild;
  const isResource = resource instanceof CfnDBInstance || resource instanceof CfnDBCluster;
  // the L2 says it lazily: where nothing is said, the grant turns it on
  if (isResource && Stack.of(resource).resolve(resource.enableIamDatabaseAuthentication) === false) {
    fail(
      `iamUser needs a database that accepts tokens of IAM, got ${nameOf(database)} with iamAuthentication set to false; leave iamAuthentication out there`,
    );
  }
  // instances, clusters and proxies have it, and no type in common
  (database as unknown as Pick<IDatabaseInstance, 'grantConnect'>).grantConnect(app, user);
}
