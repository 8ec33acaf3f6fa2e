/**
 * Five days in the life of a service, end to end: `npx tsx --tsconfig tsconfig.dev.json test/e2e/five-days.e2e.ts`.
 *
 * Deploys what a team changes in its first weeks, one after the other, to the local AWS, with requests all the time, and counts those that
 * fail. Not a jest test, because it deploys.
 */
import assert from 'node:assert/strict';
import { DescribeServicesCommand, type Service } from '@aws-sdk/client-ecs';
import { CdkCli } from '../../tools/local-aws/cdk';
import type { Demo } from '../../tools/local-aws/demo-context';
import { explain } from '../../tools/local-aws/failure';
import { Stack } from '../../tools/local-aws/stack';
import { Clients } from './five-days/clients';
import { type Day, NAME, STACK, synthesize } from './five-days/days';
import { runOnLocalAws, test } from './local-aws-test';

const silent = () => undefined;

const FIRST: Day = { own: true };
const HTTPS: Day = { own: true, https: true };
const PRODUCTION: Day = { ...HTTPS, production: true };
const BESIDE: Day = { ...PRODUCTION, shared: true };
const SHARED: Day = { ...BESIDE, own: false };
const PORT: Day = { ...SHARED, port: 8080 };
const SPOT: Day = { ...PORT, spot: true };

interface Change {
  readonly what: string;
  readonly day: Day;
  /** Of the service that answers, afterwards. */
  readonly check?: (service: Service) => void;
  /** What AWS says of it where it refuses: the next day begins without the change. */
  readonly refused?: RegExp;
  /** How many seconds of it may pass without an answer where the docs tell of an interruption. */
  readonly interrupted?: number;
}

const CHANGES: readonly Change[] = [
  { what: 'Monday: HTTP becomes HTTPS', day: HTTPS },
  { what: 'Tuesday: development becomes production', day: PRODUCTION, check: ({ runningCount }) => assert.equal(runningCount, 2) },
  { what: 'Wednesday, first step: beside its own, another service behind a shared load balancer, and the name moves', day: BESIDE },
  { what: 'Wednesday, second step: its own load balancer goes', day: SHARED },
  {
    what: 'Thursday: port 3000 becomes 8080',
    day: PORT,
    check: ({ loadBalancers }) => assert.equal(loadBalancers?.[0]?.containerPort, 8080),
  },
  { what: 'Friday: on demand becomes Spot', day: SPOT, check: (service) => assert.match(providers(service), /FARGATE_SPOT/) },
  { what: 'Friday night: and back', day: PORT, check: (service) => assert.doesNotMatch(providers(service), /FARGATE_SPOT/) },
];

async function fiveDays(demo: Demo): Promise<void> {
  const { aws, engine, workspace, processes } = demo;
  assert.ok(engine);
  const cli = (name: string, day: Day) => {
    const assembly = workspace.subfolder(`cdk.out/${name}`);
    synthesize(assembly, day);
    return new CdkCli(aws, engine, workspace, processes, assembly);
  };

  const first = cli('first', FIRST);
  await first.bootstrap(silent);
  assert.ok(await test('the first deployment', () => first.deploy([STACK], silent)));
  const clients = await Clients.of(aws, NAME);
  const table: string[] = [];
  try {
    for (const [index, { what, day, check, refused, interrupted }] of CHANGES.entries()) {
      const cdk = cli(String(index), day);
      clients.take();
      const outcome = refused ? 'refused ' : 'deployed';
      await test(what, async () => {
        if (refused) {
          await assert.rejects(cdk.deploy([STACK], silent), (error) => refused.test(unwrapped(explain(error).output ?? '')));
          return;
        }
        await cdk.deploy([STACK], silent);
        check?.(await answering(demo, day));
      });
      const { sent, failed, failures } = clients.take();
      table.push(`${outcome}  ${String(sent).padStart(5)} sent  ${String(failed).padStart(4)} failed  ${what}`);
      await test(`${what}: ${interrupted ? `answers again within ${interrupted} s` : 'no request failed'}`, async () => {
        assert.ok(sent > 20, `only ${sent} requests were sent`);
        const [first, last] = [failures[0]?.at ?? 0, failures.at(-1)?.at ?? 0];
        assert.ok(interrupted ? failed > 0 && last - first < interrupted * 1000 : failed === 0, said(failures));
      });
    }
  } finally {
    await clients.leave();
    console.log(`\n${table.join('\n')}\n`);
  }
}

async function answering({ aws }: Demo, { shared }: Day): Promise<Service> {
  const stack = await Stack.load(aws, STACK);
  assert.equal(stack.status, 'UPDATE_COMPLETE');
  const services = await aws.ecs.send(new DescribeServicesCommand({ cluster: stack.cluster, services: stack.idsOf('AWS::ECS::Service') }));
  const word = shared ? 'Shop' : 'Web';
  return services.services?.find(({ serviceName }) => serviceName?.includes(word)) ?? assert.fail(`there is no service ${word}`);
}

function providers({ capacityProviderStrategy, launchType }: Service): string {
  return capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider).join() || String(launchType);
}

/** The CLI breaks lines that are too long for it. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function said(failures: readonly { at: number; what: string }[]): string {
  const [first, last] = [failures[0], failures.at(-1)];
  return first && last ? `${failures.length} failed, from ${first.at} ms (${first.what}) to ${last.at} ms (${last.what})` : '';
}

runOnLocalAws(fiveDays);
