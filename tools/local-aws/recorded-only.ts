import type { Engine } from './engine';
import type { Options } from './options';

/** What the emulator keeps but does not act on, by CloudFormation type. Said at the end, so that nobody takes it for tested. */
const BY_TYPE: ReadonlyArray<readonly [pattern: RegExp, what: string]> = [
  [/^AWS::ApplicationAutoScaling::/, 'auto scaling: bounds hold, policies are placeholders'],
  [/^AWS::EC2::SecurityGroup/, 'security groups: recorded only, no packet is stopped'],
  [
    /^AWS::EC2::(NatGateway|EIP|Route|RouteTable|InternetGateway|VPCEndpoint)$/,
    'gateways, routes and endpoints: recorded only, no packet goes through them',
  ],
  [/^AWS::IAM::/, "IAM: the deployer's own rights; what roles may do is decided, with conditions"],
  [
    /^AWS::CloudWatch::(Alarm|CompositeAlarm|Dashboard)$/,
    'dashboards, and alarms on response times, databases and containers: recorded only',
  ],
  [/^AWS::Logs::QueryDefinition$/, 'saved queries: placeholders'],
  [/^AWS::WAFv2::/, 'web ACL: recorded only, no request is blocked'],
  [
    /^AWS::(CertificateManager|ElasticLoadBalancingV2::ListenerCertificate)/,
    'TLS: certificates are recorded only, requests are plain HTTP',
  ],
  [/^AWS::Route53::/, 'names: records are kept in their zone, no resolver knows them'],
  [/^AWS::RDS::/, 'databases: PostgreSQL 18 as a process, whatever version, class, storage and backups are asked for, without TLS'],
  [
    /^AWS::ElastiCache::/,
    'caches: Valkey 9 as a process with 16 MB, whatever version, class, standby and snapshots are asked for, behind TLS with a certificate of its own',
  ],
  [/^AWS::SecretsManager::RotationSchedule$/, 'rotation of secrets: when it is asked for, but never by time'],
  [/^AWS::Lambda::/, "functions: run in this machine's Node.js or Python, whatever their runtime, memory and timeout"],
  [/^AWS::Scheduler::/, 'schedules: cron times are taken as UTC, and no start is tried again'],
  [/^AWS::SNS::/, 'subscriptions by mail: recorded only, queues and functions get messages'],
  [/^AWS::KMS::/, 'keys: their policies decide, and nothing is encrypted with them'],
  [/^AWS::ECS::ClusterCapacityProviderAssociations$/, 'Spot: no task is taken away'],
];

const ALWAYS = [
  'task size, CPU architecture, ECS Exec and the container health check: recorded only',
  'deployment: tasks are stopped with 5 s of patience, whatever their stop timeout, and drained for 5 s at most',
];

export function recordedOnly(types: readonly string[], { engine, endpoint }: Pick<Options, 'engine' | 'endpoint'>, of?: Engine): string[] {
  if (endpoint) {
    return [`what the emulator at ${endpoint.origin} does not do: see its documentation`];
  }
  const ofStack = BY_TYPE.filter(([pattern]) => types.some((type) => pattern.test(type))).map(([, what]) => what);
  const ofProcesses =
    "the image: not built, its files, environment and command run in this machine's Python (--engine docker or podman builds it)";
  return [...(engine === 'process' ? [ofProcesses] : []), ...(of?.recordedOnly ?? []), ...ofStack, ...ALWAYS];
}
