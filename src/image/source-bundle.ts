import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { FileSystem, IgnoreMode } from 'aws-cdk-lib/core';
import type { WsgiServer } from '../application/wsgi-server';
import { fail, sorted } from '../private/validation';
import { dependenciesOf, requireModule, requirementFiles, requires, requiresOwnSource } from './source-requirements';

/** @internal */
export interface SourceBundleProps {
  readonly wsgiApp: string;
  readonly baseImage: string;
  readonly systemPackages?: string[];
  readonly exclude?: string[];
  readonly buildArgs?: { [key: string]: string };
  readonly server: WsgiServer;
  readonly port: number;
  readonly user: string;
}

/** What never belongs in an image; `.env` and Flask's `instance` because they hold secrets, the Dockerfile because ours takes its place. */
const NEVER = [
  '**/.git',
  '**/.env',
  '**/.env.*',
  'instance',
  '**/.DS_Store',
  '**/.venv',
  '**/venv',
  '**/__pycache__',
  '**/*.pyc',
  '**/.pytest_cache',
  '**/.mypy_cache',
  '**/.ruff_cache',
  '**/node_modules',
  '**/cdk.out',
  '.dockerignore',
  'Dockerfile',
];

const EXCLUDED = 'it is excluded by .dockerignore or by the option exclude: take it out there';

/** The requirement of the server, beside the app's own. */
const SERVER_REQUIREMENTS = 'requirements-server.txt';

/**
 * The app and a Dockerfile for it, copied to a temporary folder. A Dockerfile outside of the context would not be staged with the asset,
 * and an additional build context would not enter its hash.
 *
 * @internal
 */
export class SourceBundle {
  public readonly directory: string;

  public constructor(source: string, props: SourceBundleProps) {
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'flask-image-'));
    try {
      const ignored = path.join(source, '.dockerignore');
      const ignoreFile = fs.existsSync(ignored) ? fs.readFileSync(ignored, 'utf-8').split(/\r?\n/) : [];
      // the CDK's strategy for ignore files takes absolute paths only
      FileSystem.copyDirectory(path.resolve(source), this.directory, {
        ignoreMode: IgnoreMode.DOCKER,
        exclude: [...ignoreFile, ...(props.exclude ?? []), ...NEVER],
      });
      requireModule(this.directory, props.wsgiApp, EXCLUDED, source);
      if (!dependenciesOf(this.directory)) {
        fail(`neither requirements.txt nor uv.lock with pyproject.toml of '${source}' goes into the image; ${EXCLUDED}`);
      }

      const missing =
        props.server._requirement && !requires(source, props.server._requirement.name) ? props.server._requirement.specifier : undefined;
      if (missing) {
        fs.writeFileSync(path.join(this.directory, SERVER_REQUIREMENTS), `${missing}\n`);
      }
      fs.writeFileSync(path.join(this.directory, 'Dockerfile'), dockerfile(this.directory, props, missing !== undefined));
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  public remove(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Two stages, and nothing that needs BuildKit: podman and older engines build it too. */
function dockerfile(directory: string, props: SourceBundleProps, installServer: boolean): string {
  const packages = props.systemPackages?.length
    ? [`RUN apt-get update && apt-get install -y --no-install-recommends ${props.systemPackages.join(' ')} && rm -rf /var/lib/apt/lists/*`]
    : [];
  return `${[
    `FROM ${props.baseImage} AS build`,
    ...packages,
    'ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1',
    ...Object.keys(sorted(props.buildArgs)).map((name) => `ARG ${name}`),
    'WORKDIR /build',
    'RUN python3 -m venv /opt/venv',
    ...(dependenciesOf(directory) === 'uv' ? uvSync() : pipInstall(directory)),
    // a run of its own: requirements with hashes would ask for the hashes of these as well
    ...(installServer ? [`COPY ${SERVER_REQUIREMENTS} ./`, `RUN /opt/venv/bin/pip install -r ${SERVER_REQUIREMENTS}`] : []),
    '',
    `FROM ${props.baseImage}`,
    ...packages,
    `ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 FLASK_APP="${props.wsgiApp}"`,
    'WORKDIR /app',
    'COPY --from=build /opt/venv /opt/venv',
    'COPY . .',
    // the root is read-only when it runs, so the bytecode has to be there (a template that is no Python yet is no reason to fail);
    // and where the files come from, they may be readable by their owner alone
    'RUN (python3 -m compileall -q . || true) && chmod -R a+rX .',
    'ENV PYTHONDONTWRITEBYTECODE=1',
    `USER ${props.user}`,
    `EXPOSE ${props.port}`,
    `CMD ${JSON.stringify(props.server._command(props.wsgiApp))}`,
  ].join('\n')}\n`;
}

function uvSync(): string[] {
  return [
    'RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install uv',
    'COPY pyproject.toml uv.lock ./',
    // inexact: the venv keeps its pip, which may have to install the server
    'RUN UV_PROJECT_ENVIRONMENT=/opt/venv /opt/uv/bin/uv sync --frozen --inexact --no-dev --no-install-project',
  ];
}

/** The requirements alone, so that a change of the app's code does not install them again. */
function pipInstall(directory: string): string[] {
  const copies = requiresOwnSource(directory)
    ? ['COPY . .']
    : requirementFiles(directory).map((file) => `COPY ${file} ${path.posix.dirname(file)}/`);
  return [...copies, 'RUN /opt/venv/bin/pip install -r requirements.txt'];
}
