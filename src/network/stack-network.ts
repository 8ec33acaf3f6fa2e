import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  type IVpc,
  type PrivateSubnet,
  type PublicSubnet,
  RouterType,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { type CfnCluster, Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { Fn, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { LogSettings } from '../logging/service-logs';
import { SharedLogs } from '../logging/shared-logs';
import { onceInStack, STACK_IDS } from '../private/part-ids';
import { countAgainst, QUOTAS } from '../private/quotas';
import { fail } from '../private/validation';
import type { EgressPlan } from './egress';

/** What a service asks of the network that it shares. */
export interface NetworkWish {
  /** The service, for messages. */
  readonly service: string;
  readonly egress: EgressPlan;
  readonly containerInsights: boolean;
  readonly restrictDefaultSecurityGroup: boolean;
  /** Where rejected connections are written to, if anywhere. */
  readonly flowLogs?: LogSettings;
}

/** By VPC, for a service that is given the VPC or the cluster of another one is in the same network. */
const NETWORKS = new WeakMap<IVpc, StackNetwork>();

/**
 * The one VPC and the one cluster of the services of a stack that are given neither. It stands at the stack and not in the first service, so that
 * any of them can go.
 *
 * Its subnets are the same whatever the services ask for: two zones, each with a public, a private and an isolated subnet. What the services ask
 * for adds routes, gateways and endpoints, so that a change of stage or egress is an update in place.
 *
 * | Asked for | Rule |
 * |---|---|
 * | egress | each service has its own, except that NAT gateways and VPC endpoints exclude each other |
 * | number of NAT gateways | the number that is named; two different numbers are an error; without one, a gateway in each zone |
 * | flow logs, Container Insights, closed default security group | on where one service asks for it |
 * | retention of the flow logs | the longest; kept after removal where one service keeps its logs |
 *
 * @internal
 */
export class StackNetwork extends Construct {
  /** The network of the stack. It is made when the first service asks for it. */
  public static of(scope: Construct): StackNetwork {
    return onceInStack(scope, STACK_IDS.NETWORK, StackNetwork, (stack, id) => new StackNetwork(stack, id));
  }

  /** The network that a VPC belongs to, if it is one of ours. */
  public static owning(vpc: IVpc): StackNetwork | undefined {
    return NETWORKS.get(vpc);
  }

  public readonly vpc: Vpc;
  public readonly cluster: ICluster;
  /** The route to one cuts connections that are open, so the tasks start after them. */
  public readonly gatewayEndpoints: IConstruct[];
  private readonly wishes: NetworkWish[] = [];
  private flowLogs?: SharedLogs;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = withZonesOfDeployment(
      Stack.of(this),
      () =>
        new Vpc(this, 'Vpc', {
          maxAzs: 2,
          // they come with the services that ask for them
          natGateways: 0,
          // closing it takes a custom resource with a Lambda function; nothing here uses that group
          restrictDefaultSecurityGroup: false,
          // sizes that leave room, so that a subnet that is added one day moves none of these
          subnetConfiguration: [
            { name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false, cidrMask: 20 },
            { name: 'Tasks', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
            { name: 'Data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
          ],
        }),
    );
    NETWORKS.set(this.vpc, this);
    // free, and the layers of an image do not pay for their way through a NAT gateway
    this.gatewayEndpoints = [
      this.vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 }),
      this.vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB }),
    ];
    const cluster = new Cluster(this, 'Cluster', { vpc: this.vpc });
    this.cluster = cluster;
    const resource = cluster.node.defaultChild as CfnCluster;
    // always: taken away, they would be refused as long as tasks use them. On the cluster itself: as an association, a resource of its own, they
    // cannot be deleted while tasks run, and block the destruction
    resource.capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
    resource.clusterSettings = Lazy.uncachedAny({
      produce: () => [{ name: 'containerInsights', value: this.wishes.some((wish) => wish.containerInsights) ? 'enabled' : 'disabled' }],
    });
  }

  /** Adds what a service asks for. */
  public join(wish: NetworkWish): void {
    this.requireCompatible(wish);
    this.wishes.push(wish);
    if (this.wishes.some(({ egress }) => egress.natGateways)) {
      this.makeNatGateways();
    }
    if (wish.flowLogs) {
      this.writeFlowLogs(wish.flowLogs, wish.service);
    }
    if (wish.restrictDefaultSecurityGroup && !this.vpc.node.tryFindChild('RestrictDefaultSecurityGroupCustomResource')) {
      // what the property of the same name does when the VPC is made, which is too early here
      this.vpc['restrictDefaultSecurityGroup']();
    }
  }

  private requireCompatible(wish: NetworkWish): void {
    for (const other of this.wishes) {
      const names = `the services ${other.service} and ${wish.service} share the network of the stack`;
      if ((other.egress.natGateways && wish.egress.endpoints) || (other.egress.endpoints && wish.egress.natGateways)) {
        fail(
          `${names}, where NAT gateways and VPC endpoints exclude each other, got ${other.egress.name} and ${wish.egress.name}; give both the same egress, or one of them a vpc of its own`,
        );
      }
      const [count, wanted] = [other.egress.natGateways?.count, wish.egress.natGateways?.count];
      if (count !== undefined && wanted !== undefined && count !== wanted) {
        fail(
          `${names}, and must name the same number of NAT gateways, got ${other.egress.name} and ${wish.egress.name}; name the number at one of them, the others follow`,
        );
      }
    }
  }

  /** Each private subnet goes out by the gateway of its zone, where there is one, else by the first. */
  private makeNatGateways(): void {
    const { privateSubnets, publicSubnets } = this.vpc;
    const named = this.wishes.map(({ egress }) => egress.natGateways?.count).find((count) => count !== undefined);
    const count = Math.min(named ?? publicSubnets.length, publicSubnets.length);
    for (const [index, subnet] of (publicSubnets as PublicSubnet[]).entries()) {
      const exists = subnet.node.tryFindChild('NATGateway') !== undefined;
      if (index < count && !exists) {
        subnet.addNatGateway();
        this.countAddress(1);
      } else if (index >= count && exists) {
        // a service that came before named no number
        subnet.node.tryRemoveChild('NATGateway');
        subnet.node.tryRemoveChild('EIP');
        this.countAddress(-1);
      }
    }
    for (const [index, subnet] of (privateSubnets as PrivateSubnet[]).entries()) {
      if (!subnet.node.tryFindChild('DefaultRoute')) {
        subnet.addRoute('DefaultRoute', {
          routerType: RouterType.NAT_GATEWAY,
          routerId: Lazy.uncachedString({ produce: () => this.natGatewayFor(index) }),
          enablesInternetConnectivity: true,
        });
      }
    }
  }

  private countAddress(step: 1 | -1): void {
    const { account, region } = Stack.of(this);
    if (!Token.isUnresolved(account) && !Token.isUnresolved(region)) {
      countAgainst(QUOTAS.ELASTIC_ADDRESSES, `${account} ${region}`, this, step);
    }
  }

  private natGatewayFor(index: number): string {
    const gateways = this.vpc.publicSubnets.map((subnet) => subnet.node.tryFindChild('NATGateway') as { ref: string } | undefined);
    return (gateways[index] ?? (gateways[0] as { ref: string })).ref;
  }

  private writeFlowLogs(settings: LogSettings, service: string): void {
    if (!this.flowLogs) {
      this.flowLogs = new SharedLogs(this, 'FlowLogs', {
        shared: 'the network of the stack, and its flow logs',
        remedy: 'set flowLogs of hardening to false at one of them',
      });
      this.vpc.addFlowLog('FlowLog', {
        trafficType: FlowLogTrafficType.REJECT,
        destination: FlowLogDestination.toCloudWatchLogs(this.flowLogs),
      });
    }
    this.flowLogs.keep(settings, service);
  }
}

/**
 * Makes a VPC in the first two zones of the region, as they are named when it is deployed. A stack that knows its account would look them up, and
 * the first synth without credentials would fail. A stack that says its zones itself is listened to.
 */
function withZonesOfDeployment(stack: Stack, make: () => Vpc): Vpc {
  if (zonesGetter(stack) !== zonesGetter(Stack.prototype)) {
    return make();
  }
  Object.defineProperty(stack, 'availabilityZones', {
    configurable: true,
    get: () => [0, 1].map((index) => Fn.select(index, Fn.getAzs())),
  });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(stack, 'availabilityZones');
  }
}

function zonesGetter(object: object | null): unknown {
  for (let owner = object; owner; owner = Object.getPrototypeOf(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, 'availabilityZones');
    if (descriptor) {
      return descriptor.get;
    }
  }
  return undefined;
}
