import type { Duration } from 'aws-cdk-lib/core';

/** The alarms of a service. */
export enum FlaskAlarm {
  /** Too many answers with status 500 and above, of the app and of the load balancer. */
  SERVER_ERRORS = 'ServerErrors',
  /** The slowest hundredth of the answers takes too long. */
  RESPONSE_TIME = 'ResponseTime',
  /** Tasks fail their health check. */
  UNHEALTHY_TASKS = 'UnhealthyTasks',
  /** The tasks have too little CPU, and no more may be added. */
  CPU = 'Cpu',
  /** The tasks have too little memory. */
  MEMORY = 'Memory',
  /** Fewer tasks than there should be. */
  TASKS = 'Tasks',
  /** Too many error lines in the log. */
  ERROR_LINES = 'ErrorLines',
  /** The load balancer takes no more connections. */
  REJECTED_CONNECTIONS = 'RejectedConnections',
}

/** When somebody is told, and when a deployment is taken back. */
export interface AlarmOptions {
  /**
   * Whether there are alarms.
   *
   * @default - true in production, false in the development and the ephemeral stage
   */
  readonly enabled?: boolean;

  /**
   * Alarms to leave out.
   *
   * @default - none; those that need a load balancer are left out where there is none
   */
  readonly turnOff?: FlaskAlarm[];

  /**
   * The alarms that stop a deployment and bring the old version back. Only the ones of requests can: SERVER_ERRORS, RESPONSE_TIME,
   * UNHEALTHY_TASKS.
   *
   * @default [FlaskAlarm.SERVER_ERRORS, FlaskAlarm.RESPONSE_TIME]
   */
  readonly stopDeploymentOn?: FlaskAlarm[];

  /**
   * The most answers with status 500 and above, in percent of all, in 3 of 5 minutes; minutes with fewer than 10 requests do not count. 0 to
   * 100.
   *
   * @default 5
   */
  readonly maxServerErrorPercent?: number;

  /**
   * The longest time that 99 of 100 answers may take, in 5 minutes after one another.
   *
   * @default Duration.seconds(5)
   */
  readonly maxResponseTime?: Duration;

  /**
   * The most tasks that may fail their health check, in 5 minutes after one another.
   *
   * @default 0
   */
  readonly maxUnhealthyTasks?: number;

  /**
   * The highest mean CPU utilization over 15 minutes, in percent, 1 to 100. Scaling should keep it well below.
   *
   * @default 90
   */
  readonly maxCpuPercent?: number;

  /**
   * The highest mean memory utilization over 15 minutes, in percent, 1 to 100. Above, the kernel soon kills a worker.
   *
   * @default 90
   */
  readonly maxMemoryPercent?: number;

  /**
   * The fewest healthy tasks, in 5 minutes after one another.
   *
   * @default - the least that the scaling of the service allows
   */
  readonly minTasks?: number;

  /**
   * The most lines in the log within 5 minutes that have the word ERROR, CRITICAL or Traceback in them.
   *
   * @default 10
   */
  readonly maxErrorLines?: number;

  /**
   * The most connections within 5 minutes that the load balancer does not take because it has too many.
   *
   * @default 0
   */
  readonly maxRejectedConnections?: number;
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
   * Whether there is a dashboard: requests, errors, latency, tasks, CPU, memory, error lines, deployments.
   *
   * @default - true in production, false in the development and the ephemeral stage
   */
  readonly dashboard?: boolean;
}
