import * as path from 'node:path';
import { fail } from '../../private/validation';
import { needsGit, type Requirement, requirementOf } from './requirement';
import { isFile, isFolder, textOfFile } from './text-file';

const INCLUDE = /^(?:-r\s*|--requirement(?:\s+|=))(\S.*)$/;
const CONSTRAINT = /^(?:-c\s*|--constraint(?:\s+|=))(\S.*)$/;
const EDITABLE = /^(?:-e\s*|--editable(?:\s+|=))(\S.*)$/;

/** A requirements file and all that it includes, read by the rules of pip. */
export interface RequirementsFile {
  /** The file itself and those that it includes by `-r` and `-c`, relative to the folder. */
  readonly files: string[];
  readonly requirements: Requirement[];
  /** Whether something installs from the folder (`-e .`, `libs/shared`, `file:libs/shared`), so that pip needs the whole of it. */
  readonly ownSource: boolean;
  readonly git: boolean;
  /** Whether a requirement has no name that can be read: a URL, a folder. */
  readonly hasUnnamed: boolean;
  /** Whether each version is known. */
  readonly pinned: boolean;
}

/** Reads a requirements file. Of a constraint only the file is taken: it names a version and installs nothing. */
export function readRequirements(directory: string, file: string): RequirementsFile {
  const files = new Set<string>();
  const lines: string[] = [];
  const visit = (name: string, installs: boolean) => {
    if (name.startsWith('..')) {
      fail(`the requirements include '${name}', which is outside of the folder and does not go into the image; move it into the folder`);
    }
    const text = textOfFile(directory, name);
    if (text === undefined || files.has(name)) {
      return;
    }
    files.add(name);
    for (const line of logicalLines(text)) {
      const included = line.match(INCLUDE)?.[1] ?? line.match(CONSTRAINT)?.[1];
      if (included === undefined) {
        if (installs) {
          lines.push(line);
        }
      } else if (!/^\w+:/.test(included)) {
        visit(path.posix.join(path.posix.dirname(name), unquoted(included)), installs && INCLUDE.test(line));
      }
    }
  };
  visit(file, true);
  const installed = lines.filter((line) => !line.startsWith('-') || EDITABLE.test(line));
  const requirements = installed.flatMap((line) => requirementOf(line) ?? eggOf(line) ?? []);
  return {
    files: [...files],
    requirements,
    ownSource: installed.some((line) => isOwnSource(directory, line)),
    git: installed.some(needsGit),
    hasUnnamed: requirements.length < installed.length,
    pinned: installed.every((line) => requirementOf(line)?.version !== undefined || / @ |:\/\//.test(line) || isOwnSource(directory, line)),
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

/** pip takes a word for a path if it has a slash or starts with a dot and is there, for a file if it is an archive. */
function isOwnSource(directory: string, line: string): boolean {
  const target = unquoted(line.match(EDITABLE)?.[1] ?? line.replace(/^[\w.-]+(?:\[[^\]]*\])?\s*@\s*/, ''))
    .replace(/\s*;.*$/, '')
    .replace(/\s+--\S.*$/, '');
  if (/^file:/.test(target)) {
    return true;
  }
  if (/^[\w+]+:\/\//.test(target)) {
    return false;
  }
  const place = target.replace(/\[[^\]]*\]$/, '');
  const isPath = place.startsWith('.') || place.includes('/');
  return (
    (isPath && (place.startsWith('.') || place.startsWith('/') || isFolder(directory, place))) ||
    (/\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)$/.test(place) && isFile(directory, place))
  );
}

/** The name that a URL is given by `#egg=`. */
function eggOf(line: string): Requirement | undefined {
  const egg = line.match(/[#&]egg=([\w.-]+)/)?.[1];
  return egg ? requirementOf(egg) : undefined;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}
