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
}

/** What is known of an instance, a cluster or a proxy; they have no type in common that says it. */
interface Server {
  readonly host: string;
  readonly port: string;
  readonly isPostgres: boolean;
  /** Where security groups have to be opened, if it is not the default port of the construct. */
  readonly portToOpen?: Port;
  readonly name?: string;
}

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
      `the secret with the user and the password of ${nameOf(database)} is not known: a proxy and a database that is imported have none; give it as secret`,
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
    requirePattern('scheme', scheme, /^postgres(ql)?(\+[a-z0-9_]+)?$/, "'postgresql', or with a driver 'postgresql+psycopg'");
    if (!server.isPostgres) {
      fail(
        `DatabaseVariables.URL is for PostgreSQL, whose client takes user and password from PGUSER and PGPASSWORD, got another engine with ${nameOf(database)}; use DatabaseVariables.PARTS`,
      );
    }
    return {
      port,
      environment: { [`${prefix}_URL`]: `${scheme}://${server.host}:${server.port}/${name}` },
      secrets: { PGUSER: user, PGPASSWORD: password },
    };
  }
  return {
    port,
    environment: { [`${prefix}_HOST`]: server.host, [`${prefix}_PORT`]: server.port, [`${prefix}_NAME`]: name },
    secrets: { [`${prefix}_USER`]: user, [`${prefix}_PASSWORD`]: password },
  };
}

function serverOf(database: IConnectable): Server {
  const { instanceEndpoint, engine } = database as Partial<IDatabaseInstance>;
  const { clusterEndpoint, engine: clusterEngine } = database as Partial<IDatabaseCluster>;
  const { dbProxyArn, endpoint } = database as Partial<IDatabaseProxy>;
  const resource = (database as unknown as Partial<IConstruct>).node?.defaultChild;
  if (instanceEndpoint) {
    const name = resource instanceof CfnDBInstance ? resource.dbName : undefined;
    return { ...addressOf(instanceEndpoint), isPostgres: isPostgres(engine?.engineFamily ?? engine?.engineType), name };
  }
  if (clusterEndpoint) {
    const name = resource instanceof CfnDBCluster ? resource.databaseName : undefined;
    return { ...addressOf(clusterEndpoint), isPostgres: isPostgres(clusterEngine?.engineFamily ?? clusterEngine?.engineType), name };
  }
  if (dbProxyArn && endpoint) {
    const postgres = isPostgres(resource instanceof CfnDBProxy ? resource.engineFamily : undefined);
    const port = postgres ? 5432 : 3306;
    return { host: endpoint, port: `${port}`, isPostgres: postgres, portToOpen: Port.tcp(port) };
  }
  return fail(`a database must be an instance, a cluster or a proxy of Amazon RDS, got ${nameOf(database)}`);
}

function addressOf({ hostname, port }: Endpoint): { host: string; port: string } {
  return { host: hostname, port: textOf(port) };
}

/** Of an imported database nothing is known; the scheme that the user gives says that it is PostgreSQL. */
function isPostgres(engine = 'postgres'): boolean {
  return /postgres/i.test(engine);
}

function nameOf(database: IConnectable): string {
  return Construct.isConstruct(database) ? database.node.path : `${(database as object).constructor?.name ?? typeof database}`;
}
