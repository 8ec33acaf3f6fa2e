import { Token } from 'aws-cdk-lib/core';
import { fail } from '../private/validation';

interface NameRule {
  readonly engines: RegExp;
  readonly pattern: RegExp;
  readonly allowed: string;
}

/** What `CreateDBInstance` and `CreateDBCluster` take as DBName. AWS refuses another one only when the deployment reaches the database. */
const DATABASE_NAMES: readonly NameRule[] = [
  { engines: /postgres/i, pattern: /^[A-Za-z][A-Za-z0-9_]{0,62}$/, allowed: '1 to 63 letters, digits and underscores, a letter first' },
  {
    engines: /mysql|mariadb|^aurora$/i,
    pattern: /^[A-Za-z][A-Za-z0-9_]{0,63}$/,
    allowed: '1 to 64 letters, digits and underscores, a letter first',
  },
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

/** Users that the engine has itself. */
const RESERVED_USER_NAMES: readonly [RegExp, string[]][] = [
  [/postgres/i, ['admin', 'rdsadmin', 'rdsrepladmin']],
  [/mysql|mariadb|^aurora$/i, ['rdsadmin', 'rdsrepladmin']],
];

/** The name of the database that the server is made with. */
export function requireDatabaseName(of: string, engine: string | undefined, name: string | undefined): void {
  requireName('databaseName', of, engine, name, DATABASE_NAMES);
}

/** The name of the user that the server is made with. */
export function requireUserName(of: string, engine: string | undefined, name: string | undefined): void {
  requireName('the user name', of, engine, name, USER_NAMES);
  const reserved = RESERVED_USER_NAMES.find(([engines]) => engine !== undefined && engines.test(engine))?.[1] ?? [];
  if (name !== undefined && !Token.isUnresolved(name) && reserved.includes(name.toLowerCase())) {
    fail(`the user name of ${of} is a word that ${engine} keeps for itself, got '${name}'; take another, 'shop' for example`);
  }
}

function requireName(option: string, of: string, engine: string | undefined, name: string | undefined, rules: readonly NameRule[]): void {
  const rule = rules.find(({ engines }) => engine !== undefined && engines.test(engine));
  if (rule && name !== undefined && !Token.isUnresolved(name) && !rule.pattern.test(name)) {
    fail(
      `${option} of ${of} must be ${rule.allowed}, got '${name}': AWS refuses it when the deployment reaches the database; take '${suggestion(name)}' for example`,
    );
  }
}

function suggestion(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9]+/g, '_')
      .replace(/^[^A-Za-z]+/, '')
      .slice(0, 32) || 'shop'
  );
}
