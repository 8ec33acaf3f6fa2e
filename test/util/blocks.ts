import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

/** The blocks of a language of a page of the docs, each with the heading above it. */
export function blocksOf(page: string, language: 'ts' | 'python' = 'ts'): [heading: string, code: string][] {
  const sections = fs
    .readFileSync(path.join(__dirname, '../../docs', page), 'utf-8')
    .split(/^##? /m)
    .slice(1);
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm');
  return sections.flatMap((section) => [...section.matchAll(block)].map(([, code]): [string, string] => [section.split('\n')[0], code]));
}

/** The names that a block declares, and so has to be given. */
const declaredIn = (code: string): string[] => [...code.matchAll(/^declare const (\w+)/gm)].map(([, name]) => name);

/** Runs a block as it stands, with a value for each name that it declares. */
export function runBlock(code: string, value: (name: string) => unknown): void {
  const names = declaredIn(code);
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const load = (name: string) => require(name === 'cdk-flask-fargate' ? '../../src' : name);
  new Function('require', 'exports', ...names, outputText)(load, {}, ...names.map(value));
}
