import { Token } from 'aws-cdk-lib/core';

/** CPU units and MiB. */
export interface TaskSize {
  readonly cpu: number;
  readonly memoryLimitMiB: number;
}

/** The CPU units of the smallest and of the largest task. */
const LEAST = 256;
const MOST = 16_384;

/**
 * The size of a task of which one half may be given: the other is the default where Fargate takes the two together, else what is next to it. Fargate
 * takes two to eight times as much memory as CPU units; the steps between are the CDK's validation to refuse.
 */
export function taskSize({ cpu, memoryLimitMiB }: Partial<TaskSize>, defaults: TaskSize): TaskSize {
  if (cpu !== undefined && memoryLimitMiB === undefined) {
    return { cpu, memoryLimitMiB: isTaken(cpu, defaults.memoryLimitMiB) ? defaults.memoryLimitMiB : cpu * 2 };
  }
  if (memoryLimitMiB !== undefined && cpu === undefined) {
    return { memoryLimitMiB, cpu: isTaken(defaults.cpu, memoryLimitMiB) ? defaults.cpu : cpuFor(memoryLimitMiB) };
  }
  return { cpu: cpu ?? defaults.cpu, memoryLimitMiB: memoryLimitMiB ?? defaults.memoryLimitMiB };
}

function isTaken(cpu: number, memoryLimitMiB: number): boolean {
  return Token.isUnresolved(cpu) || Token.isUnresolved(memoryLimitMiB) || (memoryLimitMiB >= 2 * cpu && memoryLimitMiB <= 8 * cpu);
}

/** The most of 256, 512, 1024 and so on that takes the memory. */
function cpuFor(memoryLimitMiB: number): number {
  return Math.min(MOST, Math.max(LEAST, 2 ** Math.floor(Math.log2(memoryLimitMiB / 2))));
}
