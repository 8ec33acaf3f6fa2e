/** The programs of docs/languages.md are written to folders of a project and run by the tools of their language, against the packages in `dist`. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { run } from './commands';
import type { Api } from './csharp/api';
import { DOTNET_ENV, libraryProject, useFeed } from './csharp/build';
import { checkNames } from './csharp/names';
import { CACHE, DIST, EXAMPLES, MAVEN_REPOSITORY, ROOT } from './layout';

const PAGE = path.join(ROOT, 'docs/languages.md');
const FOLDER = path.join(CACHE, 'habits');
/** A block whose first line is a comment with the name of a file. */
const BLOCK = /^```(\w+)\n(?:#|\/\/) (\S+\.\w+)\n([\s\S]*?)^```$/gm;

interface Source {
  readonly language: string;
  readonly file: string;
  readonly text: string;
}

export function sourcesOf(page = fs.readFileSync(PAGE, 'utf-8')): Source[] {
  return [...page.matchAll(BLOCK)].map(([, language, file, text]) => ({ language, file, text }));
}

/** Writes the files of a language below a folder of its own, beside an app for them. */
function project(language: string): string {
  const folder = path.join(FOLDER, language);
  fs.rmSync(folder, { recursive: true, force: true });
  const infra = path.join(folder, 'infra');
  for (const { file, text } of sourcesOf().filter((source) => source.language === language)) {
    const target = path.join(infra, file.replace(/^infra\//, ''));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
  fs.writeFileSync(path.join(infra, 'cdk.json'), '{}');
  const app = path.join(folder, 'app');
  fs.mkdirSync(app);
  fs.writeFileSync(
    path.join(app, 'app.py'),
    "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/')\ndef home():\n    return 'shop'\n",
  );
  fs.writeFileSync(path.join(app, 'requirements.txt'), 'flask==3.1.3\n');
  return infra;
}

const ENV = { CDK_VALIDATION: 'false', PYTHONDONTWRITEBYTECODE: '1' };

/** How the tests of each language are run. Each leaves an error where one fails. */
export const HABITS: { readonly [language: string]: () => Promise<void> } = {
  async python() {
    const cwd = project('python');
    const python = path.join(CACHE, 'python/bin/python');
    await run({ command: python, args: ['-m', 'unittest', '-v'], cwd, env: ENV });
    await run({ command: python, args: ['app.py'], cwd, env: { ...ENV, CDK_OUTDIR: path.join(cwd, 'cdk.out') } });
  },

  async ts() {
    const cwd = project('ts');
    const packed = path.join(CACHE, 'typescript/node_modules/cdk-flask-fargate');
    const config = {
      rootDir: cwd,
      testMatch: ['<rootDir>/test/*.test.ts'],
      modulePaths: [path.join(ROOT, 'node_modules')],
      moduleNameMapper: { '^cdk-flask-fargate$': packed },
      transform: { '^.+\\.ts$': [path.join(ROOT, 'node_modules/ts-jest'), { tsconfig: path.join(cwd, 'tsconfig.json') }] },
    };
    const compilerOptions = { paths: { 'cdk-flask-fargate': [packed], '*': [path.join(ROOT, 'node_modules/*')] }, isolatedModules: true };
    fs.writeFileSync(path.join(cwd, 'tsconfig.json'), JSON.stringify({ extends: path.join(ROOT, 'tsconfig.json'), compilerOptions }));
    fs.writeFileSync(path.join(cwd, 'jest.config.json'), JSON.stringify(config));
    await run({ command: 'npx', args: ['jest', '--config', path.join(cwd, 'jest.config.json')], cwd: ROOT, env: ENV });
    const env = { ...ENV, CDK_OUTDIR: path.join(cwd, 'cdk.out'), TSX_TSCONFIG_PATH: path.join(cwd, 'tsconfig.json') };
    await run({ command: process.execPath, args: ['--import', 'tsx', 'bin/shop.ts'], cwd, env });
  },

  async java() {
    const cwd = project('java');
    const pom = fs.readFileSync(path.join(EXAMPLES, 'java/quickstart/pom.xml'), 'utf-8');
    const junit =
      '<dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.12.2</version><scope>test</scope></dependency>';
    fs.writeFileSync(path.join(cwd, 'pom.xml'), pom.replace('</dependencies>', `${junit}</dependencies>`));
    await run({ command: 'mvn', args: ['-B', '-q', `-Dmaven.repo.local=${MAVEN_REPOSITORY}`, 'test'], cwd, env: ENV });
  },

  async go() {
    const cwd = project('go');
    const mod = fs.readFileSync(path.join(EXAMPLES, 'go/quickstart/go.mod'), 'utf-8');
    fs.writeFileSync(path.join(cwd, 'go.mod'), mod.replace(/^module .*$/m, 'module example.com/shop'));
    const version = /^go .+$/m.exec(mod)?.[0];
    const replacement = `replace github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate => ${path.join(DIST, 'go/flaskfargate')}`;
    fs.writeFileSync(path.join(cwd, 'go.work'), `${version}\nuse .\n${replacement}\n`);
    await run({ command: 'go', args: ['test', '-p', '1', './...'], cwd, env: { ...ENV, GOWORK: path.join(cwd, 'go.work') } });
  },
};

/** Where .NET is: the page's C#, as `cdk init` lays it out. */
export async function runCsharpHabits(): Promise<void> {
  const cwd = project('csharp');
  const reference = (name: string, version: string) => `<PackageReference Include="${name}" Version="${version}" />`;
  const tests = [
    reference('Microsoft.NET.Test.Sdk', '17.12.0'),
    reference('xunit', '2.9.2'),
    reference('xunit.runner.visualstudio', '2.8.2'),
    '<ProjectReference Include="../../src/Shop/Shop.csproj" />',
  ];
  fs.copyFileSync(path.join(EXAMPLES, 'csharp/quickstart/Quickstart.csproj'), path.join(cwd, 'src/Shop/Shop.csproj'));
  fs.writeFileSync(
    path.join(cwd, 'test/Shop.Tests/Shop.Tests.csproj'),
    libraryProject().replace('</ItemGroup>', `${tests.join('')}</ItemGroup>`),
  );
  useFeed(cwd);
  await run({ command: 'dotnet', args: ['test', 'test/Shop.Tests'], cwd, env: { ...ENV, ...DOTNET_ENV } });
}

/** Without .NET, the names in the C# of the page are looked up in the API. */
export async function checkCsharpHabits(api: Api): Promise<string[]> {
  const sources = sourcesOf().filter(({ language }) => language === 'csharp');
  return checkNames(
    api,
    sources.map(({ file, text }) => ({ name: file, text })),
  );
}
