import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');
/** Where the registries find what README links to: on their pages, a relative link leads nowhere. */
const REPOSITORY = /^https:\/\/github\.com\/cdk-flask-fargate\/cdk-flask-fargate\/(?:blob|tree)\/main\//;
const pages = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: ROOT, encoding: 'utf-8' })
  .split('\0')
  .filter((page) => page !== '' && fs.existsSync(path.join(ROOT, page)));

/** The text of a page without its code, in which a bracket and a parenthesis are no link. */
function prose(page: string): string {
  return fs
    .readFileSync(path.join(ROOT, page), 'utf-8')
    .replace(/^( *)(```|~~~)[\s\S]*?^\1\2 *$/gm, '')
    .replace(/`[^`\n]*`/g, 'code');
}

function linksOf(page: string): string[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** The anchors that GitHub gives to the headings of a page, and those that are written by hand. */
function anchorsOf(page: string): Set<string> {
  const text = fs.readFileSync(path.join(ROOT, page), 'utf-8').replace(/^( *)(```|~~~)[\s\S]*?^\1\2 *$/gm, '');
  const headings = [...text.matchAll(/^#+ +(.*?) *#*$/gm)].map(([, heading]) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/(?:id|name)="([^"]+)"/g)].map(([, id]) => id)]);
}

function isBroken(page: string, link: string): boolean {
  const [target, anchor] = link.replace(REPOSITORY, '').split('#');
  const folder = REPOSITORY.test(link) ? '' : path.dirname(page);
  const file = target === '' ? page : path.join(folder, decodeURIComponent(target));
  if (!fs.existsSync(path.join(ROOT, file))) {
    return true;
  }
  return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
}

const isOurs = (link: string) => REPOSITORY.test(link) || !/^[a-z]+:/i.test(link);

test('the links of all pages lead to files and headings that are there', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => [page, link] as const));
  const ours = links.filter(([, link]) => isOurs(link));
  expect(ours.length).toBeGreaterThan(200);
  expect(ours.filter(([page, link]) => isBroken(page, link)).map(([page, link]) => `${page}: ${link}`)).toEqual([]);
});

test('README, which every registry shows, has no relative link', () => {
  expect(linksOf('README.md').filter((link) => isOurs(link) && !REPOSITORY.test(link) && !link.startsWith('#'))).toEqual([]);
});

test.each([
  ['README.md', 'https://github.com/cdk-flask-fargate/cdk-flask-fargate/blob/main/docs/nothing.md'],
  ['docs/README.md', 'nothing.md'],
  ['docs/README.md', '../README.md#nothing'],
])('a broken link is found: %s, %s', (page, link) => {
  expect(isBroken(page, link)).toBe(true);
});
