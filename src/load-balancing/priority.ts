import { createHash } from 'node:crypto';
import type { Route } from './route';

/** The numbers below and above are for rules whose number is given by hand. */
export const FIRST_PRIORITY = 1000;
export const LAST_PRIORITY = 48_999;

/** How the patterns of a rule stand to those of others: the first takes precedence. */
const EXACT = 0;
const NONE = 'none';

/** Lengths of the literal part of a pattern that have a band of their own. Longer ones share the band of the longest. */
const MAX_PATH_LENGTH = 32;
const MAX_HOST_LENGTH = 24;

interface Band {
  readonly host: number | typeof NONE;
  readonly path: number | typeof NONE;
  readonly size: number;
}

/**
 * The bands in the order in which Elastic Load Balancing looks at them: exact hosts, then wildcard hosts with the longer literal part first, then
 * any host; within each, exact paths, then wildcard paths with the longer literal part first, then any path. Where one rule takes all requests
 * of another, the narrower one so comes first. Most services have a host and no path: the largest band.
 */
const BANDS: readonly Band[] = [
  ...bandsOfHost(EXACT, { exact: 2000, wildcard: 100, none: 29_000 }),
  ...lengths(MAX_HOST_LENGTH).flatMap((host) => bandsOfHost(host, { exact: 20, wildcard: 2, none: 40 })),
  ...bandsOfHost(NONE, { exact: 800, wildcard: 200, none: 3000 }),
];

/** The lengths from the longest, each as a negative number, so that it cannot be taken for an exact one. */
function lengths(longest: number): number[] {
  return Array.from({ length: longest }, (_, index) => index - longest);
}

function bandsOfHost(host: Band['host'], sizes: { readonly exact: number; readonly wildcard: number; readonly none: number }): Band[] {
  return [
    { host, path: EXACT, size: sizes.exact },
    ...lengths(MAX_PATH_LENGTH).map((path) => ({ host, path, size: sizes.wildcard })),
    { host, path: NONE, size: sizes.none },
  ];
}

/**
 * The place of a rule among those of its listener. It follows from the rule alone and a name, so that no other rule that comes or goes changes it,
 * in whatever stack or repository. Two rules may get one number: an error in an app, and refused by Elastic Load Balancing over repositories.
 *
 * @param route the hosts and paths of the rule
 * @param key what tells the rule from others that stand in the same band
 */
export function priorityOf(route: Route, key: string): number {
  const host = kindOf(route.hosts, MAX_HOST_LENGTH);
  const path = kindOf(
    route.paths.filter((pattern) => pattern !== '/*' && pattern !== '*'),
    MAX_PATH_LENGTH,
    route.paths.some((pattern) => pattern === '/*' || pattern === '*'),
  );
  let first = FIRST_PRIORITY;
  for (const band of BANDS) {
    if (band.host === host && band.path === path) {
      return first + (createHash('sha256').update(key).digest().readUInt32BE(0) % band.size);
    }
    first += band.size;
  }
  throw new Error(`no band of priorities for ${key}`);
}

/** The widest of the patterns: a rule is as wide as that. */
function kindOf(patterns: readonly string[], longest: number, takesAll = false): Band['host'] {
  if (patterns.length === 0 || takesAll) {
    return NONE;
  }
  const wildcards = patterns.filter((pattern) => /[*?]/.test(pattern));
  if (wildcards.length === 0) {
    return EXACT;
  }
  const shortest = Math.min(...wildcards.map((pattern) => pattern.replace(/[*?]/g, '').length));
  return -Math.max(1, Math.min(shortest, longest));
}

/** What the bands take of the numbers, for a test. */
export const BANDS_SIZE = BANDS.reduce((sum, { size }) => sum + size, 0);
