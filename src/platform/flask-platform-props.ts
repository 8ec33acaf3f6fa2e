import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IPeer, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IApplicationListener, IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { ABSENT } from '../load-balancing/platform-values';
import { speaksHttps } from '../load-balancing/shared-listener';
import { requirePublic, withoutDot } from '../load-balancing/tls';
import type { Egress } from '../network/egress';
import { fail, requirePattern } from '../private/validation';
import type { WebAcl } from '../security/web-acl';
import type { FlaskStage } from '../stage/flask-stage';

/** A load balancer that exists, with the listener that the services share. */
export interface ExistingLoadBalancer {
  /** The load balancer. */
  readonly loadBalancer: IApplicationLoadBalancer;

  /** The listener: that of port 443 where there is one. */
  readonly listener: IApplicationListener;

  /**
   * Whether the listener speaks HTTPS.
   *
   * @default - read from a listener that is made in this app; of one that is imported, true where its `defaultPort` is 443
   */
  readonly https?: boolean;
}

/** A platform. Only the name is required. */
export interface FlaskPlatformProps {
  /**
   * The name of the platform, unique in an account and region: 1 to 32 lower-case letters, digits and hyphens. Services of other apps join by it.
   */
  readonly name: string;

  /**
   * What the platform is for. It changes defaults and nothing else, and not those of its services.
   *
   * @default FlaskStage.production()
   */
  readonly stage?: FlaskStage;

  /**
   * The public zone of the platform. Each service has a host name in it by its own name, with alias records, and HTTPS by one wildcard
   * certificate.
   *
   * @default - none: each service has a path by its name on the load balancer's own name, by plain HTTP
   */
  readonly zone?: IHostedZone;

  /**
   * Certificates for names beyond the zone, told apart by the name that the client asks for (SNI). The first is the default where there is no
   * `zone`. The quota of a load balancer is 25 beside the default, with those that services bring by `certificate` of `onPlatform()`.
   *
   * @default - the wildcard certificate of the zone
   */
  readonly certificates?: ICertificate[];

  /**
   * The VPC of the platform.
   *
   * @default - that of `cluster`, else one is made
   */
  readonly vpc?: IVpc;

  /**
   * The cluster of the platform.
   *
   * @default - one is made
   */
  readonly cluster?: ICluster;

  /**
   * How the tasks reach what is outside the VPC, for all services.
   *
   * @default - that of the stage: Egress.natGateways() in production. Where that is Egress.publicIps(), as in development and ephemeral, Egress.natGateways(1)
   */
  readonly egress?: Egress;

  /**
   * Whether there is a load balancer that the internet reaches.
   *
   * @default true
   */
  readonly publicLoadBalancer?: boolean;

  /**
   * Whether there is a load balancer that the VPC and what is connected to it reach.
   *
   * @default false
   */
  readonly internalLoadBalancer?: boolean;

  /**
   * A load balancer that exists, in place of the public one.
   *
   * @default - one is made
   */
  readonly existingLoadBalancer?: ExistingLoadBalancer;

  /**
   * The addresses that may connect to the public load balancer.
   *
   * @default - the whole world
   */
  readonly allowFrom?: IPeer[];

  /**
   * A firewall in front of the public load balancer.
   *
   * @default - none
   */
  readonly webAcl?: WebAcl;

  /**
   * The topic that the alarms of the platform and of all its services go to. It lets CloudWatch publish to it; a topic that is imported, or has an
   * imported key, has to let it by itself. A topic that is encrypted with `alias/aws/sns` is refused, because CloudWatch may not use that key.
   *
   * @default - one is made
   */
  readonly alarmTopic?: ITopic;
}

/** What the listeners of the load balancers speak, those that there are. */
export function schemesOf(props: FlaskPlatformProps): { readonly [kind in 'public' | 'internal']?: 'http' | 'https' } {
  const { existingLoadBalancer: existing, publicLoadBalancer = true, internalLoadBalancer = false } = props;
  const own = props.zone || props.certificates?.length ? 'https' : 'http';
  const given = existing && ((existing.https ?? speaksHttps(existing.listener, {})) ? 'https' : 'http');
  return { public: given ?? (publicLoadBalancer ? own : undefined), internal: internalLoadBalancer ? own : undefined };
}

export function domainOf({ zone }: FlaskPlatformProps): string {
  return zone ? withoutDot(zone.zoneName) : ABSENT;
}

export function requireProps({ zone, certificates = [], ...props }: FlaskPlatformProps): void {
  if (zone) {
    requirePublic(zone);
  }
  requirePattern('the zone of a platform', zone?.zoneName, /^[^*]+$/, 'a domain without wildcards');
  if (props.existingLoadBalancer && (props.webAcl || props.allowFrom || certificates.length > 0)) {
    fail(
      'a load balancer that exists has its own firewall, rules and certificates, got existingLoadBalancer with webAcl, allowFrom or certificates; leave them out',
    );
  }
  if (props.publicLoadBalancer === false) {
    const without = (['existingLoadBalancer', 'webAcl', 'allowFrom'] as const).find((name) => props[name] !== undefined);
    if (without) {
      fail(`${without} is of the public load balancer of a platform, and publicLoadBalancer is false; leave one of the two out`);
    }
  }
  if (props.publicLoadBalancer === false && !props.internalLoadBalancer && (zone || certificates.length > 0)) {
    fail('zone and certificates are of the load balancers of a platform, and it has none; leave them out');
  }
  if (props.allowFrom?.length === 0) {
    fail('allowFrom must name at least one peer, got an empty list, which would let nobody in; leave it out for the default');
  }
  if (props.existingLoadBalancer && !props.vpc && !props.cluster) {
    fail('a load balancer that exists reaches only tasks of its own VPC, got existingLoadBalancer without vpc and cluster; give its vpc');
  }
}
