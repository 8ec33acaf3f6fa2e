/** Draws docs/updates.md from updates that the referee has judged: `npx projen docs:updates`. */
import * as path from 'node:path';
import { DOCUMENTED, noteOn } from '../../test/updates/matrix/documented';
import type { Pair } from '../../test/updates/matrix/matrix';

export const PAGE = path.join(__dirname, '../../docs/updates.md');

/** The worst last. */
const EFFECTS = ['none', 'in place', 'new tasks', 'replaced', 'left behind', 'interrupted', 'refused'] as const;
type Effect = (typeof EFFECTS)[number];

interface Outcome {
  readonly effect: Effect;
  /** What is replaced, or the notes. */
  readonly what: readonly string[];
}

/** What an option does to a stack: when it is set, set to another value, taken away. */
export interface Row {
  readonly option: string;
  readonly on?: Outcome;
  readonly other?: Outcome;
  readonly off?: Outcome;
}

/** Replaced at each new version anyway, or nothing that anybody sees. */
const UNSEEN = /^(AWS::ECS::TaskDefinition|AWS::Lambda::\w+|Custom::\w+|AWS::EC2::SecurityGroup(In|E)gress)$/;

function outcomeOf({ option, verdict }: Pair): Outcome {
  const { steps, findings } = verdict;
  const [worst] = EFFECTS.filter((effect) => findings.some(({ kind }) => kind === effect)).slice(-1);
  if (worst) {
    return { effect: worst, what: unique(findings.map((finding) => noteOn(option, finding)?.note ?? finding.rule)) };
  }
  const replaced = steps.filter(({ verb, type }) => verb === 'replace' && !UNSEEN.test(type)).map(({ type }) => nameOf(type));
  if (replaced.length > 0) {
    return { effect: 'replaced', what: unique(replaced) };
  }
  if (steps.length === 0) {
    return { effect: 'none', what: [] };
  }
  const starts = steps.some(({ verb, type }) => type === 'AWS::ECS::TaskDefinition' && verb === 'replace');
  return { effect: starts ? 'new tasks' : 'in place', what: [] };
}

function unique(values: string[]): string[] {
  return [...new Set(values)].sort();
}

/** `AWS::ElasticLoadBalancingV2::TargetGroup` is a target group. */
function nameOf(type: string): string {
  return type
    .split('::')
    .slice(-1)[0]
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function worse(a: Outcome | undefined, b: Outcome): Outcome {
  if (!a || EFFECTS.indexOf(a.effect) < EFFECTS.indexOf(b.effect)) {
    return b;
  }
  return a.effect === b.effect ? { effect: a.effect, what: unique([...a.what, ...b.what]) } : a;
}

/** A row for each option: the worst of all bases. */
export function rowsOf(pairs: readonly Pair[]): Row[] {
  const rows = new Map<string, Row>();
  for (const pair of pairs) {
    const column = pair.from === 'off' ? 'on' : pair.to === 'off' ? 'off' : 'other';
    const row = rows.get(pair.option) ?? { option: pair.option };
    rows.set(pair.option, { ...row, [column]: worse(row[column], outcomeOf(pair)) });
  }
  return [...rows.values()].sort((a, b) => (a.option < b.option ? -1 : 1));
}

const LINKED: readonly Effect[] = ['left behind', 'interrupted', 'refused'];

function cell(outcome: Outcome | undefined): string {
  if (!outcome) {
    return '';
  }
  const { effect, what } = outcome;
  if (LINKED.includes(effect)) {
    return `**${effect}**: ${what.map((note) => (DOCUMENTED.some((each) => each.note === note) ? `[${note}](#${note})` : note)).join(', ')}`;
  }
  return effect === 'replaced' ? `replaced: ${what.join(', ')}` : effect;
}

function table(rows: readonly Row[]): string {
  return [
    '| Option | Set | Another value | Taken away |',
    '|---|---|---|---|',
    ...rows.map(({ option, on, other, off }) => `| \`${option}\` | ${cell(on)} | ${cell(other)} | ${cell(off)} |`),
  ].join('\n');
}

function notes(): string {
  return DOCUMENTED.map(({ note, happens, steps }) =>
    [`### ${note}`, '', happens, '', ...steps.map((step, index) => `${steps.length > 1 ? `${index + 1}.` : '-'} ${step}`)].join('\n'),
  ).join('\n\n');
}

/** Options whose change has no note, by their struct or class. */
function sections(rows: readonly Row[]): string {
  const noted = rows.filter((row) => [row.on, row.other, row.off].some((outcome) => outcome && LINKED.includes(outcome.effect)));
  const others = rows.filter((row) => !noted.includes(row));
  return ['## With steps', '', table(noted), '', notes(), '', '## Without', '', table(others)].join('\n');
}

/** The page. */
export function page(rows: readonly Row[]): string {
  return `<!-- written by npx projen docs:updates; what to change is tools/docs/updates.ts and test/updates/matrix/documented.ts -->
# Updates

What happens to a stack that runs when you change an option. Each option was set, set to another value and taken away on a service in production with HTTPS. A model of
CloudFormation and of AWS's rules judged each update. \`npx projen updates --all\` judges the same on the one line, in a VPC and a cluster that are given, and with everything on.

| Word | Meaning |
|---|---|
| none | The template stays the same. |
| in place | AWS changes what is there. Tasks go on running. |
| new tasks | New tasks start, and the old ones end when the new ones are healthy. No request is lost: see [deployments](deployments.md). |
| replaced | A new one is made first, then the old one goes. No request is lost. |
| left behind | The update passes, and something stays that the stack has no more. |
| interrupted | The update passes, and requests, data or an address are lost, as the note says. |
| refused | AWS refuses the update and rolls back. The note has the steps. |

A stage changes several options at once: its row is the worst of them. Logical ids do not change with a version of this library; what a change of the id of the
service itself does is in the note [vpc](#vpc), whose steps are the same.

${sections(rows)}
`;
}
