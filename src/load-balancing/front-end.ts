import { type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  TargetType,
  XffHeaderProcessingMode,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { FlaskHealthCheck } from '../application/health-check';
import type { TimeoutChain } from '../application/timeout-chain';
import { WARNINGS, warn } from '../private/warnings';
import type { LoadBalancing } from './load-balancing';

/** @internal */
export interface FrontEndProps {
  readonly vpc: IVpc;
  readonly loadBalancing: LoadBalancing;
  readonly port: number;
  readonly healthCheck: FlaskHealthCheck;
  readonly timeouts: TimeoutChain;
  readonly deletionProtection: boolean;
}

/**
 * The load balancer, its listener and the target group of the service.
 *
 * @internal
 */
export class FrontEnd extends Construct {
  public readonly loadBalancer: ApplicationLoadBalancer;
  public readonly listener: ApplicationListener;
  public readonly targetGroup: ApplicationTargetGroup;
  public readonly url: string;

  public constructor(scope: Construct, id: string, props: FrontEndProps) {
    super(scope, id);
    const { vpc, loadBalancing, timeouts } = props;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'clients to the load balancer of the Flask app',
      // the way to the tasks is added with them, and there is no other
      allowAllOutbound: false,
    });
    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: loadBalancing._kind === 'internetFacing',
      securityGroup,
      idleTimeout: timeouts.idle,
      deletionProtection: loadBalancing._options.deletionProtection ?? props.deletionProtection,
      dropInvalidHeaderFields: true,
      // the app's ProxyFix(x_for=1) takes the last address, which is the one that the load balancer saw
      xffHeaderProcessingMode: XffHeaderProcessingMode.APPEND,
    });
    this.targetGroup = new ApplicationTargetGroup(this, 'TargetGroup', {
      vpc,
      targetType: TargetType.IP,
      port: props.port,
      protocol: ApplicationProtocol.HTTP,
      deregistrationDelay: timeouts.deregistration,
      healthCheck: props.healthCheck._forTargetGroup(),
    });
    this.listener = this.loadBalancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      // who may connect is said by the rules below
      open: false,
      defaultTargetGroups: [this.targetGroup],
    });
    for (const peer of loadBalancing._peers(vpc.vpcCidrBlock)) {
      securityGroup.addIngressRule(peer, Port.tcp(80), 'clients');
    }
    warn(
      this,
      WARNINGS.PLAIN_HTTP,
      'the load balancer speaks plain HTTP: what clients send and get can be read and changed on the way; sign-in, cookies and personal data need HTTPS',
    );
    this.url = `http://${this.loadBalancer.loadBalancerDnsName}`;
  }
}
