import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { ListClustersCommand, ListServicesCommand, ListTaskDefinitionsCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import type { Aws } from './aws';

type Ids = ReadonlyArray<string | undefined> | undefined;
export type Kinds = Readonly<Record<string, (aws: Aws) => Promise<Ids>>>;

/** Everything in the account that a stack of ours could have made, as "kind id". */
export class Inventory {
  public static async take(aws: Aws, more: Kinds = {}): Promise<Inventory> {
    const kinds = { ...KINDS, ...more };
    const found = new Set<string>();
    const unanswered: string[] = [];
    await Promise.all(
      Object.entries(kinds).map(async ([kind, list]) => {
        try {
          for (const id of (await list(aws)) ?? []) {
            found.add(`${kind} ${id}`);
          }
        } catch {
          unanswered.push(kind); // an API that this emulator does not have: it keeps nothing either
        }
      }),
    );
    return new Inventory(found, unanswered.sort(), Object.keys(kinds).length - unanswered.length);
  }

  private constructor(
    private readonly found: ReadonlySet<string>,
    public readonly unanswered: readonly string[],
    /** How many kinds of resource were looked at. */
    public readonly kinds: number,
  ) {}

  public get size(): number {
    return this.found.size;
  }

  /** What is here and was not there. */
  public since(before: Inventory): string[] {
    return [...this.found].filter((entry) => !before.found.has(entry)).sort();
  }
}

const KINDS: Kinds = {
  stack: async ({ cloudFormation }) =>
    (await cloudFormation.send(new ListStacksCommand({}))).StackSummaries?.filter(
      ({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE',
    ).map(({ StackName }) => StackName),
  cluster: async ({ ecs }) => (await ecs.send(new ListClustersCommand({}))).clusterArns,
  service: (aws) => inClusters(aws, async (cluster) => (await aws.ecs.send(new ListServicesCommand({ cluster }))).serviceArns),
  task: (aws) => inClusters(aws, async (cluster) => (await aws.ecs.send(new ListTasksCommand({ cluster }))).taskArns),
  'task definition': async ({ ecs }) => (await ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }))).taskDefinitionArns,
  'load balancer': async ({ elb }) =>
    (await elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers?.map(({ LoadBalancerName }) => LoadBalancerName),
  'target group': async ({ elb }) =>
    (await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups?.map(({ TargetGroupName }) => TargetGroupName),
  'log group': async ({ logs }) => (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map(({ logGroupName }) => logGroupName),
  repository: async ({ ecr }) =>
    (await ecr.send(new DescribeRepositoriesCommand({}))).repositories?.map(({ repositoryName }) => repositoryName),
  role: async ({ iam }) => (await iam.send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName),
  policy: async ({ iam }) => (await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies?.map(({ PolicyName }) => PolicyName),
  alarm: async ({ cloudWatch }) => (await cloudWatch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.map(({ AlarmName }) => AlarmName),
  dashboard: async ({ cloudWatch }) =>
    (await cloudWatch.send(new ListDashboardsCommand({}))).DashboardEntries?.map(({ DashboardName }) => DashboardName),
  secret: async ({ secrets }) => (await secrets.send(new ListSecretsCommand({}))).SecretList?.map(({ Name }) => Name),
  bucket: async ({ s3 }) => (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
  'scalable target': async ({ autoScaling }) =>
    (await autoScaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }))).ScalableTargets?.map(
      ({ ResourceId }) => ResourceId,
    ),
  VPC: async (aws) => (await aws.ec2.send(new ec2.DescribeVpcsCommand({}))).Vpcs?.map(({ VpcId }) => VpcId),
  subnet: async (aws) => (await aws.ec2.send(new ec2.DescribeSubnetsCommand({}))).Subnets?.map(({ SubnetId }) => SubnetId),
  'route table': async (aws) =>
    (await aws.ec2.send(new ec2.DescribeRouteTablesCommand({}))).RouteTables?.map(({ RouteTableId }) => RouteTableId),
  'internet gateway': async (aws) =>
    (await aws.ec2.send(new ec2.DescribeInternetGatewaysCommand({}))).InternetGateways?.map(({ InternetGatewayId }) => InternetGatewayId),
  'NAT gateway': async (aws) =>
    (await aws.ec2.send(new ec2.DescribeNatGatewaysCommand({}))).NatGateways?.filter(({ State }) => State !== 'deleted').map(
      ({ NatGatewayId }) => NatGatewayId,
    ),
  'elastic IP': async (aws) =>
    (await aws.ec2.send(new ec2.DescribeAddressesCommand({}))).Addresses?.map(({ AllocationId }) => AllocationId),
  'security group': async (aws) =>
    (await aws.ec2.send(new ec2.DescribeSecurityGroupsCommand({}))).SecurityGroups?.map(({ GroupId }) => GroupId),
  'network interface': async (aws) =>
    (await aws.ec2.send(new ec2.DescribeNetworkInterfacesCommand({}))).NetworkInterfaces?.map(
      ({ NetworkInterfaceId }) => NetworkInterfaceId,
    ),
  'VPC endpoint': async (aws) =>
    (await aws.ec2.send(new ec2.DescribeVpcEndpointsCommand({}))).VpcEndpoints?.map(({ VpcEndpointId }) => VpcEndpointId),
};

async function inClusters(aws: Aws, list: (cluster: string) => Promise<string[] | undefined>): Promise<string[]> {
  const { clusterArns = [] } = await aws.ecs.send(new ListClustersCommand({}));
  const lists = await Promise.all(clusterArns.map(list));
  return lists.flatMap((ids) => ids ?? []);
}
