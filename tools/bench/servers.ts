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

export const SERVERS: readonly Server[] = [
  { name: DEVELOPMENT_SERVER, arguments: (port) => ['app.py', String(port)], environment: () => ({}) },
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
