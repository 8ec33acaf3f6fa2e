/**
 * The first deployment with a repository that is still empty, end to end: `npx tsx --tsconfig tsconfig.dev.json test/e2e/first-deployment.e2e.ts`.
 *
 * Deploys to the local AWS, pushes an image by the commands that are outputs of the stack, and deploys with its tag.
 */
import assert from 'node:assert/strict';
import { delimiter, dirname, join } from 'node:path';
import { CdkCli } from '../../tools/local-aws/cdk';
import type { Demo } from '../../tools/local-aws/demo-context';
import { Inventory } from '../../tools/local-aws/inventory';
import { Stack } from '../../tools/local-aws/stack';
import { runningAfterAWhile } from '../../tools/local-aws/steps/clean-up';
import { Workspace } from '../../tools/local-aws/workspace';
import { Deployed } from './examples/deployed';
import { OTHER_KINDS } from './examples/other-apis';
import { runOnLocalAws, test } from './local-aws-test';

const STACK = 'FlaskFirst';
const APP = join(__dirname, 'first-deployment/app.ts');
const silent = () => undefined;

async function firstDeployment(demo: Demo): Promise<void> {
  const { aws, engine, workspace, processes } = demo;
  assert.ok(engine);
  const cli = (name: string) => new CdkCli(aws, engine, workspace, processes, workspace.subfolder(name));
  const deployed = async () => new Deployed(aws, await Stack.load(aws, STACK));

  const empty = cli('empty');
  await empty.synth(APP, silent, { 'first-deployment': 'true' });
  await empty.bootstrap(silent);
  const before = await Inventory.take(aws, OTHER_KINDS);
  await test('with an empty repository all is made, and nothing runs', async () => {
    await empty.deploy([STACK], silent);
    const { stack } = await deployed();
    assert.equal(stack.status, 'CREATE_COMPLETE');
    const { desiredCount, runningCount } = await stack.service();
    assert.deepEqual({ desiredCount, runningCount }, { desiredCount: 0, runningCount: 0 });
  });

  await test('the commands of the outputs push an image', async () => {
    const { outputs } = await Stack.load(aws, STACK);
    const command = (name: string) =>
      Object.entries(outputs).find(([id]) => id.startsWith(`Repository${name}Command`))?.[1] ?? assert.fail(name);
    const { CDK_DOCKER: docker = 'docker', ...environment } = engine.cdkEnvironment;
    // signing in takes the AWS CLI, and the local registry asks for no password
    const push = [command('Build'), command('Tag'), command('Push')].join(' && ');
    await processes.run('sh', ['-c', push], {
      cwd: join(Workspace.root, 'examples/sample-app'),
      env: { ...aws.environment, ...environment, TAG: '1.0.0', PATH: `${dirname(docker)}${delimiter}${process.env.PATH}` },
      onLine: silent,
      failure: 'the push failed',
    });
  });

  const tagged = cli('tagged');
  await tagged.synth(APP, silent, { tag: '1.0.0' });
  await test('with its tag it runs, after its release task, in the place of the service that waited', async () => {
    await tagged.deploy([STACK], silent);
    const now = await deployed();
    assert.equal(now.stack.status, 'UPDATE_COMPLETE');
    await now.assertGreeting();
    assert.equal((await now.stack.services()).length, 1);
    assert.equal((await now.logStreams('report')).length, 1);
  });

  await test('cdk destroy leaves nothing, the pushed image included', async () => {
    await tagged.destroy([STACK], silent);
    const left = (await Inventory.take(aws, OTHER_KINDS)).since(before);
    assert.deepEqual([...left, ...(await runningAfterAWhile(demo))], []);
  });
}

runOnLocalAws(firstDeployment);
