import { DEVELOPMENT_SERVER } from './servers';

/** A handler of app.py: how the table names it, and what is asked. */
export interface Handler {
  readonly name: string;
  readonly path: string;
  /** Bytes of the body of a POST. */
  readonly body?: number;
}

export const HANDLERS: readonly Handler[] = [
  { name: 'trivial', path: '/trivial' },
  { name: 'JSON, 13 kB', path: '/json' },
  { name: 'template', path: '/template' },
  { name: 'static, 10 kB', path: '/static/debugger.js' },
  { name: 'upload, 1 MB', path: '/upload', body: 1_000_000 },
  { name: 'download, 1 MB', path: '/download' },
  { name: '50 ms of I/O', path: '/io' },
  { name: 'CPU-bound', path: '/cpu' },
];

/** One handler of one server in one round. */
export interface Sample {
  readonly requestsPerSecond: number;
  readonly p99: number;
  readonly failed: number;
  /** Requests for a second of CPU: what a busy machine takes away is not in it. */
  readonly perCpuSecond?: number;
}

/** The samples of all rounds, and the table that they make. */
export class Results {
  private readonly samples = new Map<string, Map<string, Sample[]>>();

  add(server: string, { name }: Handler, sample: Sample): void {
    const ofServer = this.samples.get(server) ?? new Map<string, Sample[]>();
    this.samples.set(server, ofServer);
    ofServer.set(name, [...(ofServer.get(name) ?? []), sample]);
  }

  markdown(handlers: readonly Handler[]): string {
    const rows = [...this.samples.keys()].map((server) => {
      const cells = handlers.map(({ name }) => this.cell(server, name));
      const p99 = handlers.map(({ name }) => Math.round(median(this.of(server, name).map((sample) => sample.p99)))).join(' / ');
      const slowest = Math.min(...handlers.map(({ name }) => this.ratio(server, name)));
      return `| ${[server, ...cells, slowest.toFixed(2), `${p99} ms`].join(' | ')} |`;
    });
    const names = handlers.map(({ name }) => name);
    return [
      `| Server | ${names.join(' | ')} | worst ratio | p99, in the same order |`,
      `|---|${names.map(() => '---|').join('')}---|---|`,
      ...rows,
    ].join('\n');
  }

  private cell(server: string, handler: string): string {
    const samples = this.of(server, handler);
    const failed = samples.reduce((sum, sample) => sum + sample.failed, 0);
    const rate = Math.round(median(samples.map(({ requestsPerSecond }) => requestsPerSecond)));
    return `${rate} (${this.ratio(server, handler).toFixed(2)}${this.cpuRatio(server, handler)})${failed > 0 ? ` ${failed} failed` : ''}`;
  }

  /** The median of the ratios of each round: the servers of a round met the same neighbours. */
  private ratio(server: string, handler: string): number {
    const base = this.of(DEVELOPMENT_SERVER, handler);
    return median(this.of(server, handler).map(({ requestsPerSecond }, round) => requestsPerSecond / base[round].requestsPerSecond));
  }

  private cpuRatio(server: string, handler: string): string {
    const base = this.of(DEVELOPMENT_SERVER, handler);
    const ratios = this.of(server, handler).map(({ perCpuSecond }, round) => (perCpuSecond ?? 0) / (base[round].perCpuSecond ?? 1));
    return base[0].perCpuSecond === undefined ? '' : `; ${median(ratios).toFixed(2)}`;
  }

  private of(server: string, handler: string): Sample[] {
    return this.samples.get(server)?.get(handler) ?? [];
  }
}

function median(numbers: readonly number[]): number {
  const values = [...numbers].sort((a, b) => a - b);
  const middle = (values.length - 1) / 2;
  return (values[Math.floor(middle)] + values[Math.ceil(middle)]) / 2;
}
