/** Writes docs/alarm-matrix.md: which alarm of the template sees which failure. A change of a threshold changes the page. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { FlaskDeployment } from 'cdk-flask-fargate';
import { type CanaryRun, stoppedRuns, stoppingAlarms } from '../alarms/canary';
import { FAILURES } from '../alarms/failures';
import { HEALTHY_PATTERNS } from '../alarms/healthy';
import { caught, LOADS, type Matrix, matrixOf, type Outcome, wrong } from '../alarms/matrix';
import { productionAlarms, type TemplateAlarm } from '../alarms/template-alarms';
import { PRICES } from './cost-model';

const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: string[], rows: (string | number)[][]) =>
  [row(...head), `|${'---|'.repeat(head.length)}`, ...rows.map((cells) => row(...cells))].join('\n');

const STEP = { requestsPerMinute: 300, share: 0.05, minutes: 10 };
const RUNS: readonly (readonly [string, 'canary' | 'rolling', Omit<CanaryRun, 'seed'>, number])[] = [
  ['a fifth answers 500', 'canary', { ...STEP, fails: 0.2 }, 300],
  ['a fifth ends in 502', 'canary', { ...STEP, badGateway: 0.2 }, 300],
  ['half answers 500', 'canary', { ...STEP, fails: 0.5 }, 100],
  ['half takes 5 seconds, within the 17 minutes that it is seen', 'canary', { ...STEP, minutes: 17, slow: 0.5 }, 100],
  ['all is well, for 25 minutes', 'canary', { ...STEP, minutes: 25 }, 1000],
  [
    'one request a minute, and each fails, within 11 minutes',
    'rolling',
    { requestsPerMinute: 1, share: 1, minutes: 11, fails: 1, rolling: true, even: true },
    100,
  ],
];

const seen = ({ alarms, mails }: Outcome) =>
  alarms.length === 0 ? '' : `${alarms.map(({ kind, minute }) => `${kind} ${minute}'`).join(', ')}${mails > 1 ? ` (${mails} mails)` : ''}`;

function alarmRow({
  kind,
  metrics,
  threshold,
  comparison,
  evaluationPeriods,
  datapointsToAlarm,
  queries,
}: TemplateAlarm): (string | number)[] {
  const period = Math.max(...queries.flatMap(({ stat }) => stat?.period ?? [])) / 60;
  return [
    kind,
    `${comparison.startsWith('Less') ? 'below' : 'above'} ${threshold}`,
    `${datapointsToAlarm} of ${evaluationPeriods}`,
    `${period} min`,
    metrics,
  ];
}

function patternTable(matrices: Matrix[], outcomes: (matrix: Matrix) => Outcome[]): string {
  return table(
    ['', ...matrices.map(({ requestsPerMinute }) => `${requestsPerMinute} a minute`)],
    outcomes(matrices[0]).map(({ pattern }, i) => [pattern, ...matrices.map((matrix) => seen(outcomes(matrix)[i]))]),
  );
}

export interface Report {
  readonly alarms: TemplateAlarm[];
  readonly matrices: Matrix[];
  /** Of the alarm that is made on request alone. */
  readonly onRequest: Matrix[];
  readonly runs: { readonly name: string; readonly runs: number; readonly stopped: number }[];
}

/** What the page is made of; it takes some seconds. */
export function report(): Report {
  const alarms = productionAlarms();
  const noRequests = productionAlarms({ monitoring: { alarms: { maxTimeWithoutRequests: Duration.hours(3) } } }).filter(
    ({ kind }) => kind === 'NoRequests',
  );
  const stopping = { canary: stoppingAlarms({ deployment: FlaskDeployment.canary() }), rolling: stoppingAlarms() };
  return {
    alarms,
    matrices: LOADS.map((load) => matrixOf(alarms, load)),
    onRequest: LOADS.map((load) => matrixOf(noRequests, load)),
    runs: RUNS.map(([name, strategy, run, runs]) => ({ name, runs, stopped: stoppedRuns(stopping[strategy], run, runs) })),
  };
}

export function page({ alarms, matrices, onRequest, runs }: Report): string {
  const metrics = alarms.reduce((sum, alarm) => sum + alarm.metrics, 0);
  return `<!-- written by npx projen docs:alarms; what to change is tools/docs/alarms.ts and tools/alarms -->
# What the alarms see

The alarms of a production service with HTTPS, a worker on a queue and a schedule, as the template has them, evaluated over invented nights of eight hours: ${FAILURES.length}
failures and ${HEALTHY_PATTERNS.length} patterns that only look like one. The evaluator follows the user guide of CloudWatch (M of N, missing data, metric math, a window that slides by a
minute); how each metric behaves is said beside its pattern in [tools/alarms](../tools/alarms). Nothing of it ran on AWS.

${table(
  [
    'Requests',
    'Failures of which somebody is told',
    'Healthy nights in which an alarm goes off',
    'The most mails of one failure in a night',
  ],
  matrices.map((matrix) => [
    `${matrix.requestsPerMinute} a minute`,
    `${caught(matrix).length} of ${matrix.failures.length}`,
    `${wrong(matrix).length} of ${matrix.healthy.length}`,
    Math.max(...matrix.failures.map(({ mails }) => mails)),
  ]),
)}

They cost $${(metrics * PRICES.alarm.price).toFixed(2)} a month: ${metrics} metrics in alarms.

${table(['Alarm', 'Goes off', 'Periods', 'Of', 'Metrics'], alarms.map(alarmRow))}

With maxTimeWithoutRequests of three hours, for $${PRICES.alarm.price.toFixed(2)} more, somebody is told of more failures. The alarm is made on request alone: a service that
is quiet for whole nights has no use for it.

${table(
  ['Requests', 'NoRequests goes off', 'Failures of which somebody is told then', 'Healthy nights in which it goes off'],
  onRequest.map((matrix, i) => [
    `${matrix.requestsPerMinute} a minute`,
    caught(matrix)
      .map(({ pattern, alarms: [{ minute }] }) => `${pattern}: ${minute}'`)
      .join('; '),
    `${new Set([...caught(matrices[i]), ...caught(matrix)].map(({ pattern }) => pattern)).size} of ${matrix.failures.length}`,
    wrong(matrix).length,
  ]),
)}

## A deployment that fails

A canary of 5 % for 10 minutes at 300 requests a minute, with 0.1 % of errors and 0.05 % of 502 in both versions; and a rolling deployment of a quiet service.

${table(
  ['The new version', 'Runs', 'Stopped'],
  runs.map(({ name, runs: count, stopped }) => [name, count, stopped]),
)}

## Failures

An alarm and the minute in which it goes off first. DeploymentErrors and DeploymentLatency stop deployments and tell nobody.

${patternTable(matrices, ({ failures }) => failures)}

## Healthy nights

${patternTable(matrices, ({ healthy }) => healthy)}

## Others

The same question was asked before, of 38 failures and 14 healthy nights of an earlier set that is not this one: 0.1.0 of this library saw 16 and was wrong in 3; all alarms that
cdk-monitoring-constructs has for these parts 21 and 2, its README's modules 12 and 1; the pair of burn rates of the SRE workbook at 99.9 % 13 and 0, with latency 17;
the alarms that AWS recommends 12 and 1; ECS Express Mode 9 and 2, AWS Copilot 4 and 2, which both tell nobody.
`;
}

if (require.main === module) {
  fs.writeFileSync(path.join(__dirname, '../../docs/alarm-matrix.md'), page(report()));
}
