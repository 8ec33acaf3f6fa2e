/** The CDK's own modes and other tools beside it, on one stage: what each does to what runs, and what the next deployment makes of it. */
import assert from 'node:assert/strict';
import { DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { explain } from '../../../tools/local-aws/failure';
import { until } from '../../../tools/local-aws/poll';
import type { Deployed } from '../examples/deployed';
import { test } from '../local-aws-test';

export class Modes {
  public constructor(
    private readonly stack: string,
    private readonly cdk: (command: readonly string[]) => Promise<string>,
    private readonly deployed: () => Promise<Deployed>,
  ) {}

  /** `now` is the digest that runs, `before` that of an older image. */
  public async run(now: string, before: string): Promise<void> {
    await this.otherTools(now, before);
    await test('a change set waits for its execution', async () => {
      const runs = await this.runsOfMigration();
      await this.deploy(before, '--method=prepare-change-set', '--change-set-name=held', ...GOING_BACK);
      assert.deepEqual([await this.digest(), await this.runsOfMigration()], [now, runs]);
      await this.deploy(before, '--method=execute-change-set', '--change-set-name=held', ...GOING_BACK);
      assert.equal(await this.digest(), before);
    });
    await test('--method=direct runs the release task', async () => {
      const runs = await this.runsOfMigration();
      await this.deploy(now, '--method=direct');
      assert.deepEqual([await this.digest(), await this.runsOfMigration()], [now, runs + 1]);
    });
    await this.hotswap(now, before);
  }

  private async otherTools(now: string, before: string): Promise<void> {
    await test('another tool takes an older image and more tasks: cdk drift tells, cdk diff and cdk deploy do not', async () => {
      await this.changeByHand(now, before);
      assert.deepEqual([await this.digest(), await this.tasks()], [before, 2]);
      await assert.rejects(this.cdk(['drift', this.stack, '-c', `digest=${now}`, '--fail']), (error) =>
        /DesiredCount[\s\S]*TaskDefinition|TaskDefinition[\s\S]*DesiredCount/.test(`${explain(error).wholeOutput}`),
      );
      assert.match(await this.cdk(['diff', this.stack, '-c', `digest=${now}`, '--fail']), /There were no differences/);
      assert.match(await this.deploy(now), /no changes/);
      assert.deepEqual([await this.digest(), await this.tasks()], [before, 2]);
    });
    await test('--revert-drift takes both back', async () => {
      await this.deploy(now, '--revert-drift');
      assert.deepEqual([await this.digest(), await this.tasks()], [now, 1]);
      assert.doesNotMatch(await this.cdk(['drift', this.stack, '-c', `digest=${now}`]), /AWS::ECS::Service/);
    });
  }

  private async hotswap(now: string, before: string): Promise<void> {
    // without one it swaps, and leaves the release task out: docs/delivery.md
    await test('--hotswap of a stack with a database changes nothing, and says so', async () => {
      const runs = await this.runsOfMigration();
      assert.match(await this.deploy(before, '--hotswap'), /Could not perform a hotswap deployment[\s\S]*Endpoint\.Address/);
      assert.deepEqual([await this.digest(), await this.runsOfMigration()], [now, runs]);
    });
    await test('--hotswap-fallback deploys in full, and runs it', async () => {
      const runs = await this.runsOfMigration();
      assert.match(await this.deploy(before, '--hotswap-fallback', ...GOING_BACK), /Falling back to doing a full deployment/);
      assert.match(await this.deploy(now, '--hotswap-fallback'), /Falling back to doing a full deployment/);
      assert.deepEqual([await this.digest(), await this.runsOfMigration()], [now, runs + 1]);
    });
  }

  private deploy(digest: string, ...more: string[]): Promise<string> {
    return this.cdk(['deploy', this.stack, '-c', `digest=${digest}`, '--require-approval', 'never', ...more]);
  }

  /** As an action of a CI does: another revision with another image, and the service with it. */
  private async changeByHand(now: string, before: string): Promise<void> {
    const { aws, stack } = await this.deployed();
    const { serviceName, taskDefinition: arn } = await stack.service();
    const { taskDefinition } = await aws.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
    const { family, taskRoleArn, executionRoleArn, networkMode, volumes, cpu, memory, runtimePlatform, requiresCompatibilities } =
      taskDefinition ?? {};
    const containerDefinitions = taskDefinition?.containerDefinitions?.map((container) => ({
      ...container,
      image: container.image?.replace(now, before),
    }));
    const given = { family, taskRoleArn, executionRoleArn, networkMode, volumes, cpu, memory, runtimePlatform, requiresCompatibilities };
    const { taskDefinition: other } = await aws.ecs.send(new RegisterTaskDefinitionCommand({ ...given, containerDefinitions }));
    await aws.ecs.send(
      new UpdateServiceCommand({
        cluster: stack.cluster,
        service: serviceName,
        taskDefinition: other?.taskDefinitionArn,
        desiredCount: 2,
      }),
    );
    await until('the other image', 60, async () => {
      const { deployments = [], runningCount } = await (await this.deployed()).stack.service();
      return deployments.length === 1 && runningCount === 2 ? true : undefined;
    });
  }

  private async digest(): Promise<string> {
    const { containerDefinitions = [] } = await (await this.deployed()).stack.taskDefinition();
    return `${containerDefinitions[0].image}`.split('@')[1];
  }

  private async tasks(): Promise<number | undefined> {
    return (await (await this.deployed()).stack.service()).runningCount;
  }

  private async runsOfMigration(): Promise<number> {
    return (await (await this.deployed()).logStreams('migrate')).length;
  }
}

const GOING_BACK = ['-c', 'going-back=true'];
