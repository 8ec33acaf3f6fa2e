/**
 * Compares WSGI servers side by side on loopback: `npx tsx tools/bench/bench.ts --python .venv/bin/python`.
 * See the README beside this file.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpus as allCpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Host } from './host';
import { HANDLERS, type Handler, Results, type Sample } from './results';
import { DEVELOPMENT_SERVER, SERVERS, type Server } from './servers';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    connections: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    cpus: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    handlers: { type: 'string', default: '' },
  },
});

const connections = between('connections', 1, 256);
const rounds = between('rounds', 1, 9);
const seconds = between('seconds', 1, 10);
const cpus = between('cpus', 0.1, allCpus().length);
const wanted = new RegExp(options.only);
const handlers = HANDLERS.filter(({ name }) => new RegExp(options.handlers).test(name));

function between(name: 'connections' | 'rounds' | 'seconds' | 'cpus', minimum: number, maximum: number): number {
  const value = Number(options[name]);
  if (!(value >= minimum && value <= maximum)) {
    throw new Error(`--${name} must be from ${minimum} to ${maximum}, got ${options[name]}`);
  }
  return value;
}

async function load(host: Host, url: string, { path, body }: Handler, duration: number): Promise<Sample> {
  const script = join(__dirname, 'wrk-report.lua');
  const flags = ['-t1', `-c${connections}`, `-d${duration}s`, '--timeout', '30s', '-s', script];
  const [program, ...rest] = [...host.generatorPrefix, 'wrk', ...flags, `${url}${path}`, ...(body ? ['--', `${body}`] : [])];
  const before = host.cpuSeconds();
  const { stdout } = await promisify(execFile)(program, rest);
  const after = host.cpuSeconds();
  const report = JSON.parse(stdout.trim().split('\n').at(-1) as string) as Record<string, number>;
  return {
    requestsPerSecond: (report.requests / report.microseconds) * 1e6,
    p99: report.p99 / 1000,
    failed: report.failed,
    perCpuSecond: before === undefined || after === undefined ? undefined : report.requests / (after - before),
  };
}

function versions(): string {
  const program =
    "import platform, importlib.metadata as m; print('Python', platform.python_version(), *(f', {n} {m.version(n)}' for n in ('flask', 'gunicorn', 'granian')), sep=' ')";
  return execFileSync(options.python, ['-c', program], { encoding: 'utf8' }).trim().replace(/ ,/g, ',');
}

/** Starts all servers; one that is asked nothing takes next to no CPU. */
function whileAllServe(host: Host, [first, ...rest]: Server[], work: (urls: string[]) => Promise<void>): Promise<void> {
  return first ? host.whileServing(first, (url) => whileAllServe(host, rest, (urls) => work([url, ...urls]))) : work([]);
}

/** What the last load left in the queue is not the next server's. */
async function untilIdle(url: string): Promise<void> {
  for (let quick = 0, tries = 0; quick < 3 && tries < 50; tries++) {
    const start = Date.now();
    await fetch(`${url}/trivial`);
    quick = Date.now() - start < 20 ? quick + 1 : 0;
  }
}

async function main(): Promise<void> {
  if (spawnSync('wrk', ['-v']).error) {
    throw new Error('wrk is not installed: `apt-get install wrk` or `brew install wrk`');
  }
  const servers = SERVERS.filter(({ name }) => name === DEVELOPMENT_SERVER || wanted.test(name));
  const results = new Results();
  const host = new Host(options.python, __dirname, cpus);
  try {
    await whileAllServe(host, servers, async (urls) => {
      for (const url of urls) {
        await load(host, url, HANDLERS[0], 1); // to warm up
      }
      for (const handler of handlers) {
        for (let round = 1; round <= rounds; round++) {
          process.stderr.write(`${handler.name}: round ${round} of ${rounds}\n`);
          // a server has its neighbours of a second ago: what else the machine does meets them all
          for (const [i, { name }] of servers.entries()) {
            results.add(name, handler, await load(host, urls[i], handler, seconds));
            await untilIdle(urls[i]);
          }
        }
      }
    });
  } finally {
    host.close();
  }
  console.log(`${new Date().toISOString().slice(0, 10)} · ${versions()} · ${allCpus()[0].model}, ${allCpus().length} CPUs`);
  console.log(
    `${connections} connections, ${rounds} rounds of ${seconds} s, server on ${cpus} CPU; req/s (ratio to ${DEVELOPMENT_SERVER}), medians\n`,
  );
  console.log(results.markdown(handlers));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
