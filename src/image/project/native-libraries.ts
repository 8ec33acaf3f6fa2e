import type { DependencySource } from './dependency-source';

/** The Debian packages that a Python package needs, to be built and to run. */
interface NativeLibrary {
  readonly build: string[];
  readonly run: string[];
}

const COMPILER = ['gcc', 'libc6-dev'];

/** Packages of PyPI without wheels, or whose wheels load a library that the slim image lacks. */
const LIBRARIES: { readonly [name: string]: NativeLibrary } = {
  psycopg2: { build: [...COMPILER, 'libpq-dev'], run: ['libpq5'] },
  'psycopg-c': { build: [...COMPILER, 'libpq-dev'], run: ['libpq5'] },
  mysqlclient: { build: [...COMPILER, 'default-libmysqlclient-dev', 'pkg-config'], run: ['libmariadb3'] },
  'flask-mysqldb': { build: [...COMPILER, 'default-libmysqlclient-dev', 'pkg-config'], run: ['libmariadb3'] },
  uwsgi: { build: COMPILER, run: [] },
  'python-ldap': { build: [...COMPILER, 'libldap-dev', 'libsasl2-dev'], run: ['libldap2'] },
  pyodbc: { build: [], run: ['unixodbc'] },
  'python-magic': { build: [], run: ['libmagic1'] },
  weasyprint: { build: [], run: ['libpango-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0'] },
  pycairo: { build: [...COMPILER, 'libcairo2-dev', 'pkg-config'], run: ['libcairo2'] },
  'opencv-python': { build: [], run: ['libgl1', 'libglib2.0-0'] },
};

/** What the dependencies need of Debian. */
export interface NativePackages {
  readonly build: string[];
  readonly run: string[];
  /** The packages of PyPI that need them. */
  readonly because: string[];
}

/** The Debian packages that the dependencies are known to need. */
export function nativePackagesOf(dependencies: DependencySource): NativePackages {
  const names = [...new Set(dependencies.requirements.map(({ name }) => name))].filter((name) => name in LIBRARIES).sort();
  const because = [...names, ...(dependencies.git ? ['git requirements'] : [])];
  const build = [...names.flatMap((name) => LIBRARIES[name].build), ...(dependencies.git ? ['git', 'ca-certificates'] : [])];
  const run = names.flatMap((name) => LIBRARIES[name].run);
  return { build: [...new Set(build)].sort(), run: [...new Set(run)].sort(), because };
}
