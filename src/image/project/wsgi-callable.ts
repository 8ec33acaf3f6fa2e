import * as fs from 'node:fs';
import * as path from 'node:path';
import { fail } from '../../private/validation';
import { best, makesApp, requireCallable } from './callable-in-module';
import { commandOf } from './dockerfile-command';
import { gunicornConfigOf } from './gunicorn-config';
import { locate, type Place } from './module-place';
import { procfileTarget, type ServerTarget, targetOfWords } from './procfile';
import { namesOf, statementsOf } from './python-source';
import { isFile, isFolder, linesOf, readText, textOfFile } from './text-file';

/** The WSGI callable of a project. */
export interface WsgiCallable {
  /** `module:expression`, as gunicorn takes it. */
  readonly wsgiApp: string;
  /** The file of the module, relative to the folder. */
  readonly file: string;
  /** The folder that the server starts in, relative to the folder of the app; empty for that folder. */
  readonly workingDirectory: string;
  /** A folder that imports are found in beside the working directory. */
  readonly importPath?: string;
  /** The file that named it; undefined for an option. */
  readonly source?: string;
}

/** What the user says of the callable. */
export interface CallableOptions {
  readonly wsgiApp?: string;
  readonly workingDirectory?: string;
}

/** `module:name`, `module:factory()`, an attribute, or a call with plain values. */
export const WSGI_APP = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\([\w\s"'=,./:-]*\))?$/;

/** The modules that the flask command looks for, and then those that teams name otherwise. */
const MODULES = ['wsgi', 'app', 'application', 'main', 'run', 'server', 'manage'];
/** Folders that hold no app. */
const NO_APP =
  /^(?:\..*|tests?|docs?|venv|env|node_modules|migrations|static|templates|scripts|examples?|infra|cdk|deploy|build|dist|__.*)$/;

/** Finds the WSGI callable: as the option says, else as the project's server is started, else as the flask command finds it. */
export function wsgiCallableOf(directory: string, options: CallableOptions, shownAs = directory): WsgiCallable {
  if (options.workingDirectory !== undefined && !isFolder(directory, options.workingDirectory)) {
    fail(
      `the folder '${shownAs}' has no folder '${options.workingDirectory}', which workingDirectory names; give the path within the folder`,
    );
  }
  if (options.wsgiApp !== undefined) {
    return given(directory, options.wsgiApp, options.workingDirectory, shownAs);
  }
  const told = fromServer(directory, options.workingDirectory, shownAs);
  if (told) {
    return told;
  }
  const ofDockerfile = fromDockerfile(directory, options.workingDirectory, shownAs);
  if (ofDockerfile) {
    return ofDockerfile;
  }
  const variable = flaskVariable(directory, options.workingDirectory ?? '');
  if (variable) {
    return resolved(directory, variable, options.workingDirectory, '.flaskenv', shownAs);
  }
  const folder = options.workingDirectory ?? gunicornConfigOf(directory, shownAs)?.folder;
  return searched(directory, folder !== undefined && isFolder(directory, folder) ? folder : options.workingDirectory, shownAs);
}

function given(directory: string, wsgiApp: string, workingDirectory: string | undefined, shownAs: string): WsgiCallable {
  const [module, expression = ''] = split(wsgiApp);
  const place = locate(directory, module, workingDirectory);
  if (!place) {
    const stem = module.split('.').join('/');
    return fail(
      `the app module of '${wsgiApp}' is not in the folder '${path.join(shownAs, workingDirectory ?? '')}': neither ${stem}.py nor ${stem}/__init__.py is there; name it by wsgiApp, correct the folder, or name the folder that imports start from by workingDirectory`,
    );
  }
  requireCallable(place.names, place.file, module, expression, wsgiApp);
  return { wsgiApp, ...withoutNames(place) };
}

/** A Procfile and a gunicorn.conf.py say how the project's server is started. */
function fromServer(directory: string, given: string | undefined, shownAs: string): WsgiCallable | undefined {
  const config = gunicornConfigOf(directory, shownAs);
  const procfile = textOfFile(directory, 'Procfile');
  const answers: [string, ServerTarget][] = [
    ...(procfile === undefined ? [] : ([['Procfile', procfileTarget(procfile) ?? {}]] as [string, ServerTarget][])),
    ...(config ? ([['gunicorn.conf.py', { target: config.wsgiApp, folder: config.folder }]] as [string, ServerTarget][]) : []),
  ].filter(([, { target }]) => target !== undefined) as [string, ServerTarget][];
  const found = answers
    .filter(([, { target }]) => /^[\w.]+(?::.+)?$/.test(target ?? ''))
    .map(([source, { target, folder }]) => resolvedIn(directory, target ?? '', [given, folder], source, shownAs));
  if (found.length > 1 && found[0].wsgiApp !== found[1].wsgiApp) {
    fail(
      `${found[0].source} of '${shownAs}' starts '${found[0].wsgiApp}', and ${found[1].source} says '${found[1].wsgiApp}'; make them agree, or set wsgiApp to '${found[0].wsgiApp}'`,
    );
  }
  return found[0];
}

/** The command of a Dockerfile, which is not built: its folders may be others, so what is not found here says nothing. */
function fromDockerfile(directory: string, given: string | undefined, shownAs: string): WsgiCallable | undefined {
  const command = commandOf(textOfFile(directory, 'Dockerfile') ?? '');
  const { target, folder } = (command && targetOfWords(command)) ?? {};
  if (target === undefined || !/^[\w.]+(?::.+)?$/.test(target)) {
    return undefined;
  }
  try {
    return resolvedIn(directory, target, [given, folder], 'Dockerfile', shownAs);
  } catch {
    return undefined;
  }
}

/** FLASK_APP of .flaskenv, which the flask command reads. A .env may hold secrets and is not read. */
function flaskVariable(directory: string, folder: string): string | undefined {
  const text = textOfFile(directory, path.posix.join(folder, '.flaskenv'));
  const value = linesOf(text ?? '')
    .map((line) => line.match(/^(?:export\s+)?FLASK_APP\s*=\s*(.*?)(?:\s+#.*)?$/)?.[1])
    .find((line) => line !== undefined);
  return value?.replace(/^(["'])(.*)\1$/, '$2');
}

/** In the folder that the option names, where the module is there; else in that of the command. */
function resolvedIn(
  directory: string,
  target: string,
  [given, folder]: (string | undefined)[],
  source: string,
  shownAs: string,
): WsgiCallable {
  const [module] = split(target);
  const isThere = given !== undefined && locate(directory, module, given) !== undefined;
  return resolved(directory, target, (isThere ? given : folder) || undefined, source, shownAs);
}

/** A target as a file gives it: a module or a file, with a name or without. */
function resolved(directory: string, target: string, folder: string | undefined, source: string, shownAs: string): WsgiCallable {
  const [before, name] = split(target.replace(/\s+(?=[(])/g, ''));
  const file = before.replace(/\.py$/, '').replace(/^\.\//, '');
  const parts = file.split('/');
  // a path: the module is imported from the first folder above it that is no package
  let base = folder ?? '';
  while (parts.length > 1 && !isFile(directory, path.posix.join(base, parts[0], '__init__.py'))) {
    base = path.posix.join(base, parts.shift() as string);
  }
  const module = parts.join('.').replace(/\.__init__$/, '');
  const place = locate(directory, module, base || undefined);
  if (!place) {
    return fail(
      `${source} of '${shownAs}' names the app '${target}', and there is no module '${module}' in the folder '${path.join(shownAs, base)}'; correct it, or give wsgiApp`,
    );
  }
  const expression = name ?? best(place.names) ?? (source === '.flaskenv' ? undefined : 'application');
  if (expression === undefined) {
    return fail(
      `${source} of '${shownAs}' names the app '${target}', and ${place.file} has neither app nor application, nor a Flask object, nor create_app() or make_app() that can be called without arguments; give wsgiApp`,
    );
  }
  const definition = place.names.names.get(expression);
  // flask calls a factory that is named without brackets
  const called = source === '.flaskenv' && definition?.kind === 'function' ? `${expression}()` : expression;
  requireCallable(place.names, place.file, module, called, `${module}:${called}`);
  return { wsgiApp: `${module}:${called}`, ...withoutNames(place), source };
}

/** As the flask command: wsgi.py, then app.py; then the names that teams take else, a package, and the same one folder below. */
function searched(directory: string, workingDirectory: string | undefined, shownAs: string): WsgiCallable {
  const roots =
    workingDirectory === undefined
      ? ['', ...rootsBelow(directory)]
      : [workingDirectory, path.posix.join(workingDirectory, 'src')].filter((root) => isFolder(directory, root));
  const found: WsgiCallable[] = [];
  for (const root of roots) {
    const here = inRoot(directory, root, shownAs);
    if (here && (workingDirectory !== undefined || root === '' || root === 'src')) {
      return workingDirectory === undefined ? fromAbove(directory, here) : here;
    }
    found.push(...(here ? [here] : []));
  }
  if (found.length > 0) {
    return fromAbove(directory, oneFolder(directory, found, shownAs));
  }
  const deeper = roots.flatMap((root) => withinPackages(directory, root));
  requireOne(deeper, shownAs);
  if (deeper.length === 1) {
    return deeper[0];
  }
  const below = workingDirectory === undefined ? foundBelow(directory) : undefined;
  return fail(
    `no Flask app was found in the folder '${shownAs}': neither wsgi.py nor app.py, nor another module or package there, has app or application, a Flask object, or create_app() or make_app() that can be called without arguments; ${below ? `'${below}' has one: name the folder by workingDirectory` : `name it by wsgiApp, 'shop:create_app()' for example`}`,
  );
}

/** As the flask command in one folder, then its packages, then its one module of another name. */
function inRoot(directory: string, root: string, shownAs: string): WsgiCallable | undefined {
  for (const module of MODULES) {
    const found = inModule(directory, module, root);
    if (found) {
      return found;
    }
  }
  const inPackages = packagesOf(directory, root).flatMap(
    (name) => inModule(directory, name, root) ?? inPackage(directory, name, root) ?? [],
  );
  requireOne(inPackages, shownAs);
  return inPackages[0] ?? inOtherModule(directory, root);
}

/** Of several folders with an app the one that makes it: a worker may import the same. */
function oneFolder(directory: string, found: WsgiCallable[], shownAs: string): WsgiCallable {
  const makers = found.filter(({ file }) => {
    const text = readText(path.join(directory, file));
    return makesApp(text, namesOf(text));
  });
  const [first, second] = makers.length > 0 ? makers : found;
  if (second) {
    fail(
      `the folder '${shownAs}' has more than one app: '${first.wsgiApp}' in '${first.workingDirectory}' and '${second.wsgiApp}' in '${second.workingDirectory}'; name the folder of the one to serve by workingDirectory, '${first.workingDirectory}'`,
    );
  }
  return first;
}

/** A folder that its own module names in an import, `from shop.db` or `from .db`, is a package though it has no __init__.py. */
function fromAbove(directory: string, found: WsgiCallable): WsgiCallable {
  const root = found.importPath ?? found.workingDirectory;
  const folder = path.posix.basename(root);
  const [module] = split(found.wsgiApp);
  const isThere = isFile(directory, path.posix.join(root, `${folder}.py`)) || isFolder(directory, path.posix.join(root, folder));
  if (root === '' || isThere || !/^[A-Za-z_]\w*$/.test(folder)) {
    return found;
  }
  const alone = !module.includes('.') && !found.file.endsWith('__init__.py');
  const names = statementsOf(readText(path.join(directory, found.file))).some(({ code }) => {
    const from = code.match(/^(?:from|import)\s+(\.*)(\w*)/);
    return from && (from[1] === '' ? from[2] === folder : alone);
  });
  const above = path.posix.dirname(root);
  return (names && inModule(directory, `${folder}.${module}`, above === '.' ? '' : above)) || found;
}

function requireOne(found: WsgiCallable[], shownAs: string): void {
  if (found.length > 1) {
    const apps = found.slice(0, 4).map(({ wsgiApp }) => `'${wsgiApp}'`);
    fail(`the folder '${shownAs}' has more than one app: ${apps.join(' and ')}; set wsgiApp to the one to serve, ${apps[0]}`);
  }
}

/** The folder two levels below that has an app: a member of a workspace, a service of several. */
function foundBelow(directory: string): string | undefined {
  return foldersOf(directory, '')
    .flatMap((folder) => foldersOf(directory, folder).map((name) => path.posix.join(folder, name)))
    .find((folder) => {
      try {
        return searched(directory, folder, directory) !== undefined;
      } catch {
        return false;
      }
    });
}

/** The one module of another name that makes a Flask object, by itself or in a factory. */
function inOtherModule(directory: string, root: string): WsgiCallable | undefined {
  const found = modulesIn(directory, root).flatMap((name) => maker(directory, name, root) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

/** The modules that do so anywhere within the packages. */
function withinPackages(directory: string, root: string): WsgiCallable[] {
  const within = (folder: string): string[] =>
    packagesOf(directory, path.posix.join(root, folder)).flatMap((name) => {
      const below = path.posix.join(folder, name);
      return [...modulesIn(directory, path.posix.join(root, below)).map((module) => path.posix.join(below, module)), ...within(below)];
    });
  return within('').flatMap((file) => maker(directory, file.split('/').join('.'), root) ?? []);
}

function modulesIn(directory: string, folder: string): string[] {
  return fs
    .readdirSync(path.join(directory, folder))
    .filter(
      (name) =>
        /^[A-Za-z_]\w*\.py$/.test(name) &&
        isFile(directory, path.posix.join(folder, name)) &&
        !/^(?:setup|conftest|test_\w*|\w*_test|config|tasks?)\.py$/.test(name),
    )
    .map((name) => name.slice(0, -3))
    .sort();
}

/** A module with an app, if it makes the app itself. */
function maker(directory: string, module: string, root: string): WsgiCallable | undefined {
  const name = module.replace(/\.__init__$/, '');
  const place = locate(directory, name, root || undefined);
  return place && makesApp(readText(path.join(directory, place.file)), place.names) ? inModule(directory, name, root) : undefined;
}

function inPackage(directory: string, name: string, root: string): WsgiCallable | undefined {
  return ['wsgi', 'app', 'main', 'application']
    .map((module) => inModule(directory, `${name}.${module}`, root))
    .find((found) => found !== undefined);
}

function inModule(directory: string, module: string, root: string): WsgiCallable | undefined {
  const place = locate(directory, module, root || undefined);
  const expression = place && best(place.names);
  return place && expression ? { wsgiApp: `${module}:${expression}`, ...withoutNames(place), source: place.file } : undefined;
}

/** src first: its folder is no package by convention. Others only where they are none: within a package the imports start above. */
function rootsBelow(directory: string): string[] {
  const folders = foldersOf(directory, '').filter((name) => !isFile(directory, `${name}/__init__.py`));
  return folders.sort((a, b) => Number(b === 'src') - Number(a === 'src') || (a < b ? -1 : 1));
}

function foldersOf(directory: string, root: string): string[] {
  return fs
    .readdirSync(path.join(directory, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NO_APP.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

function packagesOf(directory: string, root: string): string[] {
  return foldersOf(directory, root).filter((name) => isFile(directory, path.posix.join(root, name, '__init__.py')));
}

function withoutNames({ file, workingDirectory, importPath }: Place): Omit<Place, 'names'> {
  return { file, workingDirectory, importPath };
}

function split(target: string): [string, string | undefined] {
  const at = target.indexOf(':');
  return at < 0 ? [target, undefined] : [target.slice(0, at), target.slice(at + 1)];
}
