/** The blocks of README and of the pages in docs/python, docs/java, docs/go and docs/csharp are compiled by the tools of their language, against the packages in `dist`. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { givenInPython } from '../docs/given';
import { run } from './commands';
import { DOTNET_ENV, libraryProject, useFeed } from './csharp/build';
import { programOf } from './csharp/docs';
import { CACHE, DIST, EXAMPLES, filesOf, ROOT } from './layout';
import { checkPythonExamples } from './python-examples';

const FOLDER = path.join(CACHE, 'pages');
const ENV = { PYTHONDONTWRITEBYTECODE: '1' };

interface Block {
  /** Such as `data_2`: a name in all three. */
  readonly name: string;
  readonly lines: string[];
}

function blocksOf(language: string): Block[] {
  const fence = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  const blocks = filesOf(path.join(ROOT, 'docs', language), /\.md$/).flatMap((file) =>
    [...fs.readFileSync(file, 'utf-8').matchAll(fence)].map(([, text], index) => ({
      name: `${path.basename(file, '.md').replaceAll('-', '_')}_${index + 1}`,
      lines: text.trimEnd().split('\n'),
    })),
  );
  if (blocks.length === 0) {
    throw new Error(`docs/${language} has no blocks`);
  }
  return blocks;
}

/** Writes a file for each block of a language. */
function write(
  language: string,
  fileOf: (block: Block) => string,
  textOf: (block: Block) => string[],
): { readonly folder: string; readonly files: string[] } {
  const folder = path.join(FOLDER, language);
  fs.rmSync(folder, { recursive: true, force: true });
  const files = blocksOf(language).map((block) => {
    const file = path.join(folder, fileOf(block));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${textOf(block).join('\n')}\n`);
    return file;
  });
  return { folder, files };
}

/** What a block takes as given is a comment of Python: `# web: FlaskFargateService`. What is of the app and not of the CDK has names that the page lacks. */
export function pythonPage({ lines }: Block): string[] {
  const ofApp = !lines.some((line) => /^from (aws_cdk|cdk_flask_fargate)/.test(line));
  return ofApp ? ['# mypy: ignore-errors', ...lines] : lines.map((line) => line.replace(/^# (\w+: \w+)(?=$| #)/, '$1'));
}

/** What a block takes as given is a field, and the rest the body of a method. */
export function javaPage({ name, lines }: Block): string[] {
  const given = /^[A-Z]\w+ \w+;( \/\/.*)?$/;
  const imports = lines.filter((line) => line.startsWith('import '));
  const rest = lines.filter((line) => !line.startsWith('import '));
  const statements = rest.filter((line) => !given.test(line)).map((line) => `        ${line}`);
  const fields = rest.filter((line) => given.test(line)).map((line) => `    ${line}`);
  return [`package ${name};`, ...imports, 'class Page {', ...fields, '    void block() {', ...statements, '    }', '}'];
}

/** The statements are the body of a function, in which each variable has to be used. */
export function goPage({ name, lines }: Block): string[] {
  const end = lines.indexOf(')') + 1;
  const names = lines.flatMap((line) => /^(\w+) :=/.exec(line)?.[1] ?? /^var (\w+) /.exec(line)?.[1] ?? []);
  return [`package ${name}`, ...lines.slice(0, end), 'func block() {', ...lines.slice(end), ...names.map((each) => `_ = ${each}`), '}'];
}

/** What a block takes as given is a field, and the rest the body of a method, in a namespace of its own. */
export function csharpPage({ name, lines }: Block): string[] {
  return programOf(lines.join('\n'), name).split('\n');
}

/** What is run whole elsewhere: docs/languages.md beside this, the tutorial on the local AWS. */
const WHOLE = /^(languages|tutorial)\.md$/;

/** A type is not yet a template: each block is run, and synthesized. */
async function runPython(python: string): Promise<void> {
  const pages = ['docs', 'docs/python'].flatMap((place) =>
    fs
      .readdirSync(path.join(ROOT, place))
      .filter((file) => file.endsWith('.md') && !WHOLE.test(file))
      .map((file) => path.join(place, file)),
  );
  const folder = path.join(FOLDER, 'run');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const args = ['tools/conformance/python_blocks.py', folder, 'README.md', ...pages];
  await run({ command: python, args, cwd: ROOT, env: { ...ENV, CDK_VALIDATION: 'false' } });
}

/** The stack of the tutorial, whose module has the name of that of an example. */
async function checkTutorial(python: string): Promise<void> {
  const mypy = ['-m', 'mypy', '--check-untyped-defs', '--cache-dir', path.join(CACHE, 'mypy'), '.'];
  await run({ command: python, args: mypy, cwd: path.join(EXAMPLES, 'tutorial/infra') });
}

/** How the blocks of a language are compiled. Each leaves an error where one does not, and else how many there are. After the examples are built. */
export const PAGES: { readonly [language: string]: () => Promise<number> } = {
  async python() {
    const { folder, files } = write('python', ({ name }) => `${name}.py`, pythonPage);
    const readme = [...fs.readFileSync(path.join(ROOT, 'README.md'), 'utf-8').matchAll(/^```python\n([\s\S]*?)^```$/gm)];
    for (const [index, [, code]] of readme.entries()) {
      fs.writeFileSync(path.join(folder, `readme_${index + 1}.py`), `from typing import Any\n${givenInPython()}\n${code}`);
    }
    const python = path.join(CACHE, 'python/bin/python');
    await run({ command: python, args: ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', 'mypy==1.18.2'], cwd: ROOT });
    // a default child is an optional IConstruct, and Python has no cast that does anything
    const options = ['--check-untyped-defs', '--ignore-missing-imports', '--disable-error-code=union-attr'];
    await run({ command: python, args: ['-m', 'mypy', ...options, '--cache-dir', path.join(CACHE, 'mypy'), '.'], cwd: folder, env: ENV });
    await runPython(python);
    await checkPythonExamples(python);
    await checkTutorial(python);
    return files.length + readme.length;
  },

  async java() {
    const { folder, files } = write('java', ({ name }) => `${name}/Page.java`, javaPage);
    const classpath = fs.readFileSync(path.join(CACHE, 'java/quickstart/target/classpath'), 'utf-8').trim();
    const args = ['-proc:none', '-implicit:none', '-d', path.join(folder, 'classes'), '-cp', classpath, ...files];
    await run({ command: 'javac', args, cwd: folder });
    return files.length;
  },

  async go() {
    const { folder, files } = write('go', ({ name }) => `${name}/page.go`, goPage);
    const mod = fs.readFileSync(path.join(EXAMPLES, 'go/quickstart/go.mod'), 'utf-8');
    fs.writeFileSync(path.join(folder, 'go.mod'), mod.replace(/^module .*$/m, 'module example.com/pages'));
    const replacement = `replace github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate => ${path.join(DIST, 'go/flaskfargate')}`;
    fs.writeFileSync(path.join(folder, 'go.work'), `${/^go .+$/m.exec(mod)?.[0]}\nuse .\n${replacement}\n`);
    await run({ command: 'go', args: ['vet', '-p', '1', './...'], cwd: folder, env: { GOWORK: path.join(folder, 'go.work') } });
    return files.length;
  },
};

/** Where .NET is; elsewhere `docs:translate` holds the blocks against the API. */
export async function compileCsharpPages(): Promise<number> {
  const { folder, files } = write('csharp', ({ name }) => `${name}.cs`, csharpPage);
  fs.writeFileSync(path.join(folder, 'Pages.csproj'), libraryProject());
  useFeed(folder);
  await run({ command: 'dotnet', args: ['build', '-v', 'q'], cwd: folder, env: DOTNET_ENV });
  return files.length;
}
