import type { Template } from './template';
import type { Physical, World } from './world';

/** One thing that CloudFormation does to one resource. */
export interface Step {
  readonly verb: 'create' | 'update' | 'replace' | 'delete' | 'retain';
  readonly phase: 'create' | 'update' | 'clean-up' | 'rollback' | 'delete';
  readonly logicalId: string;
  readonly type: string;
  /** What is there before; that which is replaced, too. */
  readonly old?: Physical;
  /** What is there afterwards. */
  readonly next?: Physical;
}

/** What a rule sees. */
export interface Moment {
  readonly step: Step;
  readonly before: World;
  readonly after: World;
  /** The account when the update began. */
  readonly start: World;
  /** What is updated to. */
  readonly template: Template;
}

/**
 * - `refused`: AWS says no, and CloudFormation rolls back.
 * - `interrupted`: AWS says yes, and requests, jobs, data or an address are lost.
 * - `left behind`: the update passes, and something stays that nobody has any more.
 */
export type Kind = 'refused' | 'interrupted' | 'left behind';

export interface Rule {
  readonly name: string;
  readonly kind: Kind;
  /** AWS's own words; what is in capitals stands for a value. */
  readonly says: string;
  /** Pages of AWS, public issues. */
  readonly sources: readonly string[];
  /** What is wrong with the step, a text for each fault. */
  readonly faults: (moment: Moment) => string[];
}

export interface Finding {
  readonly rule: string;
  readonly kind: Kind;
  readonly phase: Step['phase'];
  readonly logicalId: string;
  readonly type: string;
  readonly detail: string;
  readonly says: string;
}
