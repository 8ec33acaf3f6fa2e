/** What goes wrong, as the metrics show it, and from where it is known that they do. */
import type { Happening, Minute } from './world';

export interface Pattern {
  readonly name: string;
  /** Where the behaviour of the metrics is from. */
  readonly source: string;
  readonly happening: Happening;
}

const ALB = "user guide of the Application Load Balancer, 'CloudWatch metrics': 502 and 504 are requests of the target group, 503 is none";
const CHECKS =
  "ECS developer guide, 'Service load balancing': a task that fails its check is stopped ('Task failed ELB health checks') and replaced";
const EVENTS = "ECS developer guide, 'Task state change events': stopCode EssentialContainerExited or TaskFailedToStart";
const INSIGHTS = "CloudWatch user guide, 'Container Insights metrics': DesiredTaskCount, RunningTaskCount, DeploymentCount of a service";
const SQS = "SQS developer guide, 'Available CloudWatch metrics': the age is that of the oldest message that is not deleted";
const GUNICORN =
  'gunicorn with 2 workers of 32 threads: what no thread takes waits in the backlog, and the load balancer answers 504 after its idle timeout';

/** From a minute on. */
const from =
  (start: number, then: Partial<Minute>): Happening =>
  (minute) =>
    minute >= start ? then : {};
const always = (then: Partial<Minute>): Happening => from(0, then);
const between =
  (start: number, end: number, then: Partial<Minute>): Happening =>
  (minute) =>
    minute >= start && minute < end ? then : {};
/** So many minutes of each so many. */
const each =
  (period: number, length: number, then: Partial<Minute>): Happening =>
  (minute) =>
    minute % period < length ? then : {};
const eventEach =
  (period: number, event: (usual: Minute) => Partial<Minute>, offset = 0): Happening =>
  (minute, usual) =>
    minute % period === offset ? event(usual) : {};
const all =
  (...happenings: Happening[]): Happening =>
  (minute, usual) =>
    Object.assign({}, ...happenings.map((happening) => happening(minute, usual)));

const DOWN: Partial<Minute> = { healthy: 0, running: 1, noTask: 1, cpu: 5 };

/** Those of the question that was asked of 0.1.0 and of others too. */
export const FAILURES: Pattern[] = [
  {
    name: 'all workers of the server hang',
    source: `${CHECKS}; ${GUNICORN}`,
    happening: all(
      always({ tooLate: 0.5, noTask: 0.5, healthy: 0, latency: 20 }),
      eventEach(3, () => ({ failedTasks: 2 })),
    ),
  },
  { name: 'one of two tasks hangs, and passes its check', source: GUNICORN, happening: always({ tooLate: 0.5 }) },
  {
    name: 'crash loop after a deployment',
    source: `${EVENTS}; ${ALB}`,
    happening: all(
      each(6, 4, DOWN),
      eventEach(6, () => ({ failedTasks: 2 })),
    ),
  },
  {
    name: 'all tasks down 4 of each 6 minutes at night',
    source: `${EVENTS}; ${ALB}`,
    happening: all(
      each(6, 4, DOWN),
      eventEach(6, () => ({ failedTasks: 2 }), 1),
    ),
  },
  {
    name: 'a task out of memory every 20 minutes',
    source: `${EVENTS} (exit code 137)`,
    happening: all(
      each(20, 3, { healthy: 1, running: 1, badGateway: 0.02, memory: 60 }),
      (minute) => (minute % 20 === 19 ? { memory: 99 } : {}),
      eventEach(20, () => ({ failedTasks: 1 })),
    ),
  },
  {
    name: 'a leak over 6 hours',
    source: "ECS developer guide, 'MemoryUtilization': Maximum is that of the fullest task",
    happening: (minute) => ({ memory: Math.min(99, 45 + (54 * minute) / 360) }),
  },
  {
    name: 'the database is down',
    source: 'SQLAlchemy raises OperationalError at once, Flask answers 500',
    happening: always({ appErrors: 0.8 }),
  },
  {
    name: 'the database is slow',
    source: 'each query waits for locks: answers of 4 seconds',
    happening: always({ slowShare: 0.7, slowSeconds: 4 }),
  },
  {
    name: "the database's pool is exhausted",
    source: "SQLAlchemy's QueuePool raises TimeoutError after 30 seconds",
    happening: always({ appErrors: 0.3, slowShare: 0.3, slowSeconds: 30 }),
  },
  {
    name: 'a zone is lost',
    source: `${CHECKS}; ${ALB}`,
    happening: all(between(0, 12, { healthy: 1, badGateway: 0.2 }), from(12, { healthy: 1, running: 1 })),
  },
  { name: 'Spot takes tasks back all night, with no capacity', source: INSIGHTS, happening: always({ healthy: 1, running: 1 }) },
  {
    name: 'the image is gone when the service scales out',
    source: `${EVENTS} (CannotPullContainerError)`,
    happening: all(
      always({ wanted: 6, cpu: 85 }),
      eventEach(4, () => ({ failedTasks: 2 })),
    ),
  },
  {
    name: 'a secret is deleted',
    source: `${EVENTS} (ResourceInitializationError)`,
    happening: all(from(30, { healthy: 1, running: 1 }), (minute) => (minute > 30 && minute % 4 === 0 ? { failedTasks: 1 } : {})),
  },
  {
    name: 'the certificate expires',
    source: 'ACM user guide: DaysToExpiry twice a day until the certificate expires',
    happening: always({ daysToExpiry: 20 }),
  },
  { name: 'the DNS record is gone', source: 'no request arrives, and nothing else changes', happening: always({ requests: 0 }) },
  {
    name: 'a NAT gateway is lost',
    source: 'half of the tasks wait for AWS and others until they time out',
    happening: always({ appErrors: 0.25, slowShare: 0.25, slowSeconds: 20 }),
  },
  {
    name: '/tmp is full',
    source: 'uploads over 500 kB raise OSError: 500 for one request in twelve',
    happening: always({ appErrors: 0.08 }),
  },
  { name: 'one route, 1 % of the requests, answers 500', source: 'a view that raises', happening: always({ appErrors: 0.01 }) },
  {
    name: 'the same in an app that logs JSON without the word ERROR',
    source: 'a view that raises',
    happening: always({ appErrors: 0.01, errorLines: 0 }),
  },
  { name: 'all fails for 2 minutes', source: 'a lock of a table', happening: between(60, 62, { appErrors: 1 }) },
  {
    name: '3 requests an hour, of which 1 fails',
    source: 'a service that is hardly used',
    happening: (minute) => ({ requests: 0, extra: minute % 20 === 0 ? 1 : 0, extraErrors: minute % 60 === 0 ? 1 : 0 }),
  },
  {
    name: "traffic falls to zero by the caller's fault",
    source: 'no request arrives, and nothing else changes',
    happening: from(30, { requests: 0 }),
  },
  {
    name: 'ten times the traffic, and the app is too small',
    source: GUNICORN,
    happening: (minute, usual) =>
      minute >= 10 ? { requests: usual.requests * 10, wanted: 10, running: 10, healthy: 10, cpu: 99, latency: 15, tooLate: 0.05 } : {},
  },
  {
    name: 'scaling is at its maximum',
    source: INSIGHTS,
    happening: always({ wanted: 10, running: 10, healthy: 10, cpu: 98, latency: 12 }),
  },
  {
    name: 'a worker in a crash loop',
    source: EVENTS,
    happening: all(
      eventEach(2, () => ({ failedTasks: 1 })),
      (minute) => ({ queueAge: minute * 60 }),
    ),
  },
  {
    name: 'a worker is alive and takes nothing',
    source: `celery/celery#4115, #5072; ${SQS}`,
    happening: (minute) => ({ queueAge: minute * 60 }),
  },
  { name: 'the workers are too slow for the queue', source: SQS, happening: (minute) => ({ queueAge: minute * 20 }) },
  { name: 'a poison message', source: "SQS developer guide, 'Dead-letter queues'", happening: from(40, { deadLetters: 1 }) },
  {
    name: 'a schedule cannot start',
    source: "EventBridge Scheduler user guide, 'Dead-letter queue'",
    happening: eventEach(60, () => ({ droppedRuns: 1 })),
  },
  { name: 'a schedule fails each hour', source: EVENTS, happening: eventEach(60, () => ({ failedRuns: 1 })) },
  {
    name: 'a release task hangs',
    source: 'our handler stops it after its timeout of 15 minutes: stopCode UserInitiated',
    happening: eventEach(1000, () => ({ failedDeployments: 1 }), 16),
  },
  {
    name: 'writing to the log is denied',
    source: 'CloudWatch Logs user guide: IncomingLogEvents has no value',
    happening: from(20, { logLines: 0 }),
  },
  {
    name: 'a firewall blocks 30 %',
    source: 'WAF answers 403 before a target is chosen: HTTPCode_ELB_4XX, no request of the target group',
    happening: (_, usual) => ({ requests: usual.requests * 0.7 }),
  },
  { name: 'uploads are slow', source: 'one request in six takes 8 seconds', happening: always({ slowShare: 0.16, slowSeconds: 8 }) },
  { name: '40 % are answered with 404', source: 'a deployment that lost its static files; HTTPCode_Target_4XX', happening: always({}) },
  { name: 'a deployment stays pending', source: `${INSIGHTS}; capacity or addresses are used up`, happening: from(5, { deployments: 2 }) },
  {
    name: 'the 99th percentile rises from 0.4 to 3 seconds',
    source: 'the same distribution, 7.5 times as long',
    happening: always({ latency: 7.5 }),
  },
  {
    name: 'a new version answers 10 % with 500',
    source: 'a rolling deployment: both versions in one target group',
    happening: always({ appErrors: 0.1 }),
  },
];

/** Those that were found later. */
export const MORE_FAILURES: Pattern[] = [
  {
    name: 'a task out of memory every 45 minutes',
    source: `${EVENTS} (exit code 137)`,
    happening: all(
      each(45, 3, { healthy: 1, running: 1, badGateway: 0.01 }),
      (minute) => ({ memory: 50 + (49 * (minute % 45)) / 45 }),
      eventEach(45, () => ({ failedTasks: 1 })),
    ),
  },
  {
    name: 'one answer in seven takes 3 seconds',
    source: 'a new query without an index',
    happening: always({ slowShare: 0.14, slowSeconds: 3 }),
  },
  {
    name: 'a deployment fails and is rolled back',
    source: "ECS developer guide, 'Service deployment state change events'",
    happening: all(
      between(5, 12, { deployments: 2 }),
      eventEach(1000, () => ({ failedDeployments: 1 }), 12),
      eventEach(1000, () => ({ failedTasks: 1 }), 7),
    ),
  },
  {
    name: '8 of 10 tasks are gone and do not come back',
    source: `${INSIGHTS}; no address is left in the subnets`,
    happening: always({ wanted: 10, running: 2, healthy: 2, cpu: 55 }),
  },
  { name: 'the app answers too late, one in fifty', source: ALB, happening: always({ tooLate: 0.02 }) },
  {
    name: 'keep-alive of the server is below that of the load balancer',
    source: 'benoitc/gunicorn#1194: sporadic 502',
    happening: always({ badGateway: 0.012 }),
  },
  {
    name: 'a share of errors that stays at what is allowed',
    source: 'a view that raises for one request in 167: the alarm is crossed again and again',
    happening: always({ appErrors: 0.006 }),
  },
];

const named = (name: string) => [...FAILURES, ...MORE_FAILURES].filter((pattern) => pattern.name === name);

/** What stays near to what the service level allows, by its share or by the number that it needs. */
export const BORDERS: Pattern[] = [
  ...named('a share of errors that stays at what is allowed'),
  { name: 'a share of errors a tenth above it', source: 'the same', happening: always({ appErrors: 0.0066 }) },
  { name: 'a share of errors a fifth above it', source: 'the same', happening: always({ appErrors: 0.0072 }) },
  ...named('the app answers too late, one in fifty'),
  ...named('scaling is at its maximum'),
];
