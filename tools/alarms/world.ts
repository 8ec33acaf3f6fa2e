/** What the metrics of a service show, minute by minute, for what happens to it. */
import type { Series } from './evaluator';
import type { Sample } from './statistics';

/** A day at night and some before it: two hours of health, then eight in which somebody should sleep. */
export const BEFORE = 120;
export const NIGHT = 480;
export const MINUTES = BEFORE + NIGHT;

/** What happens in a minute. Shares are of the requests of that minute. */
export interface Minute {
  /** Requests a minute, a mean. */
  readonly requests: number;
  /** How many of them the app answers with status 500 and above. */
  readonly appErrors: number;
  /** Failed by the load balancer: 502 and 504 were sent to a task and are in the count of requests, 503 were not. */
  readonly badGateway: number;
  readonly noTask: number;
  readonly tooLate: number;
  /** How many times as long as usual an answer takes. */
  readonly latency: number;
  /** A share that takes a time of its own, in seconds. */
  readonly slowShare: number;
  readonly slowSeconds: number;
  /** Requests that are on top, each with a time and an answer of its own. */
  readonly extra: number;
  readonly extraSeconds: number;
  readonly extraErrors: number;
  readonly healthy: number;
  readonly running: number;
  readonly wanted: number;
  readonly memory: number;
  readonly cpu: number;
  readonly failedTasks: number;
  readonly failedDeployments: number;
  readonly deployments: number;
  readonly logLines: number;
  readonly errorLines: number;
  readonly daysToExpiry?: number;
  readonly queueAge: number;
  readonly deadLetters: number;
  readonly failedRuns: number;
  readonly droppedRuns: number;
}

/** A random number of an event that happens so often on average. */
export type Poisson = (mean: number) => number;

/** Random numbers that are the same at each run (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function poissonOf(random: () => number): Poisson {
  return (mean) => {
    if (mean <= 0) {
      return 0;
    }
    if (mean > 50) {
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
    }
    let count = 0;
    for (let product = random(); product > Math.exp(-mean); product *= random()) {
      count++;
    }
    return count;
  };
}

const MEDIAN = 0.12;
/** So that 99 of 100 answers come within 0.4 seconds. */
const SIGMA = Math.log(0.4 / MEDIAN) / 2.326;

const HEALTHY: Minute = {
  requests: 600,
  appErrors: 0.0002,
  badGateway: 0,
  noTask: 0,
  tooLate: 0,
  latency: 1,
  slowShare: 0,
  slowSeconds: 3,
  extra: 0,
  extraSeconds: 0.1,
  extraErrors: 0,
  healthy: 2,
  running: 2,
  wanted: 2,
  memory: 45,
  cpu: 25,
  failedTasks: 0,
  failedDeployments: 0,
  deployments: 1,
  logLines: 16,
  errorLines: 0,
  daysToExpiry: 200,
  queueAge: 4,
  deadLetters: 0,
  failedRuns: 0,
  droppedRuns: 0,
};

/** What happens at a minute of the night; before it, and where nothing is said, all is well. */
export type Happening = (minute: number, usual: Minute) => Partial<Minute>;

/** The series of all metrics that alarms of a service with a worker, a queue and a schedule have. */
export function worldOf(happening: Happening, requestsPerMinute: number, seed = 1): Series {
  const random = randomOf(seed);
  const poisson = poissonOf(random);
  const usual = { ...HEALTHY, requests: requestsPerMinute };
  const minutes = Array.from({ length: MINUTES }, (_, i) => measure({ ...usual, ...(i < BEFORE ? {} : happening(i - BEFORE, usual)) }, i));
  const column = (name: string) => minutes.map((minute) => minute[name]);
  const columns = new Map<string, readonly (Sample | undefined)[]>();
  return (metric) => {
    const name = nameOf(metric.name, metric.dimensions);
    if (!columns.has(name)) {
      columns.set(name, column(name));
    }
    return columns.get(name) as readonly (Sample | undefined)[];
  };

  function measure(now: Minute, i: number): { [metric: string]: Sample | undefined } {
    const chosen = poisson(now.requests * (1 - now.noTask));
    const badGateway = poisson(chosen * now.badGateway);
    const tooLate = poisson(chosen * now.tooLate);
    const noTask = poisson(now.requests * now.noTask);
    const answered = Math.max(0, chosen - badGateway - tooLate);
    const extra = now.extra;
    const errors = Math.min(answered, poisson(answered * now.appErrors)) + now.extraErrors;
    return {
      RequestCount: counted(chosen + extra),
      HTTPCode_Target_5XX_Count: counted(errors),
      HTTPCode_ELB_5XX_Count: counted(badGateway + tooLate + noTask),
      TargetResponseTime: times(answered, now),
      HealthyHostCount: [[now.healthy, 1]],
      UnHealthyHostCount: [[Math.max(0, now.running - now.healthy), 1]],
      RunningTaskCount: [[now.running, 1]],
      DesiredTaskCount: [[now.wanted, 1]],
      DeploymentCount: [[now.deployments, 1]],
      MemoryUtilization: [
        [now.memory, 1],
        [Math.min(now.memory, HEALTHY.memory), 1],
      ],
      CPUUtilization: [[now.cpu, 1]],
      RejectedConnectionCount: undefined,
      FailedTaskRule: counted(now.failedTasks),
      FailedDeploymentRule: counted(now.failedDeployments),
      FailedRunRule: counted(now.failedRuns),
      NumberOfMessagesSent: counted(now.droppedRuns),
      IncomingLogEvents: counted(now.logLines === 0 ? 0 : now.logLines + answered),
      ErrorLines: [[now.errorLines + errors, 1]],
      // twice a day, and more often here, where a night is all there is
      DaysToExpiry: i % 240 === 0 && now.daysToExpiry !== undefined ? [[now.daysToExpiry, 1]] : undefined,
      ApproximateAgeOfOldestMessage: [[now.queueAge, 1]],
      DeadLetters: [[now.deadLetters, 1]],
    };
  }

  function times(answered: number, { latency, slowShare, slowSeconds, extra, extraSeconds }: Minute): Sample | undefined {
    if (answered + extra === 0) {
      return undefined;
    }
    const drawn = Math.min(answered, 40);
    const each = drawn === 0 ? 0 : answered / drawn;
    const values: (readonly [number, number])[] = Array.from({ length: drawn }, () => {
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return [random() < slowShare ? slowSeconds : latency * MEDIAN * Math.exp(SIGMA * normal), each] as const;
    });
    return extra > 0 ? [...values, [extraSeconds, extra] as const] : values;
  }
}

/** Most metrics of a load balancer and of rules are sent where they are not zero. */
function counted(n: number): Sample | undefined {
  return n > 0 ? [[1, n]] : undefined;
}

/** The rules and the queues are told apart by the resource that a dimension names. */
function nameOf(metric: string, dimensions: { readonly [name: string]: string }): string {
  if (metric === 'TriggeredRules') {
    return ['FailedTaskRule', 'FailedDeploymentRule'].find((rule) => dimensions.RuleName.includes(rule)) ?? 'FailedRunRule';
  }
  if (metric === 'ApproximateNumberOfMessagesVisible') {
    return /Nightly/.test(dimensions.QueueName) ? 'NumberOfMessagesSent' : 'DeadLetters';
  }
  return metric.endsWith('ErrorLines') ? 'ErrorLines' : metric;
}
