/** C# as a language of conformance, where a `dotnet` is on the PATH: package, examples built once, each run and compared as the other languages are. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { artefact } from '../artefacts';
import { CommandFailure, run } from '../commands';
import type { Language } from '../languages';
import { CACHE, EXAMPLES, filesOf, hashOf, modulesOf, onceFor, ROOT } from '../layout';

export function hasDotnet(): boolean {
  try {
    execFileSync('dotnet', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A cache of its own: a package of the same version may have another content. */
export const DOTNET_ENV = { NUGET_PACKAGES: path.join(CACHE, 'nuget'), DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };

/** Where a project outside of the examples finds the package, once these are built. */
export function useFeed(folder: string): void {
  fs.copyFileSync(path.join(CACHE, 'csharp/NuGet.config'), path.join(folder, 'NuGet.config'));
  fs.cpSync(path.join(CACHE, 'csharp/feed'), path.join(folder, 'feed'), { recursive: true });
}

/** The project file of a library that uses the package. */
export function libraryProject(): string {
  return fs
    .readFileSync(path.join(EXAMPLES, 'csharp/quickstart/Quickstart.csproj'), 'utf-8')
    .replace(/\s*<OutputType>Exe<\/OutputType>/, '');
}

/** NuGet's words for a package or a version of it that no source has. */
const MISSING = /NU110[123][^\n]*?\b(Constructs|Amazon(?:\.\w+)+)/g;
/** Where npm has what NuGet lacks. */
const NPM_NAMES: { readonly [nuget: string]: string } = {
  Constructs: 'constructs',
  'Amazon.CDK.Lib': 'aws-cdk-lib',
  'Amazon.CDK.Asset.AwsCliV1': '@aws-cdk/asset-awscli-v1',
  'Amazon.CDK.Asset.NodeProxyAgentV6': '@aws-cdk/asset-node-proxy-agent-v6',
  'Amazon.CDK.CloudAssembly.Schema': '@aws-cdk/cloud-assembly-schema',
};

export const csharp: Language = {
  name: 'C#',
  folder: 'csharp',
  app: 'dotnet run',
  async prepare(key) {
    const folder = path.join(CACHE, 'csharp');
    const sources = filesOf(path.join(EXAMPLES, 'csharp'), /\.(cs|csproj)$/);
    const projects = modulesOf('csharp', 'cdk.json').map((scenario) => projectOf(scenario));
    const env = DOTNET_ENV;
    await onceFor(hashOf(sources, key), folder, async () => {
      fs.rmSync(folder, { recursive: true, force: true });
      for (const file of sources) {
        const copy = path.join(folder, path.relative(path.join(EXAMPLES, 'csharp'), file));
        fs.mkdirSync(path.dirname(copy), { recursive: true });
        fs.copyFileSync(file, copy);
      }
      const feed = path.join(folder, 'feed');
      fs.mkdirSync(feed);
      const nupkg = artefact('dotnet', /\.nupkg$/);
      // NuGet looks for a package in a folder by the name of its file
      fs.copyFileSync(nupkg, path.join(feed, path.basename(nupkg)));
      fs.rmSync(path.join(CACHE, 'nuget/cdkflaskfargate'), { recursive: true, force: true });
      fs.writeFileSync(
        path.join(folder, 'NuGet.config'),
        '<?xml version="1.0" encoding="utf-8"?><configuration><packageSources><add key="feed" value="feed" /></packageSources></configuration>\n',
      );
      await run({ command: 'dotnet', args: ['new', 'sln', '-n', 'Twins'], cwd: folder, env });
      await run({ command: 'dotnet', args: ['sln', 'add', ...projects], cwd: folder, env });
      const build = () => run({ command: 'dotnet', args: ['build', '-v', 'q'], cwd: folder, env });
      await build().catch(async (error) => {
        await packMissing(error, feed);
        await build();
      });
    });
    return (scenario) => ({
      command: 'dotnet',
      args: ['run', '--no-build', '--project', path.join(folder, projectOf(scenario))],
      cwd: path.join(EXAMPLES, 'csharp', scenario),
      env,
    });
  },
};

/** The project file of an example, below the folder of all. */
function projectOf(scenario: string): string {
  const folder = path.join(EXAMPLES, 'csharp');
  return path.relative(folder, filesOf(path.join(folder, scenario), /\.csproj$/)[0]);
}

/** Packs from npm what NuGet lacks, into the feed. Any other failure goes on. */
async function packMissing(error: unknown, feed: string): Promise<void> {
  const output = error instanceof CommandFailure ? error.output : '';
  const names = [...new Set([...output.matchAll(MISSING)].map(([, name]) => name))].filter((name) => name in NPM_NAMES).sort();
  if (names.length === 0) {
    throw error;
  }
  for (const name of names) {
    const module = path.join(ROOT, 'node_modules', NPM_NAMES[name]);
    await run({ command: 'npx', args: ['jsii-pacmak', '--target', 'dotnet', '--outdir', feed, module], cwd: ROOT });
  }
  // pacmak makes a folder for the language
  for (const file of filesOf(feed, /\.nupkg$/).filter((found) => path.dirname(found) !== feed)) {
    fs.renameSync(file, path.join(feed, path.basename(file)));
  }
}
