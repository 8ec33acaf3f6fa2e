/** Which alarm sees which failure, and which goes off though all is well. */
import { statesOf } from './evaluator';
import { FAILURES, type Pattern } from './failures';
import { HEALTHY_PATTERNS } from './healthy';
import type { TemplateAlarm } from './template-alarms';
import { BEFORE, MINUTES, worldOf } from './world';

export const LOADS = [600, 60, 6];

export interface Outcome {
  readonly pattern: string;
  /** The alarms that went off in the night, each with the minute of the first time. */
  readonly alarms: { readonly kind: string; readonly minute: number }[];
  /** How many mails that are: one each time that an alarm goes off. */
  readonly mails: number;
}

export interface Matrix {
  readonly requestsPerMinute: number;
  readonly failures: Outcome[];
  readonly healthy: Outcome[];
}

/** They take deployments back, and tell nobody. */
const SILENT = ['DeploymentErrors', 'DeploymentLatency'];

export function matrixOf(alarms: readonly TemplateAlarm[], requestsPerMinute: number): Matrix {
  const outcome = (pattern: Pattern, i: number) => outcomeOf(alarms, pattern, requestsPerMinute, i + 1);
  return { requestsPerMinute, failures: FAILURES.map(outcome), healthy: HEALTHY_PATTERNS.map(outcome) };
}

/** Failures of which somebody is told. */
export const caught = ({ failures }: Matrix) => failures.filter(({ mails }) => mails > 0);
/** Healthy nights in which an alarm goes off, the silent one too, for it takes a deployment back. */
export const wrong = ({ healthy }: Matrix) => healthy.filter(({ alarms }) => alarms.length > 0);

function outcomeOf(alarms: readonly TemplateAlarm[], { name, happening }: Pattern, requestsPerMinute: number, seed: number): Outcome {
  const series = worldOf(happening, requestsPerMinute, seed);
  let mails = 0;
  const gone = alarms.flatMap((alarm) => {
    const states = statesOf(alarm, series, MINUTES);
    const times = states.flatMap((state, i) => (i >= BEFORE && state === 'ALARM' && states[i - 1] !== 'ALARM' ? [i - BEFORE] : []));
    mails += SILENT.includes(alarm.kind) ? 0 : times.length;
    return times.length > 0 ? [{ kind: alarm.kind, minute: times[0] }] : [];
  });
  return { pattern: name, alarms: gone.sort((a, b) => a.minute - b.minute), mails };
}
