import { createHash } from 'node:crypto';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnListenerCertificate, ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { CfnRecordSetGroup, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Fn, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { QUOTAS } from '../private/quotas';
import { fail, requireInteger, requirePattern } from '../private/validation';
import { aliasRecords } from './alias-records';
import type { IFlaskPlatform } from './i-flask-platform';
import type { TargetOptions } from './load-balancing-options';
import type { LoadBalancingPlan, SharedRule } from './load-balancing-plan';
import { deployAfter, JoinedPlatform } from './platform-values';
import { priorityOf } from './priority';
import { describeRoute, MAX_VALUES_OF_RULE, type Route, requireHosts, requirePaths } from './route';
import { conditionsOf, countOnListener, sharedUrl } from './shared-listener';

/** What a service is on a platform. */
export interface PlatformOptions extends TargetOptions {
  /**
   * Whether clients reach the service. A worker needs no route.
   *
   * @default true
   */
  readonly route?: boolean;

  /**
   * Whether the route is on the internal load balancer of the platform.
   *
   * @default false
   */
  readonly internal?: boolean;

  /**
   * The name of the service: its host under the platform's domain. On a platform without a domain, its path on the load balancer's own name. 1 to
   * 63 lower-case letters, digits and hyphens.
   *
   * @default - the id of the service, `order-api` for `OrderApi`
   */
  readonly name?: string;

  /**
   * A branch or a pull request that this is a preview of. It becomes a part of the name, so that previews side by side have hosts of their own.
   *
   * @default - none
   */
  readonly preview?: string;

  /**
   * Host names in place of the one by the name. More than five are split over several rules.
   *
   * @default - the name of the service under the platform's domain; any host where `paths` is given
   */
  readonly hosts?: string[];

  /**
   * Paths of the service, `/shop/*` for example. The app gets them unchanged.
   *
   * @default - all paths of the hosts
   */
  readonly paths?: string[];

  /**
   * The zone of `hosts`: each that is no wildcard gets alias records in it.
   *
   * @default - no records for `hosts`
   */
  readonly zone?: IHostedZone;

  /**
   * A certificate for `hosts`, added to the listener beside those of the platform.
   *
   * @default - the certificates of the platform
   */
  readonly certificate?: ICertificate;

  /**
   * The place of the rule among those of the listener, 1 to 999 or 49000 to 50000: the numbers between are given by themselves.
   *
   * @default - by itself, specific before general, from the route and the service alone, so that it never changes with other services
   */
  readonly priority?: number;
}

/** Checks what can be seen without the platform. */
export function requirePlatformOptions(options: PlatformOptions): void {
  requireHosts(options.hosts ?? []);
  requirePaths(options.paths ?? []);
  requirePattern('the name of a service on a platform', options.name, NAME, NAME_ALLOWED);
  requireInteger('priority', options.priority, 1, 50_000);
  const { priority } = options;
  if (priority !== undefined && !Token.isUnresolved(priority) && priority > 999 && priority < 49_000) {
    fail(
      `priority on a platform must be 1 to 999 or 49000 to 50000, got ${priority}; the numbers between are given by themselves, leave priority out`,
    );
  }
  if ((options.zone || options.certificate) && !options.hosts?.length) {
    fail('zone and certificate on a platform belong to hosts of your own, got none; give hosts, or leave them out');
  }
}

const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME_ALLOWED = "1 to 63 lower-case letters, digits and hyphens that begin with a letter, such as 'order-api'";

/** The place and the route of a service on a platform. */
export function planOnPlatform(scope: Construct, platform: IFlaskPlatform, options: PlatformOptions): LoadBalancingPlan {
  const joined = JoinedPlatform.of(scope, platform.platformName);
  deployAfter(scope, platform);
  const { signIn, stickiness, slowStart, algorithm, anomalyMitigation, deregistrationDelay } = options;
  const place = {
    vpc: joined.vpc,
    cluster: joined.cluster,
    publicIp: joined.value('public-ip'),
    hasPublicIp: joined.is('public-ip', 'ENABLED'),
    members: joined.members,
    topic: () => joined.topic,
    claim: joined.claim.bind(joined),
  };
  const timeouts = { kind: options.route === false ? ('none' as const) : ('shared' as const), deregistrationDelay };
  if (options.route === false) {
    return { place, https: false, timeouts };
  }
  const route = new PlatformRoute(scope, joined, options);
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

class PlatformRoute {
  public readonly kind: 'public' | 'internal';
  public readonly rules: SharedRule[];
  public readonly url: string | undefined;
  private readonly name: string;
  private readonly owner: string;

  public constructor(
    private readonly scope: Construct,
    private readonly joined: JoinedPlatform,
    private readonly options: PlatformOptions,
  ) {
    this.kind = options.internal ? 'internal' : 'public';
    this.name = nameOf(scope, options);
    // without the app around the stack: the number of a rule is the same from another app
    this.owner = scope.node.path.slice(Stack.of(scope).node.path.length + 1);
    const { hosts = [], paths = [] } = options;
    this.rules = hosts.length + paths.length > 0 ? this.split(hosts, paths) : [this.byName()];
    this.url = hosts.length + paths.length > 0 ? sharedUrl({ hosts, paths }, true)?.replace(/^https/, this.scheme) : this.urlByName();
    if (options.certificate) {
      countOnListener(QUOTAS.CERTIFICATES, scope, joined.listener(this.kind));
      new CfnListenerCertificate(scope, 'HostsCertificate', {
        listenerArn: joined.value(`${this.kind}-listener`),
        certificates: [{ certificateArn: options.certificate.certificateArn }],
      });
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
    const priority = this.priority(host);
    return {
      ...host,
      seen: [{ ...host, priority }],
      // behind all paths that were given, which are narrower or have nothing in common with it
      priority: Token.asNumber(Fn.conditionIf(hasDomain, priority, this.priority({ hosts: [], paths: ['/*'] }))),
      conditions: [new HostOrPath(hasDomain, [this.hostByName], paths)],
      claim: this.joined.claim('routes', `${this.kind}-${this.name}`, this.owner),
      withoutSignIn: (open) => ({
        ...host,
        paths: open,
        seen: [{ hosts: host.hosts, paths: open, priority: this.priority({ ...host, paths: open }) }],
        priority: this.priority({ ...host, paths: open }),
        conditions: [ListenerCondition.hostHeaders([this.hostByName]), ListenerCondition.pathPatterns(open)],
      }),
    };
  }

  /** A rule compares five values at most. */
  private split(hosts: readonly string[], paths: readonly string[]): SharedRule[] {
    if (paths.length >= MAX_VALUES_OF_RULE && hosts.length > 0) {
      fail(
        `a listener rule takes at most ${MAX_VALUES_OF_RULE} hosts and paths together, got ${paths.length} paths beside hosts; use a wildcard such as '/shop/*'`,
      );
    }
    const [kept, split] = hosts.length > 0 ? [paths, hosts] : [[], paths];
    const size = MAX_VALUES_OF_RULE - kept.length;
    const parts = Array.from({ length: Math.ceil(split.length / size) }, (_, index) => split.slice(index * size, (index + 1) * size));
    const { priority: byHand } = this.options;
    return parts.map((part, index) => {
      const route: Route = hosts.length > 0 ? { hosts: part, paths } : { hosts: [], paths: part };
      return this.rule(route, byHand === undefined ? undefined : byHand + index);
    });
  }

  private rule(route: Route, byHand?: number): SharedRule {
    const priority = byHand ?? this.priority(route);
    const what = `${this.kind} ${describeRoute({ hosts: [...route.hosts].sort(), paths: [...route.paths].sort() })}`;
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
    return this.options.priority ?? priorityOf(route, `${Stack.of(this.scope).stackName}/${this.owner} ${describeRoute(route)}`);
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

/** `order-api` of `OrderApi`, and with a branch `order-api-fix-1234`. */
function nameOf(scope: Construct, { name, preview }: PlatformOptions): string {
  const base = name ?? hyphenated(scope.node.id);
  requirePattern('the name of a service on a platform', base, NAME, `${NAME_ALLOWED}; set name`);
  if (preview === undefined) {
    return base;
  }
  const slug = preview
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const whole = `${base}-${slug}`;
  if (slug === preview && whole.length <= 63) {
    return whole;
  }
  // two branches that differ in other characters alone, or at their ends, are two previews
  const hash = createHash('sha256').update(preview).digest('hex').slice(0, 6);
  return `${whole.slice(0, 56).replace(/-+$/, '')}-${hash}`;
}

function hyphenated(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

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
