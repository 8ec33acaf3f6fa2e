import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { hyphenated, shortHash, slug } from '../private/names';
import { fail, requireInteger, requireKnown, requireKnownText, requirePattern } from '../private/validation';
import type { TargetOptions } from './load-balancing-options';
import { requireHosts, requirePaths } from './route';
import { withoutDot } from './tls';

/** What a service is on a platform. */
export interface PlatformServiceOptions extends TargetOptions {
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
   * 63 lower-case letters, digits and hyphens. Not beside `hosts` and `paths`.
   *
   * @default - the id of the service, `order-api` for `OrderApi`
   */
  readonly name?: string;

  /**
   * A branch or a pull request that this is a preview of. It becomes a part of the name, and of that for service discovery, so that previews side by
   * side have hosts of their own. Not beside `hosts` and `paths`, which would be the same for all branches.
   *
   * @default - none
   */
  readonly preview?: string;

  /**
   * Host names in place of the one by the name. More than five are split over several rules. The certificate of the platform's zone has one
   * level of names: `shop.eu.example.com` in the zone `example.com` needs `certificate`.
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
   * A certificate for `hosts`, added to the listener beside those of the platform. Services of one stack may share it; one that several stacks need belongs
   * in `certificates` of the platform, because the listener loses it when one of the stacks is removed.
   *
   * @default - the certificates of the platform
   */
  readonly certificate?: ICertificate;

  /**
   * The place of the rule among those of the listener, 1 to 999 or 49000 to 50000: the numbers between are given by themselves. Further rules, for
   * more than five hosts and for paths without sign-in, take the numbers beside it.
   *
   * @default - computed from only the route and the service, specific before general, so it never changes with other services
   */
  readonly priority?: number;
}

/** What is of a route alone. */
const OF_ROUTE = [
  'internal',
  'name',
  'preview',
  'hosts',
  'paths',
  'zone',
  'certificate',
  'priority',
  'signIn',
  'stickiness',
  'slowStart',
  'algorithm',
  'anomalyMitigation',
  'deregistrationDelay',
] as const;

/** Checks what can be seen without the platform. The route is known at synth: its place among the rules, and who else has it, depend on it. */
export function requirePlatformOptions(options: PlatformServiceOptions): void {
  const { hosts = [], paths = [], name, preview, priority, route } = options;
  const without = route === false ? OF_ROUTE.find((option) => options[option] !== undefined) : undefined;
  if (without) {
    fail(`${without} is of the route of a service on a platform, and route is false; leave one of the two out`);
  }
  for (const host of hosts) {
    requireKnownText('a host on a platform', host, 'shop.example.com');
  }
  for (const path of paths) {
    requireKnownText('a path on a platform', path, '/shop/*');
  }
  requireHosts(hosts);
  requirePaths(paths);
  requireKnownText('the name of a service on a platform', name, 'order-api');
  requirePattern('the name of a service on a platform', name, NAME, NAME_ALLOWED);
  requireKnownText('preview', preview, 'fix-1234');
  if (preview?.trim() === '') {
    fail(`preview must name a branch or a pull request, 'fix-1234' for example, got an empty text; leave it out if this is not a preview`);
  }
  for (const [option, value] of Object.entries({ name, preview })) {
    if (value !== undefined && hosts.length + paths.length > 0) {
      fail(`${option} is a part of the host by the name, which hosts and paths replace; leave ${option} out, or hosts and paths`);
    }
  }
  requireKnown('priority on a platform', priority, '10');
  requireInteger('priority', priority, 1, 50_000);
  if (priority !== undefined && !BY_HAND.some(([first, last]) => first <= priority && priority <= last)) {
    fail(
      `priority on a platform must be 1 to 999 or 49000 to 50000, got ${priority}; the numbers between are assigned automatically, so leave priority out`,
    );
  }
  if ((options.zone || options.certificate) && hosts.length === 0) {
    fail('zone and certificate on a platform belong to hosts of your own, got none; give hosts, or leave them out');
  }
  const zoneName = knownName(options.zone);
  const stray = hosts.find((host) => zoneName && !/[*?]/.test(host) && !`.${host.toLowerCase()}`.endsWith(`.${zoneName}`));
  if (stray !== undefined) {
    fail(
      `the records of hosts are made in the zone, which must end their names, got '${stray}' and the zone '${zoneName}'; give the zone of the hosts, or leave zone out`,
    );
  }
}

/** A zone that is imported by its id alone has no name that can be asked for. */
function knownName(zone?: IHostedZone): string | undefined {
  try {
    return zone && !Token.isUnresolved(zone.zoneName) ? withoutDot(zone.zoneName).toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}

/** The numbers that are given by hand. */
const BY_HAND = [
  [1, 999],
  [49_000, 50_000],
] as const;

/** The first and the last number of a service stay in one of the two ranges. */
export function requireByHand(first: number, last: number): void {
  if (!BY_HAND.some(([from, to]) => from <= first && last <= to)) {
    fail(
      `the rules of the service take the priorities ${first} to ${last}, which must be within 1 to 999 or within 49000 to 50000; give another priority, or leave it out`,
    );
  }
}

const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME_ALLOWED = "1 to 63 lower-case letters, digits and hyphens that begin with a letter, such as 'order-api'";

/** `order-api` of `OrderApi`, and with a branch `order-api-fix-1234`. */
export function nameOnPlatform(scope: Construct, { name, preview }: PlatformServiceOptions): string {
  const base = name ?? hyphenated(scope.node.id);
  requirePattern('the name of a service on a platform', base, NAME, `${NAME_ALLOWED}; set name`);
  return nameOfPreview(base, preview);
}

/** With a branch `orders-fix-1234`. */
export function nameOfPreview(base: string, preview?: string): string {
  if (preview === undefined) {
    return base;
  }
  const branch = slug(preview);
  const whole = `${base}-${branch}`;
  if (branch === preview && whole.length <= 63) {
    return whole;
  }
  // two branches that differ in other characters alone, or at their ends, are two previews
  const hash = shortHash(`${base}/${preview}`, 6);
  return `${whole.slice(0, 56).replace(/-+$/, '')}-${hash}`;
}
