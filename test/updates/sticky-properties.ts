import type { Properties } from './template';

const ECS_SERVICE = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html';
const ATTRIBUTES = 'Attributes that you do not modify retain their current values.';

interface Sticky {
  /** AWS's words. */
  readonly says: string;
  readonly source: string;
  /** For a list of attributes: what tells one from another; each is kept for itself. */
  readonly by?: string;
}

/** Properties that keep their value when a template leaves them out: they go with an empty list, or with a value that says so. */
export const STICKY: { readonly [type: string]: { readonly [property: string]: Sticky } } = {
  'AWS::ECS::Service': {
    LoadBalancers: {
      says: 'To remove this property from your service resource, specify an empty `LoadBalancer` array.',
      source: ECS_SERVICE,
    },
    CapacityProviderStrategy: {
      says: 'To remove this property from your service resource, specify an empty `CapacityProviderStrategyItem` array.',
      source: ECS_SERVICE,
    },
    ServiceRegistries: {
      says: 'To remove this property from your service resource, specify an empty `ServiceRegistry` array.',
      source: ECS_SERVICE,
    },
    VolumeConfigurations: {
      says: 'To remove this property from your service resource, specify an empty `ServiceVolumeConfiguration` array.',
      source: ECS_SERVICE,
    },
    ServiceConnectConfiguration: {
      says: 'To turn Service Connect off, set `Enabled` to false: an update without the configuration changes nothing of it.',
      source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html',
    },
    DesiredCount: {
      says: 'For existing services, if a desired count is not specified, it is omitted from the operation.',
      source: ECS_SERVICE,
    },
    AvailabilityZoneRebalancing: {
      says: 'For update service requests, when no value is specified for AvailabilityZoneRebalancing, Amazon ECS defaults to the existing service’s value.',
      source: ECS_SERVICE,
    },
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    LoadBalancerAttributes: {
      says: ATTRIBUTES,
      source:
        'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html',
      by: 'Key',
    },
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    ListenerAttributes: {
      says: ATTRIBUTES,
      source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html',
      by: 'Key',
    },
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    TargetGroupAttributes: {
      says: ATTRIBUTES,
      source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html',
      by: 'Key',
    },
  },
};

type Attribute = { readonly [key: string]: unknown };

/** What a thing has after an update: what the template says, and what it had where the template is silent and AWS keeps it. */
export function afterUpdate(type: string, had: Properties, wanted: Properties): Properties {
  const sticky = STICKY[type];
  if (!sticky) {
    return wanted;
  }
  const result: { [name: string]: unknown } = { ...wanted };
  for (const [property, { by }] of Object.entries(sticky)) {
    if (!(property in had)) {
      continue;
    }
    if (by !== undefined) {
      const now = (wanted[property] ?? []) as Attribute[];
      const kept = (had[property] as Attribute[]).filter((old) => !now.some((attribute) => attribute[by] === old[by]));
      result[property] = [...now, ...kept];
    } else if (!(property in wanted)) {
      result[property] = had[property];
    }
  }
  return result;
}
