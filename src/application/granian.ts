import { Duration, Token } from 'aws-cdk-lib/core';
import { textOf } from '../private/text';
import { DEFAULT_THREADS, type GranianOptions, type ServerContext } from './server-options';

/** Installed where the requirements of the app lack granian. */
export const GRANIAN_REQUIREMENT = { name: 'granian', specifier: 'granian>=2.5,<3' };

/** granian refuses a header read timeout, which is what ends an idle connection, above 60 s. */
export const GRANIAN_MAX_KEEP_ALIVE = Duration.seconds(60);

/** The environment contract of granian: each option of its command line has a variable. */
export function granianEnvironment(options: GranianOptions, context: ServerContext): { [key: string]: string } {
  const { timeouts, port } = context;
  const { workers, threads } = granianConcurrency(options, context);
  return {
    PORT: textOf(port),
    GRANIAN_HOST: '0.0.0.0',
    GRANIAN_PORT: textOf(port),
    GRANIAN_INTERFACE: 'wsgi',
    GRANIAN_WORKERS: textOf(workers),
    GRANIAN_BLOCKING_THREADS: textOf(threads),
    // in milliseconds; written so that a number that is known at deployment only passes
    GRANIAN_HTTP1_HEADER_READ_TIMEOUT: `${textOf(timeouts.keepAlive.toSeconds())}000`,
    GRANIAN_WORKERS_KILL_TIMEOUT: textOf(timeouts.graceful.toSeconds()),
    ...((options.accessLog ?? true) ? { GRANIAN_LOG_ACCESS_ENABLED: 'true' } : {}),
  };
}

/** The processes of a task, and the threads in each. */
export function granianConcurrency(
  options: GranianOptions,
  { cpu }: ServerContext,
): { readonly workers: number; readonly threads: number } {
  const workers = options.workers ?? (Token.isUnresolved(cpu) ? 1 : Math.max(1, Math.floor(cpu / 1024)));
  return { workers, threads: options.threads ?? DEFAULT_THREADS };
}
