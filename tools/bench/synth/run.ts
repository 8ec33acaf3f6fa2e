/**
 * How long an app takes to synthesize, beside the same by hand and by ecs-patterns: `npx projen bench:synth`. Every app runs in a process of its
 * own, once a round, so that what else the machine does meets them all; ratios of medians.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const ROOT = path.join(__dirname, '../../..');
const FEW = 5;
const MANY = 25;

interface Sample {
  readonly milliseconds: number;
  readonly resources: number;
}

const RUNS: readonly (readonly [kind: string, count: number])[] = [
  ['one: by hand', 1],
  ['one: ecs-patterns', 1],
  ['one: this', 1],
  ...['shared: by hand', 'shared: this', 'stacks: ecs-patterns', 'stacks: this'].flatMap((kind) =>
    [FEW, MANY].map((count) => [kind, count] as const),
  ),
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-synth-'));
const samples = new Map<string, Sample[]>();

function sample(kind: string, count: number): void {
  const outdir = fs.mkdtempSync(path.join(folder, 'out-'));
  const printed = execFileSync(process.execPath, [path.join(folder, 'app.js'), kind, `${count}`], {
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false', NODE_PATH: path.join(ROOT, 'node_modules') },
    encoding: 'utf-8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const key = `${kind} ${count}`;
  samples.set(key, [...(samples.get(key) ?? []), JSON.parse(printed.trim().split('\n').at(-1) as string)]);
}

function median(kind: string, count: number): Sample {
  const all = [...(samples.get(`${kind} ${count}`) as Sample[])].sort((a, b) => a.milliseconds - b.milliseconds);
  return all[Math.floor(all.length / 2)];
}

/** What one more costs, from the difference between few and many. */
function oneMore(kind: string): Sample {
  const [few, many] = [median(kind, FEW), median(kind, MANY)];
  const each = (key: keyof Sample) => (many[key] - few[key]) / (MANY - FEW);
  return { milliseconds: each('milliseconds'), resources: each('resources') };
}

function rows(what: string, base: string, all: readonly string[], of: (kind: string) => Sample): string[] {
  return all.map((kind) => {
    const { milliseconds, resources } = of(kind);
    const name = kind.replace(/^.*: /, '');
    return `| ${what}, ${name} | ${milliseconds.toFixed(1)} | ${(milliseconds / of(base).milliseconds).toFixed(2)} | ${resources.toFixed(0)} |`;
  });
}

try {
  buildSync({
    entryPoints: [path.join(__dirname, 'app.ts')],
    outfile: path.join(folder, 'app.js'),
    bundle: true,
    platform: 'node',
    external: ['aws-cdk-lib', 'constructs', path.join(ROOT, 'lib/index.js')],
    alias: { 'cdk-flask-fargate': path.join(ROOT, 'lib/index.js') },
    logLevel: 'error',
  });
  for (let round = 1; round <= Number(options.rounds); round++) {
    process.stderr.write(`round ${round} of ${options.rounds}\n`);
    for (const [kind, count] of RUNS) {
      sample(kind, count);
    }
  }
  const cold = (kind: string) => median(kind, 1);
  console.log(`Node.js ${process.version}, ${os.cpus()[0].model}, ${os.cpus().length} CPUs, ${options.rounds} rounds\n`);
  console.log('| | ms | ratio | resources |\n|---|---|---|---|');
  console.log(rows('One service, cold', 'one: by hand', ['one: by hand', 'one: ecs-patterns', 'one: this'], cold).join('\n'));
  console.log(rows('One more on a shared listener', 'shared: by hand', ['shared: by hand', 'shared: this'], oneMore).join('\n'));
  console.log(rows('One more in a stack of its own', 'stacks: ecs-patterns', ['stacks: ecs-patterns', 'stacks: this'], oneMore).join('\n'));
  const whole = (kind: string) => median(kind, MANY);
  console.log(rows(`${MANY} in stacks of their own`, 'stacks: ecs-patterns', ['stacks: ecs-patterns', 'stacks: this'], whole).join('\n'));
} finally {
  fs.rmSync(folder, { recursive: true });
}
