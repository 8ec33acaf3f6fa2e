import * as path from 'node:path';
import { isFlaskName } from './callable-in-module';
import { type Definition, type ModuleNames, namesOf } from './python-source';
import { isFile, isFolder, readText } from './text-file';

/** A module of the project, and where it is imported from. */
export interface Place {
  readonly file: string;
  readonly workingDirectory: string;
  readonly importPath?: string;
  readonly names: ModuleNames;
}

/** The file of a module. What is below src is imported from there, and the server starts in the folder of the project. */
export function locate(directory: string, module: string, workingDirectory = ''): Place | undefined {
  const place = placeOf(directory, module, workingDirectory);
  return (
    place && {
      ...place,
      importPath: place.importPath ?? sourceOf(directory, place, workingDirectory),
      names: imported(directory, place, module, workingDirectory),
    }
  );
}

/** The folder src, where a module beside it imports from there: nothing else may have installed what is in it. */
function sourceOf(directory: string, { names }: Place, workingDirectory: string): string | undefined {
  const source = path.posix.join(workingDirectory, 'src');
  const isThere = (folder: string, name: string) =>
    isFile(directory, path.posix.join(folder, `${name}.py`)) || isFolder(directory, path.posix.join(folder, name));
  const imports = [...names.names.values()]
    .filter(({ kind }) => kind === 'import')
    .map(({ text, from = '' }) => (text || from).split('.')[0]);
  return imports.some((name) => name !== '' && isThere(source, name) && !isThere(workingDirectory, name)) ? source : undefined;
}

function placeOf(directory: string, module: string, workingDirectory: string): Place | undefined {
  const stem = module.split('.').join('/');
  for (const root of [workingDirectory, path.posix.join(workingDirectory, 'src')]) {
    const file = [`${stem}.py`, `${stem}/__init__.py`].map((name) => path.posix.join(root, name)).find((name) => isFile(directory, name));
    if (file) {
      const isSource = path.posix.basename(root) === 'src';
      const start = isSource ? path.posix.dirname(root) : root;
      return {
        file,
        workingDirectory: start === '.' ? '' : start,
        importPath: isSource ? root : undefined,
        names: namesOf(readText(path.join(directory, file))),
      };
    }
  }
  return undefined;
}

/** How many modules hand one name on at most. */
const MAX_IMPORTS = 5;

/** What is imported from another module of the project is what it is there: a factory with parameters, a Dash app. */
function imported(directory: string, place: Place, module: string, workingDirectory: string): ModuleNames {
  const { names, open } = place.names;
  const found = new Map(names);
  for (const [name, definition] of names) {
    const there = originOf(directory, definition, place.file, module, workingDirectory);
    if (there) {
      found.set(name, there);
    }
  }
  return { names: found, open };
}

/** The definition that an import leads to within the project; undefined elsewhere, and for a module. */
function originOf(
  directory: string,
  definition: Definition,
  file: string,
  module: string,
  workingDirectory: string,
  hops = 0,
): Definition | undefined {
  if (definition.kind !== 'import') {
    return definition;
  }
  const [, dots, rest] = definition.text.match(/^(\.*)(.*)$/) ?? ['', '', ''];
  const parents = module.split('.');
  const kept = dots === '' ? 0 : parents.length - dots.length + (file.endsWith('__init__.py') ? 1 : 0);
  const from = [...parents.slice(0, Math.max(kept, 0)), ...rest.split('.').filter(Boolean)].join('.');
  if (definition.text === '' && definition.from !== undefined) {
    return placeOf(directory, definition.from, workingDirectory) && { kind: 'module', text: definition.from };
  }
  const place = from === '' || hops === MAX_IMPORTS ? undefined : placeOf(directory, from, workingDirectory);
  const there = place?.names.names.get(definition.from ?? '');
  const submodule = [from, definition.from].filter(Boolean).join('.');
  if (!there && !place?.names.open && place?.file.endsWith('__init__.py') && placeOf(directory, submodule, workingDirectory)) {
    return { kind: 'module', text: submodule };
  }
  const origin = place && there && originOf(directory, there, place.file, from, workingDirectory, hops + 1);
  if (origin?.kind !== 'class' || !place) {
    return origin;
  }
  // what a class extends has its name there, and not here
  const bases = origin.text.split(',').map((base) => {
    const { names } = place.names;
    const inner = names.get(base.trim());
    const further = inner?.kind === 'import' ? originOf(directory, inner, place.file, from, workingDirectory, hops + 1) : undefined;
    return isFlaskName(base.trim(), names) ? 'Flask' : further?.kind === 'class' ? further.text : base;
  });
  return { ...origin, text: bases.join(',') };
}
