/** What a user gets from the registry: nothing but the library, whole and small. After a compile: `npx projen e2e:package`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

interface Packed {
  readonly size: number;
  readonly files: { readonly path: string; readonly size: number }[];
}

const LIMIT_BYTES = 1_200_000;
const ALLOWED = [
  /^lib\/.+\.(js|d\.ts)$/,
  /^assets\/.+\.handler\/index\.js$/,
  /^\.jsii$/,
  /^README\.md$/,
  /^API\.md$/,
  /^LICENSE$/,
  /^package\.json$/,
  // the one dependency, bundled: it is in the tarball and nothing else is installed
  /^node_modules\/smol-toml\//,
];

const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf-8' })) as Packed[];
const unexpected = packed.files.map((file) => file.path).filter((name) => !ALLOWED.some((pattern) => pattern.test(name)));
assert.deepEqual(unexpected, [], 'files that do not belong into the package');
const handlers = ['processes/release-task', 'secrets/secret-key-rotation'].map((name) => `assets/${name}.handler/index.js`);
for (const file of [...handlers, '.jsii', 'lib/index.js', 'lib/index.d.ts', 'README.md', 'API.md', 'LICENSE']) {
  assert.ok(
    packed.files.some((packedFile) => packedFile.path === file),
    `${file} is missing in the package`,
  );
}
assert.ok(packed.size < LIMIT_BYTES, `the package has ${packed.size} bytes, and ${LIMIT_BYTES} are the limit`);

const manifest = JSON.parse(fs.readFileSync(path.join(__dirname, '../../package.json'), 'utf-8'));
assert.deepEqual(Object.keys(manifest.dependencies), ['smol-toml'], 'run-time dependencies');
assert.deepEqual(manifest.bundledDependencies, ['smol-toml'], 'bundled dependencies');
console.log(`package: ${packed.files.length} files, ${packed.size} bytes packed`);
