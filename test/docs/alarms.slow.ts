import * as fs from 'node:fs';
import * as path from 'node:path';
import { caught, wrong } from '../../tools/alarms/matrix';
import { page, report } from '../../tools/docs/alarms';

const today = report();

test('the page is what the alarms of today give; npx projen docs:alarms writes it', () => {
  expect(fs.readFileSync(path.join(__dirname, '../../docs/alarm-matrix.md'), 'utf-8')).toBe(page(today));
});

describe.each(today.matrices.map((matrix) => [matrix.requestsPerMinute, matrix] as const))('at %p requests a minute', (load, matrix) => {
  test('somebody is told of what fails', () => {
    // one in a hundred of 6 requests a minute is not enough to know
    expect(caught(matrix).length).toBeGreaterThanOrEqual(load >= 60 ? 39 : 32);
  });

  test('nobody is woken where all is well, and no deployment is rolled back', () => {
    expect(wrong(matrix)).toEqual([]);
  });

  test('no failure sends more than ten mails in a night', () => {
    expect(matrix.failures.filter(({ mails }) => mails > 10)).toEqual([]);
  });
});

test.each(today.onRequest.map((matrix) => [matrix.requestsPerMinute, matrix] as const))(
  'on request somebody is told that no request arrives, at %p a minute, and of no quiet night',
  (_, matrix) => {
    expect(caught(matrix).map(({ pattern }) => pattern)).toEqual(
      expect.arrayContaining(['the DNS record is gone', "traffic falls to zero by the caller's fault"]),
    );
    expect(wrong(matrix)).toEqual([]);
  },
);

test('they cost two dollars at most', () => {
  expect(today.alarms.reduce((sum, { metrics }) => sum + metrics, 0)).toBeLessThanOrEqual(20);
});

test('of deployments that fail 95 of 100 are stopped, and of healthy ones none', () => {
  const shares = today.runs.map(({ name, runs, stopped }) => [name, stopped / runs] as const);
  expect(shares.filter(([name, share]) => (name.startsWith('all is well') ? share > 0 : share < 0.95))).toEqual([]);
});
