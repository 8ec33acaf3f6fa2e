import { type DependencyOptions, type DependencySource, installer, VENV } from './dependency-source';
import { lockedPackages, requireReachable } from './locked-packages';
import { requireNames } from './requested-names';
import { isTable, readToml, type Table, tableAt, tablesOf, textsOf } from './toml-file';

const PDM = '/opt/pdm/bin/pdm';

/** A pdm.lock with its pyproject.toml. */
export function pdmDependencies(directory: string, pyproject: Table, options: DependencyOptions): DependencySource {
  const packages = tablesOf(tableAt(readToml(directory, 'pdm.lock')).package);
  const more = [...(options.dependencyGroups ?? []), ...(options.extras ?? [])];
  const declared = [tableAt(pyproject, 'dependency-groups'), tableAt(pyproject, 'tool', 'pdm', 'dev-dependencies')].flatMap(Object.keys);
  const extras = Object.keys(tableAt(pyproject, 'project', 'optional-dependencies'));
  requireNames('dependency group', 'pyproject.toml', directory, options.dependencyGroups, [...declared, ...extras]);
  requireNames('extra', 'pyproject.toml', directory, options.extras, extras);
  const origins = { places: packages.map((item) => item.path), urls: packages.map(({ git }) => git) };
  requireReachable('pdm.lock', directory, origins, options.baseImage);
  const groups = ['default', ...more];
  const installed = packages.filter((item) => item.groups === undefined || textsOf(item.groups).some((group) => groups.includes(group)));
  const flags = ['--prod', ...more.map((group) => `-G ${group}`)].join(' ');
  const isPackage = isTable(pyproject['build-system']) && tableAt(pyproject, 'tool', 'pdm').distribution !== false;
  return {
    tool: 'PDM',
    file: 'pdm.lock',
    requirements: lockedPackages('pdm.lock', directory, installed, 'pdm add flask'),
    complete: true,
    named: true,
    pinned: true,
    git: packages.some((item) => 'git' in item),
    lockCommand: 'pdm lock',
    files: ['pyproject.toml', 'pdm.lock'],
    environment: { VIRTUAL_ENV: VENV, PDM_CHECK_UPDATE: '0' },
    // PDM 2.29 does not start with hishel 2, which it admits
    setup: installer('pdm', options.installerVersion, true, options.installerVersion ? '' : " 'hishel<2'"),
    needsSource: packages.some((item) => 'path' in item),
    install: [`${PDM} sync ${flags} --no-self`],
    installProject: isPackage ? [`${PDM} sync ${flags}`] : [],
    installMore: (file) => `${VENV}/bin/pip install -r ${file}`,
    removeInstaller: [`${VENV}/bin/pip uninstall -q -y pip`],
  };
}
