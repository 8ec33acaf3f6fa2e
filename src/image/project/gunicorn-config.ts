import { fail } from '../../private/validation';
import { assignedText, statementsOf } from './python-source';
import { textOfFile } from './text-file';

/** The file that gunicorn reads by itself in the folder it starts in. */
const FILE = 'gunicorn.conf.py';

/** What the service sets, and so what of a gunicorn.conf.py has no effect. `bind` is meant to be another one. */
const OVERRIDDEN = ['workers', 'worker_class', 'threads', 'keepalive', 'graceful_timeout', 'accesslog'];

/** A gunicorn.conf.py of the app's own, read and never run. */
export interface GunicornConfig {
  readonly wsgiApp?: string;
  readonly folder?: string;
  /** The settings that the service's own win over. */
  readonly overridden: string[];
}

/** Reads a gunicorn.conf.py; what would make the service unreachable, and cannot be overridden, is an error. */
export function gunicornConfigOf(directory: string, shownAs = directory): GunicornConfig | undefined {
  const text = textOfFile(directory, FILE);
  if (text === undefined) {
    return undefined;
  }
  const settings = new Map<string, string>();
  for (const { indent, code } of statementsOf(text)) {
    const match = code.match(/^(\w+)\s*(?::[^=]+)?=(?!=)\s*(.*)$/);
    if (indent === 0 && match) {
      settings.set(match[1], match[2]);
    } else if (match?.[1] === 'daemon' && !settings.has('daemon')) {
      settings.set('daemon', match[2]);
    }
  }
  if (/^(?:True|[1-9]\d*)$/.test(settings.get('daemon') ?? '')) {
    fail(
      `${FILE} of '${shownAs}' sets daemon = True, so the container would end at once; remove it: ECS starts the server and keeps it running`,
    );
  }
  for (const name of ['certfile', 'keyfile']) {
    // an empty text is none too: texts are not in what is read here
    if (settings.has(name) && settings.get(name) !== 'None' && assignedText(text, name) !== '') {
      fail(
        `${FILE} of '${shownAs}' sets ${name}, so gunicorn would speak HTTPS, and the load balancer speaks HTTP to it; remove it, and give tls to the load balancer`,
      );
    }
  }
  for (const name of ['user', 'group']) {
    const value = assignedText(text, name);
    if (value) {
      fail(
        `${FILE} of '${shownAs}' sets ${name} = '${value}', to which gunicorn could not change, for it does not start as root; remove it: the image has a user of its own`,
      );
    }
  }
  for (const name of ['errorlog', 'pidfile']) {
    const value = assignedText(text, name);
    if (value?.startsWith('/') && !/^\/(?:tmp|dev)\//.test(value)) {
      fail(
        `${FILE} of '${shownAs}' sets ${name} = '${value}', which the user of the image may not write, so gunicorn would end at once; ${name === 'errorlog' ? "write '-': ECS takes the log from standard error" : 'remove it'}`,
      );
    }
  }
  return {
    wsgiApp: assignedText(text, 'wsgi_app'),
    folder: assignedText(text, 'chdir')?.replace(/^\.\//, '').replace(/\/+$/, ''),
    overridden: OVERRIDDEN.filter((name) => settings.has(name)),
  };
}
