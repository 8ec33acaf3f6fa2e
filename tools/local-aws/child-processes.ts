import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoFailure, lastLines } from './failure';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each line of output, to show progress. */
  readonly onLine?: (line: string) => void;
  /** What to say and do when it fails. */
  readonly failure?: string;
  readonly remedy?: string;
}

/** The processes that this run started, and no others: each is ended by its own id. */
export class ChildProcesses {
  private readonly running = new Set<ChildProcess>();
  private closed = false;

  /** Start a process in a group of its own: Ctrl-C in the terminal reaches the demo alone, which then ends it in order. */
  public start(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    if (this.closed) {
      throw new DemoFailure('interrupted');
    }
    const child = spawn(command, args, { ...options, detached: true });
    this.running.add(child);
    child.once('exit', () => this.running.delete(child));
    child.once('error', () => this.running.delete(child));
    return child;
  }

  /** Run to the end and return the output. */
  public async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const child = this.start(command, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (data: Buffer) => {
      output += data;
      const line = lastLines(output, 1).trim();
      if (line !== '') {
        options.onLine?.(line);
      }
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    const code = await new Promise<number | string | null>((done, fail) => {
      child.once('error', fail);
      child.once('close', (exitCode, signal) => done(exitCode ?? signal));
    });
    if (code !== 0) {
      const what = options.failure ?? `${command} ${args.join(' ')} ended with ${code}`;
      throw new DemoFailure(this.closed ? 'interrupted' : what, options.remedy, lastLines(output, 25), output);
    }
    return output;
  }

  /** Ask to end, wait, then insist. */
  public async end(child: ChildProcess, patienceMs = 8000): Promise<void> {
    if (!this.running.has(child)) {
      return;
    }
    const patience = new AbortController();
    child.once('exit', () => patience.abort());
    signalGroup(child.pid, 'SIGTERM');
    await sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined); // cut short when it has ended
    // Also when it has ended: what it started is in its group.
    signalGroup(child.pid, 'SIGKILL');
  }

  public async endAll(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.running].map((child) => this.end(child)));
  }
}

/** Signal a process group that is ours; silent where it has ended. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // ended
  }
}
