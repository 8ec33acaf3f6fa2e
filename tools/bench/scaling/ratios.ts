/** What the default promises, checked against 0.1.0 and against ecs-patterns: each broken promise as a sentence. */
import { type Row, rowOf } from './comparison';
import { loadNamed } from './loads';
import type { WebLoad, WebService } from './web-service';

/** The bad requests of the default, as a share of those of 0.1.0. */
export const MAX_BAD: { readonly [load: string]: number } = {
  'step ×3': 0.4,
  'ramp ×6 in 10 min': 0.1,
  'slow I/O ×4': 0.2,
};

/** The task-minutes of the default, as a share of those of 0.1.0, over the loads that 0.1.0 holds at all. */
export const MAX_COST = 1.1;

/** What answers less than half has saved no cost. */
const HELD_PERCENT = 50;

/** Bad requests of which chance has its share. */
const NOISE_PERCENT = 0.5;

export interface Compared {
  readonly load: WebLoad;
  readonly reference: Row;
  readonly peer: Row;
  readonly byDefault: Row;
}

export function compare(
  loads: readonly WebLoad[],
  services: { reference: WebService; peer: WebService; byDefault: WebService },
  seeds: number,
): Compared[] {
  return loads.map((load) => ({
    load,
    reference: rowOf(services.reference, load, seeds),
    peer: rowOf(services.peer, load, seeds),
    byDefault: rowOf(services.byDefault, load, seeds),
  }));
}

export function brokenPromises(compared: readonly Compared[]): string[] {
  const broken: string[] = [];
  for (const [name, most] of Object.entries(MAX_BAD)) {
    const { load, reference, byDefault } = compared.find(({ load: { name: other } }) => other === loadNamed(name).name) as Compared;
    const ratio = byDefault.bad.mean / reference.bad.mean;
    if (!(ratio <= most)) {
      broken.push(`${load.name}: ${ratio.toFixed(2)} of the bad requests of 0.1.0, and ${most} is the most`);
    }
  }
  for (const { load, peer, byDefault } of compared) {
    const noise = NOISE_PERCENT + peer.bad.within + byDefault.bad.within;
    if (!(byDefault.bad.mean <= peer.bad.mean + noise)) {
      broken.push(`${load.name}: ${byDefault.bad.mean.toFixed(1)} % bad, and ${peer.bad.mean.toFixed(1)} % with ecs-patterns`);
    }
  }
  const { asIs } = costRatios(compared);
  if (!(asIs <= MAX_COST)) {
    broken.push(`${asIs.toFixed(2)} of the task-minutes of 0.1.0, and ${MAX_COST} is the most`);
  }
  return broken;
}

/** Over the loads that 0.1.0 holds at all: as they are, and for each good answer. */
export function costRatios(compared: readonly Compared[]): { readonly asIs: number; readonly perAnswer: number } {
  const held = compared.filter(isHeld);
  const over = (cost: (row: Row) => number) =>
    held.reduce((sum, { byDefault }) => sum + cost(byDefault), 0) / held.reduce((sum, { reference }) => sum + cost(reference), 0);
  return {
    asIs: over(({ taskMinutes }) => taskMinutes),
    perAnswer: over(({ taskMinutes, bad }) => taskMinutes / (1 - bad.mean / 100)),
  };
}

function isHeld({ reference }: Compared): boolean {
  return reference.bad.mean < HELD_PERCENT;
}
