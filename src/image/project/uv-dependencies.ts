import { type DependencyOptions, type DependencySource, installer, VENV } from './dependency-source';
import { lockedPackages, requireReachable } from './locked-packages';
import { markerHolds } from './marker';
import { requireNames } from './requested-names';
import { readToml, type Table, tableAt, tablesOf, textsOf } from './toml-file';

const UV = '/opt/uv/bin/uv';

/** A uv.lock with its pyproject.toml. */
export function uvDependencies(directory: string, pyproject: Table, options: DependencyOptions): DependencySource {
  const lock = readToml(directory, 'uv.lock') ?? {};
  const packages = tablesOf(lock.package);
  const local = packages.filter(({ source }) => ['editable', 'virtual', 'directory', 'path'].some((key) => key in tableAt(source)));
  const members = tableAt(pyproject, 'tool', 'uv', 'workspace');
  const places = local.map(({ source }) => `${Object.values(tableAt(source))[0]}`);
  const urls = packages.map(({ source }) => tableAt(source).git);
  const remedy = 'give the folder above, and name this folder by workingDirectory';
  requireReachable('uv.lock', directory, { places, urls }, options.baseImage, remedy);
  const isWorkspace = Object.keys(members).length > 0;
  const member = packages.find(({ source }) => options.workingDirectory && Object.values(tableAt(source))[0] === options.workingDirectory);
  const root = member ?? packages.find(({ source }) => Object.values(tableAt(source))[0] === '.');
  const declaring = member ? (readToml(directory, `${options.workingDirectory}/pyproject.toml`) ?? {}) : pyproject;
  const groups = Object.keys(tableAt(declaring, 'dependency-groups'));
  const developing = textsOf(tableAt(declaring, 'tool', 'uv')['dev-dependencies']).length > 0 ? ['dev'] : [];
  requireNames('dependency group', 'pyproject.toml', directory, options.dependencyGroups, [...groups, ...developing]);
  requireNames('extra', 'pyproject.toml', directory, options.extras, Object.keys(tableAt(declaring, 'project', 'optional-dependencies')));
  const flags = [
    '--frozen --no-default-groups',
    ...(member ? [`--package ${member.name}`] : []),
    ...(options.dependencyGroups ?? []).map((group) => `--group ${group}`),
    ...(options.extras ?? []).map((extra) => `--extra ${extra}`),
  ].join(' ');
  const hasPathSources = !isWorkspace && places.some((place) => place !== '.');
  const isPackage = local.some(({ source }) => 'editable' in tableAt(source));
  const requirements = lockedPackages('uv.lock', directory, installed(packages, root, options), 'uv add flask');
  return {
    tool: 'uv',
    file: 'uv.lock',
    requirements,
    complete: true,
    named: true,
    pinned: true,
    git: packages.some(({ source }) => 'git' in tableAt(source)),
    lockCommand: 'uv lock',
    files: ['pyproject.toml', 'uv.lock'],
    environment: {
      UV_PROJECT_ENVIRONMENT: VENV,
      // the one of the base image: uv would fetch another, below a home that the last stage lacks
      UV_PYTHON: 'python3',
      UV_PYTHON_DOWNLOADS: 'never',
      UV_COMPILE_BYTECODE: '1',
      UV_LINK_MODE: 'copy',
    },
    setup: installer('uv', options.installerVersion, false),
    needsSource: hasPathSources,
    install: [`${UV} sync ${flags} ${isWorkspace ? '--no-install-workspace' : '--no-install-project'}`],
    // --inexact: uv would take away the server that was installed in between, for the lock does not name it
    installProject: isPackage ? [`${UV} sync ${flags} --inexact`] : [],
    installMore: (file) => `${UV} pip install --python ${VENV}/bin/python -r ${file}`,
    removeInstaller: [],
  };
}

/** The packages that the root needs, and those that they need: what is locked for developers or as an extra alone is not installed. */
function installed(packages: Table[], root: Table | undefined, options: DependencyOptions): Table[] {
  if (!root) {
    return packages;
  }
  const byName = new Map(packages.map((item) => [`${item.name}`, item]));
  const found = new Set<Table>();
  const visit = (list: unknown) => {
    for (const { name, extra, marker } of tablesOf(list)) {
      const item = byName.get(`${name}`);
      if (item && markerHolds(`${marker ?? ''}`)) {
        const isNew = !found.has(item);
        found.add(item);
        for (const wanted of Array.isArray(extra) ? extra : []) {
          visit(tableAt(item, 'optional-dependencies')[wanted]);
        }
        if (isNew) {
          visit(item.dependencies);
        }
      }
    }
  };
  visit(root.dependencies);
  for (const extra of options.extras ?? []) {
    visit(tableAt(root, 'optional-dependencies')[extra]);
  }
  for (const group of options.dependencyGroups ?? []) {
    visit(tableAt(root, 'dev-dependencies')[group]);
  }
  return [...found];
}
