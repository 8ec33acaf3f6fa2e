/** Each statement of a role is needed: without it, what it is for fails, and says which action was denied. */
import assert from 'node:assert/strict';
import { DescribeTasksCommand, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { GetRolePolicyCommand, ListRolePoliciesCommand, ListRolesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Aws } from '../../../tools/local-aws/aws';
import { until } from '../../../tools/local-aws/poll';
import type { Deployed } from './deployed';
import { callJson, makeDue, type Schedule, schedules } from './other-apis';

interface Statement {
  readonly Action: string | string[];
}

interface Policy {
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly Version: string;
  readonly Statement: Statement[];
}

/** Do something as a role; the words of the denial, or undefined if all went well. */
type Exercise = () => Promise<string | undefined>;

/** Take each statement away in turn, those with one of these actions excepted. Returns the actions that were missed. */
export async function assertEachStatementIsNeeded(
  aws: Aws,
  role: RegExp,
  exercise: Exercise,
  except: readonly string[] = [],
): Promise<string[]> {
  const policy = await policyOf(aws, role);
  assert.equal(await exercise(), undefined, 'it fails with all statements');
  const missed: string[] = [];
  for (const statement of policy.Statement) {
    const actions = [statement.Action].flat();
    if (actions.some((action) => except.includes(action))) {
      continue;
    }
    await put(aws, { ...policy, Statement: policy.Statement.filter((other) => other !== statement) });
    try {
      const words = (await exercise()) ?? '';
      assert.ok(
        actions.some((action) => words.includes(`no identity-based policy allows the ${action} action`)),
        `without ${actions.join(', ')}: ${words || 'nothing fails'}`,
      );
      missed.push(...actions);
    } finally {
      await put(aws, policy);
    }
  }
  return missed;
}

/** Runs the task of the service and waits until it runs, or has stopped with a reason. */
export function runTask({ aws, stack }: Deployed): Exercise {
  return async () => {
    const { taskDefinition, networkConfiguration } = await stack.service();
    const { cluster } = stack;
    const { tasks: [started] = [] } = await aws.ecs.send(
      new RunTaskCommand({ cluster, taskDefinition, networkConfiguration, launchType: 'FARGATE' }),
    );
    const task = started?.taskArn ?? '';
    const { words } = await until('the task to start', 20, async () => {
      const { tasks: [now] = [] } = await aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
      const { lastStatus = '', stoppedReason } = now ?? {};
      return lastStatus === 'STOPPED' ? { words: stoppedReason } : lastStatus === 'RUNNING' ? { words: undefined } : undefined;
    });
    // a cluster with a task that runs cannot be deleted
    await aws.ecs.send(new StopTaskCommand({ cluster, task }));
    return words;
  };
}

export async function scheduleOf({ aws }: Deployed, name: RegExp): Promise<Schedule> {
  return (await schedules(aws)).find(({ Name }) => name.test(Name)) ?? assert.fail(`there is no schedule ${name}`);
}

/** Lets a schedule be due and waits for its task, or for what its dead-letter queue gets. */
export function beDue(deployed: Deployed, name: RegExp): Exercise {
  return async () => {
    const { aws } = deployed;
    const schedule = await scheduleOf(deployed, name);
    const queue = (schedule.Target as { DeadLetterConfig: { Arn: string } }).DeadLetterConfig.Arn.split(':').at(-1) ?? '';
    const { QueueUrl } = await callJson<{ QueueUrl: string }>(aws, 'sqs', 'AmazonSQS.GetQueueUrl', { QueueName: queue });
    const before = (await deployed.endedTasks('chronos-schedule')).length;
    await makeDue(aws, schedule);
    return until('the schedule to run or to fail', 20, async () => {
      const { Messages: [message] = [] } = await callJson<{ Messages?: Message[] }>(aws, 'sqs', 'AmazonSQS.ReceiveMessage', {
        QueueUrl,
        MessageAttributeNames: ['All'],
      });
      if (message) {
        await callJson(aws, 'sqs', 'AmazonSQS.PurgeQueue', { QueueUrl });
        return { words: message.MessageAttributes.ERROR_MESSAGE.StringValue as string | undefined };
      }
      return (await deployed.endedTasks('chronos-schedule')).length > before ? { words: undefined } : undefined;
    }).then(({ words }) => words);
  };
}

interface Message {
  readonly MessageAttributes: Readonly<Record<string, { StringValue: string }>>;
}

async function policyOf({ iam }: Aws, role: RegExp): Promise<Policy> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const RoleName = Roles.find(({ RoleName: name = '' }) => role.test(name))?.RoleName ?? assert.fail(`there is no role ${role}`);
  const { PolicyNames: [PolicyName = ''] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  return { ...(JSON.parse(decodeURIComponent(PolicyDocument)) as Policy), RoleName, PolicyName };
}

async function put({ iam }: Aws, { RoleName, PolicyName, Version, Statement }: Policy): Promise<void> {
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify({ Version, Statement }) }));
}
