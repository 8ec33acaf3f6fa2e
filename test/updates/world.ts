import type { Properties } from './template';

/** A thing in the account, as AWS has it. */
export interface Physical {
  /** The logical id and the number of the thing that has it: `WebService#2` came after `WebService#1`. */
  readonly id: string;
  readonly logicalId: string;
  readonly type: string;
  /** What it has, with markers for other things. */
  readonly properties: Properties;
  /** What the template said of it last. */
  readonly wanted: Properties;
  /** Whether the stack no longer has it: kept by a policy, or not to be deleted. */
  readonly leftBehind?: boolean;
}

/** All things of the account at one moment. */
export class World {
  public static readonly EMPTY = new World(new Map(), new Map());

  private constructor(
    private readonly things: ReadonlyMap<string, Physical>,
    private readonly current: ReadonlyMap<string, string>,
  ) {}

  public all(...types: string[]): Physical[] {
    const things = [...this.things.values()];
    return types.length === 0 ? things : things.filter(({ type }) => types.includes(type));
  }

  public get(id: string): Physical | undefined {
    return this.things.get(id);
  }

  /** The thing that has a logical id in the stack at the moment. */
  public of(logicalId: string): Physical | undefined {
    const id = this.current.get(logicalId);
    return id === undefined ? undefined : this.things.get(id);
  }

  /** With a thing more, or changed. */
  public with(thing: Physical): World {
    return new World(new Map(this.things).set(thing.id, thing), new Map(this.current).set(thing.logicalId, thing.id));
  }

  /** Without a thing; the logical id is free if it was its own. */
  public without({ id, logicalId }: Physical): World {
    const things = new Map(this.things);
    things.delete(id);
    return new World(things, this.freed(id, logicalId));
  }

  /** With a thing that stays and is the stack's no more. */
  public leaving(thing: Physical): World {
    const things = new Map(this.things).set(thing.id, { ...thing, leftBehind: true });
    return new World(things, this.freed(thing.id, thing.logicalId));
  }

  private freed(id: string, logicalId: string): Map<string, string> {
    const current = new Map(this.current);
    if (current.get(logicalId) === id) {
      current.delete(logicalId);
    }
    return current;
  }
}
