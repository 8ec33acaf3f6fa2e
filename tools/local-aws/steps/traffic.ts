import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Demo } from '../demo-context';
import { DemoFailure } from '../failure';
import { until } from '../poll';
import { appContainer, CONTAINER, PORT } from './resources';
import type { Step } from './step';

const REQUESTS = 20;

export const requests: Step = {
  name: 'requests',
  title: 'Requests answered by the app',
  async run(demo) {
    const first = await until('an answer from the app', 30, async () => {
      const answer = await demo.loadBalancer.get('/');
      return answer.status === 200 ? answer : undefined;
    });
    const started = Date.now();
    for (let i = 0; i < REQUESTS; i++) {
      const { status } = await demo.loadBalancer.get('/');
      if (status !== 200) {
        throw new DemoFailure(`request ${i + 1} of ${REQUESTS} was answered with ${status}`);
      }
    }
    const ms = Math.round((Date.now() - started) / REQUESTS);
    const body = first.body.trim();
    return { summary: `GET / ${first.status} ${shorten(body)}, ${ms} ms each`, status: first.status, body, requests: REQUESTS };
  },
};

export const logs: Step = {
  name: 'logs',
  title: `Log lines from CloudWatch that show port ${PORT}`,
  async run(demo) {
    const { group } = await logDestination(demo);
    const line = await until(`a line with port ${PORT} in the log group ${group}`, 30, async () =>
      (await logLines(demo)).find((text) => new RegExp(`(:|\\bport\\b\\D{0,3})${PORT}\\b`, 'i').test(text)),
    );
    return { summary: shorten(line), logGroup: group, line };
  },
};

/** The lines of one task, whatever the prefix of its streams, or of all tasks of the service. */
export async function logLines(demo: Demo, taskId?: string): Promise<string[]> {
  const { group, prefix } = await logDestination(demo);
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await demo.aws.logs.send(new FilterLogEventsCommand({ logGroupName: group, nextToken }));
    for (const { logStreamName = '', message } of page.events ?? []) {
      const wanted = taskId ? logStreamName.endsWith(`/${CONTAINER}/${taskId}`) : logStreamName.startsWith(`${prefix}/${CONTAINER}/`);
      if (wanted && message !== undefined) {
        lines.push(message.trimEnd());
      }
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return lines;
}

async function logDestination(demo: Demo): Promise<{ group: string; prefix: string }> {
  const { options = {} } = (await appContainer(demo)).logConfiguration ?? {};
  return { group: options['awslogs-group'] ?? '', prefix: options['awslogs-stream-prefix'] ?? '' };
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
}
