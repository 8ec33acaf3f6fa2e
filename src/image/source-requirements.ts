import * as fs from 'node:fs';
import * as path from 'node:path';
import { fail } from '../private/validation';

/** Checks that a folder has what an image needs: at the user's line, before anything is copied. */
export function requireSource(directory: string, wsgiApp: string): void {
  if (!fs.existsSync(directory) || !fs.statSync(directory).isDirectory()) {
    fail(`the folder of the app does not exist, got '${directory}' (${path.resolve(directory)}); give the path relative to where cdk runs`);
  }
  if (!dependenciesOf(directory)) {
    const command = fs.existsSync(path.join(directory, 'pyproject.toml')) ? 'uv lock' : 'pip freeze > requirements.txt';
    fail(
      `the folder '${directory}' has neither requirements.txt nor uv.lock with pyproject.toml; add one with Flask in it (${command}), or use FlaskImage.fromDockerfile()`,
    );
  }
  requireModule(
    directory,
    wsgiApp,
    'name it by wsgiApp, or correct the folder (a project whose package is below src/ needs FlaskImage.fromDockerfile())',
  );
}

/** Checks that the module of the WSGI callable is there. */
export function requireModule(directory: string, wsgiApp: string, remedy: string, shownAs = directory): void {
  const [module] = wsgiApp.split(':');
  const stem = module.split('.').join('/');
  const candidates = [`${stem}.py`, `${stem}/__init__.py`];
  if (!candidates.some((file) => fs.existsSync(path.join(directory, file)))) {
    fail(`the app module of '${wsgiApp}' is not in the folder '${shownAs}': neither ${candidates.join(' nor ')} is there; ${remedy}`);
  }
}

/** How the dependencies of an app are locked. */
export function dependenciesOf(directory: string): 'uv' | 'pip' | undefined {
  const has = (file: string) => fs.existsSync(path.join(directory, file));
  if (has('uv.lock') && has('pyproject.toml')) {
    return 'uv';
  }
  return has('requirements.txt') ? 'pip' : undefined;
}

/** Whether the app's own requirements install a package. */
export function requires(directory: string, packageName: string): boolean {
  const lines = dependenciesOf(directory) === 'uv' ? projectDependencies(directory) : requirementLines(directory);
  return lines.some((line) => {
    const name = line.match(/^([A-Za-z0-9][\w.-]*)/)?.[1];
    return name?.toLowerCase().replace(/[-_.]+/g, '-') === packageName;
  });
}

/** Whether the requirements install from the folder itself (`-e .`, `./libs/shared`), so that pip needs the whole of it. */
export function requiresOwnSource(directory: string): boolean {
  return requirementLines(directory).some((line) => /^(-e|--editable)[\s=]|^\.{0,2}\//.test(line) || line === '.');
}

/** `requirements.txt` and the files that it includes by `-r` and `-c`, relative to the folder. */
export function requirementFiles(
  directory: string,
  options: RegExp = /^(?:-r\s*|--requirement[\s=]+|-c\s*|--constraint[\s=]+)(\S+)/,
): string[] {
  const files = new Set<string>();
  const visit = (file: string) => {
    if (file.startsWith('..')) {
      fail(`the requirements include '${file}', which is outside of the folder and does not go into the image; move it into the folder`);
    }
    if (files.has(file) || !fs.existsSync(path.join(directory, file))) {
      return;
    }
    files.add(file);
    for (const line of linesOf(path.join(directory, file))) {
      const included = line.match(options)?.[1];
      if (included) {
        visit(path.posix.join(path.posix.dirname(file), included));
      }
    }
  };
  visit('requirements.txt');
  return [...files];
}

/** What is required: a constraint names a version and installs nothing. */
function requirementLines(directory: string): string[] {
  return requirementFiles(directory, /^(?:-r\s*|--requirement[\s=]+)(\S+)/).flatMap((file) => linesOf(path.join(directory, file)));
}

/** The list `dependencies` of `[project]` in pyproject.toml: what is locked for developers or as an extra is not installed in the image. */
function projectDependencies(directory: string): string[] {
  const text = fs.readFileSync(path.join(directory, 'pyproject.toml'), 'utf-8');
  const project = text.match(/^\[project\]\s*$([\s\S]*?)(?=^\[|(?![\s\S]))/m)?.[1] ?? '';
  const list = project.match(/^dependencies\s*=\s*\[((?:"[^"]*"|'[^']*'|#.*|[^\]"'#])*)\]/m)?.[1] ?? '';
  // a comment may quote a name
  return [...list.matchAll(/"([^"]*)"|'([^']*)'|#.*/g)].flatMap(([, double, single]) => double ?? single ?? []);
}

function linesOf(file: string): string[] {
  return fs
    .readFileSync(file, 'utf-8')
    .split(/\r?\n/)
    .map((line) => line.trim());
}
