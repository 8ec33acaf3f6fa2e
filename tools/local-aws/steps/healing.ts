import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTasksCommand, ListTasksCommand, StopTaskCommand, type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { Demo } from '../demo-context';
import { DemoFailure } from '../failure';
import { until } from '../poll';
import { CONTAINER, healthyTargets } from './resources';
import type { Step } from './step';

/** Fewer, and killing one stops the service until the next has started. */
const TASKS = 2;
const REQUESTS_A_SECOND = 25;

export const healing: Step = {
  name: 'healing',
  title: 'A killed task is replaced while requests go on',
  async run(demo, say) {
    const { desiredCount = 0, serviceName, loadBalancers: [{ targetGroupArn = '' } = {}] = [] } = await demo.stack.service();
    const wanted = Math.max(desiredCount, TASKS);
    if (wanted > desiredCount) {
      say(`scaling to ${wanted} tasks`);
      await demo.aws.ecs.send(new UpdateServiceCommand({ cluster: demo.stack.cluster, service: serviceName, desiredCount: wanted }));
    }
    const before = await until(`${wanted} healthy tasks`, 60, () => healthyTasks(demo, wanted, targetGroupArn));
    const traffic = demo.loadBalancer.startTraffic('/', REQUESTS_A_SECOND);
    await sleep(1000);

    const killed = before[0];
    const killedAt = Date.now();
    await kill(demo, killed);
    const replacement = await until('a new healthy task in the place of the killed one', 60, async () => {
      const now = await healthyTasks(demo, wanted, targetGroupArn);
      return now?.find((task) => !before.some(({ taskArn }) => taskArn === task.taskArn));
    });
    const replacedMs = Date.now() - killedAt;
    await sleep(1000);
    const count = await traffic.stop();
    if (count.failed * 4 > count.requests) {
      throw new DemoFailure(`${count.failed} of ${count.requests} requests failed while a task was replaced`);
    }
    const after = await demo.loadBalancer.get('/');
    return {
      summary: `replaced in ${(replacedMs / 1000).toFixed(1)} s, ${count.failed} of ${count.requests} requests failed`,
      killed: idOf(killed),
      replacement: idOf(replacement),
      replacedMs,
      tasks: wanted,
      status: after.status,
      ...count,
    };
  },
};

async function kill(demo: Demo, task: Task): Promise<void> {
  const { engine, options } = demo;
  if (engine && !options.endpoint) {
    const runtimeId = task.containers?.find(({ name }) => name === CONTAINER)?.runtimeId ?? '';
    await engine.crash(task.taskArn ?? '', runtimeId);
  } else {
    // Of an emulator that is not ours only the API is known.
    await demo.aws.ecs.send(new StopTaskCommand({ cluster: demo.stack.cluster, task: task.taskArn, reason: 'the demo' }));
  }
}

/** The service's tasks, once as many run and are healthy as are wanted. */
async function healthyTasks(demo: Demo, wanted: number, targetGroupArn: string): Promise<Task[] | undefined> {
  const { cluster } = demo.stack;
  const { serviceName } = await demo.stack.service();
  const { taskArns = [] } = await demo.aws.ecs.send(new ListTasksCommand({ cluster, serviceName, desiredStatus: 'RUNNING' }));
  if (taskArns.length < wanted) {
    return undefined;
  }
  const { tasks = [] } = await demo.aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  return running.length >= wanted && (await healthyTargets(demo, targetGroupArn)) >= wanted ? running : undefined;
}

function idOf(task: Task): string {
  return task.taskArn?.split('/').at(-1) ?? '';
}
