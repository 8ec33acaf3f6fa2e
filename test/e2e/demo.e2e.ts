/**
 * The demo, end to end: `npx tsx test/e2e/demo.e2e.ts [options of the demo]`.
 *
 * Runs tools/local-aws/demo.ts as a user does and asserts what each step found. Not a jest test, because it deploys.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DemoReport, Facts } from '../../tools/local-aws/report';

const ROOT = resolve(__dirname, '../..');
const TIME_LIMIT_MS = 180_000;

type Check = (facts: Facts) => void;

/** What must be so after each step, in the order in which the steps must have run. */
const CHECKS: Readonly<Record<string, Check>> = {
  emulator: ({ endpoint }) => assert.match(String(endpoint), /^http:\/\/127\.0\.0\.1:\d+$/),
  synth: ({ app }) => assert.match(String(app), /app\.ts$/),
  bootstrap: () => undefined,
  deploy: ({ status, resources, outputs }) => {
    assert.equal(status, 'CREATE_COMPLETE');
    assert.ok(Number(resources) > 10, `only ${resources} resources`);
    assert.ok(
      Object.values(outputs as Record<string, string>).some((value) => /^https?:\/\//.test(value)),
      'no output is a URL',
    );
  },
  image: ({ uri, digest }) => {
    assert.match(String(uri), /\.dkr\.ecr\./);
    assert.match(String(digest), /^sha256:[0-9a-f]{64}$/);
  },
  cluster: ({ status }) => assert.equal(status, 'ACTIVE'),
  'task-definition': ({ container, port, logDriver, requiresCompatibilities }) => {
    assert.equal(container, 'flask-app');
    assert.equal(port, 3000);
    assert.equal(logDriver, 'awslogs');
    assert.deepEqual(requiresCompatibilities, ['FARGATE']);
  },
  service: ({ desiredCount, runningCount, healthy }) => {
    assert.ok(Number(desiredCount) >= 1);
    assert.equal(runningCount, desiredCount);
    assert.equal(healthy, desiredCount);
  },
  requests: ({ status, body, requests }) => {
    assert.equal(status, 200);
    // The app's own answer. An emulator without the app behind it answers with an error document of its own.
    assert.notEqual(body, '');
    assert.doesNotMatch(String(body), /No registered targets|connect error|No listeners|"services":/);
    assert.equal(requests, 20);
  },
  logs: ({ line, logGroup }) => {
    assert.match(String(line), /\b3000\b/);
    assert.notEqual(logGroup, '');
  },
  'run-task': ({ exitCode, failedExitCode, line }) => {
    assert.equal(exitCode, 0);
    assert.match(String(line), /"message": "report".*"flask": "\d+\.\d+/);
    assert.equal(failedExitCode, 3);
  },
  healing: ({ killed, replacement, status, requests, failed, longestGapMs }) => {
    assert.match(String(killed), /^[0-9a-f-]{32,36}$/);
    assert.match(String(replacement), /^[0-9a-f-]{32,36}$/);
    assert.notEqual(replacement, killed);
    assert.equal(status, 200);
    assert.ok(Number(requests) >= 30, `only ${requests} requests were sent`);
    // With SIGKILL the few that were sent to the killed task fail, on AWS too; the other task answers all the while.
    assert.ok(Number(failed) <= Number(requests) / 5, `${failed} of ${requests} requests failed`);
    assert.ok(Number(longestGapMs) < 2000, `no answer for ${longestGapMs} ms`);
  },
  destroy: () => undefined,
  leftovers: ({ leftovers, kinds }) => {
    assert.deepEqual(leftovers, []);
    assert.ok(Number(kinds) >= 15, `only ${kinds} kinds of resource were looked at`);
  },
};

async function main(options: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'demo-e2e-'));
  const file = join(folder, 'report.json');
  try {
    const code = await runDemo(['--port', '0', '--report', file, ...options]);
    const report = JSON.parse(readFileSync(file, 'utf8')) as DemoReport;
    check(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runDemo(options: readonly string[]): Promise<number | null> {
  return new Promise((done, fail) => {
    const tsx = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');
    const demo = spawn(process.execPath, [tsx, join('tools', 'local-aws', 'demo.ts'), ...options], { cwd: ROOT, stdio: 'inherit' });
    const limit = setTimeout(() => demo.kill('SIGTERM'), 2 * TIME_LIMIT_MS);
    demo.once('error', fail);
    demo.once('exit', (code) => {
      clearTimeout(limit);
      done(code);
    });
  });
}

function check(report: DemoReport, code: number | null): void {
  let failures = 0;
  const test = (name: string, assertion: () => void) => {
    try {
      assertion();
      console.log(`ok - ${name}`);
    } catch (error) {
      failures += 1;
      console.log(`not ok - ${name}: ${(error as Error).message}`);
    }
  };
  const facts = (name: string): Facts => report.steps.find((step) => step.name === name)?.facts ?? assert.fail('the step did not end');

  console.log('');
  test('the demo exits 0', () => assert.equal(code, 0, report.failure));
  test('all steps ran, in order', () =>
    assert.deepEqual(
      report.steps.map(({ name }) => name),
      Object.keys(CHECKS),
    ));
  for (const [name, assertion] of Object.entries(CHECKS)) {
    test(name, () => assertion(facts(name)));
  }
  test('what is only recorded is said', () => assert.ok(report.recordedOnly.length >= (report.engine === 'endpoint' ? 1 : 3)));
  test(`it took less than ${TIME_LIMIT_MS / 1000} s`, () => assert.ok(report.totalMs < TIME_LIMIT_MS, `${report.totalMs} ms`));
  const total = Object.keys(CHECKS).length + 4;
  console.log(`${total - failures} passed, ${failures} failed`);
  process.exitCode = failures > 0 ? 1 : 0;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
