import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadBalancerClient } from '../../../tools/local-aws/requests';

/** Somebody who comes again and again, until told to leave. */
abstract class Regular {
  private going = true;
  private readonly allVisits: Promise<void>;

  protected constructor(protected readonly client: LoadBalancerClient) {
    this.allVisits = this.visitAll();
  }

  public async leave(): Promise<this> {
    this.going = false;
    await this.allVisits;
    return this;
  }

  protected abstract visit(): Promise<void>;

  private async visitAll(): Promise<void> {
    while (this.going) {
      await sleep(150); // also before the first: the fields are not there yet
      await this.visit();
    }
  }
}

/** Asks the app and, through it, the database. */
export class Visitor extends Regular {
  public readonly versions = new Set<string>();
  public count = 0;
  public failed = 0;

  public constructor(client: LoadBalancerClient) {
    super(client);
  }

  protected async visit(): Promise<void> {
    const answers = await Promise.all(['/', '/notes'].map((path) => this.client.get(path).catch(() => undefined)));
    this.count += answers.length;
    this.failed += answers.filter((answer) => answer?.status !== 200).length;
    const [, version = 'nobody'] = /"version":\s*"([^"]+)"/.exec(answers[0]?.body ?? '') ?? [];
    this.versions.add(version);
  }
}

/** Has a session, which counts the visits. */
export class SessionVisitor extends Regular {
  public visits = 0;
  /** How often the session was a new one. */
  public lost = 0;
  private cookie?: string;

  public constructor(client: LoadBalancerClient) {
    super(client);
  }

  protected async visit(): Promise<void> {
    const answer = await this.client.get('/session', 5000, this.cookie).catch(() => undefined);
    if (answer?.status !== 200) {
      return; // a target that has just been stopped: not the session's fault
    }
    const { visits } = JSON.parse(answer.body) as { visits: number };
    this.lost += visits === this.visits + 1 ? 0 : 1;
    this.visits = visits;
    this.cookie = answer.headers['set-cookie']?.[0].split(';')[0];
  }
}
