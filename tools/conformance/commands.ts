import { spawn } from 'node:child_process';

export interface Command {
  readonly command: string;
  readonly args: string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A command that failed, with what it said. */
export class CommandFailure extends Error {
  public constructor(
    command: Command,
    reason: string,
    public readonly output: string,
  ) {
    super(`${[command.command, ...command.args].join(' ').slice(0, 120)}: ${reason}`);
  }
}

/** Runs a command to its end. What it prints is shown only if it fails. */
export function run(command: Command): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const child = spawn(command.command, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (data) => output.push(data));
    child.stderr.on('data', (data) => output.push(data));
    const fail = (reason: string) => reject(new CommandFailure(command, reason, Buffer.concat(output).toString('utf-8').trimEnd()));
    child.on('error', (error) => fail(error.message));
    child.on('close', (code, signal) => (code === 0 ? resolve() : fail(signal ?? `exit code ${code}`)));
  });
}

/** Runs a task with a name, and says how long it took. */
export async function timed<T>(name: string, task: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const result = await task();
  console.log(`${((Date.now() - start) / 1000).toFixed(1).padStart(7)} s  ${name}`);
  return result;
}

/** Runs tasks side by side, `width` at once. */
export async function sideBySide<T>(tasks: (() => Promise<T>)[], width: number): Promise<T[]> {
  const results: T[] = new Array(tasks.length);
  let next = 0;
  const worker = async () => {
    while (next < tasks.length) {
      const index = next++;
      results[index] = await tasks[index]();
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
