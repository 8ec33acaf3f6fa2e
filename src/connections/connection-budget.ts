import { Token } from 'aws-cdk-lib/core';
import type { AppConcurrency } from './data-connection';
import { type DatabaseServer, familyOf } from './database-server';

/** What a process may hold where nothing limits it: SQLAlchemy's own pool, 5 and 10 above. */
const SQLALCHEMY_POOL = 15;
/** A smaller pool lets threads wait for each other at moderate load. */
export const MIN_POOL_SIZE = 5;
/** Of the limit; the rest is for RDS itself, migrations, workers and a person with psql. */
const USABLE_SHARE = 0.8;

const GIB = 1024 ** 3;

/** The memory of instance classes by their size, in GiB. Those of `m` have 4 GiB for each vCPU, those of `r` 8. */
const T_MEMORY: { readonly [size: string]: number } = { micro: 1, small: 2, medium: 4, large: 8, xlarge: 16, '2xlarge': 32 };
const VCPUS: { readonly [size: string]: number } = { medium: 1, large: 2, xlarge: 4 };
const PER_VCPU: { readonly [family: string]: number } = { m: 4, r: 8 };

/** The memory of an instance class in GiB, `db.t4g.micro` for example; undefined where we do not know it. */
export function memoryOf(instanceClass: string | undefined): number | undefined {
  const match = Token.isUnresolved(instanceClass) ? undefined : instanceClass?.match(/^(?:db\.)?([a-z])\d[a-z]*\.(\d*)([a-z]+)$/);
  if (!match) {
    return undefined;
  }
  const [, family, factor, size] = match;
  if (family === 't') {
    return T_MEMORY[`${factor}${size}`];
  }
  const perVcpu = PER_VCPU[family];
  const vcpus = factor ? (size === 'xlarge' ? 4 * Number(factor) : undefined) : VCPUS[size];
  return perVcpu === undefined || vcpus === undefined ? undefined : perVcpu * vcpus;
}

/**
 * `max_connections` by the formula of RDS's default parameter group, of the memory that the class is sold with. RDS takes its own memory off first,
 * so an instance allows somewhat less.
 */
export function maxConnections(engine: string | undefined, instanceClass: string | undefined): number | undefined {
  const memory = memoryOf(instanceClass);
  if (memory === undefined) {
    return undefined;
  }
  const family = familyOf(engine);
  if (family === 'postgresql') {
    return Math.min(5000, Math.floor((memory * GIB) / 9_531_392));
  }
  return family === 'mysql' ? Math.min(16_000, Math.floor((memory * GIB) / 12_582_880)) : undefined;
}

/** The most connections that a database allows: those of its own parameter where that is a number, else those of the class. Undefined where it is not known. */
export function connectionLimit(server: Pick<DatabaseServer, 'engine' | 'instanceClass' | 'maxConnections'>): number | undefined {
  const { engine, instanceClass, maxConnections: own } = server;
  if (own === undefined) {
    return maxConnections(engine, instanceClass);
  }
  return /^\d+$/.test(own) ? Number(own) : undefined;
}

/**
 * The processes that connect at once, at the most: those of the tasks of the web process while a deployment is under way. Undefined where a number is known
 * at deployment only.
 */
export function processesAtMost({ processes, tasks, whileRolling }: AppConcurrency): number | undefined {
  return processes === undefined || tasks === undefined ? undefined : Math.ceil(tasks * whileRolling) * processes;
}

/** How many connections the pool of one process should hold: one for each thread, or less where the database does not allow as many. */
export function poolSize(concurrency: AppConcurrency, limit: number | undefined): number {
  const threads = concurrency.threads ?? SQLALCHEMY_POOL;
  const processes = processesAtMost(concurrency);
  if (limit === undefined || !processes) {
    return threads;
  }
  const share = Math.floor((limit * USABLE_SHARE) / processes);
  return Math.min(threads, Math.max(MIN_POOL_SIZE, share));
}
