import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { PART_IDS } from '../private/part-ids';
import type { MonitoringOptions } from './alarm-options';
import { countErrorLines, errorLinesMetric } from './error-lines';
import { FlaskServiceAlarms } from './flask-service-alarms';
import { FlaskServiceMetrics } from './flask-service-metrics';
import { serviceDashboard } from './service-dashboard';

/** @internal */
export interface ServiceMonitoringProps {
  readonly service: FargateService;
  readonly loadBalancer?: ApplicationLoadBalancer;
  readonly targetGroups: ApplicationTargetGroup[];
  readonly logGroup: LogGroup;
  readonly leastTasks: number;
  readonly options: MonitoringOptions;
  /** Whether alarms and dashboard are on where the user has not said. */
  readonly byDefault: { readonly alarms: boolean; readonly dashboard: boolean };
}

/** @internal */
export interface ServiceMonitoring {
  readonly metrics: FlaskServiceMetrics;
  readonly alarms?: FlaskServiceAlarms;
  readonly dashboard?: Dashboard;
}

/**
 * Metrics, and the alarms and the dashboard that are made of them.
 *
 * @internal
 */
export function serviceMonitoring(scope: Construct, props: ServiceMonitoringProps): ServiceMonitoring {
  const { service, loadBalancer, targetGroups, logGroup, options } = props;
  const metrics = FlaskServiceMetrics._of({ service, loadBalancer, targetGroups, errorLines: errorLinesMetric(scope) });
  const withAlarms = options.alarms?.enabled ?? props.byDefault.alarms;
  const withDashboard = options.dashboard ?? props.byDefault.dashboard;
  if (withAlarms || withDashboard) {
    countErrorLines(scope, PART_IDS.ERROR_LINES, logGroup);
  }
  const watched = { metrics, balanced: targetGroups.length > 0, ownLoadBalancer: loadBalancer !== undefined };
  return {
    metrics,
    alarms: withAlarms
      ? FlaskServiceAlarms._make(scope, PART_IDS.ALARMS, { ...options.alarms, ...watched, service, leastTasks: props.leastTasks })
      : undefined,
    dashboard: withDashboard ? serviceDashboard(scope, PART_IDS.DASHBOARD, { ...watched, title: scope.node.path, logGroup }) : undefined,
  };
}
