import { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { CfnRecordSetGroup } from 'aws-cdk-lib/aws-route53';
import { Fn, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { fail } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import { aliasRecords } from './alias-records';
import type { IFlaskPlatform } from './i-flask-platform';
import type { LoadBalancingPlan, SharedRule } from './load-balancing-plan';
import { nameOfPreview, nameOnPlatform, type PlatformServiceOptions, requireByHand } from './platform-options';
import { ABSENT, deployAfter, JoinedPlatform, knownDomain, lacksInsights, requireHttps, requireLoadBalancer } from './platform-values';
import { priorityOf } from './priority';
import { describeRoute, MAX_VALUES_OF_RULE, type Route } from './route';
import { conditionsOf, sharedUrl } from './shared-listener';

/** The place and the route of a service on a platform. */
export function planOnPlatform(scope: Construct, platform: IFlaskPlatform, options: PlatformServiceOptions): LoadBalancingPlan {
  const joined = JoinedPlatform.of(scope, platform.platformName);
  deployAfter(scope, platform);
  const { signIn, stickiness, slowStart, algorithm, anomalyMitigation, deregistrationDelay } = options;
  const place = {
    vpc: joined.vpc,
    cluster: joined.cluster,
    publicIp: joined.value('public-ip'),
    hasPublicIp: joined.is('public-ip', 'ENABLED'),
    containerInsights: lacksInsights(platform) ? (false as const) : undefined,
    members: joined.members,
    topic: () => joined.topic,
    nameFor: (name: string) => nameOfPreview(name, options.preview),
    claim: joined.claim.bind(joined),
  };
  const timeouts = { kind: options.route === false ? ('none' as const) : ('platform' as const), deregistrationDelay };
  if (options.route === false) {
    return { place, https: false, timeouts };
  }
  const kind = options.internal ? 'internal' : 'public';
  requireLoadBalancer(platform, kind);
  if (signIn) {
    requireHttps(platform, kind);
  }
  const domain = knownDomain(scope, platform);
  adviseOnCertificate(scope, options, domain);
  const route = new PlatformRoute(scope, joined, options, domain);
  return {
    place,
    target: { signIn, stickiness, slowStart, algorithm, anomalyMitigation, deregistrationDelay },
    timeouts,
    // known at deployment; what depends on it is in the environment
    https: true,
    environment: route.environment,
    shared: {
      listener: joined.listener(route.kind),
      hosts: route.rules.flatMap(({ hosts }) => hosts),
      rules: route.rules,
      url: route.url,
      records: route.records,
    },
  };
}

/** The wildcard in a certificate stands for one level of names. */
function adviseOnCertificate(scope: Construct, { hosts = [], certificate }: PlatformServiceOptions, zoneName?: string): void {
  const domain = zoneName?.toLowerCase();
  const end = `.${domain}`;
  const below = hosts.filter((host) => host.toLowerCase().endsWith(end) && host.slice(0, -end.length).includes('.'));
  if (domain !== undefined && below.length > 0 && !certificate) {
    warn(
      scope,
      WARNINGS.HOST_WITHOUT_CERTIFICATE,
      `the certificate of the platform's zone is for ${domain} and *.${domain}, got the host ${below.join(', ')}, a level lower, which browsers refuse unless another certificate of the platform has it; give certificate, or a host with one level`,
    );
  }
}

class PlatformRoute {
  public readonly kind: 'public' | 'internal';
  public readonly rules: SharedRule[];
  public readonly url: string | undefined;
  private readonly name: string;
  private readonly owner: string;

  public constructor(
    private readonly scope: Construct,
    private readonly joined: JoinedPlatform,
    private readonly options: PlatformServiceOptions,
    private readonly knownDomain?: string,
  ) {
    this.kind = options.internal ? 'internal' : 'public';
    this.name = nameOnPlatform(scope, options);
    // without the app around the stack: the number of a rule is the same from another app
    this.owner = scope.node.path.slice(Stack.of(scope).node.path.length + 1);
    const { hosts = [], paths = [] } = options;
    this.rules = hosts.length + paths.length > 0 ? this.split(hosts, paths) : [this.byName()];
    this.url = hosts.length + paths.length > 0 ? sharedUrl({ hosts, paths }, true)?.replace(/^https/, this.scheme) : this.urlByName();
    if (options.certificate) {
      joined.addCertificate(this.kind, options.certificate);
    }
  }

  public get environment(): { readonly [key: string]: string } {
    const https = this.joined.is(`${this.kind}-scheme`, 'https');
    return {
      FLASK_PREFERRED_URL_SCHEME: this.scheme,
      FLASK_SESSION_COOKIE_SECURE: Token.asString(Fn.conditionIf(https.logicalId, 'true', 'false')),
    };
  }

  /** Makes the names point to the load balancer: one resource for all of them. */
  public readonly records = (scope: Construct): IConstruct[] => {
    const { hosts = [], paths = [], zone } = this.options;
    const names = hosts.filter((host) => !/[*?]/.test(host));
    if (zone && names.length > 0) {
      return [this.aliases(scope, zone.hostedZoneId, names)];
    }
    if (hosts.length + paths.length > 0) {
      return [];
    }
    const records = this.aliases(scope, this.joined.value('zone-id'), [this.hostByName]);
    records.cfnOptions.condition = this.joined.has('zone-id');
    return [records];
  };

  private get scheme(): string {
    return this.joined.value(`${this.kind}-scheme`);
  }

  private get hostByName(): string {
    return `${this.name}.${this.joined.value('domain')}`;
  }

  /** The host by the name where the platform has a domain, else the path by the name. */
  private byName(): SharedRule {
    const hasDomain = this.joined.has('domain').logicalId;
    // what stands for the domain in the app's own comparisons
    const host: Route = { hosts: [`${this.name}.(domain)`], paths: [] };
    const paths = [`/${this.name}`, `/${this.name}/*`];
    const { priority: byHand, signIn } = this.options;
    if (signIn && this.knownDomain === ABSENT) {
      fail('sign-in on a platform is by host, got signIn on one without a zone; give hosts, or give the platform a zone');
    }
    if (byHand !== undefined) {
      requireByHand(signIn ? byHand - 1 : byHand, byHand);
    }
    const priority = byHand ?? this.priority(host);
    const byPath = byHand ?? this.priority({ hosts: [], paths: ['/*'] });
    return {
      ...host,
      seen: this.knownDomain === ABSENT ? [{ hosts: [], paths: [`/${this.name}/*`], priority: byPath }] : this.seen(host, priority),
      // behind all paths that were given, which are narrower or have nothing in common with it
      priority: byHand ?? Token.asNumber(Fn.conditionIf(hasDomain, priority, byPath)),
      conditions: [new HostOrPath(hasDomain, [this.hostByName], paths)],
      // the same as of who gives that host by hand
      claim: this.joined.claim('routes', `${this.kind}-${this.name}`, this.owner, `${this.kind}-${this.hostByName}`),
      withoutSignIn: (open) => {
        const before = byHand === undefined ? this.priority({ ...host, paths: open }) : byHand - 1;
        return {
          ...host,
          paths: open,
          seen: this.seen({ ...host, paths: open }, before),
          priority: before,
          conditions: [ListenerCondition.hostHeaders([this.hostByName]), ListenerCondition.pathPatterns(open)],
        };
      },
    };
  }

  /** What is compared with the rules of others in the app: the host by the name, and the same with the domain where that is known. */
  private seen({ hosts, paths }: Route, priority: number): SharedRule['seen'] {
    const byDomain = this.knownDomain === undefined ? [] : [{ hosts: [`${this.name}.${this.knownDomain}`], paths, priority }];
    return [{ hosts, paths, priority }, ...byDomain];
  }

  /**
   * A rule compares five values at most. In one order, so that the numbers of the rules are those of the hosts and not of their order; beside the paths, and
   * beside those that need no sign-in.
   */
  private split(givenHosts: readonly string[], givenPaths: readonly string[]): SharedRule[] {
    const { priority: byHand, signIn } = this.options;
    // to a load balancer the case of a host does not matter
    const hosts = sorted(givenHosts.map((host) => host.toLowerCase()));
    const paths = sorted(givenPaths);
    const open = signIn ? signIn._render().exceptPaths.length + 1 : 0;
    const beside = hosts.length > 0 ? Math.max(paths.length, open) : 0;
    const size = MAX_VALUES_OF_RULE - beside;
    if (size < 1) {
      fail(
        `a listener rule accepts at most ${MAX_VALUES_OF_RULE} hosts and paths together, got ${beside} paths beside hosts; use a wildcard such as '/shop/*'`,
      );
    }
    const values = hosts.length > 0 ? hosts : paths;
    const parts = Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size));
    const step = signIn ? 2 : 1;
    if (byHand !== undefined) {
      requireByHand(byHand - step + 1, byHand + (parts.length - 1) * step);
    }
    return parts.map((part, index) => {
      const route: Route = hosts.length > 0 ? { hosts: part, paths } : { hosts: [], paths: part };
      return this.rule(route, byHand === undefined ? undefined : byHand + index * step);
    });
  }

  private rule(route: Route, byHand?: number): SharedRule {
    const priority = byHand ?? this.priority(route);
    const isHost = route.hosts.length === 1 && route.paths.length === 0;
    const what = `${this.kind}${isHost ? '-' : ' '}${describeRoute(route)}`;
    return {
      ...route,
      priority,
      seen: [{ ...route, priority }],
      conditions: conditionsOf(route),
      claim: this.joined.claim('routes', what, this.owner),
      withoutSignIn: (open) => this.rule({ hosts: route.hosts, paths: open }, byHand === undefined ? undefined : byHand - 1),
    };
  }

  private priority(route: Route): number {
    return priorityOf(route, `${Stack.of(this.scope).stackName}/${this.owner} ${describeRoute(route)}`);
  }

  private urlByName(): string {
    const own = `${this.joined.value(`${this.kind}-dns-name`)}/${this.name}/`;
    return `${this.scheme}://${Token.asString(Fn.conditionIf(this.joined.has('domain').logicalId, this.hostByName, own))}`;
  }

  private aliases(scope: Construct, hostedZoneId: string, names: string[]): CfnRecordSetGroup {
    return aliasRecords(scope, {
      names,
      hostedZoneId,
      loadBalancerDnsName: this.joined.value(`${this.kind}-dns-name`),
      loadBalancerZoneId: this.joined.value(`${this.kind}-dns-zone`),
    });
  }
}

const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();

/** A condition on the host or on the path, as the platform has a domain or not. */
class HostOrPath extends ListenerCondition {
  public constructor(
    private readonly hasDomain: string,
    private readonly hosts: string[],
    private readonly paths: string[],
  ) {
    super();
  }

  public renderRawCondition(): unknown {
    // within a function of CloudFormation the names are its own
    return Fn.conditionIf(
      this.hasDomain,
      { Field: 'host-header', HostHeaderConfig: { Values: this.hosts } },
      { Field: 'path-pattern', PathPatternConfig: { Values: this.paths } },
    );
  }
}
