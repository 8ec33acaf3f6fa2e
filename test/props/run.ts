/**
 * Random programs: `npx projen props`. Each draws a service with props and calls from the whole public API, in random surroundings, and must synthesize a
 * template that the referee accepts, or end in an error of this library that says what to do: never a TypeError, never words of the CDK that name
 * nothing the user wrote, never more than three seconds of the processor. `--draws 20000` draws more, `--seed N` others; what fails is printed as a program, each kind once.
 *
 * Every 1000 draws have a process of their own: the CDK keeps the tokens of all apps for as long as a process runs.
 */
import '../util/setup';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { type Stack, Stage, Token } from 'aws-cdk-lib/core';
import fc from 'fast-check';
import { Account } from '../updates/account';
import type { Template } from '../updates/template';
import { RECOMMENDED_FLAGS } from '../util/flags';
import { Draw, NothingToDraw } from './draw';
import { PLACES, Surroundings } from './surroundings';

const { values } = parseArgs({
  options: {
    draws: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean' },
    templates: { type: 'string' },
    part: { type: 'boolean' },
  },
});
const MAX_MS = 3000;
const DRAWS_OF_A_PROCESS = 1000;
const ENVS = [
  undefined,
  { account: '111122223333', region: 'eu-west-1' },
  { account: '111122223333', region: 'us-gov-west-1' },
  { account: '111122223333', region: 'cn-north-1' },
  { account: '111122223333', region: 'eusc-de-east-1' },
  { account: '111122223333', region: 'af-south-1' },
];
const NAMES = ['Shop', 'S', 'Production-Shop-Frontend-With-A-Long-Name-Of-Stack'];

interface Fault {
  readonly kind: string;
  readonly program: string;
  readonly detail: string;
}

const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'props-'));
const faults = new Map<string, Fault & { count: number }>();
/** Which checks refuse, to see whether the draws are of programs that somebody could mean. */
const refusals = new Map<string, number>();
const counts = { synthesized: 0, refused: 0, nothing: 0 };

/** Whether an error was thrown by a check of this library. */
function isOurs(error: Error): boolean {
  const frame = (error.stack ?? '').split('\n').find((line) => /^ +at /.test(line));
  return /src\/private\/path-in-errors/.test(frame ?? '');
}

/** A kind of fault: the same place, or the same words without what differs from draw to draw. */
function kindOf(error: Error): string {
  const place = (error.stack ?? '').split('\n').find((line) => /\/src\//.test(line) && !/path-in-errors/.test(line)) ?? '';
  return `${error.name}: ${error.message.replace(/'[^']*'|"[^"]*"|\d+|\[[^\]]*\]/g, '…').slice(0, 120)} ${place.replace(/^.*\/src\//, 'src/').replace(/\)$/, '')}`;
}

function note(kind: string, program: string, detail: string): void {
  const known = faults.get(kind);
  const smaller = known && known.program.length <= program.length ? known : { kind, program, detail };
  faults.set(kind, { ...smaller, count: (known?.count ?? 0) + 1 });
}

/** What no template may have, whatever was drawn. */
function brokenIn(template: Template): string[] {
  const text = JSON.stringify(template);
  const token = /\$\{Token\[[^\]]*\]\}/.exec(text)?.[0];
  const findings = new Account()
    .deploy(template)
    // several VPCs are given at random
    .findings.filter(({ rule }) => !/^quota: (elastic IP addresses|VPCs)/.test(rule))
    .map(({ rule, type, detail }) => `${rule}: ${type}: ${detail.replace(/\d+|\w+#\d+/g, '…')}`);
  return [
    ...(token ? [`unresolved ${token}`] : []),
    ...(/\bNaN\b|"undefined"|\[object Object\]/.test(text) ? ['a value that is none'] : []),
    ...findings,
  ];
}

/** ARNs that no other than this library has written, for what is given has an account. */
function ofOtherPartition(template: Template, { partition }: Stack): string[] {
  const arns = JSON.stringify(template).match(/\barn:aws[a-z-]*:(?![a-z0-9-]*:[a-z0-9-]*:111122223333:)[^"]*/g) ?? [];
  const wrong = arns.find((arn) => Token.isUnresolved(partition) || !arn.startsWith(`arn:${partition}:`));
  return wrong === undefined ? [] : [`an ARN of another partition: ${wrong.replace(/\d+/g, '…')}`];
}

/** For judges that are programs of their own: `--templates FOLDER` has each template, in a folder for its region. */
function keep(template: Template, region = 'any'): void {
  if (values.templates) {
    const folder = path.join(values.templates, region);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `${values.seed}-${counts.synthesized}.json`), JSON.stringify(template));
  }
}

/** What was refused is drawn again with fewer options, so that most draws end in a template. */
const ATTEMPTS = [1, 0.7, 0.5, 0.3, 0.15, 0.05];

function draw(generate: fc.GeneratorValue): void {
  ATTEMPTS.some((share) => drawOnce(generate, share) !== 'refused');
}

function drawOnce(generate: fc.GeneratorValue, share: number): 'refused' | undefined {
  const env = ENVS[generate(fc.integer, { min: 0, max: ENVS.length - 1 })];
  const name = NAMES[generate(fc.integer, { min: 0, max: NAMES.length - 1 })];
  // most stacks stand in the app
  const place = PLACES[Math.max(0, generate(fc.integer, { min: -6, max: PLACES.length - 1 }))];
  const at = new Surroundings(outdir, RECOMMENDED_FLAGS, { env, name, place });
  const drawn = new Draw(generate, at, share);
  const began = process.cpuUsage();
  const program = () => `${env?.region ?? 'any region'}, ${place}: ${drawn.lines.join('\n    ')}`;
  try {
    drawn.run();
    at.app.synth();
    counts.synthesized += 1;
    const stage = Stage.of(at.stack) as Stage;
    if (!stage.synth().manifest.missing) {
      const template: Template = JSON.parse(fs.readFileSync(path.join(stage.outdir, at.stack.templateFile), 'utf-8'));
      keep(template, env?.region);
      for (const broken of [...brokenIn(template), ...ofOtherPartition(template, at.stack)]) {
        note(broken, program(), broken);
      }
    }
  } catch (thrown) {
    const error = thrown as Error;
    if (error instanceof NothingToDraw) {
      counts.nothing += 1;
    } else if (isOurs(error)) {
      counts.refused += 1;
      refusals.set(kindOf(error), (refusals.get(kindOf(error)) ?? 0) + 1);
      if (!/got|;/.test(error.message)) {
        note(`without a value or a remedy: ${kindOf(error)}`, program(), error.message);
      }
      return 'refused';
    } else {
      note(kindOf(error), program(), error.stack?.split('\n').slice(0, 8).join('\n      ') ?? error.message);
    }
  }
  const { user, system } = process.cpuUsage(began);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > MAX_MS) {
    note('more than 3 seconds', program(), `${milliseconds.toFixed(0)} ms`);
  }
  return undefined;
}

function drawAll(draws: number, seed: number): typeof counts & { readonly faults: number } {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      draw(generate);
    }),
    { numRuns: draws, seed },
  );
  fs.rmSync(outdir, { recursive: true });
  for (const [refusal, count] of values.verbose ? [...refusals].sort(([, one], [, other]) => other - one) : []) {
    console.error(`refused ${count} × ${refusal}`);
  }
  for (const { kind, count, program, detail } of [...faults.values()].sort((one, other) => other.count - one.count)) {
    console.error(`seed ${seed}: ${count} × ${kind}\n    ${program}\n      ${detail}\n`);
  }
  return { ...counts, faults: faults.size };
}

async function main(draws: number, seed: number): Promise<void> {
  const all = { synthesized: 0, refused: 0, nothing: 0, faults: 0 };
  for (let left = draws, next = seed; left > 0; left -= DRAWS_OF_A_PROCESS, next++) {
    const given = ['--draws', `${Math.min(left, DRAWS_OF_A_PROCESS)}`, '--seed', `${next}`, '--part'];
    const child = fork(__filename, [
      ...given,
      ...(values.verbose ? ['--verbose'] : []),
      ...(values.templates ? ['--templates', values.templates] : []),
    ]);
    const ended = once(child, 'exit').then(([code]) => fail(`the process of seed ${next} ended with ${code}`));
    const [counted] = (await Promise.race([once(child, 'message'), ended])) as [typeof all];
    for (const key of Object.keys(all) as (keyof typeof all)[]) {
      all[key] += counted[key];
    }
  }
  console.log(
    `${draws} draws from seed ${seed}: ${all.synthesized} synthesized, ${all.refused} refused with a remedy, ${all.nothing} of no use, ${all.faults} kinds of faults`,
  );
  process.exitCode = all.faults > 0 ? 1 : 0;
}

function fail(message: string): never {
  throw new Error(message);
}

if (values.part) {
  process.send?.(drawAll(Number(values.draws), Number(values.seed)));
} else {
  void main(Number(values.draws), Number(values.seed));
}
