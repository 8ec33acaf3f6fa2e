/** Writes docs/cost.md, from the templates of the library: a change of a default changes the page. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-ecs';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret as ManagedSecret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  CacheUse,
  Egress,
  FlaskCache,
  FlaskDatabase,
  type FlaskFargateService,
  FlaskSecretKey,
  FlaskStage,
  FlaskUploads,
  LoadBalancing,
  WebAcl,
} from 'cdk-flask-fargate';
import { fleets, preview, SIZES } from './cost-fleets';
import {
  type Arch,
  ASSUMED,
  costOf,
  HOURS,
  INSIGHTS,
  type Line,
  linesOf,
  MIDDLE,
  PARTS,
  PRICES,
  type Props,
  resourcesOf,
  SMALL,
  sumOf,
  type Traffic,
  trafficLines,
} from './cost-model';

const money = (dollars: number) => `$${dollars.toFixed(2)}`;
const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: string[], rows: (string | number)[][]) =>
  [row(...head), `|${'---|'.repeat(head.length)}`, ...rows.map((cells) => row(...cells))].join('\n');

const STAGES: { readonly [name: string]: FlaskStage } = {
  'development()': FlaskStage.development(),
  'ephemeral()': FlaskStage.ephemeral(),
  'production()': FlaskStage.production(),
};
const EGRESS: { readonly [name: string]: Egress } = {
  'natGateways()': Egress.natGateways(),
  'natGateways(1)': Egress.natGateways(1),
  'publicIps()': Egress.publicIps(),
  'vpcEndpoints()': Egress.vpcEndpoints(),
};
const ARCHS: Arch[] = ['x86', 'ARM64'];

function stageTable(): string {
  const columns = Object.entries(STAGES).flatMap(([name, stage]) =>
    ARCHS.map((arch) => ({ name, arch, lines: linesOf(resourcesOf({ stage }, arch)) })),
  );
  const parts = PARTS.filter((part) => columns.some(({ lines }) => lines.some((line) => line.part === part)));
  return table(
    ['', ...columns.map(({ name, arch }) => `\`${name}\` ${arch}`)],
    [
      ...parts.map((part) => [part, ...columns.map(({ lines }) => money(sumOf(lines.filter((line) => line.part === part))))]),
      ['**Sum**', ...columns.map(({ lines }) => `**${money(sumOf(lines))}**`)],
    ],
  );
}

function egressTable(): string {
  const rows = Object.entries(EGRESS).map(([name, egress]) => {
    const ways = linesOf(resourcesOf({ egress })).filter(({ part }) => part === 'Network');
    const sums = Object.values(STAGES).flatMap((stage) => ARCHS.map((arch) => money(sumOf(linesOf(resourcesOf({ stage, egress }, arch))))));
    return [`\`${name}\``, ways.map(({ count, what }) => `${count} × ${what}`).join(', '), money(sumOf(ways)), ...sums];
  });
  return table(
    ['Egress', 'In production', 'Network', ...Object.keys(STAGES).flatMap((name) => ARCHS.map((arch) => `\`${name}\` ${arch}`))],
    rows,
  );
}

function lineTable(lines: Line[]): string {
  return table(
    ['Part', 'Line', 'Counted', 'One for a month', 'Month'],
    [
      ...lines.map((line) => [
        line.part,
        line.what,
        Number(line.count.toFixed(2)),
        `$${Number(line.monthly.toFixed(5))}`,
        money(costOf(line)),
      ]),
      ['**Sum**', '', '', '', `**${money(sumOf(lines))}**`],
    ],
  );
}

function trafficTable(): string {
  const services: [string, Props][] = [
    ...Object.entries(STAGES).map(([name, stage]): [string, Props] => [`\`${name}\``, { stage }]),
    ...Object.entries(EGRESS)
      .slice(1)
      .map(([name, egress]): [string, Props] => [`\`production()\`, \`${name}\``, { egress }]),
  ];
  const rows = services.map(([name, props]) => [
    name,
    ...ARCHS.flatMap((arch) => {
      const all = resourcesOf(props, arch);
      const base = sumOf(linesOf(all));
      return [base, base + sumOf(trafficLines(all, SMALL)), base + sumOf(trafficLines(all, MIDDLE))].map(money);
    }),
  ]);
  return table(['', ...ARCHS.flatMap((arch) => ['none', SMALL.name, MIDDLE.name].map((traffic) => `${arch}, ${traffic}`))], rows);
}

function extrasTable(): string {
  const cost = (props: Props, add?: (web: FlaskFargateService) => void) => sumOf(linesOf(resourcesOf(props, 'x86', add)));
  const development = { stage: FlaskStage.development() };
  const worker = (web: FlaskFargateService) => void web.addWorker('Worker', { command: ['celery', '-A', 'app.celery', 'worker'] });
  const postgres = (web: FlaskFargateService) => void FlaskDatabase.postgres(web, 'Database', { version: PostgresEngineVersion.VER_17 });
  const cache = (web: FlaskFargateService) => void FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version: '8.2' });
  const uploads = (web: FlaskFargateService) => void FlaskUploads.bucket(web, 'Uploads');
  const scheduled = (web: FlaskFargateService) =>
    void web.addScheduledTask('Nightly', { command: ['flask', 'report'], schedule: ScheduleExpression.cron({ hour: '3', minute: '0' }) });
  const release = (web: FlaskFargateService) => void web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
  const secretKey = (web: FlaskFargateService) => web.useSecretKey(new FlaskSecretKey(web, 'SecretKey'));
  const extras: [string, (props: Props) => number][] = [
    [
      'A firewall, `WebAcl.managedRules()`, and $0.60 per million requests',
      (props) => cost({ ...props, loadBalancing: LoadBalancing.internetFacing({ webAcl: WebAcl.managedRules() }) }),
    ],
    ['A worker of one task, `addWorker()`', (props) => cost(props, worker)],
    ['A database, `FlaskDatabase.postgres()` or `mysql()`', (props) => cost(props, postgres)],
    ['A cache or a broker, `FlaskCache.valkey()`', (props) => cost(props, cache)],
    ['A bucket, `FlaskUploads.bucket()`, and what is in it', (props) => cost(props, uploads)],
    ['A schedule, `addScheduledTask()`, and its tasks by the second', (props) => cost(props, scheduled)],
    ['A release task, `addReleaseTask()`, and its runs by the second', (props) => cost(props, release)],
    ['A secret key, `useSecretKey()`', (props) => cost(props, secretKey)],
    ['No load balancer, `LoadBalancing.none()`', (props) => cost({ ...props, loadBalancing: LoadBalancing.none() })],
    ['No alarms and no dashboard', (props) => cost({ ...props, monitoring: { alarms: { enabled: false }, dashboard: false } })],
  ];
  const signed = (dollars: number) => `${dollars < 0 ? '−' : '+'}${money(Math.abs(dollars))}`;
  return table(
    ['', '`development()`', '`production()`'],
    extras.map(([name, withExtra]) => [name, ...[development, {}].map((props) => signed(withExtra(props) - cost(props)))]),
  );
}

function fleetTable(): string {
  const cell = (cost?: number) => (cost === undefined ? 'more than the 500 resources of a stack' : money(cost));
  return table(
    ['Production, x86', ...SIZES.map((size) => (size === 1 ? '1 service' : `${size} services`))],
    fleets().map(([name, costs]) => [name, ...costs.map(cell)]),
  );
}

function secretAndEndpoint(): { readonly secret: number; readonly endpoint: number } {
  const props = (): Props => {
    const value = ManagedSecret.fromSecretNameV2(new Stack(), 'Secret', 'key');
    return { egress: Egress.vpcEndpoints(), secrets: { KEY: Secret.fromSecretsManager(value) } };
  };
  const without = sumOf(linesOf(resourcesOf({ egress: Egress.vpcEndpoints() })));
  return { secret: PRICES.secret.price, endpoint: sumOf(linesOf(resourcesOf(props()))) - without };
}

/** The page. */
export function page(): string {
  const production = resourcesOf({});
  const ephemeral = sumOf(linesOf(resourcesOf({ stage: FlaskStage.ephemeral() })));
  const { secret, endpoint } = secretAndEndpoint();
  const requests = (traffic: Traffic) => `${((traffic.requestsPerSecond * HOURS * 3600) / 1e6).toFixed(1)} million requests a month`;
  return `<!-- written by npx projen docs:cost; what to change is tools/docs/cost.ts and tools/docs/cost-model.ts -->
# Cost

Monthly list prices in us-east-1, ${HOURS} hours, without free tiers, discounts, taxes and databases. The quantities are counted in the templates of this version,
the [prices](#prices) have dates. Each line is rounded to the cent. What the choices mean: [network and cost](network-and-cost.md).

## The stages, without traffic

${stageTable()}

An ephemeral stage that lives for eight hours costs ${money((ephemeral / HOURS) * 8)}.

## Each egress, without traffic

What each choice of \`egress\` makes of the sums above.

${egressTable()}

With \`vpcEndpoints()\`, the first secret of Secrets Manager needs one more endpoint: ${money(endpoint)}. With \`publicIps()\` each further task has its own address.

## What production consists of

\`new FlaskFargateService(stack, 'Web', { image })\` on x86:

${lineTable(linesOf(production))}

Container Insights sends ${INSIGHTS.cluster} metrics for a cluster, ${INSIGHTS.service} for a service and ${INSIGHTS.taskDefinition} for a family of task definitions
that runs. A target tracking policy makes two alarms that the template does not have. A metric
of Amazon ECS at 20 seconds is taken to cost as much as a custom metric, and its alarms are of high resolution. An alarm on an expression costs as many alarms as it has metrics.

## With traffic

${table(
  ['', SMALL.name, MIDDLE.name],
  [
    ['Requests a second, mean', SMALL.requestsPerSecond, MIDDLE.requestsPerSecond],
    ['That is', requests(SMALL), requests(MIDDLE)],
    ['Tasks that carry it', 'the fewest', `${MIDDLE.tasks}, where the scaling allows as many`],
  ],
)}

A request is answered with ${ASSUMED.answerKilobytes} kB, writes ${ASSUMED.logBytes} bytes into the log, opens a connection of its own, and makes the task exchange ${ASSUMED.outsideKilobytes} kB with AWS outside of the VPC. In a month
${ASSUMED.taskStarts} tasks start, each with ${1000 * ASSUMED.imageGigabytes} MB of image to pull, and each public address has ${ASSUMED.flowLogGigabytesPerAddress} GB of rejected connections where flow logs are on.

${trafficTable()}

What the ${MIDDLE.name} traffic adds to production on x86:

${lineTable(trafficLines(production, MIDDLE))}

## What else you may add

${extrasTable()}

A secret costs ${money(secret)} a month. A certificate of AWS Certificate Manager costs nothing, a hosted zone of Amazon Route 53 is not made here. Fargate Spot has no list price;
AWS says up to 70 % off.

Not counted: data between zones, the bucket of the access logs and the images in Amazon ECR (cents), queries of logs, the log events of Container Insights, X-Ray.

## Many services

${fleetTable()}

A preview, a service in the ephemeral stage on a platform that is there, adds ${money(preview())} a month, ${money((preview() / HOURS) * 8)} for eight hours.
Copilot takes private subnets with two NAT gateways where it is told to. What each of them lacks: [many services](many-services.md).

## Prices

${table(
  ['For', 'Per', 'US dollars', 'Read'],
  Object.values(PRICES).map(({ of, unit, price, read }) => [of, unit, price, read]),
)}

From AWS's own price pages for each service, as transcribed by others at these dates; AWS's page is what counts.
`;
}

if (require.main === module) {
  fs.writeFileSync(path.join(__dirname, '../../docs/cost.md'), page());
}
