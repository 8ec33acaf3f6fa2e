import * as path from 'node:path';
import { fail } from '../../private/validation';
import { needsGit, type Requirement, requirementOf } from './requirement';
import { isFile, isFolder, textOfFile } from './text-file';

const INCLUDE = /^(?:-r\s*|--requirement(?:\s+|=))(\S.*)$/;
const CONSTRAINT = /^(?:-c\s*|--constraint(?:\s+|=))(\S.*)$/;
const FIND_LINKS = /^(?:-f\s*|--find-links(?:\s+|=))(\S.*)$/;
const EDITABLE = /^(?:-e\s*|--editable(?:\s+|=))(\S.*)$/;

/** A requirements file and all that it includes, read by the rules of pip. */
export interface RequirementsFile {
  /** The file itself and those that it includes by `-r` and `-c`, relative to the folder. */
  readonly files: string[];
  readonly requirements: Requirement[];
  /** Whether something installs from the folder (`-e .`, `libs/shared`, `file:libs/shared`), so that pip needs the whole of it. */
  readonly ownSource: boolean;
  readonly git: boolean;
  /** A requirement that is fetched with a key of ssh. */
  readonly byKey?: string;
  /** A place on the machine that wrote the file: conda and editable installations leave them behind. */
  readonly elsewhere?: string;
  /** The variables that pip fills in, as in `https://user:${TOKEN}@example.com/simple`. */
  readonly variables: string[];
  /** Whether a requirement has no name that can be read: a URL, a folder. */
  readonly hasUnnamed: boolean;
  /** Whether each version is known. */
  readonly pinned: boolean;
}

/** Reads a requirements file. Of a constraint only the file is taken: it names a version and installs nothing. */
export function readRequirements(directory: string, file: string): RequirementsFile {
  const files = new Set<string>();
  const lines: string[] = [];
  const constraints: string[] = [];
  const variables = new Set<string>();
  const visit = (name: string, installs: boolean, from = name) => {
    if (name.startsWith('..') || path.posix.isAbsolute(name)) {
      fail(`the requirements include '${name}', which is outside the folder and so not in the image; move it into the folder`);
    }
    if (files.has(name)) {
      return;
    }
    const text = textOfFile(directory, name);
    if (text === undefined) {
      if (!/\$\{/.test(name)) {
        fail(`'${from}' of '${directory}' includes '${name}', which is not there; add it, or remove the line`);
      }
      return;
    }
    if (text.includes('\0')) {
      fail(
        `'${name}' of '${directory}' is not in an encoding that pip reads: it has null characters and no byte order mark; save it as UTF-8`,
      );
    }
    files.add(name);
    for (const line of logicalLines(text)) {
      const included = line.match(INCLUDE)?.[1] ?? line.match(CONSTRAINT)?.[1];
      for (const [, name] of line.matchAll(/\$\{([A-Z0-9_]+)\}/g)) {
        variables.add(name);
      }
      if (included === undefined) {
        (installs ? lines : constraints).push(line);
      } else if (!/^\w+:/.test(included)) {
        const other = unquoted(included);
        visit(
          path.posix.isAbsolute(other) ? other : path.posix.join(path.posix.dirname(name), other),
          installs && INCLUDE.test(line),
          name,
        );
      }
    }
  };
  visit(file, true);
  requireWithin(directory, file, lines);
  const installed = lines.filter((line) => !line.startsWith('-') || EDITABLE.test(line));
  const unhashed = lines.some((line) => /(?:^|\s)--(?:hash|require-hashes)\b/.test(line)) && installed.find(needsGit);
  if (unhashed) {
    fail(
      `'${file}' of '${directory}' has hashes, and '${unhashed.split(/\s+(?:;|--)/)[0]}', which cannot have one, so pip would install nothing; write the file without hashes, or give an archive in place of git+https: with its hash`,
    );
  }
  const limits = new Map(constraints.flatMap((line) => requirementOf(line) ?? []).map(({ name, version }) => [name, version]));
  const versionOf = (requirement?: Requirement) => requirement && (requirement.version ?? limits.get(requirement.name));
  const requirements = installed
    .flatMap((line) => requirementOf(line) ?? eggOf(line) ?? [])
    .map((requirement) => ({ ...requirement, version: versionOf(requirement) }));
  return {
    files: [...files],
    requirements,
    ownSource: installed.some((line) => isOwnSource(directory, line)) || lines.some((line) => isLocalIndex(directory, [...files], line)),
    git: installed.some(needsGit),
    byKey: installed.find((line) => /git\+ssh:|git\+git@/.test(line)),
    elsewhere: installed.map(absolutePlaceOf).find((place) => place !== undefined && !place.startsWith('/app/')),
    variables: [...variables].sort(),
    hasUnnamed: requirements.length < installed.length,
    pinned: installed.every(
      (line) => versionOf(requirementOf(line)) !== undefined || / @ |:\/\//.test(line) || isOwnSource(directory, line),
    ),
  };
}

/** pip joins lines at a backslash, and takes what follows a blank and # as a comment. */
function logicalLines(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** A folder of wheels, `--find-links wheels`, which pip looks for beside the file and where it runs. */
function isLocalIndex(directory: string, files: string[], line: string): boolean {
  const place = unquoted(line.match(FIND_LINKS)?.[1] ?? '').replace(/^file:(?:\/\/)?/, '');
  const folders = ['', ...files.map((file) => path.posix.dirname(file))];
  return place !== '' && !/^\w+:/.test(place) && folders.some((folder) => isFolder(directory, path.posix.join(folder, place)));
}

/** What is installed from outside of the folder, or from a path that is not there, would end the build. */
function requireWithin(directory: string, file: string, lines: string[]): void {
  for (const line of lines.filter((item) => !item.startsWith('-') || EDITABLE.test(item))) {
    const place = placeOf(line);
    if (/^[\w.-]*\\|^\.\\/.test(place) && !place.includes('/')) {
      fail(
        `'${file}' of '${directory}' installs '${place}', a Windows path, which pip does not find in the image; write '${place.replace(/\\/g, '/')}'`,
      );
    }
    const isPath = /^\.{1,2}(?:\/|$)/.test(place);
    if (path.posix.normalize(place).startsWith('..') && isPath) {
      fail(
        `'${file}' of '${directory}' installs from '${place}', which is outside the folder and so not in the image; move it into the folder, or give the folder that contains both, with its own requirements file`,
      );
    }
    if (isPath && !isFolder(directory, place) && !isFile(directory, place)) {
      fail(
        `'${file}' of '${directory}' installs from '${place}', which is not there; correct the path: pip takes it from the folder of the app`,
      );
    }
  }
}

/** pip takes a word for a path if it has a slash or starts with a dot and is there, for a file if it is an archive. */
function isOwnSource(directory: string, line: string): boolean {
  const target = targetOf(line);
  if (/^file:/.test(target)) {
    return true;
  }
  if (/^[\w+]+:\/\//.test(target)) {
    return false;
  }
  const place = placeOf(line);
  const isPath = place.startsWith('.') || place.includes('/');
  return (
    (isPath && (place.startsWith('.') || place.startsWith('/') || isFolder(directory, place))) ||
    (/\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)$/.test(place) && isFile(directory, place))
  );
}

/** What a line installs: a path, a URL or a requirement. */
function targetOf(line: string): string {
  return unquoted(line.match(EDITABLE)?.[1] ?? line.replace(/^[\w.-]+(?:\[[^\]]*\])?\s*@\s*/, ''))
    .replace(/\s*;.*$/, '')
    .replace(/\s+--\S.*$/, '');
}

/** Of `-e /home/me/shop`, `flask @ file:///croot/flask/work`. */
function absolutePlaceOf(line: string): string | undefined {
  return targetOf(line).match(/^(?:file:(?:\/\/)?)?(\/[^#]*)/)?.[1];
}

function placeOf(line: string): string {
  return targetOf(line)
    .replace(/^file:(?!\/)/, '')
    .replace(/[#&].*$/, '')
    .replace(/\[[^\]]*\]$/, '');
}

/** Whether a requirement of a pyproject.toml installs from the folder. */
export function installsFromFolder(directory: string, line: string): boolean {
  return isOwnSource(directory, line);
}

/** The name that a URL is given by `#egg=`. */
function eggOf(line: string): Requirement | undefined {
  const egg = line.match(/[#&]egg=([\w.-]+)/)?.[1];
  return egg ? requirementOf(egg) : undefined;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}
