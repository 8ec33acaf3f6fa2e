import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again after each pause, whether the answer before has come or not, and ends when all have come. */
export async function askAllTheTime(isGoing: () => boolean, pauseMs: number, askOnce: () => Promise<void>): Promise<void> {
  const pending = new Set<Promise<void>>();
  while (isGoing()) {
    const request: Promise<void> = askOnce().finally(() => pending.delete(request));
    pending.add(request);
    await sleep(pauseMs);
  }
  await Promise.all(pending);
}
