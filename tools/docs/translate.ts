/**
 * Writes the pages that have TypeScript in the other languages, `docs/<language>`: `npx projen docs:translate`. What jsii-rosetta cannot translate, or what
 * does not compile as strict TypeScript, or does not fit the API in C#, is an error. After a compile.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  BatchSnippetTranslator,
  CSharpVisitor,
  JavaVisitor,
  PythonVisitor,
  rosettaDiagFromTypescript,
  SnippetParameters,
  typeScriptSnippetFromVisibleSource,
} from 'jsii-rosetta';
import { assemblies, csharpApi } from '../conformance/csharp';
import { checkPages } from '../conformance/csharp/docs';
import { completeCsharp } from './complete-csharp';
import { JavaCompleter } from './complete-java';
import { GoTranslator } from './go';
import { Prose } from './prose';

const ROOT = path.join(__dirname, '../..');
const DOCS = path.join(ROOT, 'docs');
const LANGUAGES = [
  { name: 'Python', id: 'python', visitor: () => new PythonVisitor() },
  { name: 'Java', id: 'java', visitor: () => new JavaVisitor() },
  { name: 'Go', id: 'go' },
  { name: 'C#', id: 'csharp', visitor: () => new CSharpVisitor() },
];
const BLOCK = /^```ts\n([\s\S]*?)^```$/gm;

/** A value of the context and a text: in Java, and of an `object` in C#, `==` asks whether the two are one object. */
const COMPARED = /([\w.]+\([^()]*\)) == ("[^"]*")/g;

const pages = new Map(
  fs
    .readdirSync(DOCS)
    .filter((file) => file.endsWith('.md') && file !== 'languages.md') // it has all languages
    .map((file) => [file, fs.readFileSync(path.join(DOCS, file), 'utf-8')] as const)
    .filter(([, text]) => text.search(BLOCK) !== -1),
);

const api = csharpApi();
const java = new JavaCompleter(assemblies());
const go = new GoTranslator(assemblies());
const prose = new Prose(namesOf([...pages.values()]));
/** Java has TypeScript's names. */
const SENTENCES: { readonly [language: string]: string } = { java: 'calls within a sentence are those of TypeScript' };
const translated = translate([...pages].flatMap(([page, text]) => [...text.matchAll(BLOCK)].map(([, code]) => ({ page, code }))));
for (const { name, id } of LANGUAGES) {
  const folder = path.join(DOCS, id);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  for (const [page, text] of pages) {
    const blocks = text.replaceAll(BLOCK, (_, code: string) => `\`\`\`${id}\n${translated.get(`${id} ${code}`)}\n\`\`\``);
    const note = `*In ${name}, translated from [${page}](../${page})${SENTENCES[id] ? `; ${SENTENCES[id]}` : ''}.*`;
    fs.writeFileSync(path.join(folder, page), prose.translate(id, withLinks(blocks)).replace(/^(# .*)$/m, `$1\n\n${note}`));
  }
  console.log(`docs/${id}: ${pages.size} pages`);
}

checkPages(api).then(({ blocks, findings }) => {
  console.log([...findings, `docs/csharp: ${blocks} blocks held against the API, ${findings.length} findings`].join('\n'));
  process.exitCode = findings.length === 0 ? 0 : 1;
});

/** What the API and the CDK call their members, but for those of templates, and what the blocks of the pages name. */
function namesOf(texts: string[]): Set<string> {
  const types = assemblies().flatMap((assembly) => Object.values(assembly.types ?? {}).filter(({ name }) => !name.startsWith('Cfn')));
  const members = types.flatMap((type) =>
    type.kind === 'enum' ? [] : [...(type.methods ?? []), ...(type.properties ?? [])].map(({ name }) => name),
  );
  const blocks = texts.flatMap((text) => [...text.matchAll(BLOCK)].flatMap(([, code]) => code.match(/\b[a-z]\w+/g) ?? []));
  return new Set([...members, ...blocks]);
}

/** The blocks in each language, by language and TypeScript. */
function translate(blocks: { readonly page: string; readonly code: string }[]): Map<string, string> {
  // the examples import the package by its name
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'docs-'));
  fs.mkdirSync(path.join(directory, 'node_modules'));
  fs.symlinkSync(ROOT, path.join(directory, 'node_modules/cdk-flask-fargate'));
  for (const peer of ['aws-cdk-lib', 'constructs']) {
    fs.symlinkSync(path.join(ROOT, 'node_modules', peer), path.join(directory, 'node_modules', peer));
  }
  // one file a block: two blocks of one name would be one
  const snippets = blocks.map(({ page, code }, index) => ({
    ...typeScriptSnippetFromVisibleSource(code, { api: { api: 'file', fileName: `${page}-${index}` }, field: { field: 'example' } }, true),
    parameters: { [SnippetParameters.$COMPILATION_DIRECTORY]: directory },
  }));
  const translations = new Map<string, string>();
  const errors: string[] = [];
  const options = { includeCompilerDiagnostics: true, compilationDirectory: directory };
  const translators = [...new BatchSnippetTranslator(snippets, options)].map(([, translator]) => translator);
  for (const [index, translator] of translators.entries()) {
    for (const { id, visitor } of LANGUAGES) {
      const { code } = blocks[index];
      translations.set(`${id} ${code}`, visitor ? completed(id, translator.renderUsing(visitor()), code) : go.translate(code));
    }
    errors.push(...translator.diagnostics.map((diagnostic) => rosettaDiagFromTypescript(diagnostic).formattedMessage));
  }
  fs.rmSync(directory, { recursive: true });
  if (errors.length > 0) {
    throw new Error(`the blocks of docs/ cannot be translated:\n${[...new Set(errors)].join('\n')}`);
  }
  return translations;
}

/** What jsii-rosetta leaves out of a language. */
function completed(language: string, text: string, code: string): string {
  if (language === 'csharp') {
    return completeCsharp(api, text.replaceAll(COMPARED, '(string)$1 == $2'), code);
  }
  if (language === 'java') {
    return java.complete(text.replaceAll(COMPARED, '$2.equals($1)'), code);
  }
  return language === 'python' ? text.replaceAll(/_mi_b\b/g, '_mib') : text;
}

/** The folder is one deeper, and has the pages that are translated. */
function withLinks(text: string): string {
  return text.replaceAll(/\]\((?!https?:|#)([^)#]+)/g, (whole, target: string) => (pages.has(target) ? whole : `](../${target}`));
}
