import * as fs from 'node:fs';
import * as path from 'node:path';
import { run, timed } from './commands';
import { DIST, filesOf, hashOf, onceFor, ROOT } from './layout';

const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'LICENSE', '.projen/tasks.json'];
/** The first three come before the others: artefacts hold the compiled package, and the examples in its docs translated. */
const TASKS = ['pre-compile', 'compile', 'rosetta', 'package:js', 'package:python', 'package:java', 'package:go'];
/** The sources, also where a .NET SDK would make a package of them. */
const CSHARP = ['jsii-pacmak', '--target', 'dotnet', '--code-only', '--outdir', DIST];

/**
 * Builds what each language's users install, into `dist`, if a source has changed since. Returns what identifies it.
 *
 * @param nuget whether a NuGet package is made, beside the sources of C#
 */
export async function buildArtefacts(nuget: boolean): Promise<string> {
  const tasks = [...TASKS, ...(nuget ? ['package:dotnet'] : [])];
  const key = hashOf([...filesOf(path.join(ROOT, 'src')), ...SOURCES.map((file) => path.join(ROOT, file))], ...tasks, ...CSHARP);
  await onceFor(key, DIST, async () => {
    fs.rmSync(DIST, { recursive: true, force: true });
    for (const task of tasks) {
      // the modules are built with the twins, into the same cache: not twice
      const env = { JSII_BUILD_GO: 'false' };
      await timed(task, () => run({ command: 'npx', args: ['projen', task], cwd: ROOT, env }));
    }
    await timed('C# sources', () => run({ command: 'npx', args: CSHARP, cwd: ROOT }));
    fs.mkdirSync(DIST, { recursive: true });
  });
  return key;
}

/** The one file below a folder of `dist` whose name matches. */
export function artefact(folder: string, pattern: RegExp): string {
  const found = filesOf(path.join(DIST, folder), pattern);
  if (found.length !== 1) {
    throw new Error(`dist/${folder} has ${found.length} files that match ${pattern}, and one is expected`);
  }
  return found[0];
}

/** Sizes of the artefacts, for the report. */
export function sizes(): [name: string, bytes: number][] {
  const bytes = (files: string[]) => files.reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const of = (folder: string, pattern: RegExp) => bytes(filesOf(path.join(DIST, folder), pattern));
  return [
    ['npm tarball', of('js', /\.tgz$/)],
    ['wheel', of('python', /\.whl$/)],
    ['jar', of('java', /[0-9]\.jar$/)],
    ['Go module', of('go', /./)],
    ['C# sources', of('dotnet', /./)],
  ];
}
