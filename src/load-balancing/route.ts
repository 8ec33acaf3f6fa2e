import { Token } from 'aws-cdk-lib/core';
import { fail, requirePattern } from '../private/validation';

/**
 * Which requests a rule of a listener takes: those to one of the hosts, if there are any, and to one of the paths, if there are any.
 *
 * @internal
 */
export interface Route {
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
}

/** A rule compares a request with at most five values. */
export const MAX_VALUES_OF_RULE = 5;

const MAX_WILDCARDS_OF_RULE = 6;

const MAX_CHARACTERS = 128;

/** Of a part of a name between two dots, in DNS. A wildcard may stand for a dot. */
const MAX_LABEL = 63;

/** Checks host names as Elastic Load Balancing does when the rule is made, and that a client can ask for them. Tokens pass. */
export function requireHosts(hosts: readonly string[]): void {
  for (const host of hosts) {
    const rest = host.replace(/^https?:\/\//, '').replace(/[:/].*$/, '');
    if (!Token.isUnresolved(host) && rest !== host) {
      fail(`a host must be only a name, without scheme, port and path, got '${host}'; give '${rest}'`);
    }
    requirePattern(
      'a host',
      host,
      /^(?=.{1,128}$)[a-zA-Z0-9_.*?-]*\.[a-zA-Z]+$/,
      `at most ${MAX_CHARACTERS} letters, digits and - _ . * ?, with a dot, and only letters after the last one, such as 'shop.example.com' or '*.example.com'`,
    );
    const isEmpty = host.split('.').includes('');
    const longest = Math.max(...host.split(/[.*?]/).map(({ length }) => length));
    if (!Token.isUnresolved(host) && (isEmpty || longest > MAX_LABEL)) {
      fail(
        `a part of a host, between two dots, must have 1 to ${MAX_LABEL} characters, got ${isEmpty ? 'an empty one' : longest} in '${host}', which no client can ask for; give a name such as 'shop.example.com'`,
      );
    }
  }
}

/** Checks path patterns as Elastic Load Balancing does when the rule is made. Tokens pass. */
export function requirePaths(paths: readonly string[]): void {
  for (const path of paths) {
    requirePattern('a path', path, /^\/\S*$/, "a path pattern that begins with a slash, such as '/shop/*'");
    requirePattern(
      'a path',
      path,
      /^(?=.{1,128}$)[a-zA-Z0-9_.$/~"'@:+;&*?-]+$/,
      `at most ${MAX_CHARACTERS} letters, digits and _ - . $ / ~ " ' @ : + ; & * ?, such as '/shop/*'`,
    );
  }
}

/** Checks the patterns of one rule as Elastic Load Balancing does. Its pages say five and six: what is refused here, both refuse. */
export function requireFewWildcards(patterns: readonly string[]): void {
  const count = patterns.join('').replace(/[^*?]/g, '').length;
  if (count > MAX_WILDCARDS_OF_RULE) {
    fail(
      `a listener rule takes at most ${MAX_WILDCARDS_OF_RULE} wildcards in its hosts and paths together, got ${count} in ${patterns.join(', ')}; use patterns with fewer`,
    );
  }
}

/** Whether a pattern with `*` and `?` takes all that another one takes. */
export function covers(pattern: string, other: string): boolean {
  if (!/[*?]/.test(pattern)) {
    return pattern === other;
  }
  // rows of a table: whether the pattern up to a place takes the other up to each place
  let row = [true, ...new Array<boolean>(other.length).fill(false)];
  for (const sign of pattern) {
    const next = [sign === '*' && row[0]];
    for (let i = 1; i <= other.length; i++) {
      const single = sign === other[i - 1] || (sign === '?' && other[i - 1] !== '*');
      next.push(sign === '*' ? row[i] || next[i - 1] : row[i - 1] && single);
    }
    row = next;
  }
  return row[other.length];
}

/** Whether each request that the second route takes is taken by the first. Tokens are compared as they are. */
export function hides(first: Route, second: Route): boolean {
  const within = (patterns: readonly string[], others: readonly string[]) =>
    patterns.length === 0 || (others.length > 0 && others.every((other) => patterns.some((pattern) => covers(pattern, other))));
  const lower = (hosts: readonly string[]) => hosts.map((host) => host.toLowerCase());
  const all = (paths: readonly string[]) => (paths.length > 0 ? paths : ['/*']);
  return within(lower(first.hosts), lower(second.hosts)) && within(all(first.paths), all(second.paths));
}

/** A route for each of its hosts. One path of several may be another service's on purpose. */
export function partsOf(route: Route): Route[] {
  return route.hosts.length > 0 ? route.hosts.map((host) => ({ hosts: [host], paths: route.paths })) : [route];
}

/** A route as a user reads it. */
export function describeRoute({ hosts, paths }: Route): string {
  return [...(hosts.length > 0 ? [hosts.join(', ')] : []), ...(paths.length > 0 ? [paths.join(', ')] : [])].join(' with ');
}
