import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A terminal: each block of commands finds the folder and the variables that the one before has left. */
export class Shell {
  private readonly state: string;
  private readonly folder: string;

  public constructor(
    notes: string,
    start: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.state = join(notes, 'state');
    this.folder = join(notes, 'folder');
    writeFileSync(this.folder, start);
  }

  public async run(code: string): Promise<{ readonly code: number | null; readonly output: string }> {
    const script = [
      existsSync(this.state) ? `. ${this.state}` : '',
      `cd "$(cat ${this.folder})"`,
      // variables of the block too, exported or not
      `trap 'set +a; declare -p | grep -vE "^declare -[a-zA-Z]*r|^declare -[-a-zA-Z]* (BASH|DIRSTACK|FUNCNAME|GROUPS|PIPESTATUS|_)" > ${this.state}; pwd > ${this.folder}' EXIT`,
      'set -a -e',
      code,
    ].join('\n');
    const child = spawn('bash', ['-c', script], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    return new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', (exitCode) => done({ code: exitCode, output }));
    });
  }

  /** The folder that the last block has left. */
  public get cwd(): string {
    return readFileSync(this.folder, 'utf8').trim();
  }
}
