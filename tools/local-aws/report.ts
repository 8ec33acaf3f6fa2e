import { writeFileSync } from 'node:fs';
import type { Options } from './options';

/** What a step found, for people at the end of its line and for the end-to-end test. */
export type Facts = Readonly<Record<string, unknown>>;

export interface StepReport {
  readonly name: string;
  readonly title: string;
  readonly ms: number;
  readonly facts: Facts;
}

/** The machine-readable account of a run. */
export interface DemoReport {
  readonly engine: string;
  readonly ok: boolean;
  readonly failure?: string;
  readonly totalMs: number;
  readonly steps: readonly StepReport[];
  readonly recordedOnly: readonly string[];
}

export class ReportWriter {
  private readonly started = Date.now();
  private readonly steps: StepReport[] = [];
  public recordedOnly: readonly string[] = [];

  public constructor(private readonly options: Pick<Options, 'engine' | 'endpoint' | 'report'>) {}

  public add(step: StepReport): void {
    this.steps.push(step);
  }

  public get totalMs(): number {
    return Date.now() - this.started;
  }

  public write(failure?: string): void {
    const { report, endpoint, engine } = this.options;
    if (report === undefined) {
      return;
    }
    const content: DemoReport = {
      engine: endpoint ? 'endpoint' : engine,
      ok: failure === undefined,
      failure,
      totalMs: this.totalMs,
      steps: this.steps,
      recordedOnly: this.recordedOnly,
    };
    writeFileSync(report, `${JSON.stringify(content, undefined, 2)}\n`);
  }
}
