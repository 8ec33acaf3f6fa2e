import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { WARNINGS, warn } from '../private/warnings';

/** Options of the celery command itself that have a value: what comes after them is not the subcommand. */
const CELERY_OPTIONS = ['-A', '--app', '-b', '--broker', '--result-backend', '--loader', '--config', '--workdir'];

/** Options that name a file which the program writes. */
const FILES: { readonly [program: string]: readonly string[] } = {
  celery: ['-s', '--schedule', '--pidfile', '-f', '--logfile', '--statedb'],
  gunicorn: ['-p', '--pid', '--access-logfile', '--error-logfile', '--log-file'],
};

/** Commands of Flask-Migrate that write source files: for a developer's machine, not for a container. */
const WRITES_SOURCE = ['init', 'migrate', 'revision', 'merge'];

/**
 * Says of a command that it cannot work where the root file system is read-only. Only what is certain: a program that is known, and a file that is
 * outside of the paths that can be written.
 */
export function adviseOnCommand(scope: Construct, command: readonly string[] | undefined, writablePaths: readonly string[]): void {
  // `sh -c "celery …"` is one word of many
  const words = (command ?? []).flatMap((word) => (Token.isUnresolved(word) ? [word] : word.split(/\s+/))).filter((word) => word !== '');
  const at = words.findIndex((word) => /(?:^|\/)(?:celery|gunicorn|flask)$/.test(word) && !isValue(words, word));
  if (at < 0) {
    return;
  }
  const program = words[at].split('/').pop() as string;
  const rest = words.slice(at + 1);
  const isWritable = (file: string) =>
    Token.isUnresolved(file) || file === '-' || /^\/dev\//.test(file) || writablePaths.some((path) => file.startsWith(`${path}/`));
  const found =
    (program === 'celery' ? beatWithoutFile(rest, isWritable) : undefined) ??
    (program === 'flask' ? sourceWriter(rest) : undefined) ??
    unwritableFile(program, rest, isWritable);
  if (found) {
    warn(
      scope,
      WARNINGS.READ_ONLY_COMMAND,
      `the command '${words.join(' ')}' ends with [Errno 30] Read-only file system: ${found}, or set readonlyRootFilesystem to false in hardening`,
    );
  }
}

/** The app of `-A celery` is no program. */
function isValue(words: readonly string[], word: string): boolean {
  const before = words[words.indexOf(word) - 1];
  return before !== undefined && CELERY_OPTIONS.includes(before);
}

/** Beat keeps what it sent in a file of the working directory, unless it is told of another one or of a scheduler that keeps none. */
function beatWithoutFile(words: readonly string[], isWritable: (file: string) => boolean): string | undefined {
  const subcommand = words.find((word, i) => !word.startsWith('-') && !CELERY_OPTIONS.includes(words[i - 1] ?? ''));
  const isBeat = subcommand === 'beat' || (subcommand === 'worker' && words.some((word) => word === '-B' || word === '--beat'));
  const workdir = optionOf(words, ['--workdir']);
  if (!isBeat || optionOf(words, ['-s', '--schedule', '-S', '--scheduler']) !== undefined || (workdir && isWritable(`${workdir}/`))) {
    return undefined;
  }
  return "Celery beat writes the file celerybeat-schedule into the working directory; add '--schedule', '/tmp/celerybeat-schedule' to it";
}

function sourceWriter(words: readonly string[]): string | undefined {
  const at = words.indexOf('db');
  const writer = at >= 0 && WRITES_SOURCE.includes(words[at + 1]) ? words[at + 1] : undefined;
  return writer && `'flask db ${writer}' writes files of the source; run it on your machine, and 'flask db upgrade' here`;
}

function unwritableFile(program: string, words: readonly string[], isWritable: (file: string) => boolean): string | undefined {
  for (const option of FILES[program] ?? []) {
    const file = optionOf(words, [option]);
    if (file !== undefined && !isWritable(file)) {
      return `${option} names the file '${file}'; use one in /tmp or in writablePaths`;
    }
  }
  return undefined;
}

/** Of `--option value` and `--option=value`. */
function optionOf(words: readonly string[], options: readonly string[]): string | undefined {
  for (const [i, word] of words.entries()) {
    if (options.includes(word)) {
      return words[i + 1];
    }
    const option = options.find((name) => name.startsWith('--') && word.startsWith(`${name}=`));
    if (option) {
      return word.slice(option.length + 1);
    }
  }
  return undefined;
}
