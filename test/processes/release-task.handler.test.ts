import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ECSClient, ListTasksCommand, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { isComplete, onEvent, type ReleaseTaskEvent, type ReleaseTaskProperties } from '../../src/processes/release-task.handler';
import { CREATE, DEFINITION, PROPERTIES, TASK } from '../util/release-task-event';

const ecs = mockClient(ECSClient);
const logs = mockClient(CloudWatchLogsClient);
const stacks = mockClient(CloudFormationClient);
const sts = mockClient(STSClient);

const NOW = new Date('2026-11-23T12:00:00Z');

const STARTED_BY = 'c0ffee00-1111-2222-3333-444444444444/WebMigrateRun56CF7D83';
const PHYSICAL = { PhysicalResourceId: STARTED_BY };
const DELETE: ReleaseTaskEvent = { ...CREATE, ...PHYSICAL, RequestType: 'Delete' };

function update(properties: Partial<ReleaseTaskProperties>): ReleaseTaskEvent {
  return {
    ...CREATE,
    ...PHYSICAL,
    RequestType: 'Update',
    ResourceProperties: { ...PROPERTIES, ...properties },
    OldResourceProperties: PROPERTIES,
  };
}

/** An error as the SDK throws it. */
function awsError(name: string, message = 'Rate exceeded'): Error {
  return Object.assign(new Error(message), { name });
}

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  ecs.reset();
  logs.reset();
  stacks.reset();
  sts.reset();
  sts
    .on(AssumeRoleCommand)
    .resolves({ Credentials: { AccessKeyId: 'id', SecretAccessKey: 'key', SessionToken: 'token', Expiration: NOW } });
  stacks.on(DescribeStacksCommand).resolves({ Stacks: [{ StackName: 'Shop', CreationTime: NOW, StackStatus: 'UPDATE_IN_PROGRESS' }] });
  ecs.on(RunTaskCommand).resolves({ tasks: [{ taskArn: TASK, createdAt: NOW }] });
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  ecs.on(StopTaskCommand).resolves({});
  logs.on(GetLogEventsCommand).resolves({ events: [{ message: 'Running upgrade' }, { message: 'column exists already' }] });
});

afterEach(() => jest.useRealTimers());

describe('onEvent', () => {
  test('runs the task of the new version in the subnets and security groups of the service', async () => {
    await expect(onEvent(CREATE)).resolves.toEqual({ PhysicalResourceId: STARTED_BY, TaskArn: TASK, StartedAt: NOW.getTime() });
    expect(ecs.commandCalls(RunTaskCommand).map(({ args }) => args[0].input)).toEqual([
      {
        cluster: PROPERTIES.Cluster,
        taskDefinition: PROPERTIES.TaskDefinition,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
        },
        clientToken: CREATE.RequestId,
        startedBy: STARTED_BY,
      },
    ]);
  });

  test('acts as the role of the service, under a name that says whose', async () => {
    await onEvent({ ...CREATE, ResourceProperties: { ...PROPERTIES, Name: `Shop/Web ${'x'.repeat(80)}` } });
    expect(sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input)).toEqual([
      { RoleArn: PROPERTIES.Role, RoleSessionName: `release-task-Shop-Web-${'x'.repeat(42)}` },
    ]);
    const [{ thisValue }] = ecs.commandCalls(RunTaskCommand);
    await expect((thisValue as ECSClient).config.credentials()).resolves.toMatchObject({
      accessKeyId: 'id',
      secretAccessKey: 'key',
      sessionToken: 'token',
    });
  });

  test('waits for IAM, which takes a while to let in who a new role trusts', async () => {
    sts
      .on(AssumeRoleCommand)
      .rejectsOnce(awsError('AccessDenied'))
      .rejectsOnce(awsError('AccessDenied'))
      .resolves({ Credentials: {} as never });
    const started = onEvent(CREATE);
    await jest.advanceTimersByTimeAsync(6000);
    await expect(started).resolves.toMatchObject({ TaskArn: TASK });
    expect(sts.calls()).toHaveLength(3);
  });

  test('does not wait for it longer than a minute', async () => {
    sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied', 'not authorized to perform: sts:AssumeRole'));
    const started = expect(onEvent(CREATE)).rejects.toThrow('not authorized to perform: sts:AssumeRole');
    await jest.advanceTimersByTimeAsync(66_000);
    await started;
    expect(ecs.calls()).toHaveLength(0);
  });

  test('does not wait where it is another error', async () => {
    sts.on(AssumeRoleCommand).rejects(awsError('RegionDisabledException'));
    await expect(onEvent(CREATE)).rejects.toThrow('Rate exceeded');
    expect(sts.calls()).toHaveLength(1);
  });

  test('an event that comes twice is told to ECS by the same token, and answers the same', async () => {
    const [first, second] = [await onEvent(CREATE), await onEvent(CREATE)];
    expect(second).toEqual(first);
    const tokens = ecs.commandCalls(RunTaskCommand).map(({ args }) => args[0].input.clientToken);
    expect(new Set(tokens)).toEqual(new Set([CREATE.RequestId]));
  });

  test('the id stays when the resource is updated, so that CloudFormation deletes nothing', async () => {
    const event = { ...update({ TaskDefinition: `${DEFINITION}/Migrate:8` }), PhysicalResourceId: 'of-long-ago' };
    await expect(onEvent(event)).resolves.toMatchObject({ PhysicalResourceId: 'of-long-ago', TaskArn: TASK });
  });

  test.each([
    ['its own definition', { TaskDefinition: `${DEFINITION}/Migrate:8` }],
    ['the definition of the service', { ServiceTaskDefinition: `${DEFINITION}/Web:5` }],
    ['a definition of another name', { TaskDefinition: `${DEFINITION}/Other:1` }],
    ['a revision of two digits', { TaskDefinition: `${DEFINITION}/Migrate:10` }],
  ])('an update of %s runs it', async (_name, properties) => {
    await expect(onEvent(update(properties))).resolves.toMatchObject({ TaskArn: TASK });
    expect(ecs.commandCalls(RunTaskCommand)).toHaveLength(1);
  });

  test.each([
    ['nothing', {}],
    ['the timeout', { TimeoutSeconds: '60' }],
    ['the security groups', { SecurityGroups: ['sg-2'] }],
  ])('an update of %s alone does not', async (_name, properties) => {
    const started = await onEvent(update(properties));
    expect(started).toEqual(PHYSICAL);
    expect(ecs.calls()).toHaveLength(0);
    await expect(isComplete({ ...update(properties), ...started })).resolves.toEqual({ IsComplete: true });
  });

  test.each([
    ['its own definition', { TaskDefinition: `${DEFINITION}/Migrate:6` }],
    ['the definition of the service', { ServiceTaskDefinition: `${DEFINITION}/Web:3` }],
  ])('a rollback of %s runs nothing and stops what runs', async (_name, properties) => {
    ecs.on(ListTasksCommand, { cluster: PROPERTIES.Cluster, startedBy: STARTED_BY }).resolves({ taskArns: [TASK] });
    await expect(onEvent(update(properties))).resolves.toEqual(PHYSICAL);
    expect(ecs.commandCalls(RunTaskCommand)).toHaveLength(0);
    expect(ecs.commandCalls(StopTaskCommand).map(({ args }) => args[0].input.task)).toEqual([TASK]);
  });

  test('a deletion stops what runs, and nothing else', async () => {
    ecs.on(ListTasksCommand, { cluster: PROPERTIES.Cluster, startedBy: STARTED_BY }).resolves({ taskArns: [TASK, `${TASK}2`] });
    const started = await onEvent(DELETE);
    expect(started).toEqual(PHYSICAL);
    expect(ecs.commandCalls(StopTaskCommand).map(({ args }) => args[0].input)).toEqual([
      { cluster: PROPERTIES.Cluster, task: TASK, reason: 'the deployment was rolled back or the release task was removed' },
      { cluster: PROPERTIES.Cluster, task: `${TASK}2`, reason: 'the deployment was rolled back or the release task was removed' },
    ]);
    await expect(isComplete({ ...DELETE, ...started })).resolves.toEqual({ IsComplete: true });
  });

  test.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'] as const)(
    'definitions of another family in %s are old: nothing runs, and what runs is stopped',
    async (StackStatus) => {
      stacks
        .on(DescribeStacksCommand, { StackName: CREATE.StackId })
        .resolves({ Stacks: [{ StackName: 'Shop', CreationTime: NOW, StackStatus }] });
      ecs.on(ListTasksCommand).resolves({ taskArns: [TASK] });
      const other = { TaskDefinition: `${DEFINITION}/Other:1`, ServiceTaskDefinition: `${DEFINITION}/OtherWeb:1` };
      await expect(onEvent(update(other))).resolves.toEqual(PHYSICAL);
      expect(ecs.commandCalls(RunTaskCommand)).toHaveLength(0);
      expect(ecs.commandCalls(StopTaskCommand)).toHaveLength(1);
    },
  );

  test('where CloudFormation does not say whether it rolls back, another family is new', async () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation();
    for (const answer of [
      () => stacks.on(DescribeStacksCommand).rejects(awsError('Throttling')),
      () => stacks.on(DescribeStacksCommand).resolves({}),
    ]) {
      answer();
      await expect(onEvent(update({ TaskDefinition: `${DEFINITION}/Other:1` }))).resolves.toMatchObject({ TaskArn: TASK });
    }
    expect(warned).toHaveBeenCalledTimes(1);
  });

  test('CloudFormation is asked for another family alone', async () => {
    await onEvent(update({ TaskDefinition: `${DEFINITION}/Migrate:8` }));
    expect(stacks.calls()).toHaveLength(0);
  });

  test('what cannot be stopped keeps neither a rollback nor a deletion', async () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation();
    const rollback = update({ TaskDefinition: `${DEFINITION}/Migrate:6` });
    for (const name of ['ClusterNotFoundException', 'AccessDeniedException']) {
      ecs.on(ListTasksCommand).rejects(awsError(name));
      await expect(onEvent(DELETE)).resolves.toEqual(PHYSICAL);
      await expect(onEvent(rollback)).resolves.toEqual(PHYSICAL);
    }
    ecs.on(ListTasksCommand).resolves({ taskArns: [TASK, `${TASK}2`] });
    ecs.on(StopTaskCommand).rejects(awsError('ServerException'));
    await expect(onEvent(DELETE)).resolves.toEqual(PHYSICAL);
    await expect(onEvent(rollback)).resolves.toEqual(PHYSICAL);
    // the second is tried although the first could not be stopped
    expect(ecs.commandCalls(StopTaskCommand)).toHaveLength(4);
    expect(warned).toHaveBeenCalledTimes(8);
  });

  test('a task that ECS does not take is left to isComplete, which tries again', async () => {
    ecs.on(RunTaskCommand).resolves({ tasks: [], failures: [{ reason: 'Capacity is unavailable at this time', detail: 'FARGATE' }] });
    await expect(onEvent(CREATE)).resolves.toEqual({
      PhysicalResourceId: STARTED_BY,
      TaskArn: undefined,
      StartedAt: NOW.getTime(),
      Reasons: 'Capacity is unavailable at this time: FARGATE',
    });
  });

  test('what ECS leaves out of its answers is no error', async () => {
    ecs.on(RunTaskCommand).resolves({ tasks: [{ taskArn: TASK }] });
    await expect(onEvent(CREATE)).resolves.toEqual({ PhysicalResourceId: STARTED_BY, TaskArn: TASK, StartedAt: NOW.getTime() });
    ecs.on(ListTasksCommand).resolves({});
    await expect(onEvent(DELETE)).resolves.toEqual(PHYSICAL);
    expect(ecs.commandCalls(StopTaskCommand)).toHaveLength(0);
  });

  test('the id that ECS is told has at most 128 characters', async () => {
    await onEvent({ ...CREATE, LogicalResourceId: 'L'.repeat(255) });
    const [{ args }] = ecs.commandCalls(RunTaskCommand);
    expect(args[0].input.startedBy).toHaveLength(128);
  });
});

describe('isComplete', () => {
  const RUNNING = { ...CREATE, PhysicalResourceId: STARTED_BY, TaskArn: TASK, StartedAt: NOW.getTime() };
  const stopped = (container: object, stoppedReason?: string) =>
    ecs.on(DescribeTasksCommand).resolves({
      tasks: [
        {
          lastStatus: 'STOPPED',
          stoppedReason,
          containers: [
            { name: 'sidecar', exitCode: 0 },
            { name: 'flask-app', ...container },
          ],
        },
      ],
    });

  test('is told when the task has ended with code 0', async () => {
    stopped({ exitCode: 0 });
    await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: true });
    expect(ecs.commandCalls(DescribeTasksCommand)[0].args[0].input).toEqual({ cluster: PROPERTIES.Cluster, tasks: [TASK] });
  });

  test.each(['PROVISIONING', 'PENDING', 'RUNNING', 'STOPPING'])('waits while the task is %s', async (lastStatus) => {
    ecs.on(DescribeTasksCommand).resolves({ tasks: [{ lastStatus }] });
    await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: false });
  });

  test('waits when ECS does not know the task yet', async () => {
    ecs.on(DescribeTasksCommand).resolves({ tasks: [], failures: [{ reason: 'MISSING' }] });
    await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: false });
  });

  test.each(['ThrottlingException', 'ServerException'])('waits at a %s; any other error is told', async (name) => {
    ecs.on(DescribeTasksCommand).rejects(awsError(name));
    await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: false });
    ecs.on(DescribeTasksCommand).rejects(awsError('AccessDeniedException', 'not authorized'));
    await expect(isComplete(RUNNING)).rejects.toThrow('not authorized');
  });

  test('another exit code fails the deployment with the code, the reason and the last lines of the log', async () => {
    stopped({ exitCode: 1 }, 'Essential container in task exited');
    await expect(isComplete(RUNNING)).rejects.toThrow(
      new Error(
        'the release task Shop/Web/Migrate ended with exit code 1: Essential container in task exited\n' +
          'The last lines of its log (shop-logs, migrate/flask-app/0123abcd):\nRunning upgrade\ncolumn exists already',
      ),
    );
    expect(logs.commandCalls(GetLogEventsCommand)[0].args[0].input).toEqual({
      logGroupName: 'shop-logs',
      logStreamName: 'migrate/flask-app/0123abcd',
      limit: 15,
      startFromHead: false,
    });
  });

  test('too little memory is told as such', async () => {
    stopped({ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }, 'Essential container in task exited');
    await expect(isComplete(RUNNING)).rejects.toThrow(
      'ended with exit code 137: OutOfMemoryError: Container killed due to memory usage; Essential container in task exited',
    );
  });

  describe('a task that never ran', () => {
    const at = (attempt: number) => `${TASK}${attempt || ''}`;
    const neverRan = { lastStatus: 'STOPPED', stoppedReason: 'CannotPullContainerError: not found', containers: [{ name: 'flask-app' }] };
    const tokens = () => ecs.commandCalls(RunTaskCommand).map(({ args }) => args[0].input.clientToken);
    /** ECS answers a token that it knows with the task that it has for it. */
    beforeEach(() => {
      for (const attempt of [1, 2]) {
        ecs.on(RunTaskCommand, { clientToken: `${CREATE.RequestId}-${attempt}` }).resolves({ tasks: [{ taskArn: at(attempt) }] });
      }
      ecs.on(DescribeTasksCommand).resolves({ tasks: [{ ...neverRan, stoppedAt: NOW }] });
      jest.spyOn(console, 'warn').mockImplementation();
    });

    test('is started again after 20 seconds, and what runs then counts', async () => {
      ecs.on(DescribeTasksCommand, { tasks: [at(1)] }).resolves({ tasks: [{ lastStatus: 'RUNNING' }] });
      jest.setSystemTime(NOW.getTime() + 19_999);
      await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: false });
      expect(tokens()).toEqual([]);
      jest.setSystemTime(NOW.getTime() + 20_000);
      await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: false });
      expect(tokens()).toEqual([`${CREATE.RequestId}-1`]);
      const [{ args }] = ecs.commandCalls(RunTaskCommand);
      expect(args[0].input).toMatchObject({ taskDefinition: PROPERTIES.TaskDefinition, startedBy: STARTED_BY });
      ecs.on(DescribeTasksCommand, { tasks: [at(1)] }).resolves({
        tasks: [{ lastStatus: 'STOPPED', startedAt: NOW, containers: [{ name: 'flask-app', exitCode: 0 }] }],
      });
      await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: true });
    });

    test('three times fails the deployment with its reason, and says that there is no log', async () => {
      logs.on(GetLogEventsCommand).rejects(awsError('ResourceNotFoundException'));
      jest.setSystemTime(NOW.getTime() + 60_000);
      await expect(isComplete(RUNNING)).rejects.toThrow(
        new Error(
          'the release task Shop/Web/Migrate did not run: CannotPullContainerError: not found\nIt wrote no log (shop-logs, migrate/flask-app/0123abcd2).',
        ),
      );
      expect(tokens()).toEqual([`${CREATE.RequestId}-1`, `${CREATE.RequestId}-2`]);
    });

    test('is not started again after its timeout', async () => {
      jest.setSystemTime(NOW.getTime() + 900_000);
      await expect(isComplete(RUNNING)).rejects.toThrow('did not run: CannotPullContainerError: not found');
      expect(tokens()).toEqual([]);
    });

    test.each([
      ['an exit code', { containers: [{ name: 'flask-app', exitCode: 1 }] }],
      ['an exit code of another container', { containers: [{ name: 'flask-app' }, { name: 'sidecar', exitCode: 1 }] }],
      ['the time of its start', { startedAt: NOW }],
    ])('is none that has %s: that one is never run again', async (_name, ran) => {
      ecs.on(DescribeTasksCommand).resolves({ tasks: [{ ...neverRan, stoppedAt: NOW, ...ran }] });
      jest.setSystemTime(NOW.getTime() + 60_000);
      await expect(isComplete(RUNNING)).rejects.toThrow('the release task Shop/Web/Migrate');
      expect(tokens()).toEqual([]);
    });

    test('because ECS did not take it is tried again too, and told with its reasons after three times', async () => {
      const notTaken = { ...RUNNING, TaskArn: undefined, Reasons: 'Capacity is unavailable at this time' };
      ecs.on(DescribeTasksCommand, { tasks: [at(1)] }).resolves({ tasks: [{ lastStatus: 'RUNNING' }] });
      await expect(isComplete(notTaken)).resolves.toEqual({ IsComplete: false });
      jest.setSystemTime(NOW.getTime() + 20_000);
      await expect(isComplete(notTaken)).resolves.toEqual({ IsComplete: false });
      expect(tokens()).toEqual([`${CREATE.RequestId}-1`]);

      for (const attempt of [1, 2]) {
        ecs
          .on(RunTaskCommand, { clientToken: `${CREATE.RequestId}-${attempt}` })
          .resolves(attempt === 1 ? { failures: [{ reason: 'Capacity is unavailable at this time', detail: 'FARGATE' }] } : {});
      }
      jest.setSystemTime(NOW.getTime() + 40_000);
      await expect(isComplete(notTaken)).rejects.toThrow(
        new Error('the release task Shop/Web/Migrate could not be started, 3 times: ECS gave no reason'),
      );
    });
  });

  test('a task that wrote nothing is told as that', async () => {
    stopped({ exitCode: 1 }, 'Essential container in task exited');
    for (const answer of [{}, { events: [] }]) {
      logs.on(GetLogEventsCommand).resolves(answer);
      await expect(isComplete(RUNNING)).rejects.toThrow(/\nIt wrote no log \(shop-logs, migrate\/flask-app\/0123abcd\)\.$/);
    }
  });

  test('waits for the lines of a task that has just ended, for 15 seconds', async () => {
    logs.on(GetLogEventsCommand).resolves({ events: [] });
    const ended = (exitCode?: number) =>
      ecs.on(DescribeTasksCommand).resolves({
        tasks: [{ lastStatus: 'STOPPED', stoppedAt: NOW, stoppedReason: 'why', containers: [{ name: 'flask-app', exitCode }] }],
      });
    ended(1);
    jest.setSystemTime(NOW.getTime() + 14_999);
    await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: false });
    jest.setSystemTime(NOW.getTime() + 15_000);
    await expect(isComplete(RUNNING)).rejects.toThrow('ended with exit code 1: why\nIt wrote no log');

    ended(1);
    logs.on(GetLogEventsCommand).resolves({ events: [{ message: 'here it is' }] });
    await expect(isComplete(RUNNING)).rejects.toThrow('here it is');
  });

  test('ECS without a word is told as that', async () => {
    stopped({ exitCode: 3 });
    await expect(isComplete(RUNNING)).rejects.toThrow('ended with exit code 3: ECS gave no reason');
  });

  test('the message fits into what CloudFormation takes, whatever the log', async () => {
    stopped({ exitCode: 1 }, 'Essential container in task exited');
    logs.on(GetLogEventsCommand).resolves({ events: [{ message: 'x'.repeat(50_000) }, { message: 'the last line' }] });
    const error: Error = await isComplete(RUNNING).then(
      () => Promise.reject(new Error('it passed')),
      (reason) => reason,
    );
    expect(error.message.length).toBeLessThan(2000);
    expect(error.message).toMatch(/the last line$/);
    // the framework adds the stack to the message
    expect(error.stack).toBe('Error');
  });

  test.each([
    ['of two bytes', 'ä'],
    ['of three bytes', '世'],
    ['of four bytes', '🌍'],
  ])('the message fits in bytes too, and no letter %s is cut through', async (_name, letter) => {
    stopped({ exitCode: 1 }, 'Essential container in task exited');
    logs.on(GetLogEventsCommand).resolves({ events: [{ message: letter.repeat(5000) }, { message: `x${letter}` }] });
    const error: Error = await isComplete(RUNNING).then(
      () => Promise.reject(new Error('it passed')),
      (reason) => reason,
    );
    expect(Buffer.byteLength(error.message)).toBeLessThan(2000);
    const log = error.message.split('\n').slice(2).join('\n');
    expect(log.replaceAll(letter, '')).toBe('\nx');
    expect(Buffer.byteLength(log)).toBeGreaterThan(1495);
  });

  // B15
  test('the message fits as JSON too, which is what CloudFormation is sent', async () => {
    stopped({ exitCode: 1 }, 'Essential container in task exited');
    logs
      .on(GetLogEventsCommand)
      .resolves({ events: [{ message: '\u001b[31m\u001b[1m"\u0000'.repeat(500) }, { message: 'the last\tline' }] });
    const error: Error = await isComplete(RUNNING).then(
      () => Promise.reject(new Error('it passed')),
      (reason) => reason,
    );
    expect(Buffer.byteLength(JSON.stringify(error.message))).toBeLessThan(3700);
    expect(error.message).toMatch(/the last\tline$/);
  });

  test('a task that takes longer is stopped, and fails the deployment', async () => {
    ecs.on(DescribeTasksCommand).resolves({ tasks: [{ lastStatus: 'RUNNING' }] });
    jest.setSystemTime(NOW.getTime() + 900_000);
    await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: false });
    expect(ecs.commandCalls(StopTaskCommand)).toHaveLength(0);

    jest.setSystemTime(NOW.getTime() + 900_001);
    await expect(isComplete(RUNNING)).rejects.toThrow(
      'the release task Shop/Web/Migrate did not end within 900 seconds and was stopped\nThe last lines of its log',
    );
    expect(ecs.commandCalls(StopTaskCommand).map(({ args }) => args[0].input)).toEqual([
      { cluster: PROPERTIES.Cluster, task: TASK, reason: 'the release task did not end within 900 seconds' },
    ]);
  });

  test('one that cannot be stopped either is told as that', async () => {
    jest.spyOn(console, 'warn').mockImplementation();
    ecs.on(DescribeTasksCommand).resolves({ tasks: [{ lastStatus: 'RUNNING' }] });
    ecs.on(StopTaskCommand).rejects(awsError('AccessDeniedException'));
    jest.setSystemTime(NOW.getTime() + 900_001);
    await expect(isComplete(RUNNING)).rejects.toThrow(
      'the release task Shop/Web/Migrate did not end within 900 seconds and could not be stopped\nThe last lines of its log',
    );
  });

  test('a task that ended well at the last moment has ended well', async () => {
    stopped({ exitCode: 0 });
    jest.setSystemTime(NOW.getTime() + 901_000);
    await expect(isComplete(RUNNING)).resolves.toEqual({ IsComplete: true });
  });
});
