import * as fs from 'node:fs';
import * as path from 'node:path';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  CacheUse,
  Egress,
  FlaskCache,
  FlaskDatabase,
  type FlaskFargateService,
  FlaskStage,
  FlaskUploads,
  LoadBalancing,
  WebAcl,
} from '../../src';
import { page } from '../../tools/docs/cost';
import { costOf, type Line, linesOf, MIDDLE, type Props, resourcesOf, SMALL, sumOf, trafficLines } from '../../tools/docs/cost-model';

const development = { stage: FlaskStage.development() };

function counts(lines: Line[]): { [what: string]: number } {
  return Object.fromEntries(lines.map(({ what, count }) => [what, count]));
}

test('the page is what the templates and prices of today give; npx projen docs:cost writes it', () => {
  expect(fs.readFileSync(path.join(__dirname, '../../docs/cost.md'), 'utf-8')).toBe(page());
});

test('development costs at most 38 dollars a month, on ARM64 36', () => {
  expect(sumOf(linesOf(resourcesOf(development)))).toBeLessThanOrEqual(38);
  expect(sumOf(linesOf(resourcesOf(development, 'ARM64')))).toBeLessThanOrEqual(36);
});

test('the sum of development, by hand', () => {
  // 0.25 vCPU x 0.04048 + 0.5 GB x 0.004445 = 0.0123425 an hour, x 730 = 9.010025     ->  9.01
  // a load balancer                   0.0225 an hour, x 730        = 16.425           -> 16.43
  // its two addresses                 0.005 an hour, x 730 = 3.65, x 2                ->  7.30
  // the address of the task           0.005 an hour, x 730                            ->  3.65
  const lines = linesOf(resourcesOf(development));
  expect(lines.map((line) => [line.what, line.count, costOf(line)])).toEqual([
    ['task of 256 units and 512 MiB', 1, 9.01],
    ['Application Load Balancer', 1, 16.43],
    ['its public addresses, one in a zone', 2, 7.3],
    ['public address of a task', 1, 3.65],
  ]);
  expect(sumOf(lines)).toBe(36.39);
});

test('the sums of production, x86 and ARM64', () => {
  // 2 x (0.5 x 0.04048 + 0.004445) x 730 = 36.0401; load balancer 16.43 + 7.30; NAT 2 x 32.85 + 2 x 3.65 = 73.00;
  // Container Insights 37 x 0.30 = 11.10; alarms 19 x 0.10 = 1.90; of 20 seconds 0.30 and 2 x 0.30; dashboard 3.00
  expect(sumOf(linesOf(resourcesOf({})))).toBe(149.67);
  // 2 x (0.5 x 0.03238 + 0.00356) x 730 = 28.835
  expect(sumOf(linesOf(resourcesOf({}, 'ARM64')))).toBe(142.47);
});

test('an ephemeral service costs what one of development does', () => {
  expect(linesOf(resourcesOf({ stage: FlaskStage.ephemeral() }))).toEqual(linesOf(resourcesOf(development)));
});

describe('quantities come from the template', () => {
  test.each([
    [Egress.natGateways(), { 'NAT gateway': 2, 'public address of a NAT gateway': 2 }],
    [Egress.natGateways(1), { 'NAT gateway': 1, 'public address of a NAT gateway': 1 }],
    [Egress.publicIps(), { 'public address of a task': 2 }],
    [Egress.vpcEndpoints(), { 'interface endpoint in a zone': 6 }],
  ])('egress %#', (egress, expected) => {
    expect(counts(linesOf(resourcesOf({ egress })).filter(({ part }) => part === 'Network'))).toEqual(expected);
  });

  test('an alarm on an expression counts as often as it has metrics, and target tracking makes two', () => {
    // the service level of four, errors of three, tasks of two, six of one; two policies of target tracking
    expect(counts(linesOf(resourcesOf({})))['metric in an alarm']).toBe(4 + 3 + 2 + 6 + 2 * 2);
  });

  test('a worker has a task and metrics of its own', () => {
    const lines = counts(linesOf(resourcesOf({}, 'x86', (web) => void web.addWorker('Worker', { command: ['rq', 'worker'] }))));
    expect(lines['task of 512 units and 1024 MiB']).toBe(3);
    expect(lines['metrics of Container Insights for the service']).toBe(50);
  });

  test('a web ACL, and an internal load balancer without public addresses', () => {
    const firewall = linesOf(resourcesOf({ loadBalancing: LoadBalancing.internetFacing({ webAcl: WebAcl.managedRules() }) }));
    expect(counts(firewall)).toMatchObject({ 'web ACL': 1, 'rule or rule group of the web ACL': 4 });
    expect(counts(linesOf(resourcesOf({ loadBalancing: LoadBalancing.internal() })))).not.toHaveProperty([
      'its public addresses, one in a zone',
    ]);
  });

  test('a resource that the script does not know stops it', () => {
    expect(() => linesOf({ Key: { Type: 'AWS::KMS::Key', Properties: {} } })).toThrow(
      new Error('tools/docs/cost-model.ts does not know what a AWS::KMS::Key costs'),
    );
  });
});

test('traffic: the tasks of development stay one, those of production grow', () => {
  const more = (props: Parameters<typeof resourcesOf>[0], traffic = MIDDLE) =>
    trafficLines(resourcesOf(props), traffic).find(({ what }) => what.startsWith('more: task'))?.count;
  expect(more(development)).toBe(0);
  expect(more({})).toBe(2);
  expect(more({}, SMALL)).toBe(0);
});

test('traffic: a million requests by hand', () => {
  // one a second: 2.628 million requests; 788.4 MB of log, 26.28 GB of answers, 5.256 GB outside and the log and 60 x 0.15 GB of images
  const lines = counts(trafficLines(resourcesOf({}), SMALL));
  expect(lines['LCU']).toBeCloseTo(0.04);
  expect(lines['GB of log taken in']).toBeCloseTo(0.7884);
  expect(lines['GB to clients']).toBeCloseTo(26.28);
  expect(lines['GB through NAT gateways']).toBeCloseTo(5.256 + 0.7884 + 9);
});

describe('what an app stands on', () => {
  const postgres = (web: FlaskFargateService) => void FlaskDatabase.postgres(web, 'Database', { version: PostgresEngineVersion.VER_17 });
  const cache = (web: FlaskFargateService) => void FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version: '8.2' });
  const uploads = (web: FlaskFargateService) => void FlaskUploads.bucket(web, 'Uploads');

  // t4g.medium 0.065 x 730 x 2 = 94.90, 2 x 20 GB x 0.115 = 4.60, secret 0.40; t4g.micro 11.68 + 2.30 + 0.40
  // cache.t4g.small 0.0256 x 730 x 2 = 37.376; cache.t4g.micro 9.344
  test.each([
    ['a database', postgres, 99.9, 14.38],
    ['a cache', cache, 37.38, 9.34],
    ['a bucket', uploads, 0, 0],
  ])('%s, in production and in development', (_, add, production, inDevelopment) => {
    const more = (props: Props) => Number((sumOf(linesOf(resourcesOf(props, 'x86', add))) - sumOf(linesOf(resourcesOf(props)))).toFixed(2));
    expect(more({})).toBe(production);
    expect(more(development)).toBe(inDevelopment);
  });

  test('development costs at most 15, 10 and 0 dollars', () => {
    const data = [postgres, cache, uploads].map(
      (add) => sumOf(linesOf(resourcesOf(development, 'x86', add))) - sumOf(linesOf(resourcesOf(development))),
    );
    expect(data[0]).toBeLessThanOrEqual(15);
    expect(data[1]).toBeLessThanOrEqual(10);
    expect(data[2]).toBeCloseTo(0);
  });
});
