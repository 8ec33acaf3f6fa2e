/** The loads, and the apps that meet them. */
import { between, type Chance } from './chance';
import type { WebApp, WebLoad } from './web-service';

const PAGE: WebApp = { cpu: 0.02, io: 0.08 };
const SLOW_BACKEND: WebApp = { cpu: 0.004, io: 2 };
const BASE = 17.5;
const AT = 900;

const load = (name: string, rate: (at: number) => number, more: Partial<WebLoad> = {}): WebLoad => ({
  name,
  app: PAGE,
  seconds: AT + 2400,
  disturbedAt: AT,
  rate: () => rate,
  ...more,
});
const step =
  (factor: number, base = BASE) =>
  (at: number) =>
    at < AT ? base : base * factor;
const ramp = (at: number) => BASE * (1 + 5 * Math.min(1, Math.max(0, (at - AT) / 600)));

function bursts(random: Chance): (at: number) => number {
  let until = 0;
  let next = AT;
  return (at) => {
    if (at >= next) {
      until = at + 300;
      next = at + 300 + Math.round(between(random, [600, 1200]));
    }
    return at < until ? 3 * BASE : BASE;
  };
}

export const LOADS: readonly WebLoad[] = [
  load('step ×2', step(2)),
  load('step ×3', step(3)),
  load('step ×10', step(10)),
  load('ramp ×6 in 10 min', ramp),
  load('flash ×6 for 3 min', (at) => (at >= AT && at < AT + 180 ? 6 * BASE : BASE)),
  load('bursts ×3', () => 0, { seconds: AT + 7200, rate: bursts }),
  load('slow I/O ×4', step(4, 20), { app: SLOW_BACKEND }),
  load('heavy route', () => BASE, { app: { ...PAGE, heavy: { share: 0.05, cpu: 1 } } }),
  load('deploy in ramp', ramp, { deployAt: AT + 300 }),
  load('zone loss', () => 45, { startTasks: 4, seconds: 6000, disturbedAt: 3600, zoneLossAt: 3600 }),
  load('broken task', () => 45, { startTasks: 4, brokenAt: AT }),
  load('retry storm ×4', (at) => (at >= AT && at < AT + 300 ? 4 * BASE : BASE), { retries: 3 }),
];

/** Other apps: where the default is wrong. */
export const OTHER_APPS: readonly WebLoad[] = [
  load('CPU-bound, 200 ms a request, step ×3', step(3, 1.75), { app: { cpu: 0.2, io: 0 } }),
  load('a database that serves 20 at once, step ×3', step(3, 40), { app: { cpu: 0.004, io: 0.25, databaseLimit: 20 } }),
];

export const loadNamed = (name: string): WebLoad => {
  const found = [...LOADS, ...OTHER_APPS].find((candidate) => candidate.name.startsWith(name));
  if (!found) {
    throw new Error(`there is no load '${name}'`);
  }
  return found;
};
