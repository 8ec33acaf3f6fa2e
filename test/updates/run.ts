/**
 * Every pair of docs/updates.md, and random walks: `npx projen updates`. The page is written from one base, which takes minutes; `--all` judges every option on the other bases
 * too. With `--write` the page is written, else it must be what the pairs give. `--walks 5000` walks longer, `--seed N` walks others than CI does, or the walk of a message again, `--base 'one line'` has
 * one stack alone.
 */
import '../util/setup';
import * as fs from 'node:fs';
import { parseArgs } from 'node:util';
import { PAGE, page, rowsOf } from '../../tools/docs/updates';
import { linesOf } from './account';
import { BASE_NAMES } from './matrix/bases';
import { isKnown, noteOn } from './matrix/documented';
import { CHOICES, type Pair, walk } from './matrix/matrix';
import { walkAtRandom } from './matrix/walks';

const { values } = parseArgs({
  options: {
    write: { type: 'boolean' },
    all: { type: 'boolean' },
    walks: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    base: { type: 'string' },
  },
});
/** What most teams deploy: docs/updates.md is about it. */
const BASE_OF_PAGE = 'production with TLS';
let failed = false;
const fail = (message: string) => {
  failed = true;
  console.error(message);
};

/** What is open of an update: without what docs/updates.md notes. */
function judge({ base, option, from, to, verdict }: Pair): boolean {
  const open = (finding: (typeof verdict.findings)[number]) => !noteOn(option, finding);
  const unexpected = { steps: [], findings: verdict.findings.filter(open), rollback: verdict.rollback.filter(open) };
  const all = [...unexpected.findings, ...unexpected.rollback];
  if (all.some((finding) => !isKnown(option, finding))) {
    fail(`${base}: ${option} ${from} -> ${to}\n  ${linesOf(unexpected).join('\n  ')}`);
  }
  return all.length > 0;
}

const ofPage: Pair[] = [];
const nowhere = new Set(CHOICES.map(({ option }) => option));
const bases = BASE_NAMES.filter((base) => values.all || base === (values.base ?? BASE_OF_PAGE));
let updates = 0;
let known = 0;
for (const base of bases) {
  for (const choice of CHOICES) {
    const { pairs } = walk(base, choice);
    updates += pairs.length;
    known += pairs.filter(judge).length;
    if (pairs.length > 0) {
      nowhere.delete(choice.option);
    }
    if (base === BASE_OF_PAGE) {
      ofPage.push(...pairs);
    }
  }
}
for (const option of values.all ? nowhere : []) {
  fail(`${option}: no base takes it, so no update was seen`);
}
console.log(`${updates} updates of ${CHOICES.length} options on ${bases.length} bases, ${known} with a known fault`);

const text = page(rowsOf(ofPage));
if (values.write) {
  fs.writeFileSync(PAGE, text);
} else if (bases.includes(BASE_OF_PAGE) && fs.readFileSync(PAGE, 'utf-8') !== text) {
  fail('docs/updates.md is not what the updates give; run: npx projen docs:updates');
}

try {
  const counts = walkAtRandom(Number(values.walks), Number(values.seed));
  console.log(
    `${counts.walks} walks of five edits: ${counts.updates} updates, ${counts.documented} with a note, ${counts.refusedAtSynth} edits refused at synth`,
  );
} catch (error) {
  fail(`${(error as Error).message}\n${((error as Error).cause as Error | undefined)?.message ?? ''}`);
}
process.exitCode = failed ? 1 : 0;
