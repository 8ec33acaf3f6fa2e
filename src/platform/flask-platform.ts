import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, IApplicationListener, IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HttpNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ownLoadBalancer } from '../load-balancing/application-load-balancer';
import type { IFlaskPlatform } from '../load-balancing/i-flask-platform';
import {
  ABSENT,
  noteMadeHere,
  type PlatformValue,
  parameterName,
  requirePlatformName,
  takeCertificate,
} from '../load-balancing/platform-values';
import { adviseOnHeaders, identityByParameter } from '../load-balancing/shared-listener';
import { Tls, withoutDot } from '../load-balancing/tls';
import { logSettings } from '../logging/service-logs';
import { Egress } from '../network/egress';
import { ServiceNetwork } from '../network/service-network';
import { StackNetwork } from '../network/stack-network';
import { admitAlarms } from '../observability/alarm-topic';
import { freeId } from '../private/part-ids';
import { pathInErrors } from '../private/path-in-errors';
import { countAgainst, QUOTAS } from '../private/quotas';
import { beginStage } from '../stage/stage-of';
import { domainOf, type FlaskPlatformProps, requireProps, schemesOf } from './flask-platform-props';
import { platformAlarms, platformDashboard } from './platform-monitoring';

/**
 * What many services share: a VPC, a cluster, a namespace, load balancers with HTTPS, an alarm topic, a dashboard.
 *
 * A service joins by `LoadBalancing.onPlatform(platform)`, in another stack, or in another app, which knows the name alone. It gets its
 * host name, its place among the rules, its records and its alarms by itself. The template of the platform does not change with its services, and no
 * service can block an update of it: they read parameters of AWS Systems Manager, and there are no exports.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { IHostedZone } from 'aws-cdk-lib/aws-route53';
 * import { FlaskFargateService, FlaskImage, FlaskPlatform, LoadBalancing } from 'cdk-flask-fargate';
 *
 * declare const platformStack: Stack;
 * declare const shopStack: Stack;
 * declare const zone: IHostedZone;
 *
 * const platform = new FlaskPlatform(platformStack, 'Platform', { name: 'production', zone });
 * new FlaskFargateService(shopStack, 'Shop', {
 *   image: FlaskImage.fromSource('app'),
 *   loadBalancing: LoadBalancing.onPlatform(platform),
 * });
 */
@pathInErrors
export class FlaskPlatform extends Construct implements IFlaskPlatform {
  /**
   * A platform of another app, by its name. Nothing is looked up: the template of a service is the same as with the platform itself.
   *
   * @param scope the scope
   * @param id the id
   * @param name the name of the platform, in the same account and region
   *
   * @example
   * import { Stack } from 'aws-cdk-lib';
   * import { FlaskPlatform } from 'cdk-flask-fargate';
   *
   * declare const stack: Stack;
   *
   * const platform = FlaskPlatform.fromName(stack, 'Platform', 'production');
   */
  public static fromName(scope: Construct, id: string, name: string): IFlaskPlatform {
    requirePlatformName(name);
    class Named extends Construct implements IFlaskPlatform {
      public readonly platformName = name;
    }
    return new Named(scope, freeId(scope, id));
  }

  /** The name of the platform. */
  public readonly platformName: string;

  /** The VPC. */
  public readonly vpc: IVpc;

  /** The cluster. */
  public readonly cluster: ICluster;

  /** The load balancer that the internet reaches. It is absent where one is given or it is left out. */
  public readonly loadBalancer?: ApplicationLoadBalancer;

  /** The load balancer that the VPC reaches. It is absent where it is left out. */
  public readonly internalLoadBalancer?: ApplicationLoadBalancer;

  /** The topic that all alarms go to. */
  public readonly alarmTopic: ITopic;

  /** The dashboard of all services. It is absent in the development and the ephemeral stage. */
  public readonly dashboard?: Dashboard;

  private readonly members: SecurityGroup;

  /**
   * Creates a platform.
   *
   * @param scope the scope
   * @param id the id
   * @param props the name, the domain
   */
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: FlaskPlatformProps,
  ) {
    super(scope, freeId(scope, id));
    requirePlatformName(props.name);
    requireProps(props);
    this.platformName = props.name;
    const stage = beginStage(this, props.stage);
    // services come to a platform that should not be open to the internet, so public addresses are asked for by egress alone
    const egress = props.egress ?? (stage.egress._render().assignPublicIp ? Egress.natGateways(1) : stage.egress);
    const logs = logSettings({}, stage);
    const network = new ServiceNetwork(this, 'Network', {
      vpc: props.vpc,
      cluster: props.cluster,
      egress: props.vpc || props.cluster ? props.egress : egress,
      defaultEgress: egress,
      containerInsights: stage.containerInsights,
      flowLogs: stage.flowLogs ? logs : undefined,
      endpoints: Egress._endpointsOfPlatform(egress),
      own: props.vpc || props.cluster ? undefined : new StackNetwork(this, 'Own'),
    });
    this.vpc = network.vpc;
    this.cluster = network.cluster;
    noteMadeHere(this, props.name, { ...schemesOf(props), containerInsights: network.containerInsights, domain: domainOf(props) });
    // whichever of its services is on Spot one day
    network.placesByStrategy(true);
    this.alarmTopic = props.alarmTopic ?? new Topic(this, 'Alarms', { enforceSSL: true });
    admitAlarms(this.alarmTopic, Stack.of(this).region);
    const namespace = new HttpNamespace(this, 'Namespace', { name: props.name, description: 'services of the Flask platform' });

    this.members = new SecurityGroup(this, 'Members', { vpc: this.vpc, description: 'services of the Flask platform' });
    // by Service Connect, which is between tasks; who may call whom is the app's to decide
    this.members.addIngressRule(this.members, APP_PORTS, 'from each other');

    const { publicLoadBalancer = true, internalLoadBalancer = false, existingLoadBalancer: existing } = props;
    const defaults = {
      vpc: this.vpc,
      idleTimeout: Duration.seconds(60),
      deletionProtection: stage.deletionProtection,
      accessLogs: stage.accessLogs,
      logs,
      remedies: REMEDIES,
    };
    if (existing) {
      adviseOnHeaders(this, existing.listener, true);
      this.publish('public', existing.loadBalancer, existing.listener);
    } else if (publicLoadBalancer) {
      const { allowFrom, webAcl } = props;
      const made = ownLoadBalancer(new Construct(this, 'Public'), {
        ...defaults,
        options: { internetFacing: true, tls: this.tls(), allowFrom, webAcl },
      });
      this.loadBalancer = made.loadBalancer;
      this.serve('public', made.loadBalancer, made.listener);
    }
    if (internalLoadBalancer) {
      const made = ownLoadBalancer(new Construct(this, 'Internal'), { ...defaults, options: { internetFacing: false, tls: this.tls() } });
      this.internalLoadBalancer = made.loadBalancer;
      this.serve('internal', made.loadBalancer, made.listener);
    }

    this.value('vpc-id', this.vpc.vpcId);
    this.value('cluster', this.cluster.clusterName);
    this.value('namespace-arn', namespace.namespaceArn);
    this.value('security-group', this.members.securityGroupId);
    this.value('alarm-topic', this.alarmTopic.topicArn);
    this.value('domain', domainOf(props));
    this.value('zone-id', props.zone?.hostedZoneId ?? ABSENT);
    this.value('public-ip', network.publicIp);
    this.subnets('task-subnet', network.subnets);
    this.subnets('data-subnet', this.vpc.selectSubnets(network.dataSubnets).subnets);

    const loadBalancers = { public: this.loadBalancer ?? existing?.loadBalancer, internal: this.internalLoadBalancer };
    if (stage.alarms) {
      platformAlarms(this, { cluster: this.cluster, loadBalancers, topic: this.alarmTopic });
    }
    if (stage.dashboard) {
      this.dashboard = platformDashboard(this, { name: props.name, cluster: this.cluster, loadBalancers });
    }
  }

  /** The certificates: one of the zone with all names of its first level, and those that are given. */
  private tls(): Tls | undefined {
    const { zone, certificates = [] } = this.props;
    if (!zone) {
      return certificates.length > 0 ? Tls.withCertificate(certificates[0]) : undefined;
    }
    const existing = this.node.tryFindChild('Certificate') as Certificate | undefined;
    const domainName = withoutDot(zone.zoneName);
    return Tls.withCertificate(
      existing ??
        new Certificate(this, 'Certificate', {
          domainName: `*.${domainName}`,
          subjectAlternativeNames: [domainName],
          validation: CertificateValidation.fromDns(zone),
        }),
      { domainName },
    );
  }

  private serve(kind: 'public' | 'internal', loadBalancer: ApplicationLoadBalancer, listener: IApplicationListener): void {
    const { zone, certificates = [] } = this.props;
    // each by itself: to add one to a resource of several replaces it, and the old one takes its certificates with it
    for (const certificate of zone ? certificates : certificates.slice(1)) {
      const identity = takeCertificate(this, this.platformName, kind, certificate);
      if (!listener.node.tryFindChild(`Certificate-${identity}`)) {
        listener.addCertificates(`Certificate-${identity}`, [certificate]);
        countAgainst(QUOTAS.CERTIFICATES, identityByParameter(parameterName(this.platformName, `${kind}-listener`)), this);
      }
    }
    this.publish(kind, loadBalancer, listener);
  }

  /** One way from a load balancer to all services, however many there are. */
  private publish(kind: 'public' | 'internal', loadBalancer: IApplicationLoadBalancer, listener: IApplicationListener): void {
    listener.connections.allowTo(this.members, APP_PORTS, 'services of the Flask platform');
    this.value(`${kind}-listener`, listener.listenerArn);
    this.value(`${kind}-scheme`, schemesOf(this.props)[kind] ?? ABSENT);
    this.value(`${kind}-dns-name`, loadBalancer.loadBalancerDnsName);
    this.value(`${kind}-dns-zone`, loadBalancer.loadBalancerCanonicalHostedZoneId);
  }

  private value(name: PlatformValue, stringValue: string): void {
    new StringParameter(this, `Value-${name}`, { parameterName: parameterName(this.platformName, name), stringValue });
  }

  /** The first two: how many there are cannot be told from the name of a parameter. */
  private subnets(name: 'task-subnet' | 'data-subnet', [first, second = first]: { readonly subnetId: string }[]): void {
    this.value(`${name}-1`, first.subnetId);
    this.value(`${name}-2`, second.subnetId);
  }
}

/** What can be done about a load balancer. */
const REMEDIES = {
  tls: 'give zone or certificates to the FlaskPlatform',
  notPublic: 'set publicLoadBalancer of the FlaskPlatform to false',
};

/** The ports that apps may listen on. */
const APP_PORTS = Port.tcpRange(1024, 65_535);
