import { fail } from '../../private/validation';
import { type DependencyOptions, type DependencySource, installer, VENV } from './dependency-source';
import { lockedPackages, requireReachable } from './locked-packages';
import { requireNames } from './requested-names';
import { requirementOf } from './requirement';
import { textOfFile } from './text-file';
import { isTable, readToml, type Table, tableAt, tablesOf } from './toml-file';

const PIPENV = '/opt/pipenv/bin/pipenv';

/** A Pipfile, with a Pipfile.lock or without. */
export function pipenvDependencies(directory: string, options: DependencyOptions): DependencySource {
  if (options.extras?.length) {
    fail(`extras has no meaning for a Pipfile, got '${options.extras.join(', ')}'; name a category by dependencyGroups`);
  }
  const pipfile = readToml(directory, 'Pipfile') ?? {};
  const lock = readLock(directory);
  const categories = ['default', ...(options.dependencyGroups ?? [])];
  const declared = ['packages', ...(options.dependencyGroups ?? [])].flatMap((category) => Object.entries(tableAt(pipfile, category)));
  const locked = categories.flatMap((category) => Object.entries(tableAt(lock, category)));
  const known = Object.keys(pipfile).filter((name) => !['source', 'requires', 'scripts', 'pipenv', 'packages'].includes(name));
  requireNames('category', 'Pipfile', directory, options.dependencyGroups, known);
  const sources = [...declared, ...locked].map(([, value]) => value).filter(isTable);
  const origins = { places: sources.map((source) => source.path ?? source.file), urls: sources.map(({ git }) => git) };
  requireReachable(lock ? 'Pipfile.lock' : 'Pipfile', directory, origins, options.baseImage);
  const unknown = tablesOf(pipfile.source)
    .flatMap(({ url }) => [...`${url ?? ''}`.matchAll(/\$\{?([A-Za-z_]\w*)\}?/g)])
    .map(([, name]) => name)
    .find((name) => !(name in { ...options.buildSecrets, ...options.buildArgs }));
  if (unknown && options.baseImage === undefined) {
    fail(
      `Pipfile of '${directory}' names the variable \${${unknown}}, which the build does not have; give it by buildSecrets, with the name ${unknown} and the value 'env=${unknown}'`,
    );
  }
  const requirements = lock
    ? lockedPackages(
        'Pipfile.lock',
        directory,
        locked.map(([name, value]) => ({ name, version: tableAt(value).version, markers: tableAt(value).markers })),
        'pipenv install flask',
      )
    : declared.flatMap(
        ([name, version]) => requirementOf(typeof version === 'string' && version.startsWith('==') ? `${name}${version}` : name) ?? [],
      );
  // pipenv knows the packages of the Pipfile as the category packages, and the lock calls them default
  const groups = options.dependencyGroups?.length ? ` --categories "packages ${options.dependencyGroups.join(' ')}"` : '';
  return {
    tool: 'Pipenv',
    file: lock ? 'Pipfile.lock' : 'Pipfile',
    requirements,
    complete: lock !== undefined,
    named: true,
    pinned: lock !== undefined,
    git: sources.some((source) => 'git' in source),
    lockCommand: 'pipenv lock',
    files: lock ? ['Pipfile', 'Pipfile.lock'] : ['Pipfile'],
    environment: { VIRTUAL_ENV: VENV, PIPENV_VERBOSITY: '-1', PIPENV_NOSPIN: '1' },
    setup: installer('pipenv', options.installerVersion, true),
    needsSource: sources.some((source) => 'path' in source || 'file' in source),
    install: [lock ? `${PIPENV} sync${groups}` : `${PIPENV} install --skip-lock${groups}`],
    installProject: [],
    installMore: (file) => `${VENV}/bin/pip install -r ${file}`,
    removeInstaller: [`${VENV}/bin/pip uninstall -q -y pip`],
  };
}

function readLock(directory: string): Table | undefined {
  const text = textOfFile(directory, 'Pipfile.lock');
  if (text === undefined) {
    return undefined;
  }
  try {
    return JSON.parse(text) as Table;
  } catch (error) {
    return fail(`'Pipfile.lock' of '${directory}' is not valid JSON: ${(error as Error).message}; lock again: pipenv lock`);
  }
}
