import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type ISubnet,
  type IVpc,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { type CfnCluster, Cluster, ContainerInsights, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { Construct, DependencyGroup, type IConstruct } from 'constructs';
import { type LogSettings, serviceLogs } from '../logging/service-logs';
import { fail } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import type { Egress } from './egress';

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
  readonly restrictDefaultSecurityGroup: boolean;
  /** Where rejected connections are written to, if anywhere. */
  readonly flowLogs?: LogSettings;
  /** Whether the cluster has to offer Fargate Spot. */
  readonly spot: boolean;
  /** The AWS services that the tasks call through endpoints, beside the ones that every task needs. */
  readonly endpoints: InterfaceVpcEndpointAwsService[];
}

const SUBNETS = {
  natGateways: SubnetType.PRIVATE_WITH_EGRESS,
  publicIps: SubnetType.PUBLIC,
  vpcEndpoints: SubnetType.PRIVATE_ISOLATED,
} as const;

/**
 * The VPC and the cluster, given or made, and the subnets of the tasks.
 *
 * @internal
 */
export class ServiceNetwork extends Construct {
  public readonly vpc: IVpc;
  public readonly cluster: ICluster;
  public readonly taskSubnets: SubnetSelection;
  public readonly subnets: ISubnet[];
  public readonly assignPublicIp: boolean;
  /** Where a database is: not in public subnets, as long as there are others. */
  public readonly dataSubnets: SubnetSelection;
  /** The way out: a task that starts before it cannot pull its image, and the circuit breaker counts that. */
  public readonly egressEstablished: DependencyGroup;
  /** Whether the interface endpoints are made here; undefined where the tasks have another way. */
  private readonly endpoints?: 'made' | 'expected';
  private readonly clusterGiven: boolean;
  private readonly endpointNames = new Set<string>();

  public constructor(scope: Construct, id: string, props: ServiceNetworkProps) {
    super(scope, id);
    const given = props.vpc ?? props.cluster?.vpc;
    if (props.vpc && props.cluster && props.vpc.vpcId !== props.cluster.vpc.vpcId) {
      fail(
        `the cluster is in another VPC than the one given, got cluster ${props.cluster.node.path} and vpc ${props.vpc.node.path}; give the cluster alone, its VPC is used`,
      );
    }
    // the default of the stage is for a VPC of ours; one that is given says itself where tasks can go
    const egress = props.egress ?? props.defaultEgress;
    this.vpc = given ?? this.makeVpc(props, egress);
    const kind = given ? kindInGivenVpc(given, props.egress) : egress._kind;
    this.taskSubnets = { subnetType: SUBNETS[kind] };
    this.assignPublicIp = kind === 'publicIps';
    const { privateSubnets, isolatedSubnets } = this.vpc;
    const closed = isolatedSubnets.length > 0 ? SUBNETS.vpcEndpoints : SUBNETS.publicIps;
    this.dataSubnets = { subnetType: privateSubnets.length > 0 ? SUBNETS.natGateways : closed };
    const selected = this.vpc.selectSubnets(this.taskSubnets);
    this.subnets = selected.subnets;
    this.egressEstablished = new DependencyGroup(selected.internetConnectivityEstablished);
    if (kind === 'vpcEndpoints') {
      const options = egress._endpoints;
      const create = options.createEndpoints ?? given === undefined;
      this.endpoints = create ? 'made' : 'expected';
      if (create) {
        const s3 = { service: GatewayVpcEndpointAwsService.S3, subnets: [this.taskSubnets] };
        this.egressEstablished.add(this.endpoint('S3', (id) => this.vpc.addGatewayEndpoint(id, s3)));
      }
      this.requireEndpoints([...EVERY_TASK, ...props.endpoints, ...(options.additionalEndpoints ?? [])]);
    }
    this.cluster = props.cluster ?? this.makeCluster(props);
    this.clusterGiven = props.cluster !== undefined;
    if (props.spot) {
      this.offerSpot();
    }
  }

  /** Whether the tasks have no way to the internet. */
  public get isIsolated(): boolean {
    return this.endpoints !== undefined;
  }

  private makeCluster(props: ServiceNetworkProps): Cluster {
    return new Cluster(this, 'Cluster', {
      vpc: this.vpc,
      containerInsightsV2: props.containerInsights ? ContainerInsights.ENABLED : ContainerInsights.DISABLED,
    });
  }

  private makeVpc({ restrictDefaultSecurityGroup, flowLogs }: ServiceNetworkProps, egress: Egress): Vpc {
    const publicSubnets = { name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false };
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: egress._kind === 'natGateways' ? egress._natGateways : 0,
      // closing it takes a custom resource with a Lambda function; nothing here uses that group
      restrictDefaultSecurityGroup,
      subnetConfiguration: [
        publicSubnets,
        // where the tasks are public, a database still is not; subnets cost nothing
        egress._kind === 'publicIps'
          ? { name: 'Data', subnetType: SubnetType.PRIVATE_ISOLATED }
          : { name: 'Tasks', subnetType: SUBNETS[egress._kind] },
      ],
    });
    if (flowLogs) {
      const logGroup = serviceLogs(this, 'FlowLogs', flowLogs);
      vpc.addFlowLog('FlowLog', { trafficType: FlowLogTrafficType.REJECT, destination: FlowLogDestination.toCloudWatchLogs(logGroup) });
    }
    return vpc;
  }

  /** Fargate Spot is a capacity provider that a cluster has to be told of. */
  public offerSpot(): void {
    const { cluster } = this;
    if (!this.clusterGiven) {
      // on the cluster itself: as an association, a resource of its own, it cannot be deleted while tasks run, and blocks the destruction
      (cluster.node.defaultChild as CfnCluster).capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
    } else if (Cluster.isCluster(cluster)) {
      cluster.enableFargateCapacityProviders();
      // the association that the CDK makes of it cannot be deleted while tasks run: they start after it, and so they end before it
      this.egressEstablished.add(cluster);
    } else {
      warn(
        this,
        WARNINGS.SPOT_ON_GIVEN_CLUSTER,
        `the tasks run on Fargate Spot in the cluster ${cluster.clusterName}, which is not made by this app: see to it that it has the capacity providers FARGATE and FARGATE_SPOT`,
      );
    }
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
        `the tasks run in isolated subnets of a VPC that is given, and no endpoint is made there: see to it that it has the interface endpoints ${names.join(', ')} and a gateway endpoint for S3, or give Egress.vpcEndpoints({ createEndpoints: true })`,
      );
      return;
    }
    for (const [name, service] of [...missing].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const options = { service, subnets: this.taskSubnets };
      this.egressEstablished.add(this.endpoint(endpointId(name), (id) => this.vpc.addInterfaceEndpoint(id, options)));
    }
  }
}

/** Where the tasks go in a VPC that is given: as the user chose, else private subnets with a way out. */
function kindInGivenVpc(vpc: IVpc, egress?: Egress): Egress['_kind'] {
  if (egress?._natGateways !== undefined) {
    fail(
      `the number of NAT gateways belongs to a VPC that is made here, got Egress.natGateways(${egress._natGateways}) and a VPC that is given; use Egress.natGateways() or leave egress out`,
    );
  }
  const kind = egress?._kind ?? 'natGateways';
  const has = {
    natGateways: vpc.privateSubnets.length > 0,
    publicIps: vpc.publicSubnets.length > 0,
    vpcEndpoints: vpc.isolatedSubnets.length > 0,
  };
  if (!has[kind]) {
    const possible = [
      ...(has.natGateways ? ['Egress.natGateways()'] : []),
      ...(has.publicIps ? ['Egress.publicIps()'] : []),
      ...(has.vpcEndpoints ? ['Egress.vpcEndpoints()'] : []),
    ];
    fail(
      `the VPC that is given has no ${DESCRIPTIONS[kind]} subnets, which ${egress ? `Egress.${kind}() needs` : 'the tasks need by default'}; this VPC allows ${possible.join(' or ') || 'none of the choices'}: set egress`,
    );
  }
  return kind;
}

const DESCRIPTIONS = { natGateways: 'private (with egress)', publicIps: 'public', vpcEndpoints: 'isolated' } as const;

/** `ecr.dkr` becomes `EcrDkr`. */
function endpointId(name: string): string {
  return name
    .split(/[^a-zA-Z0-9]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
