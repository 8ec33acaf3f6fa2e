import type { Rule } from '../rule';
import { at, identityOf, listOf, type Properties } from '../template';

/** What can be there once. */
interface Unique {
  readonly type: string | readonly string[];
  /** What must be unique; undefined for a thing that has no such value. */
  readonly key: (properties: Properties) => string | readonly string[] | undefined;
  readonly says: string;
  readonly source: string;
}

const DOCS = 'https://docs.aws.amazon.com';
const CFN = `${DOCS}/AWSCloudFormation/latest/TemplateReference`;

/** A key of some properties; none where one of them is missing. */
function keyOf(...names: string[]): Unique['key'] {
  return (properties) =>
    names.some((name) => properties[name] === undefined) ? undefined : names.map((name) => identityOf(properties[name])).join(' ');
}

/** Types whose physical name can be given, and is then unique in the account and region (or in what is named first). */
export const NAMES: { readonly [type: string]: readonly string[] } = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::ECR::Repository': ['RepositoryName'],
  'AWS::ECS::Cluster': ['ClusterName'],
  'AWS::ECS::Service': ['Cluster', 'ServiceName'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name'],
  'AWS::Events::Rule': ['Name'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::RDS::DBInstance': ['DBInstanceIdentifier'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::Scheduler::Schedule': ['Name'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::ServiceDiscovery::HttpNamespace': ['Name'],
  'AWS::ServiceDiscovery::PrivateDnsNamespace': ['Name'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName'],
  'AWS::WAFv2::WebACL': ['Name'],
};

/** The property that gives a thing its name, where a type has one. */
export const NAME_PROPERTY: { readonly [type: string]: string } = Object.fromEntries(
  Object.entries(NAMES).map(([type, names]) => [type, names[names.length - 1]]),
);

const PERMISSION = {
  says: 'InvalidPermission.Duplicate: the specified rule "peer: PEER, TCP, from port: PORT, to port: PORT, ALLOW" already exists',
  source: `${DOCS}/AWSEC2/latest/APIReference/errors-overview.html`,
};

function permission(properties: Properties): string {
  const peers = [
    'CidrIp',
    'CidrIpv6',
    'SourcePrefixListId',
    'SourceSecurityGroupId',
    'DestinationPrefixListId',
    'DestinationSecurityGroupId',
  ];
  const peer = peers.map((name) => (properties[name] === undefined ? '' : identityOf(properties[name]))).join('');
  return [identityOf(properties.GroupId), properties.IpProtocol, properties.FromPort ?? '', properties.ToPort ?? '', peer].join(' ');
}

export const UNIQUE: readonly Unique[] = [
  ...Object.entries(NAMES).map(([type, names]) => ({
    type,
    key: keyOf(...names),
    says: 'NAME already exists',
    source: `${DOCS}/AWSCloudFormation/latest/UserGuide/aws-properties-name.html`,
  })),
  {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    key: keyOf('LoadBalancerArn', 'Port'),
    says: 'A listener already exists on this port for this load balancer',
    source: 'https://github.com/aws/aws-cdk/issues/13901',
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    key: keyOf('ListenerArn', 'Priority'),
    says: "Priority 'PRIORITY' is currently in use",
    source: `${DOCS}/elasticloadbalancing/latest/APIReference/API_CreateRule.html`,
  },
  { type: 'AWS::EC2::SecurityGroupIngress', key: permission, ...PERMISSION },
  { type: 'AWS::EC2::SecurityGroupEgress', key: permission, ...PERMISSION },
  {
    type: 'AWS::Route53::RecordSet',
    key: (properties) =>
      [
        identityOf(properties.HostedZoneId ?? properties.HostedZoneName),
        properties.Name,
        properties.Type,
        properties.SetIdentifier ?? '',
      ].join(' '),
    says: "Tried to create resource record set [name='NAME', type='TYPE'] but it already exists",
    source: `${DOCS}/Route53/latest/APIReference/API_ChangeResourceRecordSets.html`,
  },
  {
    type: 'AWS::Route53::RecordSetGroup',
    key: ({ HostedZoneId, HostedZoneName, RecordSets }) =>
      [identityOf(HostedZoneId ?? HostedZoneName), ...(RecordSets as Properties[]).map(({ Name, Type }) => `${Name} ${Type}`)].join(' '),
    says: "Tried to create resource record set [name='NAME', type='TYPE'] but it already exists",
    source: `${DOCS}/Route53/latest/APIReference/API_ChangeResourceRecordSets.html`,
  },
  {
    type: 'AWS::EC2::Route',
    key: (properties) =>
      [identityOf(properties.RouteTableId), properties.DestinationCidrBlock ?? properties.DestinationIpv6CidrBlock ?? ''].join(' '),
    says: 'RouteAlreadyExists: The route identified by CIDR already exists',
    source: `${DOCS}/AWSEC2/latest/APIReference/errors-overview.html`,
  },
  {
    type: 'AWS::EC2::SubnetRouteTableAssociation',
    key: keyOf('SubnetId'),
    says: 'Resource.AlreadyAssociated: the specified association for route table conflicts with an existing association',
    source: `${DOCS}/AWSEC2/latest/APIReference/errors-overview.html`,
  },
  {
    type: 'AWS::EC2::VPCGatewayAttachment',
    key: keyOf('VpcId'),
    says: 'Resource.AlreadyAssociated: Network VPC already has an internet gateway attached',
    source: `${DOCS}/vpc/latest/userguide/amazon-vpc-limits.html`,
  },
  {
    type: 'AWS::EC2::VPCEndpoint',
    key: (properties) => {
      const isInterface = properties.VpcEndpointType === 'Interface';
      if (isInterface && properties.PrivateDnsEnabled !== true) {
        return undefined;
      }
      return [identityOf(properties.VpcId), properties.ServiceName, isInterface ? 'Interface' : identityOf(properties.RouteTableIds)].join(
        ' ',
      );
    },
    says: 'private-dns-enabled cannot be set because there is already a conflicting DNS domain for SERVICE in the VPC VPC',
    source: 'https://github.com/hashicorp/terraform-provider-aws/issues/17535',
  },
  {
    type: 'AWS::EC2::FlowLog',
    key: (properties) =>
      [identityOf(properties.ResourceId), properties.TrafficType, identityOf(properties.LogGroupName ?? properties.LogDestination)].join(
        ' ',
      ),
    says: 'FlowLogAlreadyExists: There is an existing Flow Log with the same configuration and log destination',
    source: `${DOCS}/AWSEC2/latest/APIReference/errors-overview.html`,
  },
  {
    type: 'AWS::EC2::NatGateway',
    key: keyOf('AllocationId'),
    says: 'Elastic IP address [ADDRESS] is already associated (Resource.AlreadyAssociated)',
    source: `${DOCS}/AWSEC2/latest/APIReference/errors-overview.html`,
  },
  {
    type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    key: ({ ResourceId, ScalableDimension }) => `${ResourceId} ${ScalableDimension}`,
    says: 'SERVICE|ecs:service:DesiredCount|ecs already exists in stack STACK',
    source: `${DOCS}/autoscaling/application/APIReference/API_RegisterScalableTarget.html`,
  },
  {
    type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    key: ({ ScalingTargetId, TargetTrackingScalingPolicyConfiguration: tracking }) => {
      const metric = at(tracking, 'PredefinedMetricSpecification') ?? at(tracking, 'CustomizedMetricSpecification');
      return metric === undefined ? undefined : `${identityOf(ScalingTargetId)} ${JSON.stringify(metric)}`;
    },
    says: 'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    source: 'https://github.com/aws/aws-cdk/issues/17956',
  },
  {
    type: 'AWS::EFS::MountTarget',
    key: keyOf('FileSystemId', 'SubnetId'),
    says: 'MountTargetConflict: mount target already exists in this AZ',
    source: `${DOCS}/efs/latest/ug/API_CreateMountTarget.html`,
  },
  {
    type: 'AWS::S3::BucketPolicy',
    key: keyOf('Bucket'),
    says: 'The bucket policy already exists on bucket BUCKET',
    source: 'https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1068',
  },
  {
    type: 'AWS::ECS::Service',
    key: ({ ServiceConnectConfiguration: connect }) =>
      listOf(at(connect, 'Services')).map(
        (service) => `${identityOf(at(connect, 'Namespace'))} ${service.DiscoveryName ?? service.PortName}`,
      ),
    says: 'The stack update fails if you change any properties that require replacement and at least one Service Connect property is configured: each ServiceConnectService must have a name that is unique in the namespace',
    source: `${CFN}/aws-resource-ecs-service.html`,
  },
];

function toRule({ type, key, says, source }: Unique): Rule {
  const types = [type].flat() as string[];
  const keysOf = (properties: Properties) => [key(properties) ?? []].flat() as string[];
  return {
    name: `unique: ${types[0].split('::').slice(1).join(' ')}`,
    kind: 'refused',
    says,
    sources: [source],
    faults: ({ step: { next, old }, before }) => {
      if (!next || !types.includes(next.type)) {
        return [];
      }
      const others = before.all(...types).filter(({ id }) => id !== next.id);
      const had = old?.id === next.id ? keysOf(old.properties) : [];
      return keysOf(next.properties)
        .filter((wanted) => !had.includes(wanted))
        .flatMap((wanted) => {
          const other = others.find(({ properties }) => keysOf(properties).includes(wanted));
          return other ? [`${wanted} is ${other.id}'s${other.leftBehind ? ', which stayed' : ''}`] : [];
        });
    },
  };
}

export const UNIQUE_RULES: readonly Rule[] = UNIQUE.map(toRule);
