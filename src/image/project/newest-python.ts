import { fail } from '../../private/validation';
import type { DependencySource } from './dependency-source';
import { minorNumber, type PythonVersion, pythonFits } from './python-version';

/** A package, the release from which on it runs on a newer Python, and the newest minor version until then. */
interface Bound {
  readonly name: string;
  readonly from?: string;
  readonly below: string;
  readonly newest: number;
  /** Why it ends at its start; without, it has no wheel, and the image no compiler. */
  readonly because?: string;
}

/** The usual packages that have no way around: looked up in the wheels of PyPI in November 2026. */
const BOUNDS: readonly Bound[] = [
  // each Python before 3.12 came with a setuptools that has it
  { name: 'gunicorn', below: '21', newest: 11, because: 'it imports pkg_resources' },
  { name: 'sqlalchemy', from: '2.0.0', below: '2.0.31', newest: 12, because: 'its classes have attributes that it refuses' },
  ...wheels('greenlet', ['1.1.3', 10], ['3.0', 11], ['3.1', 12], ['3.2', 13]),
  ...wheels('numpy', ['1.23.2', 10], ['1.26', 11], ['2.1', 12], ['2.3.2', 13]),
  ...wheels('pandas', ['1.5', 10], ['2.1.1', 11], ['2.2.3', 12], ['2.3.3', 13]),
  ...wheels('pillow', ['10.1', 11], ['10.4', 12], ['11.3', 13]),
  ...wheels('psycopg2-binary', ['2.9.5', 10], ['2.9.9', 11], ['2.9.10', 12], ['2.9.11', 13]),
  ...wheels('pydantic-core', ['2.20', 12], ['2.41', 13]),
  // each release of pydantic 2 requires one of pydantic-core
  { name: 'pydantic', from: '2', below: '2.8', newest: 12 },
  { name: 'pydantic', from: '2', below: '2.12', newest: 13 },
  ...wheels('cffi', ['1.15.1', 10], ['1.16', 11], ['1.17', 12], ['2', 13]),
];

function wheels(name: string, ...bounds: [below: string, newest: number][]): Bound[] {
  return bounds.map(([below, newest]) => ({ name, below, newest }));
}

/** The bounds that the pinned packages set, the lowest first. */
function boundsOf({ requirements }: DependencySource): (Bound & { readonly version: string })[] {
  const hasSetuptools = requirements.some(({ name, version }) => name === 'setuptools' && version !== undefined && isBelow(version, '82'));
  return requirements
    .flatMap(({ name, version = '' }) =>
      BOUNDS.filter(
        (bound) =>
          bound.name === name &&
          version !== '' &&
          isBelow(version, bound.below) &&
          !(bound.from && isBelow(version, bound.from)) &&
          !(name === 'gunicorn' && hasSetuptools),
      ).map((bound) => ({ ...bound, version })),
    )
    .sort((a, b) => a.newest - b.newest);
}

/** Where no file says a version of Python, the newest that the pinned packages run on. */
export function pythonForPins(directory: string, python: PythonVersion, dependencies: DependencySource): PythonVersion {
  const [bound] = boundsOf(dependencies);
  return bound && bound.newest < minorNumber(python.version) && pythonFits(directory, bound.newest)
    ? { version: `3.${bound.newest}`, source: `the pinned ${bound.name} ${bound.version}` }
    : python;
}

/** What cannot start on a version that a file or an option says. */
export function requirePinsForPython(dependencies: DependencySource, python: PythonVersion | undefined, shownAs: string): void {
  requirePkgResources(dependencies, shownAs);
  const bound = boundsOf(dependencies).find(({ because, newest }) => because && python && newest < minorNumber(python.version));
  if (bound && python) {
    fail(
      `${dependencies.file} of '${shownAs}' pins ${bound.name} ${bound.version}, which cannot start on Python ${python.version} (${bound.because}); raise it to ${bound.name} ${bound.below} or newer, or set pythonVersion to '3.${bound.newest}'`,
    );
  }
}

/** With Python 3.11 comes a setuptools that has pkg_resources; one that the project asks for itself takes its place. */
function requirePkgResources(dependencies: DependencySource, shownAs: string): void {
  const gunicorn = boundsOf(dependencies).find(({ name }) => name === 'gunicorn');
  const setuptools = dependencies.requirements.find(({ name }) => name === 'setuptools');
  if (gunicorn && setuptools) {
    fail(
      `${dependencies.file} of '${shownAs}' pins gunicorn ${gunicorn.version}, which imports pkg_resources, and ${setuptools.version ? `setuptools ${setuptools.version}` : 'setuptools without a version'}, which has it no more from 82 on; raise it to gunicorn 21 or newer, or pin setuptools 81.0.0`,
    );
  }
}

function isBelow(version: string, bound: string): boolean {
  const [a, b] = [version, bound].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  const at = b.findIndex((part, i) => (a[i] ?? 0) !== part);
  return at >= 0 && (a[at] ?? 0) < b[at];
}
