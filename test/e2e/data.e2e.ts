/**
 * The data of an app, end to end: `npx tsx --tsconfig tsconfig.dev.json test/e2e/data.e2e.ts`.
 *
 * Deploys the example `migrations` to the local AWS, its database as one line and a real PostgreSQL: 32 threads on the pool that the app is told of; the lock
 * for what should run once; then the walk of a rotation, the password changed as a function that rotates a single user does it, while visitors come; then a
 * new version whose release task has the new password. Not a jest test, because it deploys.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTasksCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { CdkCli } from '../../tools/local-aws/cdk';
import { ChildProcesses } from '../../tools/local-aws/child-processes';
import type { Demo } from '../../tools/local-aws/demo-context';
import { Python } from '../../tools/local-aws/python';
import { Stack } from '../../tools/local-aws/stack';
import { blocksOf } from '../util/blocks';
import { AppCopy } from './examples/app-copy';
import { Deployed } from './examples/deployed';
import { Visitor } from './examples/visitors';
import { runOnLocalAws, test } from './local-aws-test';

const STACK = 'FlaskMigrations';
const CONTAINER = 'flask-app';
/** All that has a meaning in a URL or in a shell. */
const PASSWORD = 'a#b?c%d/e:f&g+h';
const silent = () => undefined;

/** What the app needs beside what it has: the clients that docs/data.md names. */
const CLIENTS = [
  'Flask-Caching==2.5.1',
  'Flask-Limiter==4.1.1',
  'redis==8.1.0',
  'rq==3.0.0',
  // those of docs/data-recipes.md
  'Flask-Mail==0.10.0',
  'Flask-Session==0.8.0',
  'mypy-boto3-dynamodb==1.43.124',
];
const ONE_LINE_EACH = `
FlaskUploads.bucket(web, 'Uploads');
`;
const CACHES = `
FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version: '8.2' });
FlaskCache.valkey(web, 'Broker', { use: CacheUse.BROKER, version: '8.2' });
`;

const programOf = (name: string) => readFileSync(join(__dirname, 'data', name), 'utf8');

/** Threads that ask for a connection at the same time and hold it for longer than others would wait. */
const POOL = `
import json, os, sys, threading, time
import sqlalchemy as sa
url = os.environ["DATABASE_URL"]
ours = json.loads(os.environ["FLASK_SQLALCHEMY_ENGINE_OPTIONS"])
def errors(options):
    engine = sa.create_engine(url, **{**options, "pool_timeout": 1})
    together, failed = threading.Barrier(32), []
    def request():
        together.wait()
        try:
            with engine.connect() as connection:
                connection.execute(sa.text("select pg_sleep(2)"))
        except sa.exc.TimeoutError as error:
            failed.append(error)
    threads = [threading.Thread(target=request) for _ in range(32)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    engine.dispose()
    return len(failed)
print("POOL", json.dumps({"ours": errors(ours), "default": errors({}), "size": ours["pool_size"], "told": os.environ["DATABASE_POOL_SIZE"]}), flush=True)
`;

/** What the function of a rotation does in its step setSecret. */
const CHANGE = `
import os
import psycopg
with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as connection:
    connection.execute(psycopg.sql.SQL("ALTER USER {} PASSWORD {}").format(psycopg.sql.Identifier(os.environ["PGUSER"]), psycopg.sql.Literal(os.environ["NEXT"])))
print("CHANGED", flush=True)
`;

/** The lock of docs/processes.md, and processes that want it: two at once, and one that waits for one that is killed. */
const LOCK = `
import json, multiprocessing, os
${lockOfDocs()}
url = os.environ["DATABASE_URL"]
events = multiprocessing.SimpleQueue()
def contend(seconds):
    def work():
        events.put("begins")
        time.sleep(seconds)
        events.put("ends")
    run_alone(url, "beat", work)
def contender(seconds):
    process = multiprocessing.Process(target=contend, args=[seconds])
    process.start()
    return process
both = [contender(3), contender(3)]
[process.join() for process in both]
at_once = [events.get() for _ in range(4)]
killed = contender(600)
first = events.get()
waits = contender(0)
time.sleep(2)
nobody = events.empty()
killed.kill()
waits.join(20)
print("LOCK", json.dumps({"at_once": at_once, "waits": first == "begins" and nobody, "after": [events.get(), events.get()], "codes": [p.exitcode for p in [*both, waits]]}), flush=True)
`;

function lockOfDocs(): string {
  const page = readFileSync(join(__dirname, '../../docs/processes.md'), 'utf8');
  return (
    [...page.matchAll(/^```python\n([\s\S]*?)^```$/gm)].map(([, block]) => block).find((block) => block.includes('pg_try_advisory_lock')) ??
    assert.fail('docs/processes.md has no lock')
  );
}

class DataTest {
  private readonly cdk: CdkCli;
  private readonly app: AppCopy;

  public constructor(private readonly demo: Demo) {
    const { aws, engine, workspace, processes } = demo;
    assert.ok(engine);
    this.app = new AppCopy('migrations', workspace.subfolder('app'));
    this.cdk = new CdkCli(aws, engine, workspace, processes);
  }

  public async run(): Promise<void> {
    const missing = await missingForCaches();
    this.takeOneLine();
    appendFileSync(this.app.cdkApp, missing ? ONE_LINE_EACH : ONE_LINE_EACH + CACHES);
    this.app.require(CLIENTS);
    await this.synth('1.0.0');
    await this.cdk.bootstrap(silent);
    if (await test('a first deployment', () => this.cdk.deploy([STACK], silent))) {
      await test('32 threads on the pool that the app is told of', () => this.pool());
      await test('the lock of docs/processes.md: one at a time, and free when its process is killed', () => this.lock());
      if (missing) {
        console.log(`skipped - a cache and a broker: ${missing}`);
      } else {
        await test('a cache that is full drops keys, a broker refuses them, and each client works', () => this.caches());
      }
      await test('files are sent by presigned URLs from a page of the app', () => this.uploads());
      await test('the Python of each recipe in docs/data-recipes.md', () => this.recipes());
      await test('a password that changes while visitors come', () => this.rotate());
      await this.synth('2.0.0');
      await test('a new version, whose release task has the new password', () => this.update());
    }
    await test('cdk destroy', () => this.cdk.destroy([STACK], silent));
  }

  /** The database of the example as one line, of a class that allows a connection for each thread of a task. */
  private takeOneLine(): void {
    const file = this.app.cdkApp;
    const whole = readFileSync(file, 'utf8');
    const withoutL2 = whole.replace(/const database = new DatabaseInstance\([\s\S]*?^\}\);\n/m, '');
    const oneLine = withoutL2.replace(
      /web\.connectToDatabase\(database, (\{[^}]*\})\);/,
      "FlaskDatabase.postgres(web, 'Database', { version: PostgresEngineVersion.VER_17, instanceType: new InstanceType('t4g.small'), connection: $1 });",
    );
    const edited = oneLine.replace(
      "from 'cdk-flask-fargate';",
      "from 'cdk-flask-fargate';\nimport { CacheUse, FlaskCache, FlaskDatabase, FlaskUploads } from 'cdk-flask-fargate';",
    );
    assert.ok(
      !edited.includes('new DatabaseInstance') && edited.includes('FlaskDatabase.postgres('),
      'the example is another one: edit this test',
    );
    writeFileSync(file, edited);
  }

  private async pool(): Promise<void> {
    await this.runInTask(POOL);
    const line = await this.lineOf('POOL');
    const { ours, default: byDefault, size, told } = JSON.parse(line.replace('POOL ', ''));
    console.log(`32 threads: ${ours} errors with a pool of ${size}, ${byDefault} with SQLAlchemy's own`);
    assert.equal(`${size}`, told);
    assert.equal(size, 32);
    assert.equal(ours, 0);
    assert.equal(byDefault, 17, 'the test itself: the pool of SQLAlchemy has 15 connections');
  }

  private async lock(): Promise<void> {
    await this.runInTask(LOCK);
    assert.deepEqual(JSON.parse((await this.lineOf('LOCK')).replace('LOCK ', '')), {
      at_once: ['begins', 'ends', 'begins', 'ends'],
      waits: true,
      after: ['begins', 'ends'],
      codes: [0, 0, 0],
    });
  }

  private async caches(): Promise<void> {
    await this.runInTask(programOf('caches.py'));
    const found = await this.lineOf('CACHES');
    assert.deepEqual(JSON.parse(found.replace('CACHES ', '')), {
      tls: 'rediss',
      cache: { first: 0, last: 1 },
      broker: { first: 1, refused: true },
      celery: 5,
      rq: 5,
      flask: ['hello', 429],
    });
  }

  private async uploads(): Promise<void> {
    await this.runInTask(programOf('uploads.py'));
    const { bucket, put, get, form, hosts } = JSON.parse((await this.lineOf('UPLOADS')).replace('UPLOADS ', ''));
    assert.deepEqual(hosts, {
      'us-east-1': 's3.amazonaws.com',
      'eu-west-1': 's3.eu-west-1.amazonaws.com',
      'eu-south-2': 's3.eu-south-2.amazonaws.com',
      'us-gov-west-1': 's3.us-gov-west-1.amazonaws.com',
      'cn-north-1': 's3.cn-north-1.amazonaws.com.cn',
    });
    assert.match(put, /X-Amz-Signature=/, 'signed in the old way');
    const { DNSName = '' } = await (await this.deployed()).stack.loadBalancer();
    // a browser writes the host in lower case
    const origin = `http://${DNSName.toLowerCase()}`;
    const preflight = async (from: string, method: string) =>
      (await fetch(put, { method: 'OPTIONS', headers: { origin: from, 'access-control-request-method': method } })).status;
    assert.equal(await preflight(origin, 'PUT'), 200);
    assert.equal(await preflight(origin, 'DELETE'), 403);
    assert.equal(await preflight('http://elsewhere.example.com', 'PUT'), 403);
    const sent = await fetch(put, { method: 'PUT', body: 'a photo', headers: { origin } });
    assert.equal(sent.status, 200, await sent.text());
    assert.ok(['*', origin].includes(`${sent.headers.get('access-control-allow-origin')}`), 'the page may not read the answer');
    assert.equal(await (await fetch(get)).text(), 'a photo');
    const fields = new FormData();
    for (const [name, value] of Object.entries<string>(form.fields)) {
      fields.append(name, value);
    }
    fields.append('file', new Blob(['another photo']), 'photo.txt');
    const posted = await fetch(form.url, { method: 'POST', body: fields, headers: { origin } });
    assert.equal(posted.status, 204, await posted.text());
    const [unsigned] = put.split('?');
    assert.equal((await fetch(unsigned)).status, 403, `${bucket} is public`);
    assert.equal((await fetch(get.replace('photo.txt', 'form-photo.txt'))).status, 403, 'the URL of one file is good for another');
  }

  /** As the deployer, for the recipes' own tables and queues are not in this stack. */
  private async recipes(): Promise<void> {
    const recipes: { [heading: string]: string[] } = {};
    for (const [heading, code] of blocksOf('data-recipes.md', 'python')) {
      recipes[heading] = [...(recipes[heading] ?? []), code];
    }
    const deployer = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1' };
    await this.runInTask(programOf('recipes.py'), { ...deployer, RECIPES: JSON.stringify(recipes) });
    assert.deepEqual(JSON.parse((await this.lineOf('RECIPES')).replace('RECIPES ', '')), {
      'Aurora that sleeps': { recipe: 0, default: 1 },
      'A proxy': { recipe: false, default: true },
      'A replica to read from': true,
      'Sign-in by IAM': 'shop',
      'Sessions in DynamoDB': ['1', '2', 1],
      'Mail by Amazon SES': [['email-smtp.us-east-1.amazonaws.com', 587], ['starttls'], ['login', 'AKIA', 'secret']],
      'Jobs on Amazon SQS': ['done'],
    });
  }

  private async rotate(): Promise<void> {
    const deployed = await this.deployed();
    const before = await deployed.runningTasks();
    const secret = await this.databaseSecret(deployed.stack);
    const visitor = new Visitor(await deployed.client());
    await sleep(2000);
    const started = Date.now();
    const at = (what: string) => console.log(`  ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${what}`);
    await this.runInTask(CHANGE, { NEXT: PASSWORD });
    at('the password of the database is another one');
    await this.demo.aws.secrets.send(
      new PutSecretValueCommand({ SecretId: secret.id, SecretString: JSON.stringify({ ...secret.value, password: PASSWORD }) }),
    );
    at('the secret has the new value, and Secrets Manager says so');
    const fresh = await this.untilOthersRun(deployed, before);
    at(`the old task has gone, ${fresh.length} with the new password runs`);
    await sleep(2000);
    const visits = await visitor.leave();
    console.log(`  ${visits.count} requests meanwhile, ${visits.failed} failed`);
    assert.ok(visits.count > 20, `only ${visits.count} requests`);
    assert.equal(visits.failed, 0);
    assert.equal((await deployed.get('/notes')).status, 200);
  }

  private async update(): Promise<void> {
    await this.cdk.deploy([STACK], silent);
    const deployed = await this.deployed();
    assert.equal(await deployed.version(), '2.0.0');
    assert.equal((await deployed.get('/notes')).status, 200);
  }

  private async untilOthersRun(deployed: Deployed, before: string[]): Promise<string[]> {
    for (let i = 0; i < 120; i += 1) {
      const running = await deployed.runningTasks();
      if (running.length > 0 && running.every((arn) => !before.includes(arn))) {
        return running;
      }
      await sleep(1000);
    }
    return assert.fail('the tasks did not start anew within two minutes');
  }

  private async databaseSecret(stack: Stack): Promise<{ readonly id: string; readonly value: { readonly [key: string]: unknown } }> {
    for (const id of stack.idsOf('AWS::SecretsManager::Secret')) {
      const { SecretString = '{}' } = await this.demo.aws.secrets.send(new GetSecretValueCommand({ SecretId: id }));
      const value = JSON.parse(SecretString);
      if ('username' in value) {
        return { id, value };
      }
    }
    return assert.fail('the stack has no secret of a database');
  }

  /** Runs a Python program in a task of the app, with its environment. */
  private async runInTask(program: string, variables: { readonly [name: string]: string } = {}): Promise<void> {
    const { stack } = await this.deployed();
    const { ecs } = this.demo.aws;
    const { taskDefinition, networkConfiguration } = await stack.service();
    const environment = Object.entries(variables).map(([name, value]) => ({ name, value }));
    const { tasks = [], failures = [] } = await ecs.send(
      new RunTaskCommand({
        cluster: stack.cluster,
        taskDefinition,
        networkConfiguration,
        launchType: 'FARGATE',
        overrides: { containerOverrides: [{ name: CONTAINER, command: ['python', '-c', program], environment }] },
      }),
    );
    const arn = tasks[0]?.taskArn ?? assert.fail(`Run Task was refused: ${failures[0]?.reason}`);
    for (let i = 0; i < 90; i += 1) {
      const { tasks: [task] = [] } = await ecs.send(new DescribeTasksCommand({ cluster: stack.cluster, tasks: [arn] }));
      if (task?.lastStatus === 'STOPPED') {
        const exitCode = task.containers?.find(({ name }) => name === CONTAINER)?.exitCode;
        assert.equal(exitCode, 0, (await (await this.deployed()).logLines('web')).slice(-15).join('\n'));
        return;
      }
      await sleep(1000);
    }
    assert.fail('the task did not end within 90 seconds');
  }

  private async lineOf(word: string): Promise<string> {
    const lines = await (await this.deployed()).logLines('web');
    return lines.find((line) => line.startsWith(`${word} `)) ?? assert.fail(`no line begins with ${word}`);
  }

  private async synth(version: string): Promise<void> {
    this.app.setVersion(version);
    await this.cdk.synth(this.app.cdkApp, silent);
  }

  private async deployed(): Promise<Deployed> {
    return new Deployed(this.demo.aws, await Stack.load(this.demo.aws, STACK));
  }
}

/** Why this machine has no Valkey, if it has none. */
async function missingForCaches(): Promise<string | undefined> {
  const { version } = await Python.find(new ChildProcesses());
  if (Number(version.split('.')[1]) < 11) {
    return `the server is a wheel for Python 3.11 or newer, and this is Python ${version}`;
  }
  return spawnSync('openssl', ['version']).status === 0 ? undefined : 'its certificate is made by openssl, which is not on the PATH';
}

runOnLocalAws((demo) => new DataTest(demo).run());
