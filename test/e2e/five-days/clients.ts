import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../../../tools/local-aws/aws';
import { LoadBalancerClient } from '../../../tools/local-aws/requests';
import { askAllTheTime } from '../all-the-time';
import { call, valuesOf } from '../examples/other-apis';

const PAUSE_MS = 60;
const LOOK_UP_MS = 500;

export interface Tally {
  sent: number;
  failed: number;
  /** The first and the last failure, in milliseconds after the beginning, and what was answered. */
  readonly failures: { readonly at: number; readonly what: string }[];
}

/** People who ask for a name all the time: they look it up now and then, follow redirects, and count what was not the app's own answer. */
export class Clients {
  public static async of(aws: Aws, name: string): Promise<Clients> {
    const clients = new Clients(aws, name);
    clients.loadBalancer = await clients.lookUp();
    clients.running = Promise.all([clients.ask(), clients.lookUpNowAndThen()]);
    return clients;
  }

  private loadBalancer = '';
  private going = true;
  private running: Promise<unknown> = Promise.resolve();
  private tally: Tally = { sent: 0, failed: 0, failures: [] };
  private since = Date.now();

  private constructor(
    private readonly aws: Aws,
    private readonly name: string,
  ) {}

  /** What was counted since the last call. */
  public take(): Tally {
    const tally = this.tally;
    this.tally = { sent: 0, failed: 0, failures: [] };
    this.since = Date.now();
    return tally;
  }

  public async leave(): Promise<void> {
    this.going = false;
    await this.running;
  }

  private ask(): Promise<void> {
    return askAllTheTime(
      () => this.going,
      PAUSE_MS,
      () => this.askOnce(),
    );
  }

  private async askOnce(): Promise<void> {
    const { tally, loadBalancer, since } = this;
    tally.sent += 1;
    const what = await this.answer(loadBalancer).catch((error: Error) => error.message);
    if (what !== undefined) {
      tally.failed += 1;
      tally.failures.push({ at: Date.now() - since, what });
    }
  }

  /** Undefined, if it is the app's own. */
  private async answer(loadBalancer: string): Promise<string | undefined> {
    let answer = await new LoadBalancerClient(this.aws.endpoint, loadBalancer).get('/');
    if (answer.status === 301 && /^https:/.test(String(answer.headers.location))) {
      answer = await new LoadBalancerClient(this.aws.endpoint, loadBalancer, 443).get('/');
    }
    const { status, body } = answer;
    return status === 200 && /"service":\s*"shop"/.test(body) ? undefined : `${status} ${body.slice(0, 80)}`;
  }

  private async lookUpNowAndThen(): Promise<void> {
    while (this.going) {
      await sleep(LOOK_UP_MS);
      this.loadBalancer = await this.lookUp().catch(() => this.loadBalancer);
    }
  }

  private async lookUp(): Promise<string> {
    for (const zone of valuesOf('Id', await call(this.aws, 'route53', '/2013-04-01/hostedzone'))) {
      const records =
        (await call(this.aws, 'route53', `/2013-04-01${zone}/rrset`)).match(/<ResourceRecordSet>.*?<\/ResourceRecordSet>/gs) ?? [];
      const record = records.find((xml) => valuesOf('Name', xml)[0] === `${this.name}.` && valuesOf('Type', xml)[0] === 'A');
      const [target] = valuesOf('DNSName', record ?? '');
      if (target) {
        return target.replace(/^dualstack\./, '').replace(/\.$/, '');
      }
    }
    throw new Error(`nobody knows the name ${this.name}`);
  }
}
