/**
 * How many requests are lost when a task is stopped, on loopback: `npx tsx --tsconfig tsconfig.dev.json tools/bench/stop.ts --python .venv/bin/python`.
 * Servers, their environment and the drain container are those of the template; the order of the signals is that of ECS. See the README beside this file.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import * as http from 'node:http';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import { Capacity, FlaskFargateService, FlaskImage, FlaskStage, WsgiServer } from '../../src';
import { Host } from './host';

const { values: options } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, rounds: { type: 'string', default: '1' } },
});

const SERVERS: { readonly [name: string]: WsgiServer } = { gunicorn: WsgiServer.gunicorn(), granian: WsgiServer.granian() };
/** How many requests of two seconds are under way when the signal comes. */
const IN_FLIGHT = 32;
/** How many come every second after it, half of them on connections of a pool, as a load balancer has one. */
const PER_SECOND = 40;
const POOL = 16;
/** With and without the drain, and for how many seconds requests still come. */
const CASES = [
  { drains: false, seconds: 2 },
  { drains: false, seconds: 5 },
  { drains: true, seconds: 2 },
  { drains: true, seconds: 5 },
  { drains: true, seconds: 15 },
];

interface Container {
  readonly Name: string;
  readonly EntryPoint?: string[];
  readonly Command?: string[];
  readonly Environment?: { readonly Name: string; readonly Value: string }[];
}

/** The containers of a task as the template has them. */
function containersOf(server: WsgiServer, port: number): { readonly app: Container; readonly drain: Container } {
  const stack = new Stack(new App(), 'Stop', { env: { account: '123456789012', region: 'eu-west-1' } });
  new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/flask:1')),
    server,
    port,
    capacity: Capacity.onDemand({ drainBeforeStop: true }),
    stage: FlaskStage.ephemeral(),
  });
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  const [app, drain] = definition.Properties.ContainerDefinitions as Container[];
  return { app, drain };
}

/** Requests of one kind: how many were sent, and how many got no answer 200. */
class Count {
  private sent = 0;
  private lost = 0;
  private readonly open: Promise<void>[] = [];

  public send(url: string, agent?: http.Agent): void {
    this.sent += 1;
    this.open.push(
      new Promise((resolve) => {
        const end = (answered: boolean) => {
          this.lost += answered ? 0 : 1;
          resolve();
        };
        http
          .get(url, { agent: agent ?? false, timeout: 10_000 }, (response) => {
            response.resume();
            response.on('end', () => end(response.statusCode === 200)).on('error', () => end(false));
          })
          .on('timeout', function (this: http.ClientRequest) {
            this.destroy();
          })
          .on('error', () => end(false));
      }),
    );
  }

  public async total(): Promise<[lost: number, sent: number]> {
    await Promise.all(this.open);
    return [this.lost, this.sent];
  }
}

/** Ends the containers as ECS does: what depends on the app first, and the app when that has ended. */
function stop(app: ChildProcess, drain?: ChildProcess): void {
  if (drain) {
    drain.once('exit', () => app.kill('SIGTERM'));
    drain.kill('SIGTERM');
  } else {
    app.kill('SIGTERM');
  }
}

async function measure(host: Host, name: string, drains: boolean, seconds: number): Promise<[number, number][]> {
  let drain: ChildProcess | undefined;
  const server = {
    name,
    arguments: () => ['-m', name, 'app:app'],
    environment: (port: number) => {
      const containers = containersOf(SERVERS[name], port);
      if (drains) {
        // the entry point of the image's own does not count: the template has both
        const [, ...words] = [...(containers.drain.EntryPoint ?? []), ...(containers.drain.Command ?? [])];
        drain = spawn(options.python, words, { stdio: 'inherit' });
      }
      const variables = (containers.app.Environment ?? []).filter(({ Value }) => typeof Value === 'string');
      return Object.fromEntries(variables.map(({ Name, Value }) => [Name, Value.replace('0.0.0.0', '127.0.0.1')]));
    },
  };
  try {
    return await host.whileServing(server, async (url, app) => {
      const pool = new http.Agent({ keepAlive: true, maxSockets: POOL });
      const warm = new Count();
      for (let i = 0; i < POOL; i++) {
        warm.send(`${url}/io`, pool);
      }
      await warm.total();

      const [inFlight, onNew, onKept] = [new Count(), new Count(), new Count()];
      for (let i = 0; i < IN_FLIGHT; i++) {
        inFlight.send(`${url}/slow`);
      }
      await sleep(500);
      stop(app, drain);
      const start = Date.now();
      for (let i = 1; i <= seconds * PER_SECOND; i++) {
        await sleep(start + (i * 1000) / PER_SECOND - Date.now());
        if (i % 2 === 0) {
          onNew.send(`${url}/trivial`);
        } else {
          onKept.send(`${url}/trivial`, pool);
        }
      }
      const totals = [await inFlight.total(), await onNew.total(), await onKept.total()];
      pool.destroy();
      return totals;
    });
  } finally {
    drain?.kill('SIGKILL');
  }
}

async function main(): Promise<void> {
  const host = new Host(options.python, __dirname, cpus().length);
  console.log(
    `| Server | Drain | Requests still come for | Under way at the signal | After it, new connections | After it, kept connections |`,
  );
  console.log('|---|---|---|---|---|---|');
  for (const name of Object.keys(SERVERS)) {
    for (const { drains, seconds } of CASES) {
      const sums: [number, number][] = [];
      for (let round = 0; round < Number(options.rounds); round++) {
        const counts = await measure(host, name, drains, seconds);
        counts.forEach(([lost, sent], i) => {
          const [before, all] = sums[i] ?? [0, 0];
          sums[i] = [before + lost, all + sent];
        });
      }
      const cells = sums.map(([lost, sent]) => `${lost} of ${sent}`);
      console.log(`| ${name} | ${drains ? 'yes' : 'no'} | ${seconds} s | ${cells.join(' | ')} |`);
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
