import assert from 'node:assert/strict';
import { connect } from 'node:net';

/** Sends bytes as they are; the statuses of all answers, and what the app said in the first. */
function send(port: number, text: string): Promise<{ readonly statuses: number[]; readonly body: string }> {
  return new Promise((done) => {
    let answer = '';
    const end = () => {
      socket.destroy();
      const statuses = [...answer.matchAll(/^HTTP\/1\.[01] (\d+)|\}HTTP\/1\.[01] (\d+)/gm)].map(([, first, next]) => Number(first ?? next));
      done({ statuses, body: answer.slice(answer.indexOf('{')) });
    };
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket
      .setTimeout(1500, end)
      .on('data', (data) => {
        answer += data;
      })
      .on('end', end)
      .on('error', end);
  });
}

const get = (headers: string, target = '/') => `GET ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
const post = (headers: string, body: string) => `POST /bytes HTTP/1.1\r\nHost: shop\r\n${headers}\r\n${body}`;

/** Two requests in one, by which length one reads it. */
const SMUGGLED = post('Content-Length: 44\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n');
const CODINGS = post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nConnection: close\r\n', '3\r\nabc\r\n0\r\n\r\n');

/** The rows of docs/front-door.md that no client of HTTP would send. */
export async function rawRequests(port: number, server: string): Promise<void> {
  const isOld = /^gunicorn 2[01]/.test(server);
  const said = async (name: string, text: string) => {
    const { statuses, body } = await send(port, text);
    assert.doesNotMatch(body, /evil|203\.0\.113/, name);
    return statuses;
  };
  assert.deepEqual(await said('Forwarded', get('Host: shop\r\nForwarded: for=203.0.113.9;proto=https;host=evil\r\n')), [200], 'Forwarded');
  assert.deepEqual(await said('a whole URL', get('Host: shop\r\n', 'http://evil/')), [200], 'a whole URL');
  assert.deepEqual(await said('HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'), [200], 'HTTP/1.0');
  assert.equal((await said('two hosts', get('Host: shop\r\nHost: evil\r\n'))).length, 1, 'two hosts');
  const lengths = post('Content-Length: 3\r\nContent-Length: 0\r\nConnection: close\r\n', 'abc');
  const space = post('Content-Length: 3\r\nTransfer-Encoding : chunked\r\nConnection: close\r\n', 'abc');
  assert.deepEqual(await said('two lengths', lengths), [400], 'two lengths');
  assert.deepEqual(await said('a name with a space', space), [400], 'a name with a space');
  // no server answers the second of the two; those that refuse neither rely on the load balancer
  const smuggled = await said('a length and chunks', SMUGGLED);
  assert.ok(smuggled.length === 1 && (smuggled[0] === 400 || isOld || server === 'granian'), `a length and chunks: ${smuggled}`);
  const codings = await said('two codings', CODINGS);
  assert.ok(codings.length === 1 && (codings[0] >= 400 || isOld), `two codings: ${codings}`);
  const many = Array.from({ length: 130 }, (_, i) => `X-H${i}: 1\r\n`).join('');
  assert.match(`${await said('130 headers', get(`Host: shop\r\n${many}`))}`, /^4(?:00|31)$/, '130 headers');
}
