import { Token } from 'aws-cdk-lib/core';
import { textOf } from '../private/text';
import { fail } from '../private/validation';
import { DEFAULT_THREADS, type GunicornOptions, type ServerContext } from './server-options';

/** Installed where the requirements of the app lack gunicorn: what the defaults were tested with. */
export const GUNICORN_REQUIREMENT = { name: 'gunicorn', specifier: 'gunicorn>=23.0.0,<28' };

/** gunicorn's own, the milliseconds, and the trace id of the load balancer: plain text, for a backslash of a client would break JSON. */
const ACCESS_LOG_FORMAT = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms %({x-amzn-trace-id}i)s';

/**
 * As wide as the load balancer's: it takes 16 KiB of a request line and of a header, and adds to headers. gunicorn's own 4094 and 8190 bytes refuse
 * the cookies of a sign-in. It takes no number above 8190 for the line, and 0 is none: the load balancer's limit holds.
 */
const HEADER_LIMITS = ['--limit-request-line 0', '--limit-request-field_size 32768'];

/** What a worker of a Flask app with SQLAlchemy and boto3 takes at rest. */
export const WORKER_MEMORY_MIB = 192;

/**
 * The environment contract of gunicorn. Only flags that every version since 20 knows: an unknown one makes it exit with 2 at boot.
 * GUNICORN_CMD_ARGS beats gunicorn.conf.py, and loses to flags in the CMD of the image.
 */
export function gunicornEnvironment(options: GunicornOptions, context: ServerContext): { [key: string]: string } {
  const { workers, threads } = gunicornConcurrency(options, context);
  const args = [
    // a gunicorn.conf.py in the folder wins over PORT and WEB_CONCURRENCY, and loses to these
    `--bind 0.0.0.0:${textOf(context.port)}`,
    `--workers ${textOf(workers)}`,
    '-k gthread',
    `--threads ${textOf(threads)}`,
    `--keep-alive ${textOf(context.timeouts.keepAlive.toSeconds())}`,
    `--graceful-timeout ${textOf(context.timeouts.graceful.toSeconds())}`,
    ...HEADER_LIMITS,
    ...((options.accessLog ?? true) ? ['--access-logfile -', `--access-logformat ${shellWord(ACCESS_LOG_FORMAT)}`] : []),
    ...(options.additionalArguments ?? []).map(shellWord),
  ];
  return {
    PORT: textOf(context.port),
    WEB_CONCURRENCY: textOf(workers),
    GUNICORN_CMD_ARGS: args.join(' '),
    // the security group of the task admits the load balancer alone, so whoever speaks to gunicorn may be believed
    FORWARDED_ALLOW_IPS: '*',
  };
}

/** The processes of a task, and the threads in each. */
export function gunicornConcurrency(
  options: GunicornOptions,
  context: ServerContext,
): { readonly workers: number; readonly threads: number } {
  return { workers: options.workers ?? workersFor(context), threads: options.threads ?? DEFAULT_THREADS };
}

/** What has an option of its own, which is checked; gunicorn takes the last of two, so these would undo the checks. */
const OWNED_ARGUMENTS: { readonly [option: string]: string[] } = {
  'WsgiServer.custom() for another worker class than gthread': ['-k', '--worker-class'],
  'the prop port': ['-b', '--bind'],
  workers: ['-w', '--workers'],
  threads: ['--threads'],
  keepAlive: ['--keep-alive'],
  gracefulTimeout: ['--graceful-timeout'],
  accessLog: ['--access-logfile'],
};

/** Arguments that the construct does not set itself, each a word of its own. */
export function requireFreeArguments(args: string[]): void {
  for (const argument of args) {
    const name = argument.split('=')[0];
    const owner = Object.keys(OWNED_ARGUMENTS).find((option) => OWNED_ARGUMENTS[option].includes(name));
    if (owner) {
      fail(`the argument '${argument}' cannot be given in additionalArguments, because the construct sets it; use ${owner}`);
    }
    if (/^-\S+ /.test(argument)) {
      fail(`each of additionalArguments must be one word, got '${argument}'; give ${JSON.stringify(argument.split(' '))}`);
    }
  }
}

/** gunicorn's own advice is 2 to 4 workers per core; its cpu_count() is wrong on a fraction of a vCPU, so we say it. */
function workersFor({ cpu, memoryLimitMiB }: ServerContext): number {
  if (Token.isUnresolved(cpu) || Token.isUnresolved(memoryLimitMiB)) {
    return 2;
  }
  const byCpu = Math.max(2, Math.floor((2 * cpu) / 1024));
  const byMemory = Math.max(1, Math.floor(memoryLimitMiB / WORKER_MEMORY_MIB));
  return Math.min(byCpu, byMemory);
}

/** gunicorn splits the variable as a shell does. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'"'"'`)}'`;
}
