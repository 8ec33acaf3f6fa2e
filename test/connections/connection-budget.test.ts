import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import {
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseInstanceReadReplica,
  MysqlEngineVersion,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { CfnParameter } from 'aws-cdk-lib/core';
import { DatabaseVariables, FlaskDeployment, type FlaskFargateServiceProps, FlaskStage, TaskScaling, WsgiServer } from '../../src';
import { maxConnections, memoryOf, poolSize } from '../../src/connections/connection-budget';
import { adviceOf, containersOf, environmentOf, service, testStack } from '../util/test-stack';

const POSTGRES = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
const MYSQL = DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_0 });

function connected(instanceType: string, props: Partial<FlaskFargateServiceProps> = {}, engine = POSTGRES) {
  const stack = testStack();
  const web = service(stack, props);
  const database = new DatabaseInstance(stack, 'Database', {
    vpc: web.vpc,
    vpcSubnets: web.dataSubnets,
    engine,
    databaseName: 'shop',
    instanceType: new InstanceType(instanceType),
  });
  web.connectToDatabase(database);
  return { stack, web, database };
}

const variablesOf = (stack: ReturnType<typeof testStack>) => environmentOf(containersOf(Template.fromStack(stack))[0]);

test.each([
  ['db.t4g.micro', 1],
  ['t4g.small', 2],
  ['db.t3.medium', 4],
  ['db.t4g.2xlarge', 32],
  ['db.m7g.large', 8],
  ['db.m5.4xlarge', 64],
  ['db.r6g.xlarge', 32],
  ['db.r8g.24xlarge', 768],
  ['db.x2g.large', undefined],
  ['db.serverless', undefined],
  ['constructor', undefined],
  [undefined, undefined],
])('the memory of %s is %p GiB', (instanceClass, memory) => {
  expect(memoryOf(instanceClass)).toBe(memory);
});

// the figures of AWS's formulas, LEAST({DBInstanceClassMemory/9531392}, 5000) and {DBInstanceClassMemory/12582880}
test.each([
  ['postgres', 'db.t4g.micro', 112],
  ['postgres', 'db.t4g.small', 225],
  ['postgres', 'db.t4g.medium', 450],
  ['postgres', 'db.m7g.large', 901],
  ['postgres', 'db.r6g.4xlarge', 5000],
  ['mysql', 'db.t4g.micro', 85],
  ['mariadb', 'db.t4g.small', 170],
  ['mysql', 'db.t4g.medium', 341],
  ['mysql', 'db.m7g.large', 682],
  ['sqlserver-ex', 'db.m7g.large', undefined],
  ['postgres', 'db.serverless', undefined],
])('%s on %s allows %p connections', (engine, instanceClass, limit) => {
  expect(maxConnections(engine, instanceClass)).toBe(limit);
});

describe('the pool of a process', () => {
  const concurrency = { processes: 2, threads: 32, tasks: 10, whileRolling: 2 };

  test.each([
    // where nothing is known, a connection for each thread
    [concurrency, undefined, 32],
    [{ ...concurrency, processes: undefined }, 450, 32],
    [{ ...concurrency, tasks: undefined }, 450, 32],
    [{ whileRolling: 2 }, 450, 15],
    // 0.8 of the limit, divided among 40 processes
    [concurrency, 450, 9],
    [concurrency, 901, 18],
    [concurrency, 1600, 32],
    [concurrency, 5000, 32],
    // and no less than 5
    [concurrency, 250, 5],
    [concurrency, 112, 5],
    [{ ...concurrency, tasks: 1 }, 112, 22],
    [{ ...concurrency, tasks: 0 }, 112, 32],
    [{ ...concurrency, threads: 4 }, 112, 4],
  ])('%p with %p connections: %p', (known, limit, size) => {
    expect(poolSize(known, limit)).toBe(size);
  });

  test('is told to the app, in a form for all and in that of Flask-SQLAlchemy', () => {
    const { stack } = connected('t4g.medium');
    expect(variablesOf(stack)).toMatchObject({
      DATABASE_POOL_SIZE: '9',
      FLASK_SQLALCHEMY_ENGINE_OPTIONS: '{"max_overflow":0,"pool_pre_ping":true,"pool_recycle":1500,"pool_size":9,"pool_timeout":10}',
    });
  });

  test.each([
    ['gunicorn of its own size', { server: WsgiServer.gunicorn({ workers: 1, threads: 8 }) }, '8'],
    ['granian', { server: WsgiServer.granian({ workers: 1, threads: 16 }) }, '16'],
    ['a server of one’s own: the pool of SQLAlchemy', { server: WsgiServer.custom({ command: ['waitress-serve', 'app:app'] }) }, '15'],
    ['development', { stage: FlaskStage.development() }, '32'],
    ['a fixed number of tasks', { scaling: TaskScaling.fixed(4) }, '22'],
    [
      'no more tasks while rolling',
      { scaling: TaskScaling.fixed(4), deployment: FlaskDeployment.rolling({ minHealthyPercent: 50, maxHealthyPercent: 100 }) },
      '32',
    ],
  ])('is that of %s', (_, props, size) => {
    expect(variablesOf(connected('t4g.medium', props).stack).DATABASE_POOL_SIZE).toBe(size);
  });

  test('a variable that is set by hand wins', () => {
    const { stack } = connected('t4g.medium', { environment: { FLASK_SQLALCHEMY_ENGINE_OPTIONS: '{"pool_size":3}' } });
    expect(variablesOf(stack)).toMatchObject({ DATABASE_POOL_SIZE: '9', FLASK_SQLALCHEMY_ENGINE_OPTIONS: '{"pool_size":3}' });
  });

  test('the options are those of the first database', () => {
    const { stack, web } = connected('t4g.medium');
    const other = new DatabaseInstance(stack, 'Other', {
      vpc: web.vpc,
      engine: MYSQL,
      databaseName: 'shop',
      instanceType: new InstanceType('m7g.large'),
    });
    web.connectToDatabase(other, { prefix: 'OTHER' });
    expect(variablesOf(stack)).toMatchObject({ DATABASE_POOL_SIZE: '9', OTHER_POOL_SIZE: '13' });
    expect(variablesOf(stack).FLASK_SQLALCHEMY_ENGINE_OPTIONS).toContain('"pool_size":9');
  });

  test('can be left to the app', () => {
    const stack = testStack();
    const web = service(stack);
    web.connectToDatabase(new DatabaseInstance(stack, 'Database', { vpc: web.vpc, engine: POSTGRES, databaseName: 'shop' }), {
      poolVariables: false,
    });
    expect(Object.keys(variablesOf(stack)).filter((name) => /POOL|ENGINE/.test(name))).toEqual([]);
  });
});

describe('more connections than the database allows', () => {
  test('are said, with what would fit', () => {
    expect(adviceOf(connected('t4g.micro').stack)).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:connectionCount',
        text: 'the web process opens up to 200 connections to Test/Database during a deployment (10 tasks × 2 × 2 processes × 5), and db.t4g.micro allows about 112; use a larger instance class, 5 tasks at the most, fewer worker processes, or an RDS Proxy',
      },
    ]);
  });

  test.each([
    [5, 't4g.micro', []],
    [6, 't4g.micro', ['cdk-flask-fargate:connectionCount']],
  ])('%p tasks on %s', (tasks, instanceType, ids) => {
    expect(adviceOf(connected(instanceType, { scaling: TaskScaling.fixed(tasks) }).stack).map(({ id }) => id)).toEqual(ids);
  });

  test('are unknown where a number is a token', () => {
    const stack = testStack();
    const max = new CfnParameter(stack, 'Max', { type: 'Number' }).valueAsNumber;
    const web = service(stack, { scaling: TaskScaling.between({ min: 1, max }) });
    web.connectToDatabase(
      new DatabaseInstance(stack, 'Database', {
        vpc: web.vpc,
        engine: POSTGRES,
        databaseName: 'shop',
        instanceType: new InstanceType('t4g.micro'),
      }),
    );
    expect(adviceOf(stack).filter(({ id }) => /connectionCount/.test(id))).toEqual([]);
  });
});

test('the table of the docs is that of the model', () => {
  const page = fs.readFileSync(path.join(__dirname, '../../docs/data.md'), 'utf-8');
  const rows = [...page.matchAll(/^\| (db\.\S+) \| (\d+) \| ([^|]+) \| (\d+) \| ([^|]+) \|$/gm)].map(([, ...cells]) => cells);
  const concurrency = { processes: 2, threads: 32, tasks: 10, whileRolling: 2 };
  const pool = (limit: number) => {
    const size = poolSize(concurrency, limit);
    return `${size}${40 * size > limit ? ', too many' : ''}`;
  };
  expect(rows.length).toBeGreaterThanOrEqual(6);
  for (const [instanceClass, ...cells] of rows) {
    const [postgres, mysql] = ['postgres', 'mysql'].map((engine) => maxConnections(engine, instanceClass) as number);
    expect([instanceClass, ...cells]).toEqual([instanceClass, `${postgres}`, pool(postgres), `${mysql}`, pool(mysql)]);
  }
});

describe('max_connections of a parameter group of its own', () => {
  const withParameter = (max: string, instanceType: string) => {
    const stack = testStack();
    const web = service(stack);
    const database = new DatabaseInstance(stack, 'Database', {
      vpc: web.vpc,
      vpcSubnets: web.dataSubnets,
      engine: POSTGRES,
      databaseName: 'shop',
      instanceType: new InstanceType(instanceType),
      parameters: { max_connections: max },
    });
    web.connectToDatabase(database);
    return { pool: variablesOf(stack).DATABASE_POOL_SIZE, advice: adviceOf(stack).map(({ text }) => text) };
  };

  test('counts in place of that of the class', () => {
    expect(withParameter('900', 't4g.micro')).toEqual({ pool: '18', advice: [] });
    expect(withParameter('150', 'm7g.large')).toEqual({
      pool: '5',
      advice: [
        'the web process opens up to 200 connections to Test/Database during a deployment (10 tasks × 2 × 2 processes × 5), and its max_connections is 150; use a larger instance class, 7 tasks at the most, fewer worker processes, or an RDS Proxy',
      ],
    });
  });

  test('as a formula says nothing', () => {
    expect(withParameter('{DBInstanceClassMemory/1000}', 't4g.micro')).toEqual({ pool: '32', advice: [] });
  });
});

test('services that share a database are counted together', () => {
  const { stack, database } = connected('t4g.large'); // 901, of which each takes 720
  expect(adviceOf(stack)).toEqual([]);
  service(stack, {}, 'Admin').connectToDatabase(database);
  expect(adviceOf(stack)).toEqual([
    {
      path: '/Test/Admin',
      id: 'cdk-flask-fargate:connectionCount',
      text: 'the web processes that share Test/Database open up to 1440 connections together (Test/Web 720, Test/Admin 720), and db.t4g.large allows about 901; use a larger instance class, smaller pools by DATABASE_POOL_SIZE and FLASK_SQLALCHEMY_ENGINE_OPTIONS in environment, or an RDS Proxy',
    },
  ]);
});

test('services that share a database and fit are left alone', () => {
  const stage = FlaskStage.development();
  const { stack, database } = connected('t4g.large', { stage }); // 2 tasks × 2 processes × 32 each
  service(stack, { stage }, 'Admin').connectToDatabase(database);
  expect(adviceOf(stack)).toEqual([]);
});

test('a read replica has the engine of its source', () => {
  const { stack, web, database } = connected('t4g.large');
  const replica = new DatabaseInstanceReadReplica(stack, 'Replica', {
    sourceDatabaseInstance: database,
    instanceType: new InstanceType('t4g.medium'),
    vpc: web.vpc,
    vpcSubnets: web.dataSubnets,
  });
  const secret = database.secret;
  web.connectToDatabase(replica, { secret, databaseName: 'shop', prefix: 'REPLICA', variables: DatabaseVariables.URL });
  expect(variablesOf(stack)).toMatchObject({ REPLICA_POOL_SIZE: '9' });
  expect(JSON.stringify(variablesOf(stack).REPLICA_URL)).toContain('postgresql://');
});
