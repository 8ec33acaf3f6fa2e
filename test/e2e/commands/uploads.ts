import assert from 'node:assert/strict';
import * as http from 'node:http';

const HEAD = '--form\r\nContent-Disposition: form-data; name="file"; filename="file.bin"\r\nContent-Type: application/octet-stream\r\n\r\n';

/** A form with one file of some megabytes. The status; 0 where the connection was cut, which granian does when it refuses early. */
function upload(port: number, megabytes: number): Promise<number> {
  const body = Buffer.concat([Buffer.from(HEAD), Buffer.alloc(megabytes * 1e6, 'x'), Buffer.from('\r\n--form--\r\n')]);
  const headers = { 'content-type': 'multipart/form-data; boundary=form', 'content-length': body.length };
  return new Promise((done) => {
    http
      .request({ host: '127.0.0.1', port, path: '/uploads', method: 'POST', agent: false, headers }, (response) => {
        response.resume().on('end', () => done(response.statusCode ?? 0));
      })
      .on('error', () => done(0))
      .end(body);
  });
}

/** Of /tmp, when the requests before have ended. */
async function freeMebibytes(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/free`, { headers: { connection: 'close' } });
  return ((await response.json()) as { MiB: number }).MiB;
}

/** What docs/long-connections.md says of uploads, for a /tmp of some MiB. */
export async function uploads(port: number, tmpSize: number): Promise<void> {
  const isFree = async (after: string) => assert.equal(await freeMebibytes(port), tmpSize, `/tmp is free after ${after}`);
  await isFree('the start');
  for (let round = 1; round <= 3; round++) {
    const two = await Promise.all([upload(port, 50), upload(port, 50)]);
    if (tmpSize < 100) {
      assert.ok(
        two.some((status) => status !== 200),
        `two of 50 MB at once: ${two}`,
      );
    } else {
      assert.deepEqual(two, [200, 200], 'two of 50 MB at once');
    }
    await isFree('two of 50 MB');
    assert.equal((await upload(port, 200)) === 200, tmpSize >= 200, 'one of 200 MB');
    await isFree('one of 200 MB');
    assert.notEqual(await upload(port, 300), 200, 'one of 300 MB');
    await isFree('one of 300 MB');
    assert.equal(await upload(port, 50), 200, 'the next of 50 MB');
    await isFree('one of 50 MB');
  }
}
