import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A command that a page or an example names. */
export interface FoundCommand {
  readonly words: readonly string[];
  /** Where it stands first. */
  readonly file: string;
}

/** `command: ['flask', 'report']` as each of the five languages writes it, and the CMD of a Dockerfile. */
const LIST =
  /(?:\bcommand\w*|\bCommand\w*|\bCMD)\b[^[({\n]{0,24}(?:\(|\[\]\s*\{|\[|Strings\(|of\()\s*((?:["'][^"'\n]*["'](?:,\s*)?)+)([^\])}]*)/g;

/** `celery -A app.celery worker` in a sentence. */
const INLINE = /`((?:celery|gunicorn|granian|opentelemetry-instrument) -[^`\n]+|flask (?:db|run|report|seed)[^`\n]*)`/g;

const PROGRAMS = ['celery', 'flask', 'gunicorn', 'granian', 'opentelemetry-instrument'];

/** What is said to be run elsewhere, or not at all. */
const NOT_IN_THE_CONTAINER = [
  // docs/on-call.md: why it is no health check
  'celery inspect ping',
  // docs/processes.md: what a task must not do, and what a developer does
  'flask db migrate',
];

/** The app of docs/tutorial.md has a broker and a database: e2e:tutorial runs its commands, behind the same limits. */
const OF_THE_TUTORIAL = 'shop.celery';

/** Every command that README, docs and the examples name, each once. */
export function foundCommands(root: string): FoundCommand[] {
  const found = new Map<string, FoundCommand>();
  for (const file of files(root)) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const words of [...lists(text), ...sentences(text)]) {
      const key = words.join(' ');
      const isElsewhere = NOT_IN_THE_CONTAINER.includes(key) || words.includes(OF_THE_TUTORIAL) || key.includes('…');
      if (PROGRAMS.includes(words[0]) && !isElsewhere && !found.has(key)) {
        found.set(key, { words, file });
      }
    }
  }
  return [...found.values()];
}

function lists(text: string): string[][] {
  return [...text.matchAll(LIST)].map(([, quoted, rest]) => {
    const words = [...quoted.matchAll(/(["'])(.*?)\1/g)].map(([, , word]) => word);
    // what is known at run time only, JsonPath.stringAt('$.day')
    return /,\s*$/.test(quoted) && /\w/.test(rest) ? [...words, '2026-11-26'] : words;
  });
}

function sentences(text: string): string[][] {
  return [...text.matchAll(INLINE)].map(([, line]) => line.trim().split(/\s+/));
}

/** The pages in the other languages are translations of those in docs. */
function files(root: string): string[] {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const examples = readdirSync(join(root, 'examples'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|py|go|java|cs|md)$|^Dockerfile$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !/[\\/](?:\.venv|node_modules)[\\/]|sample-app[\\/](?:app|tests|migrations)[\\/]/.test(file));
  return ['README.md', ...pages.map((name) => join('docs', name)), ...examples].sort();
}
