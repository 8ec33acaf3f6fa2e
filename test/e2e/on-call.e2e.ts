/**
 * Three failures for real, end to end: `npx projen e2e:on-call`.
 *
 * Deploys three services to a local AWS on which a minute of CloudWatch lasts five seconds, and asks them all the time: all workers of one hang, the
 * server of another is killed again and again, and the next version of the third fails on half of its requests. Each alarm has to go off, its mail to
 * arrive, the failing version to be rolled back within its canary; how many minutes that takes is printed.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import { CdkCli } from '../../tools/local-aws/cdk';
import type { Demo } from '../../tools/local-aws/demo-context';
import { explain } from '../../tools/local-aws/failure';
import { until } from '../../tools/local-aws/poll';
import { LoadBalancerClient } from '../../tools/local-aws/requests';
import { Stack } from '../../tools/local-aws/stack';
import { askAllTheTime } from './all-the-time';
import { Deployed } from './examples/deployed';
import { type AlarmMessage, type Subscriber, subscribe } from './examples/subscriptions';
import { runOnLocalAws, test } from './local-aws-test';
import { troubledApp } from './on-call/troubled-app';

const STACK = 'FlaskOnCall';
const MINUTE_SECONDS = 5;
const silent = () => undefined;

/** Somebody who asks a service all the time, and when that went wrong first. */
class Visitor {
  public sent = 0;
  public failed = 0;
  public firstFailure = Number.POSITIVE_INFINITY;

  public constructor(
    public readonly service: string,
    private readonly client: LoadBalancerClient,
    private readonly pauseMs: number,
  ) {}

  public visit(isGoing: () => boolean): Promise<void> {
    return askAllTheTime(isGoing, this.pauseMs, async () => {
      const asked = Date.now();
      this.sent += 1;
      const status = await this.client.get('/').then(
        (answer) => answer.status,
        () => 0,
      );
      if (status !== 200) {
        this.failed += 1;
        this.firstFailure = Math.min(asked, this.firstFailure);
      }
    });
  }
}

class OnCallTest {
  private readonly mails: AlarmMessage[] = [];
  private readonly table: string[] = [];

  public constructor(private readonly demo: Demo) {}

  public async run(): Promise<void> {
    const { workspace, aws } = this.demo;
    const source = troubledApp(workspace.subfolder('troubled'));
    const first = await this.synth('first', { source });
    await first.bootstrap(silent);
    assert.ok(await test('three services are deployed', () => first.deploy([STACK], silent)));
    const deployed = new Deployed(aws, await Stack.load(aws, STACK));
    const next = await this.synth('next', { source, canary: 'errors' });

    const hanging = this.visitor(deployed, 'Hanging', 400);
    const crashing = this.visitor(deployed, 'Crashing', 150);
    const canary = this.visitor(deployed, 'Canary', 40);
    let isGoing = true;
    const mail = await subscribe(deployed, 'operators');
    const running = [this.read(mail, () => isGoing), ...[hanging, crashing, canary].map((visitor) => visitor.visit(() => isGoing))];
    try {
      await Promise.all([
        this.assertTold(hanging, { ServiceLevel: 10, FailedTasks: 45 }),
        this.assertTold(crashing, { ServiceLevel: 30, FailedTasks: 30 }),
        this.assertRolledBack(canary, next),
      ]);
      await test('no alarm sends more than two mails, and those that stop deployments none', () => this.assertFewMails());
      await test('a mail says what it means, the first step, and where to look', () => this.assertMail('Crashing', 'FailedTasks'));
    } finally {
      isGoing = false;
      await Promise.all(running);
      console.log(`\n${this.table.join('\n')}\n`);
    }
  }

  private async assertTold(visitor: Visitor, alarms: { readonly [kind: string]: number }): Promise<void> {
    for (const [kind, within] of Object.entries(alarms)) {
      await test(`${visitor.service}: ${kind} goes off within ${within} minutes, and its mail arrives`, async () => {
        const minutes = await this.minutesTo(visitor, kind);
        await until(`the mail of ${kind}`, 10, async () => this.mailOf(visitor.service, kind));
        assert.ok(minutes <= within, `after ${minutes} minutes`);
      });
    }
  }

  private async assertRolledBack(visitor: Visitor, next: CdkCli): Promise<void> {
    const before = await this.taskDefinition(visitor.service);
    await test('Canary: a version that fails on half of its requests is rolled back', () =>
      assert.rejects(next.deploy([STACK], silent), (error) =>
        /alarm detected: \S+-DeploymentErrors/.test(explain(error).wholeOutput ?? ''),
      ));
    await test('Canary: within the first step of 10 minutes, with less than a twentieth of all requests failed', async () => {
      const minutes = await this.minutesTo(visitor, 'DeploymentErrors');
      assert.ok(minutes <= 10, `after ${minutes} minutes`);
      assert.ok(visitor.failed > 0 && visitor.failed < visitor.sent / 20, `${visitor.failed} of ${visitor.sent} failed`);
      assert.equal(await this.taskDefinition(visitor.service), before);
    });
    await test('Canary: no request fails after it', async () => {
      const { failed } = visitor;
      await sleep(3000);
      assert.equal(visitor.failed, failed);
    });
    await this.assertTold(visitor, { FailedDeployment: 10 });
  }

  private async assertFewMails(): Promise<void> {
    const names = this.mails.map(({ AlarmName }) => AlarmName);
    const count = (name: string) => names.filter((other) => other === name).length;
    assert.deepEqual(
      names.filter((name) => count(name) > 2 || /-Deployment(Errors|Latency)$/.test(name)),
      [],
    );
  }

  private async assertMail(service: string, kind: string): Promise<void> {
    const { AlarmName = '', AlarmDescription = '' } = this.mailOf(service, kind) ?? {};
    console.log(`# ALARM: "${AlarmName}"\n${AlarmDescription.replace(/^/gm, '# ')}`);
    assert.match(
      AlarmDescription,
      /^Tasks of the service [^\n]+ saved query "stopped tasks"[^\n]+\nErrors in the log: https:\S+\nECS events: https:\S+$/,
    );
  }

  /** How many minutes after the first request that failed an alarm goes off. */
  private async minutesTo(visitor: Visitor, kind: string): Promise<number> {
    const at = await until(`${kind} of ${visitor.service}`, 240, async () => {
      const { AlarmHistoryItems: items = [] } = await this.demo.aws.cloudWatch.send(
        new DescribeAlarmHistoryCommand({ HistoryItemType: 'StateUpdate', MaxRecords: 100 }),
      );
      const times = items
        .filter(({ AlarmName = '', HistorySummary = '' }) => isOf(AlarmName, visitor.service, kind) && /to ALARM$/.test(HistorySummary))
        .map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
      return times.length > 0 ? Math.min(...times) : undefined;
    });
    const minutes = Math.round((at - visitor.firstFailure) / 100 / MINUTE_SECONDS) / 10;
    this.table.push(
      `${visitor.service.padEnd(10)}${kind.padEnd(18)}${String(minutes).padStart(5)} minutes  (${visitor.failed} of ${visitor.sent} requests failed)`,
    );
    return minutes;
  }

  private mailOf(service: string, kind: string): AlarmMessage | undefined {
    return this.mails.find(({ AlarmName, NewStateValue }) => isOf(AlarmName, service, kind) && NewStateValue === 'ALARM');
  }

  private async read(mail: Subscriber, isGoing: () => boolean): Promise<void> {
    while (isGoing()) {
      this.mails.push(...(await mail.hear()));
      await sleep(500);
    }
  }

  private visitor({ aws, stack }: Deployed, service: string, pauseMs: number): Visitor {
    const url = Object.entries(stack.outputs).find(([name]) => name.startsWith(service) && /Url/i.test(name))?.[1] ?? '';
    return new Visitor(service, new LoadBalancerClient(aws.endpoint, new URL(url).hostname, 80), pauseMs);
  }

  private async taskDefinition(service: string): Promise<string | undefined> {
    const services = await (await Stack.load(this.demo.aws, STACK)).services();
    return services.find(({ serviceName }) => serviceName?.includes(service))?.taskDefinition;
  }

  private async synth(folder: string, context: Readonly<Record<string, string>>): Promise<CdkCli> {
    const { aws, engine, workspace, processes } = this.demo;
    assert.ok(engine);
    const cdk = new CdkCli(aws, engine, workspace, processes, workspace.subfolder(`cdk.out/${folder}`));
    await cdk.synth(`${__dirname}/on-call/app.ts`, silent, context);
    return cdk;
  }
}

/** `FlaskOnCallHanging…-ServiceLevel` */
function isOf(alarmName: string, service: string, kind: string): boolean {
  return alarmName.includes(service) && alarmName.endsWith(`-${kind}`);
}

process.env.LOCAL_AWS_MINUTE_SECONDS = `${MINUTE_SECONDS}`;
runOnLocalAws((demo) => new OnCallTest(demo).run());
