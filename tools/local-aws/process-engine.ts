import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { signalGroup } from './child-processes';
import type { Engine } from './engine';
import { DemoFailure } from './failure';
import { Workspace } from './workspace';

const EMULATOR = join(__dirname, 'emulator');
const PROCESS_ENGINE = join(EMULATOR, 'process_engine');
const SANDBOX = join(PROCESS_ENGINE, 'task_limits', 'sandbox.py');

interface TaskNote {
  readonly pid: number;
  readonly task: string;
  readonly container: string;
}

/** Tasks as plain processes: nothing is needed but Python. emulator/process_engine stands in for docker. */
export class ProcessEngine implements Engine {
  public readonly name = 'process';
  public readonly requirements = join(EMULATOR, 'requirements.txt');
  private readonly images: string;
  private readonly dockerCommand: string;
  /** Why the limits of the containers are not kept on this machine, if they are not. */
  private unlimited?: string = 'not tried yet';

  public constructor(private readonly workspace: Workspace) {
    this.images = workspace.subfolder('images');
    this.dockerCommand = join(workspace.folder, 'docker');
  }

  public get emulatorEnvironment(): NodeJS.ProcessEnv {
    return {
      ...this.storeEnvironment,
      PYTHONPATH: [EMULATOR, PROCESS_ENGINE].join(delimiter),
      // Not a socket, so that ministack does not look for one and takes the stand-in for an engine that is there.
      DOCKER_HOST: 'process://this-machine',
      PROCESS_TASKS: this.workspace.tasks,
      PROCESS_TASK_LOG: this.workspace.appLog,
      ...(this.unlimited === undefined ? { PROCESS_SANDBOX: '1' } : {}),
    };
  }

  public get recordedOnly(): string[] {
    const { unlimited } = this;
    return unlimited === undefined ? [] : [`read-only root, file systems in memory, user and HOME of the containers: ${unlimited}`];
  }

  public get cdkEnvironment(): NodeJS.ProcessEnv {
    return { ...this.storeEnvironment, CDK_DOCKER: this.dockerCommand };
  }

  private get storeEnvironment(): NodeJS.ProcessEnv {
    return { PROCESS_IMAGES: this.images, PROCESS_VENVS: join(Workspace.cache, 'venvs') };
  }

  public async prepare(python: string): Promise<void> {
    // A file, because the CDK takes CDK_DOCKER for the name of a program and not for a command line.
    const script = `#!/bin/sh\nPYTHONPATH=${quote(PROCESS_ENGINE)} exec ${quote(python)} -m process_images.cli "$@"\n`;
    writeFileSync(this.dockerCommand, script, { mode: 0o755 });
    const { status, stdout, stderr } = spawnSync(python, ['-I', SANDBOX], { encoding: 'utf8' });
    this.unlimited = status === 0 ? undefined : stdout.trim() || stderr.trim().split('\n').at(-1) || 'no reason was given';
  }

  public async crash(taskArn: string): Promise<void> {
    const app = this.notes().find((note) => note.task === taskArn && note.container === 'flask-app');
    if (!app) {
      throw new DemoFailure(`no process of the task ${taskArn} was found`);
    }
    signalGroup(app.pid, 'SIGKILL');
  }

  public async running(): Promise<string[]> {
    return this.notes().map(({ container, pid, task }) => `process ${pid}: ${container} of ${task}`);
  }

  public async cleanUp(): Promise<void> {
    // The emulator ends its tasks itself. Notes remain only where it was killed.
    for (const note of this.notes()) {
      signalGroup(note.pid, 'SIGKILL');
    }
  }

  private notes(): TaskNote[] {
    const files = readdirSync(this.workspace.tasks).filter((name) => name.endsWith('.json'));
    return files.flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(this.workspace.tasks, name), 'utf8')) as TaskNote];
      } catch {
        return []; // ended between the two calls
      }
    });
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
