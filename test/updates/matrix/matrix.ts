import { Account, type Verdict } from '../account';
import { type BaseName, templateOf } from './bases';
import type { Choice } from './choices';
import { LATER_CHOICES } from './choices-later';
import { PLATFORM_CHOICES } from './choices-platform';
import { PROCESS_CHOICES } from './choices-processes';
import { WEB_CHOICES } from './choices-web';

/** Everything that can be set, added or called. */
export const CHOICES: readonly Choice[] = [...WEB_CHOICES, ...PROCESS_CHOICES, ...LATER_CHOICES, ...PLATFORM_CHOICES];

/** One update: of a choice, on a base, from one value to another. */
export interface Pair {
  readonly base: BaseName;
  readonly option: string;
  readonly from: string;
  readonly to: string;
  readonly verdict: Verdict;
}

export interface Walked {
  /** The first deployment. */
  readonly first: Verdict;
  readonly pairs: readonly Pair[];
  /** What the user reads where a value is refused at synth on this base, by the value. */
  readonly refused: ReadonlyMap<string, string>;
}

const OFF = 'off';
const NOTHING: Verdict = { steps: [], findings: [], rollback: [] };

/** Off, on, another value, off: in one account, so that what AWS keeps is there at the next step. */
export function walk(base: BaseName, { option, given, values }: Choice): Walked {
  const refused = new Map<string, string>();
  const synth = (name: string, ...edits: Parameters<typeof templateOf>[1][]) => {
    try {
      return templateOf(base, ...edits);
    } catch (error) {
      refused.set(name, (error as Error).message.split('\n')[0]);
      return undefined;
    }
  };
  const start = given ? [given] : [];
  const off = synth(OFF, ...start);
  if (!off) {
    return { first: NOTHING, pairs: [], refused };
  }
  const account = new Account();
  const first = account.deploy(off);
  const pairs: Pair[] = [];
  let from = OFF;
  const states = Object.entries(values).map(([name, edit]) => [name, synth(name, ...start, edit)] as const);
  for (const [to, after] of [...states, [OFF, off] as const]) {
    if (after && from !== to) {
      pairs.push({ base, option, from, to, verdict: account.deploy(after) });
      from = to;
    }
  }
  return { first, pairs, refused };
}
