/** Workers of a queue: slots, messages that are taken in advance, jobs that are cut when their task is stopped. Times are seconds. */
import { between, type Chance, chance, poisson } from './chance';
import { type Policy, Scaler } from './scaler';

export interface WorkerService {
  readonly name: string;
  readonly policy: Policy;
  readonly min: number;
  readonly max: number;
  readonly slots: number;
  /** How long a task may go on after SIGTERM. */
  readonly stopSeconds: number;
  /** Whether a task at work is never taken away. */
  readonly protects: boolean;
  /** Messages that Celery holds for each slot: 1 holds none in advance. */
  readonly prefetch?: number;
}

export interface WorkerLoad {
  readonly jobSeconds: number;
  /** A job that waits longer is late. */
  readonly acceptableWait: number;
}

/** What is seen in a minute, for the table of an hour. */
export interface WorkerMinute {
  readonly minute: number;
  readonly arrived: number;
  readonly waiting: number;
  readonly tasks: number;
  readonly cut: number;
}

export interface WorkerResult {
  readonly cutPerThousand: number;
  readonly latePercent: number;
  readonly taskMinutes: number;
  readonly undone: number;
  readonly minutes: readonly WorkerMinute[];
}

interface Job {
  readonly born: number;
  readonly all: number;
  left: number;
  started?: number;
}

interface Task {
  readonly runsAt: number;
  slots: Job[];
  ahead: Job[];
  stoppedAt?: number;
}

const HOURS = 6;
const END = HOURS * 3600;
/** The last ninety minutes have no new jobs, so that all can be done. */
const LAST_ARRIVAL = END - 5400;

export function simulateWorker(service: WorkerService, load: WorkerLoad, seed: number): WorkerResult {
  return new WorkerRun(service, load, seed).run();
}

class WorkerRun {
  private readonly random: Chance;
  private readonly scaler: Scaler;
  private queue: Job[] = [];
  /** Messages of jobs that were cut: in flight until the visibility timeout. */
  private hidden: { readonly at: number; readonly job: Job }[] = [];
  private tasks: Task[] = [{ runsAt: 0, slots: [], ahead: [] }];
  private readonly waits: number[] = [];
  private readonly minutes: WorkerMinute[] = [];
  private nextBurst = 1800;
  private arrived = 0;
  private cut = 0;
  private cutBefore = 0;
  private done = 0;
  private taskSeconds = 0;
  private most = { waiting: 0, working: 0 };

  public constructor(
    private readonly service: WorkerService,
    private readonly load: WorkerLoad,
    seed: number,
  ) {
    this.random = chance(seed);
    this.scaler = new Scaler([service.policy], service.min, service.max, Math.max(1, service.min), chance(seed + 99));
  }

  public run(): WorkerResult {
    for (let now = 0; now < END; now++) {
      this.arrive(now);
      this.show(now);
      this.follow(now);
      this.work(now);
      this.measure(now);
    }
    const { length } = this.waits;
    const undone = this.tasks.reduce((sum, { slots, ahead }) => sum + slots.length + ahead.length, 0);
    return {
      cutPerThousand: (1000 * this.cut) / Math.max(1, this.done),
      latePercent: (100 * this.waits.filter((wait) => wait > this.load.acceptableWait).length) / Math.max(1, length),
      taskMinutes: this.taskSeconds / 60,
      undone: this.queue.length + this.hidden.length + undone,
      minutes: this.minutes,
    };
  }

  /** Two slots' work in each second of every other hour, and a burst now and then. */
  private arrive(now: number): void {
    if (now >= LAST_ARRIVAL) {
      return;
    }
    const { jobSeconds } = this.load;
    const quiet = Math.floor(now / 3600) % 2 === 1;
    let jobs = poisson(this.random, quiet ? 0 : 2 / jobSeconds);
    if (now === this.nextBurst) {
      jobs += jobSeconds >= 600 ? 20 : Math.round(4800 / jobSeconds);
      this.nextBurst += Math.round(between(this.random, [2400, 4800]));
    }
    for (let i = 0; i < jobs; i++) {
      const all = Math.max(1, Math.round(jobSeconds * (0.5 + this.random())));
      this.queue.push({ born: now, all, left: all });
    }
    this.arrived += jobs;
  }

  private show(now: number): void {
    for (const { at, job } of this.hidden) {
      if (at <= now) {
        this.queue.unshift(job);
      }
    }
    this.hidden = this.hidden.filter(({ at }) => at > now);
  }

  private follow(now: number): void {
    const running = this.tasks.filter(({ stoppedAt }) => stoppedAt === undefined);
    for (let i = running.length; i < this.scaler.desired; i++) {
      this.tasks.push({ runsAt: now + between(this.random, [25, 45]) + between(this.random, [5, 12]), slots: [], ahead: [] });
    }
    const free = running.filter(({ slots, ahead }) => !this.service.protects || slots.length + ahead.length === 0);
    for (let i = running.length - this.scaler.desired; i > 0 && free.length > 0; i--) {
      const [task] = free.splice(Math.floor(this.random() * free.length), 1);
      task.stoppedAt = now;
      this.queue.unshift(...task.ahead);
      task.ahead = [];
    }
  }

  private work(now: number): void {
    for (const task of this.tasks) {
      if (now < task.runsAt) {
        continue;
      }
      if (task.stoppedAt === undefined) {
        this.take(task, now);
      }
      for (const job of task.slots) {
        job.left--;
      }
      this.done += task.slots.filter(({ left }) => left <= 0).length;
      task.slots = task.slots.filter(({ left }) => left > 0);
    }
    this.tasks = this.tasks.filter((task) => !this.isGone(task, now));
  }

  private take(task: Task, now: number): void {
    const { slots, prefetch = 1 } = this.service;
    while (task.slots.length < slots && task.ahead.length + this.queue.length > 0) {
      const job = task.ahead.shift() ?? (this.queue.shift() as Job);
      if (job.started === undefined) {
        job.started = now;
        this.waits.push(now - job.born);
      }
      task.slots.push(job);
    }
    while (task.ahead.length < slots * (prefetch - 1) && this.queue.length > 0) {
      task.ahead.push(this.queue.shift() as Job);
    }
  }

  private isGone(task: Task, now: number): boolean {
    if (task.stoppedAt === undefined) {
      return false;
    }
    if (now < task.runsAt || task.slots.length === 0) {
      return true;
    }
    if (now - task.stoppedAt < this.service.stopSeconds) {
      return false;
    }
    for (const job of task.slots) {
      this.cut++;
      job.left = job.all;
      this.hidden.push({ at: now + this.load.jobSeconds, job });
    }
    return true;
  }

  private measure(now: number): void {
    this.taskSeconds += this.tasks.length;
    const working = this.tasks.reduce((sum, { slots, ahead }) => sum + slots.length + ahead.length, this.hidden.length);
    this.most = { waiting: Math.max(this.most.waiting, this.queue.length), working: Math.max(this.most.working, working) };
    const running = this.tasks.filter(({ stoppedAt, runsAt }) => stoppedAt === undefined && now >= runsAt).length;
    if ((now + 1) % this.service.policy.period === 0) {
      this.scaler.observe(0, now + 1, { waiting: this.most.waiting, working: this.most.working, running });
      this.most = { waiting: 0, working: 0 };
    }
    this.scaler.step(now + 1, running);
    if ((now + 1) % 60 === 0) {
      const minute = (now + 1) / 60 - 1;
      this.minutes.push({
        minute,
        arrived: this.arrived,
        waiting: this.queue.length,
        tasks: this.tasks.length,
        cut: this.cut - this.cutBefore,
      });
      this.arrived = 0;
      this.cutBefore = this.cut;
    }
  }
}
