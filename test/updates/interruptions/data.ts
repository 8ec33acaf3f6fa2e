import type { Rule } from '../rule';
import { isMajorUpgrade } from '../rules/data-stores';
import { isStateful } from '../schema';
import type { Physical } from '../world';

export const DATA_REPLACED: Rule = {
  name: 'something with data is replaced',
  kind: 'interrupted',
  says: 'CloudFormation recreates the resource during an update, which also generates a new physical ID: what was in the old one does not go with it.',
  sources: ['https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html'],
  faults: ({ step: { verb, old, type } }) => (verb === 'replace' && old && isStateful(type) ? [`${old.id} has data`] : []),
};

/** What takes a database away for minutes. */
function restartsOf(old: Physical, next: Physical): string[] {
  const [was, is] = [old.properties, next.properties];
  const backups = [was, is].map(({ BackupRetentionPeriod }) => Number(BackupRetentionPeriod ?? 1) > 0);
  return [
    ...(was.DBInstanceClass === is.DBInstanceClass ? [] : [`${was.DBInstanceClass} becomes ${is.DBInstanceClass}`]),
    ...(backups[0] === backups[1] ? [] : [`backups are turned ${backups[1] ? 'on' : 'off'}`]),
    ...(isMajorUpgrade(old, next) && is.AllowMajorVersionUpgrade === true ? [`${was.EngineVersion} becomes ${is.EngineVersion}`] : []),
  ];
}

export const DATABASE_RESTARTS: Rule = {
  name: 'a database restarts',
  kind: 'interrupted',
  says: 'Downtime occurs during this change.',
  sources: ['https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html'],
  faults: ({ step: { verb, type, phase, old, next } }) =>
    verb === 'update' && type === 'AWS::RDS::DBInstance' && phase === 'update' && old && next ? restartsOf(old, next) : [],
};
