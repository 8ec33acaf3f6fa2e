import { CfnRecordSetGroup } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';

/** Where names point to. */
interface Aliases {
  readonly names: readonly string[];
  readonly hostedZoneId: string;
  readonly loadBalancerDnsName: string;
  readonly loadBalancerZoneId: string;
}

/**
 * Makes names point to a load balancer: one resource for all of them, under one id whosever load balancer it is. So a name turns from one to another
 * in place, when a service moves to a platform or back.
 */
export function aliasRecords(scope: Construct, aliases: Aliases): CfnRecordSetGroup {
  const aliasTarget = { dnsName: `dualstack.${aliases.loadBalancerDnsName}`, hostedZoneId: aliases.loadBalancerZoneId };
  return new CfnRecordSetGroup(scope, 'Records', {
    hostedZoneId: aliases.hostedZoneId,
    recordSets: aliases.names.flatMap((name) => ['A', 'AAAA'].map((type) => ({ name: `${name}.`, type, aliasTarget }))),
  });
}
