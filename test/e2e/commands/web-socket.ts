import { randomBytes } from 'node:crypto';
import * as http from 'node:http';
import type { Duplex } from 'node:stream';

/** As much of a WebSocket as the tests need: short texts, pings and pongs. */
export class WebSocketClient {
  /** Opens one; the status instead, where the answer is no upgrade. */
  public static open(port: number, path: string): Promise<WebSocketClient | number> {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    };
    return new Promise((done) => {
      http
        .get({ host: '127.0.0.1', port, path, headers, agent: false })
        .on('upgrade', (_, socket, head) => done(new WebSocketClient(socket, head)))
        .on('response', (response) => {
          response.destroy();
          done(response.statusCode ?? 0);
        })
        .on('error', () => done(0));
    });
  }

  public isOpen = true;
  public pings = 0;
  private bytes: Buffer;
  private readonly texts: string[] = [];
  private waiting?: (text: string | undefined) => void;

  private constructor(
    private readonly socket: Duplex,
    head: Buffer,
  ) {
    this.bytes = head;
    socket
      .on('data', (data) => {
        this.bytes = Buffer.concat([this.bytes, data]);
        this.read();
      })
      .on('error', () => undefined)
      .on('close', () => {
        this.isOpen = false;
        this.waiting?.(undefined);
      });
    this.read();
  }

  public send(text: string): void {
    this.frame(0x81, Buffer.from(text));
  }

  /** The next text; undefined when the connection ends before it. */
  public receive(): Promise<string | undefined> {
    const text = this.texts.shift();
    return text !== undefined || !this.isOpen
      ? Promise.resolve(text)
      : new Promise((done) => {
          this.waiting = done;
        });
  }

  public close(): void {
    this.socket.destroy();
  }

  private read(): void {
    while (this.bytes.length >= 2) {
      const short = this.bytes[1] & 0x7f;
      const start = short === 126 ? 4 : 2;
      const length = short === 126 && this.bytes.length >= 4 ? this.bytes.readUInt16BE(2) : short;
      if (this.bytes.length < start + length) {
        return;
      }
      const [code, payload] = [this.bytes[0] & 0x0f, this.bytes.subarray(start, start + length)];
      this.bytes = this.bytes.subarray(start + length);
      if (code === 9) {
        this.pings += 1;
        this.frame(0x8a, payload);
      } else if (code === 8) {
        this.socket.destroy();
      } else {
        const wanted = this.waiting;
        this.waiting = undefined;
        wanted ? wanted(payload.toString()) : this.texts.push(payload.toString());
      }
    }
  }

  /** What a client sends is masked. */
  private frame(first: number, payload: Buffer): void {
    const mask = randomBytes(4);
    this.socket.write(Buffer.concat([Buffer.from([first, 0x80 | payload.length]), mask, payload.map((byte, i) => byte ^ mask[i % 4])]));
  }
}
