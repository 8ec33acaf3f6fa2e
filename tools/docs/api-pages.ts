/** Splits what jsii-docgen writes into a page for each folder of src: half a megabyte in one page does not open. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { loadAssemblyFromPath } from '@jsii/spec';
import { ROOT } from '../conformance/layout';

/** The pages, in the order of the contents: a folder of src, its title, and the page's name if it is not the folder's. */
const PAGES: readonly (readonly [folder: string, title: string, name?: string])[] = [
  ['', 'The service', 'service'],
  ['stage', 'Stages'],
  ['application', 'Server and health check'],
  ['image', 'Images and repositories'],
  ['load-balancing', 'Load balancing, HTTPS and sign-in'],
  ['deployment', 'Deployments'],
  ['scaling', 'Scaling and capacity'],
  ['processes', 'Workers, tasks, scheduled tasks and release tasks'],
  ['data', 'Databases, caches and uploads'],
  ['connections', 'Connections to databases and caches'],
  ['secrets', 'The secret key'],
  ['network', 'Network and egress'],
  ['observability', 'Alarms, metrics and the dashboard'],
  ['logging', 'Logs'],
  ['security', 'Hardening and the firewall'],
  ['platform', 'Platforms'],
  ['task', 'Sidecars, volumes and tracing'],
];

/** What a reader looks for first comes first. */
const KINDS = ['Constructs', 'Classes', 'Protocols', 'Enums', 'Structs'];

/** One class, struct, interface or enum, under the heading that it had. */
interface Entry {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly page: string;
  readonly text: string;
}

/** The page of each type, by where its source is. */
export function pagesOfTypes(): ReadonlyMap<string, string> {
  const { types = {} } = loadAssemblyFromPath(ROOT, false, ['intersection-types', 'class-covariant-overrides']);
  return new Map(
    Object.values(types).map(({ fqn, locationInModule }) => {
      const folder = path.posix.dirname(`${locationInModule?.filename}`).split('/').slice(1).join('/');
      const page = PAGES.find(([name]) => name === folder);
      if (!page) {
        throw new Error(`${fqn} is in src/${folder}, which has no page in tools/docs/api-pages.ts`);
      }
      return [fqn, page[2] ?? page[0]];
    }),
  );
}

/** A file for each page, and the contents under the name that is given. Links lead from page to page. */
export function split(
  reference: string,
  pageOf: ReadonlyMap<string, string>,
  title: string,
  contentsFile: string,
): ReadonlyMap<string, string> {
  const entries = entriesOf(reference, pageOf);
  const pages = new Map<string, string>();
  const contents = [`# ${title}`, '', 'Every class and option, with unit, bounds and default: a page for each subject.'];
  for (const [folder, heading, name = folder] of PAGES) {
    const own = entries.filter(({ page }) => page === name);
    const list = own.map(({ id, name, text }) => ({ id, name, summary: summaryOf(text) }));
    const lines = (to: string) =>
      list.map(({ id, name, summary }) => `- <code><a href="${to}#${id}">${name}</a></code>${summary ? `: ${summary}` : ''}`);
    const texts = KINDS.map((kind) => own.filter((entry) => entry.kind === kind)).flatMap((group) =>
      group.length === 0 ? [] : [`## ${group[0].kind}`, ...group.map(({ text }) => text.trim())],
    );
    const text = [`# ${heading}`, `[All pages](${contentsFile})`, lines('').join('\n'), ...texts].join('\n\n');
    pages.set(`${name}.md`, `${linked(text, name, pageOf)}\n`);
    contents.push('', `## [${heading}](${name}.md)`, '', ...lines(`${name}.md`));
  }
  return pages.set(contentsFile, `${contents.join('\n')}\n`);
}

function entriesOf(reference: string, pageOf: ReadonlyMap<string, string>): Entry[] {
  const entries = reference.split(/^## (?=.* <a name=)/m).flatMap((section) => {
    const kind = section.slice(0, section.indexOf(' <a'));
    return section
      .split(/^(?=### .* <a name=)/m)
      .slice(1)
      .map((text) => {
        const [, name, id] = /^### (.*?) <a name="[^"]*" id="([^"]*)">/.exec(text) ?? [];
        const page = pageOf.get(id);
        if (page === undefined) {
          throw new Error(`no page for ${id}`);
        }
        return { id, name, kind, page, text };
      });
  });
  return entries.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** The first sentence after the heading, in a line. */
function summaryOf(text: string): string {
  const paragraphs = text.split(/\n{2,}/).slice(1);
  const first = paragraphs.find((paragraph) => !/^([-#|<`]|\*\*)/.test(paragraph.trim())) ?? '';
  return first.replaceAll(/\s+/g, ' ').trim();
}

/** `#cdk-flask-fargate.Capacity.spot` is on the page of Capacity. */
function linked(text: string, own: string, pageOf: ReadonlyMap<string, string>): string {
  return text.replaceAll(/href="#((cdk-flask-fargate\.\w+)[^"]*)"/g, (link, anchor, fqn) => {
    const page = pageOf.get(fqn);
    return page === undefined || page === own ? link : `href="${page}.md#${anchor}"`;
  });
}

/** Writes the pages into a folder, which has nothing else. */
export function writePages(pages: ReadonlyMap<string, string>, folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const [file, text] of pages) {
    fs.writeFileSync(path.join(folder, file), text);
  }
  const sizes = [...pages.values()].map((text) => Math.round(text.length / 1000));
  console.log(`${path.relative(ROOT, folder)}: ${pages.size} pages, the largest of ${Math.max(...sizes)} kB`);
}

/** After jsii-docgen: API.md is the contents, and its parts are in docs/api. */
function main(): void {
  const file = path.join(ROOT, 'API.md');
  const pages = new Map(split(fs.readFileSync(file, 'utf-8'), pagesOfTypes(), 'API reference', '../../API.md'));
  const contents = `${pages.get('../../API.md')}`;
  pages.delete('../../API.md');
  writePages(pages, path.join(ROOT, 'docs/api'));
  fs.writeFileSync(file, contents.replaceAll(/(href="|\]\()([a-z-]+\.md)/g, '$1docs/api/$2'));
}

if (require.main === module) {
  main();
}
