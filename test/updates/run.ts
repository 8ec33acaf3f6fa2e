/**
 * Every pair of docs/updates.md, and random walks: `npx projen updates`. The page is written from one base, which takes minutes; `--all` judges every
 * option on the other bases too. With `--write` the page is written, else it must be what the pairs give. `--walks 5000` walks longer, `--seed N` walks
 * others than CI does, or the walk of a message again, `--base 'one line'` has one stack alone.
 *
 * Each base, and every 300 walks, have a process of their own: the CDK keeps the tokens of all apps for as long as a process runs.
 */
import '../util/setup';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { parseArgs } from 'node:util';
import { PAGE, page, rowsOf } from '../../tools/docs/updates';
import { linesOf } from './account';
import { BASE_NAMES, type BaseName } from './matrix/bases';
import { isKnown, noteOn } from './matrix/documented';
import { CHOICES, type Pair, walk } from './matrix/matrix';
import { type Counts, walkAtRandom } from './matrix/walks';

const { values } = parseArgs({
  options: {
    write: { type: 'boolean' },
    all: { type: 'boolean' },
    walks: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    base: { type: 'string' },
    part: { type: 'string' },
  },
});
/** What most teams deploy: docs/updates.md is about it. */
const BASE_OF_PAGE = 'production with TLS';
const WALKS_OF_A_PART = 300;

/** What one process does. */
type Part = { readonly base: BaseName } | { readonly walks: number; readonly seed: number };

/** What came of it. */
interface Outcome {
  readonly failures: readonly string[];
  /** The options that the base takes, each with how many updates it had, and how many of them have a known fault. */
  readonly options?: { readonly [option: string]: { readonly updates: number; readonly known: number } };
  readonly counts?: Counts;
}

/** What is open of an update: without what docs/updates.md notes. */
function judge({ base, option, from, to, verdict }: Pair, fail: (message: string) => void): boolean {
  const open = (finding: (typeof verdict.findings)[number]) => !noteOn(option, finding);
  const unexpected = { steps: [], findings: verdict.findings.filter(open), rollback: verdict.rollback.filter(open) };
  const all = [...unexpected.findings, ...unexpected.rollback];
  if (all.some((finding) => !isKnown(option, finding))) {
    fail(`${base}: ${option} ${from} -> ${to}\n  ${linesOf(unexpected).join('\n  ')}`);
  }
  return all.length > 0;
}

function judgeBase(base: BaseName): Outcome {
  const failures: string[] = [];
  const options: { [option: string]: { updates: number; known: number } } = {};
  const ofPage: Pair[] = [];
  for (const choice of CHOICES) {
    const { pairs } = walk(base, choice);
    if (pairs.length > 0) {
      options[choice.option] = { updates: pairs.length, known: pairs.filter((pair) => judge(pair, (text) => failures.push(text))).length };
    }
    if (base === BASE_OF_PAGE) {
      ofPage.push(...pairs);
    }
  }
  if (base === BASE_OF_PAGE) {
    const text = page(rowsOf(ofPage));
    if (values.write) {
      fs.writeFileSync(PAGE, text);
    } else if (fs.readFileSync(PAGE, 'utf-8') !== text) {
      failures.push('docs/updates.md is not what the updates give; run: npx projen docs:updates');
    }
  }
  return { failures, options };
}

function walkOnce({ walks, seed }: { readonly walks: number; readonly seed: number }): Outcome {
  try {
    return { failures: [], counts: walkAtRandom(walks, seed) };
  } catch (error) {
    return { failures: [`${(error as Error).message}\n${((error as Error).cause as Error | undefined)?.message ?? ''}`] };
  }
}

async function inProcess(part: Part): Promise<Outcome> {
  const child = fork(__filename, ['--part', JSON.stringify(part), ...(values.write ? ['--write'] : [])]);
  const [outcome] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => [{ failures: [`the process of ${JSON.stringify(part)} ended with ${code}`] }]),
  ]);
  for (const failure of (outcome as Outcome).failures) {
    console.error(failure);
  }
  return outcome as Outcome;
}

async function main(): Promise<void> {
  const bases = BASE_NAMES.filter((base) => values.all || base === (values.base ?? BASE_OF_PAGE));
  const outcomes: Outcome[] = [];
  for (const base of bases) {
    outcomes.push(await inProcess({ base }));
  }
  const judged = outcomes.flatMap(({ options = {} }) => Object.values(options));
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  const [updates, known] = [sum(judged.map((each) => each.updates)), sum(judged.map((each) => each.known))];
  console.log(`${updates} updates of ${CHOICES.length} options on ${bases.length} bases, ${known} with a known fault`);

  for (let left = Number(values.walks), seed = Number(values.seed); left > 0; left -= WALKS_OF_A_PART, seed++) {
    outcomes.push(await inProcess({ walks: Math.min(left, WALKS_OF_A_PART), seed }));
  }
  const total = (key: keyof Counts) => sum(outcomes.map(({ counts }) => counts?.[key] ?? 0));
  console.log(
    `${total('walks')} walks of five edits: ${total('updates')} updates, ${total('documented')} with a note, ${total('refusedAtSynth')} edits refused at synth`,
  );

  const seen = new Set(outcomes.flatMap(({ options = {} }) => Object.keys(options)));
  const nowhere = values.all ? CHOICES.filter(({ option }) => !seen.has(option)) : [];
  for (const { option } of nowhere) {
    console.error(`${option}: no base takes it, so no update was seen`);
  }
  process.exitCode = nowhere.length > 0 || outcomes.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

if (values.part === undefined) {
  void main();
} else {
  const part = JSON.parse(values.part) as Part;
  process.send?.('base' in part ? judgeBase(part.base) : walkOnce(part));
}
