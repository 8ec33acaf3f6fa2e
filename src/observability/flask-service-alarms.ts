import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AlarmBehavior, type FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Names, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { fail, requireInteger, requireRange, requireSeconds } from '../private/validation';
import { type AlarmOptions, FlaskAlarm } from './alarm-options';
import type { FlaskServiceMetrics } from './flask-service-metrics';

/** @internal */
export interface FlaskServiceAlarmsProps extends AlarmOptions {
  readonly metrics: FlaskServiceMetrics;
  readonly service: FargateService;
  /** Whether there is a target group to take the metrics of requests from. */
  readonly balanced: boolean;
  /** Whether the load balancer is the service's own. */
  readonly ownLoadBalancer: boolean;
  readonly leastTasks: number;
}

interface Definition {
  readonly metric: IMetric;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly comparisonOperator?: ComparisonOperator;
  readonly treatMissingData?: TreatMissingData;
  readonly description: string;
}

/** Their metrics know nothing of the ECS service, so that the service can know of them: otherwise the stack has a cycle. */
const MAY_STOP_DEPLOYMENT = [FlaskAlarm.SERVER_ERRORS, FlaskAlarm.RESPONSE_TIME, FlaskAlarm.UNHEALTHY_TASKS];

/** The alarms of a service. */
export class FlaskServiceAlarms extends Construct {
  /** @internal */
  public static _make(scope: Construct, id: string, props: FlaskServiceAlarmsProps): FlaskServiceAlarms {
    return new FlaskServiceAlarms(scope, id, props);
  }

  /** All alarms. */
  public readonly all: Alarm[];
  private readonly byKind = new Map<FlaskAlarm, Alarm>();
  private readonly names = new Map<FlaskAlarm, string>();

  private constructor(scope: Construct, id: string, props: FlaskServiceAlarmsProps) {
    super(scope, id);
    requireOptions(props);
    const off = new Set(props.turnOff ?? []);
    for (const [kind, definition] of definitionsOf(props)) {
      if (!off.has(kind)) {
        this.byKind.set(kind, this.newAlarm(kind, definition));
      }
    }
    this.all = [...this.byKind.values()];
    this.stopDeployments(props);
  }

  /**
   * Tells a topic when an alarm goes off and when it is over.
   *
   * @param topic its subscribers are told
   */
  public sendTo(topic: ITopic): void {
    const action = new SnsAction(topic);
    for (const alarm of this.all) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  /**
   * One of the alarms; absent where it was left out.
   *
   * @param kind which
   */
  public alarm(kind: FlaskAlarm): Alarm | undefined {
    return this.byKind.get(kind);
  }

  private newAlarm(kind: FlaskAlarm, { description, ...definition }: Definition): Alarm {
    const alarmName = `${Names.uniqueResourceName(this, { maxLength: 200, separator: '-' })}-${kind}`;
    this.names.set(kind, alarmName);
    return new Alarm(this, kind, {
      alarmName,
      alarmDescription: description,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...definition,
    });
  }

  /** Called once: a second list would take the place of the first. */
  private stopDeployments({ stopDeploymentOn, service }: FlaskServiceAlarmsProps): void {
    const kinds = (stopDeploymentOn ?? [FlaskAlarm.SERVER_ERRORS, FlaskAlarm.RESPONSE_TIME]).filter((kind) => this.byKind.has(kind));
    if (kinds.length === 0) {
      return;
    }
    // by names that are plain text: a reference would be one more thing that the service needs to exist
    service.enableDeploymentAlarms(
      kinds.map((kind) => this.names.get(kind) as string),
      { behavior: AlarmBehavior.ROLLBACK_ON_ALARM },
    );
    // and they must exist, for ECS reads them when a deployment begins
    service.node.defaultChild?.node.addDependency(...kinds.map((kind) => this.byKind.get(kind) as Alarm));
  }
}

function requireOptions(options: AlarmOptions): void {
  requireRange('maxServerErrorPercent', options.maxServerErrorPercent, 0, 100);
  requireRange('maxCpuPercent', options.maxCpuPercent, 1, 100);
  requireRange('maxMemoryPercent', options.maxMemoryPercent, 1, 100);
  requireSeconds('maxResponseTime', options.maxResponseTime, 1, 4000);
  for (const name of ['maxUnhealthyTasks', 'minTasks', 'maxErrorLines', 'maxRejectedConnections'] as const) {
    requireInteger(name, options[name], 0, 1_000_000);
  }
  for (const kind of options.stopDeploymentOn ?? []) {
    if (!MAY_STOP_DEPLOYMENT.includes(kind)) {
      fail(
        `the alarm ${kind} cannot stop a deployment, because its metric depends on the ECS service; the alarms that can are ${MAY_STOP_DEPLOYMENT.join(', ')}`,
      );
    }
    if (options.turnOff?.includes(kind)) {
      fail(`the alarm ${kind} is in turnOff and in stopDeploymentOn; take it out of one of the two`);
    }
  }
}

/** Asking for a metric of requests where there is no load balancer is an error, so the definitions are made where they apply. */
function definitionsOf(props: FlaskServiceAlarmsProps): [FlaskAlarm, Definition][] {
  return [...(props.balanced ? ofRequests(props) : []), ...ofTasks(props), ...(props.ownLoadBalancer ? ofConnections(props) : [])];
}

const MINUTE = { period: Duration.minutes(1) };
const FIVE_MINUTES = { period: Duration.minutes(5) };

function ofRequests({ metrics, ...props }: FlaskServiceAlarmsProps): [FlaskAlarm, Definition][] {
  return [
    [
      FlaskAlarm.SERVER_ERRORS,
      {
        metric: metrics.serverErrorPercent(MINUTE),
        threshold: props.maxServerErrorPercent ?? 5,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        description: 'too many requests are answered with status 500 and above: see the log group of the service',
      },
    ],
    [
      FlaskAlarm.RESPONSE_TIME,
      {
        metric: metrics.responseTime({ ...MINUTE, statistic: 'p99' }),
        threshold: (props.maxResponseTime ?? Duration.seconds(5)).toSeconds(),
        evaluationPeriods: 5,
        description: 'the slowest hundredth of the answers takes too long: see CPU, and what the app waits for',
      },
    ],
    [
      FlaskAlarm.UNHEALTHY_TASKS,
      {
        metric: metrics.unhealthyTaskCount({ ...MINUTE, statistic: 'Maximum' }),
        threshold: props.maxUnhealthyTasks ?? 0,
        evaluationPeriods: 5,
        description: 'tasks fail their health check: see the stopped reason of the tasks and the log',
      },
    ],
    [
      FlaskAlarm.TASKS,
      {
        metric: metrics.healthyTaskCount({ ...MINUTE, statistic: 'Minimum' }),
        threshold: props.minTasks ?? props.leastTasks,
        evaluationPeriods: 5,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        // a target group without a target has no data
        treatMissingData: expectsTasks(props) ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
        description: 'fewer healthy tasks than there should be: see the events of the ECS service',
      },
    ],
  ];
}

/** A number that is known at deployment only is taken for one of tasks that should be there. */
function expectsTasks({ minTasks = 0, leastTasks }: Pick<FlaskServiceAlarmsProps, 'minTasks' | 'leastTasks'>): boolean {
  return [minTasks, leastTasks].some((tasks) => Token.isUnresolved(tasks) || tasks > 0);
}

function ofTasks({ metrics, ...props }: FlaskServiceAlarmsProps): [FlaskAlarm, Definition][] {
  return [
    [
      FlaskAlarm.CPU,
      {
        metric: metrics.cpuUtilization(FIVE_MINUTES),
        threshold: props.maxCpuPercent ?? 90,
        evaluationPeriods: 3,
        description: 'the tasks have too little CPU: raise the most tasks of the scaling, or cpu',
      },
    ],
    [
      FlaskAlarm.MEMORY,
      {
        metric: metrics.memoryUtilization(FIVE_MINUTES),
        threshold: props.maxMemoryPercent ?? 90,
        evaluationPeriods: 3,
        description: 'the tasks have too little memory, and the kernel soon kills a worker: raise memoryLimitMiB, or take fewer workers',
      },
    ],
    [
      FlaskAlarm.ERROR_LINES,
      {
        metric: metrics.errorLines(FIVE_MINUTES),
        threshold: props.maxErrorLines ?? 10,
        evaluationPeriods: 1,
        description: 'too many error lines: see the log group of the service',
      },
    ],
  ];
}

function ofConnections({ metrics, ...props }: FlaskServiceAlarmsProps): [FlaskAlarm, Definition][] {
  return [
    [
      FlaskAlarm.REJECTED_CONNECTIONS,
      {
        metric: metrics.rejectedConnections(FIVE_MINUTES),
        threshold: props.maxRejectedConnections ?? 0,
        evaluationPeriods: 1,
        description: 'the load balancer has too many connections',
      },
    ],
  ];
}
