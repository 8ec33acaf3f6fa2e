import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../local-aws/free-port';
import type { Server } from './servers';

const ADDRESS = '127.0.0.1';
const PERIOD_MICROSECONDS = 100_000;

/** Starts servers one at a time on loopback, on as much CPU as a Fargate task has. */
export class Host {
  /** What the load generator's command begins with. */
  readonly generatorPrefix: string[] = [];
  private readonly serverPrefix: string[] = [];
  private readonly quota?: CpuQuota;

  /**
   * Up to one CPU, the server has the first one and the load generator the second.
   * Over that they share what there is, and only the ratios mean something.
   */
  constructor(
    private readonly python: string,
    private readonly directory: string,
    cpus: number,
  ) {
    if (cpus <= 1 && succeeds('taskset', '--version')) {
      this.serverPrefix.push('taskset', '-c', '0');
      this.generatorPrefix.push('taskset', '-c', '1');
    }
    if (cpus <= 1 && CpuQuota.isThere()) {
      this.quota = new CpuQuota(cpus);
    }
  }

  /** Seconds of CPU that the servers have taken so far; undefined where nobody counts. */
  cpuSeconds(): number | undefined {
    return this.quota?.cpuSeconds();
  }

  /** Runs `work` against the server and its process, and ends the server whatever happens. */
  async whileServing<T>(server: Server, work: (url: string, child: ChildProcess) => Promise<T>): Promise<T> {
    const port = await freePort();
    const command = [...this.serverPrefix, this.python, ...server.arguments(port)];
    const [program, ...rest] = this.quota ? this.quota.wrap(command) : command;
    const child = spawn(program, rest, {
      cwd: this.directory,
      detached: true, // a group of its own, so that the workers end with it
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        HOME: '/nonexistent',
        XDG_RUNTIME_DIR: '/tmp',
        PYTHONDONTWRITEBYTECODE: '1',
        ...server.environment(port),
      },
    });
    const url = `http://${ADDRESS}:${port}`;
    try {
      await answers(server.name, `${url}/trivial`, child);
      return await work(url, child);
    } finally {
      await stop(child);
    }
  }

  close(): void {
    this.quota?.remove();
  }
}

/** A part of a CPU by the kernel's bandwidth control (cgroup 1 or 2; root only). */
class CpuQuota {
  /** Whether one can be made: not on another system than Linux, or by another user than root. */
  static isThere(): boolean {
    try {
      new CpuQuota(1).remove();
      return true;
    } catch {
      return false;
    }
  }

  private readonly directory: string;
  /** Version 1 counts in a hierarchy of its own. */
  private readonly usage: string;

  constructor(cpus: number) {
    const quota = Math.round(cpus * PERIOD_MICROSECONDS);
    const isVersion1 = existsSync('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') || existsSync('/sys/fs/cgroup/cpu/tasks');
    this.directory = `/sys/fs/cgroup/${isVersion1 ? 'cpu/' : ''}flask-bench-${process.pid}`;
    mkdirSync(this.directory);
    this.usage = isVersion1 ? this.directory.replace('/cpu/', '/cpuacct/') : this.directory;
    mkdirSync(this.usage, { recursive: true });
    if (isVersion1) {
      writeFileSync(`${this.directory}/cpu.cfs_period_us`, String(PERIOD_MICROSECONDS));
      writeFileSync(`${this.directory}/cpu.cfs_quota_us`, String(quota));
    } else {
      writeFileSync(`${this.directory}/cpu.max`, `${quota} ${PERIOD_MICROSECONDS}`);
    }
  }

  wrap(command: string[]): string[] {
    const folders = [...new Set([this.directory, this.usage])];
    return ['sh', '-c', `${folders.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join(' && ')} && exec "$@"`, 'sh', ...command];
  }

  cpuSeconds(): number {
    const nanoseconds = `${this.usage}/cpuacct.usage`;
    return existsSync(nanoseconds)
      ? Number(readFileSync(nanoseconds, 'utf8')) / 1e9
      : Number(/usage_usec (\d+)/.exec(readFileSync(`${this.usage}/cpu.stat`, 'utf8'))?.[1]) / 1e6;
  }

  remove(): void {
    for (const folder of new Set([this.directory, this.usage])) {
      if (existsSync(folder)) {
        rmdirSync(folder);
      }
    }
  }
}

async function answers(name: string, url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) {
      break;
    }
    const isUp = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) {
      return;
    }
    await sleep(100);
  }
  throw new Error(`${name} does not answer on ${url}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
  }
  try {
    process.kill(-(child.pid as number), 'SIGKILL'); // what is left of the group
  } catch {
    // nothing is
  }
  await sleep(200);
}

function succeeds(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
