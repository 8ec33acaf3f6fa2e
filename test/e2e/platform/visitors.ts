import type { Aws } from '../../../tools/local-aws/aws';
import { LoadBalancerClient } from '../../../tools/local-aws/requests';
import { askAllTheTime } from '../all-the-time';

const PAUSE_MS = 100;

/** Where somebody asks, and who is to answer. */
export interface Address {
  readonly service: string;
  readonly host: string;
  readonly path?: string;
}

export interface Tally {
  readonly sent: number;
  readonly failures: readonly string[];
}

/** What is wrong with the answer; undefined, if it is the service's own. */
export async function wrongAnswer({ endpoint }: Aws, { service, host, path = '/' }: Address): Promise<string | undefined> {
  const { status, body } = await new LoadBalancerClient(endpoint, host, 443).get(path);
  return status === 200 && new RegExp(`"service":\\s*"${service}"`).test(body) ? undefined : `${status} ${body.slice(0, 120)}`;
}

/** People who ask the services of a platform all the time. */
export class Visitors {
  private going = true;
  private readonly tallies = new Map<string, { sent: number; failures: string[] }>();
  private readonly running: Promise<unknown>;

  public constructor(
    private readonly aws: Aws,
    addresses: readonly Address[],
  ) {
    this.running = Promise.all(
      addresses.map((address) =>
        askAllTheTime(
          () => this.going,
          PAUSE_MS,
          () => this.askOnce(address),
        ),
      ),
    );
  }

  /** What was counted of each service since the last call. */
  public take(): ReadonlyMap<string, Tally> {
    const taken = new Map(this.tallies);
    this.tallies.clear();
    return taken;
  }

  public async leave(): Promise<void> {
    this.going = false;
    await this.running;
  }

  private async askOnce(address: Address): Promise<void> {
    const tally = this.tallies.get(address.service) ?? { sent: 0, failures: [] };
    this.tallies.set(address.service, tally);
    tally.sent += 1;
    const wrong = await wrongAnswer(this.aws, address).catch((error: Error) => error.message);
    if (wrong !== undefined) {
      tally.failures.push(wrong);
    }
  }
}
