import { type IConnectable, Port } from 'aws-cdk-lib/aws-ec2';
import {
  CfnDBCluster,
  CfnDBInstance,
  CfnDBParameterGroup,
  CfnDBProxy,
  type Endpoint,
  type IDatabaseCluster,
  type IDatabaseInstance,
  type IDatabaseProxy,
} from 'aws-cdk-lib/aws-rds';
import { CfnSecret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { textOf } from '../private/text';
import { fail } from '../private/validation';
import { requireDatabaseName, requireUserName } from './database-names';
import { resourceOf } from './resource-of';

/**
 * What is known of an instance, a cluster or a proxy. They have no common type that says so.
 *
 * @internal
 */
export interface DatabaseServer {
  readonly host: string;
  readonly port: string;
  /** `postgres`, `aurora-mysql` and the like. Undefined where nothing tells it. */
  readonly engine?: string;
  /** The port that security groups open: a number wherever one is known, because a reference to another stack is a string, which a rule does not accept. */
  readonly portToOpen: Port;
  readonly name?: string;
  /** The user of the master's secret, where it is written in the template. */
  readonly user?: string;
  /** For example `db.t4g.medium`. */
  readonly instanceClass?: string;
  /** `max_connections` of a parameter group of its own: a number, or the formula that RDS calculates it by. */
  readonly maxConnections?: string;
}

export type EngineFamily = 'postgresql' | 'mysql' | 'other';

/** PostgreSQL, MySQL with MariaDB, or another. Undefined where the engine is not known. */
export function familyOf(engine: string | undefined): EngineFamily | undefined {
  if (engine === undefined || Token.isUnresolved(engine)) {
    return undefined;
  }
  if (/postgres/i.test(engine)) {
    return 'postgresql';
  }
  return /mysql|mariadb|^aurora$/i.test(engine) ? 'mysql' : 'other';
}

/** The port that an engine listens at by default, also that of a proxy. */
const DEFAULT_PORTS: readonly [RegExp, number][] = [
  [/postgres/i, 5432],
  [/mysql|mariadb|^aurora$/i, 3306],
  [/sqlserver/i, 1433],
  [/oracle/i, 1521],
  [/db2/i, 50_000],
];

export function serverOf(database: IConnectable): DatabaseServer {
  const { instanceEndpoint, engine } = database as Partial<IDatabaseInstance>;
  const { clusterEndpoint, engine: clusterEngine } = database as Partial<IDatabaseCluster>;
  const { dbProxyArn, endpoint } = database as Partial<IDatabaseProxy>;
  // what is imported has no resource; that of Amazon DocumentDB is another
  const resource = (database as unknown as Partial<IConstruct>).node?.defaultChild;
  if (instanceEndpoint && (!resource || resource instanceof CfnDBInstance)) {
    const name = engine?.engineType ?? resource?.engine ?? sourceOf(resource)?.engine;
    requireDatabaseName(nameOf(database), name, resource?.dbName);
    const user = userOf(database, resource?.masterUsername);
    requireUserName(nameOf(database), name, user);
    return {
      ...addressOf(database, instanceEndpoint, name, resource?.port),
      engine: name,
      name: resource?.dbName,
      user,
      // the L2 says it lazily
      instanceClass: resource && Stack.of(resource).resolve(resource.dbInstanceClass),
      maxConnections: resource && parameterOf(resource, 'max_connections'),
    };
  }
  if (clusterEndpoint && (!resource || resource instanceof CfnDBCluster)) {
    const name = clusterEngine?.engineType ?? resource?.engine;
    requireDatabaseName(nameOf(database), name, resource?.databaseName);
    const user = userOf(database, resource?.masterUsername);
    requireUserName(nameOf(database), name, user);
    return {
      ...addressOf(database, clusterEndpoint, name, resource?.port),
      engine: name,
      name: resource?.databaseName,
      user,
    };
  }
  if (dbProxyArn && endpoint && resource instanceof CfnDBProxy) {
    const port = defaultPortOf(resource.engineFamily) as number;
    return { host: endpoint, port: `${port}`, engine: resource.engineFamily, portToOpen: Port.tcp(port) };
  }
  return fail(`a database must be an instance, a cluster or a proxy of Amazon RDS, got ${nameOf(database)}`);
}

/** What a read replica copies, where it is in the same stack: the replica itself has no word of its engine. */
function sourceOf(replica: CfnDBInstance | undefined): CfnDBInstance | undefined {
  if (replica?.sourceDbInstanceIdentifier === undefined) {
    return undefined;
  }
  // an ARN that is put together, so it is compared as it stands in the template
  const { stack } = replica;
  const identifier = JSON.stringify(stack.resolve(replica.sourceDbInstanceIdentifier));
  return stack.node
    .findAll()
    .filter((node) => node instanceof CfnDBInstance)
    .find((source) => source !== replica && identifier.includes(`"${stack.resolve(source.logicalId)}"`));
}

/** A parameter of the group that is made with an instance. */
function parameterOf(instance: CfnDBInstance, parameter: string): string | undefined {
  const group = resourceOf(instance.dbParameterGroupName);
  const parameters = group instanceof CfnDBParameterGroup ? Stack.of(group).resolve(group.parameters) : undefined;
  const value = parameters?.[parameter];
  return value === undefined ? undefined : `${value}`;
}

/** How messages name it. */
export function nameOf(database: IConnectable): string {
  return Construct.isConstruct(database) ? database.node.path : `${(database as object).constructor?.name ?? typeof database}`;
}

/** The user, written in the template or in that of the secret which RDS takes it from; one that begins with a snapshot has that of the secret alone. */
function userOf(database: IConnectable, given: string | undefined): string | undefined {
  const { secret } = database as { readonly secret?: ISecret };
  // the secret of an instance or a cluster is the attachment of one that is made beside it
  const made = secret?.node.scopes.map((scope) => scope.node.defaultChild).find((child) => child instanceof CfnSecret);
  const generated = made?.generateSecretString;
  if ((given !== undefined && !Token.isUnresolved(given)) || !generated || Token.isUnresolved(generated)) {
    return given;
  }
  const { secretStringTemplate } = generated as CfnSecret.GenerateSecretStringProperty;
  if (secretStringTemplate === undefined || Token.isUnresolved(secretStringTemplate)) {
    return given;
  }
  return usernameIn(database, secretStringTemplate) ?? given;
}

function usernameIn(database: IConnectable, secretStringTemplate: string): string | undefined {
  try {
    const { username } = JSON.parse(secretStringTemplate);
    return typeof username === 'string' ? username : undefined;
  } catch {
    return fail(
      `secretStringTemplate of the secret of ${nameOf(database)} must be JSON, got '${secretStringTemplate}'; give '{"username":"app"}', for example`,
    );
  }
}

function addressOf(
  database: IConnectable,
  { hostname, port }: Endpoint,
  engine: string | undefined,
  given: number | string | undefined,
): Pick<DatabaseServer, 'host' | 'port' | 'portToOpen'> {
  // where none is given, RDS takes the engine's
  const known = [port, Number(given ?? Number.NaN), given === undefined ? defaultPortOf(engine) : undefined].find(
    (number) => number !== undefined && !Number.isNaN(number) && !Token.isUnresolved(number),
  );
  const portToOpen = known === undefined ? (database.connections.defaultPort ?? Port.tcp(port)) : Port.tcp(known);
  return { host: hostname, port: textOf(port), portToOpen };
}

function defaultPortOf(engine: string | undefined): number | undefined {
  return engine === undefined ? undefined : DEFAULT_PORTS.find(([pattern]) => pattern.test(engine))?.[1];
}
