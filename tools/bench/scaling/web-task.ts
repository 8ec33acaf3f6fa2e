/** A task of the service: threads, and a share of a CPU that the requests in work divide among them. */
import { between, type Chance, type Range } from './chance';
import { Heap } from './heap';

export interface Request {
  arrived: number;
  cpu: number;
  io: number;
  readonly probe?: WebTask;
  readonly tries: number;
  /** Whether its client still waits. */
  open: boolean;
  /** Answered with an error at once. */
  refused?: boolean;
}

export interface TaskShape {
  readonly vcpu: number;
  readonly threads: number;
  readonly probeInterval: number;
}

/** What all tasks wait for together; a request takes longer when more of them wait than it serves at once. */
export class SharedBackend {
  private waiting = 0;

  public constructor(private readonly atOnce = Number.POSITIVE_INFINITY) {}

  public enter(io: number): number {
    this.waiting++;
    return io * Math.max(1, this.waiting / this.atOnce);
  }

  public leave(requests = 1): void {
    this.waiting -= requests;
  }
}

/** From the call to RUNNING, and from there until the server listens. */
const PULL: Range = [25, 45];
const BOOT: Range = [3, 8];
const BACKLOG = 2048;

export class WebTask {
  public state: 'starting' | 'up' | 'draining' | 'gone' = 'starting';
  public readonly runsAt: number;
  public readonly listensAt: number;
  public nextProbe: number;
  public drainedAt = 0;
  public healthy = false;
  public failedProbes = 0;
  public passedProbes = 0;
  /** Whether it was healthy once. */
  public seen = false;
  public dead = false;
  public broken = false;
  /** The task that goes when this one is healthy. */
  public replaces?: WebTask;
  public isReplaced = false;
  public usedCpu = 0;
  public busy = 0;
  private readonly queue: Request[] = [];
  private head = 0;
  private virtual = 0;
  private last: number;
  private readonly computing = new Heap<Request>();
  private readonly waiting = new Heap<Request>();

  public constructor(
    public readonly born: number,
    public readonly zone: number,
    public readonly version: number,
    private readonly shape: TaskShape,
    private readonly backend: SharedBackend,
    random: Chance,
    private readonly done: (request: Request, at: number) => void,
    instant = false,
  ) {
    this.runsAt = born + (instant ? 0 : between(random, PULL));
    this.listensAt = this.runsAt + (instant ? 0 : between(random, BOOT));
    this.nextProbe = this.runsAt + random() * shape.probeInterval;
    this.last = born;
    if (instant) {
      this.state = 'up';
      this.healthy = true;
      this.seen = true;
    }
  }

  public get outstanding(): number {
    return this.busy + this.queue.length - this.head;
  }

  public get runs(): boolean {
    return this.state === 'up' || this.state === 'draining';
  }

  /** False where the backlog is full. */
  public arrive(request: Request, at: number): boolean {
    this.advance(at);
    if (this.busy < this.shape.threads) {
      this.begin(request);
      return true;
    }
    if (this.queue.length - this.head >= BACKLOG) {
      return false;
    }
    this.queue.push(request);
    return true;
  }

  /** Works until a time: the requests that compute share the CPU, none gets more than one. */
  public advance(to: number): void {
    for (;;) {
      const n = this.computing.size;
      const share = n > 0 ? Math.min(this.shape.vcpu / n, 1) : 0;
      const computed = n > 0 ? this.last + (this.computing.keys[0] - this.virtual) / share : Number.POSITIVE_INFINITY;
      const waited = this.waiting.size > 0 ? this.waiting.keys[0] : Number.POSITIVE_INFINITY;
      const next = Math.min(computed, waited);
      const until = Math.min(next, to);
      if (until > this.last) {
        this.virtual += (until - this.last) * share;
        this.usedCpu += (until - this.last) * share * n;
        this.last = until;
      }
      if (next > to) {
        return;
      }
      if (computed <= waited) {
        const request = this.computing.pop();
        request.io = this.backend.enter(request.io);
        this.waiting.push(next + request.io, request);
      } else {
        this.finish(this.waiting.pop(), next);
      }
    }
  }

  /** Ends at once; the requests that it had. */
  public cut(): Request[] {
    this.backend.leave(this.waiting.size);
    this.state = 'gone';
    return [...this.computing.all(), ...this.waiting.all(), ...this.queue.slice(this.head)];
  }

  private begin(request: Request): void {
    this.busy++;
    this.computing.push(this.virtual + request.cpu, request);
  }

  private finish(request: Request, at: number): void {
    this.backend.leave();
    this.busy--;
    this.done(request, at);
    if (this.head < this.queue.length) {
      this.begin(this.queue[this.head++]);
      if (this.head > 4096) {
        this.queue.splice(0, this.head);
        this.head = 0;
      }
    }
  }
}
