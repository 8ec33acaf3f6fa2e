import type { Construct } from 'constructs';
import type { RenderedServer } from '../application/wsgi-server';
import { INFOS, inform, WARNINGS, warn } from '../private/warnings';
import type { FlaskSourceOptions } from './flask-image-options';
import { minorNumber, OLDEST_MENDED_MINOR } from './project/python-version';
import { missingServer, namesFlask, type SourceProject } from './project/source-project';
import { adviseOnRequests } from './request-advice';

/** Tells what was found in the source in one line, and gives advice on what will not work as it is. */
export function adviseOnSource(
  scope: Construct,
  directory: string,
  options: FlaskSourceOptions,
  project: SourceProject,
  server: RenderedServer,
): void {
  const { dependencies, callable, python, native, gunicornConfig } = project;
  const missing = missingServer(dependencies, server);
  const ours = options.baseImage === undefined;
  const debian = ours && options.systemPackages === undefined && options.buildPackages === undefined ? native.because : [];
  const found = [
    `${dependencies.tool} with ${dependencies.file}`,
    python ? `Python ${python.version}${python.source ? ` of ${python.source}` : ''}` : 'Python of the base image',
    `${callable.wsgiApp}${callable.source ? ` of ${callable.source}` : ''}`,
    ...(callable.workingDirectory === '' ? [] : [`started in ${callable.workingDirectory}`]),
    ...(missing ? [`${missing} added`] : []),
    ...(debian.length > 0 ? [`Debian packages for ${debian.join(', ')}`] : []),
  ];
  inform(scope, INFOS.SOURCE, `the image is built from '${directory}': ${found.join('; ')}`);

  if (!dependencies.pinned) {
    warn(
      scope,
      WARNINGS.UNPINNED_DEPENDENCIES,
      `${dependencies.file} of '${directory}' does not pin every version, so the next build may install versions that you have not tested; pin them: ${dependencies.lockCommand}`,
    );
  }
  if (python && minorNumber(python.version) < OLDEST_MENDED_MINOR) {
    warn(
      scope,
      WARNINGS.UNMENDED_PYTHON,
      `Python ${python.version}${python.source ? ` of ${python.source}` : ''} of '${directory}' no longer gets security fixes; move the app to Python 3.${OLDEST_MENDED_MINOR} or newer, in the file, pythonVersion or baseImage`,
    );
  }
  if (!namesFlask(dependencies)) {
    warn(
      scope,
      WARNINGS.FLASK_NOT_REQUIRED,
      `${dependencies.file} of '${directory}' names neither Flask nor an extension of it, so '${callable.wsgiApp}' may not be importable; add flask to it`,
    );
  }
  if (gunicornConfig && gunicornConfig.overridden.length > 0 && server.requirement?.name === 'gunicorn') {
    warn(
      scope,
      WARNINGS.GUNICORN_CONFIG,
      `gunicorn.conf.py of '${directory}' sets ${gunicornConfig.overridden.join(', ')}, and the service's own values win; give WsgiServer.gunicorn() the values, or remove them from the file`,
    );
  }
  adviseOnRequests(scope, directory, server);
  adviseOnSocketIo(scope, project, server);
  const needs = [...native.build, ...native.run];
  if (needs.length > 0 && !ours && options.buildPackages === undefined && options.systemPackages === undefined) {
    warn(
      scope,
      WARNINGS.NATIVE_PACKAGES,
      `${native.because.join(', ')} of ${dependencies.file} may need Debian packages that the base image lacks; set buildPackages to ${quoted(native.build)} and systemPackages to ${quoted(native.run)}, or both to empty lists if it has them`,
    );
  }
}

/** A session of Socket.IO lives in the process that answered its first request, and gunicorn hands each connection to whichever worker is free. */
function adviseOnSocketIo(scope: Construct, { dependencies }: SourceProject, { concurrency }: RenderedServer): void {
  const socketIo = dependencies.requirements.find(({ name }) =>
    ['flask-socketio', 'python-socketio', 'python-engineio'].includes(name),
  )?.name;
  if (socketIo && concurrency && concurrency.workers > 1) {
    warn(
      scope,
      WARNINGS.SOCKET_IO_WORKERS,
      `${dependencies.file} names ${socketIo}, whose sessions live in one process, and each task has ${concurrency.workers} workers: some handshakes get 400; set workers of WsgiServer.gunicorn() to 1 and threads to 100, and set stickiness if there is more than one task`,
    );
  }
}

function quoted(names: string[]): string {
  return names.map((name) => `'${name}'`).join(', ') || 'an empty list';
}
