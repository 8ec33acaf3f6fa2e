import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnSchedule, Schedule, type ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { EcsRunFargateTask } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Aws, Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ABOVE, NO_DATA_IS_FINE, outOf } from '../observability/alarm-definition';
import { failedRuns } from '../observability/event-alarms';
import { pathInErrors } from '../private/path-in-errors';
import { requireInteger, requireKnown, requireSeconds } from '../private/validation';
import { Capacity } from '../scaling/capacity';
import { FlaskTask, type FlaskTaskOptions, type FlaskTaskProps } from './flask-task';
import { requireFuture } from './future-schedule';
import { processHostOf } from './process-host';
import { assignPublicIp } from './public-ip';
import { grantRun } from './run-grant';

/** The options of a scheduled task. */
export interface FlaskScheduledTaskOptions extends FlaskTaskOptions {
  /**
   * When: `ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.EUROPE_BERLIN })`, or a rate. A single time, `at()`, must be in
   * the future: take the schedule out once it has run.
   */
  readonly schedule: ScheduleExpression;

  /**
   * How often the start of the task is tried again when ECS refuses it, 0 to 185. A task that starts and fails is not run again: only
   * you know whether it may be.
   *
   * @default 3
   */
  readonly retryAttempts?: number;

  /**
   * How late the task may still start, 60 seconds to 24 hours.
   *
   * @default Duration.hours(1)
   */
  readonly maxEventAge?: Duration;

  /**
   * On-demand capacity or Fargate Spot. `onDemandBase` has no effect on a single task.
   *
   * @default Capacity.onDemand()
   */
  readonly capacity?: Capacity;

  /**
   * Whether the schedule is on.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/** A scheduled task of a Flask service. */
export interface FlaskScheduledTaskProps extends FlaskScheduledTaskOptions, FlaskTaskProps {}

/**
 * A task of the same image that EventBridge Scheduler runs. What could not be started is kept in a queue for 14 days, and an alarm goes off when a
 * task could not be started or ended with another code than 0.
 *
 * @example
 * import { Duration, Stack } from 'aws-cdk-lib';
 * import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
 * import { FlaskFargateService, FlaskScheduledTask } from 'cdk-flask-fargate';
 * declare const jobs: Stack;
 * declare const web: FlaskFargateService;
 *
 * new FlaskScheduledTask(jobs, 'Hourly', {
 *   service: web,
 *   command: ['flask', 'report'],
 *   schedule: ScheduleExpression.rate(Duration.hours(1)),
 * });
 */
@pathInErrors
export class FlaskScheduledTask extends FlaskTask {
  /** The schedule. */
  public readonly schedule: Schedule;

  /** What could not be started. */
  public readonly deadLetterQueue: Queue;

  /** Goes off when a task could not be started, or failed. */
  public readonly failureAlarm: Alarm;

  /**
   * Creates a scheduled task. `addScheduledTask` of the service does the same, within the service.
   *
   * @param scope the scope, usually the service or the stack
   * @param id the id, from which the prefix of the log streams is made
   * @param props the service, the command, and what differs from the service
   */
  public constructor(scope: Construct, id: string, props: FlaskScheduledTaskProps) {
    requireKnown('retryAttempts', props.retryAttempts, '3');
    requireInteger('retryAttempts', props.retryAttempts, 0, 185);
    requireKnown('maxEventAge', props.maxEventAge, 'Duration.hours(1)');
    requireSeconds('maxEventAge', props.maxEventAge, 60, 86_400);
    if (props.enabled !== false) {
      requireFuture(props.schedule);
    }
    super(scope, id, props);
    const { service: web } = props;
    const host = processHostOf(web);
    const capacity = (props.capacity ?? Capacity.onDemand())._render({ singleTask: true });
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    // the CDK would make it in the stack, where tags and aspects of the service do not reach it, for all schedules of the cluster
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    grantRun(role, { cluster: host.cluster, definition: this.taskDefinition, tags: true });
    this.deadLetterQueue.grantSendMessages(role);
    this.schedule = new Schedule(this, 'Schedule', {
      schedule: props.schedule,
      enabled: host.hasImage ? props.enabled : false,
      target: new EcsRunFargateTask(host.cluster, {
        taskDefinition: this.taskDefinition,
        // the CDK would name the revision
        role: role.withoutPolicyUpdates(),
        vpcSubnets: host.placement.taskSubnets,
        assignPublicIp: host.placement.publicIp === 'ENABLED',
        securityGroups: this.connections.securityGroups,
        capacityProviderStrategies: host.capacityStrategies(capacity),
        enableExecuteCommand: host.enableExecuteCommand,
        propagateTags: true,
        enableEcsManagedTags: true,
        deadLetterQueue: this.deadLetterQueue,
        retryAttempts: props.retryAttempts ?? 3,
        maxEventAge: props.maxEventAge ?? Duration.hours(1),
      }),
    });
    assignPublicIp(this.schedule.node.defaultChild as CfnSchedule, 'Target.EcsParameters.NetworkConfiguration', host.placement);
    host.runAfterRelease(this.schedule);
    const runs = failedRuns(this, {
      cluster: host.cluster,
      definition: this.taskDefinition,
      containerName: this.container.containerName,
      notStarted: this.deadLetterQueue,
    });
    this.failureAlarm = new Alarm(this, 'Failure', {
      metric: runs,
      threshold: 0,
      comparisonOperator: ABOVE,
      // an hour and a quarter: a task that fails each hour is one mail and not one each hour
      ...outOf(1, 15),
      treatMissingData: NO_DATA_IS_FINE,
      alarmDescription: host.monitoring?.alarms._description({
        meaning: `a run of the schedule ${this.node.path} failed or could not be started`,
        firstStep:
          'A run that failed is in the log under the name of the schedule, one that could not be started in its dead-letter queue; run it again by runTaskCommand once you know that it may run twice',
      }),
    });
    host.monitoring?.watchSchedule(this, this.taskDefinition, this.failureAlarm, runs);
  }
}
