/**
 * The templates of the examples at each release, `test/updates/releases/VERSION.json.gz`: what runs in the accounts of users. Today's examples
 * are held against them by the referee, as if a user of each release took this version.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { judge, linesOf } from '../../test/updates/account';
import type { Template } from '../../test/updates/template';
import { contextOf, synthesize, templatesIn } from '../../test/util/synthesize';
import { examplesOf } from '../conformance/layout';

const ROOT = path.join(__dirname, '../..');
const EXAMPLES = path.join(ROOT, 'examples/typescript');
export const RELEASES = path.join(ROOT, 'test/updates/releases');

/** The templates of a version, by example and stack. */
export type Templates = ReadonlyMap<string, Template>;

/** The templates of the examples as they are. */
export function templatesOfExamples(): Templates {
  return new Map(
    examplesOf(EXAMPLES).flatMap((scenario) =>
      [...templatesIn(synthesize(path.join(EXAMPLES, scenario, 'app.ts'), contextOf(path.join(EXAMPLES, scenario))))].map(
        ([stack, template]) => [`${scenario}/${stack}`, template as Template] as const,
      ),
    ),
  );
}

/** Keeps the templates of a version. */
export function keep(version: string, templates: Templates, folder = RELEASES): string {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${version}.json.gz`);
  fs.writeFileSync(file, gzipSync(JSON.stringify(Object.fromEntries(templates)), { level: 9 }));
  return file;
}

/** The versions whose templates are kept. */
export function releases(folder = RELEASES): ReadonlyMap<string, Templates> {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.json.gz')) : [];
  return new Map(
    files.sort().map((name) => {
      const templates = JSON.parse(gunzipSync(fs.readFileSync(path.join(folder, name))).toString('utf-8')) as { [key: string]: Template };
      return [name.replace(/\.json\.gz$/, ''), new Map(Object.entries(templates))];
    }),
  );
}

/** What users of a version would meet who take this one: a line for each fault. An example that is gone is nobody's update. */
export function faultsOfUpgrade(before: Templates, after: Templates): string[] {
  return [...before].flatMap(([name, template]) => {
    const next = after.get(name);
    return next ? linesOf(judge(template, next)).map((line) => `${name}: ${line}`) : [];
  });
}

if (require.main === module) {
  const today = templatesOfExamples();
  if (process.argv.includes('--keep')) {
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf-8'));
    console.log(path.relative(ROOT, keep(version, today)));
  } else {
    const kept = releases();
    const faults = [...kept].flatMap(([version, templates]) => faultsOfUpgrade(templates, today).map((line) => `${version}: ${line}`));
    for (const fault of faults) {
      console.error(fault);
    }
    console.log(`${today.size} templates held against ${kept.size} releases: ${faults.length} faults`);
    process.exitCode = faults.length > 0 ? 1 : 0;
  }
}
