import { ScalingPolicy, TaskScaling, WsgiServer } from '../../src';
import { mean95 } from '../../tools/bench/scaling/chance';
import { LOADS, loadNamed } from '../../tools/bench/scaling/loads';
import { brokenPromises, type Compared, compare } from '../../tools/bench/scaling/ratios';
import { Scaler } from '../../tools/bench/scaling/scaler';
import { byDefault, ecsPatterns, ours, REFERENCE } from '../../tools/bench/scaling/services';
import { simulate, type WebService } from '../../tools/bench/scaling/web-service';
import { simulateWorker } from '../../tools/bench/scaling/worker';
import { comparedWorkers, WORKER_LOADS } from '../../tools/bench/scaling/workers';

/** Health checks that take no thread, as if they did not exist. */
const ONE_TASK: WebService = {
  name: 'one task',
  policies: [],
  min: 1,
  max: 1,
  vcpu: 0.5,
  threads: 64,
  leastOutstanding: false,
  health: { interval: 1e9, timeout: 5, failures: 3 },
  drain: 30,
};
const flat = (rate: number, app: { readonly cpu: number; readonly io: number }, seconds: number) => ({
  name: 'flat',
  app,
  seconds,
  disturbedAt: 0,
  startTasks: 1,
  rate: () => () => rate,
});

describe('the simulator against what can be computed by hand', () => {
  const within = (got: number, wanted: number, share: number) => expect(Math.abs(got - wanted)).toBeLessThanOrEqual(share * wanted);

  test.each([1, 2, 3])('half of a shared processor (seed %i)', (seed) => {
    // 12.5 requests a second of 20 ms on half a CPU: a load of 0.5; S / (1 - load) = 40 / 0.5 = 80 ms, then 80 ms of I/O
    const { meanCpu, meanSeconds, meanOutstanding } = simulate(ONE_TASK, flat(12.5, { cpu: 0.02, io: 0.08 }, 20_000), seed);
    within(meanCpu, 0.5, 0.02);
    within(meanSeconds, 0.16, 0.03);
    // Little: in the system = rate x time
    within(meanOutstanding, 12.5 * meanSeconds, 0.02);
  });

  test('threads that wait', () => {
    // 64 threads of 2 s are 32 requests a second; at 40 the queue grows by 8 a second
    const { meanOutstanding } = simulate(ONE_TASK, flat(40, { cpu: 1e-6, io: 2 }, 200), 1);
    within(meanOutstanding, 64 + (8 * 200) / 2, 0.08);
  });

  test('a database that serves a part of them', () => {
    const app = { cpu: 1e-6, io: 0.5, databaseLimit: 4 };
    const { meanSeconds } = simulate(ONE_TASK, { ...flat(4, { cpu: 1e-6, io: 0.5 }, 2000), app }, 1);
    expect(meanSeconds).toBeGreaterThan(0.5);
    within(simulate(ONE_TASK, flat(4, { cpu: 1e-6, io: 0.5 }, 2000), 1).meanSeconds, 0.5, 0.05);
  });

  test.each([
    ['60 seconds', REFERENCE.policies, 363],
    ['20 seconds', ours('fast', { scaling: TaskScaling.between({ min: 2, max: 10, policies: [ScalingPolicy.cpu(60)] }) }).policies, 86],
  ])("the first tasks with metrics of %s, against AWS's benchmark", (_, policies, seconds) => {
    const firsts = [1, 2, 3].map((seed) => simulate({ ...REFERENCE, policies }, loadNamed('step ×3'), seed).firstOut);
    within(mean95(firsts).mean, seconds, 0.15);
  });
});

describe('Application Auto Scaling', () => {
  const policy = { kind: 'track' as const, name: 'x', target: 50, period: 60, delay: [0, 0] as const, outCooldown: 60, inCooldown: 300 };
  const scaler = (...values: (number | undefined)[][]) => {
    const made = new Scaler(
      values[0].map(() => ({ ...policy, value: (metrics) => metrics.x })),
      1,
      10,
      4,
      () => 0,
    );
    values.forEach((row, minute) => {
      row.forEach((x, i) => {
        made.observe(i, 60 * minute, { x });
      });
      made.step(60 * minute, made.desired);
    });
    return made.desired;
  };
  const minutes = (n: number, ...row: (number | undefined)[]) => Array.from({ length: n }, () => row);

  test('adds tasks in proportion after three datapoints', () => {
    expect(scaler(...minutes(2, 100))).toBe(4);
    expect(scaler(...minutes(3, 100))).toBe(8);
  });

  test('removes them after fifteen minutes, when all policies agree', () => {
    expect(scaler(...minutes(14, 10))).toBe(4);
    expect(scaler(...minutes(15, 10))).toBe(1);
    expect(scaler(...minutes(15, 10, 46))).toBe(4);
  });

  test('removes none while a policy has no data', () => {
    expect(scaler(...minutes(30, 10, undefined))).toBe(4);
  });
});

describe('what is read from templates', () => {
  test("the default's policies, threads, drain and health checks", () => {
    const { policies, ...service } = byDefault();
    expect(service).toEqual({
      name: expect.any(String),
      min: 2,
      max: 10,
      vcpu: 0.5,
      threads: 64,
      leastOutstanding: false,
      health: { interval: 15, timeout: 5, failures: 3 },
      drain: 30,
    });
    expect(policies.map(({ period, target, outCooldown, inCooldown }) => [period, target, outCooldown, inCooldown])).toEqual([
      [20, 53, 60, 300],
      [60, 50, 60, 300],
    ]);
    // 60 requests a minute of 32 s each on 64 threads
    expect(policies[1].value({ RequestCountPerTarget: 60, TargetResponseTime: 32 })).toBe(50);
    expect(policies[1].value({})).toBe(0);
  });

  test("the peer's", () => {
    const { policies, health, drain } = ecsPatterns();
    expect(health).toEqual({ interval: 30, timeout: 5, failures: 2 });
    expect(drain).toBe(300);
    expect(policies.map(({ period, target, outCooldown }) => [period, target, outCooldown])).toEqual([[60, 50, 300]]);
  });

  test('follow the props', () => {
    const service = ours('other', {
      server: WsgiServer.granian({ workers: 1, threads: 8 }),
      scaling: TaskScaling.between({ min: 1, max: 3, policies: [ScalingPolicy.cpu(70), ScalingPolicy.step({ factor: 2 })] }),
    });
    expect(service).toMatchObject({ threads: 8, min: 1, max: 3 });
    expect(service.policies).toMatchObject([
      { kind: 'track', target: 70 },
      { kind: 'step', target: 95, factor: 2, points: 2, period: 20 },
    ]);
  });
});

describe('the default', () => {
  const services = { reference: REFERENCE, peer: ecsPatterns(), byDefault: byDefault() };
  const loads = ['step ×3', 'ramp', 'slow I/O'].map(loadNamed);

  test('keeps its promises against 0.1.0 and ecs-patterns', () => {
    expect(brokenPromises(compare(loads, services, 2))).toEqual([]);
  });

  test('would not keep them as 0.1.0 had it', () => {
    const broken = brokenPromises(compare(loads, { ...services, byDefault: REFERENCE }, 1));
    expect(broken).toEqual(expect.arrayContaining(loads.map(({ name }) => expect.stringContaining(`${name}: 1.00 of the bad requests`))));
  });

  test('is told where a peer is better, and where it costs too much', () => {
    const row = { bad: { mean: 1, within: 0 }, calmSeconds: 0, neverCalm: false, taskMinutes: 100, changesPerHour: 0, replacedTasks: 0 };
    const [load, ...others] = loads.map(
      (one): Compared => ({ load: one, reference: { ...row, bad: { mean: 20, within: 0 } }, peer: row, byDefault: row }),
    );
    expect(brokenPromises([load, ...others])).toEqual([]);
    expect(brokenPromises([{ ...load, byDefault: { ...row, bad: { mean: 1.6, within: 0 } } }, ...others])).toEqual([
      'step ×3: 1.6 % bad, and 1.0 % with ecs-patterns',
    ]);
    // 0.1.0 takes 100 minutes in each of three loads
    const costing = (taskMinutes: number) => brokenPromises([{ ...load, byDefault: { ...row, taskMinutes } }, ...others]);
    expect(costing(130)).toEqual([]);
    expect(costing(160)).toEqual(['1.20 of the task-minutes of 0.1.0, and 1.1 is the most']);
  });

  test('the loads begin in the same way', () => {
    for (const { rate, disturbedAt } of LOADS) {
      expect(rate(() => 0.5)(0)).toBeGreaterThan(0);
      expect(disturbedAt).toBeGreaterThanOrEqual(900);
    }
  });
});

describe('workers', () => {
  const run = (jobs: number, name: RegExp) => {
    const load = WORKER_LOADS[jobs];
    const worker = comparedWorkers(load).find((one) => name.test(one.name));
    if (!worker) {
      throw new Error(`no worker ${name}`);
    }
    return simulateWorker(worker, load, 1);
  };

  test('a task that is protected at work loses no job; without protection long jobs are cut', () => {
    expect(run(3, /taskProtection/)).toMatchObject({ cutPerThousand: 0, undone: 0 });
    expect(run(3, /^onQueueDepth, jobTime/).cutPerThousand).toBeGreaterThan(20);
  });

  test('jobs shorter than the stop timeout are never cut', () => {
    expect(run(1, /^onQueueDepth, jobTime/)).toMatchObject({ cutPerThousand: 0, undone: 0 });
  });

  test('what Celery takes in advance waits for longer', () => {
    expect(run(3, /prefetch/).latePercent).toBeGreaterThan(2 * run(3, /taskProtection/).latePercent);
  });
});
