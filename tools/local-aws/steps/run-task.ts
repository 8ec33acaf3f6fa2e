import { DescribeTasksCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import type { Demo } from '../demo-context';
import { DemoFailure } from '../failure';
import { until } from '../poll';
import { CONTAINER } from './resources';
import type { Step } from './step';
import { logLines } from './traffic';

/** The task definition has a command of its own, `flask report`; it is overridden to see a task that fails. */
const FAILS = ['flask', 'fail', '--code', '3'];

export const runTask: Step = {
  name: 'run-task',
  title: 'Run Task',
  async run(demo, say) {
    say('a task that succeeds');
    const good = await runToTheEnd(demo);
    const line = await until('the log line of the task', 15, async () =>
      (await logLines(demo, good.id)).find((text) => text.includes('"message": "report"')),
    );
    say('a task that fails');
    const bad = await runToTheEnd(demo, FAILS);
    if (good.exitCode !== 0 || bad.exitCode !== 3) {
      throw new DemoFailure(`the exit codes are ${good.exitCode} and ${bad.exitCode} where 0 and 3 are right`);
    }
    return {
      summary: `exit code 0, ${line.slice(0, 60)}…; one that fails: exit code 3`,
      exitCode: good.exitCode,
      line,
      failedExitCode: bad.exitCode,
    };
  },
};

async function runToTheEnd(demo: Demo, command?: string[]): Promise<{ id: string; exitCode?: number }> {
  const { ecs } = demo.aws;
  const { cluster } = demo.stack;
  const { taskDefinition: web, networkConfiguration } = await demo.stack.service();
  const taskDefinition = demo.stack.idsOf('AWS::ECS::TaskDefinition').find((arn) => arn !== web);
  const { tasks = [], failures = [] } = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition,
      networkConfiguration,
      launchType: 'FARGATE',
      overrides: command && { containerOverrides: [{ name: CONTAINER, command }] },
    }),
  );
  const arn = tasks[0]?.taskArn;
  if (!arn) {
    throw new DemoFailure(`Run Task was refused: ${failures[0]?.reason}`);
  }
  const stopped = await until('the task to end', 60, async () => {
    const { tasks: [task] = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
    return task?.lastStatus === 'STOPPED' ? task : undefined;
  });
  const container = stopped.containers?.find(({ name }) => name === CONTAINER);
  return { id: arn.split('/').at(-1) ?? arn, exitCode: container?.exitCode };
}
