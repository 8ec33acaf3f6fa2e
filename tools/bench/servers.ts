import { GRANIAN_MAX_KEEP_ALIVE, granianEnvironment } from '../../src/application/granian';
import { gunicornEnvironment } from '../../src/application/gunicorn';
import type { GranianOptions, GunicornOptions } from '../../src/application/server-options';
import { TimeoutChain } from '../../src/application/timeout-chain';

/** A way to serve the bench app: what runs after `python`, and its environment. */
export interface Server {
  readonly name: string;
  readonly arguments: (port: number) => string[];
  readonly environment: (port: number) => Record<string, string>;
}

/** What every ratio is against: a thread for each request, no limit. */
export const DEVELOPMENT_SERVER = 'python app.py';

function gunicorn(name: string, workers: number, cmdArgs: string): Server {
  return {
    name,
    arguments: () => ['-m', 'gunicorn', 'app:app'],
    environment: (port) => ({
      WEB_CONCURRENCY: String(workers),
      GUNICORN_CMD_ARGS: `--bind 127.0.0.1:${port} ${cmdArgs}`,
      FORWARDED_ALLOW_IPS: '*',
    }),
  };
}

function gthread(workers: number, threads: number, extra = '--access-logfile -', note = ''): Server {
  const cmdArgs = `-k gthread --threads ${threads} --keep-alive 75 --graceful-timeout 2 ${extra}`;
  return gunicorn(`gthread ${workers} x ${threads}${note}`, workers, cmdArgs);
}

function granian(workers: number, blockingThreads: number, extra: Record<string, string> = {}, note = ''): Server {
  return {
    name: `granian ${workers} x ${blockingThreads}${note}`,
    arguments: () => ['-m', 'granian', 'app:app'],
    environment: (port) => ({
      GRANIAN_HOST: '127.0.0.1',
      GRANIAN_PORT: String(port),
      GRANIAN_INTERFACE: 'wsgi',
      GRANIAN_WORKERS: String(workers),
      GRANIAN_BLOCKING_THREADS: String(blockingThreads),
      GRANIAN_WORKERS_KILL_TIMEOUT: '2',
      ...extra,
    }),
  };
}

/** A server as the construct makes it for a task of that size, but for the address: what its users have. */
function ours(name: string, options: GunicornOptions): Server {
  const environment = (port: number) => gunicornEnvironment(options, { ...TASK, port, timeouts: new TimeoutChain({}) });
  return { name, arguments: () => ['-m', 'gunicorn', 'app:app'], environment: (port) => onLoopback(environment(port)) };
}

function ourGranian(name: string, options: GranianOptions): Server {
  const environment = (port: number) =>
    granianEnvironment(options, { ...TASK, port, timeouts: new TimeoutChain({ maxKeepAlive: GRANIAN_MAX_KEEP_ALIVE }) });
  return { name, arguments: () => ['-m', 'granian', 'app:app'], environment: (port) => onLoopback(environment(port)) };
}

const TASK = { cpu: 1024, memoryLimitMiB: 2048 };

function onLoopback(variables: { readonly [name: string]: string }): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value.replace('0.0.0.0', '127.0.0.1')]));
}

export const SERVERS: readonly Server[] = [
  { name: DEVELOPMENT_SERVER, arguments: (port) => ['app.py', String(port)], environment: () => ({}) },
  ours('default', {}),
  ours('default, no access log', { accessLog: false }),
  ours('default, reuse port', { additionalArguments: ['--reuse-port'] }),
  ours('default, one worker', { workers: 1 }),
  ourGranian('WsgiServer.granian()', {}),
  ourGranian('WsgiServer.granian(), no access log', { accessLog: false }),
  gunicorn('gunicorn defaults', 1, ''),
  gthread(2, 4),
  gthread(2, 8),
  gthread(2, 16),
  gthread(1, 32),
  gthread(2, 32),
  gthread(2, 32, '', ', no access log'),
  gthread(2, 32, '--access-logfile - --reuse-port', ', reuse port'),
  gthread(2, 48),
  gthread(2, 64),
  gthread(4, 32),
  gthread(4, 32, '--access-logfile - --reuse-port', ', reuse port'),
  granian(1, 4),
  granian(1, 16),
  granian(1, 32),
  granian(1, 64),
  granian(2, 32),
  granian(2, 64),
  granian(2, 32, { GRANIAN_LOG_ACCESS_ENABLED: 'true' }, ', access log'),
];
