import { InterfaceVpcEndpointAwsService, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { requireInteger, requireKnown } from '../private/validation';

/** How the tasks reach AWS without internet access. */
export interface VpcEndpointsOptions {
  /**
   * Interface endpoints beside the ones that the service itself needs, one for each further AWS service that the app calls.
   *
   * @default - none
   */
  readonly additionalEndpoints?: InterfaceVpcEndpointAwsService[];

  /**
   * Whether the endpoints are made here. In a VPC that is given they usually exist already, and a second one for the same service fails the
   * deployment. To set it to false takes the endpoints away, so the VPC must have others by then.
   *
   * @default - true in a VPC that is made here, false in one that is given
   */
  readonly createEndpoints?: boolean;
}

/**
 * What a choice of egress asks of a VPC.
 *
 * @internal
 */
export interface EgressPlan {
  /** The choice as the user writes it, for messages. */
  readonly name: string;
  /** The subnets of the tasks in a VPC that is given. */
  readonly subnetType: SubnetType;
  /** The subnets of the tasks in a VPC of ours: private ones without a gateway take the place of isolated ones, which are the data's. */
  readonly ownSubnetType: SubnetType;
  readonly assignPublicIp: boolean;
  /** Set where egress is by NAT gateways; without a count there is one in each zone. */
  readonly natGateways?: { readonly count?: number };
  /** Set where there is no way to the internet. */
  readonly endpoints?: VpcEndpointsOptions;
}

/**
 * How the tasks reach what is outside their VPC: the image, the logs, other services. It also decides the subnets that they run in.
 *
 * | Choice | Subnets | Monthly list price in us-east-1, two zones, without traffic |
 * |---|---|---|
 * | `natGateways()` | private | $65.70 for two gateways, and $0.045 per GB |
 * | `publicIps()` | public | $3.65 for each task |
 * | `vpcEndpoints()` | private, without egress to the internet | $43.80 for three endpoints, and $0.01 per GB |
 *
 * A VPC that is made here has the same subnets with each choice, so that a change of the choice replaces nothing. Gateway endpoints for Amazon
 * S3 and Amazon DynamoDB, which are free, are always there.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { Egress, FlaskFargateService, FlaskImage } from 'cdk-flask-fargate';
 *
 * declare const stack: Stack;
 *
 * new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource('app'), egress: Egress.natGateways(1) });
 */
export class Egress {
  /**
   * Private subnets, with egress through NAT gateways.
   *
   * @param count the number of gateways in a VPC that is made here, at most one in each of its two zones. Default: one in each zone, so that
   * the loss of a zone does not take egress away from the other one
   */
  public static natGateways(count?: number): Egress {
    requireKnown('the number of NAT gateways', count, 'Egress.natGateways(1)');
    requireInteger('the number of NAT gateways', count, 1, 16, 'use Egress.publicIps() or Egress.vpcEndpoints() for a VPC without one');
    return new Egress({
      name: `Egress.natGateways(${count ?? ''})`,
      subnetType: SubnetType.PRIVATE_WITH_EGRESS,
      ownSubnetType: SubnetType.PRIVATE_WITH_EGRESS,
      assignPublicIp: false,
      natGateways: { count },
    });
  }

  /**
   * Public subnets, and a public IP address for each task. The tasks still cannot be reached from the internet: the security group admits only the
   * load balancer.
   */
  public static publicIps(): Egress {
    return new Egress({
      name: 'Egress.publicIps()',
      subnetType: SubnetType.PUBLIC,
      ownSubnetType: SubnetType.PUBLIC,
      assignPublicIp: true,
    });
  }

  /**
   * Subnets without egress to the internet, and exactly the VPC endpoints that the service needs: ECR (api and dkr), logs, and, if they are
   * used, Secrets Manager, SSM and the channel of ECS Exec. The layers of the image come through the gateway endpoint for Amazon S3.
   *
   * @param options further endpoints
   */
  public static vpcEndpoints(options: VpcEndpointsOptions = {}): Egress {
    return new Egress({
      name: 'Egress.vpcEndpoints()',
      subnetType: SubnetType.PRIVATE_ISOLATED,
      ownSubnetType: SubnetType.PRIVATE_WITH_EGRESS,
      assignPublicIp: false,
      endpoints: options,
    });
  }

  private constructor(private readonly plan: EgressPlan) {}

  /**
   * Interface endpoints for what the services of a platform may need: which of them they do is not known to it.
   *
   * @internal
   */
  public static _endpointsOfPlatform(egress: Egress): InterfaceVpcEndpointAwsService[] {
    const { SECRETS_MANAGER, SSM, SSM_MESSAGES, XRAY } = InterfaceVpcEndpointAwsService;
    return egress._render().endpoints ? [SECRETS_MANAGER, SSM, SSM_MESSAGES, XRAY] : [];
  }

  /** @internal */
  public _render(): EgressPlan {
    return this.plan;
  }
}
