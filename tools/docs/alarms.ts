/** Writes docs/alarm-matrix.md: which alarm of the template sees which failure. A change of a threshold changes the page. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { FlaskDeployment } from 'cdk-flask-fargate';
import { type CanaryRun, stoppedRuns, stoppingAlarms } from '../alarms/canary';
import { BORDERS, FAILURES, MORE_FAILURES } from '../alarms/failures';
import { HEALTHY_PATTERNS, MORE_HEALTHY_PATTERNS } from '../alarms/healthy';
import { caught, LOADS, type Matrix, mailsOf, matrixOf, type Outcome, wrong } from '../alarms/matrix';
import { productionAlarms, type TemplateAlarm } from '../alarms/template-alarms';
import { PRICES } from './cost-model';

const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: string[], rows: (string | number)[][]) =>
  [row(...head), `|${'---|'.repeat(head.length)}`, ...rows.map((cells) => row(...cells))].join('\n');

const NIGHTS = 20;
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
  /** The same with the alarm that is made on request alone. */
  readonly onRequest: Matrix[];
  /** The mails of what stays at the border, for each load. */
  readonly borders: { readonly pattern: string; readonly mails: ReturnType<typeof mailsOf>[] }[];
  readonly runs: { readonly name: string; readonly runs: number; readonly stopped: number }[];
}

/** What the page is made of; it takes some seconds. */
export function report(): Report {
  const alarms = productionAlarms();
  const withNoRequests = productionAlarms({ monitoring: { alarms: { maxTimeWithoutRequests: Duration.hours(3) } } });
  const stopping = { canary: stoppingAlarms({ deployment: FlaskDeployment.canary() }), rolling: stoppingAlarms() };
  return {
    alarms,
    matrices: LOADS.map((load) => matrixOf(alarms, load)),
    onRequest: LOADS.map((load) => matrixOf(withNoRequests, load)),
    borders: BORDERS.map((pattern) => ({ pattern: pattern.name, mails: LOADS.map((load) => mailsOf(alarms, pattern, load, NIGHTS)) })),
    runs: RUNS.map(([name, strategy, run, runs]) => ({ name, runs, stopped: stoppedRuns(stopping[strategy], run, runs) })),
  };
}

/** How many are told of, or wake somebody for nothing, at each load. */
function countTable(matrices: Matrix[]): string {
  return table(
    [
      'Requests',
      `Told of, of the ${FAILURES.length} failures`,
      `of ${MORE_FAILURES.length} more`,
      `Goes off in the ${HEALTHY_PATTERNS.length} healthy nights`,
      `in ${MORE_HEALTHY_PATTERNS.length} more`,
      'The most mails of one failure in a night',
    ],
    matrices.map(({ requestsPerMinute, failures, moreFailures, healthy, moreHealthy }) => [
      `${requestsPerMinute} a minute`,
      caught(failures).length,
      caught(moreFailures).length,
      wrong(healthy).length,
      wrong(moreHealthy).length,
      Math.max(...[...failures, ...moreFailures].map(({ mails }) => mails)),
    ]),
  );
}

export function page({ alarms, matrices, onRequest, borders, runs }: Report): string {
  const metrics = alarms.reduce((sum, alarm) => sum + alarm.metrics, 0);
  const price = (count: number) => `$${(count * PRICES.alarm.price).toFixed(2)}`;
  return `<!-- written by npx projen docs:alarms; what to change is tools/docs/alarms.ts and tools/alarms -->
# What the alarms see

The alarms of a production service with HTTPS, a worker on a queue and a schedule, as the template has them, evaluated over invented nights of eight hours: ${FAILURES.length}
failures and ${HEALTHY_PATTERNS.length} patterns that only look like one, which were put to others too, and ${MORE_FAILURES.length} and ${MORE_HEALTHY_PATTERNS.length} that were found later. The evaluator follows the user guide of
CloudWatch (M of N, missing data, metric math, a window that slides by a minute); how each metric behaves is said beside its pattern in
[tools/alarms](../tools/alarms). Nothing of it ran on AWS.

${countTable(matrices)}

They cost ${price(metrics)} a month: ${metrics} metrics in alarms.

With \`maxTimeWithoutRequests\` of three hours, for ${price(1)} more, somebody is also told that no request arrives. The alarm is made on request alone: a service that is
quiet for whole nights has no use for it.

${countTable(onRequest)}

${table(['Alarm', 'Goes off', 'Periods', 'Of', 'Metrics'], alarms.map(alarmRow))}

## Mails of a night

An alarm that is on says nothing of a second fault, and goes off anew when its value has been below the threshold: CloudWatch has no second, lower threshold for the way back. What
stays at the border of ServiceLevel crosses it again and again, by its share, or at 6 requests a minute by the number that it needs (10 errors or 200 slow answers in three hours). On average and at most
in ${NIGHTS} nights:

${table(
  ['', ...LOADS.map((load) => `${load} a minute`)],
  borders.map(({ pattern, mails }) => [pattern, ...mails.map(({ mean, most }) => `${mean.toFixed(1)}, ${most}`)]),
)}

All other failures send at most ten. What to do about it: [on call](on-call.md#servicelevel).

## A deployment that fails

A canary of 5 % for 10 minutes at 300 requests a minute, with 0.1 % of errors and 0.05 % of 502 in both versions; and a rolling deployment of a quiet service.

${table(
  ['The new version', 'Runs', 'Stopped'],
  runs.map(({ name, runs: count, stopped }) => [name, count, stopped]),
)}

## Failures

An alarm and the minute in which it goes off first, NoRequests where it is asked for. DeploymentErrors and DeploymentLatency stop deployments and tell nobody.

${patternTable(onRequest, ({ failures }) => failures)}

Found later:

${patternTable(onRequest, ({ moreFailures }) => moreFailures)}

## Healthy nights

${patternTable(onRequest, ({ healthy }) => healthy)}

Found later:

${patternTable(onRequest, ({ moreHealthy }) => moreHealthy)}

## Others

The same ${FAILURES.length} failures and ${HEALTHY_PATTERNS.length} healthy nights, as series of another evaluator: 0.1.0 of this library saw 16 and was wrong in 3; all alarms that
cdk-monitoring-constructs has for these parts 21 and 2, its README's modules 12 and 1; the pair of burn rates of the SRE workbook at 99.9 % 13 and 0, with latency 17;
the alarms that AWS recommends 12 and 1; ECS Express Mode 9 and 2, AWS Copilot 4 and 2, which both tell nobody.
`;
}

if (require.main === module) {
  fs.writeFileSync(path.join(__dirname, '../../docs/alarm-matrix.md'), page(report()));
}
