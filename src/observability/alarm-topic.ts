import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Aws } from 'aws-cdk-lib/core';

const ADMITTED = new WeakSet<ITopic>();

/**
 * Lets the alarms of this account publish to a topic. A topic that enforces TLS has a policy of its own, which admits nobody; and what is
 * encrypted with a key of one's own is not for CloudWatch to encrypt. A topic that is imported keeps the policy that it has.
 */
export function admitAlarms(topic: ITopic): void {
  if (ADMITTED.has(topic)) {
    return;
  }
  ADMITTED.add(topic);
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
  topic.grantPublish(cloudWatch);
  topic.masterKey?.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
}
