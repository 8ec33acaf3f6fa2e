/**
 * `npm run package:dotnet`, with a `dotnet` on the PATH and without one: `npx projen e2e:package-dotnet`. The `dotnet` is a script that records its arguments and leaves
 * a package where .NET would, so that this runs where there is no .NET.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';

const ROOT = path.join(__dirname, '../..');
const DIST = path.join(ROOT, 'dist/dotnet');
const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf-8'));
const PACKAGE = `CdkFlaskFargate.${version}.nupkg`;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dotnet-'));
const asked = path.join(folder, 'asked');
const bin = path.join(folder, 'bin');
fs.mkdirSync(bin);
// on build, each project of the solution gets its package, as jsii's projects do (GeneratePackageOnBuild)
fs.writeFileSync(
  path.join(bin, 'dotnet'),
  `#!/bin/sh
echo "$@" >>'${asked}'
if [ "$1" = build ]; then
  for project in */*.csproj; do
    mkdir -p "$(dirname "$project")/bin/Release" && echo package >"$(dirname "$project")/bin/Release/$(basename "$project" .csproj).${version}.nupkg"
  done
fi
`,
  { mode: 0o755 },
);
/** The PATH, without any folder that has a dotnet. */
const PATH_WITHOUT = (process.env.PATH ?? '')
  .split(path.delimiter)
  .filter((entry) => !fs.existsSync(path.join(entry, 'dotnet')))
  .join(path.delimiter);

// what conformance has built stays as it is
const kept = path.join(folder, 'kept');
if (fs.existsSync(DIST)) {
  fs.cpSync(DIST, kept, { recursive: true });
}
after(() => {
  fs.rmSync(DIST, { recursive: true, force: true });
  if (fs.existsSync(kept)) {
    fs.cpSync(kept, DIST, { recursive: true });
  }
  fs.rmSync(folder, { recursive: true });
});

function pack(searchPath: string): string[] {
  fs.rmSync(DIST, { recursive: true, force: true });
  execFileSync('npx', ['projen', 'package:dotnet'], { cwd: ROOT, env: { ...process.env, PATH: searchPath }, stdio: 'pipe' });
  return fs.readdirSync(DIST);
}

test('with a dotnet on the PATH, it is asked to build, and the package is in dist/dotnet', () => {
  const files = pack(`${bin}${path.delimiter}${process.env.PATH}`);
  const calls = fs.readFileSync(asked, 'utf-8').trim().split('\n');
  console.log(calls.map((call) => `dotnet ${call}`).join('\n'));
  assert.deepEqual(files, [PACKAGE]);
  assert.ok(calls.includes('build --force --configuration Release'), calls.join('\n'));
});

test('without one, the sources are in dist/dotnet', () => {
  const files = pack(PATH_WITHOUT);
  assert.deepEqual(files, ['CdkFlaskFargate']);
  assert.ok(fs.existsSync(path.join(DIST, 'CdkFlaskFargate/CdkFlaskFargate.csproj')));
});
