import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

export const ROOT = path.join(__dirname, '../..');
export const EXAMPLES = path.join(ROOT, 'examples');
/** What `npm run package:*` makes. */
export const DIST = path.join(ROOT, 'dist');
export const CACHE = path.join(ROOT, '.cache/conformance');
/** `npm run package:java` has it too: both download the CDK once. */
export const MAVEN_REPOSITORY = path.join(ROOT, '.cache/maven');

/** What is there in TypeScript and Python alone: the way to production of an app, and not the API of a language. */
export const IN_TWO_LANGUAGES: readonly string[] = ['github-actions', 'pipeline', 'promote'];

/** What any language has an example of: every other has to have it too, but for those of two languages. */
export function scenarios(): string[] {
  const folders = ['typescript', 'python', 'java', 'go', 'csharp'].map((language) => path.join(EXAMPLES, language));
  return [...new Set(folders.filter((folder) => fs.existsSync(folder)).flatMap((folder) => examplesOf(folder)))].sort();
}

export function foldersOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

/** The folders of a language that have a CDK app, below that of the language: `quickstart`, and `two-stages/infra` where the app has its own beside it. */
export function examplesOf(folder: string): string[] {
  return foldersOf(folder).map((name) => (fs.existsSync(path.join(folder, name, 'infra')) ? path.join(name, 'infra') : name));
}

/** The examples of a language that have a build file. */
export function modulesOf(language: string, buildFile: string): string[] {
  const folder = path.join(EXAMPLES, language);
  return examplesOf(folder).filter((name) => fs.existsSync(path.join(folder, name, buildFile)));
}

/** All files below a folder whose names match, sorted; not what builds leave there. */
export function filesOf(folder: string, pattern = /./): string[] {
  const left = /^(cdk\.out|target|bin|obj|node_modules|\..+|__pycache__)$/;
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return left.test(entry.name) ? [] : filesOf(file, pattern);
    }
    return pattern.test(entry.name) ? [file] : [];
  });
}

/** Changes with the name or the content of any of these files. */
export function hashOf(files: string[], ...more: string[]): string {
  const hash = createHash('sha256');
  for (const text of more) {
    hash.update(`${text}\0`);
  }
  for (const file of [...files].sort()) {
    hash
      .update(`${path.relative(ROOT, file)}\0`)
      .update(fs.readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/** Makes a folder anew when its key is not that of the last complete run. */
export async function onceFor(key: string, folder: string, make: () => Promise<void>): Promise<void> {
  const stamp = path.join(folder, '.complete');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf-8') === key) {
    return;
  }
  fs.rmSync(stamp, { force: true });
  fs.mkdirSync(folder, { recursive: true });
  await make();
  fs.writeFileSync(stamp, key);
}
