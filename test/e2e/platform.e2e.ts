/**
 * A platform and its services, end to end: `npx tsx --tsconfig tsconfig.dev.json test/e2e/platform.e2e.ts`.
 *
 * Deploys a platform to the local AWS, services of two repositories on it, and what changes in a year: one more service, one that is renamed, one that
 * goes, a preview, one that moves to a load balancer of its own and back, a new version that hangs, the last one that goes. The others are asked all the time, and the
 * requests that fail are counted. Not a jest test, because it deploys.
 */
import assert from 'node:assert/strict';
import { DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CdkCli } from '../../tools/local-aws/cdk';
import type { Demo } from '../../tools/local-aws/demo-context';
import { explain } from '../../tools/local-aws/failure';
import { Inventory } from '../../tools/local-aws/inventory';
import { until } from '../../tools/local-aws/poll';
import { Stack } from '../../tools/local-aws/stack';
import { runningAfterAWhile } from '../../tools/local-aws/steps/clean-up';
import { Deployed } from './examples/deployed';
import { callJson, OTHER_KINDS } from './examples/other-apis';
import { runOnLocalAws, test } from './local-aws-test';
import { type Member, NAME, PLATFORM, stackOf, synthesizeOther, synthesizePlatform, ZONE } from './platform/fleet';
import { hangingApp } from './platform/hanging-app';
import { type Address, type Tally, Visitors, wrongAnswer } from './platform/visitors';

const silent = () => undefined;

const SHOP: Member = { id: 'Shop' };
const ORDERS: Member = { id: 'Orders', internal: true, discoverable: true };
const MAILER: Member = { id: 'Mailer', route: false };
const DOCS: Member = { id: 'Docs', hosts: [`shop.${ZONE}`], paths: ['/docs/*'], prefix: '/docs' };
const CART: Member = { id: 'Cart' };
const BASKET: Member = { id: 'Basket', stack: CART.id };
const PREVIEW: Member = { ...SHOP, preview: 'login' };
const CHECKOUT: Member = { id: 'Checkout', alarms: true };
/** Of another repository. */
const BLOG: Member = { id: 'Blog' };

const byName = (service: string): Address => ({ service, host: `${service}.${ZONE}` });
const ADDRESSES: readonly Address[] = [
  byName('shop'),
  byName('orders'),
  byName('blog'),
  { service: 'docs', host: `shop.${ZONE}`, path: '/docs/' },
];

class PlatformTest {
  private readonly table: string[] = [];
  private syntheses = 0;
  private visitors?: Visitors;

  public constructor(private readonly demo: Demo) {}

  public async run(): Promise<void> {
    const { aws } = this.demo;
    const first = [SHOP, ORDERS, MAILER, DOCS];
    const platform = this.cli((outdir) => synthesizePlatform(outdir, first));
    await platform.bootstrap(silent);
    const before = await Inventory.take(aws, OTHER_KINDS);
    assert.ok(await test('the platform and its first services', () => platform.deploy(['--all', '--concurrency', '3'], silent)));
    assert.ok(await test('a service of another repository', () => this.other(BLOG).deploy([stackOf(BLOG)], silent)));
    await test('all answer, by host and by path', () => this.assertAllAnswer());
    await test('plain HTTP is sent to HTTPS', () => this.assertRedirect());
    await test('the worker runs, without a route', () => this.assertWorker());

    this.visitors = new Visitors(aws, ADDRESSES);
    try {
      await this.fleetChanges(first);
      await this.preview();
      await this.moves();
      await this.hangs();
    } finally {
      await this.visitors.leave();
      console.log(`\n${this.table.join('\n')}\n`);
    }
    await test('all but one service go', async () => {
      await this.other(BLOG).destroy([stackOf(BLOG)], silent);
      await platform.destroy([ORDERS, MAILER, DOCS].map(stackOf), silent);
    });
    await test('the last service goes, and nothing of the listeners is left', async () => {
      await platform.destroy([stackOf(SHOP)], silent);
      assert.deepEqual(await this.rules(), []);
      assert.deepEqual(await this.claims(), []);
    });
    await test('the platform is as it was, and changes without them', async () => {
      await this.cli((outdir) => synthesizePlatform(outdir, [])).deploy([PLATFORM], silent);
    });
    await test('the platform goes', () => platform.destroy([PLATFORM], silent));
    await test('nothing is left', async () => {
      const left = (await Inventory.take(aws, OTHER_KINDS)).since(before);
      assert.deepEqual([...left, ...(await runningAfterAWhile(this.demo))], []);
    });
  }

  private async fleetChanges(first: readonly Member[]): Promise<void> {
    await this.change('a service is added', async () => {
      await this.cli((outdir) => synthesizePlatform(outdir, [...first, CART])).deploy([stackOf(CART)], silent);
      await this.assertAnswers(byName('cart'));
    });
    await this.change('a service is renamed', async () => {
      await this.cli((outdir) => synthesizePlatform(outdir, [...first, BASKET])).deploy([stackOf(BASKET)], silent);
      await this.assertAnswers(byName('basket'));
    });
    await this.change('a service is removed', async () => {
      await this.cli((outdir) => synthesizePlatform(outdir, [...first, BASKET])).destroy([stackOf(BASKET)], silent);
      assert.notEqual(await wrongAnswer(this.demo.aws, byName('basket')), undefined);
    });
  }

  private async preview(): Promise<void> {
    const rules = await this.rules();
    const address: Address = { service: 'preview', host: `shop-login.${ZONE}` };
    const cdk = this.cli((outdir) => synthesizePlatform(outdir, [PREVIEW]));
    await this.change('a preview is made', async () => {
      await cdk.deploy([stackOf(PREVIEW)], silent);
      await this.assertAnswers(address);
      assert.equal((await this.rules()).length, rules.length + 1);
    });
    await this.change('a preview is destroyed', async () => {
      await cdk.destroy([stackOf(PREVIEW)], silent);
      assert.deepEqual(await this.rules(), rules);
    });
  }

  private async moves(): Promise<void> {
    await this.change('blog moves from the platform to a load balancer of its own', async () => {
      await this.other({ ...BLOG, own: true }).deploy([stackOf(BLOG)], silent);
      assert.equal((await this.stack(BLOG)).idsOf('AWS::ElasticLoadBalancingV2::LoadBalancer').length, 1);
      await this.assertAnswers(byName('blog'));
    });
    await this.change('blog moves from its own load balancer to the platform', async () => {
      await this.other(BLOG).deploy([stackOf(BLOG)], silent);
      assert.equal((await this.stack(BLOG)).idsOf('AWS::ElasticLoadBalancingV2::LoadBalancer').length, 0);
      await this.assertAnswers(byName('blog'));
    });
  }

  /** Nobody counts for one service what a shared load balancer answers itself, so the alarm counts what was asked and not answered. */
  private async hangs(): Promise<void> {
    const { aws, workspace } = this.demo;
    const deploy = async (member: Member) => {
      await this.cli((outdir) => synthesizePlatform(outdir, [member])).deploy([stackOf(member)], silent);
    };
    await this.change('a service that watches its deployments is added', () => deploy(CHECKOUT));
    const visitors = new Visitors(aws, [byName('checkout')]);
    await this.change('a new version of it hangs, and is rolled back', async () => {
      const { taskDefinition } = await (await this.stack(CHECKOUT)).service();
      const hanging = { ...CHECKOUT, hanging: hangingApp(workspace.subfolder('hanging')) };
      await assert.rejects(deploy(hanging), (error) =>
        /alarm detected: FlaskCheckout[\w-]+-DeploymentErrors/.test(explain(error).wholeOutput ?? ''),
      );
      assert.deepEqual(await this.alarmsThatTripped(), ['DeploymentErrors']);
      assert.equal((await (await this.stack(CHECKOUT)).service()).taskDefinition, taskDefinition);
      // the version that hangs passes its health check, and gets requests until its targets are gone
      await until('an answer of the version before', 30, async () =>
        (await wrongAnswer(this.demo.aws, byName('checkout'))) === undefined ? true : undefined,
      );
    });
    await visitors.leave();
    const { sent, failures } = visitors.take().get('checkout') ?? { sent: 0, failures: [] };
    this.table.push(`${String(sent).padStart(5)} sent  ${String(failures.length).padStart(4)} failed  (the service that hung)`);
    await test('the load balancer answered for the version that hung', async () => {
      assert.ok(failures.filter((failure) => failure.startsWith('504')).length >= 5, `${failures.length} of ${sent}: ${failures[0]}`);
    });
    await this.cli((outdir) => synthesizePlatform(outdir, [CHECKOUT])).destroy([stackOf(CHECKOUT)], silent);
  }

  private async alarmsThatTripped(): Promise<string[]> {
    const { AlarmHistoryItems: items = [] } = await this.demo.aws.cloudWatch.send(
      new DescribeAlarmHistoryCommand({ HistoryItemType: 'StateUpdate' }),
    );
    const tripped = items.filter(({ HistorySummary = '' }) => /to ALARM$/.test(HistorySummary));
    return [...new Set(tripped.map(({ AlarmName = '' }) => AlarmName.split('-').at(-1) ?? ''))];
  }

  /** Changes something while all are asked: no request of any of them fails. */
  private async change(what: string, action: () => Promise<void>): Promise<void> {
    this.visitors?.take();
    await test(what, action);
    const tallies = this.visitors?.take() ?? new Map<string, Tally>();
    const all = [...tallies.values()];
    const sent = all.reduce((sum, tally) => sum + tally.sent, 0);
    const failed = [...tallies].filter(([, { failures }]) => failures.length > 0);
    const count = failed.reduce((sum, [, { failures }]) => sum + failures.length, 0);
    this.table.push(`${String(sent).padStart(5)} sent  ${String(count).padStart(4)} failed  ${what}`);
    await test(`${what}: no request failed`, async () => {
      assert.equal(tallies.size, ADDRESSES.length);
      assert.ok(
        all.every((tally) => tally.sent > 20),
        `only ${sent} requests were sent`,
      );
      assert.deepEqual(
        failed.map(
          ([service, { failures }]) => `${service}: ${failures.length} of ${tallies.get(service)?.sent}, the first ${failures[0]}`,
        ),
        [],
      );
    });
  }

  private cli(synthesize: (outdir: string) => void): CdkCli {
    const { aws, engine, workspace, processes } = this.demo;
    assert.ok(engine);
    this.syntheses += 1;
    const assembly = workspace.subfolder(`cdk.out/${this.syntheses}`);
    synthesize(assembly);
    return new CdkCli(aws, engine, workspace, processes, assembly);
  }

  private other(member: Member): CdkCli {
    return this.cli((outdir) => synthesizeOther(outdir, member));
  }

  private stack(member: Member): Promise<Stack> {
    return Stack.load(this.demo.aws, stackOf(member));
  }

  private async assertAnswers(address: Address): Promise<void> {
    assert.equal(await wrongAnswer(this.demo.aws, address), undefined);
  }

  private async assertAllAnswer(): Promise<void> {
    for (const address of ADDRESSES) {
      await this.assertAnswers(address);
    }
  }

  private async assertRedirect(): Promise<void> {
    const { status, headers } = await new Deployed(this.demo.aws, await Stack.load(this.demo.aws, PLATFORM)).get('/');
    assert.deepEqual([status, String(headers.location).slice(0, 8)], [301, 'https://']);
  }

  private async assertWorker(): Promise<void> {
    const stack = await this.stack(MAILER);
    assert.deepEqual(stack.idsOf('AWS::ElasticLoadBalancingV2::ListenerRule'), []);
    await new Deployed(this.demo.aws, stack).assertAllTasksRun();
  }

  /** The numbers of the rules of both load balancers, without the default ones. */
  private async rules(): Promise<string[]> {
    const { aws } = this.demo;
    const listeners = (await Stack.load(aws, PLATFORM)).idsOf('AWS::ElasticLoadBalancingV2::Listener');
    const lists = await Promise.all(listeners.map((ListenerArn) => aws.elb.send(new DescribeRulesCommand({ ListenerArn }))));
    return lists
      .flatMap(({ Rules = [] }) => Rules.filter(({ IsDefault }) => !IsDefault).map(({ RuleArn, Priority }) => `${RuleArn} ${Priority}`))
      .sort();
  }

  /** What the services have taken. */
  private async claims(): Promise<string[]> {
    const lists = await Promise.all(
      ['routes', 'names'].map((kind) =>
        callJson<{ Parameters?: { Name: string }[] }>(this.demo.aws, 'ssm', 'AmazonSSM.GetParametersByPath', {
          Path: `/cdk-flask-fargate/platforms/${NAME}/${kind}/`,
        }),
      ),
    );
    return lists.flatMap(({ Parameters = [] }) => Parameters.map(({ Name }) => Name));
  }
}

runOnLocalAws((demo) => new PlatformTest(demo).run());
