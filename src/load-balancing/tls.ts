import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type ApplicationLoadBalancer, SslPolicy } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type IHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Duration, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { fail, requirePattern, requireSeconds } from '../private/validation';
import { aliasRecords } from './alias-records';

/** What holds for every HTTPS listener. */
export interface TlsOptions {
  /**
   * The protocols and ciphers.
   *
   * @default SslPolicy.TLS13_12_RES_PQ - TLS 1.3 and 1.2 with forward secrecy, and key exchange that withstands quantum computers: what AWS recommends and its console uses; without it, CloudFormation would use the policy of 2016
   */
  readonly sslPolicy?: SslPolicy;

  /**
   * How long browsers remember to use only HTTPS (Strict-Transport-Security). 0 seconds tells browsers to forget it.
   *
   * @default Duration.days(365)
   */
  readonly hstsMaxAge?: Duration;
}

/** HTTPS for a name in a hosted zone. */
export interface TlsDomainOptions extends TlsOptions {
  /** The public hosted zone of the domain. It proves to AWS that the certificate is yours, and takes the alias records. */
  readonly zone: IHostedZone;

  /**
   * The name within the zone, `www` for example.
   *
   * @default - the zone itself
   */
  readonly recordName?: string;
}

/** HTTPS with a certificate that exists. */
export interface TlsCertificateOptions extends TlsOptions {
  /**
   * The name that the certificate is for, `www.example.com`: the URL of the service. You make its DNS record.
   *
   * @default - the URL is that of the load balancer, to which the certificate does not belong
   */
  readonly domainName?: string;
}

/**
 * The certificate and the name of a listener, bound to a scope.
 *
 * @internal
 */
export interface BoundTls {
  readonly certificate: ICertificate;
  readonly domainName?: string;
  readonly sslPolicy: SslPolicy;
  /** The value of the header. */
  readonly strictTransportSecurity: string;
  /** Makes the names point to the load balancer. */
  readonly addRecords: (loadBalancer: ApplicationLoadBalancer) => IConstruct[];
}

type Bind = (scope: Construct) => Pick<BoundTls, 'certificate' | 'domainName' | 'addRecords'>;

/**
 * Whether clients use HTTPS.
 *
 * @example
 * import { IHostedZone } from 'aws-cdk-lib/aws-route53';
 * import { LoadBalancing, Tls } from 'cdk-flask-fargate';
 *
 * declare const zone: IHostedZone;
 *
 * LoadBalancing.internetFacing({ tls: Tls.forDomain({ zone, recordName: 'shop' }) });
 */
export class Tls {
  /**
   * HTTPS for a name in a hosted zone of Route 53: a certificate that renews itself, and alias records of type A and AAAA. Plain HTTP is
   * redirected.
   *
   * @param options the zone and the name
   */
  public static forDomain(options: TlsDomainOptions): Tls {
    const { zone, recordName } = options;
    requirePublic(zone);
    requirePattern(
      'recordName',
      recordName,
      /^[a-zA-Z0-9_*-]+(\.[a-zA-Z0-9_-]+)*\.?$/,
      "a name within the zone, such as 'www' or 'api.eu'",
    );
    return new Tls(options, (scope) => {
      const zoneName = withoutDot(zone.zoneName);
      const domainName = recordName === undefined ? zoneName : absolute(recordName, zoneName);
      return {
        domainName,
        certificate: new Certificate(scope, 'Certificate', { domainName, validation: CertificateValidation.fromDns(zone) }),
        addRecords: (loadBalancer) => [
          aliasRecords(scope, {
            names: [domainName],
            hostedZoneId: zone.hostedZoneId,
            loadBalancerDnsName: loadBalancer.loadBalancerDnsName,
            loadBalancerZoneId: loadBalancer.loadBalancerCanonicalHostedZoneId,
          }),
        ],
      };
    });
  }

  /**
   * HTTPS with an existing certificate. Plain HTTP is redirected.
   *
   * @param certificate a certificate of AWS Certificate Manager in the region of the service
   * @param options its name, the protocols
   */
  public static withCertificate(certificate: ICertificate, options: TlsCertificateOptions = {}): Tls {
    return new Tls(options, () => ({ certificate, domainName: options.domainName, addRecords: () => [] }));
  }

  /**
   * Plain HTTP on purpose, without the warning that you get if you set nothing. Whoever is between the clients and the load balancer can read and
   * change the traffic.
   */
  public static disabled(): Tls {
    return new Tls({});
  }

  private constructor(
    private readonly options: TlsOptions,
    private readonly bind?: Bind,
  ) {
    requireSeconds('hstsMaxAge', options.hstsMaxAge, 0, 63_072_000, 'two years is the usual maximum for browsers');
  }

  /** @internal */
  public _render(): { readonly https: boolean } {
    return { https: this.bind !== undefined };
  }

  /** @internal */
  public _bind(scope: Construct): BoundTls | undefined {
    const maxAge = (this.options.hstsMaxAge ?? Duration.days(365)).toSeconds();
    return (
      this.bind && {
        ...this.bind(scope),
        sslPolicy: this.options.sslPolicy ?? SslPolicy.TLS13_12_RES_PQ,
        strictTransportSecurity: `max-age=${maxAge}`,
      }
    );
  }
}

/** AWS Certificate Manager reads the record that proves the domain as everybody does: with a private zone the deployment would wait for ever. */
export function requirePublic(zone: IHostedZone): void {
  if (zone instanceof PrivateHostedZone) {
    fail(
      `the zone must be a public hosted zone, because AWS Certificate Manager looks there for the record of the certificate, got the private ${zone.node.path}; give a public zone of the same domain, or a certificate that exists`,
    );
  }
}

/** A zone that is imported may have the dot that ends a name in DNS; a certificate may not. */
export function withoutDot(name: string): string {
  return !Token.isUnresolved(name) && name.endsWith('.') ? name.slice(0, -1) : name;
}

/** As Route 53 reads a record name: one that ends like the zone, or with a dot, is whole already. */
function absolute(recordName: string, zoneName: string): string {
  if (recordName.endsWith('.')) {
    return withoutDot(recordName);
  }
  return recordName === zoneName || recordName.endsWith(`.${zoneName}`) ? recordName : `${recordName}.${zoneName}`;
}
