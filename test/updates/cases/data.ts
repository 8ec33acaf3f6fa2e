import { type RuleCase, resource, type Template, template } from './parts';

type Values = { readonly [name: string]: unknown };
const database = (properties: Values): Template =>
  template({ Database: resource('AWS::RDS::DBInstance', { Engine: 'postgres', EngineVersion: '17', ...properties }) });
const mysql = (EngineVersion: string): Template =>
  template({ Database: resource('AWS::RDS::DBInstance', { Engine: 'mysql', EngineVersion }) });
const cache = (properties: Values): Template =>
  template({ Cache: resource('AWS::ElastiCache::ReplicationGroup', { Engine: 'valkey', EngineVersion: '8.1', ...properties }) });
const UPGRADE = { AllowMajorVersionUpgrade: true };
const ALONE = { NumCacheClusters: 1, AutomaticFailoverEnabled: false };

export const DATA_CASES: readonly RuleCase[] = [
  {
    // hashicorp/terraform#22462
    rule: 'a lower version of an engine',
    refused: [database({ EngineVersion: '12.5' }), database({ EngineVersion: '12.3' })],
    accepted: [database({ EngineVersion: '12.5' }), database({ EngineVersion: '12.10' })],
  },
  {
    // the newest of a version is not below one of it
    rule: 'a lower version of an engine',
    refused: [database({ EngineVersion: '17.4' }), database({ EngineVersion: '16' })],
    accepted: [database({ EngineVersion: '17.4' }), database({ EngineVersion: '17' })],
  },
  {
    rule: 'a lower version of an engine',
    refused: [cache({ EngineVersion: '8.2' }), cache({ EngineVersion: '8.1' })],
    accepted: [cache({ EngineVersion: '8.1' }), cache({ EngineVersion: '8.2' })],
  },
  {
    rule: 'a major version of a database',
    refused: [database({}), database({ EngineVersion: '18' })],
    accepted: [database({}), database({ ...UPGRADE, EngineVersion: '18' })],
  },
  {
    rule: 'a major version of a database',
    refused: [mysql('8.0.43'), mysql('8.4.6')],
    accepted: [mysql('8.4.3'), mysql('8.4.6')],
  },
  {
    rule: 'a failover without a second node',
    refused: [cache(ALONE), cache({ NumCacheClusters: 2, AutomaticFailoverEnabled: true })],
    accepted: [
      cache({ NumCacheClusters: 2, AutomaticFailoverEnabled: false }),
      cache({ NumCacheClusters: 2, AutomaticFailoverEnabled: true }),
    ],
  },
  {
    rule: 'a database restarts',
    refused: [database({ DBInstanceClass: 'db.t4g.micro' }), database({ DBInstanceClass: 'db.t4g.medium' })],
    accepted: [database({ MultiAZ: false }), database({ MultiAZ: true })],
  },
  {
    rule: 'a database restarts',
    refused: [database({ BackupRetentionPeriod: 0 }), database({ BackupRetentionPeriod: 1 })],
    accepted: [database({ BackupRetentionPeriod: 1 }), database({ BackupRetentionPeriod: 14 })],
  },
  {
    rule: 'a database restarts',
    refused: [database(UPGRADE), database({ ...UPGRADE, EngineVersion: '18' })],
    accepted: [database({ EngineVersion: '17.4' }), database({ EngineVersion: '17.6' })],
  },
];
