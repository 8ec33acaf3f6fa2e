import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { FileSystem, IgnoreMode, IgnoreStrategy, Token } from 'aws-cdk-lib/core';
import type { RenderedServer } from '../application/wsgi-server';
import { fail, requirePattern, sorted } from '../private/validation';
import { dockerfile } from './dockerfile';
import { excludedFrom, requireNoLinkAbove } from './excluded-files';
import type { FlaskSourceOptions } from './flask-image-options';
import { requireBuildOptions } from './image-asset';
import type { ImageContext } from './image-context';
import { SERVER_REQUIREMENTS } from './project/dependency-source';
import { DEFAULT_PYTHON } from './project/python-version';
import { missingServer, readProject, type SourceProject } from './project/source-project';
import { isFile, textOfFile } from './project/text-file';
import { WSGI_APP } from './project/wsgi-callable';

/** The numeric user of the images that are built here: a name could not be checked by ECS before the container starts. */
export const IMAGE_USER = '10001:10001';

/** The module that makes the callable where it is no plain name: gunicorn takes a name or a call, granian no arguments. */
const SHIM = 'flask_image_wsgi';

const EXCLUDED = 'it is excluded by .dockerignore or by the option exclude: take it out there, or name it in include';

/** @internal */
export interface SourceBundleProps {
  readonly source: string;
  readonly options: FlaskSourceOptions;
  readonly project: SourceProject;
  readonly baseImage: string;
  readonly server: RenderedServer;
  readonly port: number;
  readonly writablePaths: string[];
  readonly user: string;
  /** The output folder of the CDK, which may be in the source. */
  readonly outdir?: string;
  /** Where to write; a temporary folder without. */
  readonly directory?: string;
}

/**
 * The app and a Dockerfile for it, copied to a folder. A Dockerfile outside of the context would not be staged with the asset,
 * and an additional build context would not enter its hash.
 *
 * @internal
 */
export class SourceBundle {
  public readonly directory: string;

  public constructor(props: SourceBundleProps) {
    this.directory = props.directory ?? fs.mkdtempSync(path.join(os.tmpdir(), 'flask-image-'));
    fs.mkdirSync(this.directory, { recursive: true });
    try {
      this.copy(props);
      this.requireWhole(props);
      this.write(props);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  public remove(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private copy({ source, options, project, outdir, directory }: SourceBundleProps): void {
    const patterns = excludedFrom(source, options.exclude ?? [], options.include ?? [], outdir, project.callable.file);
    const own =
      directory === undefined
        ? []
        : [path.relative(path.resolve(source), path.resolve(directory))].filter((folder) => !folder.startsWith('..'));
    const ignored = IgnoreStrategy.docker(path.resolve(source), [...patterns, ...own]);
    requireNoLinkAbove(source, (file) => ignored.ignores(file));
    // the CDK's strategy for ignore files takes absolute paths only
    FileSystem.copyDirectory(path.resolve(source), this.directory, { ignoreMode: IgnoreMode.DOCKER, exclude: [...patterns, ...own] });
  }

  /** What was read is in the image: else it would have been read in vain. */
  private requireWhole({ source, options, project }: SourceBundleProps): void {
    const { callable, dependencies } = project;
    for (const file of [callable.file, dependencies.file, ...dependencies.files]) {
      if (!isFile(this.directory, file)) {
        fail(`'${file}' of '${source}' does not go into the image, which needs it; ${EXCLUDED}`);
      }
    }
    // what was left out may have been what decided
    const { wsgiApp, workingDirectory } = callable;
    const again = { ...options, wsgiApp, workingDirectory: workingDirectory || undefined, dependencyFile: dependencies.file };
    readProject(this.directory, again, source);
  }

  private write(props: SourceBundleProps): void {
    const { project, options, server } = props;
    const { callable, dependencies, native } = project;
    const missing = missingServer(dependencies, server);
    if (missing) {
      this.writeFile(SERVER_REQUIREMENTS, `${missing}\n`);
    }
    for (const [file, text] of Object.entries(dependencies.generated ?? {})) {
      this.writeFile(file, text);
    }
    const wsgiApp = this.writeShim(callable.wsgiApp, callable.workingDirectory);
    const ours = options.baseImage === undefined;
    this.writeFile(
      'Dockerfile',
      dockerfile({
        baseImage: props.baseImage,
        dependencies,
        installServer: missing !== undefined,
        buildPackages: options.buildPackages ?? (ours ? native.build : []),
        systemPackages: options.systemPackages ?? (ours ? native.run : []),
        buildArgs: Object.keys(sorted(options.buildArgs)),
        buildSecrets: Object.keys(sorted(options.buildSecrets)),
        cacheMounts: options.cacheMounts ?? true,
        buildEnvironment: this.versionsOfHistory(),
        wsgiApp,
        workingDirectory: callable.workingDirectory,
        importPath: callable.importPath,
        writablePaths: props.writablePaths,
        user: props.user,
        port: props.port,
        command: server.command(wsgiApp),
      }),
    );
  }

  /** An attribute or arguments become a name in a module of ours. */
  private writeShim(wsgiApp: string, workingDirectory: string): string {
    if (/^[\w.]+:\w+(?:\(\))?$/.test(wsgiApp)) {
      return wsgiApp;
    }
    const at = wsgiApp.indexOf(':');
    const lines = [
      'from importlib import import_module',
      '',
      `application = import_module("${wsgiApp.slice(0, at)}").${wsgiApp.slice(at + 1)}`,
    ];
    this.writeFile(path.posix.join(workingDirectory, `${SHIM}.py`), `${lines.join('\n')}\n`);
    return `${SHIM}:application`;
  }

  /** Versions that are taken from the history of git, which is not in the image. */
  private versionsOfHistory(): { [name: string]: string } {
    const text = ['pyproject.toml', 'setup.py', 'setup.cfg'].map((file) => textOfFile(this.directory, file) ?? '').join('\n');
    return {
      ...(/setuptools[-_]scm|hatch-vcs|use_scm_version/.test(text) ? { SETUPTOOLS_SCM_PRETEND_VERSION: '0.0.0' } : {}),
      ...(/source\s*=\s*["']scm["']/.test(text) ? { PDM_BUILD_SCM_VERSION: '0.0.0' } : {}),
      ...(/poetry-dynamic-versioning/.test(text) ? { POETRY_DYNAMIC_VERSIONING_BYPASS: '0.0.0' } : {}),
    };
  }

  private writeFile(file: string, text: string): void {
    fs.writeFileSync(path.join(this.directory, file), text);
  }
}

/** The bundle of an image from source. */
export function bundleOf(
  source: string,
  options: FlaskSourceOptions,
  project: SourceProject,
  { server, port, writablePaths }: ImageContext,
  place: { readonly outdir?: string; readonly directory?: string },
): SourceBundle {
  return new SourceBundle({
    source,
    options,
    project,
    baseImage: options.baseImage ?? `public.ecr.aws/docker/library/python:${project.python?.version ?? DEFAULT_PYTHON}-slim`,
    server,
    port,
    // it is in memory, and every image has it
    writablePaths: writablePaths.filter((folder) => folder !== '/tmp'),
    user: IMAGE_USER,
    ...place,
  });
}

/** Checks what can be said of the options without the source. */
export function requireSourceOptions(options: FlaskSourceOptions): void {
  requireBuildOptions(options);
  if (options.wsgiApp !== undefined && /\.py:/.test(options.wsgiApp)) {
    fail(`wsgiApp names a module and not a file, got '${options.wsgiApp}'; leave out .py: '${options.wsgiApp.replace('.py:', ':')}'`);
  }
  requirePattern(
    'wsgiApp',
    options.wsgiApp,
    WSGI_APP,
    "'module:name', 'module:factory()', 'module:factory(\"text\")' or 'module:name.attribute'",
  );
  requirePattern('pythonVersion', options.pythonVersion, /^3\.\d+(\.\d+)?$/, "a version such as '3.13' or '3.12.7'");
  requirePattern('installerVersion', options.installerVersion, /^\d+(\.\d+)*$/, "a version such as '2.1.4'");
  for (const [name, folder] of [
    ['workingDirectory', options.workingDirectory],
    ['dependencyFile', options.dependencyFile],
  ] as const) {
    requirePattern(
      name,
      folder,
      /^(?!.*(?:^|\/)\.\.(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/,
      "a path within the folder of the app, such as 'services/web'",
    );
  }
  for (const [name, list] of [
    ['dependencyGroups', options.dependencyGroups],
    ['extras', options.extras],
  ] as const) {
    for (const item of list ?? []) {
      requirePattern(`each of ${name}`, item, /^[A-Za-z0-9][\w.-]*$/, "a name such as 'web'");
    }
  }
  for (const name of [...(options.systemPackages ?? []), ...(options.buildPackages ?? [])]) {
    requirePattern('a system package', name, /^[a-z0-9][a-z0-9+.:=~-]*$/, "the name of a Debian package such as 'libpq5'");
  }
  for (const id of Object.keys(options.buildSecrets ?? {})) {
    requirePattern(
      'the name of a build secret',
      id,
      /^(?:[A-Za-z_]\w*|pip\.conf)$/,
      "a variable name such as 'PIP_INDEX_URL', or 'pip.conf' or 'netrc'",
    );
  }
  if (Token.isUnresolved(options.baseImage)) {
    fail('baseImage must be known at synth, because it is written into the Dockerfile, got a token; give the name of the image as text');
  }
}
