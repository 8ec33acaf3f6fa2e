/** Evaluates alarms of CloudWatch as its user guide says: M of N, missing data, metric math, a window that slides by a minute. */
import { evaluate, type Value } from './expression';
import { type Sample, statisticOf } from './statistics';

export type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** A metric as the template has it. */
export interface MetricStat {
  readonly namespace: string;
  readonly name: string;
  /** The values of the dimensions as JSON: what is known at deployment only names the resource. */
  readonly dimensions: { readonly [name: string]: string };
  readonly statistic: string;
  readonly period: number;
}

export type Query = { readonly id: string; readonly returns: boolean } & (
  | { readonly expression: string; readonly stat?: undefined }
  | { readonly stat: MetricStat; readonly expression?: undefined }
);

export interface AlarmModel {
  readonly id: string;
  readonly queries: Query[];
  readonly threshold: number;
  readonly comparison: string;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: string;
}

/** The values of a metric, by minute. A minute without is missing. */
export type Series = (metric: MetricStat) => readonly (Sample | undefined)[];

/** AWS looks at more periods than an alarm has; its examples at two more. */
const MORE_PERIODS = 2;

/** How many minutes a value takes to be seen. */
const DELAY = 1;

const COMPARISONS: { readonly [name: string]: (value: number, threshold: number) => boolean } = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** The state of an alarm after its newest data points, the oldest first; undefined is missing. */
export function stateOf(
  points: readonly (boolean | undefined)[],
  { evaluationPeriods, datapointsToAlarm, missingData }: Pick<AlarmModel, 'evaluationPeriods' | 'datapointsToAlarm' | 'missingData'>,
  before: State,
): State {
  const present = points.filter((point) => point !== undefined).slice(-evaluationPeriods);
  const breaching = present.filter((point) => point).length;
  const missing = evaluationPeriods - present.length;
  if (missing === 0 || missingData === 'breaching' || missingData === 'notBreaching') {
    return breaching + (missingData === 'breaching' ? missing : 0) >= datapointsToAlarm ? 'ALARM' : 'OK';
  }
  if (present.length === 0) {
    return missingData === 'ignore' ? before : 'INSUFFICIENT_DATA';
  }
  if (breaching >= datapointsToAlarm) {
    return 'ALARM';
  }
  // all that is there is bad, and there is too little of it
  const undecided = breaching === present.length;
  return undecided ? (missingData === 'ignore' ? before : 'ALARM') : 'OK';
}

/** The state of an alarm at the end of each minute. */
export function statesOf(alarm: AlarmModel, series: Series, minutes: number): State[] {
  const states: State[] = [];
  const stats = new Map(alarm.queries.flatMap(({ id, stat }) => (stat ? [[id, pointsOf(stat, series(stat))] as const] : [])));
  const period = Math.max(...alarm.queries.flatMap(({ stat }) => stat?.period ?? [])) / 60;
  const compare = COMPARISONS[alarm.comparison];
  let state: State = 'OK';
  const cache = new Map<number, Value>();
  const valueAt = (end: number): Value => {
    if (!cache.has(end)) {
      const variables: { [name: string]: Value } = {};
      for (const [id, at] of stats) {
        variables[id] = at(end);
      }
      cache.set(end, valueFrom(alarm.queries, variables));
    }
    return cache.get(end);
  };
  for (let now = 1; now <= minutes; now++) {
    const points: (boolean | undefined)[] = [];
    for (let i = alarm.evaluationPeriods + MORE_PERIODS - 1; i >= 0; i--) {
      const end = now - i * period;
      // of the newest period the last minute is not there yet
      const value = end <= 0 ? undefined : i === 0 ? newest(end) : valueAt(end);
      points.push(value === undefined ? undefined : compare(value, alarm.threshold));
    }
    state = stateOf(points, alarm, state);
    states.push(state);
  }
  return states;

  function newest(end: number): Value {
    const variables: { [name: string]: Value } = {};
    for (const [id, at] of stats) {
      variables[id] = at(end, DELAY);
    }
    return valueFrom(alarm.queries, variables);
  }
}

function pointsOf(stat: MetricStat, samples: readonly (Sample | undefined)[]): (end: number, delay?: number) => Value {
  const length = stat.period / 60;
  const running = runningTotals(stat.statistic, samples);
  return (end, delay = 0) => {
    const start = Math.max(0, end - length);
    if (running) {
      const [sum, count] = running[end - delay].map((total, i) => total - running[start][i]);
      return count > 1e-9 ? (stat.statistic === 'Sum' ? sum : stat.statistic === 'SampleCount' ? count : sum / count) : undefined;
    }
    const window: (readonly [number, number])[] = [];
    for (let minute = start; minute < end - delay; minute++) {
      window.push(...(samples[minute] ?? []));
    }
    return statisticOf(stat.statistic, window);
  };
}

/** The totals up to each minute, of statistics that are the sum of their minutes, or a share of it. */
function runningTotals(statistic: string, samples: readonly (Sample | undefined)[]): [number, number][] | undefined {
  const above = statistic.match(/^PR\(([\d.]+):\)$/);
  if (!above && !['Sum', 'SampleCount', 'Average'].includes(statistic)) {
    return undefined;
  }
  const of = (value: number) => (above ? (value > Number(above[1]) ? 100 : 0) : value);
  const totals: [number, number][] = [[0, 0]];
  for (const sample of samples) {
    const [sum, count] = totals[totals.length - 1];
    totals.push((sample ?? []).reduce<[number, number]>(([all, n], [value, times]) => [all + of(value) * times, n + times], [sum, count]));
  }
  return totals;
}

function valueFrom(queries: readonly Query[], variables: { [name: string]: Value }): Value {
  for (const { id, expression } of queries) {
    if (expression !== undefined) {
      variables[id] = evaluate(expression, variables);
    }
  }
  return variables[queries.find(({ returns }) => returns)?.id ?? queries[0].id];
}

/** What an expression uses stands before it. */
function inOrder(queries: readonly Query[]): Query[] {
  const ordered = queries.filter(({ stat }) => stat);
  let left = queries.filter(({ stat }) => !stat);
  while (left.length > 0) {
    const ready = left.filter(({ expression }) => left.every(({ id }) => !new RegExp(`\\b${id}\\b`).test(`${expression}`)));
    if (ready.length === 0) {
      throw new Error(`expressions use each other in a circle: ${left.map(({ id }) => id).join(', ')}`);
    }
    ordered.push(...ready);
    left = left.filter((query) => !ready.includes(query));
  }
  return ordered;
}

type Json = { readonly [key: string]: unknown };

/** An alarm of a template. */
export function alarmModel(id: string, properties: Json): AlarmModel {
  const query = (json: Json): Query => {
    const {
      Id,
      Expression,
      MetricStat: stat,
      ReturnData,
    } = json as {
      Id: string;
      Expression?: string;
      ReturnData?: boolean;
      MetricStat?: { Metric: Json; Stat: string; Period: number };
    };
    const returns = ReturnData ?? true;
    return stat
      ? { id: Id, returns, stat: metricStat(stat.Metric, stat.Stat, stat.Period) }
      : { id: Id, returns, expression: `${Expression}` };
  };
  const queries = properties.Metrics
    ? (properties.Metrics as Json[]).map(query)
    : [
        {
          id: 'm1',
          returns: true,
          stat: metricStat(properties, `${properties.ExtendedStatistic ?? properties.Statistic}`, properties.Period as number),
        },
      ];
  return {
    id,
    queries: inOrder(queries),
    threshold: properties.Threshold as number,
    comparison: `${properties.ComparisonOperator}`,
    evaluationPeriods: properties.EvaluationPeriods as number,
    datapointsToAlarm: (properties.DatapointsToAlarm ?? properties.EvaluationPeriods) as number,
    missingData: `${properties.TreatMissingData ?? 'missing'}`,
  };
}

function metricStat({ Namespace, MetricName, Dimensions = [] }: Json, statistic: string, period: number): MetricStat {
  return {
    namespace: `${Namespace}`,
    name: `${MetricName}`,
    dimensions: Object.fromEntries(
      (Dimensions as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [Name, JSON.stringify(Value)]),
    ),
    statistic,
    period,
  };
}
