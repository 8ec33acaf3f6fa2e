import type { Rule } from '../rule';
import { at, identityOf, listOf } from '../template';
import type { Physical, World } from '../world';

const SERVICE = 'AWS::ECS::Service';
const CLUSTER = 'AWS::ECS::Cluster';
const ASSOCIATIONS = 'AWS::ECS::ClusterCapacityProviderAssociations';
const CFN_SERVICE = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html';

export function providersOf({ properties }: Physical): string[] {
  return listOf(properties.CapacityProviderStrategy).map(({ CapacityProvider }) => `${CapacityProvider}`);
}

/** The capacity providers that a cluster of this stack offers. */
function offeredBy(world: World, cluster: string): string[] {
  const own = world.get(cluster)?.properties.CapacityProviders as string[] | undefined;
  const associated = world.all(ASSOCIATIONS).filter(({ properties }) => identityOf(properties.Cluster) === cluster);
  return [...(own ?? []), ...associated.flatMap(({ properties }) => properties.CapacityProviders as string[])];
}

function servicesIn(world: World, cluster: string): Physical[] {
  return world.all(SERVICE).filter(({ properties }) => identityOf(properties.Cluster) === cluster);
}

export const LAUNCH_TYPE_OR_STRATEGY: Rule = {
  name: 'launch type or capacity provider strategy',
  kind: 'refused',
  says: 'If a capacityProviderStrategy is specified, the launchType parameter must be omitted.',
  sources: [CFN_SERVICE],
  faults: ({ step: { next } }) =>
    next?.type === SERVICE && next.properties.LaunchType !== undefined && providersOf(next).length > 0
      ? [`launch type ${next.properties.LaunchType} with the providers ${providersOf(next).join(', ')}`]
      : [],
};

export const NO_LAUNCH_TYPE: Rule = {
  name: 'an empty capacity provider strategy',
  kind: 'refused',
  says: 'No launch type to fall back to for empty capacity provider strategy. Your service was not created with a launch type.',
  sources: [CFN_SERVICE, 'https://github.com/aws/aws-cdk/issues/34631'],
  faults: ({ step: { verb, old, next } }) =>
    verb === 'update' &&
    old &&
    next?.type === SERVICE &&
    providersOf(old).length > 0 &&
    Array.isArray(next.wanted.CapacityProviderStrategy) &&
    providersOf(next).length === 0
      ? ['the strategy is taken away, and the service has no launch type']
      : [],
};

export const PROVIDER_NOT_OFFERED: Rule = {
  name: 'a capacity provider that the cluster does not have',
  kind: 'refused',
  says: 'A capacity provider must be associated with a cluster before it can be used in a capacity provider strategy when calling the CreateService or RunTask actions.',
  sources: ['https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-cluster.html'],
  faults: ({ step: { next }, before }) => {
    const cluster = next?.type === SERVICE ? identityOf(next.properties.Cluster) : '';
    if (!next || !before.get(cluster)) {
      return [];
    }
    const offered = offeredBy(before, cluster);
    return providersOf(next)
      .filter((provider) => !offered.includes(provider))
      .map((provider) => `${cluster} has ${offered.join(', ') || 'no providers'}, not ${provider}`);
  },
};

export const PROVIDER_IN_USE: Rule = {
  name: 'a capacity provider in use',
  kind: 'refused',
  says: 'ResourceInUseException: The specified capacity provider is in use and cannot be removed.',
  sources: ['https://github.com/aws/aws-cdk/issues/15366', 'https://github.com/aws/aws-cdk/issues/19275'],
  faults: ({ step: { old }, before, after }) => {
    if (old?.type !== CLUSTER && old?.type !== ASSOCIATIONS) {
      return [];
    }
    const cluster = old.type === CLUSTER ? old.id : identityOf(old.properties.Cluster);
    const taken = offeredBy(before, cluster).filter((provider) => !offeredBy(after, cluster).includes(provider));
    return servicesIn(before, cluster).flatMap((service) =>
      providersOf(service)
        .filter((provider) => taken.includes(provider))
        .map((provider) => `${service.id} runs on ${provider}`),
    );
  },
};

export const CLUSTER_HAS_SERVICES: Rule = {
  name: 'a cluster with services',
  kind: 'left behind',
  says: 'ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.',
  sources: ['https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html'],
  faults: ({ step: { verb, old }, before }) =>
    verb === 'delete' && old?.type === CLUSTER ? servicesIn(before, old.id).map(({ id }) => `${id} is active in it`) : [],
};

/** A day: the longest of each time that ECS waits while it shifts requests. */
const MAX_BAKE_MINUTES = 1440;

export const BAKE_TIMES: Rule = {
  name: 'bake times',
  kind: 'refused',
  says: 'Valid values are 0 to 1440 minutes (24 hours).',
  sources: ['https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html'],
  faults: ({ step: { next } }) => {
    const configuration = next?.type === SERVICE ? next.properties.DeploymentConfiguration : undefined;
    return [...JSON.stringify(configuration ?? {}).matchAll(/"(\w*BakeTimeInMinutes)":(\d+)/g)]
      .filter(([, , minutes]) => Number(minutes) > MAX_BAKE_MINUTES)
      .map(([, name, minutes]) => `${name} is ${minutes}`);
  },
};

export const REBALANCING: Rule = {
  name: 'rebalancing of zones',
  kind: 'refused',
  says: 'InvalidParameterException: Availability Zone rebalancing does not support a maximumPercent of 100%.',
  sources: ['https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html'],
  faults: ({ step: { next } }) => {
    const max = next?.type === SERVICE ? at(next.properties, 'DeploymentConfiguration', 'MaximumPercent') : undefined;
    return next?.properties.AvailabilityZoneRebalancing === 'ENABLED' && Number(max ?? 200) <= 100 ? [`MaximumPercent is ${max}`] : [];
  },
};

export const GRACE_PERIOD: Rule = {
  name: 'a grace period without a load balancer',
  kind: 'refused',
  says: 'InvalidParameterException: Health check grace period is only valid for services configured to use load balancers',
  sources: ['https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html'],
  faults: ({ step: { next } }) =>
    next?.type === SERVICE && next.wanted.HealthCheckGracePeriodSeconds !== undefined && listOf(next.properties.LoadBalancers).length === 0
      ? [`${next.wanted.HealthCheckGracePeriodSeconds} s for no load balancer`]
      : [],
};

export const ALARMS_KEPT: Rule = {
  name: 'alarms of a deployment that are left out stay',
  kind: 'left behind',
  says: "UpdateService won't pick up any changes if they are not explicitly specified: AlarmNames, Enable and Rollback.",
  sources: ['https://github.com/aws/copilot-cli/issues/4565'],
  faults: ({ step: { verb, type, old, next } }) => {
    const [was, is] = [old, next].map((service) => at(service?.wanted, 'DeploymentConfiguration', 'Alarms'));
    return verb === 'update' && type === SERVICE && was !== undefined && is === undefined && at(was, 'Enable') === true
      ? [`${next?.id} keeps ${JSON.stringify(at(was, 'AlarmNames'))}`]
      : [];
  },
};
