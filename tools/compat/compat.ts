import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Assembly } from '@jsii/spec';

const ROOT = path.join(__dirname, '../..');
/** The API of the last release. */
export const BASELINE = path.join(__dirname, 'baseline.jsii.gz');
/** Breaking changes that are meant: a line `# why` before each key of jsii-diff. */
export const IGNORED = path.join(ROOT, '.compatignore');

export function currentAssembly(): Assembly {
  return JSON.parse(fs.readFileSync(path.join(ROOT, '.jsii'), 'utf-8'));
}

export function baseline(): Assembly {
  return JSON.parse(gunzipSync(fs.readFileSync(BASELINE)).toString('utf-8'));
}

export function writeBaseline(assembly: Assembly): void {
  fs.writeFileSync(BASELINE, gzipSync(JSON.stringify(assembly), { level: 9 }));
}

/** What somebody who uses the API of `before` would have to change, or an entry of the ignore file that is none; empty if nothing. */
export function breakingChanges(before: Assembly, ignored: string): string {
  const unexplained = entriesWithoutReason(ignored);
  if (unexplained.length > 0) {
    return `no line with the reason (# …) before these: ${unexplained.join(', ')}`;
  }
  // below the root, where the packages that it depends on are found
  const folder = path.join(ROOT, '.cache/compat');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const ignoreFile = path.join(folder, 'ignored');
  fs.writeFileSync(ignoreFile, ignored);
  fs.writeFileSync(path.join(folder, '.jsii'), JSON.stringify(before));
  const { name, version, targets, dependencies } = before;
  const manifest = { name, version, jsii: { targets }, peerDependencies: dependencies };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const { status, stdout, stderr } = spawnSync(
    path.join(ROOT, 'node_modules/.bin/jsii-diff'),
    // all: what is experimental, as the whole API is below 1.0, is promised to its users too
    [folder, ROOT, '--error-on', 'all', '--keys', '--ignore-file', ignoreFile],
    { encoding: 'utf-8' },
  );
  return status === 0 ? '' : `${stdout}${stderr}`.trim() || `jsii-diff: exit code ${status}`;
}

function entriesWithoutReason(ignored: string): string[] {
  const lines = ignored.split('\n').map((line) => line.trim());
  return lines.filter((line, index) => line !== '' && !line.startsWith('#') && !/^# ?\S/.test(lines[index - 1] ?? ''));
}
