import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Token } from 'aws-cdk-lib/core';
import { fail } from '../private/validation';
import { type DatabaseServer, type EngineFamily, familyOf, nameOf } from './database-server';

/**
 * What a URL may begin with: the drivers whose client library finds the user and the password by itself where the URL has none. So no password stands in a
 * URL, in a template or in a shell's history, one with `#`, `?` or `%` needs no quoting, and a rotation needs no new URL.
 */
const SCHEMES: { readonly [scheme: string]: EngineFamily } = {
  // libpq
  postgresql: 'postgresql',
  'postgresql+psycopg': 'postgresql',
  'postgresql+psycopg_async': 'postgresql',
  'postgresql+psycopg2': 'postgresql',
  // reads the variables of libpq
  'postgresql+asyncpg': 'postgresql',
  // libmysqlclient, MariaDB Connector/C
  mysql: 'mysql',
  'mysql+mysqldb': 'mysql',
  mariadb: 'mysql',
  'mariadb+mysqldb': 'mysql',
};

/** What else is in use, and why it is not above. */
const REFUSED: { readonly [driver: string]: string } = {
  pymysql: 'PyMySQL takes a password from its caller alone',
  mysqlconnector: 'MySQL Connector/Python takes a password from its caller or a file alone',
  mariadbconnector: 'it was not tried',
  aiomysql: 'aiomysql takes a password from its caller alone',
  asyncmy: 'asyncmy takes a password from its caller alone',
  pg8000: 'pg8000 takes a user from its caller alone',
};

/** The scheme of the URL: the one given, else that of the engine. */
export function schemeOf(database: IConnectable, { engine }: DatabaseServer, given: string | undefined): string {
  const family = familyOf(engine);
  if (given === undefined) {
    if (family === undefined) {
      fail(
        `the engine of ${nameOf(database)} is not known, and the URL begins with it; set scheme to 'postgresql' or 'mysql', with a driver 'postgresql+psycopg' for example`,
      );
    }
    if (family === 'other') {
      fail(
        `DatabaseVariables.URL is for PostgreSQL, MySQL and MariaDB, got the engine ${engine} with ${nameOf(database)}; use DatabaseVariables.PARTS`,
      );
    }
    return family;
  }
  if (Token.isUnresolved(given)) {
    return given;
  }
  const ofScheme = Object.hasOwn(SCHEMES, given) ? SCHEMES[given] : undefined;
  if (ofScheme === undefined) {
    const reason = REFUSED[given.split('+')[1] ?? ''];
    fail(
      `scheme must be one whose driver finds user and password in the environment (${Object.keys(SCHEMES).join(', ')}), got '${given}'${reason ? `: ${reason}` : ''}; use DatabaseVariables.PARTS, and sqlalchemy.URL.create() in the app`,
    );
  }
  if (family !== undefined && family !== ofScheme) {
    fail(`scheme '${given}' is not for the engine ${engine} of ${nameOf(database)}; leave scheme out, or give the one of its driver`);
  }
  return given;
}

/** The variables that the client library of a scheme reads, beside the URL. */
export interface SignIn {
  /** What comes before the host: MySQL's clients do not read the user from the environment. */
  readonly userInfo: string;
  readonly environment: { readonly [key: string]: string };
  readonly secrets: { readonly [key: string]: Secret };
}

/** How the client of the scheme gets the user and the password of a secret. */
export function signInByUrl(database: IConnectable, scheme: string, server: DatabaseServer, secret: ISecret, user?: string): SignIn {
  const password = Secret.fromSecretsManager(secret, 'password');
  if (!/^(mysql|mariadb)/.test(scheme)) {
    return { userInfo: '', environment: {}, secrets: { PGUSER: Secret.fromSecretsManager(secret, 'username'), PGPASSWORD: password } };
  }
  const name = user ?? server.user;
  if (name === undefined) {
    fail(
      `the user of ${nameOf(database)} is not known, and the clients of MySQL and MariaDB take it from the URL; give it as user, or use DatabaseVariables.PARTS`,
    );
  }
  return { userInfo: `${encoded(name)}@`, environment: {}, secrets: { MYSQL_PWD: password } };
}

/** A part of a URL, for the characters that have a meaning there. */
export function encoded(part: string): string {
  return Token.isUnresolved(part) ? part : encodeURIComponent(part);
}
