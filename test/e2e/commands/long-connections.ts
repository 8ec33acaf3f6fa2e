import assert from 'node:assert/strict';
import * as http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadBalancer } from './load-balancer';
import { WebSocketClient } from './web-socket';

/** The idle timeout of the load balancer here, in the place of 60 s: all else is as much shorter. */
export const IDLE_SECONDS = 2;
/** In the place of the 25 s of docs/long-connections.md. */
export const PING_SECONDS = 0.8;

/** What became of a request: its status, its text, whether it came to its end, and when its parts arrived. */
interface Heard {
  readonly status: number;
  readonly text: string;
  readonly isWhole: boolean;
  readonly seconds: readonly number[];
  readonly cookie: string;
}

function ask(
  port: number,
  path: string,
  options: http.RequestOptions = {},
  send: (request: http.ClientRequest) => void = (request) => request.end(),
): Promise<Heard> {
  const start = Date.now();
  return new Promise((done) => {
    const seconds: number[] = [];
    let text = '';
    const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      const cookie = `${response.headers['set-cookie'] ?? ''}`.split(';')[0];
      const end = (isWhole: boolean) => done({ status: response.statusCode ?? 0, text, isWhole, seconds, cookie });
      response
        .on('data', (data) => {
          text += data;
          seconds.push((Date.now() - start) / 1000);
        })
        .on('end', () => end(response.complete))
        .on('error', () => end(false));
    });
    request.on('error', () => done({ status: 0, text, isWhole: false, seconds, cookie: '' }));
    send(request);
  });
}

async function behind(
  targets: readonly number[],
  isSticky: boolean,
  work: (port: number) => Promise<void>,
  isUnpooled = false,
): Promise<void> {
  const balancer = await LoadBalancer.start(targets, { idleSeconds: IDLE_SECONDS, isSticky, isUnpooled });
  try {
    await work(balancer.port);
  } finally {
    await balancer.close();
  }
}

/** Server-sent events arrive as they are sent; a stream that is silent for as long as the idle timeout is cut, and a request gets 504. */
export function streams(target: number): Promise<void> {
  return behind([target], false, async (port) => {
    const [five, comments, silent, waits, late] = await Promise.all([
      ask(port, '/events?count=5&pause=0.3'),
      ask(port, `/events?count=6&pause=${IDLE_SECONDS - 1}`),
      ask(port, `/events?count=2&pause=${IDLE_SECONDS + 1.5}`),
      ask(port, `/wait?seconds=${IDLE_SECONDS - 1}`),
      ask(port, `/wait?seconds=${IDLE_SECONDS + 1.5}`),
    ]);
    console.log(`# 5 events, one every 0.3 s, arrive at ${five.seconds.map((at) => at.toFixed(1)).join(', ')} s`);
    assert.deepEqual([five.status, five.isWhole, five.text.match(/data/g)?.length], [200, true, 5], 'five events');
    assert.ok(five.seconds.length >= 4, `they arrive one by one, and not at once: ${five.seconds}`);
    assert.deepEqual([comments.isWhole, comments.text.match(/data/g)?.length], [true, 6], 'a byte within the idle timeout');
    assert.deepEqual([silent.isWhole, silent.text], [false, 'data: 0\n\n'], 'silent for longer');
    assert.deepEqual([waits.status, late.status], [200, 504], 'answers before and after the idle timeout');
  });
}

/** An upload takes as long as it likes while bytes come, and not when the client pauses. */
export function slowUpload(target: number): Promise<void> {
  const upload = (port: number, pause: number, parts: number) =>
    ask(
      port,
      '/slow-upload',
      { method: 'POST', headers: { 'content-type': 'application/octet-stream', 'content-length': parts * 1000 } },
      async (request) => {
        for (let i = 0; i < parts; i++) {
          request.write(Buffer.alloc(1000));
          await sleep(pause * 1000);
        }
        request.end();
      },
    );
  return behind([target], false, async (port) => {
    const [slow, pauses] = await Promise.all([upload(port, 0.5, 2 * IDLE_SECONDS + 4), upload(port, IDLE_SECONDS + 1, 2)]);
    assert.deepEqual(
      [slow.status, JSON.parse(slow.text || '{}').bytes],
      [200, (2 * IDLE_SECONDS + 4) * 1000],
      'a byte within the idle timeout',
    );
    assert.notEqual(pauses.status, 200, 'a pause above it');
  });
}

/** Of so many WebSockets, how many open; one that answers pings stays for three idle timeouts. */
export function webSockets(target: number, expected: number | undefined): Promise<void> {
  return behind([target], false, async (port) => {
    const opened = await Promise.all([1, 2, 3].map(() => WebSocketClient.open(port, '/echo')));
    const sockets = opened.filter((one) => one instanceof WebSocketClient);
    console.log(`# flask-sock: ${sockets.length} of 3 open${expected ? `; the others get ${opened}` : ''}`);
    if (expected !== undefined) {
      assert.deepEqual(opened, [expected, expected, expected]);
      return;
    }
    assert.equal(sockets.length, 3, `${opened}`);
    await sleep(IDLE_SECONDS * 3000);
    for (const [i, socket] of sockets.entries()) {
      assert.ok(socket.isOpen && socket.pings > 3, `open: ${socket.isOpen}, ${socket.pings} pings`);
      socket.send(`hello ${i}`);
      assert.equal(await socket.receive(), `hello ${i}`);
      socket.close();
    }
  });
}

/** Without a ping, a WebSocket lasts as long as the idle timeout. */
export function withoutPings(target: number): Promise<void> {
  return behind([target], false, async (port) => {
    const socket = await WebSocketClient.open(port, '/echo');
    assert.ok(socket instanceof WebSocketClient, `${socket}`);
    await sleep((IDLE_SECONDS + 1) * 1000);
    assert.equal(socket.isOpen, false);
  });
}

/** A session of Socket.IO by polling: the handshake, and a question with its answer. */
async function session(port: number): Promise<boolean> {
  const path = '/socket.io/?EIO=4&transport=polling';
  const open = await ask(port, path);
  const { sid } = JSON.parse(open.text.slice(1) || '{}');
  const headers = { cookie: open.cookie };
  const post = (text: string) =>
    ask(port, `${path}&sid=${sid}`, { method: 'POST', headers: { ...headers, 'content-length': text.length } }, (request) =>
      request.end(text),
    );
  const poll = () => ask(port, `${path}&sid=${sid}`, { headers });
  const steps = [await post('40'), await poll(), await post('420["ask","who"]'), await poll()];
  return steps.every(({ status }) => status === 200) && steps[3].text.includes('"text":"who"');
}

const SESSIONS = 30;

/** How many of so many sessions that begin at once work. */
async function goodSessions(port: number): Promise<number> {
  const all = await Promise.all(Array.from({ length: SESSIONS }, () => session(port).catch(() => false)));
  return all.filter(Boolean).length;
}

/** Of the sessions of Socket.IO by polling, how many work. */
export function socketIo(targets: readonly number[], isSticky: boolean, asserts: (good: number, all: number) => void): Promise<void> {
  return behind(targets, isSticky, async (port) => {
    const good = await goodSessions(port);
    console.log(`# Socket.IO by polling on ${targets.length} tasks${isSticky ? ' with stickiness' : ''}: ${good} of ${SESSIONS} sessions`);
    asserts(good, SESSIONS);
  });
}

/** Sessions on two workers, until one is lost: gunicorn hands a connection to whichever worker is free, often the same one. */
export function lostSessions(target: number): Promise<void> {
  const work = async (port: number) => {
    let [good, all] = [0, 0];
    for (let round = 0; round < 20 && good === all; round++) {
      good += await goodSessions(port);
      all += SESSIONS;
    }
    console.log(`# Socket.IO by polling on two workers: ${good} of ${all} sessions`);
    assert.ok(good < all, 'no session is lost');
  };
  return behind([target], false, work, true);
}

/** Socket.IO by WebSocket alone: a question with its answer, or the status. */
export async function socketIoByWebSocket(target: number): Promise<string> {
  let told = '';
  await behind([target], false, async (port) => {
    const socket = await WebSocketClient.open(port, '/socket.io/?EIO=4&transport=websocket');
    if (!(socket instanceof WebSocketClient)) {
      told = `${socket}`;
      return;
    }
    assert.match((await socket.receive()) ?? '', /^0\{/);
    socket.send('40');
    assert.match((await socket.receive()) ?? '', /^40/);
    socket.send('420["ask","who"]');
    told = (await socket.receive()) ?? 'closed';
    socket.close();
  });
  return told;
}
