import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Names } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** The namespace of the metrics that CloudWatch makes of the log. */
const NAMESPACE = 'FlaskFargate';

/** The number of error lines in a log group: the name of the metric is known without the filter, which is made where it is used. */
export function errorLinesMetric(scope: Construct): Metric {
  return new Metric({ namespace: NAMESPACE, metricName: metricNameOf(scope), statistic: Stats.SUM, label: 'error lines' });
}

/** Counts the lines that Python's logging, or an exception that nobody caught, marks as errors. */
export function countErrorLines(scope: Construct, id: string, logGroup: LogGroup): MetricFilter {
  return new MetricFilter(scope, id, {
    logGroup,
    filterPattern: FilterPattern.anyTerm('ERROR', 'CRITICAL', 'Traceback'),
    metricNamespace: NAMESPACE,
    metricName: metricNameOf(scope),
    metricValue: '1',
    defaultValue: 0,
  });
}

function metricNameOf(scope: Construct): string {
  return `${Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' })}-ErrorLines`;
}
