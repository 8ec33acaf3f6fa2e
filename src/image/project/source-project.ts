import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RenderedServer } from '../../application/wsgi-server';
import { fail } from '../../private/validation';
import { readDependencies } from './dependencies';
import type { DependencyOptions, DependencySource } from './dependency-source';
import { type GunicornConfig, gunicornConfigOf } from './gunicorn-config';
import { markerHolds } from './marker';
import { type NativePackages, nativePackagesOf } from './native-libraries';
import { pythonForPins, requirePinsForPython } from './newest-python';
import { type PythonVersion, pythonVersionOf } from './python-version';
import { isFolder, textOfFile } from './text-file';
import { type CallableOptions, type WsgiCallable, wsgiCallableOf } from './wsgi-callable';

/** What the user says, and the files of the project need not. */
export interface ProjectOptions extends DependencyOptions, CallableOptions {
  readonly pythonVersion?: string;
  readonly baseImage?: string;
}

/** A Flask project, as its own files tell of it. */
export interface SourceProject {
  readonly dependencies: DependencySource;
  readonly callable: WsgiCallable;
  /** Undefined where a base image of the user's has a version that its name does not tell. */
  readonly python?: PythonVersion;
  readonly native: NativePackages;
  readonly gunicornConfig?: GunicornConfig;
}

/** What `pip freeze` writes down on Windows, and what has no wheel for Linux. */
const WINDOWS_ONLY = ['pywin32', 'pypiwin32', 'pywinpty'];

const DISTRIBUTIONS = [
  'flask',
  'dash',
  'quart',
  'connexion',
  'apiflask',
  'eve',
  'moto',
  'bottle',
  'django',
  'pyramid',
  'falcon',
  'werkzeug',
];

/** Reads a project and checks all that can be said at synth. Nothing of it is run. */
export function readProject(directory: string, options: ProjectOptions, shownAs = directory): SourceProject {
  requireFolder(directory, shownAs);
  const { python, dependencies } = fitting(directory, options, shownAs);
  const callable = wsgiCallableOf(directory, options, shownAs);
  requireFlask(directory, dependencies, callable, shownAs);
  requirePinsForPython(dependencies, python, shownAs);
  return {
    dependencies,
    callable,
    python,
    native: nativePackagesOf(dependencies),
    gunicornConfig: gunicornConfigOf(path.join(directory, callable.workingDirectory), shownAs),
  };
}

/** The version of Python, and what it lets into the image. */
function fitting(directory: string, options: ProjectOptions, shownAs: string): Pick<SourceProject, 'python' | 'dependencies'> {
  const all = readDependencies(directory, options, shownAs);
  const asked = pythonOf(directory, options, shownAs);
  const dependencies = inImage(all, asked, shownAs);
  const isDefault =
    asked !== undefined && asked.source === undefined && options.pythonVersion === undefined && options.baseImage === undefined;
  const python = isDefault ? pythonForPins(directory, asked, dependencies) : asked;
  return { python, dependencies: python === asked ? dependencies : inImage(all, python, shownAs) };
}

/** What the markers let into the image. */
function inImage(dependencies: DependencySource, python: PythonVersion | undefined, shownAs: string): DependencySource {
  const requirements = dependencies.requirements.filter(({ marker }) => marker === undefined || markerHolds(marker, python?.version));
  const windows = requirements.find(({ name, marker }) => WINDOWS_ONLY.includes(name) && marker === undefined);
  if (windows && !dependencies.complete) {
    fail(
      `${dependencies.file} of '${shownAs}' requires ${windows.name}, which is for Windows only and cannot be installed in the image; remove it, or restrict it: ${windows.name}${windows.version ? `==${windows.version}` : ''} ; sys_platform == "win32"`,
    );
  }
  return { ...dependencies, requirements };
}

function requireFolder(directory: string, shownAs: string): void {
  if (!fs.existsSync(directory) || !fs.statSync(directory).isDirectory()) {
    fail(`the folder of the app does not exist, got '${shownAs}' (${path.resolve(directory)}); give the path relative to where cdk runs`);
  }
}

function pythonOf(directory: string, { pythonVersion, baseImage }: ProjectOptions, shownAs: string): PythonVersion | undefined {
  if (pythonVersion !== undefined) {
    return { version: pythonVersion };
  }
  if (baseImage !== undefined) {
    const version = baseImage.match(/python:(3\.\d+)/)?.[1];
    return version === undefined ? undefined : { version };
  }
  return pythonVersionOf(directory, shownAs);
}

/** A lock tells all that is installed; other files may get Flask by what they require, and are believed. */
function requireFlask(directory: string, dependencies: DependencySource, callable: WsgiCallable, shownAs: string): void {
  if (!dependencies.complete || dependencies.requirements.some(({ name }) => DISTRIBUTIONS.includes(name))) {
    return;
  }
  fail(
    `${dependencies.file} of '${shownAs}' locks no Flask, so '${callable.wsgiApp}' could not be imported; add flask to the dependencies and lock again (${dependencies.lockCommand})${isFolder(directory, 'src') ? '' : ', or name the file to install from by dependencyFile'}`,
  );
}

/** Whether Flask, or something that brings it, is named by what has no lock. */
export function namesFlask({ complete, named, requirements }: DependencySource): boolean {
  return complete || !named || requirements.some(({ name }) => DISTRIBUTIONS.includes(name) || name.startsWith('flask'));
}

/** The requirement of the server, where the dependencies lack it. */
export function missingServer({ requirements }: DependencySource, server: RenderedServer): string | undefined {
  const requirement = server.requirement;
  return requirement && !requirements.some(({ name }) => name === requirement.name) ? requirement.specifier : undefined;
}

/** Whether the sources name one of the words, for what they would have to read. */
export function sourcesName(directory: string, words: string[]): boolean {
  const visit = (folder: string): boolean =>
    fs.readdirSync(path.join(directory, folder), { withFileTypes: true }).some((entry) => {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        return !/^(?:\..*|node_modules|venv|env|cdk\.out|__.*)$/.test(entry.name) && visit(name);
      }
      const text = /\.(?:py|cfg|toml|ini|ya?ml|json)$/.test(entry.name) ? textOfFile(directory, name) : undefined;
      return text !== undefined && words.some((word) => text.includes(word));
    });
  return visit('');
}
