import fc from 'fast-check';
import { Account, linesOf } from '../account';
import type { Finding } from '../rule';
import { BASE_NAMES, type BaseName, templateOf } from './bases';
import { DOCUMENTED, isKnown, noteOn } from './documented';
import { CHOICES } from './matrix';

/** An edit of a stack: an option is set to a value, or taken away. */
interface Edit {
  readonly option: string;
  readonly value?: string;
}

/** What the user has in mind: where he began, and what he has set. */
interface Model {
  readonly base: BaseName;
  settings: ReadonlyMap<string, string>;
}

/** What is on AWS. */
interface Real {
  account: Account;
  readonly counts: Counts;
}

/** What was done in all walks. */
export interface Counts {
  walks: number;
  updates: number;
  /** Edits that the user reads an error for at synth. */
  refusedAtSynth: number;
  /** Updates with a note in docs/updates.md. */
  documented: number;
}

const BY_OPTION = new Map(CHOICES.map((choice) => [choice.option, choice]));
const EDITS: readonly Edit[] = CHOICES.flatMap(({ option, values }) => [
  { option },
  ...Object.keys(values).map((value) => ({ option, value })),
]);

function edited(settings: ReadonlyMap<string, string>, { option, value }: Edit): ReadonlyMap<string, string> {
  const next = new Map(settings);
  next.delete(option);
  if (value !== undefined) {
    next.set(option, value);
  }
  return next;
}

function synth({ base }: Model, settings: ReadonlyMap<string, string>) {
  const choices = [...settings].map(([option, value]) => [BY_OPTION.get(option), value] as const);
  const given = choices.flatMap(([choice]) => choice?.given ?? []);
  return templateOf(base, ...given, ...choices.flatMap(([choice, value]) => choice?.values[value] ?? []));
}

class EditCommand implements fc.Command<Model, Real> {
  public constructor(private readonly edit: Edit | undefined) {}

  public check(): boolean {
    return this.edit !== undefined;
  }

  public run(model: Model, real: Real): void {
    const edit = this.edit as Edit;
    const settings = edited(model.settings, edit);
    let template: ReturnType<typeof templateOf>;
    try {
      template = synth(model, settings);
    } catch {
      real.counts.refusedAtSynth += 1;
      return;
    }
    const account = real.account.clone();
    const verdict = account.deploy(template);
    real.counts.updates += 1;
    const findings = [...verdict.findings, ...verdict.rollback];
    // what is given for the option (a VPC, a database) comes and goes with it, so the notes of others hold too
    const isNoted = (finding: Finding) =>
      BY_OPTION.get(edit.option)?.given
        ? DOCUMENTED.some(({ rules }) => rules.test(finding.rule))
        : noteOn(edit.option, finding) !== undefined;
    const unexpected = findings.filter((finding) => !isNoted(finding) && !isKnown(edit.option, finding));
    if (unexpected.length > 0) {
      throw new Error(linesOf({ ...verdict, findings: unexpected, rollback: [] }).join('\n'));
    }
    real.counts.documented += findings.length > 0 ? 1 : 0;
    if (!findings.some(({ kind }) => kind === 'refused')) {
      // what is refused is rolled back, and the user takes his edit back
      real.account = account;
      model.settings = settings;
    }
  }

  public toString(): string {
    return this.edit ? `${this.edit.option} = ${this.edit.value ?? 'off'}` : 'nothing';
  }
}

/** An edit may be none, so that a walk that fails shrinks to the edits that it needs. */
const anEdit = fc.option(fc.constantFrom(...EDITS), { nil: undefined });
const aStart = fc.record({ base: fc.constantFrom(...BASE_NAMES), settings: fc.array(fc.constantFrom(...EDITS), { maxLength: 4 }) });

/** Walks of five random edits from a random start: each update passes. Throws with the seed and the smallest form. */
export function walkAtRandom(numRuns: number, seed?: number): Counts {
  const counts: Counts = { walks: 0, updates: 0, refusedAtSynth: 0, documented: 0 };
  const walk = fc.property(
    aStart,
    fc.array(
      anEdit.map((edit) => new EditCommand(edit)),
      { minLength: 5, maxLength: 5 },
    ),
    (start, commands) => {
      counts.walks += 1;
      fc.modelRun(() => begin(start, counts), commands);
    },
  );
  fc.assert(walk, { numRuns, ...(seed === undefined ? {} : { seed }), verbose: 0 });
  return counts;
}

function begin(
  { base, settings }: { readonly base: BaseName; readonly settings: readonly Edit[] },
  counts: Counts,
): { model: Model; real: Real } {
  const model: Model = { base, settings: new Map() };
  let template = synth(model, model.settings);
  for (const edit of settings) {
    const next = edited(model.settings, edit);
    try {
      template = synth(model, next);
      model.settings = next;
    } catch {
      // the two do not go together
    }
  }
  const account = new Account();
  const { findings } = account.deploy(template);
  if (findings.length > 0) {
    throw new Error(`the first deployment: ${linesOf({ steps: [], findings, rollback: [] }).join('\n')}`);
  }
  return { model, real: { account, counts } };
}
