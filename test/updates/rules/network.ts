import type { Rule } from '../rule';
import { identityOf, isLiteral, listOf, type Properties } from '../template';
import type { Physical, World } from '../world';

interface Block {
  readonly from: number;
  readonly to: number;
}

function blockOf(cidr: unknown): Block | undefined {
  const parts = isLiteral(cidr) ? cidr.match(/^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/) : null;
  if (!parts) {
    return undefined;
  }
  const [a, b, c, d, bits] = parts.slice(1).map(Number);
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const from = address - (address % size);
  return { from, to: from + size - 1 };
}

export const SUBNETS_OVERLAP: Rule = {
  name: 'subnets of a VPC do not overlap',
  kind: 'refused',
  says: "The CIDR 'CIDR' conflicts with another subnet",
  sources: [
    'https://github.com/aws/aws-cdk/issues/28369',
    'https://github.com/aws/aws-cdk/issues/6683',
    'https://github.com/aws/aws-cdk/issues/23013',
  ],
  faults: ({ step: { verb, next }, before }) => {
    const block = next?.type === 'AWS::EC2::Subnet' ? blockOf(next.properties.CidrBlock) : undefined;
    if (!next || !block || verb === 'update') {
      return [];
    }
    return before
      .all('AWS::EC2::Subnet')
      .filter(({ properties }) => {
        const other = blockOf(properties.CidrBlock);
        return (
          other && identityOf(properties.VpcId) === identityOf(next.properties.VpcId) && other.from <= block.to && block.from <= other.to
        );
      })
      .map(({ id, properties }) => `${next.properties.CidrBlock} of ${next.id} and ${properties.CidrBlock} of ${id}`);
  },
};

export const VPC_OF_LOAD_BALANCER: Rule = {
  name: 'a load balancer stays in its VPC',
  kind: 'refused',
  says: 'InvalidConfigurationRequest: Security group "SG" does not belong to VPC "VPC"',
  sources: [
    'https://github.com/hashicorp/terraform-provider-aws/issues/18317',
    'https://github.com/hashicorp/terraform-provider-aws/issues/1023',
  ],
  faults: ({ step: { verb, type, old, next }, before }) => {
    if (verb !== 'update' || type !== 'AWS::ElasticLoadBalancingV2::LoadBalancer' || !old || !next) {
      return [];
    }
    const vpcsOf = (thing: Physical) =>
      securityGroupsOf(thing).map((group) => (before.get(group) ? identityOf(before.get(group)?.properties.VpcId) : group));
    const [was, is] = [vpcsOf(old), vpcsOf(next)];
    const other = is.find((vpc) => !was.includes(vpc) && securityGroupsOf(next).some((group) => before.get(group)));
    return other === undefined ? [] : [`${old.id} is in ${was.join(', ')}, and its security groups would be in ${other}`];
  },
};

/** The security groups whose members have network interfaces of a thing. */
export function securityGroupsOf({ type, properties }: Physical): string[] {
  switch (type) {
    case 'AWS::ECS::Service':
      return groups(
        (properties.NetworkConfiguration as { AwsvpcConfiguration?: Properties } | undefined)?.AwsvpcConfiguration?.SecurityGroups,
      );
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
    case 'AWS::EFS::MountTarget':
      return groups(properties.SecurityGroups);
    case 'AWS::EC2::VPCEndpoint':
      return groups(properties.SecurityGroupIds);
    case 'AWS::RDS::DBInstance':
    case 'AWS::RDS::DBCluster':
      return groups(properties.VPCSecurityGroups ?? properties.VpcSecurityGroupIds);
    case 'AWS::Lambda::Function':
      return groups((properties.VpcConfig as Properties | undefined)?.SecurityGroupIds);
    default:
      return [];
  }
}

function groups(value: unknown): string[] {
  return Array.isArray(value) ? value.map(identityOf) : [];
}

/** The subnets in which a thing has network interfaces. */
export function subnetsOf({ type, properties }: Physical): string[] {
  switch (type) {
    case 'AWS::ECS::Service':
      return groups((properties.NetworkConfiguration as { AwsvpcConfiguration?: Properties } | undefined)?.AwsvpcConfiguration?.Subnets);
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
      return groups(properties.Subnets);
    case 'AWS::EC2::NatGateway':
    case 'AWS::EFS::MountTarget':
      return [identityOf(properties.SubnetId)];
    case 'AWS::EC2::VPCEndpoint':
      return groups(properties.SubnetIds);
    default:
      return [];
  }
}

/** Rules of other groups that speak of a group: it cannot be deleted as long as there is one. */
function permissionsFor(world: World, group: string): Physical[] {
  return world
    .all('AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress')
    .filter(({ properties }) =>
      [properties.SourceSecurityGroupId, properties.DestinationSecurityGroupId].some(
        (peer) => peer !== undefined && identityOf(peer) === group,
      ),
    );
}

export const SECURITY_GROUP_IN_USE: Rule = {
  name: 'a security group in use',
  kind: 'left behind',
  says: 'DependencyViolation: resource SG has a dependent object',
  sources: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html',
    'https://github.com/hashicorp/terraform-provider-aws/issues/1671',
  ],
  faults: ({ step: { verb, old }, before }) =>
    verb === 'delete' && old?.type === 'AWS::EC2::SecurityGroup'
      ? [...before.all().filter((thing) => securityGroupsOf(thing).includes(old.id)), ...permissionsFor(before, old.id)].map(
          ({ id }) => `${id} needs it`,
        )
      : [],
};

export const SUBNET_IN_USE: Rule = {
  name: 'a subnet in use',
  kind: 'left behind',
  says: "DependencyViolation: The subnet 'SUBNET' has dependencies and cannot be deleted.",
  sources: ['https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html'],
  faults: ({ step: { verb, old }, before }) =>
    verb === 'delete' && old?.type === 'AWS::EC2::Subnet'
      ? before
          .all()
          .filter((thing) => subnetsOf(thing).includes(old.id))
          .map(({ id }) => `${id} has network interfaces in it`)
      : [],
};

export const VPC_IN_USE: Rule = {
  name: 'a VPC in use',
  kind: 'left behind',
  says: "DependencyViolation: The vpc 'VPC' has dependencies and cannot be deleted.",
  sources: ['https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html'],
  faults: ({ step: { verb, old }, before }) =>
    verb === 'delete' && old?.type === 'AWS::EC2::VPC'
      ? before
          .all('AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup', 'AWS::EC2::VPCGatewayAttachment')
          .filter(({ properties }) => identityOf(properties.VpcId) === old.id)
          .map(({ id }) => `${id} is in it`)
      : [],
};

export const DELETION_PROTECTION: Rule = {
  name: 'deletion protection',
  kind: 'left behind',
  says: "Load balancer 'ARN' cannot be deleted because deletion protection is enabled. / Cannot delete protected DB Instance, please disable deletion protection and try again.",
  sources: [
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html',
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html',
  ],
  faults: ({ step: { verb, old } }) => {
    const protectedBy = (properties: Properties) =>
      listOf(properties.LoadBalancerAttributes).some(({ Key, Value }) => Key === 'deletion_protection.enabled' && `${Value}` === 'true') ||
      properties.DeletionProtection === true;
    return verb === 'delete' && old && protectedBy(old.properties) ? [`${old.id} is protected`] : [];
  },
};
