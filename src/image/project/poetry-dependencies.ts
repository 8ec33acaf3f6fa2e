import { type DependencyOptions, type DependencySource, installer, VENV } from './dependency-source';
import { lockedPackages, requireReachable } from './locked-packages';
import { requireNames } from './requested-names';
import { normalized, type Requirement, requirementOf } from './requirement';
import { isFolder } from './text-file';
import { isTable, readToml, type Table, tableAt, tablesOf, textsOf } from './toml-file';

const POETRY = '/opt/poetry/bin/poetry';

/** A pyproject.toml of Poetry, with a poetry.lock or without. */
export function poetryDependencies(directory: string, pyproject: Table, options: DependencyOptions): DependencySource {
  const lock = readToml(directory, 'poetry.lock');
  const poetry = tableAt(pyproject, 'tool', 'poetry');
  const groups = ['main', ...(options.dependencyGroups ?? [])];
  const declaredGroups = [...Object.keys(tableAt(poetry, 'group')), ...Object.keys(tableAt(pyproject, 'dependency-groups'))];
  const developing = 'dev-dependencies' in poetry ? ['dev'] : [];
  requireNames('dependency group', 'pyproject.toml', directory, options.dependencyGroups, [...declaredGroups, ...developing]);
  const declaredExtras = [
    ...Object.keys(tableAt(poetry, 'extras')),
    ...Object.keys(tableAt(pyproject, 'project', 'optional-dependencies')),
  ];
  requireNames('extra', 'pyproject.toml', directory, options.extras, declaredExtras);
  // older locks have no groups: all but those that are for developers
  const packages = tablesOf(lock?.package).filter(
    (item) =>
      (item.groups === undefined ? item.category !== 'dev' : textsOf(item.groups).some((group) => groups.includes(group))) &&
      !(item.optional && !options.extras?.length),
  );
  const declared = { ...tableAt(poetry, 'dependencies'), ...tableAt(poetry, 'dev-dependencies') };
  const requirements: Requirement[] = lock
    ? lockedPackages('poetry.lock', directory, packages, 'poetry add flask')
    : [...Object.keys(tableAt(poetry, 'dependencies')), ...textsOf(tableAt(pyproject, 'project').dependencies)].flatMap(
        (line) => requirementOf(line) ?? [],
      );
  const sources = [...Object.values(declared).filter(isTable), ...tablesOf(lock?.package).map(({ source }) => tableAt(source))];
  const places = sources.filter((source) => !('git' in source)).map((source) => source.path ?? source.url);
  const urls = sources.map(({ git, url }) => git ?? url);
  requireReachable(lock ? 'poetry.lock' : 'pyproject.toml', directory, { places, urls }, options.baseImage);
  const hasPath = sources.some((source) => 'path' in source || source.type === 'directory' || source.type === 'file');
  const name = normalized(`${poetry.name ?? tableAt(pyproject, 'project').name ?? ''}`).replaceAll('-', '_');
  // poetry install fails where there is no package of the project's name, and many apps have none
  const isPackage =
    poetry['package-mode'] !== false && (Array.isArray(poetry.packages) || isFolder(directory, name) || isFolder(directory, `src/${name}`));
  const flags = [`--only ${groups.join(',')}`, ...(options.extras ?? []).map((extra) => `--extras ${extra}`)].join(' ');
  return {
    tool: 'Poetry',
    file: lock ? 'poetry.lock' : 'pyproject.toml',
    requirements,
    complete: lock !== undefined,
    named: true,
    pinned: lock !== undefined,
    git: sources.some((source) => source.type === 'git' || 'git' in source),
    lockCommand: 'poetry lock',
    files: lock ? ['pyproject.toml', 'poetry.lock'] : ['pyproject.toml'],
    environment: { VIRTUAL_ENV: VENV, POETRY_NO_INTERACTION: '1' },
    setup: installer('poetry', options.installerVersion, true),
    needsSource: hasPath,
    install: [`${POETRY} install ${flags} --no-root --compile`],
    installProject: isPackage ? [`${POETRY} install --only-root`] : [],
    installMore: (file) => `${VENV}/bin/pip install -r ${file}`,
    removeInstaller: [`${VENV}/bin/pip uninstall -q -y pip`],
  };
}
