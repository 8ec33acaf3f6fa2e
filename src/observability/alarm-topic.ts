import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Aws, Token } from 'aws-cdk-lib/core';
import { fail } from '../private/validation';

const ADMITTED = new WeakSet<ITopic>();

/**
 * Lets the alarms of this account publish to a topic. A topic that enforces TLS has a policy of its own, which admits nobody; and what is
 * encrypted with a key of one's own is not for CloudWatch to encrypt. A topic that is imported keeps the policy that it has.
 */
export function admitAlarms(topic: ITopic, region: string): void {
  requireReachable(topic, region);
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

/** What CloudWatch would not reach stays silent in the night, or is refused at deployment. */
function requireReachable(topic: ITopic, region: string): void {
  const { region: ofTopic } = topic.env;
  if (!Token.isUnresolved(ofTopic) && !Token.isUnresolved(region) && ofTopic !== region) {
    fail(`a topic of alarms must be in their region (${region}), got ${topic.node.path} in ${ofTopic}; make one there`);
  }
  if (topic.masterKey?.keyArn.endsWith('alias/aws/sns')) {
    fail(
      `a topic of alarms cannot be encrypted with alias/aws/sns, which CloudWatch may not use, got ${topic.node.path}; give a key of your own as masterKey`,
    );
  }
}
