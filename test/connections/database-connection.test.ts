import { Match, Template } from 'aws-cdk-lib/assertions';
import { DatabaseCluster as DocumentDb } from 'aws-cdk-lib/aws-docdb';
import { type IConnectable, InstanceType, type IVpc, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import {
  AuroraMysqlEngineVersion,
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type DatabaseInstanceProps,
  DatabaseInstanceReadReplica,
  MariaDbEngineVersion,
  MysqlEngineVersion,
  OracleEngineVersion,
  PostgresEngineVersion,
  ServerlessCluster,
  SqlServerEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type App, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { type DatabaseConnectionOptions, DatabaseVariables, Egress, FlaskStage, LoadBalancing } from '../../src';
import { idOf, madeBefore } from '../util/order';
import { adviceOf, environmentOf, expectError, service, statementsOf, testApp, testStack, warningsOf } from '../util/test-stack';

const POSTGRES = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 });
const MARIADB = DatabaseInstanceEngine.mariaDb({ version: MariaDbEngineVersion.VER_10_11 });
const MYSQL = DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_0 });
const AURORA_POSTGRES = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 });
const AURORA_MYSQL = DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 });
const { PARTS, URL } = DatabaseVariables;

function instanceIn(stack: Stack, vpc: IVpc, props: Partial<DatabaseInstanceProps> = {}, id = 'Database') {
  return new DatabaseInstance(stack, id, {
    vpc,
    engine: POSTGRES,
    databaseName: 'shop',
    removalPolicy: RemovalPolicy.DESTROY,
    ...props,
  });
}

function auroraIn(stack: Stack, vpc: IVpc, engine = AURORA_POSTGRES, defaultDatabaseName: string | undefined = 'shop') {
  return new DatabaseCluster(stack, 'Database', { vpc, engine, writer: ClusterInstance.serverlessV2('Writer'), defaultDatabaseName });
}

/** A service that is connected with an instance of PostgreSQL in the same stack. */
function setup(options: DatabaseConnectionOptions = {}, props: Partial<DatabaseInstanceProps> = {}) {
  const stack = testStack();
  const web = service(stack);
  const database = instanceIn(stack, web.vpc, props);
  web.connectToDatabase(database, options);
  return { stack, web, database };
}

type Container = { [key: string]: unknown };

/** The variables that one process has of a database, secrets as what they refer to. */
function variablesOf(
  stack: Stack,
  process: { readonly taskDefinition: Parameters<typeof idOf>[0] },
  prefix = /^(DATABASE|ORDERS|PG|MYSQL)/,
) {
  const { Properties } = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')[idOf(process.taskDefinition)];
  const [container] = Properties.ContainerDefinitions as Container[];
  const secrets = (container.Secrets ?? []) as { Name: string; ValueFrom: unknown }[];
  const all = { ...environmentOf(container), ...Object.fromEntries(secrets.map(({ Name, ValueFrom }) => [Name, ValueFrom])) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => prefix.test(name) && !name.endsWith('_POOL_SIZE')));
}

const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
const endpointOf = (database: IConnectable, attribute: string) => ({
  'Fn::GetAtt': [idOf(database as DatabaseInstance), `Endpoint.${attribute}`],
});

/** The rules that let the service's processes in. */
/** The rules that let in the web process; each has a twin for the other processes. */
function rulesFromWeb(stack: Stack) {
  return rulesOf(stack).filter(({ SourceSecurityGroupId }) => /WebSecurityGroup/.test(JSON.stringify(SourceSecurityGroupId)));
}

function rulesOf(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'))
    .map(({ Properties }) => Properties)
    .filter(({ Description }) => Description === 'from a Flask app');
}

describe('by default', () => {
  const { stack, web, database } = setup();
  const template = Template.fromStack(stack);

  test('the app is told of the instance in parts, the user and the password as secrets', () => {
    const secret = stack.resolve(database.secret?.secretArn);
    expect(variablesOf(stack, web)).toEqual({
      DATABASE_HOST: endpointOf(database, 'Address'),
      DATABASE_PORT: endpointOf(database, 'Port'),
      DATABASE_NAME: 'shop',
      DATABASE_USER: joined(secret, ':username::'),
      DATABASE_PASSWORD: joined(secret, ':password::'),
    });
  });

  test('ECS may read the secret, and the app itself may not', () => {
    expect(statementsOf(template, web.executionRole)).toContainEqual({
      Effect: 'Allow',
      Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      Resource: stack.resolve(database.secret?.secretArn),
    });
    expect(statementsOf(template, web.taskRole)).toEqual([]);
  });

  test('the service is let in at the port of the database, and nobody else is', () => {
    expect(rulesFromWeb(stack)).toEqual([
      {
        Description: 'from a Flask app',
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        GroupId: stack.resolve(database.connections.securityGroups[0].securityGroupId),
        SourceSecurityGroupId: stack.resolve(web.service.connections.securityGroups[0].securityGroupId),
      },
    ]);
  });

  test('gives no advice', () => {
    expect(warningsOf(stack).filter(({ id }) => /plainSecret/.test(id))).toEqual([]);
  });
});

describe('by URL', () => {
  test('the URL has no user and no password: libpq finds them by itself', () => {
    const { stack, web, database } = setup({ variables: URL });
    const secret = stack.resolve(database.secret?.secretArn);
    expect(variablesOf(stack, web)).toEqual({
      DATABASE_URL: joined('postgresql://', endpointOf(database, 'Address'), ':', endpointOf(database, 'Port'), '/shop'),
      PGUSER: joined(secret, ':username::'),
      PGPASSWORD: joined(secret, ':password::'),
    });
  });

  test.each(['postgresql', 'postgresql+psycopg', 'postgresql+psycopg_async', 'postgresql+psycopg2', 'postgresql+asyncpg'])(
    'begins with %s',
    (scheme) => {
      const { stack, web } = setup({ variables: URL, scheme });
      expect(JSON.stringify(variablesOf(stack, web).DATABASE_URL)).toContain(`"${scheme}://"`);
    },
  );

  const SCHEMES =
    'postgresql, postgresql+psycopg, postgresql+psycopg_async, postgresql+psycopg2, postgresql+asyncpg, mysql, mysql+mysqldb, mariadb, mariadb+mysqldb';

  test.each([
    ['postgres', ''],
    ['postgresql://', ''],
    ['PostgreSQL', ''],
    ['postgresql+', ''],
    ['sqlite', ''],
    ['', ''],
    ['constructor', ''],
    ['postgresql+pg8000', ': pg8000 takes a user from its caller alone'],
    ['mysql+pymysql', ': PyMySQL takes a password from its caller alone'],
    ['mysql+mysqlconnector', ': MySQL Connector/Python takes a password from its caller or a file alone'],
  ])('refuses the scheme %p', (scheme, reason) => {
    expectError(
      () => setup({ variables: URL, scheme }),
      `scheme must be one whose driver finds user and password in the environment (${SCHEMES}), got '${scheme}'${reason}; use DatabaseVariables.PARTS, and sqlalchemy.URL.create() in the app`,
    );
  });

  test.each([
    ['mysql+mysqldb', POSTGRES, 'postgres'],
    ['postgresql', MYSQL, 'mysql'],
  ])('the scheme %s is not for another engine', (scheme, engine, name) => {
    expectError(
      () => setup({ variables: URL, scheme }, { engine }),
      `scheme '${scheme}' is not for the engine ${name} of Test/Database; leave scheme out, or give the one of its driver`,
    );
  });

  test.each([undefined, PARTS])('a scheme without it is a mistake (%p)', (variables) => {
    expectError(
      () => setup({ variables, scheme: 'postgresql+psycopg' }),
      "scheme belongs to DatabaseVariables.URL, got 'postgresql+psycopg' without it; set variables, or leave scheme out",
    );
  });

  test('takes Aurora for PostgreSQL', () => {
    const stack = testStack();
    const web = service(stack);
    web.connectToDatabase(auroraIn(stack, web.vpc), { variables: URL });
    expect(JSON.stringify(variablesOf(stack, web).DATABASE_URL)).toMatch(/^{"Fn::Join":\["",\["postgresql:\/\/",.*"\/shop"\]\]}$/);
  });

  test.each([
    ['MySQL', (stack: Stack, vpc: IVpc) => instanceIn(stack, vpc, { engine: MYSQL })],
    ['MariaDB', (stack: Stack, vpc: IVpc) => instanceIn(stack, vpc, { engine: MARIADB })],
    ['Aurora for MySQL', (stack: Stack, vpc: IVpc) => auroraIn(stack, vpc, AURORA_MYSQL)],
    [
      'Aurora Serverless for MySQL',
      (stack: Stack, vpc: IVpc) => new ServerlessCluster(stack, 'Database', { vpc, engine: AURORA_MYSQL, defaultDatabaseName: 'shop' }),
    ],
  ])('%s: the user stands in the URL, and its client finds the password', (_, make) => {
    const stack = testStack();
    const web = service(stack);
    const database = make(stack, web.vpc);
    web.connectToDatabase(database, { variables: URL, scheme: 'mysql+mysqldb' });
    const variables = variablesOf(stack, web);
    expect(variables).toEqual({
      DATABASE_URL: joined('mysql+mysqldb://admin@', endpointOf(database, 'Address'), ':', endpointOf(database, 'Port'), '/shop'),
      MYSQL_PWD: joined(stack.resolve(database.secret?.secretArn), ':password::'),
    });
  });

  test('without a scheme, MySQL has that of mysqlclient', () => {
    const { stack, web } = setup({ variables: URL }, { engine: MYSQL });
    expect(JSON.stringify(variablesOf(stack, web).DATABASE_URL)).toContain('"mysql://admin@"');
  });

  test('a proxy of MySQL knows no user: it is given, and written so that a URL takes it', () => {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc, { engine: MYSQL });
    const secret = database.secret as Secret;
    const proxy = database.addProxy('Proxy', { vpc: web.vpc, secrets: [secret] });
    const options = { variables: URL, secret, databaseName: 'shop' };
    expectError(
      () => web.connectToDatabase(proxy, options),
      'the user of Test/Database/Proxy is not known, and the clients of MySQL and MariaDB take it from the URL; give it as user, or use DatabaseVariables.PARTS',
    );
    web.connectToDatabase(proxy, { ...options, user: 'shop@eu' });
    expect(variablesOf(stack, web).DATABASE_URL).toEqual(
      joined('mysql://shop%40eu@', { 'Fn::GetAtt': [idOf(proxy), 'Endpoint'] }, ':3306/shop'),
    );
  });

  test('refuses an engine without such a client', () => {
    const engine = DatabaseInstanceEngine.sqlServerEx({ version: SqlServerEngineVersion.VER_15 });
    expectError(
      () => setup({ variables: URL, databaseName: 'shop' }, { engine, databaseName: undefined }),
      'DatabaseVariables.URL is for PostgreSQL, MySQL and MariaDB, got the engine sqlserver-ex with Test/Database; use DatabaseVariables.PARTS',
    );
  });
});

test.each([{}, { variables: URL }])('no password stands in the template: %p', (options) => {
  const { stack } = setup(options);
  const template = Template.fromStack(stack);
  const definitions = JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'));
  // the template itself has it by a reference that CloudFormation resolves, in the instance alone
  expect(definitions).not.toMatch(/resolve:secretsmanager/);
  expect(definitions).not.toMatch(/:\/\/[^"]*:[^"]*@/);
  template.hasResourceProperties('AWS::RDS::DBInstance', {
    MasterUserPassword: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('resolve:secretsmanager')])] },
  });
});

describe('takes', () => {
  test('every option', () => {
    const stack = testStack();
    const web = service(stack);
    const secret = new Secret(stack, 'OfAnother');
    web.connectToDatabase(instanceIn(stack, web.vpc), {
      variables: PARTS,
      prefix: 'ORDERS_DATABASE',
      secret,
      databaseName: 'orders',
    });
    const arn = stack.resolve(secret.secretArn);
    expect(variablesOf(stack, web)).toMatchObject({
      ORDERS_DATABASE_NAME: 'orders',
      ORDERS_DATABASE_USER: joined(arn, ':username::'),
      ORDERS_DATABASE_PASSWORD: joined(arn, ':password::'),
    });
    expect(Object.keys(variablesOf(stack, web))).toHaveLength(5);
  });

  test('MySQL, in parts', () => {
    const { stack, web, database } = setup({}, { engine: MYSQL });
    expect(variablesOf(stack, web)).toMatchObject({ DATABASE_NAME: 'shop', DATABASE_PORT: endpointOf(database, 'Port') });
  });

  test('a port that is not the default', () => {
    const { stack } = setup({}, { port: 5433 });
    expect(rulesFromWeb(stack)).toMatchObject([{ FromPort: 5433, ToPort: 5433 }]);
  });

  test('a name that is known at deployment only', () => {
    const stack = testStack();
    const web = service(stack);
    const databaseName = new CfnParameter(stack, 'Name').valueAsString;
    web.connectToDatabase(instanceIn(stack, web.vpc, { databaseName }));
    expect(variablesOf(stack, web)).toMatchObject({ DATABASE_NAME: { Ref: 'Name' } });
  });

  test('a cluster of Aurora, by the endpoint of its writer', () => {
    const stack = testStack();
    const web = service(stack);
    const cluster = auroraIn(stack, web.vpc);
    web.connectToDatabase(cluster);
    expect(variablesOf(stack, web)).toEqual({
      DATABASE_HOST: endpointOf(cluster, 'Address'),
      DATABASE_PORT: endpointOf(cluster, 'Port'),
      DATABASE_NAME: 'shop',
      DATABASE_USER: joined(stack.resolve(cluster.secret?.secretArn), ':username::'),
      DATABASE_PASSWORD: joined(stack.resolve(cluster.secret?.secretArn), ':password::'),
    });
    expect(rulesFromWeb(stack)).toHaveLength(1);
    // the writer too: a cluster without instances answers nobody
    expect(madeBefore(Template.fromStack(stack), web.service)).toEqual(
      expect.arrayContaining([idOf(cluster), expect.stringMatching(/^DatabaseWriter/)]),
    );
  });

  test.each([
    ['PostgreSQL', POSTGRES, 5432],
    ['MySQL', MYSQL, 3306],
    ['SQL Server', DatabaseInstanceEngine.sqlServerEx({ version: SqlServerEngineVersion.VER_15 }), 1433],
  ])('a proxy of %s: it listens at the default port of its engine', (_, engine, port) => {
    const stack = testStack();
    const web = service(stack);
    // SQL Server has no database at its start
    const databaseName = port === 1433 ? undefined : 'shop';
    const database = instanceIn(stack, web.vpc, { engine, port: 12_345, databaseName });
    const secret = database.secret as Secret;
    const proxy = database.addProxy('Proxy', { vpc: web.vpc, secrets: [secret] });
    web.connectToDatabase(proxy, { secret, databaseName: 'shop' });
    expect(variablesOf(stack, web)).toEqual({
      DATABASE_HOST: { 'Fn::GetAtt': [idOf(proxy), 'Endpoint'] },
      DATABASE_PORT: `${port}`,
      DATABASE_NAME: 'shop',
      DATABASE_USER: joined(stack.resolve(secret.secretArn), ':username::'),
      DATABASE_PASSWORD: joined(stack.resolve(secret.secretArn), ':password::'),
    });
    const [group] = proxy.connections.securityGroups;
    expect(rulesFromWeb(stack)).toEqual([
      expect.objectContaining({ FromPort: port, ToPort: port, GroupId: stack.resolve(group.securityGroupId) }),
    ]);
    // the database behind it lets in the proxy alone
    expect(madeBefore(Template.fromStack(stack), web.service)).toEqual(expect.arrayContaining([idOf(proxy), idOf(database)]));
  });

  test('a proxy of PostgreSQL by URL', () => {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc);
    const secret = database.secret as Secret;
    const proxy = database.addProxy('Proxy', { vpc: web.vpc, secrets: [secret] });
    web.connectToDatabase(proxy, { variables: URL, secret, databaseName: 'shop' });
    expect(variablesOf(stack, web).DATABASE_URL).toEqual(
      joined('postgresql://', { 'Fn::GetAtt': [idOf(proxy), 'Endpoint'] }, ':5432/shop'),
    );
  });

  test('an instance that is imported', () => {
    const stack = testStack();
    const web = service(stack);
    const database = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
      instanceIdentifier: 'shop',
      instanceEndpointAddress: 'shop.example.com',
      port: 5433,
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
    });
    const secret = Secret.fromSecretNameV2(stack, 'Secret', 'shop');
    const options = { variables: URL, secret, databaseName: 'shop' };
    expectError(
      () => web.connectToDatabase(database, options),
      "the engine of Test/Database is not known, and the URL begins with it; set scheme to 'postgresql' or 'mysql', with a driver 'postgresql+psycopg' for example",
    );
    web.connectToDatabase(database, { ...options, scheme: 'postgresql' });
    expect(variablesOf(stack, web)).toMatchObject({ DATABASE_URL: 'postgresql://shop.example.com:5433/shop' });
    expect(rulesFromWeb(stack)).toEqual([expect.objectContaining({ FromPort: 5433, GroupId: 'sg-1' })]);
  });

  test('an instance that is imported, in parts, whatever its engine', () => {
    const stack = testStack();
    const web = service(stack);
    const database = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
      instanceIdentifier: 'shop',
      instanceEndpointAddress: 'shop.example.com',
      port: 1521,
      securityGroups: [],
    });
    web.connectToDatabase(database, { secret: Secret.fromSecretNameV2(stack, 'Secret', 'shop'), databaseName: 'ORCL' });
    expect(variablesOf(stack, web)).toMatchObject({ DATABASE_PORT: '1521', DATABASE_NAME: 'ORCL' });
  });

  test('an instance that is imported and says that it is MySQL, by URL with a user alone', () => {
    const stack = testStack();
    const web = service(stack);
    const database = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
      instanceIdentifier: 'shop',
      instanceEndpointAddress: 'shop.example.com',
      port: 3306,
      securityGroups: [],
      engine: MYSQL,
    });
    const options = { secret: Secret.fromSecretNameV2(stack, 'Secret', 'shop'), databaseName: 'shop' };
    expect(() => web.connectToDatabase(database, { ...options, variables: URL })).toThrow(/^the user of Test.Database is not known/);
    web.connectToDatabase(database, options);
    expect(variablesOf(stack, web)).toMatchObject({ DATABASE_HOST: 'shop.example.com', DATABASE_PORT: '3306' });
    // the user has given no security group, and opens it
    expect(rulesOf(stack)).toEqual([]);
  });

  test('a cluster that is imported', () => {
    const stack = testStack();
    const web = service(stack);
    const database = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Database', {
      clusterIdentifier: 'shop',
      clusterEndpointAddress: 'shop.cluster.example.com',
      port: 5432,
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
      engine: AURORA_POSTGRES,
    });
    web.connectToDatabase(database, { secret: Secret.fromSecretNameV2(stack, 'Secret', 'shop'), databaseName: 'shop', variables: URL });
    expect(variablesOf(stack, web)).toMatchObject({ DATABASE_URL: 'postgresql://shop.cluster.example.com:5432/shop' });
    expect(rulesFromWeb(stack)).toEqual([expect.objectContaining({ FromPort: 5432, GroupId: 'sg-1' })]);
  });

  test('a replica that is read from, with the secret of its source', () => {
    const stack = testStack();
    const web = service(stack);
    const source = instanceIn(stack, web.vpc);
    const replica = new DatabaseInstanceReadReplica(stack, 'Replica', {
      sourceDatabaseInstance: source,
      vpc: web.vpc,
      instanceType: new InstanceType('t3.micro'),
    });
    const options = { secret: source.secret, databaseName: 'shop' };
    const foreign = new DatabaseInstanceReadReplica(stack, 'Foreign', {
      sourceDatabaseInstance: DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
        instanceIdentifier: 'shop',
        instanceEndpointAddress: 'shop.example.com',
        port: 5432,
        securityGroups: [],
      }),
      vpc: web.vpc,
      instanceType: new InstanceType('t3.micro'),
    });
    expectError(
      () => web.connectToDatabase(foreign, { ...options, variables: URL }),
      "the engine of Test/Foreign is not known, and the URL begins with it; set scheme to 'postgresql' or 'mysql', with a driver 'postgresql+psycopg' for example",
    );
    web.connectToDatabase(replica, options);
    expect(variablesOf(stack, web)).toMatchObject({ DATABASE_HOST: endpointOf(replica, 'Address') });
  });

  test('more than one database, each with its prefix', () => {
    const { stack, web } = setup();
    web.connectToDatabase(instanceIn(stack, web.vpc, { databaseName: 'orders' }, 'Orders'), { prefix: 'ORDERS_DATABASE' });
    expect(variablesOf(stack, web)).toMatchObject({ DATABASE_NAME: 'shop', ORDERS_DATABASE_NAME: 'orders' });
    expect(new Set(rulesFromWeb(stack).map(({ GroupId }) => JSON.stringify(GroupId))).size).toBe(2);
  });

  test('one by URL and one in parts', () => {
    const { stack, web } = setup({ variables: URL });
    web.connectToDatabase(instanceIn(stack, web.vpc, { engine: MYSQL }, 'Orders'), { prefix: 'ORDERS' });
    expect(Object.keys(variablesOf(stack, web)).sort()).toEqual([
      'DATABASE_URL',
      'ORDERS_HOST',
      'ORDERS_NAME',
      'ORDERS_PASSWORD',
      'ORDERS_PORT',
      'ORDERS_USER',
      'PGPASSWORD',
      'PGUSER',
    ]);
  });
});

describe('every process', () => {
  function everything(connect: 'before' | 'after') {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc);
    if (connect === 'before') {
      web.connectToDatabase(database);
    }
    const worker = web.addWorker('Celery', { command: ['celery'] });
    const release = web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    const schedule = web.addScheduledTask('Nightly', { command: ['true'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
    const task = web.addTask('Report', { command: ['flask', 'report'] });
    if (connect === 'after') {
      web.connectToDatabase(database);
    }
    return { stack, web, database, worker, release, schedule, task };
  }

  test.each(['before', 'after'] as const)(
    'is told of it, is let in, and starts after it, where it is connected %s they are added',
    (when) => {
      const { stack, web, database, worker, release, schedule, task } = everything(when);
      const ofWeb = variablesOf(stack, web);
      expect(Object.keys(ofWeb)).toHaveLength(5);
      for (const process of [worker, release, schedule, task]) {
        expect(variablesOf(stack, process)).toEqual(ofWeb);
      }
      const groups = [web.service, task].map(({ connections }) => stack.resolve(connections.securityGroups[0].securityGroupId));
      const rules = rulesOf(stack);
      expect(rules.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toEqual(expect.arrayContaining(groups));
      expect(rules).toHaveLength(2);

      const template = Template.fromStack(stack);
      const ruleIds = Object.entries(template.findResources('AWS::EC2::SecurityGroupIngress'))
        .filter(([, { Properties }]) => Properties.Description === 'from a Flask app')
        .map(([id]) => id);
      for (const started of [web.service, worker.service, release.node.findChild('Run'), schedule.schedule]) {
        expect(madeBefore(template, started)).toEqual(
          expect.arrayContaining([
            idOf(database),
            idOf(database.connections.securityGroups[0]),
            expect.stringMatching(/^DatabaseSecretAttachment/),
            ...ruleIds,
          ]),
        );
      }
    },
  );

  test('both ways give the same rules and variables', () => {
    const [before, after] = (['before', 'after'] as const).map((when) => {
      const { stack, task } = everything(when);
      return [
        rulesOf(stack)
          .map((rule) => JSON.stringify(rule))
          .sort(),
        variablesOf(stack, task),
      ];
    });
    expect(after).toEqual(before);
  });
});

describe('of another stack', () => {
  /** The database and the VPC are in a stack of their own, as most are that hold data. */
  function two(app: App = testApp()) {
    const data = new Stack(app, 'Data');
    const stack = new Stack(app, 'Test');
    const vpc = new Vpc(data, 'Vpc', { restrictDefaultSecurityGroup: false });
    const database = instanceIn(data, vpc);
    const web = service(stack, { vpc });
    return { app, data, stack, vpc, database, web };
  }

  test('the rules stand in the stack of the service, so that the stacks form no circle', () => {
    const { app, data, stack, database, web } = two();
    web.addWorker('Early', { command: ['celery'] });
    web.connectToDatabase(database);
    web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    expect(() => app.synth()).not.toThrow();
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Data']);
    expect(data.dependencies).toEqual([]);
    expect(rulesOf(data)).toEqual([]);
    expect(rulesOf(stack)).toHaveLength(2);
  });

  test('a process that is added later is let in too', () => {
    const { stack, database, web } = two();
    web.connectToDatabase(database);
    const task = web.addTask('Report', { command: ['flask', 'report'] });
    expect(rulesOf(stack).map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toContainEqual(
      stack.resolve(task.connections.securityGroups[0].securityGroupId),
    );
  });

  test('all that starts by itself waits for its rule', () => {
    const { stack, database, web } = two();
    web.connectToDatabase(database);
    const worker = web.addWorker('Celery', { command: ['celery'] });
    const release = web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    const nightly = web.addScheduledTask('Nightly', { command: ['true'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
    const template = Template.fromStack(stack);
    const ruleFrom = (group: string) => expect.stringMatching(new RegExp(`^${group}DataDatabaseSecurityGroup`));
    expect(madeBefore(template, web.service)).toContainEqual(ruleFrom('WebSecurityGroup'));
    for (const process of [worker.service, release.node.findChild('Run'), nightly.schedule]) {
      expect(madeBefore(template, process)).toContainEqual(ruleFrom('WebProcessSecurityGroup'));
    }
  });

  test('two services of two stacks', () => {
    const { app, database, vpc, web } = two();
    const other = service(new Stack(app, 'Other'), { vpc }, 'Admin');
    web.connectToDatabase(database);
    other.connectToDatabase(database);
    expect(() => app.synth()).not.toThrow();
  });
});

describe('two services with one database', () => {
  function both() {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    const database = instanceIn(stack, vpc);
    const [shop, admin] = ['Shop', 'Admin'].map((id) => service(stack, { vpc }, id));
    for (const web of [shop, admin]) {
      web.connectToDatabase(database);
      web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    }
    return { stack, shop, admin };
  }

  test('are both let in', () => {
    const { stack } = both();
    expect(rulesOf(stack)).toHaveLength(4);
  });

  test('may be ordered by the user, a resource after the other', () => {
    const { stack, shop, admin } = both();
    // the construct itself holds the security group, which the database waits for
    admin.service.node.defaultChild?.node.addDependency(shop.service.node.defaultChild as IConstruct);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

test('in isolated subnets, the endpoint of Secrets Manager appears with the connection', () => {
  const stack = testStack();
  const web = service(stack, { egress: Egress.vpcEndpoints() });
  const before = web.vpc.node.tryFindChild('Secretsmanager');
  web.connectToDatabase(instanceIn(stack, web.vpc, { vpcSubnets: { subnets: web.vpc.isolatedSubnets } }));
  expect(before).toBeUndefined();
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
    ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.secretsmanager']] },
    VpcEndpointType: 'Interface',
  });
  const endpoint = web.vpc.node.findChild('Secretsmanager');
  expect(madeBefore(template, web.service)).toContain(idOf(endpoint));
});

test('in isolated subnets of a VPC of the user, the missing endpoint is told', () => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc', {
    restrictDefaultSecurityGroup: false,
    natGateways: 0,
    subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
  const web = service(stack, { vpc, egress: Egress.vpcEndpoints(), loadBalancing: LoadBalancing.none() });
  web.connectToDatabase(instanceIn(stack, vpc, { vpcSubnets: { subnets: vpc.isolatedSubnets } }));
  const advice = (endpoints: string) => ({
    path: '/Test/Web/Network',
    id: 'cdk-flask-fargate:endpointsOfGivenVpc',
    text: `the tasks run in isolated subnets of a VPC that is given, and no endpoint is made there: see to it that it has the interface endpoints ${endpoints} and a gateway endpoint for S3, or set createEndpoints of Egress.vpcEndpoints() to true`,
  });
  expect(adviceOf(stack)).toEqual([advice('ecr.api, ecr.dkr, logs'), advice('secretsmanager')]);
});

test('an ephemeral service and its database leave nothing behind', () => {
  const stack = testStack();
  const web = service(stack, { stage: FlaskStage.ephemeral() });
  web.connectToDatabase(instanceIn(stack, web.vpc, { vpcSubnets: { subnets: web.vpc.publicSubnets }, deleteAutomatedBackups: true }));
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: { [id: string]: { DeletionPolicy?: string } } };
  expect(Object.values(Resources).map(({ DeletionPolicy }) => DeletionPolicy)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/Retain|Snapshot/)]),
  );
});

describe('a mistake', () => {
  const taken = 'is given already; take it out of environment and secrets, or connect another database with a prefix of its own';

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
      'the variable PGUSER is given already; take it out of environment and secrets, or connect another database with a prefix of its own and DatabaseVariables.PARTS: PGUSER and PGPASSWORD can be there once',
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

test('the port of a security group of the user is not opened by it: the processes of the app are let in alone', () => {
  const { stack, web, database } = setup();
  const other = new SecurityGroup(stack, 'Other', { vpc: web.vpc });
  database.connections.allowFrom(other, Port.tcp(1));
  expect(rulesFromWeb(stack)).toHaveLength(1);
});

test('a database that is imported without security groups: advice, for nothing is opened', () => {
  const stack = testStack();
  const database = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
    instanceIdentifier: 'shop',
    instanceEndpointAddress: 'shop.example.com',
    port: 5432,
    securityGroups: [],
  });
  service(stack).connectToDatabase(database, { secret: Secret.fromSecretNameV2(stack, 'Secret', 'shop'), databaseName: 'shop' });
  expect(adviceOf(stack)).toEqual([
    {
      path: '/Test/Web',
      id: 'cdk-flask-fargate:noSecurityGroup',
      text: 'a database or cache is connected that has no known security group, so no ingress rule was added for the app; give its security groups where it is imported',
    },
  ]);
});

test('a database in another VPC: advice, for without a peering it cannot be reached', () => {
  const stack = testStack();
  const database = new DatabaseInstance(stack, 'Database', {
    vpc: new Vpc(stack, 'Other'),
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
    databaseName: 'shop',
  });
  service(stack).connectToDatabase(database);
  expect(adviceOf(stack)).toEqual([
    {
      path: '/Test/Web',
      id: 'cdk-flask-fargate:otherVpc',
      text: 'the database is in the VPC Test/Other, and the service in Test/FlaskNetwork/Vpc: without a peering of the two the deployment fails; give the service the VPC of the database as vpc',
    },
  ]);
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
      `databaseName of Test/Database must be ${allowed}, got '${databaseName}': AWS refuses it when the deployment reaches the database; take '${other}' for example`,
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
    [
      POSTGRES,
      'admin',
      "the user name of Test/Database is a word that postgres keeps for itself, got 'admin'; take another, 'shop' for example",
    ],
    [
      MYSQL,
      'rdsadmin',
      "the user name of Test/Database is a word that mysql keeps for itself, got 'rdsadmin'; take another, 'shop' for example",
    ],
    [
      MYSQL,
      `a${'b'.repeat(32)}`,
      `the user name of Test/Database must be 1 to 32 letters, digits and underscores, a letter first, got 'a${'b'.repeat(32)}': AWS refuses it when the deployment reaches the database; take 'a${'b'.repeat(31)}' for example`,
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
      'iamUser needs a database that takes tokens of IAM, got Test/Database with iamAuthentication set to false; leave iamAuthentication out there',
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
    `secretStringTemplate of the secret of Test/Named must be JSON, got 'username=app'; give '{"username":"app"}' for example`,
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
    `${option} of Test/Named is a word that ${engine} keeps for itself, got '${name}'; take another, 'shop' for example`;

  test.each<[string, Partial<DatabaseInstanceProps>, string]>([
    [
      'nine characters with Oracle',
      { engine: oracle, databaseName: 'inventory' },
      "databaseName of Test/Named must be 1 to 8 letters, digits and underscores, a letter first, got 'inventory': AWS refuses it when the deployment reaches the database; take 'inventor' for example",
    ],
    [
      'any with SQL Server',
      { engine: sqlServer },
      "databaseName of Test/Named must be left out, got 'shop': Amazon RDS for SQL Server makes no database; make it by a migration, and give databaseName to connectToDatabase()",
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
