import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Duration } from 'aws-cdk-lib/core';

/** The alarms of a service, its workers and its schedules. */
export enum FlaskAlarm {
  /** Of the requests of three hours, too many ended with status 500 and above or took too long. */
  SERVICE_LEVEL = 'ServiceLevel',
  /**
   * Of the requests of 5 minutes to the running version or to the new one, too many ended with status 500 and above. It stops deployments and notifies
   * nobody, because SERVICE_LEVEL does.
   */
  DEPLOYMENT_ERRORS = 'DeploymentErrors',
  /**
   * Of the answers of the running version or of the new one, too many took too long for 15 minutes. It stops deployments and notifies nobody, because
   * SERVICE_LEVEL does.
   */
  DEPLOYMENT_LATENCY = 'DeploymentLatency',
  /** No request arrived for a time. It is made only if you set `maxTimeWithoutRequests`. */
  NO_REQUESTS = 'NoRequests',
  /** Fewer tasks work than the service is to have. Of a worker: fewer tasks run. */
  MISSING_TASKS = 'MissingTasks',
  /** Tasks of the service or of a worker stop by themselves: they crash, fail their health check, run out of memory or cannot start. */
  FAILED_TASKS = 'FailedTasks',
  /** A task of the service uses nearly all of its memory. */
  MEMORY = 'Memory',
  /** A deployment of the service or of a worker failed, and the previous version keeps running. */
  FAILED_DEPLOYMENT = 'FailedDeployment',
  /** A deployment of the service does not come to an end. */
  STUCK_DEPLOYMENT = 'StuckDeployment',
  /** Nothing is written to the log any more. */
  SILENT_LOG = 'SilentLog',
  /** The certificate of the load balancer is about to expire. */
  CERTIFICATE_EXPIRY = 'CertificateExpiry',
  /** Messages wait too long in the queue that a worker scales on. */
  QUEUE_AGE = 'QueueAge',
  /** Messages are in the dead-letter queue of the queue that a worker scales on. */
  DEAD_LETTERS = 'DeadLetters',
}

/** What the service promises to its clients. */
export interface ServiceLevelObjective {
  /**
   * How many requests are to be answered without a server error in a month, in percent, 90 to 99.99. The alarm SERVICE_LEVEL goes off when
   * the errors of three hours are six times as many as it allows: at that rate a month's errors are used up in five days.
   *
   * @default 99.9
   */
  readonly target?: number;

  /**
   * An answer that takes longer is slow, 10 milliseconds to 4000 seconds.
   *
   * @default Duration.seconds(2)
   */
  readonly latency?: Duration;
}

/** Alarm thresholds, and which alarms roll back a deployment. */
export interface AlarmOptions {
  /**
   * Whether there are alarms. On a platform, which watches its services itself, `true` makes all of them for this service too.
   *
   * @default - true in production, false in the development and the ephemeral stage; on a platform DEPLOYMENT_ERRORS, those whose threshold is given and
   * those of `stopDeploymentOn`
   */
  readonly enabled?: boolean;

  /**
   * What the service promises. It sets the default of `maxServerErrorPercent`, and what a slow answer is.
   *
   * @default - 99.9 % without a server error, and answers within 2 seconds
   */
  readonly slo?: ServiceLevelObjective;

  /**
   * An e-mail address that all alarms are sent to. A topic is made for it; its owner has to confirm the subscription once.
   *
   * @default - none; `alarms.sendTo()` accepts your own topic
   */
  readonly email?: string;

  /**
   * Alarms to leave out, of the service, its workers and its schedules. A threshold of one of them is an error.
   *
   * @default - none; those that need a load balancer, a queue or Container Insights are left out where there is none
   */
  readonly turnOff?: FlaskAlarm[];

  /**
   * The alarms that stop a deployment and bring the version before it back: DEPLOYMENT_ERRORS, DEPLOYMENT_LATENCY, SERVICE_LEVEL. The metrics of
   * the others depend on the ECS service, which cannot depend on them at the same time. ECS waits after a rolling deployment by the periods of the
   * alarms: with SERVICE_LEVEL, which looks back at six hours, for hours. Alarms of your own are added by `service.enableDeploymentAlarms()`.
   *
   * @default [FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY]
   */
  readonly stopDeploymentOn?: FlaskAlarm[];

  /**
   * SERVICE_LEVEL: how many requests of three hours may end with status 500 and above, in percent, 0.01 to 100. Fewer than 10 errors do not count;
   * where they are a quarter of the requests, fewer than 3.
   *
   * @default - six times what `slo.target` allows: 0.6
   */
  readonly maxServerErrorPercent?: number;

  /**
   * SERVICE_LEVEL: how many answers of three hours may take longer than `slo.latency`, in percent, 0.01 to 100. Fewer than 200 slow answers do not
   * count: a report that somebody asks for each minute is no outage.
   *
   * @default 5
   */
  readonly maxSlowPercent?: number;

  /**
   * DEPLOYMENT_ERRORS: how many requests of 5 minutes may end with status 500 and above, in percent, 0 to 100. With a deployment that shifts
   * traffic it holds for each of the two versions. Fewer than 5 errors in the 5 minutes do not count.
   *
   * @default 5
   */
  readonly maxDeploymentErrorPercent?: number;

  /**
   * DEPLOYMENT_LATENCY: how many answers may take longer than `slo.latency` for 15 minutes, in percent, 0 to 100. With a deployment that shifts
   * traffic it holds for each of the two versions.
   *
   * @default 25
   */
  readonly maxDeploymentSlowPercent?: number;

  /**
   * NO_REQUESTS: how long the service may have no request, in whole minutes, 15 to 1440. It sees a DNS record that is gone and a caller that has
   * stopped; health checks do not count. Take longer than the quietest time of a week.
   *
   * @default - there is no such alarm: at night many services have no request for hours, and all is well
   */
  readonly maxTimeWithoutRequests?: Duration;

  /**
   * MEMORY: how much of its memory the task that uses the most may use, in percent, 1 to 100. Above, the kernel soon kills a process.
   *
   * @default 90
   */
  readonly maxMemoryPercent?: number;

  /**
   * MISSING_TASKS: how many healthy tasks the service is to have, 0 or more. 0 turns the alarm of the service off.
   *
   * @default - the desired count at the time, by Container Insights; in a cluster that is given, the minimum of its scaling
   */
  readonly minTasks?: number;

  /**
   * STUCK_DEPLOYMENT: how long a deployment may take, in whole minutes, 10 to 1430. Container Insights counts the deployments: the cluster must have it.
   *
   * @default - 30 minutes more than its bake times; in a cluster that is imported, and on a platform, there is no such alarm
   */
  readonly maxDeploymentTime?: Duration;

  /**
   * QUEUE_AGE: how long a message may wait or be worked on, in whole seconds, 60 to 1209600.
   *
   * @default - 30 minutes; `acceptableWait` and twice `jobTime` of the scaling of the worker where that is longer
   */
  readonly maxQueueAge?: Duration;
}

/** Which notifications a topic gets. */
export interface AlarmNotificationOptions {
  /**
   * Whether the topic is notified when an alarm returns to OK, too.
   *
   * @default false
   */
  readonly notifyOk?: boolean;

  /**
   * A topic for what can wait until the morning: FAILED_DEPLOYMENT and STUCK_DEPLOYMENT, during which the previous version keeps running, MEMORY, SILENT_LOG,
   * DEAD_LETTERS, CERTIFICATE_EXPIRY.
   *
   * @default - the same topic
   */
  readonly lowUrgencyTopic?: ITopic;
}

/** What watches the service. */
export interface MonitoringOptions {
  /**
   * The alarms.
   *
   * @default - all in production, none in the development and the ephemeral stage
   */
  readonly alarms?: AlarmOptions;

  /**
   * Whether there is a dashboard: alarms, requests, errors, latency, tasks, CPU, memory, deployments, workers, schedules, databases and caches.
   *
   * @default - true in production, false in the development and the ephemeral stage
   */
  readonly dashboard?: boolean;

  /**
   * Whether the events of the ECS services and tasks are kept in a log group: why a task stopped, which the console forgets after an hour.
   *
   * @default - true in production, false in the development and the ephemeral stage
   */
  readonly serviceEvents?: boolean;
}
