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

/** Whether a path leads out of the folder: up, or to a place on the machine that locked. */
export function isOutside(place: string): boolean {
  return place.startsWith('..') || /^(?:file:\/\/)?(?:\/(?!app\/)|[A-Za-z]:[\\/])/.test(place);
}

/** A repository that is fetched with a key of ssh, which the build does not have. A base image may bring both. */
export function refuseKeys(file: string, directory: string, urls: unknown[], baseImage: string | undefined): void {
  const byKey = urls.find((url) => typeof url === 'string' && /^(?:git\+)?ssh:|^git@/.test(url));
  if (byKey !== undefined && baseImage === undefined) {
    fail(
      `${file} of '${directory}' installs from '${`${byKey}`.replace(/[?#].*$/, '')}', and the build has neither ssh nor a key; write https: in its place and lock again, and give the password of a private repository as the build secret netrc, by buildSecrets`,
    );
  }
}

/** What a lock installs from a folder that is not in the image. */
export function refuseOutside(file: string, directory: string, place: string, remedy = 'move it into the folder'): never {
  return fail(`${file} of '${directory}' installs from '${place}', which is outside the folder and so not in the image; ${remedy}`);
}
