import type { Rule } from '../rule';
import { isLiteral, type Properties } from '../template';

/** What a service takes as a text. */
interface Text {
  readonly type: string;
  /** The path of the property; `*` stands for each entry of a list. */
  readonly path: string;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly says: string;
  readonly source: string;
  /** A text that is refused, then one that is accepted. */
  readonly example: readonly string[];
}

const DOCS = 'https://docs.aws.amazon.com';
const GROUP_TEXT = {
  max: 255,
  pattern: /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/,
  says: 'InvalidParameterValue: Value (TEXT) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.',
  source: `${DOCS}/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html`,
  example: ['clients of Café', 'clients of the app'],
};
const CONTAINER_NAME = {
  type: 'AWS::ECS::TaskDefinition',
  max: 255,
  pattern: /^[a-zA-Z0-9_-]+$/,
  says: 'ClientException: Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.',
  source: `${DOCS}/AmazonECS/latest/APIReference/API_ContainerDefinition.html`,
  example: ['celery:high', 'celery-high'],
};
const RULE_VALUE = {
  type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  max: 128,
  source: `${DOCS}/elasticloadbalancing/latest/APIReference/API_RuleCondition.html`,
};

export const TEXTS: readonly Text[] = [
  { type: 'AWS::EC2::SecurityGroup', path: 'GroupDescription', ...GROUP_TEXT },
  { type: 'AWS::EC2::SecurityGroup', path: 'SecurityGroupIngress.*.Description', ...GROUP_TEXT },
  { type: 'AWS::EC2::SecurityGroup', path: 'SecurityGroupEgress.*.Description', ...GROUP_TEXT },
  { type: 'AWS::EC2::SecurityGroupIngress', path: 'Description', ...GROUP_TEXT },
  { type: 'AWS::EC2::SecurityGroupEgress', path: 'Description', ...GROUP_TEXT },
  { path: 'ContainerDefinitions.*.Name', ...CONTAINER_NAME },
  { path: 'Volumes.*.Name', ...CONTAINER_NAME },
  { path: 'Family', ...CONTAINER_NAME },
  {
    type: 'AWS::ECS::TaskDefinition',
    path: 'ContainerDefinitions.*.LogConfiguration.Options.awslogs-stream-prefix',
    max: 400,
    pattern: /^[^:*]+$/,
    says: "InvalidParameterException: Value at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*",
    source: `${DOCS}/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html`,
    example: ['celery:high', 'celery-high'],
  },
  {
    type: 'AWS::Logs::LogGroup',
    path: 'LogGroupName',
    max: 512,
    pattern: /^[.\-_/#A-Za-z0-9]+$/,
    says: "InvalidParameterException: Value at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    source: `${DOCS}/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html`,
    example: ['logs of shop', 'logs-of-shop'],
  },
  {
    type: 'AWS::IAM::Role',
    path: 'Description',
    example: ['what 店 may do', 'what the café may do'],
    max: 1000,
    pattern: /^[\t\n\r -~¡-ÿ]*$/,
    says: "ValidationError: Value at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern",
    source: `${DOCS}/IAM/latest/APIReference/API_CreateRole.html`,
  },
  {
    type: 'AWS::IAM::Role',
    path: 'RoleName',
    example: ['r'.repeat(65), 'r'.repeat(64)],
    max: 64,
    pattern: /^[\w+=,.@-]+$/,
    says: "ValidationError: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
    source: `${DOCS}/IAM/latest/APIReference/API_CreateRole.html`,
  },
  {
    type: 'AWS::IAM::Policy',
    path: 'PolicyName',
    max: 128,
    pattern: /^[\w+=,.@-]+$/,
    says: "ValidationError: Value at 'policyName' failed to satisfy constraint: Member must have length less than or equal to 128",
    source: `${DOCS}/IAM/latest/APIReference/API_PutRolePolicy.html`,
    example: ['the policy', 'ThePolicy'],
  },
  ...['LoadBalancer', 'TargetGroup'].map((name) => ({
    type: `AWS::ElasticLoadBalancingV2::${name}`,
    path: 'Name',
    max: 32,
    pattern: /^(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
    says: 'ValidationError: the name cannot be longer than 32 characters, can only contain characters that are alphanumeric characters and hyphens(-)',
    source: `${DOCS}/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html`,
    example: ['internal-shop', 'shop'],
  })),
  {
    ...RULE_VALUE,
    path: 'Conditions.*.HostHeaderConfig.Values.*',
    example: ['https://shop.example.com/', '*.example.com'],
    pattern: /^[A-Za-z0-9.*?-]+$/,
    says: "ValidationError: The value 'HOST' is not valid for a host-header condition",
  },
  {
    ...RULE_VALUE,
    path: 'Conditions.*.PathPatternConfig.Values.*',
    example: ['/a b', '/shop/*'],
    pattern: /^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/,
    says: "ValidationError: The value 'PATH' is not valid for a path-pattern condition",
  },
  {
    type: 'AWS::WAFv2::WebACL',
    path: 'Name',
    max: 128,
    pattern: /^[\w-]+$/,
    says: 'WAFInvalidParameterException: Error reason: The parameter contains formatting that is not valid., field: NAME',
    source: `${DOCS}/waf/latest/APIReference/API_CreateWebACL.html`,
    example: ['the firewall', 'the-firewall'],
  },
  {
    type: 'AWS::WAFv2::WebACL',
    path: 'VisibilityConfig.MetricName',
    max: 128,
    pattern: /^[\w#:./-]+$/,
    says: 'WAFInvalidParameterException: Error reason: The parameter contains formatting that is not valid., field: METRIC_NAME',
    source: `${DOCS}/waf/latest/APIReference/API_VisibilityConfig.html`,
    example: ['the firewall', 'the-firewall'],
  },
  {
    type: 'AWS::CloudWatch::Dashboard',
    path: 'DashboardName',
    max: 255,
    pattern: /^[\w-]+$/,
    says: 'InvalidParameterValue: The value DASHBOARD for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_)',
    source: `${DOCS}/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html`,
    example: ['the shop', 'the-shop'],
  },
  {
    type: 'AWS::CloudWatch::Alarm',
    path: 'AlarmDescription',
    max: 1024,
    says: "ValidationError: Value at 'alarmDescription' failed to satisfy constraint: Member must have length less than or equal to 1024",
    source: `${DOCS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html`,
    example: ['x'.repeat(1025), 'x'.repeat(1024)],
  },
  {
    type: 'AWS::Events::Rule',
    path: 'Description',
    max: 512,
    says: "ValidationException: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 512",
    source: `${DOCS}/eventbridge/latest/APIReference/API_PutRule.html`,
    example: ['x'.repeat(513), 'x'.repeat(512)],
  },
  {
    type: 'AWS::Scheduler::Schedule',
    path: 'Name',
    max: 64,
    pattern: /^[\w.-]+$/,
    says: "ValidationException: Value at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z-_.]+",
    source: `${DOCS}/scheduler/latest/APIReference/API_CreateSchedule.html`,
    example: ['each night', 'each-night'],
  },
  {
    type: 'AWS::Lambda::Function',
    path: 'Description',
    max: 256,
    says: "ValidationException: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 256",
    source: `${DOCS}/lambda/latest/api/API_CreateFunction.html`,
    example: ['x'.repeat(257), 'x'.repeat(256)],
  },
  {
    type: 'AWS::ECR::Repository',
    path: 'RepositoryName',
    max: 256,
    pattern: /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    says: "InvalidParameterException: Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression'",
    source: `${DOCS}/AmazonECR/latest/APIReference/API_CreateRepository.html`,
    example: ['Shop', 'team/shop'],
  },
  {
    type: 'AWS::Route53::RecordSet',
    path: 'Name',
    max: 256,
    pattern: /^(\*\.)?[\w-]+(\.[\w-]+)*\.?$/,
    says: 'InvalidChangeBatch: FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with NAME',
    source: `${DOCS}/Route53/latest/DeveloperGuide/DomainNameFormat.html`,
    example: ['shop..example.com', 'shop.example.com.'],
  },
  {
    type: 'AWS::CertificateManager::Certificate',
    path: 'DomainName',
    max: 253,
    pattern: /^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$/,
    says: "ValidationException: Value at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern",
    source: `${DOCS}/acm/latest/APIReference/API_RequestCertificate.html`,
    example: ['shop.example.com.', '*.example.com'],
  },
  {
    type: 'AWS::ECS::Service',
    path: 'ServiceConnectConfiguration.Services.*.DiscoveryName',
    max: 64,
    pattern: /^[a-z][a-z0-9_-]*$/,
    says: 'InvalidParameterException: The discoveryName must be 1 to 64 characters: lowercase letters, numbers, underscores and hyphens, beginning with a letter',
    source: `${DOCS}/AmazonECS/latest/APIReference/API_ServiceConnectService.html`,
    example: ['Shop', 'shop'],
  },
];

/** The values at a path. */
function valuesAt(value: unknown, [key, ...rest]: readonly string[]): unknown[] {
  if (key === undefined) {
    return value === undefined ? [] : [value];
  }
  if (key === '*') {
    return Array.isArray(value) ? value.flatMap((inner) => valuesAt(inner, rest)) : [];
  }
  return typeof value === 'object' && value !== null ? valuesAt((value as Properties)[key], rest) : [];
}

export const NAME_RULES: readonly Rule[] = TEXTS.map(({ type, path, max, pattern, says, source }) => ({
  name: `text: ${type.split('::').slice(1).join(' ')} ${path}`,
  kind: 'refused',
  says,
  sources: [source],
  faults: ({ step: { next, old } }) => {
    if (next?.type !== type || (old?.id === next.id && JSON.stringify(old.properties) === JSON.stringify(next.properties))) {
      return [];
    }
    return valuesAt(next.properties, path.split('.'))
      .filter(isLiteral)
      .filter((text) => (max !== undefined && text.length > max) || (pattern && !pattern.test(text)))
      .map((text) => `'${text.length > 80 ? `${text.slice(0, 77)}...` : text}' (${text.length} characters)`);
  },
}));
