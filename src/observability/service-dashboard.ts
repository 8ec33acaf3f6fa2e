import { type Alarm, AlarmStatusWidget, Dashboard, LogQueryWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { FlaskAlarm } from './alarm-options';
import { ERROR_LINES } from './console-links';
import { dataRow, scheduleRow, workerRow } from './dashboard-rows';
import { GREEN, graph, ORANGE, PURPLE, RED, WIDE } from './dashboard-widgets';
import type { FlaskServiceAlarms } from './flask-service-alarms';
import type { FlaskServiceMetrics } from './flask-service-metrics';
import type { WatchedSchedule, WatchedWorker } from './watched-processes';

/** @internal */
export interface ServiceDashboardProps {
  readonly name: string;
  readonly title: string;
  readonly metrics: FlaskServiceMetrics;
  readonly alarms: FlaskServiceAlarms;
  readonly logGroup: LogGroup;
  /** The log group of the events of ECS, if they are kept. */
  readonly events?: LogGroup;
  readonly balanced: boolean;
  readonly ownLoadBalancer: boolean;
}

const MANUAL = 'https://github.com/cdk-flask-fargate/cdk-flask-fargate/blob/main/docs/on-call.md';

/**
 * The page that somebody opens when an alarm goes off: the alarms first, what clients see below, then what the tasks do, the log, and a row for
 * each worker, schedule, database and cache.
 *
 * @internal
 */
export class ServiceDashboard {
  public readonly dashboard: Dashboard;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceDashboardProps,
  ) {
    // by name: the alarms link to it, and it shows the alarms
    this.dashboard = new Dashboard(scope, id, { dashboardName: props.name, defaultInterval: Duration.hours(6) });
    this.dashboard.addWidgets(
      new TextWidget({ markdown: `# ${props.title}\n[What each alarm means, and what to do](${MANUAL})`, width: WIDE, height: 2 }),
    );
    if (props.alarms.all.length > 0) {
      // those of workers in another stack are not shown: the dashboard would depend on that stack, which depends on this one
      const near = () => props.alarms.all.filter((alarm) => Stack.of(alarm) === Stack.of(this.dashboard));
      this.dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: liveList(near), width: WIDE, height: 3 }));
    }
    if (props.balanced) {
      this.addRequests();
    }
    this.addTasks();
    this.addLog();
  }

  /** What a worker does, and its queue. */
  public addWorker(worker: WatchedWorker): void {
    this.dashboard.addWidgets(...workerRow(worker));
  }

  /** Which runs of a schedule failed. */
  public addSchedule(schedule: WatchedSchedule): void {
    this.dashboard.addWidgets(...scheduleRow(schedule));
  }

  /** What a database or a cache does, if it says so. */
  public addData(data: IConstruct): void {
    const row = dataRow(data);
    if (row.length > 0) {
      this.dashboard.addWidgets(...row);
    }
  }

  private addRequests(): void {
    const { metrics, ownLoadBalancer, alarms } = this.props;
    const period = Duration.minutes(1);
    this.dashboard.addWidgets(
      graph('Requests a minute', [metrics.requestCount({ period, label: 'requests' })]),
      graph('Errors a minute', [
        metrics.serverErrors({ period, label: '5xx of the app', color: RED }),
        ...(ownLoadBalancer
          ? [
              metrics.badGatewayErrors({ period, label: '502 no answer', color: PURPLE }),
              metrics.serviceUnavailableErrors({ period, label: '503 no healthy task', color: ORANGE }),
              metrics.gatewayTimeoutErrors({ period, label: '504 too late', color: BROWN }),
            ]
          : []),
        metrics.clientErrors({ period, label: '4xx', color: GREY }),
      ]),
      graph('Response time (s)', [
        metrics.responseTime({ period, statistic: 'p50', label: 'p50' }),
        metrics.responseTime({ period, statistic: 'p90', label: 'p90', color: ORANGE }),
        metrics.responseTime({ period, statistic: 'p99', label: 'p99', color: RED }),
      ]),
    );
    const judged = [FlaskAlarm.SERVICE_LEVEL, FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY].flatMap(
      (kind) => alarms.alarm(kind) ?? [],
    );
    if (judged.length > 0) {
      this.dashboard.addWidgets(...judged.map((alarm) => judgedGraph(alarm)));
    }
  }

  private addTasks(): void {
    const { metrics, balanced, ownLoadBalancer, alarms } = this.props;
    const period = Duration.minutes(1);
    const memory = alarms.alarm(FlaskAlarm.MEMORY);
    this.dashboard.addWidgets(
      graph('Tasks', [
        metrics.desiredTaskCount({ period, label: 'wanted', color: GREY }),
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
        [
          metrics.cpuUtilization({ period, label: 'CPU' }),
          metrics.memoryUtilization({ period, statistic: 'Maximum', label: 'memory of the fullest task', color: PURPLE }),
        ],
        { max: 100, alarms: memory ? [memory] : [] },
      ),
      graph('Deployments and connections', [
        metrics.deploymentCount({ period, label: 'deployments' }),
        ...(ownLoadBalancer ? [metrics.rejectedConnections({ period, label: 'rejected connections', color: RED })] : []),
      ]),
    );
  }

  private addLog(): void {
    const { events } = this.props;
    this.dashboard.addWidgets(
      new LogQueryWidget({
        title: 'The newest error lines',
        logGroupNames: [this.props.logGroup.logGroupName],
        queryLines: ['fields @timestamp, @message, @logStream', `filter @message like ${ERROR_LINES}`, 'sort @timestamp desc', 'limit 50'],
        width: WIDE,
        height: 6,
      }),
    );
    if (events) {
      this.dashboard.addWidgets(
        new LogQueryWidget({
          title: 'Which image runs, and since when',
          logGroupNames: [events.logGroupName],
          queryLines: [
            'filter detail.lastStatus = "RUNNING"',
            'stats min(@timestamp) as since, count_distinct(detail.taskArn) as tasks by detail.group, detail.containers.0.image, detail.containers.0.imageDigest',
            'sort since desc',
            'limit 20',
          ],
          width: 12,
          height: 6,
        }),
        new LogQueryWidget({
          title: 'Deployments and what ECS says',
          logGroupNames: [events.logGroupName],
          queryLines: [
            'fields @timestamp, detail.eventName, detail.reason, detail.stoppedReason, detail.group',
            'filter ispresent(detail.eventName) or (detail.lastStatus = "STOPPED" and ispresent(detail.stoppedReason))',
            'sort @timestamp desc',
            'limit 50',
          ],
          width: 12,
          height: 6,
        }),
      );
    }
  }
}

const BROWN = '#8c564b';
const GREY = '#7f7f7f';

/** What an alarm judges, with its threshold as a line. */
function judgedGraph(alarm: Alarm) {
  const name = alarm.node.id.replace(/(?<!^)([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return graph(name, [alarm.metric], { alarms: [alarm] });
}

/** A widget reads its list when the template is written, and alarms are added until then. */
function liveList<T>(read: () => T[]): T[] {
  return new Proxy<T[]>([], { get: (_, key) => Reflect.get(read(), key), has: (_, key) => Reflect.has(read(), key) });
}
