/**
 * The bench of the scaling: `npx projen bench:scaling`, with a number of seeds and a part of a load's name after it. Writes the tables of docs/scaling.md
 * and docs/scaling.svg when it has run all loads, and ends with 1 where the default breaks a promise.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { mean95 } from './chance';
import { type Row, rowOf } from './comparison';
import { LOADS, loadNamed, OTHER_APPS } from './loads';
import { picture } from './picture';
import { brokenPromises, type Compared, costRatios } from './ratios';
import { byDefault, compared, ecsPatterns, REFERENCE } from './services';
import type { WebLoad, WebService } from './web-service';
import { simulateWorker, type WorkerMinute } from './worker';
import { comparedWorkers, WORKER_LOADS } from './workers';

const PAGE = path.join(__dirname, '../../../docs/scaling.md');
const PICTURE = path.join(__dirname, '../../../docs/scaling.svg');
const PICTURED = 'ramp ×6';
const DEFAULT_SEEDS = 5;

const line = (...cells: string[]) => `| ${cells.join(' | ')} |`;
const table = (head: string[], rows: string[][]) =>
  [line(...head), `|${'---|'.repeat(head.length)}`, ...rows.map((row) => line(...row))].join('\n');
const percent = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

function cell({ bad, calmSeconds, neverCalm, taskMinutes }: Row): string {
  return `${percent(bad.mean)} / ${neverCalm ? '–' : calmSeconds.toFixed(0)} / ${taskMinutes.toFixed(0)}`;
}

function webTable(services: WebService[], loads: readonly WebLoad[], rows: Map<string, Row>): string {
  return table(
    ['Policy, 2 to 10 tasks', ...loads.map(({ name }) => name)],
    services.map((service) => [service.name, ...loads.map((load) => cell(rows.get(`${service.name} ${load.name}`) as Row))]),
  );
}

function workerTable(seeds: number): string {
  const columns = WORKER_LOADS.map((load) => ({ load, services: comparedWorkers(load) }));
  return table(
    ['Worker, up to 8 tasks of 2 slots', ...columns.map(({ load }) => `jobs of ${load.jobSeconds} s, ${load.acceptableWait} s of wait`)],
    columns[0].services.map(({ name }, i) => [
      name,
      ...columns.map(({ load, services }) => {
        const results = Array.from({ length: seeds }, (_, seed) => simulateWorker(services[i], load, seed + 1));
        const mean = (of: (result: (typeof results)[0]) => number) => mean95(results.map(of)).mean;
        return `${mean(({ latePercent }) => latePercent).toFixed(0)} / ${mean(({ cutPerThousand }) => cutPerThousand).toFixed(0)} / ${mean(({ taskMinutes }) => taskMinutes).toFixed(0)}`;
      }),
    ]),
  );
}

/** An hour with a burst in it, five minutes a row, with protection and without. */
function hourTable(): string {
  const load = WORKER_LOADS[3];
  const [guarded] = comparedWorkers(load).filter(({ name }) => name.includes('taskProtection'));
  const runs = [guarded, { ...guarded, protects: false }].map((service) => simulateWorker(service, load, 1).minutes.slice(25, 85));
  const every5 = (minutes: readonly WorkerMinute[], i: number) => {
    const five = minutes.slice(i, i + 5);
    return {
      last: five[five.length - 1],
      cut: five.reduce((sum, { cut }) => sum + cut, 0),
      arrived: five.reduce((sum, { arrived }) => sum + arrived, 0),
    };
  };
  return table(
    ['Minute', 'Jobs that arrived', 'Waiting', 'Tasks', 'Jobs cut', 'Tasks without protection', 'Jobs cut without'],
    Array.from({ length: 12 }, (_, i) => {
      const [one, other] = runs.map((minutes) => every5(minutes, i * 5));
      return [
        `${i * 5 + 5}`,
        `${one.arrived}`,
        `${one.last.waiting}`,
        `${one.last.tasks}`,
        `${one.cut}`,
        `${other.last.tasks}`,
        `${other.cut}`,
      ];
    }),
  );
}

function main([seedsText = `${DEFAULT_SEEDS}`, only]: string[]): void {
  const seeds = Number(seedsText);
  const loads = only ? [loadNamed(only)] : [...LOADS, ...OTHER_APPS];
  const services = compared();
  const rows = new Map<string, Row>();
  for (const load of loads) {
    console.log(`\n${load.name}: bad % ± / calm after s / task-minutes`);
    for (const service of services) {
      const row = rowOf(service, load, seeds);
      rows.set(`${service.name} ${load.name}`, row);
      console.log(
        `${service.name.padEnd(46)} ${row.bad.mean.toFixed(1).padStart(6)} ± ${row.bad.within.toFixed(1).padStart(5)} ${cell(row)}`,
      );
    }
  }
  if (only) {
    return;
  }
  const row = (service: WebService, load: WebLoad) => rows.get(`${service.name} ${load.name}`) as Row;
  const [mine, peer] = [byDefault(), ecsPatterns()];
  const all: Compared[] = LOADS.map((load) => ({
    load,
    reference: row(REFERENCE, load),
    peer: row(peer, load),
    byDefault: row(mine, load),
  }));
  const costs = costRatios(all);
  const block = [
    webTable(services, LOADS.slice(0, 7), rows),
    webTable(services, LOADS.slice(7), rows),
    `Task-minutes of the default over those of 0.1.0, in the loads of which 0.1.0 answers half or more: ${costs.asIs.toFixed(2)}; for each good answer: ${costs.perAnswer.toFixed(2)}.`,
    '### Other apps',
    webTable(services, OTHER_APPS, rows),
    '### Workers',
    'Late % / cut of 1,000 / task-minutes in six hours.',
    workerTable(seeds),
    'An hour of jobs of ten minutes, with a burst:',
    hourTable(),
  ].join('\n\n');
  const page = fs.readFileSync(PAGE, 'utf-8');
  fs.writeFileSync(
    PAGE,
    page.replace(/(<!-- bench -->\n)[\s\S]*(<!-- \/bench -->)/, (_, begin, end) => `${begin}\n${block}\n\n${end}`),
  );
  fs.writeFileSync(PICTURE, picture(loadNamed(PICTURED), 1));
  const broken = brokenPromises(all);
  console.log(`\n${block}\n\n${broken.length === 0 ? 'every promise is kept' : broken.join('\n')}`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

main(process.argv.slice(2));
