import { fail } from '../../private/validation';
import { assignedText, statementsOf } from './python-source';
import { textOfFile } from './text-file';

/** The file that gunicorn reads by itself in the folder it starts in. */
const FILE = 'gunicorn.conf.py';

/** What the service sets, and so what of a gunicorn.conf.py has no effect. `bind` is meant to be another one. */
const OVERRIDDEN = ['workers', 'worker_class', 'threads', 'keepalive', 'graceful_timeout', 'accesslog'];

/** The user and the group of the image: gunicorn changes nothing where it is them already. */
const OWN_USER = '10001';

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
    const value = settings.get(name) ?? 'None';
    // what the environment may say is not set where it says nothing
    if (value !== 'None' && assignedText(text, name) !== '' && !/\bgetenv\(|\benviron\.get\(/.test(value)) {
      fail(
        `${FILE} of '${shownAs}' sets ${name}, so gunicorn would speak HTTPS, and the load balancer speaks HTTP to it; remove it, and give tls to the load balancer`,
      );
    }
  }
  for (const name of ['user', 'group']) {
    const number = settings.get(name)?.match(/^\d+$/)?.[0];
    const value = assignedText(text, name) ?? number;
    if (value && value !== OWN_USER) {
      fail(
        `${FILE} of '${shownAs}' sets ${name} = ${number ?? `'${value}'`}, to which gunicorn cannot change, because it does not start as root; remove it, because the image has its own user`,
      );
    }
  }
  for (const name of ['errorlog', 'pidfile', 'worker_tmp_dir']) {
    const value = assignedText(text, name);
    if (value && value !== '-' && !/^\/(?:tmp|dev)(?:\/|$)/.test(value)) {
      fail(
        `${FILE} of '${shownAs}' sets ${name} = '${value}', which the user of the image may not write, so gunicorn would end at once; ${name === 'errorlog' ? "write '-': ECS takes the log from standard error" : 'remove it'}`,
      );
    }
  }
  const folder = assignedText(text, 'chdir');
  if (folder?.startsWith('/') && folder !== '/app' && !folder.startsWith('/app/')) {
    fail(
      `${FILE} of '${shownAs}' sets chdir = '${folder}', which is not in the image, so gunicorn would end at once; write the folder within the project, or remove the line`,
    );
  }
  return {
    wsgiApp: assignedText(text, 'wsgi_app'),
    folder: folder
      ?.replace(/^\/app(?:\/|$)/, '')
      .replace(/^\.\//, '')
      .replace(/\/+$/, ''),
    overridden: OVERRIDDEN.filter((name) => settings.has(name)),
  };
}
