import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { fail, requirePattern } from '../private/validation';
import { connectionLimit, poolSize } from './connection-budget';
import { type AppConcurrency, type DataConnection, requireVariableName } from './data-connection';
import { type DatabaseServer, familyOf, nameOf, serverOf } from './database-server';
import { encoded, type SignIn, schemeOf, signInByUrl } from './database-url';

/** The environment variables that tell the app of its database. */
export enum DatabaseVariables {
  /** `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME`, and as secrets `DATABASE_USER` and `DATABASE_PASSWORD`. For every engine and every driver. */
  PARTS = 'parts',

  /**
   * `DATABASE_URL` without a password, and the password as a secret where the client of the database finds it by itself: `PGUSER` and `PGPASSWORD` for
   * PostgreSQL (psycopg, asyncpg), `MYSQL_PWD` for MySQL and MariaDB (mysqlclient). So the template contains no password, a password may have any character,
   * and a rotation needs no new URL.
   */
  URL = 'url',
}

/** Other names for the variables, if the app reads other ones. */
export interface DatabaseVariableNames {
  /**
   * The URL, for example `SQLALCHEMY_DATABASE_URI`, or `FLASK_SQLALCHEMY_DATABASE_URI` for `app.config.from_prefixed_env()`.
   *
   * @default - the prefix and `_URL`
   */
  readonly url?: string;

  /**
   * The host name.
   *
   * @default - the prefix and `_HOST`
   */
  readonly host?: string;

  /**
   * The port.
   *
   * @default - the prefix and `_PORT`
   */
  readonly port?: string;

  /**
   * The name of the database within the server.
   *
   * @default - the prefix and `_NAME`
   */
  readonly databaseName?: string;

  /**
   * The user.
   *
   * @default - the prefix and `_USER`
   */
  readonly user?: string;

  /**
   * The password.
   *
   * @default - the prefix and `_PASSWORD`
   */
  readonly password?: string;
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
   * Other names for single variables.
   *
   * @default - the prefix and `_URL`, or `_HOST`, `_PORT`, `_NAME`, `_USER`, `_PASSWORD`
   */
  readonly names?: DatabaseVariableNames;

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
   * What the URL begins with, in SQLAlchemy's way: `postgresql+psycopg` for psycopg 3, `mysql+mysqldb` for mysqlclient. Only for `DatabaseVariables.URL`, and
   * only drivers that find the password in the environment.
   *
   * @default - `postgresql`, which is psycopg2 to SQLAlchemy, or `mysql`, which is mysqlclient
   */
  readonly scheme?: string;

  /**
   * A user of the database that signs in with a token of IAM in place of a password. The app may then connect as this user, and gets its name and no secret;
   * it makes a token with `generate_db_auth_token` of boto3 for each new connection. The user is made in the database once, by a migration.
   *
   * @default - the user and the password of the secret
   */
  readonly iamUser?: string;

  /**
   * The user in a URL of MySQL or MariaDB. In every other case the user comes from the secret.
   *
   * @default - the one that the instance or cluster is made with
   */
  readonly user?: string;

  /**
   * Whether the tasks restart when the value of the secret changes: a task keeps the value that the secret had when the task started, so without a restart
   * it keeps a password that a rotation has made invalid.
   *
   * @default true
   */
  readonly restartOnSecretChange?: boolean;

  /**
   * Whether the app gets variables with how many connections each of its processes may hold: `DATABASE_POOL_SIZE`, and `FLASK_SQLALCHEMY_ENGINE_OPTIONS`, which
   * `app.config.from_prefixed_env()` gives to Flask-SQLAlchemy. A variable that you set yourself wins.
   *
   * @default true - SQLAlchemy's own pool has 15 connections, and a process of the default server 32 threads
   */
  readonly poolVariables?: boolean;
}

/** The way to a database, and the variables that tell of it. */
export function databaseConnection(
  database: IConnectable,
  options: DatabaseConnectionOptions,
  concurrency: AppConcurrency,
): DataConnection {
  const { prefix = 'DATABASE', names = {}, variables = DatabaseVariables.PARTS } = options;
  requireOptions(options);
  const server = serverOf(database);
  const name = options.databaseName ?? server.name;
  if (name === undefined) {
    fail(
      `the name of the database within ${nameOf(database)} is not known; set databaseName, here or where the instance or cluster is made ('postgres' is always there in PostgreSQL)`,
    );
  }
  const secret = options.iamUser === undefined ? secretOf(database, options) : undefined;
  const common = {
    port: server.portToOpen,
    defaults: (options.poolVariables ?? true) ? poolVariables(prefix, server, concurrency) : undefined,
    secret,
  };
  if (variables === DatabaseVariables.URL) {
    const scheme = schemeOf(database, server, options.scheme);
    const { userInfo, environment, secrets } = secret
      ? signInByUrl(database, scheme, server, secret, options.user)
      : tokenInUrl(options.iamUser as string);
    const url = `${scheme}://${userInfo}${server.host}:${server.port}/${encoded(name)}`;
    return {
      ...common,
      environment: { ...environment, [names.url ?? `${prefix}_URL`]: url },
      secrets,
      remedy: `connect another database with a prefix of its own and DatabaseVariables.PARTS: ${Object.keys(secrets).join(' and ') || 'a variable'} can be there once`,
    };
  }
  const named = {
    host: names.host ?? `${prefix}_HOST`,
    port: names.port ?? `${prefix}_PORT`,
    databaseName: names.databaseName ?? `${prefix}_NAME`,
    user: names.user ?? `${prefix}_USER`,
    password: names.password ?? `${prefix}_PASSWORD`,
  };
  requireDistinct(Object.values(named));
  return {
    ...common,
    environment: {
      [named.host]: server.host,
      [named.port]: server.port,
      [named.databaseName]: name,
      ...(options.iamUser === undefined ? {} : { [named.user]: options.iamUser }),
    },
    secrets: secret
      ? {
          [named.user]: Secret.fromSecretsManager(secret, 'username'),
          [named.password]: Secret.fromSecretsManager(secret, 'password'),
        }
      : {},
    remedy: 'connect another database with a prefix of its own',
  };
}

function requireOptions({
  variables,
  prefix,
  names = {},
  scheme,
  user,
  iamUser,
  secret,
  restartOnSecretChange,
}: DatabaseConnectionOptions): void {
  requirePattern('prefix', prefix, /^[A-Z][A-Z0-9_]*$/, "the begin of the name of a variable, such as 'DATABASE' or 'ORDERS_DATABASE'");
  for (const [part, name] of Object.entries(names)) {
    requireVariableName(`names.${part}`, name);
  }
  const byUrl = variables === DatabaseVariables.URL;
  if (scheme !== undefined && !byUrl) {
    fail(`scheme belongs to DatabaseVariables.URL, got '${scheme}' without it; set variables, or leave scheme out`);
  }
  if (user !== undefined && !byUrl) {
    fail(`user belongs to a URL of MySQL or MariaDB, got '${user}' without DatabaseVariables.URL; the user comes from the secret`);
  }
  const useless = byUrl ? (['host', 'port', 'databaseName', 'user', 'password'] as const) : (['url'] as const);
  const set = useless.find((part) => names[part] !== undefined);
  if (set !== undefined) {
    fail(
      `names.${set} belongs to DatabaseVariables.${byUrl ? 'PARTS' : 'URL'}, got '${names[set]}' without it; set variables, or leave names.${set} out`,
    );
  }
  if (iamUser !== undefined) {
    const given = { 'a secret': secret, user, 'names.password': names.password, restartOnSecretChange };
    const beside = Object.entries(given).find(([, value]) => value !== undefined);
    if (beside) {
      fail(`iamUser signs in without a password, got '${iamUser}' and ${beside[0]}; leave one of the two out`);
    }
  }
}

function requireDistinct(names: string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    fail(`each part of a connection needs a variable of its own, got ${twice} twice; give another name in names`);
  }
}

function secretOf(database: IConnectable, { secret }: DatabaseConnectionOptions): ISecret {
  return (
    secret ??
    (database as { readonly secret?: ISecret }).secret ??
    fail(
      `the secret with the user and the password of ${nameOf(database)} is not known: a proxy, a database that is imported and one whose password is given by hand have none; give it as secret`,
    )
  );
}

/** RDS takes a token over TLS alone, and so does psycopg 2 and 3 by this. */
function tokenInUrl(user: string): SignIn {
  return { userInfo: `${encoded(user)}@`, environment: {}, secrets: {} };
}

/** What a pool of connections needs to know, in a form for all and in that of Flask-SQLAlchemy. */
function poolVariables(prefix: string, server: DatabaseServer, concurrency: AppConcurrency): { [key: string]: string } {
  const family = familyOf(server.engine);
  const size = poolSize(concurrency, connectionLimit(server));
  if (family === 'other') {
    return {};
  }
  return {
    [`${prefix}_POOL_SIZE`]: `${size}`,
    FLASK_SQLALCHEMY_ENGINE_OPTIONS: JSON.stringify(engineOptions(size)),
  };
}

/** The options of `sqlalchemy.create_engine()`, sorted. */
function engineOptions(size: number): { readonly [option: string]: boolean | number } {
  return {
    // one connection for each thread, and none that is opened and closed for a single request
    max_overflow: 0,
    pool_pre_ping: true, // after a failover or a restart of the database the first request finds a dead connection
    pool_recycle: 1500, // below the 30 minutes after which RDS Proxy ends an idle connection
    pool_size: size,
    pool_timeout: 10, // the error and its reason are in the log before the client has gone
  };
}
