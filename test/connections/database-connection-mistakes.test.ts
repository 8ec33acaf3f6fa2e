import { Template } from 'aws-cdk-lib/assertions';
import { DatabaseCluster as DocumentDb } from 'aws-cdk-lib/aws-docdb';
import { InstanceType, type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import {
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type DatabaseInstanceProps,
  MysqlEngineVersion,
  OracleEngineVersion,
  PostgresEngineVersion,
  SqlServerEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Stack } from 'aws-cdk-lib/core';
import { type DatabaseConnectionOptions, DatabaseVariables } from '../../src';
import { expectError, service, statementsOf, testStack } from '../util/test-stack';
import {
  AURORA_POSTGRES,
  auroraIn,
  endpointOf,
  instanceIn,
  MARIADB,
  MYSQL,
  POSTGRES,
  rulesFromWeb,
  setup,
  URL,
  variablesOf,
} from './database-setup';

describe('a mistake', () => {
  const taken = 'is given already; remove it from environment and secrets, or connect another database with a prefix of its own';

  test.each(['database', '1DATABASE', '_DATABASE', 'DATA-BASE', 'DATA BASE', ''])('the prefix %p', (prefix) => {
    expectError(
      () => setup({ prefix }),
      `prefix must be the begin of the name of a variable, such as 'DATABASE' or 'ORDERS_DATABASE', got '${prefix}'`,
    );
  });

  test.each(['D', 'DATABASE_2', 'A_B_C'])('the prefix %p is none', (prefix) => {
    expect(() => setup({ prefix })).not.toThrow();
  });

  test('a proxy has no secret', () => {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc);
    const proxy = database.addProxy('Proxy', { vpc: web.vpc, secrets: [database.secret as Secret] });
    expectError(
      () => web.connectToDatabase(proxy, { databaseName: 'shop' }),
      'the secret with the user and the password of Test/Database/Proxy is not known: a proxy, a database that is imported and one whose password is given by hand have none; give it as secret',
    );
  });

  test('a proxy does not know the name of the database', () => {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc);
    const secret = database.secret as Secret;
    const proxy = database.addProxy('Proxy', { vpc: web.vpc, secrets: [secret] });
    expectError(
      () => web.connectToDatabase(proxy, { secret }),
      "the name of the database within Test/Database/Proxy is not known; set databaseName, here or where the instance or cluster is made ('postgres' is always there in PostgreSQL)",
    );
  });

  test.each([
    ['an instance', (stack: Stack, vpc: IVpc) => instanceIn(stack, vpc, { databaseName: undefined })],
    [
      'a cluster',
      (stack: Stack, vpc: IVpc) =>
        new DatabaseCluster(stack, 'Database', { vpc, engine: AURORA_POSTGRES, writer: ClusterInstance.serverlessV2('Writer') }),
    ],
  ])('%s without a name of the database', (_, make) => {
    const stack = testStack();
    const web = service(stack);
    const database = make(stack, web.vpc);
    expectError(
      () => web.connectToDatabase(database),
      "the name of the database within Test/Database is not known; set databaseName, here or where the instance or cluster is made ('postgres' is always there in PostgreSQL)",
    );
    expect(() => web.connectToDatabase(database, { databaseName: 'postgres' })).not.toThrow();
  });

  test('an instance with a password that is given by hand', () => {
    const stack = testStack();
    const web = service(stack);
    const credentials = Credentials.fromUsername('shop', { password: new Secret(stack, 'Password').secretValue });
    const database = instanceIn(stack, web.vpc, { credentials });
    expectError(
      () => web.connectToDatabase(database),
      'the secret with the user and the password of Test/Database is not known: a proxy, a database that is imported and one whose password is given by hand have none; give it as secret',
    );
  });

  test('what is no database', () => {
    const stack = testStack();
    const web = service(stack);
    const group = new SecurityGroup(stack, 'Group', { vpc: web.vpc });
    expectError(() => web.connectToDatabase(group), 'a database must be an instance, a cluster or a proxy of Amazon RDS, got Test/Group');
    expectError(
      () => web.connectToDatabase(group.connections),
      'a database must be an instance, a cluster or a proxy of Amazon RDS, got Connections',
    );
  });

  test('Amazon DocumentDB, which has a cluster too', () => {
    const stack = testStack();
    const web = service(stack);
    const documents = new DocumentDb(stack, 'Documents', {
      vpc: web.vpc,
      masterUser: { username: 'shop' },
      instanceType: new InstanceType('t3.medium'),
    });
    expectError(
      () => web.connectToDatabase(documents, { databaseName: 'shop' }),
      'a database must be an instance, a cluster or a proxy of Amazon RDS, got Test/Documents',
    );
  });

  test('a second database with the same prefix', () => {
    const { stack, web } = setup();
    expectError(() => web.connectToDatabase(instanceIn(stack, web.vpc, {}, 'Orders')), `the variable DATABASE_HOST ${taken}`);
    // and nothing of it is done
    expect(rulesFromWeb(stack)).toHaveLength(1);
    expect(Object.keys(variablesOf(stack, web))).toHaveLength(5);
  });

  test('a second PostgreSQL by URL: PGUSER can be one only', () => {
    const { stack, web } = setup({ variables: URL });
    const orders = instanceIn(stack, web.vpc, {}, 'Orders');
    expectError(
      () => web.connectToDatabase(orders, { variables: URL, prefix: 'ORDERS' }),
      'the variable PGUSER is given already; remove it from environment and secrets, or connect another database with a prefix of its own and DatabaseVariables.PARTS: PGUSER and PGPASSWORD can be there once',
    );
  });

  test('a variable of the user', () => {
    const stack = testStack();
    const web = service(stack, { environment: { DATABASE_PORT: '1' } });
    expectError(() => web.connectToDatabase(instanceIn(stack, web.vpc)), `the variable DATABASE_PORT ${taken}`);
  });

  test('a secret of the user', () => {
    const stack = testStack();
    const web = service(stack, { secrets: { DATABASE_PASSWORD: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) } });
    expectError(() => web.connectToDatabase(instanceIn(stack, web.vpc)), `the variable DATABASE_PASSWORD ${taken}`);
  });

  test('a variable of a task that was added before', () => {
    const stack = testStack();
    const web = service(stack);
    web.addTask('Report', { command: ['true'], environment: { DATABASE_HOST: 'replica' } });
    expectError(() => web.connectToDatabase(instanceIn(stack, web.vpc)), `the variable DATABASE_HOST ${taken}`);
  });

  test('a task that is added later may have a host of its own', () => {
    const { stack, web } = setup();
    const task = web.addTask('Report', { command: ['true'], environment: { DATABASE_HOST: 'replica' } });
    expect(variablesOf(stack, task)).toMatchObject({ DATABASE_HOST: 'replica', DATABASE_NAME: 'shop' });
  });
});

describe('names of variables that the app reads', () => {
  test('of the URL', () => {
    const { stack, web } = setup({ variables: URL, names: { url: 'FLASK_SQLALCHEMY_DATABASE_URI' } });
    const variables = variablesOf(stack, web, /^(FLASK_SQLALCHEMY_DATABASE|DATABASE|PG)/);
    expect(Object.keys(variables)).toEqual(['FLASK_SQLALCHEMY_DATABASE_URI', 'PGPASSWORD', 'PGUSER']);
  });

  test('of each part', () => {
    const names = { host: 'DB_HOST', port: 'DB_PORT', databaseName: 'DB', user: 'DB_USER', password: 'DB_PASS' };
    const { stack, web } = setup({ names });
    expect(Object.keys(variablesOf(stack, web, /^(DB|DATABASE)/)).sort()).toEqual(['DB', 'DB_HOST', 'DB_PASS', 'DB_PORT', 'DB_USER']);
  });

  test('of one part alone', () => {
    const { stack, web } = setup({ names: { password: 'database_password' } });
    expect(Object.keys(variablesOf(stack, web, /^database/i)).sort()).toEqual([
      'DATABASE_HOST',
      'DATABASE_NAME',
      'DATABASE_PORT',
      'DATABASE_USER',
      'database_password',
    ]);
  });

  test.each(['DB HOST', '1HOST', 'DB-HOST', ''])('refuses %p', (host) => {
    expectError(
      () => setup({ names: { host } }),
      `names.host must be the name of a variable, such as 'SQLALCHEMY_DATABASE_URI', got '${host}'`,
    );
  });

  test('a name that has no meaning there', () => {
    expectError(
      () => setup({ names: { url: 'DB' } }),
      "names.url belongs to DatabaseVariables.URL, got 'DB' without it; set variables, or leave names.url out",
    );
    expectError(
      () => setup({ variables: URL, names: { host: 'DB' } }),
      "names.host belongs to DatabaseVariables.PARTS, got 'DB' without it; set variables, or leave names.host out",
    );
  });
});

describe('names that AWS refuses only when the deployment reaches the database', () => {
  const NAME = '1 to 63 letters, digits and underscores, a letter first';
  test.each([
    [POSTGRES, 'my-shop', NAME, 'my_shop'],
    [POSTGRES, '1shop', NAME, 'shop'],
    [POSTGRES, `a${'b'.repeat(63)}`, NAME, `a${'b'.repeat(31)}`],
    [MYSQL, 'my.shop', '1 to 64 letters, digits and underscores, a letter first', 'my_shop'],
    [MARIADB, '_shop', '1 to 64 letters, digits and underscores, a letter first', 'shop'],
    [MYSQL, `a${'b'.repeat(64)}`, '1 to 64 letters, digits and underscores, a letter first', `a${'b'.repeat(31)}`],
  ])('a database of %p: %p', (engine, databaseName, allowed, other) => {
    expectError(
      () => setup({}, { engine, databaseName }),
      `databaseName of Test/Database must be ${allowed}, got '${databaseName}': AWS refuses it when the deployment reaches the database; use '${other}', for example`,
    );
  });

  test.each([
    [POSTGRES, `a${'b'.repeat(62)}`],
    [MYSQL, `a${'b'.repeat(63)}`],
    [POSTGRES, 'S_1'],
  ])('takes a database of %p: %p', (engine, databaseName) => {
    expect(() => setup({}, { engine, databaseName })).not.toThrow();
  });

  test('a database of Aurora', () => {
    const stack = testStack();
    const web = service(stack);
    const database = auroraIn(stack, web.vpc, AURORA_POSTGRES, 'my-shop');
    expect(() => web.connectToDatabase(database)).toThrow(/^databaseName of Test.Database must be 1 to 63 letters/);
  });

  test.each([
    [POSTGRES, 'admin', "the user name of Test/Database is a word that postgres reserves, got 'admin'; use another, 'shop', for example"],
    [MYSQL, 'rdsadmin', "the user name of Test/Database is a word that mysql reserves, got 'rdsadmin'; use another, 'shop', for example"],
    [
      MYSQL,
      `a${'b'.repeat(32)}`,
      `the user name of Test/Database must be 1 to 32 letters, digits and underscores, a letter first, got 'a${'b'.repeat(32)}': AWS refuses it when the deployment reaches the database; use 'a${'b'.repeat(31)}', for example`,
    ],
  ])('a user of %p: %p', (engine, username, message) => {
    expectError(() => setup({}, { engine, credentials: Credentials.fromGeneratedSecret(username) }), message);
  });

  test('a database that is made within the server may have any name, which a URL takes', () => {
    const { stack, web } = setup({ variables: URL, databaseName: 'my shop/1' });
    expect(JSON.stringify(variablesOf(stack, web).DATABASE_URL)).toContain('"/my%20shop%2F1"');
  });
});

describe('a user of IAM', () => {
  test('is told in parts, without a password and without the secret of the master', () => {
    const { stack, web, database } = setup({ iamUser: 'shop' });
    expect(variablesOf(stack, web)).toEqual({
      DATABASE_HOST: endpointOf(database, 'Address'),
      DATABASE_PORT: endpointOf(database, 'Port'),
      DATABASE_NAME: 'shop',
      DATABASE_USER: 'shop',
    });
    const template = Template.fromStack(stack);
    expect(JSON.stringify(statementsOf(template, web.executionRole))).not.toContain('secretsmanager');
    expect(statementsOf(template, web.taskRole)).toEqual([
      expect.objectContaining({ Effect: 'Allow', Action: 'rds-db:connect', Resource: expect.anything() }),
    ]);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
  });

  test('is told by URL', () => {
    const { stack, web } = setup({ iamUser: 'shop', variables: URL, scheme: 'postgresql+psycopg' }, { iamAuthentication: true });
    const variables = variablesOf(stack, web);
    expect(Object.keys(variables)).toEqual(['DATABASE_URL']);
    expect(JSON.stringify(variables.DATABASE_URL)).toContain('"postgresql+psycopg://shop@"');
  });

  test('needs a database that takes it', () => {
    expectError(
      () => setup({ iamUser: 'shop' }, { iamAuthentication: false }),
      'iamUser needs a database that accepts tokens of IAM, got Test/Database with iamAuthentication set to false; leave iamAuthentication out there',
    );
  });

  test('and a secret are two ways', () => {
    const stack = testStack();
    expectError(
      () =>
        service(stack).connectToDatabase(new SecurityGroup(stack, 'Any', { vpc: new Vpc(stack, 'Vpc') }), {
          iamUser: 'shop',
          secret: new Secret(stack, 'Secret'),
        }),
      "iamUser signs in without a password, got 'shop' and a secret; leave one of the two out",
    );
  });

  test.each<[string, DatabaseConnectionOptions]>([
    ['user', { user: 'app', variables: DatabaseVariables.URL }],
    ['names.password', { names: { password: 'SHOP_PASSWORD' } }],
    ['restartOnSecretChange', { restartOnSecretChange: true }],
  ])('a sign-in by IAM and %s', (name, options) => {
    const stack = testStack();
    const group = new SecurityGroup(stack, 'Any', { vpc: new Vpc(stack, 'Vpc') });
    expectError(
      () => service(stack).connectToDatabase(group, { iamUser: 'shop', ...options }),
      `iamUser signs in without a password, got 'shop' and ${name}; leave one of the two out`,
    );
  });
});

test('a user alone has no meaning in parts', () => {
  expectError(
    () => setup({ user: 'shop' }),
    "user belongs to a URL of MySQL or MariaDB, got 'shop' without DatabaseVariables.URL; the user comes from the secret",
  );
});

test.each([
  ['two names that are the same', { host: 'DB', port: 'DB' }, 'DB'],
  ['a name that another part has by default', { host: 'DATABASE_PORT' }, 'DATABASE_PORT'],
  ['a plain part and a secret one', { databaseName: 'DB', password: 'DB' }, 'DB'],
])('%s: none is lost in silence', (_, names, twice) => {
  const stack = testStack();
  const web = service(stack);
  const database = new DatabaseInstance(stack, 'Named', {
    vpc: web.vpc,
    vpcSubnets: web.dataSubnets,
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
    databaseName: 'shop',
  });
  expectError(
    () => web.connectToDatabase(database, { names }),
    `each part of a connection needs a variable of its own, got ${twice} twice; give another name in names`,
  );
});

test('a template of a secret that is no JSON', () => {
  const stack = testStack();
  const web = service(stack);
  const secret = new Secret(stack, 'Broken', {
    generateSecretString: { secretStringTemplate: 'username=app', generateStringKey: 'password' },
  });
  const database = new DatabaseInstance(stack, 'Named', {
    vpc: web.vpc,
    vpcSubnets: web.dataSubnets,
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
    databaseName: 'shop',
    credentials: Credentials.fromSecret(secret),
  });
  expectError(
    () => web.connectToDatabase(database),
    `secretStringTemplate of the secret of Test/Named must be JSON, got 'username=app'; give '{"username":"app"}', for example`,
  );
});

describe('a name that AWS refuses when the deployment reaches the database', () => {
  const connectNamed = (props: Partial<DatabaseInstanceProps>) => {
    const stack = testStack();
    const web = service(stack);
    const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
    const database = new DatabaseInstance(stack, 'Named', {
      vpc: web.vpc,
      vpcSubnets: web.dataSubnets,
      engine,
      databaseName: 'shop',
      ...props,
    });
    web.connectToDatabase(database, { databaseName: 'shop' });
  };
  const oracle = DatabaseInstanceEngine.oracleSe2({ version: OracleEngineVersion.VER_19 });
  const mysql = DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_0 });
  const sqlServer = DatabaseInstanceEngine.sqlServerEx({ version: SqlServerEngineVersion.VER_15 });
  const reserved = (option: string, engine: string, name: string) =>
    `${option} of Test/Named is a word that ${engine} reserves, got '${name}'; use another, 'shop', for example`;

  test.each<[string, Partial<DatabaseInstanceProps>, string]>([
    [
      'nine characters with Oracle',
      { engine: oracle, databaseName: 'inventory' },
      "databaseName of Test/Named must be 1 to 8 letters, digits and underscores, a letter first, got 'inventory': AWS refuses it when the deployment reaches the database; use 'inventor', for example",
    ],
    [
      'any with SQL Server',
      { engine: sqlServer },
      "databaseName of Test/Named must be left out, got 'shop': Amazon RDS for SQL Server does not make a database; make it in a migration, and give databaseName to connectToDatabase()",
    ],
    ['a database of the engine', { databaseName: 'Admin' }, reserved('databaseName', 'postgres', 'Admin')],
    ['a template of the engine', { databaseName: 'template1' }, reserved('databaseName', 'postgres', 'template1')],
    ['a schema of the engine', { engine: mysql, databaseName: 'sys' }, reserved('databaseName', 'mysql', 'sys')],
    [
      'a user with the prefix of the engine',
      { credentials: Credentials.fromGeneratedSecret('pg_shop') },
      reserved('the user name', 'postgres', 'pg_shop'),
    ],
  ])('%s', (_, props, message) => {
    expectError(() => connectNamed(props), message);
  });

  test.each<[string, Partial<DatabaseInstanceProps>]>([
    ['eight characters with Oracle', { engine: oracle, databaseName: 'inventor' }],
    ['none with SQL Server', { engine: sqlServer, databaseName: undefined }],
    ['postgres, which may be given', { databaseName: 'postgres' }],
    ['a user that has pg within', { credentials: Credentials.fromGeneratedSecret('pgshop') }],
  ])('%s passes', (_, props) => {
    expect(() => connectNamed(props)).not.toThrow();
  });
});
