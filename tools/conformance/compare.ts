import * as fs from 'node:fs';
import * as path from 'node:path';
import { structuredPatch } from 'diff';

const SUFFIX = '.template.json';
const MAX_LINES = 24;

/** The templates of the stages too, which are in folders of their own. */
const templatesIn = (folder: string) =>
  fs.readdirSync(folder, { encoding: 'utf-8', recursive: true }).filter((file) => file.endsWith(SUFFIX));

/** What tells the templates of one folder from those of another: nothing, if they are the same bytes. */
export function differences(expected: string, actual: string): string[] {
  const names = new Set([...templatesIn(expected), ...templatesIn(actual)]);
  return [...names].sort().flatMap((name) => {
    const [before, after] = [expected, actual].map((folder) => path.join(folder, name));
    if (!fs.existsSync(before)) {
      return [`${name}: only here`];
    }
    if (!fs.existsSync(after)) {
      return [`${name}: not here`];
    }
    const [want, got] = [before, after].map((file) => fs.readFileSync(file));
    return want.equals(got) ? [] : [`${name}:\n${shortDiff(want.toString('utf-8'), got.toString('utf-8'))}`];
  });
}

function shortDiff(expected: string, actual: string): string {
  const { hunks } = structuredPatch('', '', expected, actual, '', '', { context: 2 });
  const lines = hunks.flatMap((hunk) => [`@@ line ${hunk.oldStart}`, ...hunk.lines]);
  const rest = lines.length - MAX_LINES;
  return [...lines.slice(0, MAX_LINES), ...(rest > 0 ? [`… ${rest} lines more`] : [])].map((line) => `    ${line}`).join('\n');
}
