import { fail } from '../../private/validation';
import { BY_PIP, type DependencyOptions, type DependencySource, PROJECT_REQUIREMENTS, VENV } from './dependency-source';
import { needsGit, type Requirement, requirementOf } from './requirement';
import { installsFromFolder, readRequirements } from './requirements-file';
import { textOfFile } from './text-file';
import { isTable, type Table, tableAt, textsOf } from './toml-file';

/** A requirements file, which pip reads. */
export function requirementsDependencies(directory: string, file: string, options: DependencyOptions): DependencySource {
  refuseGroups(file, options, 'name a file that has them by dependencyFile');
  const read = readRequirements(directory, file);
  const unknown = read.variables.find((name) => !(name in { ...options.buildSecrets, ...options.buildArgs }));
  if (unknown && options.baseImage === undefined) {
    fail(
      `'${file}' of '${directory}' names the variable \${${unknown}}, which the build does not have; give it by buildSecrets, with the name ${unknown} and the value 'env=${unknown}'`,
    );
  }
  if (read.byKey && options.baseImage === undefined) {
    fail(
      `'${file}' of '${directory}' has '${read.byKey}', and the build has neither ssh nor a key; write git+https:, and give the password of a private repository as the build secret netrc, by buildSecrets`,
    );
  }
  if (read.elsewhere && options.baseImage === undefined) {
    fail(
      `'${file}' of '${directory}' installs from '${read.elsewhere}', a place on the machine that wrote the file and not in the image; write a version in its place (of conda: pip list --format=freeze > ${file}), or a path within the folder such as './libs/shared'`,
    );
  }
  if (read.requirements.length === 0 && !read.hasUnnamed) {
    fail(
      `'${file}' of '${directory}' names no package, so the image would have no Flask; write what is installed into it: pip freeze > ${file}`,
    );
  }
  return {
    ...BY_PIP,
    tool: 'pip',
    file,
    requirements: read.requirements,
    complete: false,
    named: !read.hasUnnamed && !read.ownSource,
    pinned: read.pinned,
    git: read.git,
    lockCommand: `pip freeze > ${file}`,
    files: read.files,
    needsSource: read.ownSource,
    install: [`${VENV}/bin/pip install -r ${file}`],
    installProject: [],
  };
}

/** A pyproject.toml without a lock: setuptools, hatchling, flit, pdm-backend, poetry-core. */
export function projectDependencies(directory: string, pyproject: Table, options: DependencyOptions): DependencySource {
  const project = tableAt(pyproject, 'project');
  const sources = tableAt(pyproject, 'tool', 'uv', 'sources');
  const shared = Object.keys(sources).find((name) => tableAt(sources, name).workspace === true);
  if (shared !== undefined) {
    fail(
      `pyproject.toml of '${directory}' takes '${shared}' from a workspace, whose uv.lock is not in the folder; give the folder of the workspace, and name this folder by workingDirectory`,
    );
  }
  const [elsewhere] = Object.keys(sources);
  if (elsewhere !== undefined) {
    fail(
      `pyproject.toml of '${directory}' takes '${elsewhere}' from tool.uv.sources, which pip does not know: it would take a package of that name from the index; lock it: uv lock`,
    );
  }
  const isBuilt = isTable(pyproject['build-system']);
  const dynamic = textsOf(project.dynamic).includes('dependencies') || !isTable(pyproject.project);
  const extras = (options.extras ?? []).flatMap((extra) => listOf(directory, tableAt(project, 'optional-dependencies'), extra, 'extra'));
  const groups = (options.dependencyGroups ?? []).flatMap((group) => groupOf(directory, tableAt(pyproject, 'dependency-groups'), group));
  const lines = [...textsOf(project.dependencies), ...extras, ...groups];
  if (lines.length === 0 && !(isBuilt && dynamic)) {
    fail(
      `pyproject.toml of '${directory}' has no dependencies, so the image would have no Flask; add them to [project], as in dependencies = ["flask"]`,
    );
  }
  const self = options.extras?.length ? `'.[${options.extras.join(',')}]'` : '.';
  const requirements = lines.flatMap((line) => requirementOf(line) ?? []);
  return {
    ...BY_PIP,
    tool: 'pip',
    file: 'pyproject.toml',
    requirements,
    complete: false,
    named: !dynamic,
    pinned: requirements.length > 0 && requirements.every(({ version }) => version !== undefined),
    git: lines.some(needsGit),
    lockCommand: 'uv lock',
    files: [],
    generated: dynamic ? undefined : { [PROJECT_REQUIREMENTS]: `${lines.join('\n')}\n` },
    needsSource: dynamic || lines.some((line) => installsFromFolder(directory, line)),
    install: dynamic ? [`${VENV}/bin/pip install -e ${self}`] : [`${VENV}/bin/pip install -r ${PROJECT_REQUIREMENTS}`],
    installProject: isBuilt && !dynamic ? [`${VENV}/bin/pip install --no-deps -e .`] : [],
  };
}

/** A setup.py or setup.cfg alone. What it requires is read from its text, for it must not be run. */
export function setupDependencies(directory: string, file: string, options: DependencyOptions): DependencySource {
  refuseGroups(file, { dependencyGroups: options.dependencyGroups }, 'setuptools has extras alone');
  const text = textOfFile(directory, file) ?? '';
  const list =
    file === 'setup.cfg'
      ? text.match(/^install_requires\s*=\s*((?:.*\r?\n)(?:[ \t]+.*\r?\n?)*)/m)?.[1].split(/\r?\n/)
      : text
          .match(/install_requires\s*=\s*\[([^\]]*)\]/)?.[1]
          .match(/"[^"]*"|'[^']*'/g)
          ?.map((item) => item.slice(1, -1));
  const lines = (list ?? []).map((line) => line.trim()).filter(Boolean);
  const self = options.extras?.length ? `'.[${options.extras.join(',')}]'` : '.';
  return {
    ...BY_PIP,
    tool: 'pip',
    file,
    requirements: lines.flatMap((line): Requirement[] => [requirementOf(line) ?? []].flat()),
    complete: false,
    named: list !== undefined,
    pinned: false,
    git: lines.some(needsGit),
    lockCommand: 'pip freeze > requirements.txt',
    files: [],
    needsSource: true,
    install: [`${VENV}/bin/pip install -e ${self}`],
    installProject: [],
  };
}

function refuseGroups(file: string, options: DependencyOptions, remedy: string): void {
  const name = options.dependencyGroups?.length ? 'dependencyGroups' : options.extras?.length ? 'extras' : undefined;
  if (name) {
    fail(`${name} has no meaning for ${file}, got '${(options.dependencyGroups ?? options.extras)?.join(', ')}'; ${remedy}`);
  }
}

function listOf(directory: string, table: Table, name: string, kind: string): string[] {
  if (!(name in table)) {
    fail(`pyproject.toml of '${directory}' has no ${kind} '${name}'; it has ${Object.keys(table).sort().join(', ') || 'none'}`);
  }
  return textsOf(table[name]);
}

/** A group may include others. */
function groupOf(directory: string, groups: Table, name: string, seen: string[] = []): string[] {
  if (seen.includes(name)) {
    return [];
  }
  const included = (Array.isArray(groups[name]) ? groups[name] : []).flatMap((item: unknown) =>
    isTable(item) && typeof item['include-group'] === 'string' ? groupOf(directory, groups, item['include-group'], [...seen, name]) : [],
  );
  return [...listOf(directory, groups, name, 'dependency group'), ...included];
}
