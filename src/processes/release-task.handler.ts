import { stripVTControlCharacters } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  type Container,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

/** What the construct gives the custom resource. CloudFormation makes text of every value. */
export interface ReleaseTaskProperties {
  /** The path of the construct, for messages. */
  readonly Name: string;
  /** The role of the service, as which its tasks are run. */
  readonly Role: string;
  readonly Cluster: string;
  readonly TaskDefinition: string;
  /** Of the web process: the command runs again when it changes. */
  readonly ServiceTaskDefinition: string;
  readonly Container: string;
  readonly Subnets: string[];
  readonly SecurityGroups: string[];
  readonly AssignPublicIp: 'ENABLED' | 'DISABLED';
  readonly LogGroup: string;
  readonly LogStreamPrefix: string;
  readonly TimeoutSeconds: string;
}

/** What CloudFormation sends. */
export interface ReleaseTaskEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: ReleaseTaskProperties;
  readonly OldResourceProperties?: ReleaseTaskProperties;
}

/** The task that runs. The provider framework hands it on to `isComplete`. */
interface Started {
  readonly PhysicalResourceId: string;
  readonly TaskArn?: string;
  readonly StartedAt?: number;
  /** Why ECS did not take the first attempt. */
  readonly Reasons?: string;
}

/** How often a task is started that never ran: for want of capacity, of the image, of an address. One that ran is never run again. */
const MAX_ATTEMPTS = 3;

/** Between two attempts, times the number of the attempt. */
const PAUSE_MS = 20_000;

/** CloudFormation takes 4096 bytes in all, and the framework adds to them. */
const MAX_LOG_BYTES = 1500;
const MAX_LOG_LINES = 15;

/** Lines may arrive in CloudWatch Logs after the task has ended. */
const LATEST_LINES_MS = 15_000;

/** Noise in a message, and six bytes each in its JSON. */
const CONTROL = /[^\P{Cc}\n\t]/gu;

/** IAM takes some seconds to let in who a new role trusts. */
const MAX_WAIT_FOR_ROLE_MS = 60_000;
const PAUSE_FOR_ROLE_MS = 3000;

const sts = new STSClient({ maxAttempts: 8 });
const stacks = new CloudFormationClient({ maxAttempts: 4 });

/** What acts as a service. */
interface Clients {
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
}

/** Each service of the stack has a role, which runs its release tasks and nothing else. */
async function actAs({ Role, Name }: ReleaseTaskProperties): Promise<Clients> {
  const began = Date.now();
  for (;;) {
    try {
      const { Credentials: own } = await sts.send(new AssumeRoleCommand({ RoleArn: Role, RoleSessionName: sessionOf(Name) }));
      const credentials = {
        accessKeyId: `${own?.AccessKeyId}`,
        secretAccessKey: `${own?.SecretAccessKey}`,
        sessionToken: `${own?.SessionToken}`,
      };
      return { ecs: new ECSClient({ maxAttempts: 8, credentials }), logs: new CloudWatchLogsClient({ maxAttempts: 4, credentials }) };
    } catch (error) {
      if (!isNamed(error, 'AccessDenied') || Date.now() - began > MAX_WAIT_FOR_ROLE_MS) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_FOR_ROLE_MS));
    }
  }
}

/** CloudTrail has it: 2 to 64 letters, digits and some signs. */
function sessionOf(name: string): string {
  return `release-task-${name.replace(/[^\w+=,.@-]+/g, '-')}`.slice(0, 64);
}

/** Starts the task, or stops what runs of it. */
export async function onEvent(event: ReleaseTaskEvent): Promise<Started> {
  const startedBy = startedByOf(event);
  const PhysicalResourceId = event.PhysicalResourceId ?? startedBy;
  const properties = event.ResourceProperties;
  if (event.RequestType === 'Delete') {
    await stopAll(properties, startedBy);
    return { PhysicalResourceId };
  }
  const version = await versionOf(event);
  if (version !== 'new') {
    if (version === 'old') {
      await stopAll(properties, startedBy);
    }
    return { PhysicalResourceId };
  }
  const { task, reasons } = await run(await actAs(properties), event, 0);
  // without a task, isComplete tries again
  return { PhysicalResourceId, TaskArn: task?.taskArn, StartedAt: (task?.createdAt ?? new Date()).getTime(), Reasons: reasons };
}

/** Starts the task for one of the attempts: ECS answers the same token with the same task, however often it is asked. */
async function run(
  { ecs }: Clients,
  event: ReleaseTaskEvent,
  attempt: number,
): Promise<{ readonly task?: Task; readonly reasons?: string }> {
  const properties = event.ResourceProperties;
  const command = new RunTaskCommand({
    cluster: properties.Cluster,
    taskDefinition: properties.TaskDefinition,
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: properties.Subnets,
        securityGroups: properties.SecurityGroups,
        assignPublicIp: properties.AssignPublicIp,
      },
    },
    // CloudFormation may send an event twice: ECS answers the second with the task of the first
    clientToken: attempt === 0 ? event.RequestId : `${event.RequestId}-${attempt}`,
    startedBy: startedByOf(event),
  });
  try {
    const { tasks = [], failures = [] } = await ecs.send(command);
    const [task] = tasks;
    if (task?.taskArn) {
      return { task };
    }
    return {
      reasons: failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': ')).join('; ') || 'ECS gave no reason',
    };
  } catch (error) {
    // the role may be seconds old, and IAM has not told ECS of its policy
    if (isNamed(error, 'AccessDeniedException')) {
      return { reasons: error.message };
    }
    throw error;
  }
}

/** Whether the task has ended well; throws when it has not, or takes too long. */
export async function isComplete(event: ReleaseTaskEvent & Started): Promise<{ IsComplete: boolean }> {
  const { StartedAt, ResourceProperties: properties } = event;
  if (StartedAt === undefined) {
    return { IsComplete: true };
  }
  const clients = await actAs(properties);
  const { task, TaskArn, reasons, next } = await lastAttempt(clients, event);
  if (!TaskArn) {
    if (next) {
      return { IsComplete: false };
    }
    throw failure(`the release task ${properties.Name} could not be started, ${MAX_ATTEMPTS} times: ${reasons}`);
  }
  if (task?.lastStatus === 'STOPPED') {
    const container = task.containers?.find(({ name }) => name === properties.Container);
    if (container?.exitCode === 0) {
      return { IsComplete: true };
    }
    if (next) {
      return { IsComplete: false };
    }
    const lines = await lastLines(clients, properties, TaskArn);
    if (container?.exitCode !== undefined && !lines && Date.now() - (task.stoppedAt?.getTime() ?? 0) < LATEST_LINES_MS) {
      return { IsComplete: false };
    }
    throw failure(`the release task ${properties.Name} ${endOf(task, container)}\n${logOf(properties, TaskArn, lines)}`);
  }
  const timeout = Number(properties.TimeoutSeconds);
  if (Date.now() - StartedAt > timeout * 1000) {
    const stopped = await stop(clients, properties.Cluster, TaskArn, `the release task did not end within ${timeout} seconds`);
    const lines = await lastLines(clients, properties, TaskArn);
    throw failure(
      `the release task ${properties.Name} did not end within ${timeout} seconds and ${stopped ? 'was' : 'could not be'} stopped\n${logOf(properties, TaskArn, lines)}`,
    );
  }
  return { IsComplete: false };
}

interface Attempt {
  readonly TaskArn?: string;
  readonly task?: Task;
  readonly reasons?: string;
  /** Whether there will be another attempt. */
  readonly next: boolean;
}

/**
 * The attempt that counts. Nothing is kept between two calls: each goes through the attempts from the first on, and the token of an attempt that was
 * made gives its task again.
 */
async function lastAttempt(clients: Clients, event: ReleaseTaskEvent & Started): Promise<Attempt> {
  const { StartedAt = 0, ResourceProperties: properties } = event;
  let found: Pick<Attempt, 'TaskArn' | 'reasons'> = { TaskArn: event.TaskArn, reasons: event.Reasons };
  for (let attempt = 1; ; attempt++) {
    const task = found.TaskArn === undefined ? undefined : await describe(clients, properties.Cluster, found.TaskArn);
    const failed = found.TaskArn === undefined || neverRan(task);
    const isInTime = Date.now() - StartedAt < Number(properties.TimeoutSeconds) * 1000;
    const next = failed && attempt < MAX_ATTEMPTS && isInTime;
    const since = task?.stoppedAt?.getTime() ?? StartedAt;
    if (!next || Date.now() - since < PAUSE_MS * attempt) {
      return { ...found, task, next };
    }
    const { task: started, reasons } = await run(clients, event, attempt);
    found = { TaskArn: started?.taskArn, reasons };
  }
}

/** Whether a task has ended before any of its containers began. */
function neverRan(task: Task | undefined): boolean {
  return task?.lastStatus === 'STOPPED' && !task.startedAt && !task.containers?.some(({ exitCode }) => exitCode !== undefined);
}

/** ECS takes 128 letters, digits, hyphens, slashes and underscores. The stack's own part first: another may share the cluster. */
function startedByOf({ StackId, LogicalResourceId }: ReleaseTaskEvent): string {
  return `${StackId.split('/').pop()}/${LogicalResourceId}`.slice(0, 128);
}

/**
 * Revisions only grow, so one that falls says that CloudFormation rolls back. The old command must not run then: an older `flask db upgrade` knows
 * nothing of the newer revision in the database, and would fail the rollback. Revisions of two families say nothing, and CloudFormation is asked.
 */
async function versionOf(event: ReleaseTaskEvent): Promise<'new' | 'same' | 'old'> {
  const { RequestType, ResourceProperties, OldResourceProperties } = event;
  if (RequestType === 'Create' || OldResourceProperties === undefined) {
    return 'new';
  }
  const changes = (['TaskDefinition', 'ServiceTaskDefinition'] as const).map((name) => {
    const [family, revision] = familyAndRevision(ResourceProperties[name]);
    const [oldFamily, oldRevision] = familyAndRevision(OldResourceProperties[name]);
    return family === oldFamily ? revision - oldRevision : undefined;
  });
  if (changes.some((change) => change !== undefined && change < 0)) {
    return 'old';
  }
  if (changes.includes(undefined)) {
    return (await isRollingBack(event.StackId)) ? 'old' : 'new';
  }
  return changes.some((change) => change !== 0) ? 'new' : 'same';
}

/** Where CloudFormation does not say, the version counts as new: a command that does not run would be worse than one that runs again. */
async function isRollingBack(StackName: string): Promise<boolean> {
  try {
    const { Stacks: [stack] = [] } = await stacks.send(new DescribeStacksCommand({ StackName }));
    return stack?.StackStatus?.includes('ROLLBACK') ?? false;
  } catch (error) {
    console.warn(error);
    return false;
  }
}

function familyAndRevision(definition: string): [string, number] {
  const at = definition.lastIndexOf(':');
  return [definition.slice(0, at), Number(definition.slice(at + 1))];
}

/** A task that cannot be stopped must not keep CloudFormation from rolling back, or from removing the stack: it ends by itself. */
async function stopAll(properties: ReleaseTaskProperties, startedBy: string): Promise<void> {
  const { Cluster: cluster } = properties;
  try {
    const clients = await actAs(properties);
    const { taskArns = [] } = await clients.ecs.send(new ListTasksCommand({ cluster, startedBy }));
    for (const task of taskArns) {
      await stop(clients, cluster, task, 'the deployment was rolled back or the release task was removed');
    }
  } catch (error) {
    console.warn(error);
  }
}

/** True where ECS took it. */
async function stop({ ecs }: Clients, cluster: string, task: string, reason: string): Promise<boolean> {
  try {
    await ecs.send(new StopTaskCommand({ cluster, task, reason }));
    return true;
  } catch (error) {
    console.warn(error);
    return false;
  }
}

/** The task; undefined where ECS cannot say at the moment, and the next call asks again. */
async function describe({ ecs }: Clients, cluster: string, taskArn: string): Promise<Task | undefined> {
  try {
    return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }))).tasks?.[0];
  } catch (error) {
    if (isNamed(error, 'ThrottlingException', 'ServerException')) {
      return undefined;
    }
    throw error;
  }
}

function endOf(task: Task, container?: Container): string {
  const reasons = [container?.reason, task.stoppedReason].filter(Boolean).join('; ') || 'ECS gave no reason';
  return container?.exitCode === undefined ? `did not run: ${reasons}` : `ended with exit code ${container.exitCode}: ${reasons}`;
}

function logOf(properties: ReleaseTaskProperties, taskArn: string, lines: string | undefined): string {
  const where = `(${properties.LogGroup}, ${streamOf(properties, taskArn)})`;
  return lines ? `The last lines of its log ${where}:\n${lines}` : `It wrote no log ${where}.`;
}

function streamOf({ LogStreamPrefix, Container }: ReleaseTaskProperties, taskArn: string): string {
  return `${LogStreamPrefix}/${Container}/${taskArn.split('/').pop()}`;
}

/** What cannot be read is left out: the message without it is better than another error. */
async function lastLines({ logs }: Clients, properties: ReleaseTaskProperties, taskArn: string): Promise<string | undefined> {
  try {
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({
        logGroupName: properties.LogGroup,
        logStreamName: streamOf(properties, taskArn),
        limit: MAX_LOG_LINES,
        startFromHead: false,
      }),
    );
    const lines = events.map(({ message = '' }) => stripVTControlCharacters(message).replace(CONTROL, ''));
    // a character that is cut through becomes U+FFFD
    return Buffer.from(lines.join('\n'))
      .subarray(-MAX_LOG_BYTES)
      .toString()
      .replace(/^\uFFFD+/, '');
  } catch (error) {
    console.warn(error);
    return undefined;
  }
}

function isNamed(error: unknown, ...names: string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}

/** The provider framework puts the stack trace into CloudFormation's message, where it is noise. */
function failure(message: string): Error {
  const error = new Error(message);
  error.stack = 'Error';
  return error;
}
