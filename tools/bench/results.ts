import { DEVELOPMENT_SERVER } from './servers';

export const HANDLERS = ['trivial', 'io', 'cpu'] as const;
export type Handler = (typeof HANDLERS)[number];

/** One handler of one server in one round. */
export interface Sample {
  readonly requestsPerSecond: number;
  readonly p99: number;
  readonly failed: number;
}

/** The samples of all rounds, and the table that they make. */
export class Results {
  private readonly samples = new Map<string, Map<Handler, Sample[]>>();

  add(server: string, handler: Handler, sample: Sample): void {
    const ofServer = this.samples.get(server) ?? new Map<Handler, Sample[]>();
    this.samples.set(server, ofServer);
    ofServer.set(handler, [...(ofServer.get(handler) ?? []), sample]);
  }

  markdown(): string {
    const rows = [...this.samples.keys()].map((server) => {
      const cells = HANDLERS.map((handler) => this.cell(server, handler));
      const p99 = HANDLERS.map((handler) => Math.round(this.median(server, handler, 'p99'))).join(' / ');
      const slowest = Math.min(...HANDLERS.map((handler) => this.ratio(server, handler)));
      return `| ${[server, ...cells, slowest.toFixed(2), `${p99} ms`].join(' | ')} |`;
    });
    return [
      '| Server | trivial | 50 ms of I/O | CPU-bound | worst ratio | p99 trivial / I/O / CPU |',
      '|---|---|---|---|---|---|',
      ...rows,
    ].join('\n');
  }

  private cell(server: string, handler: Handler): string {
    const failed = this.of(server, handler).reduce((sum, sample) => sum + sample.failed, 0);
    const rate = Math.round(this.median(server, handler, 'requestsPerSecond'));
    return `${rate} (${this.ratio(server, handler).toFixed(2)})${failed > 0 ? ` ${failed} failed` : ''}`;
  }

  private ratio(server: string, handler: Handler): number {
    return this.median(server, handler, 'requestsPerSecond') / this.median(DEVELOPMENT_SERVER, handler, 'requestsPerSecond');
  }

  private median(server: string, handler: Handler, key: 'requestsPerSecond' | 'p99'): number {
    const values = this.of(server, handler)
      .map((sample) => sample[key])
      .sort((a, b) => a - b);
    const middle = (values.length - 1) / 2;
    return (values[Math.floor(middle)] + values[Math.ceil(middle)]) / 2;
  }

  private of(server: string, handler: Handler): Sample[] {
    return this.samples.get(server)?.get(handler) ?? [];
  }
}
