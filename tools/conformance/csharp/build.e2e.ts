/**
 * The steps that compile the examples in C#, with a `dotnet` that records its arguments: `npx projen conformance:csharp-build`. So that they are tried where there is no
 * .NET too.
 */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { artefact } from '../artefacts';
import { run } from '../commands';
import { CACHE, DIST, filesOf, modulesOf } from '../layout';
import { compileCsharpPages } from '../pages';
import { csharp, hasDotnet } from './build';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dotnet-'));
const asked = path.join(folder, 'asked');
const lacking = path.join(folder, 'lacking');
// the first build says what NuGet says of a version that it does not have; `run` leaves a template, `build` in pacmak's solution a package
fs.writeFileSync(
  path.join(folder, 'dotnet'),
  `#!/bin/sh
echo "$@" >>'${asked}'
case "$1" in
  build)
    if [ -f Twins.sln ] && [ ! -f '${lacking}' ]; then
      touch '${lacking}'
      echo "error NU1102: Unable to find package Constructs with version (>= 10.6.0)"
      echo "error NU1101: Unable to find package Amazon.CDK.Asset.AwsCliV1. No packages exist with this id in source(s): feed"
      exit 1
    fi
    for project in */*.csproj; do
      mkdir -p "$(dirname "$project")/bin/Release" && echo package >"$(dirname "$project")/bin/Release/$(basename "$project" .csproj).1.2.3.nupkg"
    done ;;
  new) touch "$4.sln" ;;
  run) mkdir -p "$CDK_OUTDIR" && pwd >"$CDK_OUTDIR/where" ;;
esac
`,
  { mode: 0o755 },
);
const cached = path.join(CACHE, 'csharp');
const kept = path.join(folder, 'kept');
const nupkg = path.join(DIST, 'dotnet/CdkFlaskFargate.0.0.0.nupkg');
const had = fs.existsSync(path.join(DIST, 'dotnet')) && filesOf(path.join(DIST, 'dotnet'), /\.nupkg$/).length > 0;
process.env.PATH = `${folder}${path.delimiter}${process.env.PATH}`;
if (fs.existsSync(cached)) {
  fs.renameSync(cached, kept);
}
if (!had) {
  fs.mkdirSync(path.dirname(nupkg), { recursive: true });
  fs.writeFileSync(nupkg, 'package');
}
after(() => {
  fs.rmSync(cached, { recursive: true, force: true });
  if (fs.existsSync(kept)) {
    fs.renameSync(kept, cached);
  }
  if (!had) {
    fs.rmSync(nupkg);
  }
  fs.rmSync(folder, { recursive: true });
});

test('a dotnet on the PATH is found', () => assert.ok(hasDotnet()));

test('all examples are built once, a package that NuGet lacks comes from npm, and each example is run from its own folder', async () => {
  fs.rmSync(asked, { force: true });
  const program = await csharp.prepare('recorded');
  const calls = fs.readFileSync(asked, 'utf-8').trim().split('\n');
  console.log(calls.map((call) => `dotnet ${call.slice(0, 100)}`).join('\n'));
  const scenarios = modulesOf('csharp', 'cdk.json');
  assert.equal(calls[0], 'new sln -n Twins');
  assert.match(calls[1], /^sln add /);
  assert.equal(calls[1].split(' ').length, 2 + scenarios.length);
  assert.equal(calls[2], 'build -v q');
  assert.equal(calls.at(-1), 'build -v q');
  // by the names that NuGet looks for in a folder
  const feed = fs.readdirSync(path.join(cached, 'feed')).filter((file) => file.endsWith('.nupkg'));
  const own = path.basename(artefact('dotnet', /\.nupkg$/));
  assert.deepEqual(feed.sort(), ['Amazon.CDK.Asset.AwsCliV1.1.2.3.nupkg', own, 'Constructs.1.2.3.nupkg']);
  assert.match(fs.readFileSync(path.join(cached, 'NuGet.config'), 'utf-8'), /<add key="feed" value="feed" \/>/);

  const outdir = path.join(folder, 'out');
  const command = program('quickstart');
  await run({ ...command, env: { ...command.env, CDK_OUTDIR: outdir } });
  assert.match(fs.readFileSync(path.join(outdir, 'where'), 'utf-8'), /examples\/csharp\/quickstart\n$/);
});

test('the blocks of docs/csharp are one project, each in a namespace of its own', async () => {
  fs.rmSync(asked, { force: true });
  const blocks = await compileCsharpPages();
  assert.equal(fs.readFileSync(asked, 'utf-8'), 'build -v q\n');
  const pages = path.join(CACHE, 'pages/csharp');
  const files = filesOf(pages, /\.cs$/);
  assert.ok(blocks > 20, `${blocks}`);
  assert.equal(files.length, blocks);
  assert.match(fs.readFileSync(path.join(pages, 'deployments_1.cs'), 'utf-8'), /^using [\s\S]*;\nnamespace deployments_1;\nclass Page\n/);
  assert.deepEqual(
    filesOf(pages, /\.(csproj|config|nupkg)$/)
      .map((file) => path.extname(file))
      .sort(),
    ['.config', '.csproj', '.nupkg', '.nupkg', '.nupkg'],
  );
});

test('any other failure of the build is the failure of the step', async () => {
  fs.writeFileSync(path.join(folder, 'dotnet'), '#!/bin/sh\n[ "$1" != build ] || { echo "error CS1002: ; expected"; exit 1; }\n', {
    mode: 0o755,
  });
  await assert.rejects(csharp.prepare('another'), /dotnet build -v q: exit code 1/);
});
