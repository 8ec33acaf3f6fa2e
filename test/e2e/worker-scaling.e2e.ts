/**
 * Workers that scale in while they are at work, end to end: `npx projen e2e:worker-scaling`.
 *
 * Forty jobs of eight seconds on four tasks that have less than that to stop. In the middle the number of tasks becomes one, as Application
 * Auto Scaling sets it. No job is cut, and none is done twice.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { CdkCli } from '../../tools/local-aws/cdk';
import type { Demo } from '../../tools/local-aws/demo-context';
import { Stack } from '../../tools/local-aws/stack';
import { Deployed } from './examples/deployed';
import { runOnLocalAws, test } from './local-aws-test';

const STACK = 'FlaskWorkers';
const JOBS = 40;
const JOB_SECONDS = 8;
const silent = () => undefined;

async function workerScaling(demo: Demo): Promise<void> {
  const { aws, engine, workspace, processes } = demo;
  assert.ok(engine);
  const cdk = new CdkCli(aws, engine, workspace, processes);
  await cdk.synth(`${__dirname}/worker-scaling/app.ts`, silent);
  await cdk.bootstrap(silent);
  await cdk.deploy([STACK], silent);
  const deployed = new Deployed(aws, await Stack.load(aws, STACK));

  const lines = async (message: string) =>
    (await deployed.logLines('worker')).filter((line) => line.includes(message)).map((line) => `${JSON.parse(line).job}`);
  const until = async (what: string, seconds: number, holds: () => Promise<boolean>) => {
    for (let i = 0; i < seconds; i++) {
      if (await holds()) {
        return;
      }
      await sleep(1000);
    }
    assert.fail(`after ${seconds} s ${what}`);
  };

  await test('four tasks work on forty jobs, and one is left of them in the middle', async () => {
    await until('there are no four tasks', 60, async () => (await deployed.tasksOf('WebWorker')) === 4);
    for (let i = 0; i < JOBS; i++) {
      assert.equal((await deployed.post('/jobs', { text: 'three small words', seconds: `${JOB_SECONDS}` })).status, 202);
    }
    await until('less than ten jobs are done', 120, async () => (await lines('job done')).length >= 10);
    const before = (await lines('job done')).length;
    assert.ok(before < JOBS, 'all jobs were done before the scale-in: it was not in the middle');
    const service = (await deployed.stack.services()).find(({ serviceName }) => serviceName?.includes('WebWorker'));
    assert.ok(service);
    await aws.ecs.send(new UpdateServiceCommand({ cluster: deployed.stack.cluster, service: service.serviceName, desiredCount: 1 }));
    await until('more than one task runs', 180, async () => (await deployed.tasksOf('WebWorker')) === 1);
    const after = (await lines('job done')).length;
    // a task is free between two jobs alone: while the queue has work, few are, and the scale-in waits for them
    console.log(`# the scale-in was asked for with ${before} of ${JOBS} jobs done; one task was left with ${after} done`);
  });

  await test('no job is cut, and none is done twice', async () => {
    await until('not all jobs are done', 240, async () => new Set(await lines('job done')).size === JOBS);
    const [begun, done] = [await lines('job begun'), await lines('job done')];
    console.log(`# ${begun.length} begun, ${done.length} done, ${new Set(done).size} different jobs`);
    assert.deepEqual({ begun: begun.length, done: done.length, jobs: new Set(done).size }, { begun: JOBS, done: JOBS, jobs: JOBS });
  });
}

runOnLocalAws(workerScaling);
