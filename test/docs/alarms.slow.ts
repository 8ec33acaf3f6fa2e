import * as fs from 'node:fs';
import * as path from 'node:path';
import { BORDERS } from '../../tools/alarms/failures';
import { caught, wrong } from '../../tools/alarms/matrix';
import { page, report } from '../../tools/docs/alarms';

const today = report();

test('the page is what the alarms of today give; npx projen docs:alarms writes it', () => {
  expect(fs.readFileSync(path.join(__dirname, '../../docs/alarm-matrix.md'), 'utf-8')).toBe(page(today));
});

const loads = today.matrices.map((matrix, i) => [matrix.requestsPerMinute, matrix, today.onRequest[i]] as const);

test('the failures and the healthy nights are those of which others were asked', () => {
  const [[, { failures, healthy }]] = loads;
  expect([failures.length, healthy.length]).toEqual([38, 14]);
});

describe.each(loads)('at %p requests a minute', (load, matrix, onRequest) => {
  test('somebody is told of what fails', () => {
    // one in a hundred of 6 requests a minute is not enough to know
    expect(caught(matrix.failures).length).toBeGreaterThanOrEqual(load >= 60 ? 34 : 31);
    expect(caught(matrix.moreFailures).length).toBeGreaterThanOrEqual(load >= 60 ? 7 : 6);
  });

  test('and on request that no request arrives', () => {
    const silent = onRequest.failures.filter(({ alarms }) => alarms.some(({ kind }) => kind === 'NoRequests'));
    expect(silent.map(({ pattern }) => pattern)).toEqual(['the DNS record is gone', "traffic falls to zero by the caller's fault"]);
    expect(caught(onRequest.failures).length).toBe(caught(matrix.failures).length + silent.length);
  });

  test('nobody is woken where all is well, and no deployment is rolled back', () => {
    expect(wrong([...onRequest.healthy, ...onRequest.moreHealthy])).toEqual([]);
  });

  test('no failure but those at a border sends more than ten mails in a night', () => {
    const borders = BORDERS.map(({ name }) => name);
    const failures = [...onRequest.failures, ...onRequest.moreFailures];
    expect(failures.filter(({ pattern, mails }) => mails > 10 && !borders.includes(pattern))).toEqual([]);
  });
});

test('at a border it is twenty at most', () => {
  expect(Math.max(...today.borders.flatMap(({ mails }) => mails.map(({ most }) => most)))).toBeLessThanOrEqual(20);
});

test('they cost two dollars at most', () => {
  expect(today.alarms.reduce((sum, { metrics }) => sum + metrics, 0)).toBeLessThanOrEqual(20);
});

test('of deployments that fail 95 of 100 are stopped, and of healthy ones none', () => {
  const shares = today.runs.map(({ name, runs, stopped }) => [name, stopped / runs] as const);
  expect(shares.filter(([name, share]) => (name.startsWith('all is well') ? share > 0 : share < 0.95))).toEqual([]);
});
