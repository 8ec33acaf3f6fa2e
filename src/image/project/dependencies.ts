import * as fs from 'node:fs';
import * as path from 'node:path';
import { fail } from '../../private/validation';
import type { DependencyOptions, DependencySource } from './dependency-source';
import { pdmDependencies } from './pdm-dependencies';
import { projectDependencies, requirementsDependencies, setupDependencies } from './pip-dependencies';
import { pipenvDependencies } from './pipenv-dependencies';
import { poetryDependencies } from './poetry-dependencies';
import { isFile, isFolder } from './text-file';
import { isTable, readToml, type Table, tableAt } from './toml-file';
import { uvDependencies } from './uv-dependencies';

/** Each lock needs the file that it locks. */
const LOCKS: { readonly [lock: string]: string } = {
  'uv.lock': 'pyproject.toml',
  'poetry.lock': 'pyproject.toml',
  'pdm.lock': 'pyproject.toml',
  'Pipfile.lock': 'Pipfile',
};

/** Where teams keep what production needs, the first that is there. */
export const REQUIREMENTS_FILES = [
  'requirements.txt',
  'requirements/prod.txt',
  'requirements/production.txt',
  'requirements/base.txt',
  'requirements/requirements.txt',
  'requirements-prod.txt',
  'requirements-production.txt',
  'requirements_prod.txt',
];

const KNOWN = 'requirements.txt, uv.lock, poetry.lock, Pipfile, pdm.lock, pyproject.toml, setup.py';

/** Reads how a project names its dependencies. A lock goes before what is not locked, and an option before all. */
export function readDependencies(directory: string, options: DependencyOptions, shownAs = directory): DependencySource {
  const file = options.dependencyFile ?? findFile(directory, shownAs);
  if (options.dependencyFile !== undefined && !isFile(directory, file)) {
    fail(`the folder '${shownAs}' has no '${file}', which dependencyFile names; give the path within the folder`);
  }
  const name = file.split('/').pop() as string;
  if (file !== name && [...Object.keys(LOCKS), 'Pipfile', 'pyproject.toml', 'setup.py', 'setup.cfg'].includes(name)) {
    fail(
      `dependencyFile '${file}' is in a folder below, and ${name} is read in the folder of the app alone; give the folder '${file.slice(0, -name.length - 1)}' of '${shownAs}', or a requirements file`,
    );
  }
  const pyproject = readToml(directory, 'pyproject.toml') ?? {};
  const source = sourceOf(directory, file, pyproject, options);
  if (options.installerVersion !== undefined && source.tool === 'pip') {
    fail(
      `installerVersion has no meaning for ${source.file}, which pip of the base image installs, got '${options.installerVersion}'; leave it out`,
    );
  }
  return source;
}

function sourceOf(directory: string, file: string, pyproject: Table, options: DependencyOptions): DependencySource {
  switch (file) {
    case 'uv.lock':
      return uvDependencies(directory, pyproject, options);
    case 'poetry.lock':
      return poetryDependencies(directory, pyproject, options);
    case 'pdm.lock':
      return pdmDependencies(directory, pyproject, options);
    case 'Pipfile':
    case 'Pipfile.lock':
      return pipenvDependencies(directory, options);
    case 'pyproject.toml':
      return isTable(tableAt(pyproject, 'tool', 'poetry').dependencies)
        ? poetryDependencies(directory, pyproject, options)
        : projectDependencies(directory, pyproject, options);
    case 'setup.py':
    case 'setup.cfg':
      return setupDependencies(directory, file, options);
    default:
      return requirementsDependencies(directory, file, options);
  }
}

/** The folders below that say what to install: one of them may be meant. */
function hintOf(directory: string): string {
  const files = [...Object.keys(LOCKS), ...REQUIREMENTS_FILES, 'Pipfile', 'pyproject.toml', 'setup.py'];
  const found = fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(?:\..*|node_modules|venv|env|cdk\.out)$/.test(entry.name))
    .flatMap(({ name }) => files.filter((file) => isFile(directory, `${name}/${file}`)).map((file) => `'${name}/${file}'`));
  const alike = ['', 'requirements']
    .filter((folder) => isFolder(directory, folder))
    .flatMap((folder) => fs.readdirSync(path.join(directory, folder)).map((name) => path.posix.join(folder, name)))
    .filter((file) => (/^req\w*[\w.-]*\.txt$/i.test(file) || /^requirements\/.+\.txt$/.test(file)) && !/dev|test|lint|doc/i.test(file));
  if (alike.length > 0) {
    return ` ('${alike.sort()[0]}' may be meant: name it by dependencyFile)`;
  }
  return found.length === 0 ? '' : ` (${found.sort().slice(0, 3).join(', ')} would be found if that folder were given)`;
}

function findFile(directory: string, shownAs: string): string {
  const has = (file: string) => isFile(directory, file);
  const locks = Object.keys(LOCKS).filter((lock) => has(lock) && has(LOCKS[lock]));
  if (locks.length > 1) {
    fail(
      `the folder '${shownAs}' has ${locks.join(' and ')}, which may lock other versions; remove all but one, or name the one to install from by dependencyFile, '${locks[0]}'`,
    );
  }
  const pyproject = has('pyproject.toml') ? (readToml(directory, 'pyproject.toml') ?? {}) : {};
  const file =
    locks[0] ??
    REQUIREMENTS_FILES.find(has) ??
    (has('Pipfile') ? 'Pipfile' : undefined) ??
    (isTable(pyproject.project) ||
    isTable(tableAt(pyproject, 'tool').poetry) ||
    (isTable(pyproject['build-system']) && !has('setup.py') && !has('setup.cfg'))
      ? 'pyproject.toml'
      : undefined) ??
    // pip takes a folder for a project by one of the two alone
    (has('setup.py') || (has('setup.cfg') && has('pyproject.toml')) ? ['setup.py', 'setup.cfg'].find(has) : undefined);
  return (
    file ??
    fail(
      `the folder '${shownAs}' does not say what to install: it has none of ${KNOWN}${hintOf(directory)}; add one with Flask in it (pip freeze > requirements.txt), name it by dependencyFile, or use FlaskImage.fromDockerfile()`,
    )
  );
}
