import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Alarm, Dashboard, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService, FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Names, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { LogSettings } from '../logging/service-logs';
import { onceInStack, PART_IDS, STACK_IDS } from '../private/part-ids';
import { alarmsLeftOut } from './alarm-choice';
import type { MonitoringOptions } from './alarm-options';
import { requireAlarmOptions } from './alarm-validation';
import { type ConsoleLinks, consoleLinks } from './console-links';
import { countErrorLines, errorLinesMetric } from './error-lines';
import { FlaskServiceAlarms } from './flask-service-alarms';
import { FlaskServiceMetrics } from './flask-service-metrics';
import { certificateExpiry, silentLog } from './part-alarms';
import { requestAlarms } from './request-alarms';
import { SavedQueries } from './saved-queries';
import { ServiceDashboard } from './service-dashboard';
import { keepEvents, ServiceEvents } from './service-events';
import { taskAlarms } from './task-alarms';
import { WatchedProcesses, type WatchedWorker } from './watched-processes';

/** @internal */
export interface ServiceMonitoringProps {
  readonly network: { readonly cluster: ICluster; readonly containerInsights?: boolean };
  readonly service: FargateService;
  readonly loadBalancer?: ApplicationLoadBalancer;
  readonly targetGroups: ApplicationTargetGroup[];
  readonly certificate?: ICertificate;
  readonly logGroup: LogGroup;
  /** How logs beside that of the app are kept. */
  readonly logs: LogSettings;
  /** Whether the server writes a line for each request, those of health checks too. */
  readonly accessLog: boolean;
  /** The minimum of the scaling. */
  readonly minTasks: number;
  /** How long a deployment waits after its shifts of traffic, in minutes. */
  readonly bakeMinutes: number;
  readonly hasImage: boolean;
  readonly options: MonitoringOptions;
  /** Whether alarms and dashboard are on where the user has not said. */
  readonly byDefault: { readonly alarms: boolean; readonly dashboard: boolean; readonly serviceEvents: boolean };
  /** Set on a platform, which has a dashboard and alarms for all its services. */
  readonly platformTopic?: () => ITopic;
}

/**
 * Metrics, and what is made of them: alarms, a dashboard, the events that ECS forgets, saved queries. Workers, schedules, databases and caches join when
 * they are added.
 *
 * @internal
 */
export class ServiceMonitoring {
  public readonly metrics: FlaskServiceMetrics;
  public readonly alarms: FlaskServiceAlarms;
  private readonly serviceDashboard?: ServiceDashboard;
  /** Each has rules of its own; those that are added join one, or begin another. */
  private readonly processes: WatchedProcesses[];
  private readonly links: ConsoleLinks;
  private readonly events?: LogGroup;
  private readonly cluster: ICluster;

  public constructor(
    private readonly scope: Construct,
    { options, ...props }: ServiceMonitoringProps,
  ) {
    const { service, loadBalancer, targetGroups, logGroup, hasImage } = props;
    const { cluster, containerInsights } = props.network;
    const onPlatform = props.platformTopic !== undefined;
    const alarmOptions = options.alarms ?? {};
    requireAlarmOptions(alarmOptions, targetGroups.length > 0);
    const withAlarms = alarmOptions.enabled ?? props.byDefault.alarms;
    const withDashboard = options.dashboard ?? (props.byDefault.dashboard && !onPlatform);
    const withEvents = options.serviceEvents ?? (props.byDefault.serviceEvents && !onPlatform);
    const processes = new WatchedProcesses(scope);
    processes.addService(service);
    this.processes = [processes];
    this.cluster = cluster;
    this.metrics = FlaskServiceMetrics._of({ scope, service, loadBalancer, targetGroups, errorLines: () => errorLinesOf(scope, logGroup) });
    const dashboardName = withDashboard ? nameOf(scope) : undefined;
    this.links = consoleLinks(scope, { cluster, logGroup, dashboardName });
    this.alarms = FlaskServiceAlarms._make(scope, PART_IDS.ALARMS, {
      options: alarmOptions,
      leftOut: alarmsLeftOut(alarmOptions, onPlatform),
      enabled: withAlarms,
      links: this.links,
      cluster,
      service,
      processes,
      containerInsights,
      hasImage,
      definitions: withAlarms
        ? [
            ...requestAlarms({ targetGroups, loadBalancer }, alarmOptions),
            ...(hasImage ? taskAlarms({ ...props, containerInsights }, alarmOptions) : []),
            ...(hasImage && props.accessLog && props.minTasks !== 0 ? silentLog(logGroup) : []),
            ...(props.certificate ? certificateExpiry(props.certificate) : []),
          ]
        : [],
    });
    const events = withEvents
      ? new ServiceEvents(scope, PART_IDS.SERVICE_EVENTS, { cluster, processes, logs: props.logs }).logGroup
      : undefined;
    this.events = events;
    if (props.platformTopic && withAlarms) {
      this.alarms._send({ topic: props.platformTopic });
    }
    if (withDashboard || (withAlarms && !onPlatform)) {
      new SavedQueries(scope, PART_IDS.QUERIES, { logGroup, events });
    }
    if (dashboardName !== undefined) {
      this.serviceDashboard = new ServiceDashboard(scope, PART_IDS.DASHBOARD, {
        name: dashboardName,
        title: scope.node.path,
        metrics: this.metrics,
        alarms: this.alarms,
        logGroup,
        events,
        balanced: targetGroups.length > 0,
        ownLoadBalancer: loadBalancer !== undefined,
      });
    }
  }

  public get dashboard(): Dashboard | undefined {
    return this.serviceDashboard?.dashboard;
  }

  /** Where the dashboard is. */
  public get dashboardUrl(): string | undefined {
    return this.links.dashboard;
  }

  /** Watches a worker; the alarms stand in its scope. */
  public watchWorker(scope: Construct, worker: Omit<WatchedWorker, 'alarms'>): Alarm[] {
    const processes = this.processesFor(worker.service);
    processes.addService(worker.service);
    this.alarms._watchEvents(processes);
    const alarms = this.alarms._watchWorker(scope, worker);
    if (this.isNear(scope)) {
      this.serviceDashboard?.addWorker({ ...worker, alarms });
    }
    return alarms;
  }

  /** Takes the alarm of a schedule in. */
  public watchSchedule(scope: Construct, definition: FargateTaskDefinition, alarm: Alarm, failedRuns: IMetric): void {
    this.processesFor(definition).addTask(definition);
    this.alarms._include(alarm);
    if (this.isNear(scope)) {
      this.serviceDashboard?.addSchedule({ name: scope.node.id, failedRuns });
    }
  }

  /** Watches a task that runs once for each deployment. */
  public watchReleaseTask(definition: FargateTaskDefinition): void {
    const processes = this.processesFor(definition);
    processes.addReleaseTask(definition);
    this.alarms._watchEvents(processes);
  }

  /**
   * Those that a process joins: a rule names so many, and none of another stack, which depends on that of the service. What is begun has a number and
   * stands in none of the processes, so that any of them can go: its alarms stay.
   */
  private processesFor(process: FargateService | FargateTaskDefinition): WatchedProcesses {
    const stack = Stack.of(process);
    const there = this.processes.filter((processes) => processes.isIn(stack));
    const found = there.find((processes) => processes.takes(process));
    if (found) {
      return found;
    }
    const parent = this.isNear(process)
      ? this.alarms
      : onceInStack(process, `${STACK_IDS.EVENTS}${Names.uniqueId(this.scope)}`, Construct, (_, id) => new Construct(stack, id));
    const begun = new WatchedProcesses(new Construct(parent, `Processes${there.length + 1}`));
    this.processes.push(begun);
    if (this.events) {
      keepEvents(begun.scope, PART_IDS.SERVICE_EVENTS, { cluster: this.cluster, processes: begun, logGroup: this.events });
    }
    return begun;
  }

  /** The dashboard would depend on what is in another stack. */
  private isNear(scope: Construct): boolean {
    return Stack.of(scope) === Stack.of(this.scope);
  }

  /** Shows a database or a cache. */
  public watchData(data: IConstruct): void {
    this.serviceDashboard?.addData(data);
  }
}

/** The number of error lines; its filter costs a metric, so it is made with the first who asks. */
function errorLinesOf(scope: Construct, logGroup: LogGroup) {
  if (!scope.node.tryFindChild(PART_IDS.ERROR_LINES)) {
    countErrorLines(scope, PART_IDS.ERROR_LINES, logGroup);
  }
  return errorLinesMetric(scope);
}

/** A dashboard has its name in all regions of the account. */
function nameOf(scope: Construct): string {
  return `${Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' })}-${Stack.of(scope).region}`;
}
