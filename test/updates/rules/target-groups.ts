import type { Moment, Rule } from '../rule';
import { identityOf, listOf, type Properties, physicalIdsIn } from '../template';
import type { Physical, World } from '../world';

const LISTENERS = ['AWS::ElasticLoadBalancingV2::Listener', 'AWS::ElasticLoadBalancingV2::ListenerRule'];

/** The target groups that a listener or a rule sends to, each with its weight. */
export function forwardsOf({ properties }: Physical): { readonly targetGroup: string; readonly weight: number }[] {
  return listOf(properties.DefaultActions ?? properties.Actions)
    .filter(({ Type }) => Type === 'forward')
    .flatMap((action) => {
      const groups = listOf((action.ForwardConfig as Properties | undefined)?.TargetGroups);
      return groups.length > 0
        ? groups.map(({ TargetGroupArn, Weight }) => ({ targetGroup: identityOf(TargetGroupArn), weight: Number(Weight ?? 1) }))
        : [{ targetGroup: identityOf(action.TargetGroupArn), weight: 1 }];
    });
}

/** The load balancer of a listener or a rule; of one that is not of this stack, as much as its ARN tells. */
export function loadBalancerOf(world: World, { properties }: Physical): string {
  if (properties.LoadBalancerArn !== undefined) {
    return identityOf(properties.LoadBalancerArn);
  }
  const listener = world.get(identityOf(properties.ListenerArn));
  return listener
    ? loadBalancerOf(world, listener)
    : identityOf(properties.ListenerArn).replace(/(:listener\/app\/[^/]+\/[^/]+)\/.*/, '$1');
}

/** The listeners and rules that send to a target group. */
export function sendersTo(world: World, targetGroup: string): Physical[] {
  return world.all(...LISTENERS).filter((sender) => forwardsOf(sender).some((forward) => forward.targetGroup === targetGroup));
}

function faultsOfSender({ step: { next }, before, after }: Moment): string[] {
  if (!next || !LISTENERS.includes(next.type)) {
    return [];
  }
  const balancer = loadBalancerOf(after, next);
  return forwardsOf(next).flatMap(({ targetGroup }) => {
    const other = sendersTo(before, targetGroup).find((sender) => sender.id !== next.id && loadBalancerOf(before, sender) !== balancer);
    return other ? [`${targetGroup} is behind ${loadBalancerOf(before, other)} by ${other.id}, and ${next.id} is of ${balancer}`] : [];
  });
}

export const ONE_LOAD_BALANCER: Rule = {
  name: 'a target group belongs to one load balancer',
  kind: 'refused',
  says: 'The following target groups cannot be associated with more than one load balancer: ARN',
  sources: [
    'https://github.com/aws/aws-cdk/issues/33253',
    'https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/424',
  ],
  faults: faultsOfSender,
};

/** The target groups that ECS registers the tasks of a service in. */
export function targetGroupsOf({ properties }: Physical): string[] {
  return listOf(properties.LoadBalancers).flatMap(({ TargetGroupArn, AdvancedConfiguration }) => [
    identityOf(TargetGroupArn),
    ...[(AdvancedConfiguration as Properties | undefined)?.AlternateTargetGroupArn].filter((arn) => arn !== undefined).map(identityOf),
  ]);
}

export const ATTACHED: Rule = {
  name: 'the target group of a service has a load balancer',
  kind: 'refused',
  says: 'The target group with targetGroupArn ARN does not have an associated load balancer.',
  sources: [
    'https://github.com/aws/aws-cdk/issues/1160',
    'https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1868',
  ],
  faults: ({ step: { next, old }, before }) => {
    if (next?.type !== 'AWS::ECS::Service') {
      return [];
    }
    const had = old?.id === next.id ? targetGroupsOf(old) : [];
    return targetGroupsOf(next)
      .filter((group) => !had.includes(group) && before.get(group) && sendersTo(before, group).length === 0)
      .map((group) => `no listener and no rule sends to ${group}`);
  },
};

export const TARGET_GROUP_IN_USE: Rule = {
  name: 'a target group in use',
  kind: 'left behind',
  says: "Target group 'ARN' is currently in use by a listener or a rule",
  sources: ['https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html'],
  faults: ({ step: { verb, old }, before }) =>
    verb === 'delete' && old?.type === 'AWS::ElasticLoadBalancingV2::TargetGroup'
      ? sendersTo(before, old.id).map(({ id }) => `${id} sends to it`)
      : [],
};

export const TARGET_GROUP_GONE: Rule = {
  name: 'a service keeps a target group that is gone',
  kind: 'interrupted',
  says: 'To remove this property from your service resource, specify an empty `LoadBalancer` array.',
  sources: ['https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html'],
  faults: ({ step: { verb, old }, after }) =>
    verb === 'delete' && old?.type === 'AWS::ElasticLoadBalancingV2::TargetGroup'
      ? after
          .all('AWS::ECS::Service')
          .filter((service) => targetGroupsOf(service).includes(old.id))
          .map(({ id }) => `${id} still registers its tasks in ${old.id}, and can start none any more`)
      : [],
};

/** The buckets that a load balancer logs to, by kind of log. */
function logBucketsOf(properties: Properties): string[] {
  const attributes = new Map(listOf(properties.LoadBalancerAttributes).map(({ Key, Value }) => [`${Key}`, Value]));
  return ['access', 'connection', 'health_check']
    .filter((kind) => `${attributes.get(`${kind}_logs.s3.enabled`)}` === 'true')
    .map((kind) => identityOf(attributes.get(`${kind}_logs.s3.bucket`)));
}

export const LOGS_DENIED: Rule = {
  name: 'a bucket that lets no load balancer write',
  kind: 'refused',
  says: 'Access Denied for bucket: BUCKET. Please check S3bucket permission',
  sources: ['https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html'],
  faults: ({ step: { next, old }, before }) => {
    if (next?.type !== 'AWS::ElasticLoadBalancingV2::LoadBalancer') {
      return [];
    }
    const had = old?.id === next.id ? logBucketsOf(old.properties) : [];
    const open = before.all('AWS::S3::BucketPolicy').map(({ properties }) => identityOf(properties.Bucket));
    return logBucketsOf(next.properties)
      .filter((bucket) => !had.includes(bucket) && before.get(bucket) && !open.includes(bucket))
      .map((bucket) => `${bucket} has no policy yet`);
  },
};

/** Whether resolved properties speak of a thing. */
export function speaksOf(value: unknown, id: string): boolean {
  return physicalIdsIn(value).includes(id);
}
