/** A deployment that shifts a part of the requests first, many times over, and whether its alarms stop it. */
import { type Series, statesOf } from './evaluator';
import type { Sample } from './statistics';
import { productionAlarms, type TemplateAlarm } from './template-alarms';
import { poissonOf, randomOf } from './world';

export interface CanaryRun {
  readonly requestsPerMinute: number;
  /** The share of the requests that the new version gets, and how many minutes it has only those. */
  readonly share: number;
  readonly minutes: number;
  /** The shares of its requests that fail or take 5 seconds. */
  readonly fails?: number;
  readonly badGateway?: number;
  readonly slow?: number;
  /** Whether both versions are in one target group, as in a rolling deployment. */
  readonly rolling?: boolean;
  /** Whether the requests come evenly; else by chance. */
  readonly even?: boolean;
  readonly seed: number;
}

/** What both versions fail when all is well. */
const USUAL_ERRORS = 0.001;
const USUAL_BAD_GATEWAYS = 0.0005;
const BEFORE = 60;
/** A value is seen a minute later. */
const AFTER = 1;

const STOPPING = ['DeploymentErrors', 'DeploymentLatency'];

export const stoppingAlarms = (props: Parameters<typeof productionAlarms>[0] = {}): TemplateAlarm[] =>
  productionAlarms(props).filter(({ kind }) => STOPPING.includes(kind));

/** The minute in which the deployment is stopped, within its first step. */
export function stoppedAt(alarms: readonly TemplateAlarm[], run: CanaryRun): number | undefined {
  const { requestsPerMinute, share, minutes, fails = 0, badGateway = 0, slow = 0, rolling = false, even = false } = run;
  const poisson = poissonOf(randomOf(run.seed));
  const columns: { [name: string]: (Sample | undefined)[] } = {};
  const put = (name: string, minute: number, sample: Sample) => {
    columns[name] ??= [];
    const there = [...(columns[name][minute] ?? []), ...sample].filter(([, n]) => n > 0);
    columns[name][minute] = there.length > 0 ? there : undefined;
  };
  for (let minute = 0; minute < BEFORE + minutes + AFTER; minute++) {
    const canary = minute >= BEFORE ? share : 0;
    let balancer = 0;
    for (const [version, part, isNew] of [
      [0, 1 - canary, false],
      [1, canary, true],
    ] as const) {
      const group = rolling ? 0 : version;
      const requests = even ? Math.round(requestsPerMinute * part) : poisson(requestsPerMinute * part);
      const gone = poisson(requests * (USUAL_BAD_GATEWAYS + (isNew ? badGateway : 0)));
      const slowOnes = Math.min(requests, poisson(requests * (isNew ? slow : 0)));
      balancer += gone;
      put(`RequestCount${group}`, minute, [[1, requests]]);
      put(`HTTPCode_Target_5XX_Count${group}`, minute, [
        [1, isNew && fails === 1 ? requests : poisson(requests * (USUAL_ERRORS + (isNew ? fails : 0)))],
      ]);
      put(`TargetResponseTime${group}`, minute, [
        [0.15, requests - slowOnes],
        [5, slowOnes],
      ]);
    }
    put('HTTPCode_ELB_5XX_Count', minute, [[1, balancer]]);
  }
  const series: Series = ({ name, dimensions }) => {
    const group = dimensions.TargetGroup === undefined ? '' : /AlternateTargetGroup/.test(dimensions.TargetGroup) ? 1 : 0;
    return columns[`${name}${group}`] ?? [];
  };
  const times = alarms.map((alarm) =>
    statesOf(alarm, series, BEFORE + minutes + AFTER).findIndex((state, i) => i >= BEFORE && state === 'ALARM'),
  );
  const first = times.filter((time) => time >= 0).sort((a, b) => a - b)[0];
  return first === undefined ? undefined : first - BEFORE;
}

/** How many of so many runs are stopped. */
export function stoppedRuns(alarms: readonly TemplateAlarm[], run: Omit<CanaryRun, 'seed'>, runs: number): number {
  return Array.from({ length: runs }, (_, seed) => stoppedAt(alarms, { ...run, seed: seed + 1 })).filter((minute) => minute !== undefined)
    .length;
}
