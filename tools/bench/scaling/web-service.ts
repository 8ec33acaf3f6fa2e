/** A service behind a load balancer, request by request: health checks, drain, deployments, and a scaler that sees it late. */
import { type Chance, chance, exponential, poisson } from './chance';
import { Heap } from './heap';
import { type Policy, Scaler } from './scaler';
import { type Request, SharedBackend, WebTask } from './web-task';

/** What a request takes: means of exponential times, in seconds. */
export interface WebApp {
  readonly cpu: number;
  readonly io: number;
  /** Some requests that take more CPU. */
  readonly heavy?: { readonly share: number; readonly cpu: number };
  /** How many requests the database serves at once, for all tasks together. */
  readonly databaseLimit?: number;
}

export interface WebService {
  readonly name: string;
  readonly policies: readonly Policy[];
  readonly min: number;
  readonly max: number;
  readonly vcpu: number;
  /** How many requests a task answers at once. */
  readonly threads: number;
  readonly leastOutstanding: boolean;
  readonly health: { readonly interval: number; readonly timeout: number; readonly failures: number };
  /** How long a task that is taken away finishes its requests. */
  readonly drain: number;
}

export interface WebLoad {
  readonly name: string;
  readonly app: WebApp;
  readonly seconds: number;
  /** When the load changes; what is counted begins there. */
  readonly disturbedAt: number;
  readonly startTasks?: number;
  /** Requests a second at a time, made anew for each run. */
  readonly rate: (random: Chance) => (at: number) => number;
  readonly retries?: number;
  readonly deployAt?: number;
  readonly zoneLossAt?: number;
  /** One task answers all with 500 at once from then on, and its health check with 200. */
  readonly brokenAt?: number;
}

/** What is seen at one time, for the picture. */
export interface Moment {
  readonly at: number;
  readonly rate: number;
  readonly tasks: number;
  readonly badPercent: number;
}

export interface WebResult {
  /** Failed, or more than a second beyond its own I/O. */
  readonly badPercent: number;
  readonly failedPercent: number;
  /** Seconds until windows of ten seconds stay below 1 % bad. */
  readonly calmSeconds: number;
  readonly taskMinutes: number;
  readonly changesPerHour: number;
  readonly mostTasks: number;
  readonly replacedTasks: number;
  readonly firstOut: number;
  readonly meanSeconds: number;
  readonly meanCpu: number;
  readonly meanOutstanding: number;
  readonly moments: readonly Moment[];
}

const PATIENCE = 10;
const BAD_WAIT = 1;
const WINDOW = 10;
const PROBE_CPU = 0.002;

export function simulate(service: WebService, load: WebLoad, seed: number): WebResult {
  return new WebRun(service, load, seed).run();
}

class WebRun {
  private readonly random: Chance;
  private readonly rate: (at: number) => number;
  private readonly scaler: Scaler;
  private readonly backend: SharedBackend;
  private tasks: WebTask[] = [];
  private version = 1;
  private deploying = false;
  private turn = 0;
  private zone = 0;
  private lostZone = -1;
  private replacedTasks = 0;
  private mostTasks = 0;
  private readonly counted: Float64Array;
  private readonly bad: Float64Array;
  private readonly failed: Float64Array;
  private readonly again = new Heap<Request>();
  private readonly clients: Request[] = [];
  private firstClient = 0;
  private readonly probes: Request[] = [];
  /** Of the policies' periods that go on. */
  private readonly periods: { usedCpu: number; vcpu: number; arrivals: number; busy: number; hosts: number; seconds: number }[];
  private answers = { seconds: 0, count: 0 };
  private readonly sums = { latency: 0, answered: 0, outstanding: 0, cpu: 0, vcpu: 0, taskSeconds: 0 };
  private readonly moments: Moment[] = [];

  public constructor(
    private readonly service: WebService,
    private readonly load: WebLoad,
    seed: number,
  ) {
    this.random = chance(seed);
    this.rate = load.rate(chance(seed + 104_729));
    const start = Math.max(service.min, Math.min(service.max, load.startTasks ?? 2));
    this.scaler = new Scaler(service.policies, service.min, service.max, start, chance(seed + 7919));
    this.backend = new SharedBackend(load.app.databaseLimit);
    const windows = Math.ceil(load.seconds / WINDOW) + 1;
    this.counted = new Float64Array(windows);
    this.bad = new Float64Array(windows);
    this.failed = new Float64Array(windows);
    this.periods = service.policies.map(emptyPeriod);
    for (let i = 0; i < start; i++) {
      this.launch(0, true);
    }
  }

  public run(): WebResult {
    for (let now = 0; now < this.load.seconds; now++) {
      this.disturb(now);
      this.ageTasks(now);
      this.expireProbes(now);
      this.replaceUnhealthy(now);
      this.follow(now);
      this.tasks = this.tasks.filter(({ state }) => state !== 'gone');
      const targets = this.tasks.filter(({ state, seen }) => state === 'up' && seen);
      const healthy = targets.filter((task) => task.healthy);
      // where none is healthy, all are asked
      const pool = healthy.length > 0 ? healthy : targets;
      const rate = this.rate(now);
      const arrivals = this.ask(now, rate, pool);
      this.losePatience(now);
      this.measure(now, arrivals, pool.length);
      const up = this.tasks.filter(({ state }) => state === 'up').length;
      this.scaler.step(now + 1, up, this.deploying);
      if ((now + 1) % WINDOW === 0) {
        this.moments.push({ at: now + 1 - WINDOW, rate, tasks: this.tasks.length, badPercent: 0 });
      }
    }
    return this.result();
  }

  private launch(now: number, instant = false): WebTask {
    this.zone = 1 - this.zone;
    const zone = this.lostZone >= 0 ? 1 - this.lostZone : this.zone;
    const shape = { ...this.service, probeInterval: this.service.health.interval };
    const task = new WebTask(now, zone, this.version, shape, this.backend, this.random, (r, at) => this.answered(r, at), instant);
    this.tasks.push(task);
    return task;
  }

  private disturb(now: number): void {
    if (now === this.load.deployAt) {
      this.version++;
      this.deploying = true;
    }
    if (now === this.load.brokenAt) {
      this.tasks[0].broken = true;
    }
    if (now === this.load.zoneLossAt) {
      this.lostZone = 1;
      for (const task of this.tasks.filter(({ zone }) => zone === 1)) {
        for (const request of task.cut()) {
          this.lose(request, now);
        }
        task.dead = true;
        task.state = 'up'; // for the load balancer, until its checks fail
      }
    }
  }

  private ageTasks(now: number): void {
    for (const task of this.tasks) {
      if (task.state === 'starting' && now >= task.runsAt) {
        task.state = 'up';
      }
      if (task.state === 'draining' && now >= task.drainedAt) {
        task.advance(now);
        for (const request of task.cut()) {
          this.lose(request, now);
        }
      }
      if (task.state === 'up' && now >= task.nextProbe) {
        this.probe(task, now);
      }
    }
  }

  private probe(task: WebTask, now: number): void {
    task.nextProbe += this.service.health.interval;
    if (task.dead || now < task.listensAt) {
      this.probed(task, false);
      return;
    }
    const request: Request = { arrived: now, cpu: PROBE_CPU, io: 0, probe: task, tries: 0, open: true };
    if (task.arrive(request, now)) {
      this.probes.push(request);
    } else {
      this.probed(task, false);
    }
  }

  private probed(task: WebTask, passed: boolean): void {
    if (passed) {
      task.failedProbes = 0;
      task.passedProbes++;
      // one passed check makes a new target healthy, two one that was unhealthy
      if (!task.seen || task.passedProbes >= 2) {
        task.healthy = true;
        task.seen = true;
      }
      return;
    }
    task.passedProbes = 0;
    task.failedProbes++;
    if (task.failedProbes >= this.service.health.failures && task.seen) {
      task.healthy = false;
    }
  }

  private expireProbes(now: number): void {
    while (this.probes.length > 0 && now - this.probes[0].arrived > this.service.health.timeout) {
      const request = this.probes.shift() as Request;
      if (request.open) {
        request.open = false;
        this.probed(request.probe as WebTask, false);
      }
    }
  }

  /** Amazon ECS starts the new task first. */
  private replaceUnhealthy(now: number): void {
    const unhealthy = this.tasks.filter((t) => t.state === 'up' && t.seen && !t.healthy && !t.isReplaced && t.version === this.version);
    for (const task of unhealthy) {
      const running = this.tasks.filter(({ state }) => state === 'starting' || state === 'up').length;
      if (running < 2 * this.scaler.desired) {
        task.isReplaced = true;
        this.replacedTasks++;
        this.launch(now).replaces = task;
      }
    }
    for (const task of this.tasks) {
      const old = task.replaces;
      if (old?.state === 'up' && task.healthy) {
        task.replaces = undefined;
        if (old.dead) {
          old.state = 'gone';
        } else {
          this.drain(old, now);
        }
      }
    }
  }

  private follow(now: number): void {
    const { desired } = this.scaler;
    const current = this.tasks.filter(
      (task) => (task.state === 'starting' || task.state === 'up') && task.version === this.version && !task.isReplaced,
    );
    for (let i = current.length; i < desired; i++) {
      this.launch(now);
    }
    for (const task of current.sort((a, b) => a.born - b.born).slice(desired)) {
      this.drain(task, now);
    }
    if (this.deploying) {
      const fresh = this.tasks.filter((task) => task.version === this.version && task.healthy && task.state === 'up').length;
      const old = this.tasks.filter((task) => task.version < this.version && task.state === 'up');
      for (let i = 0; i < old.length && old.length - i + fresh > desired; i++) {
        this.drain(old[i], now);
      }
      this.deploying = old.length > 0 || fresh < desired;
    }
  }

  private drain(task: WebTask, now: number): void {
    if (task.state === 'starting') {
      task.state = 'gone';
      return;
    }
    task.state = 'draining';
    task.drainedAt = now + this.service.drain;
  }

  /** The requests of a second, those of before that are tried again among them. */
  private ask(now: number, rate: number, pool: WebTask[]): number {
    const times = Array.from({ length: poisson(this.random, rate) }, () => now + this.random()).sort((a, b) => a - b);
    let next = 0;
    let arrivals = 0;
    for (;;) {
      const again = this.again.size > 0 && this.again.keys[0] < now + 1 && (next >= times.length || this.again.keys[0] <= times[next]);
      if (!again && next >= times.length) {
        return arrivals;
      }
      const at = again ? Math.max(now, this.again.keys[0]) : times[next];
      const request = again ? this.again.pop() : this.newRequest(at);
      next += again ? 0 : 1;
      request.arrived = at;
      arrivals++;
      this.counted[Math.floor(at / WINDOW)]++;
      this.clients.push(request);
      this.send(request, at, pool);
    }
  }

  private newRequest(at: number): Request {
    const { cpu, io, heavy } = this.load.app;
    const isHeavy = heavy && at >= this.load.disturbedAt && this.random() < heavy.share;
    return {
      arrived: at,
      cpu: exponential(this.random, isHeavy ? heavy.cpu : cpu),
      io: exponential(this.random, io),
      tries: 0,
      open: true,
    };
  }

  private send(request: Request, at: number, pool: WebTask[]): void {
    if (pool.length === 0) {
      this.lose(request, at);
      return;
    }
    let task = pool[this.turn++ % pool.length];
    if (this.service.leastOutstanding) {
      for (const other of pool) {
        if (!other.dead) {
          other.advance(at);
        }
        task = other.outstanding < task.outstanding ? other : task;
      }
    }
    if (task.dead) {
      task.busy++; // nobody answers
      return;
    }
    if (task.broken) {
      request.cpu = 0.0005;
      request.io = 0;
      request.refused = true;
    }
    if (!task.arrive(request, at)) {
      this.lose(request, at);
    }
  }

  private answered(request: Request, at: number): void {
    if (request.probe) {
      if (request.open) {
        request.open = false;
        this.probed(request.probe, at - request.arrived <= this.service.health.timeout);
      }
      return;
    }
    this.answers.seconds += at - request.arrived;
    this.answers.count++;
    if (!request.open) {
      return;
    }
    if (request.refused) {
      this.lose(request, at);
      return;
    }
    request.open = false;
    this.sums.latency += at - request.arrived;
    this.sums.answered++;
    if (at - request.arrived - request.io > BAD_WAIT) {
      this.bad[Math.floor(request.arrived / WINDOW)]++;
    }
  }

  private lose(request: Request, at: number): void {
    if (!request.open || request.probe) {
      return;
    }
    request.open = false;
    const window = Math.floor(request.arrived / WINDOW);
    this.bad[window]++;
    this.failed[window]++;
    if (this.load.retries && request.tries < this.load.retries) {
      const { cpu, io, tries } = request;
      this.again.push(at + 0.5 + this.random(), { arrived: 0, cpu, io, tries: tries + 1, open: true });
    }
  }

  private losePatience(now: number): void {
    while (this.firstClient < this.clients.length && this.clients[this.firstClient].arrived + PATIENCE <= now + 1) {
      this.lose(this.clients[this.firstClient++], now + 1);
    }
    if (this.firstClient > 20_000) {
      this.clients.splice(0, this.firstClient);
      this.firstClient = 0;
    }
  }

  private measure(now: number, arrivals: number, hosts: number): void {
    const second = { usedCpu: 0, vcpu: 0, busy: 0, outstanding: 0 };
    for (const task of this.tasks.filter(({ runs, dead }) => runs && !dead)) {
      task.advance(now + 1);
      // a task that drains is idle soon; whether its idleness is in the mean is not known, and would hold up whoever drains for long
      if (task.state === 'up') {
        second.usedCpu += task.usedCpu;
        second.vcpu += this.service.vcpu;
        second.busy += task.busy;
      }
      task.usedCpu = 0;
      second.outstanding += task.outstanding;
    }
    this.sums.cpu += second.usedCpu;
    this.sums.vcpu += second.vcpu;
    this.sums.outstanding += second.outstanding;
    this.sums.taskSeconds += this.tasks.length;
    this.mostTasks = Math.max(this.mostTasks, this.scaler.desired);
    this.service.policies.forEach((policy, i) => {
      const period = this.periods[i];
      period.usedCpu += second.usedCpu;
      period.vcpu += second.vcpu;
      period.busy += second.busy;
      period.arrivals += arrivals;
      period.hosts += hosts;
      period.seconds++;
      if ((now + 1) % policy.period === 0) {
        this.report(i, now + 1);
      }
    });
    if ((now + 1) % 60 === 0) {
      this.answers = { seconds: 0, count: 0 };
    }
  }

  /** As CloudWatch has them; the load balancer says nothing of a minute without requests. */
  private report(i: number, now: number): void {
    const { usedCpu, vcpu, arrivals, hosts, busy, seconds } = this.periods[i];
    this.scaler.observe(i, now, {
      CPUUtilization: (100 * usedCpu) / Math.max(1e-9, vcpu),
      RequestCountPerTarget: arrivals > 0 ? (60 * arrivals) / Math.max(1, hosts / seconds) / seconds : undefined,
      TargetResponseTime: this.answers.count > 0 ? this.answers.seconds / this.answers.count : undefined,
      BusyThreadsPercent: (100 * busy) / Math.max(1e-9, (vcpu / this.service.vcpu) * this.service.threads),
    });
    this.periods[i] = emptyPeriod();
  }

  private result(): WebResult {
    const from = Math.floor(this.load.disturbedAt / WINDOW);
    const sum = (values: Float64Array) => values.slice(from).reduce((a, b) => a + b, 0);
    let last = from - 1;
    for (let window = from; window < this.counted.length - 2; window++) {
      if (this.counted[window] > 0 && this.bad[window] / this.counted[window] > 0.01) {
        last = window;
      }
    }
    const { changes } = this.scaler;
    const firstOut = changes.find(({ at, from: before, to }) => to > before && at >= this.load.disturbedAt);
    return {
      badPercent: (100 * sum(this.bad)) / sum(this.counted),
      failedPercent: (100 * sum(this.failed)) / sum(this.counted),
      calmSeconds: (last + 1 - from) * WINDOW,
      taskMinutes: this.sums.taskSeconds / 60,
      changesPerHour: changes.length / (this.load.seconds / 3600),
      mostTasks: this.mostTasks,
      replacedTasks: this.replacedTasks,
      firstOut: (firstOut?.at ?? Number.NaN) - this.load.disturbedAt,
      meanSeconds: this.sums.latency / this.sums.answered,
      meanCpu: this.sums.cpu / this.sums.vcpu,
      meanOutstanding: this.sums.outstanding / this.load.seconds,
      moments: this.moments.map((moment) => {
        const window = Math.floor(moment.at / WINDOW);
        return { ...moment, badPercent: (100 * this.bad[window]) / Math.max(1, this.counted[window]) };
      }),
    };
  }
}

function emptyPeriod() {
  return { usedCpu: 0, vcpu: 0, arrivals: 0, busy: 0, hosts: 0, seconds: 0 };
}
