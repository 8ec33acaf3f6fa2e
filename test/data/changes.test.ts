import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { type CfnDBInstance, MysqlEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { CacheUse, Egress, FlaskCache, type FlaskCacheOptions, FlaskDatabase, type FlaskPostgresOptions } from '../../src';
import { causesReplacement } from '../updates/schema';
import { service, testStack } from '../util/test-stack';
import { type Add, all, dataOf, STAGES, setup, VERSION } from './one-line-setup';

/*
 * The table of docs/data.md, row by row: what the specification of CloudFormation replaces between two templates.
 */

/** What of the data CloudFormation would replace, or delete because it has another logical id. */
function lost(before: Template, after: Template): string[] {
  const [old, now] = [dataOf(before), dataOf(after)];
  return Object.entries(old).flatMap(([id, { Type, Properties = {} }]) => {
    const next = now[id]?.Properties;
    if (!next) {
      return [`${id} is gone`];
    }
    return Object.keys({ ...Properties, ...next })
      .filter((name) => JSON.stringify(Properties[name]) !== JSON.stringify(next[name]) && causesReplacement(Type, name))
      .map((name) => `${id} is replaced by ${name}`);
  });
}

const DATABASE = 'DatabaseB269D8BB';
const database =
  (options: Partial<FlaskPostgresOptions> = {}, edit: (resource: CfnDBInstance) => void = () => undefined, id = 'Database'): Add =>
  (web) =>
    edit(FlaskDatabase.postgres(web, id, { version: VERSION, ...options }).node.defaultChild as CfnDBInstance);
const valkey =
  (options: Partial<FlaskCacheOptions> = {}): Add =>
  (web) =>
    FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version: '8.2', ...options });
const mysql: Add = (web) => FlaskDatabase.mysql(web, 'Database', { version: MysqlEngineVersion.VER_8_4_6 });
type Pair = readonly [before: () => Template, after: () => Template];
const of =
  (add: Add, ...rest: [Parameters<typeof setup>[1]?, string?]) =>
  () =>
    setup(add, ...rest).template;
/** In one of two VPCs that are given. */
const inVpc = (add: Add, index: 0 | 1) => () => {
  const stack = testStack();
  const vpcs = ['One', 'Other'].map((id) => new Vpc(stack, id));
  add(service(stack, { vpc: vpcs[index] }));
  return Template.fromStack(stack);
};
const edited = (edit: (resource: CfnDBInstance) => void): Pair => [of(database()), of(database({}, edit))];
const PAIRS: Pair[] = Object.values(STAGES).flatMap((from) =>
  Object.values(STAGES).flatMap((to): Pair[] => (from === to ? [] : [[of(all, { stage: from }), of(all, { stage: to })]])),
);

/** Each row, with what is replaced by each of its changes: nothing, or that. */
const ROWS: { readonly [row: string]: readonly (readonly [Pair, ...string[]])[] } = {
  'another stage, another egress': [
    ...PAIRS.map((pair) => [pair] as const),
    ...[Egress.natGateways(1), Egress.publicIps(), Egress.vpcEndpoints()].map((egress) => [[of(all), of(all, { egress })]] as const),
  ],
  'the service renamed': [[[of(all), of(all, {}, 'Shop')]]],
  'instance class, storage, standby, backups': [
    [
      edited((resource) => {
        resource.dbInstanceClass = 'db.m7g.large';
        resource.allocatedStorage = '200';
        resource.storageType = 'io2';
        resource.multiAz = false;
        resource.backupRetentionPeriod = 0;
      }),
    ],
  ],
  'a minor version': [[edited((resource) => (resource.engineVersion = '17.5'))]],
  'a major version': [
    [[of(database()), of(database({ version: PostgresEngineVersion.VER_18 }))]],
    // a group of parameters, which has no data, belongs to one major version
    [[of(valkey()), of(valkey({ version: '9.0' }))], 'CacheParameters9A38CCC4 is replaced by CacheParameterGroupFamily'],
  ],
  'the use of a cache': [[[of(valkey()), of(valkey({ use: CacheUse.BROKER }))]]],
  '`databaseName`, the user, encryption, the engine, the id': [
    [[of(database()), of(database({ databaseName: 'shop' }))], `${DATABASE} is replaced by DBName`],
    [edited((resource) => (resource.masterUsername = 'other')), `${DATABASE} is replaced by MasterUsername`],
    [edited((resource) => (resource.storageEncrypted = false)), `${DATABASE} is replaced by StorageEncrypted`],
    [[of(database()), of(mysql)], `${DATABASE} is replaced by Engine`],
    [
      [of(database()), of(database({}, undefined, 'Other'))],
      'DatabaseSubnetGroup7D60F180 is gone',
      'TestDatabaseSecret167BD8A53fdaad7efa858a3daf9490cf0a702aeb is gone',
      `${DATABASE} is gone`,
    ],
  ],
  'another VPC': [[[inVpc(all, 0), inVpc(all, 1)]]],
  '`snapshotIdentifier` under the same id': [
    [
      [of(database()), of(database({ snapshotIdentifier: 'friday' }))],
      ...['DBName', 'MasterUsername', 'StorageEncrypted', 'DBSnapshotIdentifier'].map((name) => `${DATABASE} is replaced by ${name}`),
    ],
    [
      [of(database({ snapshotIdentifier: 'friday' })), of(database({ snapshotIdentifier: 'monday' }))],
      `${DATABASE} is replaced by DBSnapshotIdentifier`,
    ],
  ],
};

const [, table] = fs.readFileSync(path.join(__dirname, '../../docs/data.md'), 'utf-8').split('## What a change does to the data');
const rows = [...table.split('\n\n')[1].matchAll(/^\| (.*?) \| (.*) \|$/gm)].slice(1).map(([, change, data]) => [change, data] as const);

test('each row is played', () => {
  expect(rows.map(([change]) => change)).toEqual(Object.keys(ROWS));
});

test.each(rows)('%s', (change, data) => {
  for (const [[before, after], ...replaced] of ROWS[change]) {
    expect(lost(before(), after())).toEqual(replaced);
  }
  const replacesDatabase = ROWS[change].some(([, ...replaced]) => replaced.some((line) => line.startsWith(DATABASE)));
  expect(/\*\*another database\*\*|\*\*a new, empty database\*\*/.test(data)).toBe(replacesDatabase);
});
