/**
 * What the container that holds the stop signal back does, with its own command out of the template: the server goes on answering while the load
 * balancer still sends requests. ECS's order of signals (reverse of the dependencies) is played here; that ECS keeps it only AWS can show.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import * as http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Template } from 'aws-cdk-lib/assertions';
import { Capacity } from '../src';
import { service, testStack } from './util/test-stack';

/** A server that closes its listener at SIGTERM, as every Python server does. */
const SERVER = `
import http.server, signal, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'ok')
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
`;

interface Container {
  readonly Name: string;
  readonly EntryPoint?: string[];
  readonly Command?: string[];
  readonly Essential: boolean;
  readonly DependsOn?: object[];
  readonly StopTimeout?: number;
}

function containers(): Map<string, Container> {
  const stack = testStack();
  service(stack, { capacity: Capacity.onDemand({ drainBeforeStop: true }) });
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return new Map((definition.Properties.ContainerDefinitions as Container[]).map((container) => [container.Name, container]));
}

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL');
  }
});

function start(args: string[]): ChildProcess {
  const child = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  return child;
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(child.exitCode)));
const line = (child: ChildProcess) => new Promise<string>((resolve) => child.stdout?.once('data', (data) => resolve(String(data).trim())));
const answers = (port: string) =>
  new Promise<boolean>((resolve) => {
    http
      .get({ host: '127.0.0.1', port, agent: false }, (response) => resolve(response.resume().statusCode === 200))
      .on('error', () => resolve(false));
  });

/** The load balancer goes on sending for this long after the task was told to stop: two seconds were seen. */
async function failuresWhileRouted(port: string, milliseconds: number): Promise<number> {
  let failures = 0;
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
    failures += (await answers(port)) ? 0 : 1;
  }
  return failures;
}

test('it depends on the app, so that ECS stops it first, and it is not essential', () => {
  expect(containers().get('drain')).toMatchObject({
    Essential: false,
    DependsOn: [{ ContainerName: 'flask-app', Condition: 'START' }],
    StopTimeout: 15,
    // both, so that neither ENTRYPOINT nor CMD of the image has a say
    EntryPoint: ['python', '-c'],
    Command: [expect.stringContaining('time.sleep(10)')],
  });
});

test('the stop timeouts of both together are what Fargate allows', () => {
  const both = [...containers().values()].map(({ StopTimeout }) => StopTimeout ?? 0);
  expect(both.reduce((a, b) => a + b)).toBeLessThanOrEqual(120);
});

test('with it, a server that is stopped without notice loses no request; without it, it does', async () => {
  // two seconds instead of ten: the test is of the order, not of the length
  const { EntryPoint: [, flag] = [], Command: [script] = [] } = containers().get('drain') ?? {};
  const drain = start([flag, script.replace('time.sleep(10)', 'time.sleep(2)')]);
  const app = start(['-c', SERVER]);
  const port = await line(app);
  await sleep(300);

  drain.kill('SIGTERM');
  const stopped = ended(drain).then(() => app.kill('SIGTERM'));
  expect(await failuresWhileRouted(port, 1500)).toBe(0);
  await stopped;
  expect(await ended(app)).toBe(0);
  expect(drain.exitCode).toBe(0);

  const alone = start(['-c', SERVER]);
  const otherPort = await line(alone);
  alone.kill('SIGTERM');
  expect(await failuresWhileRouted(otherPort, 1500)).toBeGreaterThan(0);
}, 20_000);
