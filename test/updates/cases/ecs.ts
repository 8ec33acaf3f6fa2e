import { cluster, inCluster, NOTHING, on, type RuleCase, registeredIn, service, template, WEB } from './parts';

const alarms = (...AlarmNames: string[]) => ({
  DeploymentConfiguration: { Alarms: { AlarmNames, Enable: AlarmNames.length > 0, Rollback: false } },
});
const REBALANCED = { AvailabilityZoneRebalancing: 'ENABLED' };

export const ECS_CASES: readonly RuleCase[] = [
  {
    rule: 'launch type or capacity provider strategy',
    refused: [NOTHING, template({ Web: service(on('FARGATE_SPOT')) })],
    accepted: [NOTHING, template({ Web: service({ LaunchType: undefined, ...on('FARGATE_SPOT') }) })],
  },
  {
    // aws-cdk#34631
    rule: 'an empty capacity provider strategy',
    refused: [
      template({ Web: service({ LaunchType: undefined, ...on('FARGATE_SPOT') }) }),
      template({ Web: service({ LaunchType: undefined, CapacityProviderStrategy: [] }) }),
    ],
    accepted: [
      template({ Web: service({ LaunchType: undefined, ...on('FARGATE_SPOT') }) }),
      template({ Web: service({ LaunchType: undefined, ...on('FARGATE') }) }),
    ],
  },
  {
    rule: 'a capacity provider that the cluster does not have',
    refused: [template({ Cluster: cluster() }), template({ Cluster: cluster(), Web: inCluster(on('FARGATE_SPOT')) })],
    accepted: [template({ Cluster: cluster() }), template({ Cluster: cluster(['FARGATE_SPOT']), Web: inCluster(on('FARGATE_SPOT')) })],
  },
  {
    // aws-cdk#15366: the cluster is updated before the service leaves the provider
    rule: 'a capacity provider in use',
    refused: [
      template({ Cluster: cluster(['FARGATE', 'FARGATE_SPOT']), Web: inCluster(on('FARGATE_SPOT')) }),
      template({ Cluster: cluster(['FARGATE']), Web: inCluster(on('FARGATE')) }),
    ],
    accepted: [
      template({ Cluster: cluster(['FARGATE', 'FARGATE_SPOT']), Web: inCluster(on('FARGATE_SPOT')) }),
      template({ Cluster: cluster(['FARGATE', 'FARGATE_SPOT']), Web: inCluster(on('FARGATE')) }),
    ],
  },
  {
    rule: 'a cluster with services',
    refused: [template({ Cluster: cluster(), Web: { ...inCluster(), DeletionPolicy: 'Retain' } }), NOTHING],
    accepted: [template({ Cluster: cluster(), Web: inCluster() }), NOTHING],
  },
  {
    rule: 'rebalancing of zones',
    refused: [NOTHING, template({ Web: service({ ...REBALANCED, DeploymentConfiguration: { MaximumPercent: 100 } }) })],
    accepted: [NOTHING, template({ Web: service({ ...REBALANCED, DeploymentConfiguration: { MaximumPercent: 101 } }) })],
  },
  {
    // copilot-cli#4565
    rule: 'alarms of a deployment that are left out stay',
    refused: [template({ Web: service(alarms('Errors')) }), template({ Web: service({ DeploymentConfiguration: {} }) })],
    accepted: [template({ Web: service(alarms('Errors')) }), template({ Web: service(alarms()) })],
  },
  {
    // left out, it stays on
    rule: 'rebalancing of zones',
    refused: [template({ Web: service(REBALANCED) }), template({ Web: service({ DeploymentConfiguration: { MaximumPercent: 100 } }) })],
    accepted: [
      template({ Web: service(REBALANCED) }),
      template({ Web: service({ AvailabilityZoneRebalancing: 'DISABLED', DeploymentConfiguration: { MaximumPercent: 100 } }) }),
    ],
  },
  {
    rule: 'a grace period without a load balancer',
    refused: [
      template(WEB),
      template({ ...WEB, Web: service({ LoadBalancers: [], HealthCheckGracePeriodSeconds: 60 }, { DependsOn: 'Rule' }) }),
    ],
    accepted: [
      template(WEB),
      template({
        ...WEB,
        Web: service({ LoadBalancers: registeredIn('Target'), HealthCheckGracePeriodSeconds: 60 }, { DependsOn: 'Rule' }),
      }),
    ],
  },
  {
    rule: 'bake times',
    refused: [NOTHING, template({ Web: service({ DeploymentConfiguration: { BakeTimeInMinutes: 1441 } }) })],
    accepted: [NOTHING, template({ Web: service({ DeploymentConfiguration: { BakeTimeInMinutes: 1440 } }) })],
  },
];
