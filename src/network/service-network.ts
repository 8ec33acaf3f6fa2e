import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type ISubnet,
  type IVpc,
  type SubnetSelection,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
import { type CfnCluster, Cluster, ContainerInsights, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { type CfnCondition, Stack } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, type IConstruct } from 'constructs';
import type { LogSettings } from '../logging/service-logs';
import { fail } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import type { HardeningOptions } from '../security/task-hardening';
import { Egress, type EgressPlan } from './egress';
import { StackNetwork } from './stack-network';

/** The image and the log. */
const EVERY_TASK = [
  InterfaceVpcEndpointAwsService.ECR,
  InterfaceVpcEndpointAwsService.ECR_DOCKER,
  InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
];

/** @internal */
export interface ServiceNetworkProps {
  readonly vpc?: IVpc;
  readonly cluster?: ICluster;
  /** What the user chose. */
  readonly egress?: Egress;
  /** What the stage chooses where the user has not. */
  readonly defaultEgress: Egress;
  readonly containerInsights: boolean;
  /** What the user said of a VPC that is made here. */
  readonly hardening?: Pick<HardeningOptions, 'flowLogs' | 'restrictDefaultSecurityGroup'>;
  /** Where rejected connections are written to, if anywhere. */
  readonly flowLogs?: LogSettings;
  /** The AWS services that the tasks call through endpoints, beside the ones that every task needs. */
  readonly endpoints: InterfaceVpcEndpointAwsService[];
  /** The platform, whose cluster has capacity providers, and which says in place of `egress` whether tasks have a public address. */
  readonly onPlatform?: { readonly publicIp: string; readonly hasPublicIp: CfnCondition; readonly containerInsights?: false };
  /** The network to be in, in place of the stack's. */
  readonly own?: StackNetwork;
  /** Where data is, in place of what the subnets of a VPC that is given suggest. */
  readonly dataSubnets?: SubnetSelection;
}

/** What a service knows of the VPC that it runs in. */
interface Placement {
  readonly vpc: IVpc;
  readonly egress: EgressPlan;
  readonly taskSubnets: SubnetSelection;
  readonly dataSubnets: SubnetSelection;
}

/**
 * The VPC and the cluster of a service, given or those of the stack, and the subnets of its tasks.
 *
 * @internal
 */
export class ServiceNetwork extends Construct {
  public readonly vpc: IVpc;
  public readonly cluster: ICluster;
  public readonly taskSubnets: SubnetSelection;
  public readonly subnets: ISubnet[];
  /** `ENABLED` or `DISABLED`, on a platform a token. */
  public readonly publicIp: string;
  /** Set on a platform. */
  public readonly hasPublicIp?: CfnCondition;
  /** Where a database is: in the isolated subnets of a VPC of ours, never in those of the tasks. */
  public readonly dataSubnets: SubnetSelection;
  /** The egress: a task that starts before it cannot pull its image, and the circuit breaker counts that. */
  public readonly egressEstablished: DependencyGroup;
  /** Whether the interface endpoints are made here; undefined where the tasks have another way. */
  private readonly endpoints?: 'made' | 'expected';
  /**
   * Whether the cluster counts the tasks that are wanted and run. In the network of a stack what this service asks for: what another one does, before or
   * after it, may go with that one. Undefined where nobody knows: of a cluster that is imported, and of a platform's.
   */
  public readonly containerInsights?: boolean;
  private readonly clusterGiven: boolean;
  private readonly endpointNames = new Set<string>();

  public constructor(scope: Construct, id: string, props: ServiceNetworkProps) {
    super(scope, id);
    const given = props.vpc ?? props.cluster?.vpc;
    if (props.vpc && props.cluster && props.vpc.vpcId !== props.cluster.vpc.vpcId) {
      fail(
        `the cluster is in another VPC than the one given, got cluster ${props.cluster.node.path} and vpc ${props.vpc.node.path}; give only the cluster, whose VPC is then used`,
      );
    }
    // another service's VPC or cluster is the network of a stack, and this service one more in it
    const own = props.own ?? (given ? StackNetwork.owning(given) : StackNetwork.of(this));
    const { vpc, egress, taskSubnets, dataSubnets } = own ? this.join(own, props) : placeInGivenVpc(given as IVpc, props.egress);
    if (!own) {
      requireNothingOfOwnVpc(props.hardening);
    }
    this.vpc = vpc;
    this.taskSubnets = taskSubnets;
    this.dataSubnets = props.dataSubnets ?? dataSubnets;
    this.hasPublicIp = props.onPlatform?.hasPublicIp;
    this.publicIp = props.onPlatform?.publicIp ?? (egress.assignPublicIp ? 'ENABLED' : 'DISABLED');
    const selected = vpc.selectSubnets(taskSubnets);
    this.subnets = selected.subnets;
    this.egressEstablished = new DependencyGroup(selected.internetConnectivityEstablished, ...(own?.gatewayEndpoints ?? []));
    if (egress.endpoints) {
      const create = egress.endpoints.createEndpoints ?? own !== undefined;
      this.endpoints = create ? 'made' : 'expected';
      if (create) {
        requireKnownVpc(vpc, this.subnets);
        const s3 = { service: GatewayVpcEndpointAwsService.S3, subnets: [taskSubnets] };
        this.egressEstablished.add(this.endpoint('S3', (id) => vpc.addGatewayEndpoint(id, s3)));
      }
      this.requireEndpoints([...EVERY_TASK, ...props.endpoints, ...(egress.endpoints.additionalEndpoints ?? [])]);
    }
    this.clusterGiven = !props.onPlatform && props.cluster !== undefined && props.cluster !== own?.cluster;
    this.cluster = props.cluster ?? own?.cluster ?? this.makeCluster(props);
    this.containerInsights =
      this.cluster === own?.cluster ? props.containerInsights : (props.onPlatform?.containerInsights ?? countsTasks(this.cluster));
  }

  /** Whether the tasks have no way to the internet. */
  public get isIsolated(): boolean {
    return this.endpoints !== undefined;
  }

  private join(own: StackNetwork, props: ServiceNetworkProps): Placement {
    const egress = (props.egress ?? props.defaultEgress)._render();
    const restrictDefaultSecurityGroup = props.hardening?.restrictDefaultSecurityGroup ?? false;
    own.join({ ...props, service: (this.node.scope as IConstruct).node.path, egress, restrictDefaultSecurityGroup });
    return {
      vpc: own.vpc,
      egress,
      taskSubnets: { subnetType: egress.ownSubnetType },
      dataSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    };
  }

  private makeCluster(props: ServiceNetworkProps): Cluster {
    const cluster = new Cluster(this, 'Cluster', {
      vpc: this.vpc,
      containerInsightsV2: props.containerInsights ? ContainerInsights.ENABLED : ContainerInsights.DISABLED,
    });
    (cluster.node.defaultChild as CfnCluster).capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
    return cluster;
  }

  /**
   * Whether tasks are placed by a strategy of capacity providers, which a cluster has to be told of; one of ours has them always. Only a
   * cluster that is imported may lack them: there, on-demand tasks have the launch type, and a change to Spot replaces the service.
   * `CapacityProviderStrategy` is updated without interruption, `LaunchType` by replacement:
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
   */
  public placesByStrategy(spot: boolean): boolean {
    const { cluster } = this;
    if (!this.clusterGiven) {
      return true;
    }
    if (Cluster.isCluster(cluster)) {
      cluster.enableFargateCapacityProviders();
      // the association that the CDK makes of it cannot be deleted while tasks run: they start after it, and so they end before it
      this.egressEstablished.add(cluster);
      return true;
    }
    if (spot) {
      warn(
        this,
        WARNINGS.SPOT_ON_GIVEN_CLUSTER,
        `the tasks run on Fargate Spot in the cluster ${cluster.clusterName}, which is not made by this app; make sure that it has the capacity providers FARGATE and FARGATE_SPOT`,
      );
    }
    return spot;
  }

  /** One for each VPC: another service in it may have made the endpoint already. */
  private endpoint(id: string, make: (id: string) => IConstruct): IConstruct {
    return this.vpc.node.tryFindChild(id) ?? make(id);
  }

  /** Makes the endpoints that tasks without a way to the internet need and do not have yet; nothing where they have such a way. */
  public requireEndpoints(services: InterfaceVpcEndpointAwsService[]): void {
    const missing = new Map(
      services.filter(({ shortName }) => !this.endpointNames.has(shortName)).map((service) => [service.shortName, service]),
    );
    const names = [...missing.keys()].sort();
    if (this.endpoints === undefined || names.length === 0) {
      return;
    }
    for (const name of names) {
      this.endpointNames.add(name);
    }
    if (this.endpoints === 'expected') {
      warn(
        this,
        WARNINGS.ENDPOINTS_OF_GIVEN_VPC,
        `the tasks run in isolated subnets of a VPC that is given, and no endpoint is made there; make sure that it has the interface endpoints ${names.join(', ')} and a gateway endpoint for S3, or set createEndpoints of Egress.vpcEndpoints() to true`,
      );
      return;
    }
    for (const [name, service] of [...missing].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const options = { service, subnets: this.taskSubnets };
      this.egressEstablished.add(this.endpoint(endpointId(name), (id) => this.vpc.addInterfaceEndpoint(id, options)));
    }
  }
}

/** Where the tasks go in a VPC that is given: as the user chose, else private subnets with egress. */
function placeInGivenVpc(vpc: IVpc, chosen?: Egress): Placement {
  const egress = (chosen ?? Egress.natGateways())._render();
  if (egress.natGateways?.count !== undefined) {
    fail(
      `the number of NAT gateways belongs to a VPC that is made here, got ${egress.name} and a VPC that is given; use Egress.natGateways() or leave egress out`,
    );
  }
  // one by one: a platform makes a parameter of those that are asked for
  const subnetsOf = {
    [SubnetType.PRIVATE_WITH_EGRESS]: () => vpc.privateSubnets,
    [SubnetType.PUBLIC]: () => vpc.publicSubnets,
    [SubnetType.PRIVATE_ISOLATED]: () => vpc.isolatedSubnets,
  } as { [type: string]: () => ISubnet[] };
  if (subnetsOf[egress.subnetType]().length === 0) {
    const possible = [Egress.natGateways(), Egress.publicIps(), Egress.vpcEndpoints()]
      .map((choice) => choice._render())
      .filter(({ subnetType }) => subnetsOf[subnetType]().length > 0)
      .map(({ name }) => name);
    fail(
      `the VPC that is given has no ${DESCRIPTIONS[egress.subnetType]} subnets, which ${chosen ? `${egress.name} needs` : 'the tasks need by default'}; this VPC allows ${possible.join(' or ') || 'none of the choices'}: set egress`,
    );
  }
  const closed = () => (vpc.isolatedSubnets.length > 0 ? SubnetType.PRIVATE_ISOLATED : SubnetType.PUBLIC);
  return {
    vpc,
    egress,
    taskSubnets: { subnetType: egress.subnetType },
    dataSubnets: { subnetType: vpc.privateSubnets.length > 0 ? SubnetType.PRIVATE_WITH_EGRESS : closed() },
  };
}

const DESCRIPTIONS: { readonly [type: string]: string } = {
  [SubnetType.PRIVATE_WITH_EGRESS]: 'private (with egress)',
  [SubnetType.PUBLIC]: 'public',
  [SubnetType.PRIVATE_ISOLATED]: 'isolated',
};

/** `ecr.dkr` becomes `EcrDkr`. */
function endpointId(name: string): string {
  return name
    .split(/[^a-zA-Z0-9]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/** A gateway endpoint stands in route tables, and an interface endpoint admits the addresses of the VPC: an import may know neither. */
function requireKnownVpc(vpc: IVpc, subnets: readonly ISubnet[]): void {
  const unknown = [
    ...(subnets.some(({ routeTable }) => !routeTable?.routeTableId) ? ['the route tables of its subnets'] : []),
    ...(hasCidr(vpc) ? [] : ['vpcCidrBlock']),
  ];
  if (unknown.length > 0) {
    fail(
      `createEndpoints makes endpoints in the VPC, got ${vpc.node.path}, which is imported without ${unknown.join(' and ')}; import it with them, or leave createEndpoints out and make the endpoints where the VPC is made`,
    );
  }
}

function hasCidr(vpc: IVpc): boolean {
  try {
    return vpc.vpcCidrBlock !== '';
  } catch {
    return false;
  }
}

/** Whose VPC is given says there what is logged and closed. */
function requireNothingOfOwnVpc({ flowLogs, restrictDefaultSecurityGroup }: ServiceNetworkProps['hardening'] = {}): void {
  const [name] = Object.entries({ flowLogs, restrictDefaultSecurityGroup }).find(([, value]) => value === true) ?? [];
  if (name) {
    fail(
      `${name} of hardening is of a VPC that is made here, and that of this service is given; set it where the VPC is made, and leave ${name} out`,
    );
  }
}

/** Of a cluster that is imported nothing is known. */
function countsTasks(cluster: ICluster): boolean | undefined {
  if (!Cluster.isCluster(cluster)) {
    return undefined;
  }
  const settings = JSON.stringify(Stack.of(cluster).resolve((cluster.node.defaultChild as CfnCluster).clusterSettings) ?? []);
  return /"containerInsights"/.test(settings) && /"(enabled|enhanced)"/.test(settings);
}
