import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReleaseTaskEvent } from '../../src/processes/release-task.handler';
import { CREATE, TASK } from '../util/release-task-event';

/*
 * What the SDK does of itself when AWS says no for a moment. The other tests of the handler replace the client, so they cannot see it: here the
 * real client talks to a server of this test.
 */
type Answer = { readonly status: number; readonly body: object } | 'hang up';
type Handler = typeof import('../../src/processes/release-task.handler');

const THROTTLED: Answer = { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } };
const BROKEN: Answer = { status: 500, body: { __type: 'ServerException', message: 'Service Unavailable' } };
const DENIED: Answer = { status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized to perform ecs:RunTask' } };
const STARTED: Answer = { status: 200, body: { tasks: [{ taskArn: TASK, createdAt: 1_795_435_200 }] } };

/** What Security Token Service says to who takes the role of the service. */
const ASSUMED =
  '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>id</AccessKeyId>' +
  '<SecretAccessKey>key</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>' +
  '</AssumeRoleResult></AssumeRoleResponse>';

const DELETE: ReleaseTaskEvent = { ...CREATE, RequestType: 'Delete', PhysicalResourceId: 'id' };

let server: http.Server;
let answers: { [operation: string]: Answer[] };
let calls: { readonly operation: string; readonly input: { readonly [key: string]: unknown } }[];
let handler: Handler;
const environment = { ...process.env };

beforeAll(async () => {
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString();
    if (body.startsWith('Action=AssumeRole')) {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(ASSUMED);
      return;
    }
    const operation = `${request.headers['x-amz-target']}`.split('.')[1];
    calls.push({ operation, input: JSON.parse(body) });
    const answer = answers[operation].shift() as Answer;
    if (answer === 'hang up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    // no file of the user's, which may hold other endpoints
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
  // the clients are made when the module is loaded, and read the environment then
  jest.isolateModules(() => {
    handler = require('../../src/processes/release-task.handler');
  });
});

afterAll(async () => {
  process.env = environment;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  answers = {};
  calls = [];
});

const operations = () => calls.map(({ operation }) => operation);

test('a start that ECS throttles is tried again, as the same task', async () => {
  answers.RunTask = [THROTTLED, THROTTLED, STARTED];
  await expect(handler.onEvent(CREATE)).resolves.toMatchObject({ TaskArn: TASK });
  expect(operations()).toEqual(['RunTask', 'RunTask', 'RunTask']);
  // ECS would run the migration twice otherwise, should it have taken the first
  expect(new Set(calls.map(({ input }) => input.clientToken))).toEqual(new Set([CREATE.RequestId]));
}, 20_000);

test('a connection that breaks, or an error of ECS itself, is no failed deployment', async () => {
  answers.RunTask = ['hang up', BROKEN, STARTED];
  await expect(handler.onEvent(CREATE)).resolves.toMatchObject({ TaskArn: TASK });
  expect(operations()).toHaveLength(3);
}, 20_000);

test('what is denied counts as an attempt, for IAM takes a while to know a role that is seconds old', async () => {
  answers.RunTask = [DENIED];
  const started = await handler.onEvent(CREATE);
  expect(started).toMatchObject({ TaskArn: undefined, Reasons: 'not authorized to perform ecs:RunTask' });
  // there is another one, after a while
  await expect(handler.isComplete({ ...CREATE, ...started })).resolves.toEqual({ IsComplete: false });
  expect(operations()).toEqual(['RunTask']);
});

test('what is no matter of waiting is told at once', async () => {
  answers.RunTask = [{ status: 400, body: { __type: 'InvalidParameterException', message: 'No Container Instances' } }];
  await expect(handler.onEvent(CREATE)).rejects.toThrow('No Container Instances');
  expect(operations()).toEqual(['RunTask']);
});

test('a deletion that is throttled stops what runs all the same', async () => {
  answers.ListTasks = [THROTTLED, { status: 200, body: { taskArns: [TASK] } }];
  answers.StopTask = [THROTTLED, { status: 200, body: {} }];
  await expect(handler.onEvent(DELETE)).resolves.toEqual({ PhysicalResourceId: 'id' });
  expect(operations()).toEqual(['ListTasks', 'ListTasks', 'StopTask', 'StopTask']);
}, 20_000);

test('the last lines of the log are there although CloudWatch Logs throttles', async () => {
  answers.DescribeTasks = [{ status: 200, body: { tasks: [{ lastStatus: 'STOPPED', containers: [{ name: 'flask-app', exitCode: 1 }] }] } }];
  answers.GetLogEvents = [THROTTLED, { status: 200, body: { events: [{ message: 'column exists already' }] } }];
  const event = { ...CREATE, PhysicalResourceId: 'id', TaskArn: TASK, StartedAt: Date.now() };
  await expect(handler.isComplete(event)).rejects.toThrow('column exists already');
  expect(operations()).toEqual(['DescribeTasks', 'GetLogEvents', 'GetLogEvents']);
}, 20_000);
