import { sorted } from '../private/validation';
import { type DependencySource, SERVER_REQUIREMENTS, VENV } from './project/dependency-source';

/** Where the app is, in both stages: an editable installation names the place. */
export const APP = '/app';

/** What a Dockerfile is made of. */
export interface DockerfileParts {
  readonly baseImage: string;
  readonly dependencies: DependencySource;
  /** Whether the server is installed beside the dependencies. */
  readonly installServer: boolean;
  readonly buildPackages: string[];
  readonly systemPackages: string[];
  readonly buildArgs: string[];
  readonly buildSecrets: string[];
  readonly cacheMounts: boolean;
  /** Variables of the build stage beside those of the installer. */
  readonly buildEnvironment: { readonly [name: string]: string };
  readonly wsgiApp: string;
  readonly workingDirectory: string;
  readonly importPath?: string;
  readonly writablePaths: string[];
  readonly user: string;
  readonly port: number;
  readonly command: string[];
}

/** Caches of libraries that write below their own folder or the home otherwise: the root is read-only, /tmp is not. */
const CACHES = { HOME: '/tmp', MPLCONFIGDIR: '/tmp/matplotlib', NUMBA_CACHE_DIR: '/tmp/numba', XDG_CACHE_HOME: '/tmp/.cache' };

/** Where a build secret is expected that is no variable. */
const SECRET_FILES: { readonly [id: string]: string } = { 'pip.conf': '/etc/pip.conf', netrc: '/root/.netrc' };

/**
 * Two stages: one that installs, and one that has what was installed. The installer, the compilers and the caches stay in the first.
 * What changes rarely comes first, so that a change of the app's code repeats two layers of the second stage at most.
 */
export function dockerfile(parts: DockerfileParts): string {
  const { dependencies } = parts;
  const run = runner(parts);
  const copyAll = 'COPY . .';
  return `${[
    '# cdk-flask-fargate: built from source',
    `FROM ${parts.baseImage} AS build`,
    ...aptInstall([...new Set([...parts.buildPackages, ...parts.systemPackages])].sort()),
    ...environment({
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      PIP_ROOT_USER_ACTION: 'ignore',
      ...(parts.cacheMounts ? {} : { PIP_NO_CACHE_DIR: '1' }),
      ...dependencies.environment,
      ...parts.buildEnvironment,
    }),
    ...parts.buildArgs.map((name) => `ARG ${name}`),
    `WORKDIR ${APP}`,
    ...dependencies.setup.map(run),
    ...(dependencies.needsSource ? [copyAll] : copies([...dependencies.files, ...Object.keys(dependencies.generated ?? {})])),
    ...dependencies.install.map(run),
    // a run of its own: requirements with hashes would ask for the hashes of these as well
    ...(parts.installServer
      ? [...(dependencies.needsSource ? [] : [`COPY ${SERVER_REQUIREMENTS} ./`]), run(dependencies.installMore(SERVER_REQUIREMENTS))]
      : []),
    ...(dependencies.removeInstaller.length > 0 && dependencies.installProject.length === 0
      ? dependencies.removeInstaller.map((command) => `RUN ${command}`)
      : []),
    ...(dependencies.needsSource ? [] : [copyAll]),
    ...(dependencies.installProject.length > 0
      ? [...dependencies.installProject.map(run), ...dependencies.removeInstaller.map((command) => `RUN ${command}`)]
      : []),
    // the root is read-only when it runs, so the bytecode has to be there (a template that is no Python yet is no reason to fail);
    // and where the files come from, they may be readable by their owner alone
    `RUN (python3 -m compileall -q ${APP} || true) && chmod -R a+rX ${APP}`,
    '',
    `FROM ${parts.baseImage}`,
    ...aptInstall(parts.systemPackages),
    `RUN ${identity(parts)}`,
    ...environment({
      ...CACHES,
      PATH: `${VENV}/bin:$PATH`,
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      FLASK_APP: parts.wsgiApp,
      ...(parts.importPath === undefined ? {} : { PYTHONPATH: inApp(parts.importPath) }),
    }),
    `WORKDIR ${inApp(parts.workingDirectory)}`,
    `COPY --from=build ${VENV} ${VENV}`,
    `COPY --from=build ${APP} ${APP}`,
    ...(parts.writablePaths.length > 0 ? [`RUN ${writable(parts)}`] : []),
    `USER ${parts.user}`,
    `EXPOSE ${parts.port}`,
    `CMD ${JSON.stringify(parts.command)}`,
  ].join('\n')}\n`;
}

function inApp(folder: string): string {
  return folder === '' ? APP : `${APP}/${folder}`;
}

/** A user without an entry has no name and no home, which getpass, Celery and pymysql do not survive. */
function identity({ user }: DockerfileParts): string {
  const [uid, gid] = user.split(':');
  return `echo 'app:x:${uid}:${gid}::/tmp:/usr/sbin/nologin' >> /etc/passwd && echo 'app:x:${gid}:' >> /etc/group`;
}

/** A file system in memory takes the mode of the folder that it covers, and belongs to root: so everybody may write. */
function writable({ writablePaths, user }: DockerfileParts): string {
  const folders = writablePaths.join(' ');
  return `mkdir -p ${folders} && chown ${user} ${folders} && chmod 1777 ${folders}`;
}

function aptInstall(packages: string[]): string[] {
  return packages.length === 0
    ? []
    : [`RUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')} && rm -rf /var/lib/apt/lists/*`];
}

function environment(variables: { readonly [name: string]: string }): string[] {
  const words = Object.entries(sorted(variables)).map(
    ([name, value]) => `${name}=${/^[\w/.:$-]*$/.test(value) ? value : JSON.stringify(value)}`,
  );
  return [`ENV ${words.join(' ')}`];
}

/** Files of one folder in one instruction. */
function copies(files: string[]): string[] {
  const folders = [...new Set(files.map(folderOf))];
  return folders.map((folder) => {
    const words = [...files.filter((file) => folderOf(file) === folder), `./${folder === '' ? '' : `${folder}/`}`];
    // blanks would split a name
    return `COPY ${words.some((word) => /\s/.test(word)) ? JSON.stringify(words) : words.join(' ')}`;
  });
}

function folderOf(file: string): string {
  return file.split('/').slice(0, -1).join('/');
}

/** A run of an installer: with the cache of its downloads, and with the secrets, neither of which stays in a layer. */
function runner({ buildSecrets, cacheMounts }: DockerfileParts): (command: string) => string {
  const mounts = [
    ...(cacheMounts ? ['--mount=type=cache,target=/root/.cache'] : []),
    ...buildSecrets.map((id) => `--mount=type=secret,id=${id}${id in SECRET_FILES ? `,target=${SECRET_FILES[id]}` : ''}`),
  ];
  const exports = buildSecrets.filter((id) => !(id in SECRET_FILES)).map((id) => `export ${id}="$(cat /run/secrets/${id})" && `);
  return (command) => `RUN ${[...mounts, `${exports.join('')}${command}`].join(' ')}`;
}
