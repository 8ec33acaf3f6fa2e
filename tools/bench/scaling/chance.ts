/** Seeded chance: the same seed gives the same run. */
export type Chance = () => number;

export function chance(seed: number): Chance {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Range = readonly [from: number, to: number];

export const between = (random: Chance, [from, to]: Range): number => from + (to - from) * random();
export const exponential = (random: Chance, mean: number): number => -mean * Math.log(1 - random());

/** The number of events in a second, of which there are `mean` on average. */
export function poisson(random: Chance, mean: number): number {
  if (mean > 60) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  let events = -1;
  for (let p = 1, limit = Math.exp(-mean); p > limit || events < 0; events++) {
    p *= random();
  }
  return events;
}

const STUDENT = [0, 12.7, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];

/** Mean, and half of its interval of 95 % (Student's t). */
export function mean95(values: number[]): { readonly mean: number; readonly within: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1));
  return { mean, within: n > 1 ? ((STUDENT[n - 1] ?? 2.1) * deviation) / Math.sqrt(n) : 0 };
}
