import type { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { requireInteger } from '../private/validation';

/** How the tasks reach AWS without a way to the internet. */
export interface VpcEndpointsOptions {
  /**
   * Interface endpoints beside the ones that the service itself needs, one for each further AWS service that the app calls.
   *
   * @default - none
   */
  readonly additionalEndpoints?: InterfaceVpcEndpointAwsService[];

  /**
   * Whether the endpoints are made here. In a VPC that is given they usually exist already, and a second one for the same service fails the
   * deployment.
   *
   * @default - true in a VPC that is made here, false in one that is given
   */
  readonly createEndpoints?: boolean;
}

/**
 * How the tasks reach what is outside of their VPC: the image, the logs, other services. It also decides the subnets that they run in.
 *
 * | Choice | Subnets | Monthly list price in us-east-1, two zones, without traffic |
 * |---|---|---|
 * | `natGateways()` | private | $65.70 for two gateways, and $0.045 per GB |
 * | `publicIps()` | public | $3.65 for each task |
 * | `vpcEndpoints()` | isolated | $43.80 for three endpoints, and $0.01 per GB |
 */
export class Egress {
  /**
   * Private subnets, and NAT gateways as the way out.
   *
   * @param count the number of gateways, 1 or more. Default: one in each zone, so that the loss of a zone does not take the others' way out
   */
  public static natGateways(count?: number): Egress {
    requireInteger('the number of NAT gateways', count, 1, 16, 'use Egress.publicIps() or Egress.vpcEndpoints() for a VPC without one');
    return new Egress('natGateways', count);
  }

  /**
   * Public subnets, and a public IP address for each task. Nothing can be reached from outside: the security group admits the load balancer
   * alone.
   */
  public static publicIps(): Egress {
    return new Egress('publicIps');
  }

  /**
   * Isolated subnets without any way to the internet, and exactly the VPC endpoints that the service needs: ECR (api and dkr), S3 for the
   * layers of the image, logs, and where they are used Secrets Manager, SSM and the channel of ECS Exec.
   *
   * @param options further endpoints
   */
  public static vpcEndpoints(options: VpcEndpointsOptions = {}): Egress {
    return new Egress('vpcEndpoints', undefined, options);
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'natGateways' | 'publicIps' | 'vpcEndpoints',
    /** @internal */
    public readonly _natGateways?: number,
    /** @internal */
    public readonly _endpoints: VpcEndpointsOptions = {},
  ) {}
}
