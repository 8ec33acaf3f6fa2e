import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { QUICK } from './quick';

const ROOT = path.join(__dirname, '../..');

/** Runs a CDK app in a process of its own, as the cdk CLI does, and returns the folder of its templates. */
export function synthesize(app: string, context: { readonly [key: string]: unknown } = {}, env = {}): string {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'synth-'));
  execFileSync(process.execPath, ['--import', 'tsx', app], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:version-reporting': false, ...QUICK, ...context }),
      TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return outdir;
}

/**
 * Runs several apps in one process, which loads the CDK once; with the ephemeral stage in place of every other if that is wanted, and with feature flags. What
 * the CDK's validation finds is an error where it is on.
 */
export function synthesizeAll(
  apps: readonly string[],
  stage: 'of the app' | 'ephemeral',
  flags: { readonly [flag: string]: unknown } = {},
): Map<string, string> {
  const outdirs = new Map(apps.map((app) => [app, fs.mkdtempSync(path.join(os.tmpdir(), 'synth-'))]));
  const env = { APPS: JSON.stringify(Object.fromEntries(outdirs)), STAGE: stage, FLAGS: JSON.stringify(flags) };
  synthesize(path.join(__dirname, 'several-apps.ts'), {}, env);
  return outdirs;
}

/** The templates of a folder, those of its stages too, by the name of their stack. */
export function templatesIn(outdir: string): Map<string, object> {
  const suffix = '.template.json';
  const stages = fs.readdirSync(outdir).filter((name) => name.startsWith('assembly-'));
  return new Map([
    ...fs
      .readdirSync(outdir)
      .filter((file) => file.endsWith(suffix))
      .sort()
      .map((file) => [file.slice(0, -suffix.length), JSON.parse(fs.readFileSync(path.join(outdir, file), 'utf-8'))] as const),
    ...stages.sort().flatMap((stage) => [...templatesIn(path.join(outdir, stage))]),
  ]);
}

/** The context that an example is synthesized with: that of its cdk.json, and what its users give by `-c`. */
export function contextOf(example: string): { readonly [key: string]: unknown } {
  const read = (file: string) => JSON.parse(fs.readFileSync(file, 'utf-8'));
  return { ...read(path.join(example, 'cdk.json')).context, ...read(path.join(ROOT, 'examples/contexts.json'))[path.basename(example)] };
}
