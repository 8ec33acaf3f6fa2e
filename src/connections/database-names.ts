import { Token } from 'aws-cdk-lib/core';
import { fail } from '../private/validation';

interface NameRule {
  readonly engines: RegExp;
  readonly pattern: RegExp;
  readonly allowed: string;
}

/** SQL Server makes no database by itself: `CreateDBInstance` refuses the name of one. */
const NO_DATABASE_NAME = /sqlserver/i;

/** What `CreateDBInstance` and `CreateDBCluster` take as DBName. AWS refuses another one only when the deployment reaches the database. */
const DATABASE_NAMES: readonly NameRule[] = [
  { engines: /postgres/i, pattern: /^[A-Za-z][A-Za-z0-9_]{0,62}$/, allowed: '1 to 63 letters, digits and underscores, a letter first' },
  {
    engines: /mysql|mariadb|^aurora$/i,
    pattern: /^[A-Za-z][A-Za-z0-9_]{0,63}$/,
    allowed: '1 to 64 letters, digits and underscores, a letter first',
  },
  { engines: /oracle/i, pattern: /^[A-Za-z][A-Za-z0-9_]{0,7}$/, allowed: '1 to 8 letters, digits and underscores, a letter first' },
];

/** Databases that the engine has itself, or keeps for itself. */
const RESERVED_DATABASE_NAMES: readonly [RegExp, RegExp][] = [
  [/postgres/i, /^(admin|rdsadmin|template[01])$/i],
  [/mysql|mariadb|^aurora$/i, /^(mysql|sys|information_schema|performance_schema)$/i],
];

/** The same of MasterUsername. */
const USER_NAMES: readonly NameRule[] = [
  { engines: /postgres/i, pattern: /^[A-Za-z][A-Za-z0-9_]{0,62}$/, allowed: '1 to 63 letters, digits and underscores, a letter first' },
  {
    engines: /mysql|mariadb|^aurora$/i,
    pattern: /^[A-Za-z][A-Za-z0-9_]{0,31}$/,
    allowed: '1 to 32 letters, digits and underscores, a letter first',
  },
];

/** Users that the engine has itself, or keeps for itself. */
const RESERVED_USER_NAMES: readonly [RegExp, RegExp][] = [
  [/postgres/i, /^(admin|rdsadmin|rdsrepladmin|pg_.*)$/i],
  [/mysql|mariadb|^aurora$/i, /^(rdsadmin|rdsrepladmin)$/i],
];

/** The name of the database that the server is made with. */
export function requireDatabaseName(of: string, engine: string | undefined, name: string | undefined): void {
  if (engine !== undefined && NO_DATABASE_NAME.test(engine) && name !== undefined) {
    fail(
      `databaseName of ${of} must be left out, got '${name}': Amazon RDS for SQL Server does not make a database; make it in a migration, and give databaseName to connectToDatabase()`,
    );
  }
  requireName('databaseName', of, engine, name, DATABASE_NAMES);
  requireNotReserved('databaseName', of, engine, name, RESERVED_DATABASE_NAMES);
}

/** The name of the user that the server is made with. */
export function requireUserName(of: string, engine: string | undefined, name: string | undefined): void {
  requireName('the user name', of, engine, name, USER_NAMES);
  requireNotReserved('the user name', of, engine, name, RESERVED_USER_NAMES);
}

function requireNotReserved(
  option: string,
  of: string,
  engine: string | undefined,
  name: string | undefined,
  rules: readonly [RegExp, RegExp][],
): void {
  const reserved = rules.find(([engines]) => engine !== undefined && engines.test(engine))?.[1];
  if (name !== undefined && !Token.isUnresolved(name) && reserved?.test(name)) {
    fail(`${option} of ${of} is a word that ${engine} reserves, got '${name}'; use another, 'shop', for example`);
  }
}

function requireName(option: string, of: string, engine: string | undefined, name: string | undefined, rules: readonly NameRule[]): void {
  const rule = rules.find(({ engines }) => engine !== undefined && engines.test(engine));
  if (rule && name !== undefined && !Token.isUnresolved(name) && !rule.pattern.test(name)) {
    fail(
      `${option} of ${of} must be ${rule.allowed}, got '${name}': AWS refuses it when the deployment reaches the database; use '${suggestion(name, rule)}', for example`,
    );
  }
}

/** The longest of what is left of a name that would pass. */
function suggestion(name: string, { pattern }: NameRule): string {
  const cleaned = name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^[^A-Za-z]+/, '');
  return [32, 8].map((length) => cleaned.slice(0, length)).find((candidate) => pattern.test(candidate)) ?? 'shop';
}
