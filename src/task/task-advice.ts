import { type Duration, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { WORKER_MEMORY_MIB } from '../application/gunicorn';
import { knownSeconds } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import type { RenderedCapacity } from '../scaling/capacity';

interface Facts {
  readonly memoryLimitMiB: number;
  /** Set by hand; derived ones always fit. */
  readonly workers?: number;
  readonly spot: boolean;
  readonly deregistration: Duration;
}

/** What works but is likely not meant. */
export function adviseOn(scope: Construct, { memoryLimitMiB, workers, spot, deregistration }: Facts): void {
  if (workers !== undefined && !Token.isUnresolved(workers) && !Token.isUnresolved(memoryLimitMiB)) {
    const needed = workers * WORKER_MEMORY_MIB;
    if (needed > memoryLimitMiB) {
      warn(
        scope,
        WARNINGS.WORKERS_AND_MEMORY,
        `${workers} workers need about ${needed} MiB at ${WORKER_MEMORY_MIB} MiB each, and the task has ${memoryLimitMiB} MiB: when it runs out, the kernel kills a worker with its requests; use ${Math.max(1, Math.floor(memoryLimitMiB / WORKER_MEMORY_MIB))} workers, or more memory`,
      );
    }
  }
  const seconds = knownSeconds(deregistration);
  if (spot && seconds !== undefined && seconds >= 120) {
    warn(
      scope,
      WARNINGS.SPOT_DEREGISTRATION,
      `the deregistration delay of ${seconds} s is not below the 120 s of notice that Spot gives: requests that are still open are lost; use less than 120 s`,
    );
  }
}

/** Spot of which every task is in the on-demand base. */
export function adviseOnSpot(scope: Construct, { isSpot, onDemandBase }: RenderedCapacity, maxTasks: number): void {
  if (isSpot && maxTasks > 0 && !Token.isUnresolved(maxTasks) && !Token.isUnresolved(onDemandBase) && maxTasks <= onDemandBase) {
    warn(
      scope,
      WARNINGS.SPOT_WITHOUT_TASKS,
      `no task ever runs on Fargate Spot: the first ${onDemandBase} run on demand (onDemandBase) and there are at most ${maxTasks}; set onDemandBase of Capacity.spot() to 0, or use more tasks or Capacity.onDemand()`,
    );
  }
}
