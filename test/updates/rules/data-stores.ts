import type { Rule } from '../rule';
import { isLiteral } from '../template';
import type { Physical } from '../world';

const DATABASE = 'AWS::RDS::DBInstance';
const CACHE = 'AWS::ElastiCache::ReplicationGroup';
const RDS = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide';

/** The engine and the parts of its version, as far as a template says them: '17' is the newest of 17. */
function versionOf({ properties: { Engine, EngineVersion } }: Physical): { readonly engine: string; readonly parts: readonly number[] } {
  return { engine: `${Engine}`, parts: isLiteral(EngineVersion) ? EngineVersion.split('.').map(Number) : [] };
}

/** How many parts of a version its major one has: 17 of PostgreSQL, 8.4 of MySQL. */
function majorOf(thing: Physical): string {
  const { engine, parts } = versionOf(thing);
  return parts.slice(0, engine === 'postgres' ? 1 : 2).join('.');
}

function isLower(next: Physical, old: Physical): boolean {
  const [was, is] = [versionOf(old).parts, versionOf(next).parts];
  const differs = is.findIndex((part, index) => index < was.length && part !== was[index]);
  return differs >= 0 && is[differs] < was[differs];
}

/** Whether an update takes a database to a later major version. */
export function isMajorUpgrade(old: Physical, next: Physical): boolean {
  return majorOf(old) !== majorOf(next) && !isLower(next, old);
}

export const LOWER_VERSION: Rule = {
  name: 'a lower version of an engine',
  kind: 'refused',
  says: 'InvalidParameterCombination: Cannot upgrade ENGINE from VERSION to VERSION / After you upgrade, you cannot downgrade.',
  sources: [
    `${RDS}/USER_UpgradeDBInstance.Upgrading.html`,
    'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html',
    'https://github.com/hashicorp/terraform/issues/22462',
  ],
  // every upgrade has a rollback that cannot take it back, which the note says
  faults: ({ step: { verb, type, phase, old, next } }) =>
    verb === 'update' && phase === 'update' && (type === DATABASE || type === CACHE) && old && next && isLower(next, old)
      ? [`${old.properties.EngineVersion} becomes ${next.properties.EngineVersion}`]
      : [],
};

export const MAJOR_VERSION: Rule = {
  name: 'a major version of a database',
  kind: 'refused',
  says: 'InvalidParameterCombination: The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.',
  sources: [`${RDS}/USER_UpgradeDBInstance.Upgrading.html`, 'https://github.com/aws-controllers-k8s/community/issues/1265'],
  faults: ({ step: { verb, type, old, next } }) =>
    verb === 'update' && type === DATABASE && old && next && isMajorUpgrade(old, next) && next.properties.AllowMajorVersionUpgrade !== true
      ? [`${majorOf(old)} becomes ${majorOf(next)}`]
      : [],
};

/** CloudFormation turns the failover on first, and adds the node afterwards. */
export const FAILOVER: Rule = {
  name: 'a failover without a second node',
  kind: 'refused',
  says: 'Replication group must have at least one read replica to enable autofailover.',
  sources: ['https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/383'],
  faults: ({ step: { verb, type, old, next } }) =>
    verb === 'update' &&
    type === CACHE &&
    next?.properties.AutomaticFailoverEnabled === true &&
    Number(old?.properties.NumCacheClusters) < 2
      ? [`${next.id} has ${old?.properties.NumCacheClusters} node`]
      : [],
};
