import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from './workspace';

interface Decision {
  /** "stack/logical id", or the name of a role that no template made. */
  readonly role: string;
  readonly action: string;
  readonly decision: 'allowed' | 'denied';
  readonly calls: number;
}

interface Grant {
  readonly role: string;
  readonly action: string;
}

interface Ledger {
  readonly decisions: readonly Decision[];
  /** What policies allowed and no call has used. */
  readonly unused: readonly Grant[];
}

/** The CLI's own roles, which are not this project's. */
const OF_BOOTSTRAP = /^CDKToolkit\//;
/** The reports of runs, kept to be put together. */
const FOLDER = join(Workspace.cache, 'iam');

/** What IAM decided in a run, by the ledger that the emulator writes when it ends. */
export class IamReport {
  /** Undefined where there is no ledger: an emulator that was not started here. */
  public static read(file: string): IamReport | undefined {
    try {
      return new IamReport(JSON.parse(readFileSync(file, 'utf8')) as Ledger);
    } catch {
      return undefined;
    }
  }

  /** All runs that were kept, as one: a grant is unused if no run used it. */
  public static kept(): IamReport {
    const ledgers = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Ledger);
    const decisions = ledgers.flatMap((ledger) => ledger.decisions);
    const used = new Set(decisions.filter(({ decision }) => decision === 'allowed').map(({ role, action }) => `${role} ${action}`));
    const unused = ledgers.flatMap((ledger) => ledger.unused).filter(({ role, action }) => !used.has(`${role} ${action}`));
    return new IamReport({ decisions, unused });
  }

  private constructor(private readonly ledger: Ledger) {}

  public get calls(): number {
    return this.decisions.reduce((sum, { calls }) => sum + calls, 0);
  }

  public get denied(): readonly Decision[] {
    return this.decisions.filter(({ decision }) => decision === 'denied');
  }

  /** "action: role, role", one line an action. */
  public get decided(): string[] {
    return byAction(this.decisions);
  }

  public get unused(): string[] {
    return byAction(this.ledger.unused.filter(({ role }) => !OF_BOOTSTRAP.test(role)));
  }

  public keep(name: string): void {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, `${name}.json`), JSON.stringify(this.ledger));
  }

  public toString(): string {
    const { denied } = this;
    return [
      `IAM decided ${this.calls} calls of roles, of ${this.decided.length} actions; it denied ${denied.length} kinds of call:`,
      ...denied.map(({ role, action, calls }) => `  - ${role} ${action} (${calls})`),
      `Granted and not used by this run:`,
      ...this.unused.map((line) => `  - ${line}`),
    ].join('\n');
  }

  private get decisions(): readonly Decision[] {
    return this.ledger.decisions.filter(({ role }) => !OF_BOOTSTRAP.test(role));
  }
}

function byAction(entries: readonly Grant[]): string[] {
  const roles = new Map<string, Set<string>>();
  for (const { role, action } of entries) {
    roles.set(action, (roles.get(action) ?? new Set()).add(role));
  }
  return [...roles].map(([action, of]) => `${action}: ${[...of].sort().join(', ')}`).sort();
}
