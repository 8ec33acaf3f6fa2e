import { Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType, type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraMysqlEngineVersion,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseInstanceReadReplica,
  ServerlessCluster,
  SqlServerEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnParameter, type Stack } from 'aws-cdk-lib/core';
import { idOf, madeBefore } from '../util/order';
import { expectError, service, statementsOf, testStack, warningsOf } from '../util/test-stack';
import {
  AURORA_POSTGRES,
  auroraIn,
  endpointOf,
  instanceIn,
  MARIADB,
  MYSQL,
  PARTS,
  POSTGRES,
  rulesFromWeb,
  rulesOf,
  setup,
  URL,
  variablesOf,
} from './database-setup';

const AURORA_MYSQL = DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 });

const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

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
