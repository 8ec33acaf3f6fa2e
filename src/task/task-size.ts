import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';

/** CPU units and MiB. */
export interface TaskSize {
  readonly cpu: number;
  readonly memoryLimitMiB: number;
}

/**
 * The memory that Fargate supports with each number of CPU units: from, to and in steps of, in MiB.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
 */
const FARGATE_SIZES = new Map<number, readonly number[]>([
  [256, [512, 1024, 2048]],
  [512, memories(1024, 4096, 1024)],
  [1024, memories(2048, 8192, 1024)],
  [2048, memories(4096, 16_384, 1024)],
  [4096, memories(8192, 30_720, 1024)],
  [8192, memories(16_384, 61_440, 4096)],
  [16_384, memories(32_768, 122_880, 8192)],
]);
const CPUS = [...FARGATE_SIZES.keys()];
const MAX_CPU = CPUS[CPUS.length - 1];

/**
 * The size of a task of which one half may be given: the other is the default if Fargate supports the pair, else the memory is twice the CPU
 * units, and the CPU units are the largest value that Fargate supports with the memory.
 */
export function taskSize(scope: Construct, given: Partial<TaskSize>, defaults: TaskSize): TaskSize {
  const size = completeSize(given, defaults);
  if (given.cpu !== undefined && isNewer(size)) {
    warn(
      scope,
      WARNINGS.NEWER_TASK_SIZE,
      `cpu ${size.cpu} is above ${MAX_CPU}, the largest Fargate size that this library knows, so cpu and memoryLimitMiB are not checked; make sure that Fargate supports the pair in your region`,
    );
  }
  return size;
}

/** The same without a construct to warn at, for a stage. */
export function completeSize({ cpu, memoryLimitMiB }: Partial<TaskSize>, defaults: TaskSize): TaskSize {
  const size = { cpu: cpu ?? defaults.cpu, memoryLimitMiB: memoryLimitMiB ?? defaults.memoryLimitMiB };
  if (cpu !== undefined && memoryLimitMiB === undefined && !isSupported(size)) {
    size.memoryLimitMiB = cpu * 2;
  }
  if (memoryLimitMiB !== undefined && cpu === undefined && !isSupported(size)) {
    size.cpu = cpuFor(memoryLimitMiB);
  }
  requireTaskSize(size);
  return size;
}

/** What Fargate supports. Tokens pass, and more CPU units than this library knows: AWS adds sizes. */
function requireTaskSize({ cpu, memoryLimitMiB }: Partial<TaskSize>): void {
  if (cpu !== undefined && !Token.isUnresolved(cpu) && !FARGATE_SIZES.has(cpu) && !isNewer({ cpu })) {
    fail(`cpu must be a number of CPU units that Fargate supports, got ${cpu}; use ${listed(CPUS)}`);
  }
  if (memoryLimitMiB === undefined || Token.isUnresolved(memoryLimitMiB)) {
    return;
  }
  if (cpu === undefined || Token.isUnresolved(cpu) || isNewer({ cpu })) {
    if (!Number.isInteger(memoryLimitMiB) || memoryLimitMiB < 512) {
      fail(`memoryLimitMiB must be a whole number of MiB that Fargate supports, got ${memoryLimitMiB}; use 512 or more`);
    }
    return;
  }
  const supported = FARGATE_SIZES.get(cpu) as readonly number[];
  if (!supported.includes(memoryLimitMiB)) {
    fail(
      `memoryLimitMiB must be one that Fargate supports with cpu ${cpu}, got ${memoryLimitMiB}; use ${listed(supported)}, or another cpu`,
    );
  }
}

function isSupported({ cpu, memoryLimitMiB }: TaskSize): boolean {
  return Token.isUnresolved(cpu) || Token.isUnresolved(memoryLimitMiB) || (FARGATE_SIZES.get(cpu)?.includes(memoryLimitMiB) ?? false);
}

function isNewer({ cpu }: { readonly cpu: number }): boolean {
  return !Token.isUnresolved(cpu) && cpu > MAX_CPU && cpu % 1024 === 0;
}

/** The largest value that Fargate supports with the memory, or without one the smallest that has such memory within its bounds. */
function cpuFor(memoryLimitMiB: number): number {
  const supporting = CPUS.filter((cpu) => FARGATE_SIZES.get(cpu)?.includes(memoryLimitMiB));
  return supporting.pop() ?? CPUS.find((cpu) => memoryLimitMiB <= Math.max(...(FARGATE_SIZES.get(cpu) ?? []))) ?? MAX_CPU;
}

function memories(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

function listed(values: readonly number[]): string {
  const [first, second] = values;
  const last = values[values.length - 1];
  const isEven = values.every((value, index) => value === first + index * (second - first));
  return isEven && values.length > 4 ? `${first} to ${last} in steps of ${second - first}` : `${values.slice(0, -1).join(', ')} or ${last}`;
}
