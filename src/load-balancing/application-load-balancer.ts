import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  IpAddressType,
  ListenerAction,
  XffHeaderProcessingMode,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { LogSettings } from '../logging/service-logs';
import { WARNINGS, warn } from '../private/warnings';
import { enableLoadBalancerLogs } from './load-balancer-logs';
import type { LoadBalancing } from './load-balancing';

/** @internal */
export interface OwnLoadBalancerProps {
  readonly vpc: IVpc;
  readonly loadBalancing: LoadBalancing;
  readonly idleTimeout: Duration;
  readonly deletionProtection: boolean;
  /** Whether access logs are on where the user has not said. */
  readonly accessLogs: boolean;
  /** How long logs are kept, and whether they go with the service. */
  readonly logs: LogSettings;
}

/** @internal */
export interface OwnLoadBalancer {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly listener: ApplicationListener;
  readonly url: string;
  /** Another listener of the same protocol, closed until somebody is allowed in. */
  readonly addListener: (id: string, port: number) => ApplicationListener;
}

/**
 * A load balancer of the service's own: its security group, the listener of the clients, the redirect from HTTP, its logs and its firewall.
 *
 * @internal
 */
export function ownLoadBalancer(scope: Construct, props: OwnLoadBalancerProps): OwnLoadBalancer {
  const { vpc, loadBalancing } = props;
  const options = loadBalancing._options;
  const internetFacing = loadBalancing._kind === 'internetFacing';
  const securityGroup = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'clients to the load balancer of the Flask app',
    // the way to the tasks is added with them, and there is no other
    allowAllOutbound: false,
  });
  const loadBalancer = new ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    internetFacing,
    securityGroup,
    ipAddressType: options.dualStack ? IpAddressType.DUAL_STACK : undefined,
    idleTimeout: props.idleTimeout,
    deletionProtection: options.deletionProtection ?? props.deletionProtection,
    dropInvalidHeaderFields: true,
    // the app's ProxyFix(x_for=1) takes the last address, which is the one that the load balancer saw
    xffHeaderProcessingMode: XffHeaderProcessingMode.APPEND,
    wafFailOpen: options.webAcl?._failOpen,
  });
  enableLoadBalancerLogs(scope, loadBalancer, options, {
    byDefault: props.accessLogs,
    remove: props.logs.removalPolicy === RemovalPolicy.DESTROY,
  });
  options.webAcl?._associate(scope, loadBalancer, props.logs);

  const tls = options.tls?._bind(scope);
  const addListener = (id: string, port: number) =>
    loadBalancer.addListener(id, {
      port,
      open: false,
      defaultAction: NOT_FOUND,
      ...(tls
        ? { protocol: ApplicationProtocol.HTTPS, certificates: [tls.certificate], sslPolicy: tls.sslPolicy }
        : { protocol: ApplicationProtocol.HTTP }),
    });
  const listener = tls ? addListener('Https', 443) : addListener('Http', 80);
  if (tls) {
    loadBalancer.addListener('Redirect', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    if (tls.strictTransportSecurity) {
      listener.setAttribute('routing.http.response.strict_transport_security.header_value', tls.strictTransportSecurity);
    }
    tls.addRecords(loadBalancer);
  } else if (!options.tls) {
    warn(
      scope,
      WARNINGS.PLAIN_HTTP,
      'the load balancer speaks plain HTTP: what clients send and get can be read and changed on the way; give LoadBalancing.internetFacing({ tls: Tls.forDomain({ zone }) }), or Tls.disabled() if it is meant',
    );
  }
  // which server answers is of use to nobody but an attacker
  listener.setAttribute('routing.http.response.server.enabled', 'false');

  const peers = options.allowFrom ?? [
    internetFacing ? Peer.anyIpv4() : Peer.ipv4(vpc.vpcCidrBlock),
    ...(internetFacing && options.dualStack ? [Peer.anyIpv6()] : []),
  ];
  for (const peer of peers) {
    for (const port of tls ? [443, 80] : [80]) {
      securityGroup.addIngressRule(peer, Port.tcp(port), 'clients');
    }
  }
  const host = tls?.domainName ?? loadBalancer.loadBalancerDnsName;
  return { loadBalancer, listener, addListener, url: `${tls ? 'https' : 'http'}://${host}` };
}

/** What a listener answers to requests that no rule takes. */
export const NOT_FOUND = ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'not found' });
