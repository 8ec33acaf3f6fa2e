import { Dashboard, GraphWidget, type IMetric, type IWidget, LegendPosition, LogQueryWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FlaskServiceMetrics } from './flask-service-metrics';

/** @internal */
export interface ServiceDashboardProps {
  readonly title: string;
  readonly metrics: FlaskServiceMetrics;
  readonly logGroup: LogGroup;
  readonly balanced: boolean;
  readonly ownLoadBalancer: boolean;
}

/** Three graphs a row of 24 columns. */
const WIDTH = 8;
const HEIGHT = 6;

/**
 * The page that somebody opens when an alarm goes off: what clients see in the first row, what the tasks do in the second, the log below.
 *
 * @internal
 */
export function serviceDashboard(scope: Construct, id: string, props: ServiceDashboardProps): Dashboard {
  const { metrics, balanced, ownLoadBalancer } = props;
  const period = Duration.minutes(1);
  const rows: IWidget[][] = [[new TextWidget({ markdown: `# ${props.title}`, width: 24, height: 1 })]];
  if (balanced) {
    rows.push([
      graph('Requests a minute', [metrics.requestCount({ period, label: 'requests' })]),
      graph('Errors a minute', [
        metrics.serverErrors({ period, label: '5xx app', color: RED }),
        ...(ownLoadBalancer ? [metrics.loadBalancerErrors({ period, label: '5xx balancer', color: PURPLE })] : []),
        metrics.clientErrors({ period, label: '4xx', color: ORANGE }),
      ]),
      graph('Response time (s)', [
        metrics.responseTime({ period, statistic: 'p50', label: 'p50' }),
        metrics.responseTime({ period, statistic: 'p90', label: 'p90', color: ORANGE }),
        metrics.responseTime({ period, statistic: 'p99', label: 'p99', color: RED }),
      ]),
    ]);
  }
  rows.push([
    graph('Tasks', [
      metrics.runningTaskCount({ period, label: 'running' }),
      ...(balanced
        ? [
            metrics.healthyTaskCount({ period, statistic: 'Minimum', label: 'healthy', color: GREEN }),
            metrics.unhealthyTaskCount({ period, statistic: 'Maximum', label: 'unhealthy', color: RED }),
          ]
        : []),
    ]),
    graph(
      'CPU and memory (%)',
      [metrics.cpuUtilization({ period, label: 'CPU' }), metrics.memoryUtilization({ period, label: 'memory', color: PURPLE })],
      100,
    ),
    graph('Deployments and error lines', [
      metrics.deploymentCount({ period, label: 'deployments' }),
      metrics.errorLines({ period, label: 'error lines', color: RED }),
    ]),
  ]);
  rows.push([
    new LogQueryWidget({
      title: 'The newest error lines',
      logGroupNames: [props.logGroup.logGroupName],
      queryLines: [
        'fields @timestamp, @message, @logStream',
        'filter @message like /ERROR|CRITICAL|Traceback/',
        'sort @timestamp desc',
        'limit 50',
      ],
      width: 24,
      height: HEIGHT,
    }),
  ]);
  return new Dashboard(scope, id, { defaultInterval: Duration.hours(6), widgets: rows });
}

const GREEN = '#2ca02c';
const ORANGE = '#ff7f0e';
const PURPLE = '#9467bd';
const RED = '#d62728';

function graph(title: string, left: IMetric[], max?: number): GraphWidget {
  return new GraphWidget({
    title,
    left,
    leftYAxis: { min: 0, max, showUnits: false },
    legendPosition: LegendPosition.BOTTOM,
    width: WIDTH,
    height: HEIGHT,
  });
}
