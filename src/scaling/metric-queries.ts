import type { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Token } from 'aws-cdk-lib/core';
import { fail } from '../private/validation';

type Query = CfnScalingPolicy.TargetTrackingMetricDataQueryProperty;

/** The ids of the value that is tracked, and of the metric or expression that is given. */
const RESERVED_IDS = ['result', 'metric'];

/** The metrics of the load balancer, per target group: silent while nobody asks, hence the zeros. */
export function loadBalancerQueries(
  targetGroups: string[],
  metrics: { readonly [id: string]: [name: string, statistic: string] },
): Query[] {
  return targetGroups.flatMap((targetGroup, i) =>
    Object.entries(metrics).map(([id, [metricName, stat]]) => ({
      id: `${id}${i}`,
      metricStat: {
        // one dimension only: with the load balancer as second one RequestCountPerTarget has no data
        metric: { namespace: 'AWS/ApplicationELB', metricName, dimensions: [{ name: 'TargetGroup', value: targetGroup }] },
        stat,
      },
      returnData: false,
    })),
  );
}

/** The query whose values are tracked. */
export function resultQuery(expression: string, label: string): Query {
  return { id: 'result', expression, label, returnData: true };
}

/**
 * A metric or an expression of the user's, as target tracking takes it: the L2 construct takes no expression. Its period is always a minute.
 */
export function customQueries(metric: IMetric, missingData: number): Query[] {
  const queries: Query[] = [];
  const id = addQueries(metric, 'metric', queries);
  return [resultQuery(`FILL(${id}, ${missingData})`, 'metric to scale on'), ...queries];
}

/** Stops where a metric is of another place than the service: Application Auto Scaling reads those of its own account and region alone. */
export function requireMetricsHere(metric: IMetric, here: { readonly account: string; readonly region: string }): void {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  for (const used of Object.values(mathExpression?.usingMetrics ?? {})) {
    requireMetricsHere(used, here);
  }
  const { account, region } = metricStat ?? {};
  if (isElsewhere(account, here.account) || isElsewhere(region, here.region)) {
    const placeOf = (names: (string | undefined)[]) => names.filter((name) => name !== undefined && !Token.isUnresolved(name)).join(' ');
    fail(
      `scaling on a metric reads the account and region of the service (${placeOf([here.account, here.region]) || 'known at deployment only'}), got a metric of ${placeOf([account, region])}; leave account and region out, or use a metric from there`,
    );
  }
}

/** A metric of a resource in the same stack names its place where the stack does. */
function isElsewhere(given: string | undefined, here: string): boolean {
  return given !== undefined && given !== here && !Token.isUnresolved(given);
}

function addQueries(metric: IMetric, id: string, queries: Query[]): string {
  const { metricStat, mathExpression, searchExpression } = metric.toMetricConfig();
  if (searchExpression) {
    fail('scaling on a metric cannot search for metrics, got a SearchExpression; name the metrics in a MathExpression');
  }
  if (mathExpression) {
    if (/\bSEARCH\s*\(/i.test(mathExpression.expression)) {
      fail(`scaling on a metric cannot search for metrics, got '${mathExpression.expression}'; name the metrics in usingMetrics`);
    }
    addQuery({ id, expression: mathExpression.expression, returnData: false }, queries);
    for (const [name, used] of Object.entries(mathExpression.usingMetrics).sort(([a], [b]) => (a < b ? -1 : 1))) {
      addQueries(used, name, queries);
    }
    return id;
  }
  if (!metricStat) {
    fail('scaling on a metric needs a metric or an expression of metrics, got neither; give a Metric or a MathExpression');
  }
  addQuery(
    {
      id,
      metricStat: {
        metric: {
          namespace: metricStat.namespace,
          metricName: metricStat.metricName,
          dimensions: metricStat.dimensions?.map(({ name, value }) => ({ name, value: `${value}` })),
        },
        stat: metricStat.statistic,
        unit: metricStat.unitFilter,
      },
      returnData: false,
    },
    queries,
  );
  return id;
}

/** The CDK refuses an id that stands for two metrics; one that is used twice is asked for once. */
function addQuery(query: Query & { readonly id: string }, queries: Query[]): void {
  if (RESERVED_IDS.includes(query.id) && queries.length > 0) {
    fail(
      `'${query.id}' is a name of the policy itself and cannot stand in usingMetrics; use another name than ${RESERVED_IDS.join(' and ')}`,
    );
  }
  if (!queries.some(({ id }) => id === query.id)) {
    queries.push(query);
  }
}
