import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from './definitions';

const SANDBOX = join(__dirname, '../../../tools/local-aws/emulator/process_engine/task_limits/sandbox.py');
const APP = __dirname;
const DOCS = join(__dirname, '../../../docs');

/** Why the machine has no sandbox; undefined where it has one. */
export function missingSandbox(python: string): string | undefined {
  const { status, stdout, stderr } = spawnSync(python, ['-I', SANDBOX], { encoding: 'utf8' });
  return status === 0 ? undefined : `${stdout}${stderr}`.trim();
}

/** A command behind the limits of a container of the template: read-only root, user, file systems in memory, environment. */
export class Sandboxed {
  public output = '';
  private readonly child: ChildProcess;

  public constructor(python: string, container: Container, words: readonly string[], packages?: string) {
    const [uid, gid] = `${container.User}`.split(':').map(Number);
    const base = spawnSync(python, ['-c', 'import sys; print(sys.base_prefix)'], { encoding: 'utf8' }).stdout.trim();
    const limits = {
      uid,
      gid,
      tmpfs: {
        // every container has it, with a read-only root too: the semaphores of multiprocessing are there
        '/dev/shm': 'size=64m',
        ...Object.fromEntries(container.LinuxParameters.Tmpfs.map(({ ContainerPath, Size }) => [ContainerPath, `size=${Size}m`])),
      },
      writable: container.ReadonlyRootFilesystem ? [] : [APP],
      // what the image would have in it, wherever it is on this machine
      keep: [APP, DOCS, dirname(dirname(python)), dirname(SANDBOX), base, ...(packages ? [packages] : [])],
    };
    const bin = [...(packages ? [join(packages, 'bin')] : []), dirname(python)];
    const variables = container.Environment.filter(({ Value }) => typeof Value === 'string');
    this.child = spawn(python, ['-I', SANDBOX, JSON.stringify(limits), ...words], {
      cwd: APP,
      env: {
        HOME: '/',
        LANG: 'C.UTF-8',
        PATH: `${bin.join(':')}:/usr/local/bin:/usr/bin:/bin`,
        PYTHONPATH: packages ?? '',
        FLASK_APP: 'app:app',
        // the tests listen on the loopback address alone
        ...Object.fromEntries(variables.map(({ Name, Value }) => [Name, Value.replace('0.0.0.0', '127.0.0.1')])),
        // the collector is a container of its own
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (data) => {
        this.output += data;
      });
    }
  }

  /** Its exit code; undefined while it runs. */
  public get exitCode(): number | undefined {
    return this.child.exitCode ?? undefined;
  }

  /** Waits until something holds, or the command has ended, for some seconds. */
  public async until(seconds: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
      if (await holds()) {
        return true;
      }
      if (this.exitCode !== undefined) {
        // its last words may still be on their way
        await sleep(200);
        return holds();
      }
    }
    return false;
  }

  /** Ends it as ECS does. */
  public async stop(): Promise<void> {
    this.signal('SIGTERM');
    if (!(await this.until(8, () => this.exitCode !== undefined))) {
      this.signal('SIGKILL');
    }
  }

  private signal(name: NodeJS.Signals): void {
    const { pid, exitCode } = this.child;
    if (pid !== undefined && exitCode === null) {
      process.kill(-pid, name);
    }
  }
}
