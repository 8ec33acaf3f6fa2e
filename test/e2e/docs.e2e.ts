/** The TypeScript blocks of README and docs/ compile against the library, as strict as a user's project. Docstrings are jsii-rosetta's. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { GIVEN } from '../../tools/docs/given';
import { WORDS } from '../../tools/docs/words';

const ROOT = path.join(__dirname, '../..');
const folder = path.join(ROOT, 'docs/.cache');
fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder, { recursive: true });

/** What compiles here and not in the other languages, into which the blocks are translated. */
const UNTRANSLATABLE: readonly [pattern: RegExp, remedy: string][] = [
  [new RegExp(`\\b(?:const|let) (?:${WORDS.join('|')})\\b`), 'the name is a word of C#, Java, Go or Python: take another'],
  [/[\w)\]]!(?=[.,;)\]])/, 'a non-null mark is TypeScript alone: declare the value'],
  [/\bif \(!?[\w.]+\)/, 'only a boolean is true or false elsewhere: compare the value'],
  [/\$\{\w+\./, 'a member within a text is not translated: name it before'],
  [/!==/, 'it is not translated: compare by === and take the other branch'],
  [/(?<!:)\/\/ .*\b[a-z]+[A-Z]\w*/, 'a comment is not translated: say it without a name of the API'],
  [/\(.*tryGetContext\([^)]*\)\)/, 'a value of the context is an object: `as string`'],
];
const untranslatable: string[] = [];
function check(place: string, code: string): void {
  for (const [pattern, remedy] of UNTRANSLATABLE) {
    const found = code.match(pattern);
    untranslatable.push(...(found ? [`${place}: ${found[0]}: ${remedy}`] : []));
  }
}

let blocks = 0;
/** Whole programs in five languages: `npm run conformance` runs them. */
const PROGRAMS = 'languages.md';
for (const page of fs.readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md') && file !== PROGRAMS)) {
  const text = fs.readFileSync(path.join(ROOT, 'docs', page), 'utf-8');
  for (const [, code] of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    blocks += 1;
    check(`docs/${page}`, code);
    fs.writeFileSync(path.join(folder, `${page.replace('.md', '')}-${blocks}.ts`), `${code}\nexport {};\n`);
  }
}
// README has Python first: its TypeScript is marked tsx, so that the packages of the other languages keep it as it is
const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf-8');
for (const [, code] of readme.matchAll(/^```tsx\n([\s\S]*?)^```$/gm)) {
  blocks += 1;
  const given = Object.entries(GIVEN).filter(
    ([name]) => new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`const ${name}\\b`).test(code),
  );
  const declared = given.map(([name, [type, module]]) => `declare const ${name}: import('${module}').${type};`).join('\n');
  fs.writeFileSync(path.join(folder, `README-${blocks}.ts`), `${declared}\n${code}\nexport {};\n`);
}
// jsii-rosetta compiles the examples of docstrings, and the other languages have them too
let examples = 0;
const sources = fs.readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf-8' }).filter((file) => file.endsWith('.ts'));
for (const source of sources) {
  const text = fs.readFileSync(path.join(ROOT, 'src', source), 'utf-8');
  for (const [, code] of text.matchAll(/^ *\* @example\n((?: *\*(?! @|\/).*\n)+)/gm)) {
    examples += 1;
    check(`src/${source}`, code);
  }
}
if (blocks === 0) {
  throw new Error('docs/ has no TypeScript block: are they still marked with ts?');
}
if (untranslatable.length > 0) {
  throw new Error(untranslatable.join('\n'));
}
// a block shows a value and does nothing with it
const config = {
  extends: '../../tsconfig.dev.json',
  compilerOptions: { rootDir: '../..', noUnusedLocals: false, paths: { 'cdk-flask-fargate': ['../../src'] } },
  include: ['*.ts'],
  exclude: [],
};
fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', folder], { stdio: 'inherit' });
console.log(
  `${blocks} TypeScript blocks of README and docs/ compile; they and ${examples} examples of docstrings have words of every language`,
);
