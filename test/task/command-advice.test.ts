import { Lazy } from 'aws-cdk-lib/core';
import type { HardeningOptions } from '../../src';
import { service, testStack, warningsOf } from '../util/test-stack';

function adviceOn(command: string[], hardening?: HardeningOptions): string[] {
  const stack = testStack();
  service(stack, { hardening }).addTask('Job', { command });
  return warningsOf(stack).flatMap(({ id, text }) => (id === 'cdk-flask-fargate:readOnlyCommand' ? [text] : []));
}

const BEAT =
  "Celery beat writes the file celerybeat-schedule into the working directory; add '--schedule', '/tmp/celerybeat-schedule' to it, or set readonlyRootFilesystem to false in hardening";

test.each([
  [['celery', '-A', 'app.celery', 'beat']],
  [['celery', '-A', 'app.celery', 'beat', '--loglevel', 'info']],
  [['celery', '--app=app.celery', 'worker', '-B']],
  [['celery', '-A', 'app.celery', 'worker', '--beat', '--concurrency', '2']],
  [['/opt/venv/bin/celery', '-A', 'app.celery', 'beat']],
  [['python', '-m', 'celery', '-A', 'app.celery', 'beat']],
  [['sh', '-c', 'exec celery -A app.celery beat']],
  [['celery', '-A', 'app.celery', '--workdir', '/srv', 'beat']],
  [['opentelemetry-instrument', 'celery', '-A', 'app.celery', 'beat']],
])('%p cannot write its schedule', (command) => {
  expect(adviceOn(command)).toEqual([
    expect.stringContaining(`the command '${command.join(' ')}' ends with [Errno 30] Read-only file system: ${BEAT}`),
  ]);
});

test.each([
  [['celery', '-A', 'app.celery', 'beat', '-s', '/tmp/celerybeat-schedule']],
  [['celery', '-A', 'app.celery', 'beat', '--schedule=/tmp/celerybeat-schedule']],
  [['celery', '-A', 'app.celery', 'beat', '-S', 'django']],
  [['celery', '-A', 'app.celery', 'beat', '--scheduler', 'celery.beat.Scheduler']],
  [['celery', '-A', 'app.celery', '--workdir', '/tmp', 'beat']],
  [['celery', '-A', 'beat', 'worker']],
  [['celery', '-A', 'app.celery', 'worker', '--pidfile', '/tmp/worker.pid']],
  [['gunicorn', 'app:app', '--access-logfile', '-', '--error-logfile', '/dev/stderr']],
  [['flask', 'db', 'upgrade']],
  [['flask', 'migrate']],
  [['python', 'beat.py']],
  [['echo', Lazy.string({ produce: () => 'beat' })]],
])('%p can', (command) => {
  expect(adviceOn(command)).toEqual([]);
});

test.each([
  [['celery', '-A', 'app.celery', 'beat', '-s', 'celerybeat-schedule'], "-s names the file 'celerybeat-schedule'"],
  [['celery', '-A', 'app.celery', 'worker', '--pidfile=worker.pid'], "--pidfile names the file 'worker.pid'"],
  [['celery', '-A', 'app.celery', 'worker', '-f', '/var/log/celery.log'], "-f names the file '/var/log/celery.log'"],
  [['gunicorn', 'app:app', '--pid', '/run/gunicorn.pid'], "--pid names the file '/run/gunicorn.pid'"],
  [
    ['flask', 'db', 'migrate', '-m', 'x'],
    "'flask db migrate' writes files of the source; run it on your machine, and 'flask db upgrade' here",
  ],
])('%p is told', (command, words) => {
  expect(adviceOn(command)).toEqual([expect.stringContaining(words)]);
});

test('what can be written is known', () => {
  const command = ['celery', '-A', 'app.celery', 'beat', '-s', '/srv/state/schedule'];
  expect(adviceOn(command)).toHaveLength(1);
  expect(adviceOn(command, { writablePaths: ['/srv/state'] })).toEqual([]);
  expect(adviceOn(command, { readonlyRootFilesystem: false })).toEqual([]);
});
