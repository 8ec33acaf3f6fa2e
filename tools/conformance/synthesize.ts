import * as fs from 'node:fs';
import * as path from 'node:path';
import { contextOf } from '../../test/util/synthesize';
import { CommandFailure, run } from './commands';
import { differences } from './compare';
import type { Language, Program } from './languages';
import { CACHE, EXAMPLES } from './layout';

/** What became of one scenario in one language. */
export interface Outcome {
  readonly word: 'equal' | 'different' | 'missing' | 'failed';
  readonly details: string[];
}

export const templatesOf = (language: Language, scenario: string) => path.join(CACHE, 'cdk.out', language.folder, scenario);

/** Runs an example as the cdk CLI does, with the context of its own `cdk.json`. */
export async function synthesize(language: Language, scenario: string, program: Program): Promise<Outcome> {
  const example = path.join(EXAMPLES, language.folder, scenario);
  const cdkJson = path.join(example, 'cdk.json');
  if (!fs.existsSync(cdkJson)) {
    return { word: 'missing', details: [`there is no ${path.relative(EXAMPLES, cdkJson)}`] };
  }
  const { app } = JSON.parse(fs.readFileSync(cdkJson, 'utf-8'));
  const context = contextOf(example);
  if (app !== language.app) {
    return { word: 'failed', details: [`cdk.json runs ${JSON.stringify(app)} and not ${JSON.stringify(language.app)}`] };
  }
  const outdir = templatesOf(language, scenario);
  fs.rmSync(outdir, { recursive: true, force: true });
  try {
    const command = program(scenario);
    const env = { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' };
    await run({ ...command, env: { ...command.env, ...env } });
    return { word: 'equal', details: [] };
  } catch (error) {
    const details = error instanceof CommandFailure ? [error.message, ...error.output.split('\n').slice(-20)] : [String(error)];
    return { word: 'failed', details };
  }
}

export function compared(outcome: Outcome, reference: Language, language: Language, scenario: string): Outcome {
  if (outcome.word !== 'equal') {
    return outcome;
  }
  const details = differences(templatesOf(reference, scenario), templatesOf(language, scenario));
  return details.length === 0 ? outcome : { word: 'different', details };
}
