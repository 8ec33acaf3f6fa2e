/** What was measured within a minute: values, and how often each. */
export type Sample = readonly (readonly [value: number, count: number])[];

/** A statistic of CloudWatch over samples; undefined where there is none. */
export function statisticOf(statistic: string, samples: Sample): number | undefined {
  const count = samples.reduce((sum, [, n]) => sum + n, 0);
  if (count === 0) {
    return undefined;
  }
  const values = samples.map(([value]) => value);
  const sum = samples.reduce((all, [value, n]) => all + value * n, 0);
  switch (statistic) {
    case 'Sum':
      return sum;
    case 'SampleCount':
      return count;
    case 'Average':
      return sum / count;
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
  }
  const rank = statistic.match(/^PR\(([\d.]+):\)$/);
  if (rank) {
    // the lower bound is excluded
    return (100 * samples.filter(([value]) => value > Number(rank[1])).reduce((all, [, n]) => all + n, 0)) / count;
  }
  const percentile = statistic.match(/^p([\d.]+)$/);
  if (percentile) {
    let left = (Number(percentile[1]) / 100) * count;
    const sorted = [...samples].sort(([a], [b]) => a - b);
    for (const [value, n] of sorted) {
      left -= n;
      if (left <= 1e-9) {
        return value;
      }
    }
    return sorted[sorted.length - 1][0];
  }
  throw new Error(`the evaluator has no statistic ${statistic}`);
}
