import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, HttpCodeElb, type IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Fn } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

interface Monitored {
  readonly cluster: ICluster;
  readonly loadBalancers: { readonly public?: IApplicationLoadBalancer; readonly internal?: IApplicationLoadBalancer };
}

/**
 * The alarms that all services have in common. A query that is grouped by service is one alarm for all of them, each a contributor of its own, and
 * takes in those that come later, so that it stands in no template of theirs.
 */
export function platformAlarms(scope: Construct, { cluster, loadBalancers, topic }: Monitored & { readonly topic: ITopic }): void {
  const alarms = new Construct(scope, 'PlatformAlarms');
  const action = new SnsAction(topic);
  const add = (id: string, metric: IMetric, threshold: number, evaluationPeriods: number, alarmDescription: string) => {
    const alarm = new Alarm(alarms, id, {
      metric,
      threshold,
      evaluationPeriods,
      alarmDescription,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  };
  for (const [id, metric, what] of [
    ['Cpu', 'CPUUtilization', 'the tasks of a service have too little CPU: raise its scaling, or cpu'],
    ['Memory', 'MemoryUtilization', 'the tasks of a service have too little memory: raise memoryLimitMiB, or take fewer workers'],
  ] as const) {
    add(id, ofServices(metric, cluster), 90, 3, what);
  }
  for (const [prefix, loadBalancer] of [
    ['', loadBalancers.public],
    ['Internal', loadBalancers.internal],
  ] as const) {
    if (!loadBalancer) {
      continue;
    }
    const period = Duration.minutes(1);
    const unhealthy = query(
      `SELECT MAX(UnHealthyHostCount) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer, TargetGroup) WHERE LoadBalancer = '${fullNameOf(loadBalancer)}' GROUP BY TargetGroup`,
      period,
      'unhealthy tasks',
    );
    add(
      `${prefix}UnhealthyTasks`,
      unhealthy,
      0,
      5,
      'tasks of a service fail their health check: see the stopped reason of the tasks and the log',
    );
    const errors = loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period });
    const requests = loadBalancer.metrics.requestCount({ period });
    const percent = new MathExpression({
      expression: 'IF(FILL(requests, 0) >= 10, 100 * FILL(errors, 0) / requests, 0)',
      usingMetrics: { errors, requests },
      period,
      label: 'requests without an answer (%)',
    });
    add(`${prefix}LoadBalancerErrors`, percent, 5, 5, 'the load balancer answers for tasks that do not (502, 503, 504)');
    add(
      `${prefix}RejectedConnections`,
      loadBalancer.metrics.rejectedConnectionCount({ period: Duration.minutes(5) }),
      0,
      1,
      'the load balancer has too many connections',
    );
  }
}

/** One page for all services: a line for each of them in each graph, also for those that come later. */
export function platformDashboard(scope: Construct, { name, cluster, loadBalancers }: Monitored & { readonly name: string }): Dashboard {
  const period = Duration.minutes(1);
  const graph = (title: string, metric: IMetric) =>
    new GraphWidget({ title, left: [metric], width: 12, height: 6, leftYAxis: { min: 0, showUnits: false } });
  const ofTargets = (loadBalancer: IApplicationLoadBalancer, metric: string, statistic: string) =>
    search(
      `{AWS/ApplicationELB,LoadBalancer,TargetGroup} MetricName="${metric}" LoadBalancer="${fullNameOf(loadBalancer)}"`,
      statistic,
      period,
    );
  const ofServices = (metric: string, statistic: string) =>
    search(`{AWS/ECS,ClusterName,ServiceName} MetricName="${metric}" ClusterName="${cluster.clusterName}"`, statistic, period);
  return new Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.hours(6),
    widgets: [
      [new TextWidget({ markdown: `# ${name}: each line is a service`, width: 24, height: 1 })],
      ...[loadBalancers.public, loadBalancers.internal]
        .filter((one) => one !== undefined)
        .flatMap((loadBalancer) => [
          [
            graph('Requests a minute', ofTargets(loadBalancer, 'RequestCount', 'Sum')),
            graph('Errors of the apps a minute', ofTargets(loadBalancer, 'HTTPCode_Target_5XX_Count', 'Sum')),
          ],
          [
            graph('Response time, p99 (s)', ofTargets(loadBalancer, 'TargetResponseTime', 'p99')),
            graph('Healthy tasks', ofTargets(loadBalancer, 'HealthyHostCount', 'Minimum')),
          ],
        ]),
      [graph('CPU (%)', ofServices('CPUUtilization', 'Average')), graph('Memory (%)', ofServices('MemoryUtilization', 'Average'))],
    ],
  });
}

/** `app/name/id`, as metrics have it, also of a load balancer that is imported. */
function fullNameOf(loadBalancer: IApplicationLoadBalancer): string {
  if (loadBalancer instanceof ApplicationLoadBalancer) {
    return loadBalancer.loadBalancerFullName;
  }
  const parts = Fn.split('/', loadBalancer.loadBalancerArn);
  return [1, 2, 3].map((index) => Fn.select(index, parts)).join('/');
}

function ofServices(metric: string, cluster: ICluster): IMetric {
  return query(
    `SELECT AVG(${metric}) FROM SCHEMA("AWS/ECS", ClusterName, ServiceName) WHERE ClusterName = '${cluster.clusterName}' GROUP BY ServiceName`,
    Duration.minutes(5),
    metric,
  );
}

function query(expression: string, period: Duration, label: string): MathExpression {
  return new MathExpression({ expression, period, label, usingMetrics: {} });
}

function search(terms: string, statistic: string, period: Duration): MathExpression {
  return new MathExpression({
    expression: `SEARCH('${terms}', '${statistic}', ${period.toSeconds()})`,
    period,
    usingMetrics: {},
    label: '',
  });
}
