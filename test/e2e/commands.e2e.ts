/**
 * Every command that README, docs and the examples name, run under what the construct makes: `npx tsx --tsconfig tsconfig.dev.json
 * test/e2e/commands.e2e.ts`. The read-only root, the user, /tmp and the environment are those of the synthesized definition, kept by the
 * sandbox of the local AWS. The servers are gunicorn of each supported major version and granian, and answer the requests of the front door.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import { join, resolve } from 'node:path';
import { ChildProcesses } from '../../tools/local-aws/child-processes';
import { freePort } from '../../tools/local-aws/free-port';
import { Python } from '../../tools/local-aws/python';
import { Workspace } from '../../tools/local-aws/workspace';
import { type Container, definitions } from './commands/definitions';
import { type FoundCommand, foundCommands } from './commands/found-commands';
import {
  lostSessions,
  PING_SECONDS,
  slowUpload,
  socketIo,
  socketIoByWebSocket,
  streams,
  webSockets,
  withoutPings,
} from './commands/long-connections';
import { rawRequests } from './commands/raw-requests';
import { missingSandbox, Sandboxed } from './commands/sandbox';
import { uploads } from './commands/uploads';

const ROOT = resolve(__dirname, '../..');

/** The last of each major version; the newest is what the requirements of the test install. 20 imports pkg_resources. */
const GUNICORNS = ['20.1.0', '21.2.0', '22.0.0', '23.0.0'];

/** The servers that take the path from a header of the client: the rows of docs/front-door.md. */
const BELIEVES_SCRIPT_NAME = /^gunicorn(?:, the newest| 20| 21| 23)/;

let failed = 0;
let passed = 0;

/** `-- Socket` runs those with that in their names. */
const WANTED = new RegExp(process.argv.slice(2).find((word) => word !== '--') ?? '');

async function test(name: string, assertion: () => Promise<void>): Promise<void> {
  if (!WANTED.test(name)) {
    return;
  }
  try {
    await assertion();
    passed += 1;
    console.log(`ok - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok - ${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/** An answer of the app, which says what it believes. */
interface Answer {
  readonly status: number;
  readonly body: { readonly scheme?: string; readonly path?: string; readonly root?: string; readonly address?: string };
}

function ask(port: number, path: string, headers: http.OutgoingHttpHeaders = {}): Promise<Answer | undefined> {
  return new Promise((done) => {
    http
      .get({ host: '127.0.0.1', port, path, headers, agent: false, timeout: 5000, maxHeaderSize: 65_536 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          done({ status: response.statusCode ?? 0, body: response.statusCode === 200 ? JSON.parse(text) : {} });
        });
      })
      .on('error', () => done(undefined));
  });
}

/** No command may run into the limits, and none may break. */
function requireUnbroken(command: Sandboxed): void {
  assert.doesNotMatch(
    command.output,
    /Errno 30|Read-only file system|Permission denied|Traceback|Propagator \w+ not found/,
    command.output,
  );
}

/** Runs a command until it shows that it works, by the kind of program that it is. */
async function works(python: string, container: Container, words: readonly string[], port: number): Promise<void> {
  const command = new Sandboxed(python, container, words);
  try {
    const program = words.find((word) => /^(?:celery|flask|gunicorn|granian)$/.test(word));
    if (program === 'flask') {
      const code = Number(words[words.indexOf('--code') + 1] || 0);
      await command.until(30, () => command.exitCode !== undefined);
      assert.equal(command.exitCode, words.includes('--code') ? code : 0, command.output);
    } else if (program === 'celery') {
      const sign = words.includes('beat') ? 'app.tidy_up is sent' : 'the worker is ready';
      assert.ok(await command.until(30, () => command.output.includes(sign)), command.output);
      assert.equal(command.exitCode, undefined, command.output);
    } else {
      assert.ok(await command.until(30, async () => (await ask(port, '/'))?.status === 200), command.output);
    }
    requireUnbroken(command);
  } finally {
    await command.stop();
  }
}

/** What a client may send, and what the app believes of it. */
async function frontDoor(port: number, server: string): Promise<void> {
  const isGranian = server === 'granian';
  const plain = await ask(port, '/');
  assert.deepEqual([plain?.status, plain?.body.scheme, plain?.body.root], [200, 'http', ''], 'plain');
  // what the load balancer says
  const https = await ask(port, '/', { 'x-forwarded-proto': 'https' });
  assert.equal(https?.body.scheme, isGranian ? 'http' : 'https', 'X-Forwarded-Proto: https');
  // what passes a load balancer that drops invalid header fields: no underscore
  for (const name of ['script-name', 'path-info', 'remote-addr', 'remote-user', 'x-forwarded-prefix', 'x-forwarded-host']) {
    const answer = await ask(port, '/', { [name]: '/public' });
    assert.deepEqual([answer?.status, answer?.body.root, answer?.body.path, answer?.body.scheme], [200, '', '/', 'http'], name);
  }
  // the load balancer says http, and a client that it is https: refused, or not believed
  for (const headers of [{ 'x-forwarded-ssl': 'on' }, { 'x-forwarded-protocol': 'ssl' }]) {
    const answer = await ask(port, '/', { ...headers, 'x-forwarded-proto': 'http' });
    assert.ok(answer?.status === 400 || answer?.body.scheme === 'http', JSON.stringify({ headers, answer }));
  }
  // what a load balancer of ours drops, and another may not
  const prefixed = await ask(port, '/public/', { SCRIPT_NAME: '/public' });
  assert.equal(prefixed?.status, BELIEVES_SCRIPT_NAME.test(server) ? 200 : 404, 'SCRIPT_NAME');
  // as wide as the load balancer: 16 KiB of a line and of a header, 64 KiB of all
  assert.equal((await ask(port, `/?${'a'.repeat(16_000)}`))?.status, 200, 'a line of 16 KiB');
  assert.equal((await ask(port, '/', { cookie: 'a'.repeat(16_300) }))?.status, 200, 'a header of 16 KiB');
  const four = Object.fromEntries([1, 2, 3, 4].map((i) => [`x-wide-${i}`, 'a'.repeat(15_500)]));
  assert.equal((await ask(port, '/', four))?.status, 200, '62 KiB of headers');
}

/** The app with the lines of docs/front-door.md: the client is who the load balancer saw, whatever the client says. */
async function proxied(port: number): Promise<void> {
  const answer = await ask(port, '/', {
    'x-forwarded-for': '198.51.100.1, 203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-prefix': '/public',
  });
  assert.deepEqual(answer?.body, { address: '203.0.113.9', scheme: 'https', path: '/', root: '' });
}

/** gunicorn of one version beside the other packages. */
async function gunicornOf(version: string, python: string, processes: ChildProcesses): Promise<string> {
  const key = createHash('sha256').update(`${version} ${python}`).digest('hex').slice(0, 8);
  const folder = join(Workspace.cache, `gunicorn-${version}-${key}`);
  if (!existsSync(join(folder, '.complete'))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const packages = [`gunicorn==${version}`, ...(version.startsWith('20.') ? ['setuptools<80'] : [])];
    await processes.run(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--target', folder, ...packages]);
    writeFileSync(join(folder, '.complete'), '');
  }
  return folder;
}

async function main(processes: ChildProcesses): Promise<void> {
  const found = await Python.find(processes);
  const python = await found.environment(join(__dirname, 'commands', 'requirements.txt'), () => undefined);
  const missing = missingSandbox(python);
  assert.equal(
    missing,
    undefined,
    `this machine lets no user have namespaces: ${missing}; on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0`,
  );
  const port = await freePort();
  const { gunicorn, granian, traced, task, largeTmp, largeTmpOfGranian } = definitions(port);
  assert.equal(task.ReadonlyRootFilesystem, true);

  const commands = foundCommands(ROOT);
  assert.ok(commands.length >= 10, `only ${commands.length} commands were found: the docs are written in another way than this test reads`);
  for (const { words, file } of commands) {
    const container = words[0] === 'gunicorn' ? gunicorn : words[0] === 'granian' ? granian : task;
    await test(`${words.join(' ')} (${file})`, () => works(python, container, here(words, port), port));
  }

  for (const words of [
    ['gunicorn', 'app:app'],
    ['celery', '-A', 'app.celery', 'worker'],
    ['flask', 'report'],
  ]) {
    await test(`opentelemetry-instrument ${words.join(' ')}`, () => works(python, traced, ['opentelemetry-instrument', ...words], port));
  }

  await test('Celery beat without --schedule cannot: the sandbox is one, and the warning at synth is right', async () => {
    const beat = new Sandboxed(python, task, ['celery', '-A', 'app.celery', 'beat']);
    await beat.until(30, () => beat.exitCode !== undefined);
    assert.match(beat.output, /\[Errno 30\] Read-only file system: 'celerybeat-schedule/);
    await beat.stop();
  });

  const servers: [name: string, container: Container, words: string[], packages?: string][] = [
    ['gunicorn, the newest', gunicorn, ['gunicorn', 'app:create_app()']],
    ['granian', granian, ['granian', 'app:app']],
  ];
  for (const version of GUNICORNS) {
    servers.push([`gunicorn ${version}`, gunicorn, ['gunicorn', 'app:app'], await gunicornOf(version, python, processes)]);
  }
  const serving =
    (container: Container, words: string[], packages: string | undefined, asserts: (server: Sandboxed) => Promise<void>) => async () => {
      const server = new Sandboxed(python, container, words, packages);
      try {
        assert.ok(await server.until(30, async () => (await ask(port, '/'))?.status === 200), server.output);
        await asserts(server);
      } finally {
        await server.stop();
      }
    };
  for (const [name, container, words, packages] of servers) {
    await test(
      `the front door of ${name}`,
      serving(container, words, packages, async (server) => {
        await frontDoor(port, name);
        await rawRequests(port, name);
        requireUnbroken(server);
      }),
    );
    await test(
      `the client of ${name} with ProxyFix`,
      serving(container, [words[0], 'app.proxied:app'], packages, () => proxied(port)),
    );
  }

  await test('the path of a client is not believed with the argument that docs/front-door.md names', async () => {
    const Environment = gunicorn.Environment.map(({ Name, Value }) => ({
      Name,
      Value: Name === 'GUNICORN_CMD_ARGS' ? `${Value} --forwarder-headers=NONE` : Value,
    }));
    const asserts = async () => {
      assert.equal((await ask(port, '/public/', { SCRIPT_NAME: '/public' }))?.status, 404);
      assert.equal((await ask(port, '/', { 'x-forwarded-proto': 'https' }))?.body.scheme, 'https');
    };
    await serving({ ...gunicorn, Environment }, ['gunicorn', 'app:app'], undefined, asserts)();
  });

  await test(
    'uploads to gunicorn',
    serving(gunicorn, ['gunicorn', 'app:app'], undefined, () => uploads(port, 64)),
  );
  await test(
    'uploads to granian',
    serving(granian, ['granian', 'app:app'], undefined, () => uploads(port, 64)),
  );
  await test(
    'uploads to gunicorn with a larger tmpSize',
    serving(largeTmp, ['gunicorn', 'app:app'], undefined, () => uploads(port, 256)),
  );
  await test(
    'uploads to granian with a larger tmpSize',
    serving(largeTmpOfGranian, ['granian', 'app:app'], undefined, () => uploads(port, 256)),
  );

  await longConnections(python, port, commands);
}

/** What docs/long-connections.md says, behind a load balancer whose idle timeout is two seconds. */
async function longConnections(python: string, port: number, commands: readonly FoundCommand[]): Promise<void> {
  const { gunicorn, oneWorker, granian, task } = definitions(port);
  const other = await freePort();
  const serve = async (servers: readonly [Container, readonly string[]][], variables: Variables, asserts: () => Promise<void>) => {
    const running = servers.map(([container, words]) => new Sandboxed(python, withVariables(container, variables), words));
    try {
      for (const [i, server] of running.entries()) {
        assert.ok(await server.until(30, async () => (await ask([port, other][i], '/'))?.status === 200), server.output);
      }
      await asserts();
    } finally {
      await Promise.all(running.map((server) => server.stop()));
    }
  };
  const words = { gunicorn: ['gunicorn', 'app.long:app'], granian: ['granian', 'app.long:app'] };
  const byGevent = commands.find((command) => command.words.includes('gevent'))?.words;
  assert.ok(byGevent, 'docs/long-connections.md has no command with gevent');
  const gevent = [task, [...here(byGevent, port).slice(0, -1), 'app.long:app']] as const;
  const pings = { SOCK_PING: `${PING_SECONDS}` };
  const withGevent = { ...pings, SOCKETIO_MODE: 'gevent' };

  for (const [name, server, variables] of [
    ['gunicorn', [gunicorn, words.gunicorn], pings],
    ['gunicorn with gevent', gevent, withGevent],
    ['granian', [granian, words.granian], pings],
  ] as const) {
    await test(`streams, slow uploads and WebSockets of ${name}`, () =>
      serve([[server[0], server[1]]], variables, async () => {
        await Promise.all([streams(port), slowUpload(port), webSockets(port, name === 'granian' ? 500 : undefined)]);
      }));
  }
  await test('a WebSocket without pings is cut by the idle timeout', () =>
    serve([[gunicorn, words.gunicorn]], {}, () => withoutPings(port)));

  const whole = (good: number, all: number) => assert.equal(good, all);
  const notWhole = (good: number, all: number) => assert.ok(good < all, 'all sessions work');
  for (const [name, server, variables, byWebSocket] of [
    ['gunicorn with one worker', [oneWorker, words.gunicorn], {}, 'who'],
    ['gunicorn with gevent', gevent, withGevent, 'who'],
    ['granian', [granian, words.granian], {}, '^500$'],
  ] as const) {
    await test(`Socket.IO on ${name}`, () =>
      serve([[server[0], server[1]]], variables, async () => {
        await socketIo([port], false, whole);
        const told = await socketIoByWebSocket(port);
        console.log(`# Socket.IO by WebSocket alone: ${told}`);
        assert.match(told, new RegExp(byWebSocket));
      }));
  }
  await test('Socket.IO on two workers loses sessions', () => serve([[gunicorn, words.gunicorn]], {}, () => lostSessions(port)));
  await test('Socket.IO on two tasks needs stickiness', () =>
    serve(
      [
        [oneWorker, words.gunicorn],
        [definitions(other).oneWorker, words.gunicorn],
      ],
      {},
      async () => {
        await socketIo([port, other], true, whole);
        await socketIo([port, other], false, notWhole);
      },
    ));
}

type Variables = { readonly [name: string]: string };

function withVariables(container: Container, variables: Variables): Container {
  const more = Object.entries(variables).map(([Name, Value]) => ({ Name, Value }));
  return { ...container, Environment: [...container.Environment, ...more] };
}

/** What a page binds to the port of the construct, on the loopback address. */
function here(words: readonly string[], port: number): string[] {
  return words.map((word) => word.replace('0.0.0.0:3000', `127.0.0.1:${port}`));
}

const processes = new ChildProcesses();
main(processes)
  .catch((error) => {
    failed += 1;
    console.error(error);
  })
  .finally(async () => {
    await processes.endAll();
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed > 0 ? 1 : 0);
  });
