import { Token } from 'aws-cdk-lib/core';

/**
 * Whether Amazon ECS reports metrics every 20 seconds there. A region that is known at deployment only is taken for one that has them, as all
 * commercial ones do. GovCloud, the European Sovereign Cloud and the isolated regions are taken to lack them: a deployment that is refused is worse.
 */
export function hasHighResolutionMetrics(region: string): boolean {
  return Token.isUnresolved(region) || !/^(us-gov|eusc)-|-iso[a-z]*-/.test(region);
}
