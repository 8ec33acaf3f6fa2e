import { fail } from '../../private/validation';
import { normalized, type Requirement } from './requirement';
import type { Table } from './toml-file';

/** The packages of a lock. One that locks nothing would make an image without Flask, and each tool accepts it. */
export function lockedPackages(file: string, directory: string, packages: Table[], remedy: string): Requirement[] {
  if (packages.length === 0) {
    fail(`'${file}' of '${directory}' locks no package, so the image would have no Flask; add the dependencies (${remedy}) and lock again`);
  }
  return packages.map(({ name, version, marker, markers }) => ({
    name: normalized(`${name}`),
    version: typeof version === 'string' ? version.replace(/^==/, '') : undefined,
    ...([marker, markers].find((text) => typeof text === 'string') === undefined ? {} : { marker: `${marker ?? markers}` }),
  }));
}

/** Where a lock installs from, beside an index. */
interface Origins {
  /** Paths, as the lock has them. */
  readonly places: readonly unknown[];
  /** Repositories. */
  readonly urls: readonly unknown[];
}

/** What a lock installs from is in the folder, or is fetched without a key. A base image may bring both ssh and a key. */
export function requireReachable(
  file: string,
  directory: string,
  { places, urls }: Origins,
  baseImage: string | undefined,
  remedy = 'move it into the folder',
): void {
  const outside = places.map((place) => `${place ?? ''}`).find(isOutside);
  if (outside) {
    fail(`${file} of '${directory}' installs from '${outside}', which is outside the folder and so not in the image; ${remedy}`);
  }
  const byKey = urls.find((url) => typeof url === 'string' && /^(?:git\+)?ssh:|^git@/.test(url));
  if (byKey !== undefined && baseImage === undefined) {
    fail(
      `${file} of '${directory}' installs from '${`${byKey}`.replace(/[?#].*$/, '')}', and the build has neither ssh nor a key; write https: in its place and lock again, and give the password of a private repository as the build secret netrc, by buildSecrets`,
    );
  }
}

/** Whether a path leads out of the folder: up, or to a place on the machine that locked. */
function isOutside(place: string): boolean {
  return place.startsWith('..') || /^(?:file:\/\/)?(?:\/(?!app\/)|[A-Za-z]:[\\/])/.test(place);
}
