import { fail } from '../../private/validation';
import { linesOf, textOfFile } from './text-file';
import { readToml, type Table, tableAt } from './toml-file';

/** The newest version of which the usual packages (numpy, pandas, psycopg2-binary, grpcio, scipy, numba …) have wheels on PyPI. */
export const DEFAULT_PYTHON = '3.14';
const OLDEST_MINOR = 8;
const NEWEST_MINOR = 20;
/** The oldest minor version of Python 3 that is mended: 3.10 ended in October 2026 (https://devguide.python.org/versions/). */
export const OLDEST_MENDED_MINOR = 11;

/** A version of Python, and the file that says so. */
export interface PythonVersion {
  readonly version: string;
  /** The file, or undefined for the default. */
  readonly source?: string;
}

interface Answer {
  readonly source: string;
  readonly text: string;
}

/**
 * The version of Python that the files of a project ask for. Of a version with a patch level the minor version is taken: its newest patch has what
 * was mended since. All files that say a version have to agree; a Dockerfile, which is not built, is asked where none does.
 */
export function pythonVersionOf(directory: string, shownAs = directory): PythonVersion {
  const pyproject = readToml(directory, 'pyproject.toml') ?? {};
  const exact = exactAnswers(directory, shownAs);
  const ranges = rangeAnswers(directory, pyproject);
  const [first] = exact;
  if (!first) {
    const ofDockerfile = dockerfileAnswer(directory);
    return ofDockerfile && fitsAll(minorNumber(ofDockerfile.version), ranges) ? ofDockerfile : fromRanges(ranges, shownAs);
  }
  const other = exact.find(({ text }) => minorOf(text) !== minorOf(first.text));
  if (other) {
    fail(
      `${first.source} of '${shownAs}' says Python ${first.text}, and ${other.source} says ${other.text}; make them agree, or set pythonVersion to '${minorOf(first.text)}'`,
    );
  }
  for (const range of ranges) {
    if (!satisfies(minorNumber(first.text), range.text)) {
      fail(
        `${first.source} of '${shownAs}' says Python ${first.text}, and ${range.source} says ${range.text}; make them agree, or set pythonVersion to '${fromRanges(ranges, shownAs).version}'`,
      );
    }
  }
  return onePatch(ranges) ?? { version: minorOf(first.text), source: first.source };
}

/** The one patch that a range admits, as in `==3.12.4` or Poetry's `3.12.4`: the tools refuse to install on any other. */
const ONE_PATCH = /^(?:={2,3})?\s*(3\.\d+\.\d+)$/;

function onePatch(ranges: Answer[]): PythonVersion | undefined {
  const [found] = ranges.flatMap(({ source, text }) => {
    const version = text.trim().match(ONE_PATCH)?.[1];
    return version === undefined ? [] : [{ version, source }];
  });
  return found;
}

function fromRanges(ranges: Answer[], shownAs: string): PythonVersion {
  if (ranges.length === 0) {
    return { version: DEFAULT_PYTHON };
  }
  const byDefault = minorNumber(DEFAULT_PYTHON);
  const older = Array.from({ length: byDefault - OLDEST_MINOR + 1 }, (_, index) => byDefault - index);
  const newer = Array.from({ length: NEWEST_MINOR - byDefault }, (_, index) => byDefault + 1 + index);
  const minor = [...older, ...newer].find((candidate) => fitsAll(candidate, ranges));
  if (minor === undefined) {
    return fail(
      `no version of Python 3 fits ${ranges.map(({ source, text }) => `${source} (${text})`).join(' and ')} of '${shownAs}'; correct it, or set pythonVersion to '${DEFAULT_PYTHON}'`,
    );
  }
  return onePatch(ranges) ?? { version: `3.${minor}`, source: minor === byDefault ? undefined : ranges[0].source };
}

/** Whether the ranges of the project's files admit a minor version. */
export function pythonFits(directory: string, minor: number): boolean {
  return fitsAll(minor, rangeAnswers(directory, readToml(directory, 'pyproject.toml') ?? {}));
}

function fitsAll(minor: number, ranges: Answer[]): boolean {
  return ranges.every(({ text }) => satisfies(minor, text));
}

/** The Python of the last stage of a Dockerfile that starts from the official image: what the app runs on where its own image is built. */
function dockerfileAnswer(directory: string): PythonVersion | undefined {
  const lines = linesOf(textOfFile(directory, 'Dockerfile') ?? '');
  const values = new Map(
    lines.flatMap((line) => [...line.matchAll(/^ARG\s+(\w+)=["']?([^"'\s]+)/gi)].map(([, name, value]) => [name, value])),
  );
  const version = lines
    .map((line) => line.match(/^FROM\s+(?:--\S+\s+)*(\S+)/i)?.[1])
    .map((base) => base?.replace(/\$\{?(\w+)\}?/g, (_, name: string) => values.get(name) ?? '').match(/(?:^|\/)python:(3\.\d+)/)?.[1])
    .filter((found) => found !== undefined)
    .pop();
  return version === undefined ? undefined : { version, source: 'Dockerfile' };
}

function exactAnswers(directory: string, shownAs: string): Answer[] {
  const requires = tableAt(readToml(directory, 'Pipfile'), 'requires');
  const texts: [string, string | undefined][] = [
    // pyenv takes names of its own there too, `shop-env`, which say nothing
    ['.python-version', firstLine(directory, '.python-version')],
    ['runtime.txt', textOfFile(directory, 'runtime.txt')?.trim()],
    ['Pipfile', `${requires.python_full_version ?? requires.python_version ?? ''}`],
  ];
  return texts.flatMap(([source, text]) => {
    const word = text?.replace(/\s+#.*$/, '').toLowerCase() ?? '';
    if (/^(?:pypy|graalpy|jython|ironpython|stackless|micropython|anaconda|miniconda|miniforge)/.test(word)) {
      fail(
        `${source} of '${shownAs}' says ${text}, and the image has CPython, for which the dependencies may differ; give a version of CPython there, or set pythonVersion to '${DEFAULT_PYTHON}'`,
      );
    }
    if (/^(?:c?python[-@]?|v)?2(?:\.\d+)*$/.test(word)) {
      fail(
        `${source} of '${shownAs}' says ${text}, and Flask and the servers need Python 3; move the app to it and change the file, or set pythonVersion to '${DEFAULT_PYTHON}'`,
      );
    }
    // as pyenv, uv, Heroku and the CLIs of clouds write it: 3.13t, 3.13-dev, 3.14.0rc2, cpython-3.11.4-linux-x86_64-gnu, 3.11/envs/shop, 3.11.x
    const version = word.match(
      /^(?:c?python[-@ ]?|v|==)?(3\.\d+(?:\.\d+)?)(?:\.[x*]|t|\+\w+|(?:a|b|rc)\d+|-dev|-(?:linux|macos|darwin|windows)[\w.-]*|\/envs\/.*)?$/,
    )?.[1];
    return version ? [{ source, text: version }] : [];
  });
}

function firstLine(directory: string, file: string): string | undefined {
  return linesOf(textOfFile(directory, file) ?? '').find((line) => line !== '' && !line.startsWith('#'));
}

function rangeAnswers(directory: string, pyproject: Table): Answer[] {
  const project = tableAt(pyproject, 'project')['requires-python'];
  const poetry = tableAt(pyproject, 'tool', 'poetry', 'dependencies').python;
  const setup =
    textOfFile(directory, 'setup.cfg')
      ?.match(/^python_requires\s*=\s*(.+)$/m)?.[1]
      .trim() ?? textOfFile(directory, 'setup.py')?.match(/python_requires\s*=\s*["']([^"']+)["']/)?.[1];
  const wanted = firstLine(directory, '.python-version');
  return [
    // uv takes a range there
    ...(wanted && /^[<>~!^]/.test(wanted) ? [{ source: '.python-version', text: wanted }] : []),
    ...(typeof project === 'string' ? [{ source: 'requires-python of pyproject.toml', text: project }] : []),
    ...(typeof poetry === 'string' ? [{ source: 'python of tool.poetry.dependencies', text: poetry }] : []),
    ...(setup ? [{ source: 'python_requires', text: setup }] : []),
  ].filter(({ text }) => text.trim() !== '');
}

/** Whether some patch of 3.MINOR satisfies a specifier of PEP 440, or a constraint of Poetry (`^3.9`, `~3.9`, `3.11.*`, `||`). */
export function satisfies(minor: number, specifier: string): boolean {
  return specifier.split(/\|\|?/).some((alternative) =>
    alternative
      .trim()
      .split(/\s*,\s*|\s+(?=[<>=!~^])/)
      .filter((part) => part !== '')
      .every((part) => clauseHolds(minor, part)),
  );
}

function clauseHolds(minor: number, clause: string): boolean {
  const match = clause.match(/^(\^|~=|~|===?|!=|<=?|>=?)?\s*v?(\d+)(?:\.(\d+|\*))?(?:\.(\d+|\*))?/);
  if (!match || clause === '*') {
    return true;
  }
  const [, operator = '==', major, minorText, patch] = match;
  if (Number(major) !== 3) {
    return /^[<!]/.test(operator) ? Number(major) > 3 || operator === '!=' : operator.startsWith('>') && Number(major) < 3;
  }
  const bound = minorText === undefined || minorText === '*' ? undefined : Number(minorText);
  const at = bound ?? 0;
  switch (operator) {
    case '>=':
    case '^':
      return minor >= at;
    case '>':
      // `>3.9` has no patch of 3.9 by PEP 440
      return patch === undefined ? minor > at : minor >= at;
    case '<':
      return patch === undefined || patch === '0' ? minor < at : minor <= at;
    case '<=':
      return minor <= at;
    case '!=':
      return !(minor === at && (patch === '*' || patch === undefined));
    case '~':
      return bound === undefined || minor === at;
    case '~=':
      return patch === undefined ? minor >= at : minor === at;
    default:
      return bound === undefined || minor === at;
  }
}

/** `3.12` of `3.12.4`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** The number after `3.`. */
export function minorNumber(version: string): number {
  return Number(version.split('.')[1]);
}
