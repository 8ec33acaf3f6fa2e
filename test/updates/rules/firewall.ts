import type { Rule } from '../rule';
import { identityOf, type Properties, physicalIdsIn } from '../template';
import type { Physical, World } from '../world';

const ASSOCIATION = 'AWS::WAFv2::WebACLAssociation';

/**
 * Settings of another thing, of which there is one: who makes a second one writes over the first, and when the first is deleted at the end of the
 * update, that takes the second one's away.
 */
const SETTINGS: { readonly [type: string]: ((properties: Properties) => string) | undefined } = {
  'AWS::ApplicationAutoScaling::ScalingPolicy': ({ PolicyName, ScalingTargetId }) => `${PolicyName} ${identityOf(ScalingTargetId)}`,
  'AWS::ECS::ClusterCapacityProviderAssociations': ({ Cluster }) => identityOf(Cluster),
  'AWS::ElasticLoadBalancingV2::ListenerCertificate': ({ ListenerArn, Certificates }) =>
    `${identityOf(ListenerArn)} ${JSON.stringify(Certificates)}`,
  'AWS::IAM::Policy': ({ PolicyName, Roles }) => `${PolicyName} ${JSON.stringify(Roles)}`,
  'AWS::Logs::MetricFilter': ({ LogGroupName, FilterName }) =>
    FilterName === undefined ? '' : `${FilterName} ${identityOf(LogGroupName)}`,
  'AWS::SNS::Subscription': ({ TopicArn, Protocol, Endpoint }) => `${identityOf(TopicArn)} ${Protocol} ${JSON.stringify(Endpoint)}`,
  'AWS::SNS::TopicPolicy': ({ Topics }) => JSON.stringify(Topics),
  'AWS::SQS::QueuePolicy': ({ Queues }) => JSON.stringify(Queues),
  'AWS::SecretsManager::RotationSchedule': ({ SecretId }) => identityOf(SecretId),
  'AWS::WAFv2::LoggingConfiguration': ({ ResourceArn }) => identityOf(ResourceArn),
};

export const OVERWRITTEN: Rule = {
  name: 'a setting of which there is one',
  kind: 'interrupted',
  says: 'Adds or updates an inline policy document that is embedded in the specified IAM role: one with the same name is written over, and the deletion of the one resource deletes what the other has written.',
  sources: [
    'https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html',
    'https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html',
    'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html',
    'https://docs.aws.amazon.com/waf/latest/APIReference/API_PutLoggingConfiguration.html',
    'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html',
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddListenerCertificates.html',
    'https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html',
    'https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html',
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html',
    'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html',
  ],
  faults: ({ step: { verb, type, old }, after }) => {
    const key = SETTINGS[type];
    const wanted = key && old ? key(old.properties) : '';
    return verb === 'delete' && old && key && wanted !== ''
      ? after
          .all(type)
          .filter(({ properties }) => key(properties) === wanted)
          .map(({ id }) => `deleting ${old.id} takes away what ${id} has set`)
      : [];
  },
};

export const ONE_FIREWALL: Rule = {
  name: 'one firewall per load balancer',
  kind: 'interrupted',
  says: 'You can associate a resource with one web ACL only: DisassociateWebACL disassociates the resource from its web ACL, whichever that is.',
  sources: [
    'https://docs.aws.amazon.com/waf/latest/APIReference/API_DisassociateWebACL.html',
    'https://github.com/pulumi/pulumi-aws/issues/4782',
  ],
  faults: ({ step: { verb, old }, after }) =>
    verb === 'delete' && old?.type === ASSOCIATION
      ? after
          .all(ASSOCIATION)
          .filter(
            ({ properties, leftBehind }) => !leftBehind && identityOf(properties.ResourceArn) === identityOf(old.properties.ResourceArn),
          )
          .map(({ id }) => `deleting ${old.id} takes the firewall away that ${id} has set`)
      : [],
};

/**
 * The last association of each load balancer: it has written over those before it, which a policy may have kept. What is associated with a load balancer
 * goes with it.
 */
function inForce(world: World): Physical[] {
  const last = new Map<string, Physical>();
  for (const association of world.all(ASSOCIATION)) {
    const { ResourceArn } = association.properties;
    if (physicalIdsIn(ResourceArn).every((id) => world.get(id))) {
      last.set(identityOf(ResourceArn), association);
    }
  }
  return [...last.values()];
}

export const FIREWALL_IN_USE: Rule = {
  name: 'a firewall in use',
  kind: 'left behind',
  says: 'WAFAssociatedItemException: AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.',
  sources: ['https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html'],
  faults: ({ step: { verb, old }, before }) =>
    verb === 'delete' && old?.type === 'AWS::WAFv2::WebACL'
      ? inForce(before)
          .filter(({ properties }) => identityOf(properties.WebACLArn) === old.id)
          .map(({ id }) => `${id} associates it`)
      : [],
};
