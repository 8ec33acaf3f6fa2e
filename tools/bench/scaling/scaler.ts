/** Application Auto Scaling: sees datapoints late, and says how many tasks are desired. Times are seconds. */
import { between, type Chance, type Range } from './chance';

/** The metrics of a period, by the names that CloudWatch has for them. */
export interface Metrics {
  readonly [name: string]: number | undefined;
}

/** One policy as Application Auto Scaling has it. */
export interface Policy {
  /** track: target tracking; step: a factor on the tasks; exact: step scaling to an exact capacity. */
  readonly kind: 'track' | 'step' | 'exact';
  readonly name: string;
  /** track: the target; step: the threshold of the alarm. */
  readonly target: number;
  /** The value of a period; undefined where CloudWatch has none. */
  readonly value: (metrics: Metrics) => number | undefined;
  /** Seconds of one datapoint, and how late it is seen. */
  readonly period: number;
  readonly delay: Range;
  /** Datapoints in a row for scaling out; target tracking has 3. */
  readonly points?: number;
  readonly outCooldown?: number;
  readonly inCooldown?: number;
  /** step: the factor on the number of tasks. */
  readonly factor?: number;
  /** exact: the number of tasks for a value. */
  readonly tasks?: (value: number) => number;
  /** exact: the minutes for which the result must be lower before tasks go. */
  readonly inMinutes?: number;
}

export interface Change {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

interface Point {
  readonly at: number;
  readonly value: number;
}

interface State {
  readonly data: Point[];
  readonly pending: Point[];
  low: { readonly at: number; readonly tasks: number }[];
}

/** Target tracking removes tasks after 15 minutes below 90 % of the target, when all its policies agree. */
const LOW_SECONDS = 900;
const LOW_SHARE = 0.9;
const AWS_COOLDOWN = 300;
const NEVER = -1e9;
const ROUNDING = 1e-9;

export class Scaler {
  public desired: number;
  public readonly changes: Change[] = [];
  private readonly states: State[];
  private outBase = 0;
  private outDone = NEVER;
  private inDone = NEVER;
  private pendingOut = false;

  public constructor(
    private readonly policies: readonly Policy[],
    public readonly min: number,
    public readonly max: number,
    start: number,
    private readonly random: Chance,
  ) {
    this.desired = start;
    this.states = policies.map(() => ({ data: [], pending: [], low: [] }));
  }

  /** At the end of a period. */
  public observe(i: number, now: number, metrics: Metrics): void {
    const value = this.policies[i].value(metrics);
    if (value !== undefined) {
      this.states[i].pending.push({ at: now + between(this.random, this.policies[i].delay), value });
    }
  }

  /** Once a second. A deployment suspends scaling in. */
  public step(now: number, running: number, deploying = false): void {
    if (this.pendingOut && running >= this.desired) {
      this.pendingOut = false;
      this.outDone = now;
    }
    let out = 0;
    let outCooling = false;
    let fresh = false;
    const ins: (number | undefined)[] = [];
    this.policies.forEach((policy, i) => {
      const state = this.states[i];
      while (state.pending.length > 0 && state.pending[0].at <= now) {
        state.data.push(state.pending.shift() as Point);
        fresh = true;
        if (state.data.length > 100) {
          state.data.shift();
        }
        const asked = this.judge(policy, state, now);
        if (asked.tasks > out) {
          out = asked.tasks;
          outCooling = asked.cooling;
        }
      }
      if (policy.kind === 'track') {
        ins.push(this.fewer(policy, state));
      }
    });
    if (out > this.desired) {
      this.set(now, out, 'out', outCooling);
      return;
    }
    const cooled = now - this.inDone >= Math.max(...this.policies.map(({ inCooldown }) => inCooldown ?? 0));
    if (fresh && ins.length > 0 && !deploying && !this.pendingOut && cooled && ins.every((tasks) => tasks !== undefined)) {
      const to = Math.max(...(ins as number[]));
      if (to < this.desired) {
        this.set(now, to, 'in');
      }
    }
  }

  private fewer(policy: Policy, { data }: State): number | undefined {
    const need = Math.round(LOW_SECONDS / policy.period);
    const last = data.slice(-need);
    const low = last.length === need && last.every(({ value }) => value < LOW_SHARE * policy.target);
    return low ? Math.ceil((this.desired * last[need - 1].value) / policy.target - ROUNDING) : undefined;
  }

  private judge(policy: Policy, state: State, now: number): { readonly tasks: number; readonly cooling: boolean } {
    const none = { tasks: 0, cooling: false };
    const points = policy.points ?? (policy.kind === 'track' ? 3 : 1);
    const last = state.data.slice(-points);
    const { value } = last[last.length - 1];
    if (policy.kind === 'exact') {
      this.exact(policy, state, now, value);
      return none;
    }
    if (last.length < points || !last.every((point) => point.value > policy.target)) {
      return none;
    }
    const cooling = this.pendingOut || now - this.outDone < (policy.outCooldown ?? AWS_COOLDOWN);
    const base = cooling && this.outBase > 0 ? this.outBase : this.desired;
    if (policy.kind === 'track') {
      return { tasks: Math.ceil((base * value) / policy.target - ROUNDING), cooling };
    }
    return { tasks: cooling ? 0 : Math.ceil(base * (policy.factor ?? 2)), cooling };
  }

  private exact(policy: Policy, state: State, now: number, value: number): void {
    const to = Math.min(this.max, Math.max(this.min, policy.tasks?.(value) ?? this.min));
    if (to > this.desired) {
      state.low = [];
      this.set(now, to, 'out');
      return;
    }
    state.low.push({ at: now, tasks: to });
    const from = now - 60 * (policy.inMinutes ?? 0);
    const window = state.low.filter(({ at }) => at >= from - 1);
    if (to < this.desired && state.low[0].at <= from + 1 && now - this.inDone >= (policy.inCooldown ?? 0)) {
      const most = Math.max(...window.map(({ tasks }) => tasks));
      if (most < this.desired) {
        this.set(now, most, 'in');
      }
    }
    state.low = window;
  }

  private set(now: number, to: number, way: 'out' | 'in', cooling = false): void {
    const tasks = Math.min(this.max, Math.max(this.min, to));
    if (tasks === this.desired) {
      return;
    }
    if (way === 'out') {
      this.outBase = cooling ? this.outBase : this.desired;
      this.pendingOut = true;
    } else {
      this.inDone = now;
    }
    this.changes.push({ at: now, from: this.desired, to: tasks });
    this.desired = tasks;
  }
}
