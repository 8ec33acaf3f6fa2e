import { type IConnectable, Port } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-ecs';
import {
  CfnDBCluster,
  CfnDBInstance,
  CfnDBProxy,
  type Endpoint,
  type IDatabaseCluster,
  type IDatabaseInstance,
  type IDatabaseProxy,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IConstruct } from 'constructs';
import { textOf } from '../private/text';
import { fail, requirePattern } from '../private/validation';

/** The environment variables that tell the app of its database. */
export enum DatabaseVariables {
  /** `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME`, and as secrets `DATABASE_USER` and `DATABASE_PASSWORD`. For every engine. */
  PARTS = 'parts',

  /**
   * `DATABASE_URL` without a user and a password, and those as secrets in `PGUSER` and `PGPASSWORD`, where the client of PostgreSQL, libpq, finds
   * them: psycopg and asyncpg do as it does. So no password stands in the template, and a rotation of it needs no new URL.
   */
  URL = 'url',
}

/** How the app reaches a database. */
export interface DatabaseConnectionOptions {
  /**
   * The environment variables that tell the app of its database.
   *
   * @default DatabaseVariables.PARTS
   */
  readonly variables?: DatabaseVariables;

  /**
   * What the names of the variables begin with. Each database of an app needs one of its own.
   *
   * @default 'DATABASE'
   */
  readonly prefix?: string;

  /**
   * The secret with the keys `username` and `password`.
   *
   * @default - that of the instance or cluster; a proxy and a database that is imported have none that is known
   */
  readonly secret?: ISecret;

  /**
   * The name of the database within the server.
   *
   * @default - the one that the instance or cluster is made with
   */
  readonly databaseName?: string;

  /**
   * What the URL begins with, in SQLAlchemy's way: `postgresql+psycopg` for psycopg 3. Only for `DatabaseVariables.URL`.
   *
   * @default 'postgresql' - psycopg2 to SQLAlchemy
   */
  readonly scheme?: string;
}

/** @internal */
export interface DataConnection {
  readonly port: Port;
  readonly environment: { readonly [key: string]: string };
  readonly secrets: { readonly [key: string]: Secret };
  /** What to do where a variable is given already. */
  readonly remedy: string;
}

/** What is known of an instance, a cluster or a proxy; they have no type in common that says it. */
interface Server {
  readonly host: string;
  readonly port: string;
  /** `postgres`, `aurora-mysql` and the like; undefined where nothing tells it. */
  readonly engine?: string;
  /** Where security groups have to be opened, if it is not the default port of the construct. */
  readonly portToOpen?: Port;
  readonly name?: string;
}

/** A proxy listens on the port of its engine. */
const PROXY_PORTS: { readonly [engineFamily: string]: number } = { POSTGRESQL: 5432, MYSQL: 3306, SQLSERVER: 1433 };

/** The way to a database, and the variables that tell of it. */
export function databaseConnection(database: IConnectable, options: DatabaseConnectionOptions): DataConnection {
  const { variables = DatabaseVariables.PARTS, prefix = 'DATABASE', scheme = 'postgresql' } = options;
  requirePattern('prefix', prefix, /^[A-Z][A-Z0-9_]*$/, "the begin of the name of a variable, such as 'DATABASE' or 'ORDERS_DATABASE'");
  if (options.scheme !== undefined && variables !== DatabaseVariables.URL) {
    fail(`scheme belongs to DatabaseVariables.URL, got '${options.scheme}' without it; set variables, or leave scheme out`);
  }
  const server = serverOf(database);
  const secret = options.secret ?? (database as { readonly secret?: ISecret }).secret;
  if (!secret) {
    fail(
      `the secret with the user and the password of ${nameOf(database)} is not known: a proxy, a database that is imported and one whose password is given by hand have none; give it as secret`,
    );
  }
  const name = options.databaseName ?? server.name;
  if (name === undefined) {
    fail(
      `the name of the database within ${nameOf(database)} is not known; set databaseName, here or where the instance or cluster is made ('postgres' is always there in PostgreSQL)`,
    );
  }
  const port = server.portToOpen ?? database.connections.defaultPort ?? Port.tcp(5432);
  const user = Secret.fromSecretsManager(secret, 'username');
  const password = Secret.fromSecretsManager(secret, 'password');
  if (variables === DatabaseVariables.URL) {
    requirePattern('scheme', scheme, /^postgresql(\+[a-z0-9_]+)?$/, "'postgresql', or with a driver 'postgresql+psycopg'");
    if (server.engine === undefined && options.scheme === undefined) {
      fail(
        `the engine of ${nameOf(database)} is not known, and DatabaseVariables.URL is for PostgreSQL; if it is that, give scheme: 'postgresql'`,
      );
    }
    if (server.engine !== undefined && !/postgres/i.test(server.engine)) {
      fail(
        `DatabaseVariables.URL is for PostgreSQL, whose client takes user and password from PGUSER and PGPASSWORD, got the engine ${server.engine} with ${nameOf(database)}; use DatabaseVariables.PARTS`,
      );
    }
    return {
      port,
      environment: { [`${prefix}_URL`]: `${scheme}://${server.host}:${server.port}/${name}` },
      secrets: { PGUSER: user, PGPASSWORD: password },
      remedy: 'connect another database with a prefix of its own and DatabaseVariables.PARTS: PGUSER and PGPASSWORD are there once',
    };
  }
  return {
    port,
    environment: { [`${prefix}_HOST`]: server.host, [`${prefix}_PORT`]: server.port, [`${prefix}_NAME`]: name },
    secrets: { [`${prefix}_USER`]: user, [`${prefix}_PASSWORD`]: password },
    remedy: 'connect another database with a prefix of its own',
  };
}

function serverOf(database: IConnectable): Server {
  const { instanceEndpoint, engine } = database as Partial<IDatabaseInstance>;
  const { clusterEndpoint, engine: clusterEngine } = database as Partial<IDatabaseCluster>;
  const { dbProxyArn, endpoint } = database as Partial<IDatabaseProxy>;
  // what is imported has no resource; that of Amazon DocumentDB is another
  const resource = (database as unknown as Partial<IConstruct>).node?.defaultChild;
  if (instanceEndpoint && (!resource || resource instanceof CfnDBInstance)) {
    return { ...addressOf(instanceEndpoint), engine: engine?.engineType ?? resource?.engine, name: resource?.dbName };
  }
  if (clusterEndpoint && (!resource || resource instanceof CfnDBCluster)) {
    return { ...addressOf(clusterEndpoint), engine: clusterEngine?.engineType ?? resource?.engine, name: resource?.databaseName };
  }
  if (dbProxyArn && endpoint && resource instanceof CfnDBProxy) {
    const port = PROXY_PORTS[resource.engineFamily];
    return { host: endpoint, port: `${port}`, engine: resource.engineFamily, portToOpen: Port.tcp(port) };
  }
  return fail(`a database must be an instance, a cluster or a proxy of Amazon RDS, got ${nameOf(database)}`);
}

function addressOf({ hostname, port }: Endpoint): { host: string; port: string } {
  return { host: hostname, port: textOf(port) };
}

function nameOf(database: IConnectable): string {
  return Construct.isConstruct(database) ? database.node.path : `${(database as object).constructor?.name ?? typeof database}`;
}
