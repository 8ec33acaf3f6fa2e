import { setTimeout as sleep } from 'node:timers/promises';
import { DemoFailure } from './failure';

/** Try until there is a value, and give up with a sentence that names what was waited for. A DemoFailure ends it at once. */
export async function until<T>(what: string, seconds: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  do {
    try {
      const value = await attempt();
      if (value !== undefined) {
        return value;
      }
      last = undefined;
    } catch (error) {
      if (error instanceof DemoFailure) {
        throw error; // hopeless: the attempt itself says so
      }
      last = error;
    }
    await sleep(250);
  } while (Date.now() < end);
  throw new DemoFailure(`waited ${seconds} s for ${what}`, undefined, last instanceof Error ? last.message : undefined);
}
