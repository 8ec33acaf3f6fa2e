import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
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
import type { Construct, IConstruct } from 'constructs';
import type { LogSettings } from '../logging/service-logs';
import { WARNINGS, warn } from '../private/warnings';
import { requireBalancedVpc, vpcCidrOf } from './balanced-vpc';
import { enableLoadBalancerLogs } from './load-balancer-logs';
import type { LoadBalancingPlan } from './load-balancing-plan';

/** @internal */
export interface OwnLoadBalancerProps {
  readonly vpc: IVpc;
  readonly options: NonNullable<LoadBalancingPlan['own']>;
  readonly idleTimeout: Duration;
  readonly deletionProtection: boolean;
  /** Whether access logs, and those of a firewall, are on where the user has not said. */
  readonly accessLogs: boolean;
  /** How long logs are kept, and whether they are deleted with the service. */
  readonly logs: LogSettings;
  /** What its owner can do, where that is not LoadBalancing. */
  readonly remedies?: BalancerRemedies;
}

/** @internal */
export interface BalancerRemedies {
  /** Where it speaks plain HTTP. */
  readonly tls: string;
  /** Where the VPC has no public subnets. */
  readonly notPublic: string;
}

const OF_SERVICE: BalancerRemedies = {
  tls: 'give tls to LoadBalancing.internetFacing(), made by Tls.forDomain(), or by Tls.disabled() if plain HTTP is intended',
  notPublic: 'use LoadBalancing.internal()',
};

/** @internal */
export interface OwnLoadBalancer {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly listener: ApplicationListener;
  readonly url: string;
  readonly certificate?: ICertificate;
  /** The names that point to it. */
  readonly records: IConstruct[];
  /** Another listener of the same protocol, closed until a peer is allowed in. */
  readonly addListener: (id: string, port: number) => ApplicationListener;
}

/**
 * A load balancer of the service's own: its security group, the listener of the clients, the redirect from HTTP, its logs and its firewall.
 *
 * @internal
 */
export function ownLoadBalancer(scope: Construct, props: OwnLoadBalancerProps): OwnLoadBalancer {
  const { vpc, options, remedies = OF_SERVICE } = props;
  const { internetFacing } = options;
  requireBalancedVpc(vpc, options, remedies.notPublic);
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
    wafFailOpen: options.webAcl?._render().failOpen,
  });
  if (!options.webAcl?._render().failOpen) {
    // an attribute that a template leaves out keeps the value that it has
    loadBalancer.setAttribute('waf.fail_open.enabled', 'false');
  }
  enableLoadBalancerLogs(scope, loadBalancer, options, {
    byDefault: props.accessLogs,
    remove: props.logs.removalPolicy === RemovalPolicy.DESTROY,
  });
  options.webAcl?._bind(scope, { loadBalancer, logs: props.logs, logRequests: props.accessLogs });

  const tls = options.tls?._bind(scope);
  const speaking = tls
    ? { protocol: ApplicationProtocol.HTTPS, certificates: [tls.certificate], sslPolicy: tls.sslPolicy }
    : { protocol: ApplicationProtocol.HTTP };
  const addListener = (id: string, port: number) =>
    hideServer(loadBalancer.addListener(id, { port, open: false, defaultAction: NOT_FOUND, ...speaking }));
  // one listener of port 80 with HTTPS and without, so that HTTPS is given and taken away in place: a second listener of the port would be refused
  const http = hideServer(
    loadBalancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: tls ? ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }) : NOT_FOUND,
    }),
  );
  const listener = tls ? addListener('Https', 443) : http;
  const records = tls?.addRecords(loadBalancer) ?? [];
  if (tls) {
    listener.setAttribute('routing.http.response.strict_transport_security.header_value', tls.strictTransportSecurity);
  } else if (!options.tls) {
    warn(
      scope,
      WARNINGS.PLAIN_HTTP,
      `the load balancer speaks plain HTTP: anyone on the way can read and change what clients send and get; ${remedies.tls}`,
    );
  }

  const peers = options.allowFrom ?? [
    internetFacing ? Peer.anyIpv4() : Peer.ipv4(vpcCidrOf(vpc, props.remedies ? undefined : 'allowFrom')),
    ...(internetFacing && options.dualStack ? [Peer.anyIpv6()] : []),
  ];
  for (const peer of peers) {
    for (const port of tls ? [443, 80] : [80]) {
      securityGroup.addIngressRule(peer, Port.tcp(port), 'clients');
    }
  }
  const host = tls?.domainName ?? loadBalancer.loadBalancerDnsName;
  return { loadBalancer, listener, certificate: tls?.certificate, records, addListener, url: `${tls ? 'https' : 'http'}://${host}` };
}

/** What a listener answers to requests that no rule takes. */
const NOT_FOUND = ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'not found' });

/** Which server answers is of use to nobody but an attacker. */
function hideServer(listener: ApplicationListener): ApplicationListener {
  listener.setAttribute('routing.http.response.server.enabled', 'false');
  return listener;
}
