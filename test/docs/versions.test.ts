import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { NODE_VERSIONS } from '../../projenrc/workflows';

const ROOT = path.join(__dirname, '../..');
const PAGES = execFileSync('git', ['ls-files', '*.md', 'tools/local-aws/options.ts'], { cwd: ROOT, encoding: 'utf-8' })
  .trim()
  .split('\n')
  .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf-8') }));

/** What the pages say by a pattern, each once. */
function said(pattern: RegExp): string[] {
  return [...new Set(PAGES.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, version]) => version)))].sort();
}

test('the pages ask for the Node.js that is tested', () => {
  const versions = [...NODE_VERSIONS].sort();
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf-8'));
  expect(engines.node).toBe(`>= ${versions[0]}.0.0`);
  expect(said(/Node(?:\.js)? (\d+)(?: or newer| and)/g)).toEqual([versions[0]]);
  expect(said(/Node\.js (\d+(?:, \d+)* or \d+)/g)).toEqual([`${versions.slice(0, -1).join(', ')} or ${versions.at(-1)}`]);
});
