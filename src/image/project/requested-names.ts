import { fail } from '../../private/validation';
import { normalized } from './requirement';

/** Checks that the groups or extras that are asked for are declared: each tool would end the build, or install nothing and be silent. */
export function requireNames(kind: string, file: string, directory: string, wanted: string[] | undefined, declared: string[]): void {
  const known = declared.map(normalized);
  for (const name of wanted ?? []) {
    if (!known.includes(normalized(name))) {
      fail(`${file} of '${directory}' has no ${kind} '${name}'; it has ${[...new Set(declared)].sort().join(', ') || 'none'}`);
    }
  }
}
