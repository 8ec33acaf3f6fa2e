import { deepEqual } from '@aws-cdk/cloudformation-diff';
import { INTERRUPTIONS } from './interruptions';
import type { Finding, Moment, Rule, Step } from './rule';
import { RULES } from './rules';
import { causesReplacement } from './schema';
import { afterUpdate } from './sticky-properties';
import { needs, type Properties, resolved, type Template, type TemplateResource } from './template';
import { type Physical, World } from './world';

/** What comes of an update. */
export interface Verdict {
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  /** What AWS would say if the update failed at its end and were rolled back. */
  readonly rollback: readonly Finding[];
}

/** Independent steps run side by side on AWS: the two orders that differ most stand for all. */
type Order = 'first to last' | 'last to first';
const ORDERS: readonly Order[] = ['first to last', 'last to first'];

export const INTERRUPTIONS_AND_RULES: readonly Rule[] = [...RULES, ...INTERRUPTIONS];

/**
 * An account with one stack. It plays an update as CloudFormation does: create and update in the order of DependsOn and references, replace by
 * creating first, delete at the end; keeps what a policy keeps, and the properties that AWS keeps.
 */
export class Account {
  private world = World.EMPTY;
  private template: Template = {};
  private counter = new Map<string, number>();

  /** The same account, to try something in. */
  public clone(): Account {
    const copy = new Account();
    copy.world = this.world;
    copy.template = this.template;
    copy.counter = new Map(this.counter);
    return copy;
  }

  /** Deploys a template: creates the stack, or updates it. What is refused is played on, so that all faults are found at once. */
  public deploy(template: Template): Verdict {
    const first = Object.keys(this.template.Resources ?? {}).length === 0;
    const [play] = ORDERS.map((order) => this.play(template, order, first ? 'create' : 'update'));
    const other = first ? undefined : this.play(template, ORDERS[1], 'update');
    const rollback = first ? [] : this.rollBack(play.updated, template);
    this.world = play.world;
    this.template = template;
    this.counter = play.counter;
    return { steps: play.steps, findings: unique([...play.findings, ...(other?.findings ?? [])]), rollback: unique(rollback) };
  }

  /** A first deployment that fails at its end: all goes, but what a policy keeps. */
  public failToCreate(template: Template): Verdict {
    const verdict = this.deploy(template);
    const { steps } = this.destroy('RetainExceptOnCreate');
    return { ...verdict, steps: [...verdict.steps, ...steps] };
  }

  /** Destroys the stack. */
  public destroy(goes?: string): Verdict {
    const run = new Run(this.world, {}, this.counter);
    for (const logicalId of orderOf(this.template, 'first to last').reverse()) {
      const old = this.world.of(logicalId);
      if (old) {
        const DeletionPolicy = this.template.Resources?.[logicalId].DeletionPolicy;
        run.remove(old, DeletionPolicy === goes ? undefined : DeletionPolicy, 'delete');
      }
    }
    this.world = run.world;
    this.template = {};
    return { steps: run.steps, findings: unique(run.findings), rollback: [] };
  }

  /** The things that are there, with those that were left behind. */
  public get things(): readonly Physical[] {
    return this.world.all();
  }

  private play(template: Template, order: Order, phase: 'create' | 'update') {
    const run = new Run(this.world, template, new Map(this.counter));
    const resources = template.Resources ?? {};
    const replaced: Physical[] = [];
    for (const logicalId of orderOf(template, order)) {
      const old = run.put(logicalId, resources[logicalId], phase);
      if (old) {
        replaced.push(old);
      }
    }
    const updated = run.world;
    // what needs others goes before them
    for (const logicalId of orderOf(this.template, order).reverse()) {
      const policies = this.template.Resources?.[logicalId];
      const old = replaced.find((thing) => thing.logicalId === logicalId);
      if (old) {
        run.remove(old, resources[logicalId].UpdateReplacePolicy ?? policies?.UpdateReplacePolicy, 'clean-up');
      } else if (!(logicalId in resources)) {
        const gone = run.world.of(logicalId);
        if (gone) {
          run.remove(gone, policies?.DeletionPolicy, 'clean-up');
        }
      }
    }
    return { world: run.world, updated, counter: run.counter, steps: run.steps, findings: run.findings };
  }

  /** Back from an update whose last step failed: what was replaced is still there, what was updated is updated back, what is new goes. */
  private rollBack(updated: World, template: Template): Finding[] {
    const run = new Run(updated, this.template, new Map(this.counter));
    const resources = this.template.Resources ?? {};
    const fresh: Physical[] = [];
    for (const logicalId of orderOf(this.template, 'first to last')) {
      const [was, is] = [this.world.of(logicalId), run.world.of(logicalId)];
      if (was && is && was.id !== is.id) {
        fresh.push(is);
        run.world = run.world.with(was);
      }
      if (was) {
        run.put(logicalId, resources[logicalId], 'rollback');
      }
    }
    for (const logicalId of orderOf(template, 'first to last').reverse()) {
      const thing = fresh.find((each) => each.logicalId === logicalId) ?? (logicalId in resources ? undefined : run.world.of(logicalId));
      if (thing) {
        // CloudFormation deletes what a failed update has made, unless a policy says to keep it
        run.remove(thing, template.Resources?.[logicalId].DeletionPolicy, 'rollback');
      }
    }
    return run.findings.filter(({ kind }) => kind === 'refused');
  }
}

/** The steps of one operation, one after the other. */
class Run {
  public readonly steps: Step[] = [];
  public readonly findings: Finding[] = [];
  private readonly start: World;

  public constructor(
    public world: World,
    private readonly template: Template,
    public readonly counter: Map<string, number>,
  ) {
    this.start = world;
  }

  /** Creates, updates or replaces what a template says; returns what was replaced and has to go. */
  public put(logicalId: string, resource: TemplateResource, phase: Step['phase']): Physical | undefined {
    const { Type: type } = resource;
    const wanted = resolved(resource.Properties ?? {}, (id, attribute) => {
      const thing = this.world.of(id);
      return thing && `@${thing.id}${attribute === undefined ? '' : `.${attribute}`}`;
    }) as Properties;
    const old = this.world.of(logicalId);
    if (!old || old.type !== type) {
      this.take({ verb: 'create', phase, logicalId, type, old, next: this.fresh(logicalId, type, wanted) });
      return old;
    }
    const changed = [...new Set([...Object.keys(old.wanted), ...Object.keys(wanted)])].filter(
      (property) => !deepEqual(old.wanted[property], wanted[property]),
    );
    if (changed.length === 0) {
      return undefined;
    }
    if (changed.some((property) => causesReplacement(type, property))) {
      this.take({ verb: 'replace', phase, logicalId, type, old, next: this.fresh(logicalId, type, wanted) });
      return old;
    }
    this.take({
      verb: 'update',
      phase,
      logicalId,
      type,
      old,
      next: { ...old, wanted, properties: afterUpdate(type, old.properties, wanted) },
    });
    return undefined;
  }

  /** Deletes a thing, or keeps it by its policy. */
  public remove(old: Physical, policy: string | undefined, phase: Step['phase']): void {
    const kept = policy === 'Retain' || policy === 'RetainExceptOnCreate';
    this.take({ verb: kept ? 'retain' : 'delete', phase, logicalId: old.logicalId, type: old.type, old });
  }

  private take(step: Step): void {
    const before = this.world;
    const after = step.next ? before.with(step.next) : this.afterRemoval(step, before);
    const moment: Moment = { step, before, after, start: this.start, template: this.template };
    let stays = false;
    for (const { name, kind, says, faults } of INTERRUPTIONS_AND_RULES) {
      for (const detail of faults(moment)) {
        this.findings.push({ rule: name, kind, phase: step.phase, logicalId: step.logicalId, type: step.type, detail, says });
        stays ||= kind === 'left behind' && step.verb === 'delete';
      }
    }
    this.steps.push(step);
    this.world = stays && step.old ? before.leaving(step.old) : after;
  }

  private afterRemoval({ verb, old }: Step, before: World): World {
    const thing = old as Physical;
    return verb === 'retain' ? before.leaving(thing) : before.without(thing);
  }

  private fresh(logicalId: string, type: string, wanted: Properties): Physical {
    const number = (this.counter.get(logicalId) ?? 0) + 1;
    this.counter.set(logicalId, number);
    return { id: `${logicalId}#${number}`, logicalId, type, properties: wanted, wanted };
  }
}

/** The logical ids in an order in which everything comes after what it needs. */
export function orderOf({ Resources = {} }: Template, order: Order): string[] {
  const ids = Object.keys(Resources);
  const sequence = order === 'first to last' ? ids : [...ids].reverse();
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]) => {
    if (done.has(id) || path.includes(id)) {
      return;
    }
    const needed = [...needs(Resources[id])].filter((other) => other in Resources);
    for (const other of order === 'first to last' ? needed : needed.reverse()) {
      visit(other, [...path, id]);
    }
    done.add(id);
  };
  for (const id of sequence) {
    visit(id, []);
  }
  return [...done];
}

function unique(findings: Finding[]): Finding[] {
  const seen = new Map(findings.map((finding) => [`${finding.rule} ${finding.phase} ${finding.logicalId} ${finding.detail}`, finding]));
  return [...seen.values()];
}

/** The verdict on an update from one template to another, in an account that has nothing else. */
export function judge(before: Template, after: Template): Verdict {
  const account = new Account();
  account.deploy(before);
  return account.deploy(after);
}

/** A verdict in lines, for the message of a test. */
export function linesOf({ findings, rollback }: Verdict): string[] {
  const line = ({ kind, phase, rule, type, logicalId, detail, says }: Finding) =>
    `${kind} (${phase}): ${rule}: ${type} ${logicalId}: ${detail} [${says}]`;
  return [...findings.map(line), ...rollback.map(line)];
}
