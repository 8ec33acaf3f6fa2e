import { posix } from 'node:path';
import { Token } from 'aws-cdk-lib/core';
import { fail, requirePattern } from '../private/validation';

/** What an image has its programs, its Python and, where it is built here, the app in. */
const RESERVED = [
  /^\/(app|opt|opt\/venv|usr|usr\/local|etc)$/,
  /^\/(usr\/|usr\/local\/|opt\/venv\/)?(bin|sbin|lib|lib32|lib64|libx32|libexec)$/,
  /^\/(usr\/|usr\/local\/|opt\/venv\/)lib\/(python3[^/]*(\/(site|dist)-packages)?|x86_64-linux-gnu|aarch64-linux-gnu)$/,
  // of the kernel
  /^\/(proc|sys|dev)(\/|$)/,
];

/**
 * A path in a container at which a file system is mounted, in the one form that names it. An empty one where the container has what it needs to start
 * would hide that. Tokens pass.
 */
export function mountPath(name: string, path: string, example: string): string {
  requirePattern(name, path, /^\/[^\s:]+$/, `an absolute path without spaces or colons, such as '${example}'`);
  if (Token.isUnresolved(path)) {
    return path;
  }
  const normal = posix
    .normalize(path)
    .replace(/(?<=.)\/$/, '')
    .replace(/^\/+/, '/');
  if (normal === '/' || RESERVED.some((pattern) => pattern.test(normal))) {
    fail(`${name} must not hide what the image has there, got '${path}'; name a folder below it, such as '/app/instance'`);
  }
  return normal;
}
