/** Several seeds of a service under a load, as means. */
import { mean95 } from './chance';
import { simulate, type WebLoad, type WebResult, type WebService } from './web-service';

export interface Row {
  readonly bad: { readonly mean: number; readonly within: number };
  readonly calmSeconds: number;
  /** Whether some seed was not calm at the end. */
  readonly neverCalm: boolean;
  /** In minutes of a task of half a vCPU. */
  readonly taskMinutes: number;
  readonly changesPerHour: number;
  readonly replacedTasks: number;
}

export function rowOf(service: WebService, load: WebLoad, seeds: number): Row {
  const results = Array.from({ length: seeds }, (_, i) => simulate(service, load, i + 1));
  const mean = (of: (result: WebResult) => number) => mean95(results.map(of)).mean;
  const longest = load.seconds - load.disturbedAt - 60;
  return {
    bad: mean95(results.map(({ badPercent }) => badPercent)),
    calmSeconds: mean(({ calmSeconds }) => calmSeconds),
    neverCalm: results.some(({ calmSeconds }) => calmSeconds > longest),
    taskMinutes: mean(({ taskMinutes }) => (taskMinutes * service.vcpu) / 0.5),
    changesPerHour: mean(({ changesPerHour }) => changesPerHour),
    replacedTasks: mean(({ replacedTasks }) => replacedTasks),
  };
}
