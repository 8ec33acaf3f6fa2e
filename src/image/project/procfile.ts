import { linesOf } from './text-file';

/** What a file says of the server: the app, and the folder that it starts in. */
export interface ServerTarget {
  readonly target?: string;
  readonly folder?: string;
}

/** Options of gunicorn that have no value. */
const FLAGS = [
  '--preload',
  '--reload',
  '--daemon',
  '-D',
  '--spew',
  '--check-config',
  '--capture-output',
  '-R',
  '--no-sendfile',
  '--proxy-protocol',
  '--enable-stdio-inheritance',
  '--log-syslog',
  '--print-config',
  '--initgroups',
  '--strip-header-spaces',
];

/** Options whose value may look like an app: `--worker-class shop.worker:Worker`. */
const TAKES_COLON = /^(?:-k|--worker-class|--logger-class|-b|--bind|-c|--config|--statsd-host|--log-syslog-to|-p|--pid|--paste)$/;

/** How uwsgi is told the app. */
const UWSGI = /^(?:-w|--module|--wsgi|--wsgi-file)$/;

/** The target of the web process of a Procfile: of gunicorn, granian or waitress; undefined where it starts something else. */
export function procfileTarget(text: string): ServerTarget | undefined {
  const command = linesOf(text)
    .map((line) => line.match(/^web\s*:\s*(.*)$/)?.[1])
    .find((line) => line !== undefined);
  return command === undefined ? undefined : commandTarget(command);
}

/** The target of a command of a shell. */
function commandTarget(line: string): ServerTarget | undefined {
  const inner = line.match(/^(?:exec\s+)?(?:\S*\/)?(?:ba|da)?sh\s+-l?c\s+(?:"([^"]*)"|'([^']*)')\s*$/);
  // a shell of its own, `(cd shop && gunicorn wsgi:app)`, is no other command
  const command = (inner?.[1] ?? inner?.[2] ?? line).trim().replace(/^\(\s*(.*\S)\s*\)$/, '$1');
  const path = command
    .match(/(?:^|[\s;&])PYTHONPATH=["']?([^\s"';&]+)/)?.[1]
    .split(':')
    .find((part) => !/^\.?$|\$/.test(part));
  const cd = command.match(/(?:^|&&|;)\s*cd\s+("[^"]*"|'[^']*'|(?:\\.|[^\s;&])+)\s*(?:&&|;)/)?.[1];
  const folder = cd?.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(.)/g, '$1');
  const words = wordsOf(command.split(/&&|;/).find((part) => SERVER.test(part)) ?? '');
  return targetIn(words, folder ?? path);
}

/** The target of a command of a Dockerfile: of its words, or of what its shell runs. */
export function targetOfWords({ words, isShell }: { readonly words: string[]; readonly isShell: boolean }): ServerTarget | undefined {
  const [shell, option, line] = words;
  return isShell ? commandTarget(/(?:^|\/)(?:ba|da)?sh$/.test(shell) && option?.startsWith('-') ? line : words.join(' ')) : targetIn(words);
}

const SERVER = /\b(?:gunicorn|granian|waitress-serve|uwsgi)\b|\bflask\s.*--app\b/;

function targetIn(words: string[], folder?: string): ServerTarget | undefined {
  const at = words.findIndex((word) => /(?:^|\/)(?:gunicorn|granian|waitress-serve|uwsgi|flask)$/.test(word));
  if (at < 0) {
    return undefined;
  }
  // uwsgi and the flask command name the app by an option, and by nothing else
  const named = /uwsgi$/.test(words[at]) ? UWSGI : /flask$/.test(words[at]) ? /^--app$/ : undefined;
  if (named) {
    const option = words.slice(at).findIndex((word) => named.test(word.split('=')[0]));
    const value = option < 0 ? undefined : (words[at + option].split('=')[1] ?? words[at + option + 1]);
    return value === undefined ? undefined : { target: value.replace(/\.py$/, ''), folder };
  }
  const found: { target?: string; folder?: string } = { folder };
  for (let index = at + 1; index < words.length; index += 1) {
    const word = words[index];
    if (!word.startsWith('-')) {
      found.target = word;
      break;
    }
    const [name, value] = [word.split('=')[0], word.includes('=') ? word.slice(word.indexOf('=') + 1) : undefined];
    const hasValue = value === undefined && !FLAGS.includes(name) && !/^-\w./.test(word) && name !== '--call' && name !== '--factory';
    if (name === '--chdir' || name === '--pythonpath') {
      found.folder = (value ?? words[index + 1])?.split(',')[0];
    }
    if (name === '--call' || name === '--factory') {
      const target = value ?? words[index + 1];
      found.target = target && !target.endsWith(')') ? `${target}()` : target;
      break;
    }
    // an option that is not known here, and has no value: the app follows
    const isApp = /^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\(.*\))?$/.test(words[index + 1] ?? '') && !TAKES_COLON.test(name);
    index += hasValue && !isApp ? 1 : 0;
  }
  return { target: found.target, folder: found.folder?.replace(/^\.\//, '').replace(/\/+$/, '') };
}

/** The words of a command, as a shell splits them. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, '$1$2$3'));
}
