/** What a template costs a month: list prices, and quantities that are counted in it. tools/docs/cost.ts makes the page of it. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { FlaskFargateService, type FlaskFargateServiceProps, FlaskImage } from 'cdk-flask-fargate';

export const HOURS = 730;

/** US dollars in us-east-1. */
export const PRICES = {
  x86Vcpu: { price: 0.04048, unit: 'vCPU and hour', of: 'AWS Fargate, Linux, x86', read: 'March to September 2026' },
  x86Memory: { price: 0.004445, unit: 'GB and hour', of: 'AWS Fargate, Linux, x86', read: 'March to September 2026' },
  armVcpu: { price: 0.03238, unit: 'vCPU and hour', of: 'AWS Fargate, Linux, ARM64', read: 'March to September 2026' },
  armMemory: { price: 0.00356, unit: 'GB and hour', of: 'AWS Fargate, Linux, ARM64', read: 'March to September 2026' },
  loadBalancer: { price: 0.0225, unit: 'hour', of: 'Application Load Balancer', read: 'March to September 2026' },
  lcu: { price: 0.008, unit: 'LCU and hour', of: 'Application Load Balancer', read: 'March to September 2026' },
  natGateway: { price: 0.045, unit: 'hour', of: 'NAT gateway', read: 'March to September 2026' },
  natData: { price: 0.045, unit: 'GB', of: 'NAT gateway', read: 'March to September 2026' },
  endpoint: { price: 0.01, unit: 'zone and hour', of: 'interface endpoint of AWS PrivateLink', read: 'March to September 2026' },
  endpointData: { price: 0.01, unit: 'GB', of: 'interface endpoint of AWS PrivateLink', read: 'March to September 2026' },
  publicAddress: { price: 0.005, unit: 'hour', of: 'public IPv4 address', read: 'March to September 2026' },
  logs: { price: 0.5, unit: 'GB taken in', of: 'Amazon CloudWatch Logs', read: 'March to September 2026' },
  logStorage: { price: 0.03, unit: 'GB and month', of: 'Amazon CloudWatch Logs', read: 'March to September 2026' },
  alarm: { price: 0.1, unit: 'metric in an alarm and month', of: 'Amazon CloudWatch', read: 'February and June 2026' },
  fastAlarm: { price: 0.3, unit: 'metric in an alarm of less than a minute, and month', of: 'Amazon CloudWatch', read: '2026' },
  metric: { price: 0.3, unit: 'custom metric and month', of: 'Amazon CloudWatch', read: 'February and June 2026' },
  dashboard: { price: 3, unit: 'month', of: 'Amazon CloudWatch dashboard', read: 'February and June 2026' },
  webAcl: { price: 5, unit: 'month', of: 'AWS WAF web ACL', read: '2026' },
  webAclRule: { price: 1, unit: 'rule or group and month', of: 'AWS WAF', read: '2026' },
  secret: { price: 0.4, unit: 'month', of: 'secret of AWS Secrets Manager', read: '2026' },
  databaseMicro: { price: 0.016, unit: 'hour', of: 'Amazon RDS db.t4g.micro, PostgreSQL or MySQL, one zone', read: '2026' },
  databaseMedium: { price: 0.065, unit: 'hour', of: 'Amazon RDS db.t4g.medium, PostgreSQL or MySQL, one zone', read: '2026' },
  databaseStorage: { price: 0.115, unit: 'GB and month', of: 'Amazon RDS gp3, one zone', read: '2026' },
  cacheMicro: { price: 0.0128, unit: 'hour', of: 'Amazon ElastiCache cache.t4g.micro, Valkey', read: '2026' },
  cacheSmall: { price: 0.0256, unit: 'hour', of: 'Amazon ElastiCache cache.t4g.small, Valkey', read: '2026' },
  transferOut: { price: 0.09, unit: 'GB', of: 'data to the internet, the first 10 TB of a month', read: '2026' },
} as const;

/** Container Insights on Fargate, by AWS's table of its metrics: ten of each level, and what only a level has. */
export const INSIGHTS = { cluster: 12, service: 15, taskDefinition: 10 };

/** Application Auto Scaling makes one for scaling out and one for scaling in; no template has them. */
const ALARMS_OF_TARGET_TRACKING = 2;

export const PARTS = ['Tasks', 'Load balancer', 'Network', 'Data', 'Monitoring', 'Other'] as const;

export interface Line {
  readonly part: (typeof PARTS)[number];
  readonly what: string;
  readonly count: number;
  /** The price of one for a month. */
  readonly monthly: number;
}

/** Rounded line by line, so that the page can be added up. */
export const costOf = ({ count, monthly }: Line): number => Math.round(count * monthly * 100 + 1e-6) / 100;
export const sumOf = (lines: Line[]): number => Math.round(lines.reduce((sum, line) => sum + costOf(line), 0) * 100) / 100;

// biome-ignore lint/suspicious/noExplicitAny: a template
type Resource = { readonly Type: string; readonly Properties: any };
export type Resources = { readonly [id: string]: Resource };

/** What costs nothing, or only by traffic. A type that stands neither here nor in `COUNTED` stops the script. */
const FREE = new RegExp(
  `^(Custom::(FlaskReleaseTask|S3AutoDeleteObjects)|AWS::(${[
    'ApplicationAutoScaling::ScalableTarget',
    'EC2::(VPC|Subnet|RouteTable|SubnetRouteTableAssociation|Route|InternetGateway|VPCGatewayAttachment|FlowLog|SecurityGroup(Ingress|Egress)?)',
    'ECS::TaskDefinition',
    'ElasticLoadBalancingV2::(TargetGroup|Listener|ListenerRule)',
    'ElastiCache::(SubnetGroup|ParameterGroup)',
    'Events::Rule',
    'IAM::(Role|Policy)',
    'Lambda::(Function|Permission)',
    'Logs::(LogGroup|QueryDefinition)',
    'S3::(Bucket|BucketPolicy)',
    'SNS::(Topic|TopicPolicy)',
    'SQS::(Queue|QueuePolicy)',
    'SSM::Parameter',
    'ServiceDiscovery::HttpNamespace',
    'Route53::RecordSet(Group)?',
    'CertificateManager::Certificate',
    'Scheduler::(Schedule|ScheduleGroup)',
    'RDS::DBSubnetGroup',
    'SecretsManager::(ResourcePolicy|RotationSchedule|SecretTargetAttachment)',
    'StepFunctions::StateMachine',
    'WAFv2::LoggingConfiguration',
    'WAFv2::WebACLAssociation',
  ].join('|')}))$`,
);

const COUNTED: { readonly [type: string]: (resource: Resource, id: string, all: Resources) => Line[] } = {
  'AWS::ECS::Service': ({ Properties }, id, all) => {
    if (JSON.stringify(Properties.CapacityProviderStrategy ?? '').includes('SPOT')) {
      throw new Error('Spot has no list price');
    }
    const definition = all[Properties.TaskDefinition.Ref].Properties;
    const count = tasks(Properties, id, all);
    const price = taskHour(definition) * HOURS;
    const assignsAddress = Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp === 'ENABLED';
    return [
      { part: 'Tasks', what: `task of ${definition.Cpu} units and ${definition.Memory} MiB`, count, monthly: price },
      ...(assignsAddress ? [address('Network', 'public address of a task', count)] : []),
      ...fastMetrics(Properties),
      ...insights(all, INSIGHTS.service + INSIGHTS.taskDefinition, 'service'),
    ];
  },
  'AWS::ECS::Cluster': (_, __, all) => insights(all, INSIGHTS.cluster, 'cluster'),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ Properties }) => [
    { part: 'Load balancer', what: 'Application Load Balancer', count: 1, monthly: PRICES.loadBalancer.price * HOURS },
    ...(Properties.Scheme === 'internet-facing'
      ? [address('Load balancer', 'its public addresses, one in a zone', Properties.Subnets.length)]
      : []),
  ],
  'AWS::EC2::NatGateway': () => [{ part: 'Network', what: 'NAT gateway', count: 1, monthly: PRICES.natGateway.price * HOURS }],
  'AWS::EC2::EIP': () => [address('Network', 'public address of a NAT gateway', 1)],
  'AWS::EC2::VPCEndpoint': ({ Properties }) =>
    Properties.VpcEndpointType === 'Interface'
      ? [
          {
            part: 'Network',
            what: 'interface endpoint in a zone',
            count: Properties.SubnetIds.length,
            monthly: PRICES.endpoint.price * HOURS,
          },
        ]
      : [],
  'AWS::CloudWatch::Alarm': ({ Properties }) => {
    return [alarmed(metricsOf(Properties.Metrics), Properties.Period < 60)];
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': ({ Properties: { TargetTrackingScalingPolicyConfiguration: tracking } }) => {
    const metrics = metricsOf(tracking?.CustomizedMetricSpecification?.Metrics);
    const fast = /HighResolution$/.test(tracking?.PredefinedMetricSpecification?.PredefinedMetricType ?? '');
    return tracking ? [alarmed(ALARMS_OF_TARGET_TRACKING * metrics, fast)] : [];
  },
  'AWS::Logs::MetricFilter': () => [{ part: 'Monitoring', what: 'custom metric of error lines', count: 1, monthly: PRICES.metric.price }],
  'AWS::CloudWatch::Dashboard': () => [{ part: 'Monitoring', what: 'dashboard', count: 1, monthly: PRICES.dashboard.price }],
  'AWS::SecretsManager::Secret': () => [{ part: 'Other', what: 'secret', count: 1, monthly: PRICES.secret.price }],
  'AWS::RDS::DBInstance': ({ Properties }) => {
    const zones = Properties.MultiAZ ? 2 : 1;
    const instance = priceOf(Properties.DBInstanceClass, { 'db.t4g.micro': PRICES.databaseMicro, 'db.t4g.medium': PRICES.databaseMedium });
    return [
      { part: 'Data', what: `${Properties.DBInstanceClass} of a database, one in a zone`, count: zones, monthly: instance * HOURS },
      {
        part: 'Data',
        what: 'GB of a database, in a zone',
        count: zones * Number(Properties.AllocatedStorage),
        monthly: PRICES.databaseStorage.price,
      },
    ];
  },
  'AWS::ElastiCache::ReplicationGroup': ({ Properties }) => {
    const node = priceOf(Properties.CacheNodeType, { 'cache.t4g.micro': PRICES.cacheMicro, 'cache.t4g.small': PRICES.cacheSmall });
    return [{ part: 'Data', what: `${Properties.CacheNodeType} of a cache`, count: Properties.NumCacheClusters, monthly: node * HOURS }];
  },
  'AWS::WAFv2::WebACL': ({ Properties }) => [
    { part: 'Other', what: 'web ACL', count: 1, monthly: PRICES.webAcl.price },
    { part: 'Other', what: 'rule or rule group of the web ACL', count: Properties.Rules.length, monthly: PRICES.webAclRule.price },
  ],
};

function priceOf(of: string, prices: { readonly [of: string]: { readonly price: number } }): number {
  if (!(of in prices)) {
    throw new Error(`tools/docs/cost-model.ts does not know what a ${of} costs`);
  }
  return prices[of].price;
}

/** An alarm on an expression costs as much as one on each of its metrics. */
function metricsOf(queries?: { readonly MetricStat?: unknown }[]): number {
  return queries?.filter(({ MetricStat }) => MetricStat).length ?? 1;
}

function alarmed(count: number, fast: boolean): Line {
  return fast
    ? { part: 'Monitoring', what: 'metric in an alarm of 20 seconds', count, monthly: PRICES.fastAlarm.price }
    : { part: 'Monitoring', what: 'metric in an alarm', count, monthly: PRICES.alarm.price };
}

/** Metrics of Amazon ECS are free at 60 seconds. */
function fastMetrics({ Monitoring }: Resource['Properties']): Line[] {
  const names: string[] = (Monitoring?.MetricConfigurations ?? []).flatMap(({ MetricNames }: { MetricNames: string[] }) => MetricNames);
  return names.length > 0
    ? [{ part: 'Monitoring', what: 'metric of Amazon ECS at 20 seconds', count: names.length, monthly: PRICES.metric.price }]
    : [];
}

function address(part: Line['part'], what: string, count: number): Line {
  return { part, what, count, monthly: PRICES.publicAddress.price * HOURS };
}

function insights(all: Resources, count: number, of: string): Line[] {
  const settings = JSON.stringify(Object.values(all).map(({ Properties }) => Properties?.ClusterSettings ?? ''));
  return settings.includes('"enabled"')
    ? [{ part: 'Monitoring', what: `metrics of Container Insights for the ${of}`, count, monthly: PRICES.metric.price }]
    : [];
}

function taskHour({
  Cpu,
  Memory,
  RuntimePlatform,
}: {
  Cpu: string;
  Memory: string;
  RuntimePlatform?: { CpuArchitecture?: string };
}): number {
  const arm = RuntimePlatform?.CpuArchitecture === 'ARM64';
  const vcpu = (arm ? PRICES.armVcpu : PRICES.x86Vcpu).price;
  const memory = (arm ? PRICES.armMemory : PRICES.x86Memory).price;
  return (Number(Cpu) / 1024) * vcpu + (Number(Memory) / 1024) * memory;
}

/** How many tasks run: the fewest, and with a number that is wanted as many of it as the scaling allows. */
function tasks(service: Resource['Properties'], id: string, all: Resources, wanted?: number): number {
  const target = Object.values(all).find(
    ({ Type, Properties }) =>
      Type === 'AWS::ApplicationAutoScaling::ScalableTarget' && JSON.stringify(Properties.ResourceId).includes(`"${id}"`),
  );
  const { MinCapacity: least = service.DesiredCount, MaxCapacity: most = service.DesiredCount } = target?.Properties ?? {};
  return Math.min(Math.max(least, wanted ?? least), most);
}

/** The lines of a template, those of the same thing as one. */
export function linesOf(all: Resources): Line[] {
  const lines = new Map<string, Line>();
  for (const [id, resource] of Object.entries(all)) {
    const count = COUNTED[resource.Type];
    if (!count && !FREE.test(resource.Type)) {
      throw new Error(`tools/docs/cost-model.ts does not know what a ${resource.Type} costs`);
    }
    for (const line of count?.(resource, id, all) ?? []) {
      lines.set(line.what, { ...line, count: line.count + (lines.get(line.what)?.count ?? 0) });
    }
  }
  return [...lines.values()].sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part));
}

export type Props = Partial<FlaskFargateServiceProps>;
export type Arch = 'x86' | 'ARM64';

/** The resources of a service in a stack that knows its region. */
export function resourcesOf(props: Props, arch: Arch = 'x86', add?: (web: FlaskFargateService) => void): Resources {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'cost-'));
  try {
    const stack = new Stack(new App({ outdir, analyticsReporting: false }), 'Shop', { env: { region: 'us-east-1' } });
    const cpuArchitecture = arch === 'ARM64' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64;
    const image = FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1'), { cpuArchitecture });
    const web = new FlaskFargateService(stack, 'Web', { image, ...props });
    add?.(web);
    return Template.fromStack(stack).toJSON().Resources;
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

export interface Traffic {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** How many tasks carry it, where the scaling allows as many. */
  readonly tasks: number;
}

export const SMALL: Traffic = { name: 'small', requestsPerSecond: 1, tasks: 1 };
export const MIDDLE: Traffic = { name: 'middle', requestsPerSecond: 20, tasks: 4 };

/** What a request and a month are taken to be; all of it is said on the page. */
export const ASSUMED = {
  answerKilobytes: 10,
  logBytes: 300,
  outsideKilobytes: 2,
  taskStarts: 60,
  imageGigabytes: 0.15,
  flowLogGigabytesPerAddress: 0.2,
  newConnectionsPerLcu: 25,
} as const;

const GIGA = 1e9;

/** What traffic adds. */
export function trafficLines(all: Resources, traffic: Traffic): Line[] {
  const requests = traffic.requestsPerSecond * HOURS * 3600;
  const answers = (requests * ASSUMED.answerKilobytes * 1000) / GIGA;
  const logs = (requests * ASSUMED.logBytes) / GIGA;
  const outside = (requests * ASSUMED.outsideKilobytes * 1000) / GIGA + logs;
  const images = ASSUMED.taskStarts * ASSUMED.imageGigabytes;
  const types = Object.values(all).map(({ Type }) => Type);
  const lcu = Math.max(traffic.requestsPerSecond / ASSUMED.newConnectionsPerLcu, answers / HOURS);
  const [[serviceId, service]] = Object.entries(all).filter(([, { Type }]) => Type === 'AWS::ECS::Service');
  const more = tasks(service.Properties, serviceId, all, traffic.tasks) - tasks(service.Properties, serviceId, all);
  const moreTasks = linesOf(all).filter(({ part, what }) => part === 'Tasks' || what === 'public address of a task');
  const days = Object.values(all).find(({ Type }) => Type === 'AWS::Logs::LogGroup')?.Properties.RetentionInDays;
  const addresses = linesOf(all)
    .filter(({ what }) => what.includes('public address'))
    .reduce((sum, { count }) => sum + count, 0);
  return [
    ...moreTasks.map((line) => ({ ...line, what: `more: ${line.what}`, count: more })),
    { part: 'Load balancer', what: 'LCU', count: lcu, monthly: PRICES.lcu.price * HOURS },
    { part: 'Network', what: 'GB to clients', count: answers, monthly: PRICES.transferOut.price },
    ...(types.includes('AWS::EC2::NatGateway')
      ? [{ part: 'Network' as const, what: 'GB through NAT gateways', count: outside + images, monthly: PRICES.natData.price }]
      : []),
    // the layers of an image come through the gateway endpoint of S3, which is free
    ...(types.includes('AWS::EC2::VPCEndpoint')
      ? [{ part: 'Network' as const, what: 'GB through interface endpoints', count: outside, monthly: PRICES.endpointData.price }]
      : []),
    { part: 'Monitoring', what: 'GB of log taken in', count: logs, monthly: PRICES.logs.price },
    { part: 'Monitoring', what: 'GB of log kept', count: (logs * days) / 30, monthly: PRICES.logStorage.price },
    ...(types.includes('AWS::EC2::FlowLog')
      ? [
          {
            part: 'Monitoring' as const,
            what: 'GB of flow log taken in',
            count: addresses * ASSUMED.flowLogGigabytesPerAddress,
            monthly: PRICES.logs.price,
          },
        ]
      : []),
  ];
}
