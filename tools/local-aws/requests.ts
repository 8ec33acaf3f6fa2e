import { type IncomingHttpHeaders, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Requests to a load balancer of the emulator: it is told by the Host header, at the emulator's own address. So is the listener, by the
 * header's port. They go as plain HTTP to each, one for HTTPS too.
 */
export class LoadBalancerClient {
  public constructor(
    private readonly endpoint: URL,
    private readonly name: string,
    private readonly port = 80,
  ) {}

  public get(path: string, timeoutMs = 5000, cookie?: string): Promise<Answer> {
    return this.request('GET', path, timeoutMs, undefined, cookie);
  }

  /** A form, as a browser sends it. */
  public post(path: string, form: Readonly<Record<string, string>>, timeoutMs = 5000): Promise<Answer> {
    return this.request('POST', path, timeoutMs, new URLSearchParams(form).toString());
  }

  private request(method: string, path: string, timeoutMs: number, form?: string, cookie?: string): Promise<Answer> {
    return new Promise((done, fail) => {
      const { hostname, port } = this.endpoint;
      const host = this.port === 80 ? this.name : `${this.name}:${this.port}`;
      const ofForm = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length };
      const headers = { host, connection: 'close', ...(cookie === undefined ? {} : { cookie }), ...ofForm };
      const sent = request({ hostname, port, method, path, headers, timeout: timeoutMs }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', fail);
        answer.on('end', () => done({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString(), headers: answer.headers }));
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      sent.on('error', fail);
      sent.end(form);
    });
  }

  /** Requests at a steady pace, until stopped. */
  public startTraffic(path: string, perSecond: number): Traffic {
    return new Traffic(this, path, 1000 / perSecond);
  }
}

export interface Count {
  readonly requests: number;
  readonly failed: number;
  /** The longest time without an answer from the app. */
  readonly longestGapMs: number;
}

export class Traffic {
  private requests = 0;
  private failed = 0;
  private lastAnswer = Date.now();
  private longestGapMs = 0;
  private going = true;
  private readonly ended: Promise<void>;

  public constructor(client: LoadBalancerClient, path: string, pauseMs: number) {
    this.ended = this.go(client, path, pauseMs);
  }

  public async stop(): Promise<Count> {
    this.going = false;
    const untilNow = Date.now() - this.lastAnswer;
    await this.ended;
    return { requests: this.requests, failed: this.failed, longestGapMs: Math.max(this.longestGapMs, untilNow) };
  }

  private async go(client: LoadBalancerClient, path: string, pauseMs: number): Promise<void> {
    const pending: Promise<void>[] = [];
    while (this.going) {
      // Not one after the other: clients do not wait for each other when a request of one hangs.
      pending.push(this.send(client, path));
      await sleep(pauseMs);
    }
    await Promise.all(pending);
  }

  private async send(client: LoadBalancerClient, path: string): Promise<void> {
    this.requests += 1;
    const ok = await client.get(path, 2000).then(
      ({ status }) => status < 500,
      () => false,
    );
    if (ok) {
      this.longestGapMs = Math.max(this.longestGapMs, Date.now() - this.lastAnswer);
      this.lastAnswer = Date.now();
    } else {
      this.failed += 1;
    }
  }
}
