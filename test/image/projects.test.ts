import * as fs from 'node:fs';
import * as path from 'node:path';
import type { App } from 'aws-cdk-lib/core';
import { FlaskImage, type FlaskSourceOptions } from '../../src';
import { readProject } from '../../src/image/project/source-project';
import { adviceOf, expectError, service, testStack } from '../util/test-stack';

/** What a project of the corpus must give. */
interface Expected {
  readonly options?: FlaskSourceOptions;
  /** The whole message; {source} is the folder. */
  readonly error?: string;
  readonly tool?: string;
  readonly file?: string;
  readonly python?: string;
  readonly wsgiApp?: string;
  readonly workingDirectory?: string;
  readonly importPath?: string;
  /** Parts of lines of the Dockerfile. */
  readonly dockerfile?: string[];
  readonly notInDockerfile?: string[];
  readonly warnings?: string[];
}

const PROJECTS = path.join(__dirname, 'projects');
const CORPUS = fs
  .readdirSync(PROJECTS)
  .map((name): [string, Expected] => [name, JSON.parse(fs.readFileSync(path.join(PROJECTS, name, 'expected.json'), 'utf-8')) as Expected]);
const good = CORPUS.filter(([, { error }]) => error === undefined);
const bad = CORPUS.filter(([, { error }]) => error !== undefined);
const sourceOf = (name: string) => path.join(PROJECTS, name, 'source');

test('the corpus has a project for each shape and each fault', () => {
  expect(good.length).toBeGreaterThanOrEqual(45);
  expect(bad.length).toBeGreaterThanOrEqual(20);
});

describe('a project as it is', () => {
  test.each(good)('%s', (name, expected) => {
    const project = readProject(sourceOf(name), expected.options ?? {});
    expect({
      tool: project.dependencies.tool,
      file: project.dependencies.file,
      python: project.python?.version,
      wsgiApp: project.callable.wsgiApp,
      workingDirectory: project.callable.workingDirectory,
      importPath: project.callable.importPath,
    }).toEqual({
      tool: expected.tool,
      file: expected.file,
      python: expected.python,
      wsgiApp: expected.wsgiApp,
      workingDirectory: expected.workingDirectory,
      importPath: expected.importPath,
    });

    const stack = testStack();
    service(stack, { image: FlaskImage.fromSource(sourceOf(name), expected.options) });
    const { outdir } = stack.node.root as App;
    const [asset] = fs.readdirSync(outdir).filter((file) => file.startsWith('asset.'));
    const dockerfile = fs.readFileSync(path.join(outdir, asset, 'Dockerfile'), 'utf-8');
    for (const part of expected.dockerfile ?? []) {
      expect(dockerfile).toContain(part);
    }
    for (const part of expected.notInDockerfile ?? []) {
      expect(dockerfile).not.toContain(part);
    }
    // what installs stays in the build stage
    expect(dockerfile.slice(dockerfile.indexOf('\nFROM ', 60))).not.toMatch(/pip|poetry|pipenv|pdm|uv /);
    expect(adviceOf(stack).map(({ id }) => id)).toEqual(expected.warnings);
  });
});

describe('a fault is told with its remedy', () => {
  test.each(bad)('%s', (name, { options, error = '' }) => {
    expectError(() => FlaskImage.fromSource(sourceOf(name), options), error.replaceAll('{source}', sourceOf(name)));
  });
});
