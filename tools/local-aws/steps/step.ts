import type { Demo } from '../demo-context';
import type { Facts } from '../report';

/** One line of the demo. It throws if what it shows is not so. */
export interface Step {
  readonly name: string;
  readonly title: string;
  /** `say` shows progress. The facts go to the report, and the one named `summary` to the end of the line. */
  run(demo: Demo, say: (line: string) => void): Promise<Facts & { readonly summary: string }>;
}
