import {
  egress,
  FRONT,
  forward,
  ingress,
  listener,
  once,
  onListener,
  type Pair,
  type RuleCase,
  rule,
  service,
  template,
  without,
} from './parts';

const tracking = (PredefinedMetricType: string) => ({
  ScalingTargetId: 'service/shared/shop|ecs:service:DesiredCount|ecs',
  TargetTrackingScalingPolicyConfiguration: { TargetValue: 60, PredefinedMetricSpecification: { PredefinedMetricType } },
});

export const UNIQUE_CASES: readonly RuleCase[] = [
  {
    // aws-cdk#13901: the id of a listener changes
    rule: 'unique: ElasticLoadBalancingV2 Listener',
    refused: [template(FRONT), template({ ...without(FRONT, 'Http'), Redirect: listener(80) })],
    accepted: [template(FRONT), template({ ...FRONT, Https: listener(443) })],
  },
  {
    rule: 'unique: ElasticLoadBalancingV2 ListenerRule',
    refused: [
      template(onListener({ A: rule('Http', 10, forward('Target')) })),
      template(onListener({ B: rule('Http', 10, forward('Target')) })),
    ],
    accepted: [
      template(onListener({ A: rule('Http', 10, forward('Target')) })),
      template(onListener({ B: rule('Http', 11, forward('Target')) })),
    ],
  },
  {
    rule: 'unique: EC2 SecurityGroupIngress',
    refused: [template({ ...FRONT, A: ingress(3000) }), template({ ...FRONT, B: ingress(3000) })],
    accepted: [template({ ...FRONT, A: ingress(3000) }), template({ ...FRONT, B: ingress(8080) })],
  },
  {
    rule: 'unique: EC2 SecurityGroupEgress',
    refused: [template({ ...FRONT, A: egress(3000) }), template({ ...FRONT, B: egress(3000) })],
    accepted: [template({ ...FRONT, A: egress(3000) }), template({ ...FRONT, B: egress(8080) })],
  },
  once('Route53 RecordSet', 'AWS::Route53::RecordSet', { HostedZoneId: 'Z1', Name: 'shop.example.com.', Type: 'A' }, { Type: 'AAAA' }),
  once(
    'Route53 RecordSetGroup',
    'AWS::Route53::RecordSetGroup',
    { HostedZoneId: 'Z1', RecordSets: [{ Name: 'shop.example.com.', Type: 'A' }] },
    { RecordSets: [{ Name: 'blog.example.com.', Type: 'A' }] },
  ),
  once(
    'EC2 Route',
    'AWS::EC2::Route',
    { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' },
    { RouteTableId: 'rtb-2' },
  ),
  once(
    'EC2 SubnetRouteTableAssociation',
    'AWS::EC2::SubnetRouteTableAssociation',
    { SubnetId: 'subnet-1', RouteTableId: 'rtb-1' },
    { SubnetId: 'subnet-2' },
  ),
  once('EC2 VPCGatewayAttachment', 'AWS::EC2::VPCGatewayAttachment', { VpcId: 'vpc-1', InternetGatewayId: 'igw-1' }, { VpcId: 'vpc-2' }),
  once(
    'EC2 VPCEndpoint',
    'AWS::EC2::VPCEndpoint',
    { VpcId: 'vpc-1', ServiceName: 'com.amazonaws.eu-west-1.logs', VpcEndpointType: 'Interface', PrivateDnsEnabled: true },
    { PrivateDnsEnabled: false },
  ),
  once('EC2 FlowLog', 'AWS::EC2::FlowLog', { ResourceId: 'vpc-1', TrafficType: 'REJECT', LogGroupName: 'a' }, { TrafficType: 'ALL' }),
  once('EC2 NatGateway', 'AWS::EC2::NatGateway', { AllocationId: 'eipalloc-1', SubnetId: 'subnet-1' }, { AllocationId: 'eipalloc-2' }),
  once(
    'ApplicationAutoScaling ScalableTarget',
    'AWS::ApplicationAutoScaling::ScalableTarget',
    { ResourceId: 'service/shared/shop', ScalableDimension: 'ecs:service:DesiredCount' },
    { ResourceId: 'service/shared/blog' },
  ),
  // cdk-ecs-service-extensions#35: the target is in the id
  once('ApplicationAutoScaling ScalingPolicy', 'AWS::ApplicationAutoScaling::ScalingPolicy', tracking('ECSServiceAverageCPUUtilization'), {
    ...tracking('ECSServiceAverageMemoryUtilization'),
  }),
  once('EFS MountTarget', 'AWS::EFS::MountTarget', { FileSystemId: 'fs-1', SubnetId: 'subnet-1' }, { SubnetId: 'subnet-2' }),
  once('S3 BucketPolicy', 'AWS::S3::BucketPolicy', { Bucket: 'a' }, { Bucket: 'b' }),
  {
    // the note in the reference of AWS::ECS::Service: a service of Service Connect can't be replaced
    rule: 'unique: ECS Service',
    refused: [false, true].map((replaced) =>
      template({
        Web: service({
          LaunchType: replaced ? undefined : 'FARGATE',
          ServiceConnectConfiguration: { Enabled: true, Namespace: 'ns', Services: [{ PortName: 'http', DiscoveryName: 'shop' }] },
        }),
      }),
    ) as unknown as Pair,
    accepted: [1, 2].map((DesiredCount) =>
      template({
        Web: service({
          DesiredCount,
          ServiceConnectConfiguration: { Enabled: true, Namespace: 'ns', Services: [{ PortName: 'http', DiscoveryName: 'shop' }] },
        }),
      }),
    ) as unknown as Pair,
  },
];
