/** Which alarm sees which failure, and which goes off though all is well. */
import { statesOf } from './evaluator';
import { FAILURES, MORE_FAILURES, type Pattern } from './failures';
import { HEALTHY_PATTERNS, MORE_HEALTHY_PATTERNS } from './healthy';
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
  readonly moreFailures: Outcome[];
  readonly healthy: Outcome[];
  readonly moreHealthy: Outcome[];
}

/** They take deployments back, and tell nobody. */
const SILENT = ['DeploymentErrors', 'DeploymentLatency'];

export function matrixOf(alarms: readonly TemplateAlarm[], requestsPerMinute: number): Matrix {
  const outcomes = (patterns: readonly Pattern[], seed = 1) =>
    patterns.map((pattern, i) => outcomeOf(alarms, pattern, requestsPerMinute, seed + i));
  return {
    requestsPerMinute,
    failures: outcomes(FAILURES),
    moreFailures: outcomes(MORE_FAILURES, 101),
    healthy: outcomes(HEALTHY_PATTERNS),
    moreHealthy: outcomes(MORE_HEALTHY_PATTERNS, 101),
  };
}

/** Failures of which somebody is told. */
export const caught = (failures: readonly Outcome[]) => failures.filter(({ mails }) => mails > 0);
/** Healthy nights in which an alarm goes off, the silent one too, for it takes a deployment back. */
export const wrong = (healthy: readonly Outcome[]) => healthy.filter(({ alarms }) => alarms.length > 0);

/** The mails of a failure in so many nights: on average, and at most. */
export function mailsOf(alarms: readonly TemplateAlarm[], pattern: Pattern, requestsPerMinute: number, nights: number) {
  const mails = Array.from({ length: nights }, (_, seed) => outcomeOf(alarms, pattern, requestsPerMinute, seed + 1).mails);
  return { mean: mails.reduce((sum, n) => sum + n, 0) / nights, most: Math.max(...mails) };
}

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
