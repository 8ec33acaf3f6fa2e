import { fail } from '../../private/validation';
import { textOfFile } from './text-file';

/** A table of TOML, of which nothing is known. */
export type Table = { readonly [key: string]: unknown };

/** The contents of a TOML file, or undefined where there is none. */
export function readToml(directory: string, file: string): Table | undefined {
  const text = textOfFile(directory, file);
  if (text === undefined) {
    return undefined;
  }
  try {
    return parseToml(text);
  } catch (error) {
    return fail(`'${file}' of '${directory}' is not valid TOML: ${`${(error as Error).message}`.split('\n')[0]}`);
  }
}

/** The table at a path of keys; an empty one where it is absent. */
export function tableAt(table: unknown, ...keys: string[]): Table {
  const value = keys.reduce((at: unknown, key) => (isTable(at) ? at[key] : undefined), table);
  return isTable(value) ? value : {};
}

/** The texts of a list; none where it is absent. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The tables of a list; none where it is absent. */
export function tablesOf(value: unknown): Table[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}

/** The library has types for ECMAScript modules alone; loaded where it is needed, for most synths read no TOML. */
function parseToml(text: string): Table {
  return (require('smol-toml') as { parse(toml: string): Table }).parse(text);
}
