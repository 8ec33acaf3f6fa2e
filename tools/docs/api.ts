/**
 * Writes the API reference of the languages other than TypeScript, whose is API.md: `npx projen docs:api`, after a compile.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pagesOfTypes, split, writePages } from './api-pages';

const ROOT = path.join(__dirname, '../..');
/** Not tracked: 49,000 lines that every docstring changes. */
const OUT = path.join(ROOT, 'dist/api');
const TITLES = { python: 'Python', java: 'Java', go: 'Go', csharp: 'C#' } as const;
type Language = keyof typeof TITLES;
const languages = Object.keys(TITLES) as Language[];

/** What jsii-docgen writes otherwise than jsii-pacmak, or than a browser shows it. */
function corrected(text: string, language: Language): string {
  const outsideOfBlocks = (change: (part: string) => string) =>
    text
      .split(/(^```[\s\S]*?^```$)/m)
      .map((part, index) => (index % 2 === 0 ? change(part) : part))
      .join('');
  switch (language) {
    case 'python':
      return text.replaceAll(/_mi_b\b/g, '_mib').replaceAll('typing.Mapping[', 'typing.Mapping[str, ');
    case 'java':
    case 'csharp':
      return outsideOfBlocks(withGenerics);
    case 'go':
      return text;
  }
}

/** `Map<String, String>` is an unknown element in HTML, and left out. */
function withGenerics(text: string): string {
  const escaped = text.replaceAll(/(\b(?:Map|List|IDictionary))<((?:<a [^>]*>|<\/a>|[^<>\n])*)>/g, '$1&lt;$2&gt;');
  return escaped === text ? text : withGenerics(escaped);
}

fs.mkdirSync(OUT, { recursive: true });
const pages = pagesOfTypes();
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'api-'));
execFileSync('npx', ['jsii-docgen', ...languages.flatMap((language) => ['-l', language]), '-o', path.join(temporary, 'API')], {
  cwd: ROOT,
  stdio: ['ignore', 'ignore', 'inherit'],
});
for (const language of languages) {
  const text = fs.readFileSync(path.join(temporary, `API.${language}.md`), 'utf-8');
  writePages(split(corrected(text, language), pages, `API reference for ${TITLES[language]}`, 'README.md'), path.join(OUT, language));
}
fs.rmSync(temporary, { recursive: true });
