import type { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { fail } from '../private/validation';

type Query = CfnScalingPolicy.TargetTrackingMetricDataQueryProperty;

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

function addQueries(metric: IMetric, id: string, queries: Query[]): string {
  const { metricStat, mathExpression, searchExpression } = metric.toMetricConfig();
  if (searchExpression) {
    fail('scaling on a metric cannot search for metrics, got a SearchExpression; name the metrics in a MathExpression');
  }
  if (mathExpression) {
    if (/\bSEARCH\s*\(/i.test(mathExpression.expression)) {
      fail(`scaling on a metric cannot search for metrics, got '${mathExpression.expression}'; name the metrics in usingMetrics`);
    }
    queries.push({ id, expression: mathExpression.expression, returnData: false });
    for (const [name, used] of Object.entries(mathExpression.usingMetrics).sort(([a], [b]) => (a < b ? -1 : 1))) {
      addQueries(used, name, queries);
    }
    return id;
  }
  if (!metricStat) {
    fail('scaling on a metric needs a metric or an expression of metrics, got neither; give a Metric or a MathExpression');
  }
  if (metricStat.account ?? metricStat.region) {
    fail(
      `scaling on a metric reads the account and region of the service, got a metric of ${[metricStat.account, metricStat.region].filter(Boolean).join(' ')}; leave account and region out`,
    );
  }
  queries.push({
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
  });
  return id;
}
