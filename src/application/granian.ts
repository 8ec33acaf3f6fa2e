import { Duration, Token } from 'aws-cdk-lib/core';
import type { GranianOptions, ServerContext } from './wsgi-server';

/** Installed where the requirements of the app lack granian. */
export const GRANIAN_REQUIREMENT = { name: 'granian', specifier: 'granian>=2.5,<3' };

/** granian refuses a header read timeout, which is what ends an idle connection, above 60 s. */
export const GRANIAN_LONGEST_KEEP_ALIVE = Duration.seconds(60);

/** The environment contract of granian: each option of its command line has a variable. */
export function granianEnvironment(options: GranianOptions, context: ServerContext): { [key: string]: string } {
  const { cpu, timeouts, port } = context;
  const workers = options.workers ?? (Token.isUnresolved(cpu) ? 1 : Math.max(1, Math.floor(cpu / 1024)));
  return {
    PORT: `${port}`,
    GRANIAN_HOST: '0.0.0.0',
    GRANIAN_PORT: `${port}`,
    GRANIAN_INTERFACE: 'wsgi',
    GRANIAN_WORKERS: `${workers}`,
    GRANIAN_BLOCKING_THREADS: `${options.threads ?? 32}`,
    // in milliseconds; written so that a number that is known at deployment only passes
    GRANIAN_HTTP1_HEADER_READ_TIMEOUT: `${timeouts.keepAlive.toSeconds()}000`,
    GRANIAN_WORKERS_KILL_TIMEOUT: `${timeouts.graceful.toSeconds()}`,
    ...((options.accessLog ?? true) ? { GRANIAN_LOG_ACCESS_ENABLED: 'true' } : {}),
  };
}
