import type { Draft } from './draft';

type Edit = (draft: Draft) => void;

/** Something that a user can set, add or call: off, on, with another value, off again. */
export interface Choice {
  /** As `publicOptions()` names it. */
  readonly option: string;
  /** What it needs, on and off: a sign-in needs HTTPS. */
  readonly given?: Edit;
  /** The values, each under the name that the table shows. */
  readonly values: { readonly [name: string]: Edit };
  /** Other options that the values set with it, as `publicOptions()` names them. */
  readonly with?: readonly string[];
  /** Why the template stays the same, where it does: a check at synth, a value that only the build of the image sees. */
  readonly sameTemplate?: string;
}

/** A choice of two values or one. */
export function choice(option: string, values: Choice['values'], more: Omit<Choice, 'option' | 'values'> = {}): Choice {
  return { option, values, ...more };
}
