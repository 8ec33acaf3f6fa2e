import * as fs from 'node:fs';
import * as path from 'node:path';
import { FlaskImage, type FlaskSourceOptions } from '../../src';
import { pythonVersionOf } from '../../src/image/project/python-version';
import { flaskApp } from '../util/flask-app';
import { service, testStack, warningsOf } from '../util/test-stack';

function project(files: { readonly [name: string]: string }): string {
  const folder = flaskApp();
  for (const [name, text] of Object.entries(files)) {
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const atLeast = (version: string) => `[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=${version}"\n`;

describe('the Dockerfile of a project', () => {
  test.each([
    ['its last Python', { Dockerfile: 'FROM python:3.11-slim AS build\nFROM python:3.12.4-slim\nFROM build\n' }, '3.12', 'Dockerfile'],
    ['by an argument', { Dockerfile: 'ARG VERSION="3.13"\nFROM python:$VERSION-slim\n' }, '3.13', 'Dockerfile'],
    ['of another registry', { Dockerfile: 'from --platform=linux/amd64 public.ecr.aws/docker/library/python:3.13' }, '3.13', 'Dockerfile'],
    ['without a version', { Dockerfile: 'FROM python:3-slim' }, '3.14', undefined],
    ['of an argument that the build gives', { Dockerfile: 'ARG VERSION\nFROM python:$VERSION' }, '3.14', undefined],
    ['of another image', { Dockerfile: 'FROM acme/micropython:3.12' }, '3.14', undefined],
    ['within requires-python', { Dockerfile: 'FROM python:3.12', 'pyproject.toml': atLeast('3.12') }, '3.12', 'Dockerfile'],
    ['below requires-python', { Dockerfile: 'FROM python:3.11', 'pyproject.toml': atLeast('3.12') }, '3.14', undefined],
    ['beside .python-version', { Dockerfile: 'FROM python:3.11', '.python-version': '3.12\n' }, '3.12', '.python-version'],
  ])('%s', (_, files, version, source) => {
    expect(pythonVersionOf(project(files))).toEqual({ version, source });
  });
});

describe('one patch of Python', () => {
  const poetry = (python: string) => `[tool.poetry.dependencies]\npython = "${python}"\n`;

  test.each([
    ['of Poetry', { 'pyproject.toml': poetry('3.12.13'), '.python-version': '3.12\n' }, '3.12.13', 'python of tool.poetry.dependencies'],
    ['of Poetry alone', { 'pyproject.toml': poetry('3.12.13') }, '3.12.13', 'python of tool.poetry.dependencies'],
    ['by ==', { 'pyproject.toml': poetry('==3.12.13') }, '3.12.13', 'python of tool.poetry.dependencies'],
    ['as the lowest', { 'pyproject.toml': poetry('>=3.12.13,<3.13'), '.python-version': '3.12\n' }, '3.12', '.python-version'],
  ])('%s', (_, files, version, source) => {
    expect(pythonVersionOf(project(files))).toEqual({ version, source });
  });
});

test('what contradicts requires-python is told with a version that does not', () => {
  const folder = project({ 'runtime.txt': 'python-3.6.5', 'pyproject.toml': `${atLeast('3.8').trim().slice(0, -1)},<3.13"\n` });
  expect(() => pythonVersionOf(folder, 'app')).toThrow(
    "runtime.txt of 'app' says Python 3.6.5, and requires-python of pyproject.toml says >=3.8,<3.13; make them agree, or set pythonVersion to '3.12'",
  );
});

describe('a Python without security fixes', () => {
  const adviceOn = (files: { readonly [name: string]: string }, options?: FlaskSourceOptions) => {
    const folder = project(files);
    const stack = testStack();
    service(stack, { image: FlaskImage.fromSource(folder, options) });
    return warningsOf(stack).flatMap(({ id, text }) => (id.endsWith(':unmendedPython') ? [text.replace(folder, 'app')] : []));
  };

  test('is told', () => {
    expect(adviceOn({ '.python-version': '3.10\n' })).toEqual([
      "Python 3.10 of .python-version of 'app' no longer gets security fixes; move the app to Python 3.11 or newer, in the file, pythonVersion or baseImage",
    ]);
    expect(adviceOn({}, { pythonVersion: '3.9' })).toEqual([
      "Python 3.9 of 'app' no longer gets security fixes; move the app to Python 3.11 or newer, in the file, pythonVersion or baseImage",
    ]);
  });

  test('is none from 3.11 on, and where the base image does not say its version', () => {
    expect(adviceOn({ '.python-version': '3.11\n' })).toEqual([]);
    expect(adviceOn({}, { baseImage: 'example.com/base:9' })).toEqual([]);
  });
});
