import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcesses } from './child-processes';
import { DemoFailure } from './failure';
import { Workspace } from './workspace';

const OLDEST = [3, 10] as const;
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** A Python 3.10 or newer of this machine, and environments made with it. */
export class Python {
  public static async find(processes: ChildProcesses): Promise<Python> {
    const found: string[] = [];
    for (const name of process.env.PYTHON ? [process.env.PYTHON] : NAMES) {
      const version = await versionOf(name, processes);
      if (version === undefined) {
        continue;
      }
      if (version[0] === OLDEST[0] && version[1] >= OLDEST[1]) {
        return new Python(name, version.join('.'), processes);
      }
      found.push(`${name} is ${version.join('.')}`);
    }
    const needed = `Python ${OLDEST.join('.')} or newer`;
    throw new DemoFailure(
      found.length > 0 ? `${needed} is needed, but ${found.join(' and ')}` : `${needed} is needed, and none is on the PATH`,
      `install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python), or set PYTHON to its path`,
    );
  }

  private constructor(
    private readonly command: string,
    public readonly version: string,
    private readonly processes: ChildProcesses,
  ) {}

  /** The Python of an environment with these requirements, made on first use and kept in the cache. */
  public async environment(requirements: string, onLine: (line: string) => void): Promise<string> {
    const key = createHash('sha256').update(this.version).update(readFileSync(requirements)).digest('hex').slice(0, 12);
    const folder = join(Workspace.cache, `emulator-${key}`);
    const python = join(folder, 'bin', 'python');
    const complete = join(folder, '.complete');
    if (existsSync(complete)) {
      return python;
    }
    rmSync(folder, { recursive: true, force: true }); // half made: an earlier run was interrupted
    onLine('making a Python environment');
    await this.processes.run(this.command, ['-m', 'venv', folder], {
      failure: `${this.command} -m venv failed`,
      remedy: 'Debian and Ubuntu have it in a package of its own: apt install python3-venv',
    });
    await this.processes.run(python, ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', requirements], {
      onLine,
      failure: 'pip could not install the emulator',
      remedy: 'see the lines below; a proxy or an index is set by PIP_PROXY and PIP_INDEX_URL',
    });
    writeFileSync(complete, '');
    return python;
  }
}

async function versionOf(command: string, processes: ChildProcesses): Promise<readonly [number, number] | undefined> {
  try {
    const output = await processes.run(command, ['-c', 'import sys; print(*sys.version_info[:2])']);
    const [major, minor] = output.trim().split(' ').map(Number);
    return [major, minor];
  } catch {
    return undefined;
  }
}
