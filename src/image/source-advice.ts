import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { RenderedServer } from '../application/wsgi-server';
import { WARNINGS, warn } from '../private/warnings';
import type { FlaskSourceOptions } from './flask-image-options';
import { missingServer, namesFlask, type SourceProject } from './project/source-project';

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
  Annotations.of(scope).addInfoV2('cdk-flask-fargate:source', `the image is built from '${directory}': ${found.join('; ')}`);

  if (!dependencies.pinned) {
    warn(
      scope,
      WARNINGS.UNPINNED_DEPENDENCIES,
      `${dependencies.file} of '${directory}' does not pin every version, so the next build may install others than were tested; write the versions down: ${dependencies.lockCommand}`,
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
  const needs = [...native.build, ...native.run];
  if (needs.length > 0 && !ours && options.buildPackages === undefined && options.systemPackages === undefined) {
    warn(
      scope,
      WARNINGS.NATIVE_PACKAGES,
      `${native.because.join(', ')} of ${dependencies.file} may need Debian packages that the base image lacks; give buildPackages: [${quoted(native.build)}] and systemPackages: [${quoted(native.run)}], or empty lists where it has them`,
    );
  }
}

function quoted(names: string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
