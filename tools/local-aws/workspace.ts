import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lastLines } from './failure';

/** The folders of one run. */
export class Workspace {
  public static readonly root = resolve(__dirname, '..', '..');
  /** What is worth keeping between runs: Python environments. Ignored by git. */
  public static readonly cache = join(__dirname, '.cache');

  /** This run's own: logs, images, the synthesized app. Short, because sockets below it must not exceed about 100 characters. */
  public readonly folder: string;
  public readonly assembly: string;
  public readonly tasks: string;
  public readonly emulatorLog: string;
  public readonly appLog: string;
  public readonly iamLedger: string;

  public constructor() {
    mkdirSync(Workspace.cache, { recursive: true });
    this.folder = mkdtempSync(join(tmpdir(), 'flask-demo-'));
    this.assembly = join(this.folder, 'cdk.out');
    this.tasks = this.subfolder('tasks');
    this.emulatorLog = join(this.folder, 'emulator.log');
    this.appLog = join(this.folder, 'app.log');
    this.iamLedger = join(this.folder, 'iam.json');
  }

  public subfolder(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  public tail(file: string, lines: number): string {
    try {
      return lastLines(readFileSync(file, 'utf8'), lines);
    } catch {
      return '';
    }
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
