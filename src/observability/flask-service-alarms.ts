import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { FargateService, ICluster } from 'aws-cdk-lib/aws-ecs';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Names, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { pathInErrors } from '../private/path-in-errors';
import { WARNINGS, warn } from '../private/warnings';
import { ABOVE, type AlarmDefinition, type AlarmDefinitions, NO_DATA_IS_FINE } from './alarm-definition';
import { alarmDescription } from './alarm-description';
import { type AlarmNotificationOptions, type AlarmOptions, FlaskAlarm } from './alarm-options';
import { admitAlarms } from './alarm-topic';
import type { ConsoleLinks } from './console-links';
import { stopDeploymentsOn } from './deployment-alarms';
import { failedDeployment, failedTasks } from './event-alarms';
import { queueAlarms } from './part-alarms';
import { missingWorkerTasks } from './task-alarms';
import type { WatchedProcesses, WatchedWorker } from './watched-processes';

/** @internal */
export interface FlaskServiceAlarmsProps {
  readonly options: AlarmOptions;
  readonly leftOut: FlaskAlarm[];
  readonly enabled: boolean;
  readonly links: ConsoleLinks;
  readonly cluster: ICluster;
  readonly service: FargateService;
  readonly processes: WatchedProcesses;
  readonly containerInsights?: boolean;
  /** Whether there is an image: without, there is nothing to watch but the requests. */
  readonly hasImage: boolean;
  /** What is watched beside failed tasks and deployments. */
  readonly definitions: AlarmDefinitions;
}

/** They stop deployments and tell nobody: what they see, SERVICE_LEVEL sees too, and it does not go off and on. */
const STOPPING_BY_DEFAULT = [FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY];

/** What can wait until the morning: the app works, or will for some time. */
const LOW_URGENCY = [
  FlaskAlarm.FAILED_DEPLOYMENT,
  FlaskAlarm.STUCK_DEPLOYMENT,
  FlaskAlarm.MEMORY,
  FlaskAlarm.SILENT_LOG,
  FlaskAlarm.CERTIFICATE_EXPIRY,
  FlaskAlarm.DEAD_LETTERS,
];

interface Watched {
  readonly alarm: Alarm;
  readonly lowUrgency: boolean;
}

/** What the L2 keeps to itself. */
interface WithActions {
  readonly alarmActionArns?: string[];
  readonly okActionArns?: string[];
}

interface Recipient extends AlarmNotificationOptions {
  /** Asked for with the first alarm: a platform's is a parameter of the stack. */
  readonly topic: () => ITopic;
}

/**
 * The alarms of a service, its workers and its schedules. In a stage without alarms it is empty, and what is called on it has no effect.
 *
 * @example
 * import { Topic } from 'aws-cdk-lib/aws-sns';
 * import { FlaskFargateService } from 'cdk-flask-fargate';
 * declare const web: FlaskFargateService;
 * declare const topic: Topic;
 *
 * web.alarms.sendTo(topic);
 */
@pathInErrors
export class FlaskServiceAlarms extends Construct {
  /** @internal */
  public static _make(scope: Construct, id: string, props: FlaskServiceAlarmsProps): FlaskServiceAlarms {
    return new FlaskServiceAlarms(scope, id, props);
  }

  private readonly ofService = new Map<FlaskAlarm, Alarm>();
  private readonly others: Alarm[] = [];
  private readonly watched: Watched[] = [];
  private readonly recipients: Recipient[] = [];

  private constructor(
    scope: Construct,
    id: string,
    private readonly props: FlaskServiceAlarmsProps,
  ) {
    super(scope, id);
    const { options, service } = props;
    if (props.enabled) {
      this.watch(props.definitions);
      if (props.hasImage) {
        this.watch(this.eventAlarms(this, props.processes));
      }
      this.node.addValidation({ validate: () => this.adviseOnRecipients() });
    }
    const stopping = (options.stopDeploymentOn ?? STOPPING_BY_DEFAULT).flatMap((kind) => {
      const alarm = this.ofService.get(kind);
      return alarm ? [{ name: this.nameOf(this, kind), alarm }] : [];
    });
    stopDeploymentsOn(service, stopping);
    if (options.email !== undefined && props.enabled) {
      const topic = new Topic(this, 'Topic', { enforceSSL: true });
      topic.addSubscription(new EmailSubscription(options.email));
      this.sendTo(topic);
    }
  }

  /** All alarms, those of workers and schedules too. */
  public get all(): Alarm[] {
    return [...this.ofService.values(), ...this.others];
  }

  /**
   * Notifies a topic when an alarm of the service, its workers or its schedules goes off, even of those that you add later. The topic lets the alarms of
   * the account publish to it. DEPLOYMENT_ERRORS and DEPLOYMENT_LATENCY notify nobody.
   *
   * @param topic its subscribers are notified
   * @param options whether they are also notified when the alarm ends, and a topic for what can wait
   */
  public sendTo(topic: ITopic, options: AlarmNotificationOptions = {}): void {
    this._send({ ...options, topic: () => topic });
  }

  /** @internal */
  public _send(recipient: Recipient): void {
    this.recipients.push(recipient);
    for (const watched of this.watched) {
      notify(watched, recipient);
    }
  }

  /**
   * One of the alarms of the service. It is absent where it was left out.
   *
   * @param kind which
   */
  public alarm(kind: FlaskAlarm): Alarm | undefined {
    return this.ofService.get(kind);
  }

  /**
   * Watches a worker; the alarms stand in its scope.
   *
   * @internal
   */
  public _watchWorker(scope: Construct, worker: Omit<WatchedWorker, 'alarms'>): Alarm[] {
    const { enabled, hasImage, containerInsights, options } = this.props;
    if (!enabled || !hasImage) {
      return [];
    }
    if (worker.queue) {
      return this.watchIn(scope, queueAlarms(worker.queue, worker, options.maxQueueAge));
    }
    return containerInsights && worker.hasTasks ? this.watchIn(scope, missingWorkerTasks(worker.service, worker.name)) : [];
  }

  /**
   * Watches the events of processes that the rules of the service have no room for, or that are in another stack, whatever of them is new.
   *
   * @internal
   */
  public _watchEvents(processes: WatchedProcesses): void {
    const { scope } = processes;
    if (this.props.enabled && this.props.hasImage && scope !== this.node.scope) {
      this.watchIn(scope, this.eventAlarms(scope, processes));
    }
  }

  /**
   * Takes in an alarm that exists, of a schedule.
   *
   * @internal
   */
  public _include(alarm: Alarm): void {
    this.others.push(alarm);
    this.tell({ alarm, lowUrgency: false });
  }

  /**
   * The description of an alarm.
   *
   * @internal
   */
  public _description(definition: Pick<AlarmDefinition, 'meaning' | 'firstStep'>): string {
    return alarmDescription(this, definition, this.props.links);
  }

  private watch(definitions: AlarmDefinitions): void {
    for (const [kind, definition] of definitions) {
      if (this.isOn(kind)) {
        const alarm = this.newAlarm(this, kind, definition);
        this.ofService.set(kind, alarm);
        if (!STOPPING_BY_DEFAULT.includes(kind)) {
          this.tell({ alarm, lowUrgency: LOW_URGENCY.includes(kind) });
        }
      }
    }
  }

  /** Each has a rule of Amazon EventBridge, which is not made for an alarm that is left out. */
  private eventAlarms(scope: Construct, processes: WatchedProcesses): AlarmDefinitions {
    const { cluster } = this.props;
    const isNew = (kind: FlaskAlarm) => this.isOn(kind) && !scope.node.tryFindChild(kind);
    return [
      ...(isNew(FlaskAlarm.FAILED_TASKS) && processes.hasServices ? failedTasks(scope, cluster, processes) : []),
      ...(isNew(FlaskAlarm.FAILED_DEPLOYMENT) ? failedDeployment(scope, cluster, processes) : []),
    ];
  }

  private watchIn(scope: Construct, definitions: AlarmDefinitions): Alarm[] {
    return definitions
      .filter(([kind]) => this.isOn(kind))
      .map(([kind, definition]) => {
        const alarm = this.newAlarm(scope, kind, definition);
        this.others.push(alarm);
        this.tell({ alarm, lowUrgency: LOW_URGENCY.includes(kind) });
        return alarm;
      });
  }

  private isOn(kind: FlaskAlarm): boolean {
    return !this.props.leftOut.includes(kind);
  }

  private newAlarm(scope: Construct, kind: FlaskAlarm, { meaning, firstStep, ...definition }: AlarmDefinition): Alarm {
    return new Alarm(scope, kind, {
      alarmName: this.nameOf(scope, kind),
      alarmDescription: this._description({ meaning, firstStep }),
      comparisonOperator: ABOVE,
      treatMissingData: NO_DATA_IS_FINE,
      ...definition,
    });
  }

  private nameOf(scope: Construct, kind: FlaskAlarm): string {
    return `${Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' })}-${kind}`;
  }

  private tell(watched: Watched): void {
    this.watched.push(watched);
    for (const recipient of this.recipients) {
      notify(watched, recipient);
    }
  }

  /** Not an error: the alarms may be read by something else, or by hand. */
  private adviseOnRecipients(): string[] {
    const tellsSomebody = ({ alarm }: Watched) => ((alarm as unknown as WithActions).alarmActionArns ?? []).length > 0;
    if (this.watched.length > 0 && !this.watched.some(tellsSomebody)) {
      warn(
        this,
        WARNINGS.ALARMS_TELL_NOBODY,
        'nobody is notified of the alarms of the service; call alarms.sendTo() with a topic, or set email in alarms of monitoring',
      );
    }
    return [];
  }
}

function notify({ alarm, lowUrgency }: Watched, { topic, lowUrgencyTopic, notifyOk }: Recipient): void {
  const recipient = lowUrgency ? (lowUrgencyTopic ?? topic()) : topic();
  admitAlarms(recipient, Stack.of(alarm).region);
  const action = new SnsAction(recipient);
  const { alarmActionArns = [], okActionArns = [] } = alarm as unknown as WithActions;
  // the same topic may be given twice, for the urgent and the rest
  if (!alarmActionArns.includes(recipient.topicArn)) {
    alarm.addAlarmAction(action);
  }
  if (notifyOk && !okActionArns.includes(recipient.topicArn)) {
    alarm.addOkAction(action);
  }
}
