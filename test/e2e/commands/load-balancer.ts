import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface LoadBalancerOptions {
  /** After how many seconds without a byte in either direction a connection is closed; 504 where the answer has not begun. */
  readonly idleSeconds: number;
  /** Whether a client comes back to its target, by the cookie AWSALB. */
  readonly isSticky?: boolean;
  /** Whether each request has a connection of its own, as the first ones of a burst have. */
  readonly isUnpooled?: boolean;
}

/** Headers of one connection, which are not handed on. */
const OF_ONE_HOP = /^(?:connection|keep-alive)$/i;

/**
 * What an Application Load Balancer does with the connections of a client, on the loopback address: the next target of the list, stickiness,
 * X-Forwarded headers, no header with an underscore, the idle timeout, streams and upgrades as they come.
 */
export class LoadBalancer {
  /** Starts one. */
  public static async start(targets: readonly number[], options: LoadBalancerOptions): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(targets, options);
    balancer.server.listen(0, '127.0.0.1');
    await new Promise((done) => balancer.server.once('listening', done));
    return balancer;
  }

  private readonly server = http.createServer({ maxHeaderSize: 65_536, requestTimeout: 0, keepAliveTimeout: 60_000 });
  private readonly agent: http.Agent;
  private next = 0;

  private constructor(
    private readonly targets: readonly number[],
    private readonly options: LoadBalancerOptions,
  ) {
    this.agent = new http.Agent({ keepAlive: !options.isUnpooled });
    this.server.on('request', (request, response) => this.forward(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public async close(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private forward(request: http.IncomingMessage, response: http.ServerResponse): void {
    const target = this.targetOf(request);
    const upstream = http.request({ ...this.optionsFor(request, target, OF_ONE_HOP), agent: this.agent });
    const idle = this.whenIdle(() => {
      upstream.destroy();
      if (response.headersSent) {
        request.socket.destroy();
      } else {
        response.writeHead(504, { connection: 'close' }).end();
      }
    });
    request.on('data', idle.touch).pipe(upstream);
    upstream.on('response', (answer) => {
      idle.touch();
      const kept = inPairs(answer.rawHeaders).filter(([name]) => !OF_ONE_HOP.test(name));
      response.writeHead(answer.statusCode ?? 502, [...kept.flat(), ...this.cookie(target)]);
      response.flushHeaders();
      answer
        .on('data', idle.touch)
        .on('error', () => request.socket.destroy())
        .pipe(response);
    });
    upstream.on('error', () => (response.headersSent ? request.socket.destroy() : response.writeHead(502).end()));
    response.on('close', () => {
      idle.end();
      upstream.destroy();
    });
  }

  private upgrade(request: http.IncomingMessage, client: Duplex, head: Buffer): void {
    const upstream = http.request({ ...this.optionsFor(request, this.targetOf(request)), agent: false });
    upstream.on('upgrade', (answer, server, first) => {
      client.write(
        `HTTP/1.1 101 Switching Protocols\r\n${inPairs(answer.rawHeaders)
          .map((pair) => `${pair.join(': ')}\r\n`)
          .join('')}\r\n`,
      );
      client.write(first);
      server.write(head);
      const idle = this.whenIdle(() => [client, server].map((one) => one.destroy()));
      for (const [from, to] of [
        [client, server],
        [server, client],
      ]) {
        from
          .on('data', idle.touch)
          .on('error', () => to.destroy())
          .on('close', () => {
            idle.end();
            to.destroy();
          })
          .pipe(to);
      }
    });
    const refuse = (status: number) => client.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    upstream
      .on('response', (answer) => refuse(answer.statusCode ?? 502))
      .on('error', () => refuse(502))
      .end();
  }

  private optionsFor(request: http.IncomingMessage, port: number, dropped = /^$/): http.RequestOptions {
    const from = (request.socket as Socket).remoteAddress ?? '';
    const kept = inPairs(request.rawHeaders).filter(
      ([name]) => /^[a-zA-Z0-9-]+$/.test(name) && !/^x-forwarded-(?:for|proto|port)$/i.test(name) && !dropped.test(name),
    );
    const before = request.headers['x-forwarded-for'];
    const headers = [
      ...kept,
      ['X-Forwarded-For', before ? `${before}, ${from}` : from],
      ['X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Port', '80'],
    ];
    return { host: '127.0.0.1', port, method: request.method, path: request.url, headers: headers.flat() };
  }

  private targetOf({ headers }: http.IncomingMessage): number {
    const kept = this.options.isSticky ? Number(/AWSALB=(\d+)/.exec(headers.cookie ?? '')?.[1]) : 0;
    return kept || this.targets[this.next++ % this.targets.length];
  }

  private cookie(target: number): string[] {
    return this.options.isSticky ? ['Set-Cookie', `AWSALB=${target}; Path=/`] : [];
  }

  private whenIdle(end: () => void): { readonly touch: () => void; readonly end: () => void } {
    const timer = setTimeout(end, this.options.idleSeconds * 1000);
    return { touch: () => timer.refresh(), end: () => clearTimeout(timer) };
  }
}

function inPairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1]] as [string, string]] : []));
}
