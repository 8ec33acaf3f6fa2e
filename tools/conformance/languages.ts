import * as fs from 'node:fs';
import * as path from 'node:path';
import { artefact } from './artefacts';
import { type Command, run } from './commands';
import { CACHE, DIST, EXAMPLES, filesOf, hashOf, MAVEN_REPOSITORY, modulesOf, onceFor, ROOT } from './layout';

/** The command that synthesizes an example. */
export type Program = (scenario: string) => Command;

/** How the examples of a language become programs. */
export interface Language {
  readonly name: string;
  /** The folder of its examples. */
  readonly folder: string;
  /** What `cdk.json` has as `app`. */
  readonly app: string;
  /** Builds the examples against the artefact; `key` identifies it. Returns the program of an example. */
  prepare(key: string): Promise<Program>;
}

const exampleOf = (language: Language, scenario: string) => path.join(EXAMPLES, language.folder, scenario);

/** The tarball, in a folder where Node.js finds it by the name of the package. */
const typescript: Language = {
  name: 'TypeScript',
  folder: 'typescript',
  app: 'npx tsx app.ts',
  async prepare(key) {
    const folder = path.join(CACHE, 'typescript');
    const unpacked = path.join(folder, 'node_modules/cdk-flask-fargate');
    const tsconfig = path.join(folder, 'tsconfig.json');
    await onceFor(key, folder, async () => {
      fs.rmSync(unpacked, { recursive: true, force: true });
      fs.mkdirSync(unpacked, { recursive: true });
      await run({ command: 'tar', args: ['-xzf', artefact('js', /\.tgz$/), '--strip-components=1', '-C', unpacked], cwd: ROOT });
      const paths = { 'cdk-flask-fargate': [unpacked] };
      fs.writeFileSync(tsconfig, JSON.stringify({ extends: path.join(ROOT, 'tsconfig.json'), compilerOptions: { paths } }));
    });
    return (scenario) => ({
      command: process.execPath,
      args: ['--import', 'tsx', 'app.ts'],
      cwd: exampleOf(typescript, scenario),
      env: { TSX_TSCONFIG_PATH: tsconfig },
    });
  },
};

/** One virtual environment for all: their requirements must go together. */
const python: Language = {
  name: 'Python',
  folder: 'python',
  app: 'python3 app.py',
  async prepare(key) {
    const requirements = filesOf(path.join(EXAMPLES, 'python'), /^requirements\.txt$/);
    const venv = path.join(CACHE, 'python');
    const pip = (...args: string[]) =>
      run({
        command: path.join(venv, 'bin/python'),
        args: ['-m', 'pip', '--disable-pip-version-check', 'install', '--find-links', path.join(DIST, 'python'), ...args],
        cwd: ROOT,
      });
    await onceFor(hashOf(requirements), path.join(venv, 'installed'), async () => {
      await run({ command: 'python3', args: ['-m', 'venv', '--clear', venv], cwd: ROOT });
      await pip(...requirements.flatMap((file) => ['-r', file]));
      fs.mkdirSync(path.join(venv, 'installed'));
    });
    await onceFor(key, path.join(venv, 'package'), () => pip('--force-reinstall', '--no-deps', artefact('python', /\.whl$/)));
    return (scenario) => ({
      command: 'python3',
      args: ['app.py'],
      cwd: exampleOf(python, scenario),
      env: { PATH: `${path.join(venv, 'bin')}${path.delimiter}${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: '1' },
    });
  },
};

/** All examples as modules of one build, with their own POMs, outside of the sources. */
const java: Language = {
  name: 'Java',
  folder: 'java',
  app: 'mvn -e -q compile exec:java',
  async prepare(key) {
    const folder = path.join(CACHE, 'java');
    const sources = filesOf(path.join(EXAMPLES, 'java'), /^pom\.xml$|\.java$/);
    const modules = modulesOf('java', 'pom.xml');
    await onceFor(hashOf(sources, key), folder, async () => {
      fs.rmSync(folder, { recursive: true, force: true });
      for (const name of modules) {
        fs.cpSync(path.join(EXAMPLES, 'java', name, 'src'), path.join(folder, name, 'src'), { recursive: true });
        fs.copyFileSync(path.join(EXAMPLES, 'java', name, 'pom.xml'), path.join(folder, name, 'pom.xml'));
      }
      // without the marks that Maven leaves beside a download, a version in the local repository is as if installed there
      fs.rmSync(path.join(MAVEN_REPOSITORY, 'io/github/cdkflaskfargate'), { recursive: true, force: true });
      fs.cpSync(path.join(DIST, 'java'), MAVEN_REPOSITORY, { recursive: true });
      fs.writeFileSync(
        path.join(folder, 'pom.xml'),
        `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
          <groupId>com.example</groupId><artifactId>twins</artifactId><version>1</version><packaging>pom</packaging>
          <modules>${modules.map((name) => `<module>${name}</module>`).join('')}</modules></project>`,
      );
      await run({
        command: 'mvn',
        args: [
          '-B',
          '-q',
          `-Dmaven.repo.local=${MAVEN_REPOSITORY}`,
          'compile',
          'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath',
          '-Dmdep.outputFile=target/classpath',
        ],
        cwd: folder,
      });
    });
    return (scenario) => {
      const built = path.join(folder, scenario);
      const main = /<mainClass>(.+)<\/mainClass>/.exec(fs.readFileSync(path.join(built, 'pom.xml'), 'utf-8'))?.[1];
      const classpath = fs.readFileSync(path.join(built, 'target/classpath'), 'utf-8').trim();
      return {
        command: 'java',
        args: ['-XX:TieredStopAtLevel=1', '-cp', `${path.join(built, 'target/classes')}${path.delimiter}${classpath}`, main ?? ''],
        cwd: exampleOf(java, scenario),
      };
    };
  },
};

/** All examples in one workspace, in which the module of the package is that of `dist`. */
const go: Language = {
  name: 'Go',
  folder: 'go',
  app: 'go mod download && go run .',
  async prepare(key) {
    const folder = path.join(CACHE, 'go');
    const sources = filesOf(path.join(EXAMPLES, 'go'), /^go\.mod$|\.go$/);
    const modules = modulesOf('go', 'go.mod');
    await onceFor(hashOf(sources, key), folder, async () => {
      fs.rmSync(folder, { recursive: true, force: true });
      for (const file of sources) {
        const copy = path.join(folder, path.relative(path.join(EXAMPLES, 'go'), file));
        fs.mkdirSync(path.dirname(copy), { recursive: true });
        fs.copyFileSync(file, copy);
      }
      const built = path.join(DIST, 'go/flaskfargate');
      const version = /^go .+$/m.exec(fs.readFileSync(path.join(folder, modules[0], 'go.mod'), 'utf-8'))?.[0];
      fs.writeFileSync(
        path.join(folder, 'go.work'),
        [
          version,
          'use (',
          ...modules.map((name) => `./${name}`),
          ')',
          `replace github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate => ${built}`,
          '',
        ].join('\n'),
      );
      // one package at a time: the CDK's take gigabytes to compile. No symbols: half of the time to link.
      await run({
        command: 'go',
        args: ['build', '-p', '1', '-ldflags=-s -w', '-o', 'bin/', ...modules.map((name) => `./${name}`)],
        cwd: folder,
        env: { GOWORK: path.join(folder, 'go.work') },
      });
    });
    return (scenario) => ({ command: path.join(folder, 'bin', path.basename(scenario)), args: [], cwd: exampleOf(go, scenario) });
  },
};

/** The first is what the others are compared with. */
export const LANGUAGES: readonly Language[] = [typescript, python, java, go];
