import * as fs from 'node:fs';
import * as path from 'node:path';
import { fail } from '../private/validation';

/** What tests, tools and editors leave behind: it changes no image and is in none. `include` takes any of it back. */
const LEFTOVERS = [
  // tests
  '**/.coverage',
  '**/.coverage.*',
  '**/coverage.xml',
  '**/coverage.json',
  '**/coverage.lcov',
  '**/lcov.info',
  '**/htmlcov',
  '**/.tox',
  '**/.nox',
  '**/.pytest_cache',
  '**/.hypothesis',
  '**/.benchmarks',
  '**/.testmondata*',
  '**/.tmontmp',
  '**/.mutmut-cache',
  '**/.stestr',
  '**/.testrepository',
  '**/.noseids',
  '**/nosetests.xml',
  '**/junit*.xml',
  '**/pytest*.xml',
  '**/pytestdebug.log',
  '**/test-results',
  '**/test-results*.xml',
  '**/test-reports',
  '**/allure-results',
  '**/playwright-report',
  'junit',
  'report.xml',
  '**/*.py,cover',
  '**/*.prof',
  // checkers
  '**/.mypy_cache',
  '**/.dmypy.json',
  '**/dmypy.json',
  '**/.ruff_cache',
  '**/.ty_cache',
  '**/.pyre',
  '**/.pyrefly',
  '**/.pytype',
  '**/.pylint.d',
  '**/.import_linter_cache',
  '**/.scannerwork',
  '**/.trivycache',
  // Python itself, environments and builds; build and dist as a whole may be a front end
  '**/__pycache__',
  '**/*.pyc',
  '**/*.pyo',
  '**/.venv',
  '**/venv',
  '**/.virtualenv',
  '**/.pixi',
  '**/.hatch',
  '**/.devenv',
  '**/__pypackages__',
  '**/.pdm-build',
  '**/.pdm-python',
  '**/.pybuilder',
  '**/.direnv',
  '**/*.egg-info',
  '**/.eggs',
  '**/.installed.cfg',
  '**/pip-log.txt',
  '**/pip-wheel-metadata',
  '**/cython_debug',
  'build/lib',
  'build/bdist.*',
  'build/temp.*',
  'dist/*.whl',
  'dist/*.tar.gz',
  '**/.ipynb_checkpoints',
  // what a CI keeps between its jobs
  '**/.cache/*',
  '**/.uv-cache',
  '**/.uv_cache',
  '**/.pip-cache',
  '**/.npm',
  // processes that ran here
  '**/celerybeat-schedule*',
  '**/celerybeat.pid',
  '**/gunicorn.pid',
  '**/nohup.out',
  // front ends and clouds
  '**/node_modules',
  '**/npm-debug.log*',
  '**/yarn-error.log*',
  '**/.parcel-cache',
  '**/.sass-cache',
  '**/.webassets-cache',
  '**/cdk.out*',
  '**/cdk.json',
  '**/cdk.context.json',
  '**/.aws-sam',
  '**/.serverless',
  '**/.terraform',
  '**/.terraform.lock.hcl',
  // editors and systems
  '**/.idea',
  '**/.vscode',
  '**/.vs',
  '**/.zed',
  '**/.fleet',
  '**/.history',
  '**/.ropeproject',
  '**/*.swp',
  '**/*.swo',
  '**/*~',
  '**/.DS_Store',
  '**/._*',
  '**/Thumbs.db',
  '**/desktop.ini',
  // what describes the CI
  '.github',
  '.gitlab',
  '.gitlab-ci.yml',
  '.circleci',
  '.buildkite',
  '.travis.yml',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  'Jenkinsfile',
  '.pre-commit-config.yaml',
  '.devcontainer',
];

/** What no image of ours has, whatever else is said: secrets, history, and the Dockerfile that ours takes the place of. */
const NEVER = [
  '**/.git',
  '**/.hg',
  '**/.svn',
  '**/.bzr',
  '**/.jj',
  '**/.env',
  '**/.env.*',
  '**/.envrc',
  '**/*.tfstate',
  '**/*.tfstate.*',
  'instance',
  '.dockerignore',
  'Dockerfile',
];

/** The patterns of what stays out of an image from source, each able to take back what those before it said. */
export function excludedFrom(source: string, exclude: string[], include: string[], outdir: string | undefined, keep: string): string[] {
  return [
    ...dockerignoreOf(source),
    ...exclude,
    ...LEFTOVERS,
    ...infrastructureIn(source, outdir, keep, MARKS),
    ...include.map((pattern) => `!${pattern}`),
    ...NEVER,
  ];
}

/** The patterns of a .dockerignore, whose lines may end as in Windows. */
function dockerignoreOf(source: string): string[] {
  const file = path.join(source, '.dockerignore');
  return fs.existsSync(file) && fs.statSync(file).isFile()
    ? fs
        .readFileSync(file, 'utf-8')
        .replace(/^\uFEFF/, '')
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    : [];
}

/** What tools put into environments of Python, of any name, and into caches. */
const MARKS = ['pyvenv.cfg', 'conda-meta', 'CACHEDIR.TAG'];

/** Output folders of the CDK of any name, which would change at each synth, a CDK app beside the Flask app, and folders with one of the marks. */
export function infrastructureIn(source: string, outdir: string | undefined, keep = '', marks: string[] = []): string[] {
  const found =
    outdir === undefined
      ? []
      : [path.relative(path.resolve(source), path.resolve(outdir))].filter(
          (folder) => folder !== '' && !folder.startsWith('..') && !path.isAbsolute(folder),
        );
  const visit = (folder: string, depth: number) => {
    for (const entry of fs.readdirSync(path.join(source, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name === '.git') {
        continue;
      }
      const has = (file: string) => fs.existsSync(path.join(source, name, file));
      const isAssembly = has('manifest.json') && has('cdk.out');
      const isApp = has('cdk.json') && keep !== name && !keep.startsWith(`${name}/`);
      const isMade = marks.some(has);
      if (isAssembly || isApp || isMade) {
        found.push(name);
      } else if (depth < 4) {
        visit(name, depth + 1);
      }
    }
  };
  visit('', 0);
  return [...new Set(found.map((folder) => folder.split(path.sep).join('/')))].sort();
}

/** All files, not those behind links: a link may lead to a folder above it. */
function filesOf(directory: string, folder = ''): string[] {
  return fs.readdirSync(path.join(directory, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    return entry.isDirectory() ? filesOf(directory, name) : [name];
  });
}

/** A link to a folder that has the source in it would be copied endlessly. */
export function requireNoLinkAbove(source: string, ignores: (file: string) => boolean): void {
  const root = fs.realpathSync(source);
  const visit = (folder: string) => {
    for (const entry of fs.readdirSync(path.join(source, folder), { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (ignores(path.join(path.resolve(source), name))) {
        continue;
      }
      if (entry.isDirectory()) {
        visit(name);
      } else if (entry.isSymbolicLink() && fs.existsSync(path.join(source, name))) {
        const target = fs.realpathSync(path.join(source, name));
        if (target !== root && !path.relative(target, root).startsWith('..') && fs.statSync(target).isDirectory()) {
          fail(
            `'${name.split(path.sep).join('/')}' of '${source}' is a symbolic link to a folder that has '${source}' in it, so copying it would never end; remove it, or name it in exclude or .dockerignore`,
          );
        }
      }
    }
  };
  visit('');
}

/** Files that git LFS has not fetched: what is in the image would be its pointer. */
export function lfsPointersIn(directory: string): string[] {
  const found: string[] = [];
  for (const name of filesOf(directory)) {
    const file = path.join(directory, name);
    const stat = fs.lstatSync(file);
    if (
      stat.isFile() &&
      stat.size > 100 &&
      stat.size < 300 &&
      fs.readFileSync(file, 'utf-8').startsWith('version https://git-lfs.github.com/spec/v1')
    ) {
      found.push(name.split(path.sep).join('/'));
    }
  }
  return found.sort();
}
