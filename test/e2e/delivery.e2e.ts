/**
 * From a commit to production and back, end to end: `npx tsx --tsconfig tsconfig.dev.json test/e2e/delivery.e2e.ts`.
 *
 * Runs the workflows of the example `github-actions`, step by step, on a local AWS with three accounts and a real PostgreSQL in each stage. Its jobs sign in
 * by a token, and have no more rights than the example gives them. Each stage is asked all the time, and the requests that fail are counted.
 * Not a jest test, because it deploys.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Aws } from '../../tools/local-aws/aws';
import type { Demo } from '../../tools/local-aws/demo-context';
import { explain } from '../../tools/local-aws/failure';
import { Inventory } from '../../tools/local-aws/inventory';
import { Stack } from '../../tools/local-aws/stack';
import { Modes } from './delivery/modes';
import { Shop } from './delivery/shop';
import { Tools } from './delivery/tools';
import { regionOf, signIn, type Values, Workflow } from './delivery/workflow';
import { Deployed } from './examples/deployed';
import { OTHER_KINDS } from './examples/other-apis';
import { Visitor } from './examples/visitors';
import { runOnLocalAws, test } from './local-aws-test';

const REGION = 'eu-west-1';
const TOOLS = '111111111111';
const ACCOUNTS = { ShopStaging: '222222222222', ShopProduction: '333333333333' } as const;
type StackName = keyof typeof ACCOUNTS;
const STAGES = Object.keys(ACCOUNTS) as StackName[];
const NO_SUCH_TABLE = 'op.execute("DELETE FROM no_such_table")';
const AUTHOR = 'op.add_column("notes", sa.Column("author", sa.String(80), nullable=False, server_default="unknown"))';

class DeliveryTest {
  private readonly shop: Shop;
  private readonly visitors = new Map<StackName, Visitor>();
  private readonly table: string[] = [];
  private commit = 0;

  public constructor(
    private readonly demo: Demo,
    private readonly tools: Tools,
  ) {
    this.shop = new Shop(demo.workspace.subfolder('shop'));
  }

  public async run(): Promise<void> {
    await test('synth without credentials', () => this.synth());
    await test('bootstrap of three accounts', () => this.inEachAccount((account) => ['bootstrap', `aws://${account}/${REGION}`]));
    await test('the repository, and who may deploy', () =>
      this.inEachAccount((account) => {
        const stack = account === TOOLS ? 'ShopImages' : `${this.stackOf(account)}Access`;
        return ['deploy', stack, '--require-approval', 'never'];
      }));
    await test('a job of another environment is refused', () =>
      assert.rejects(
        signIn(this.demo, `arn:aws:iam::${ACCOUNTS.ShopProduction}:role/shop-production`, 'staging'),
        /Not authorized to perform sts:AssumeRoleWithWebIdentity/,
      ));
    this.shop.app.setVersion('1.0.0');
    const first = await this.deploy('the first commit', ['image', 'staging', 'production']);
    await test('the first commit: one digest in both', () => this.assertRuns(first, '1.0.0', STAGES));
    for (const stage of STAGES) {
      this.visitors.set(stage, new Visitor(await (await this.deployed(stage)).client()));
    }
    let third = '';
    try {
      third = await this.changes(first);
    } finally {
      await Promise.all([...this.visitors.values()].map((visitor) => visitor.leave()));
      console.log(`\n${this.table.join('\n')}\n`);
    }
    const staging = (command: readonly string[]) => this.cdk(ACCOUNTS.ShopStaging, command);
    await new Modes('ShopStaging', staging, () => this.deployed('ShopStaging')).run(third, first);
  }

  private async changes(first: string): Promise<string> {
    await this.preview();

    this.shop.app.setVersion('2.0.0');
    this.shop.app.setMigration(NO_SUCH_TABLE);
    await this.change('a migration that fails is stopped in staging', async () => {
      await assert.rejects(this.jobs('deploy', ['image', 'staging', 'production']), (error) =>
        /relation "no_such_table" does not exist/.test(unwrapped(explain(error).wholeOutput)),
      );
      await this.assertRuns(first, '1.0.0', STAGES);
    });

    this.shop.app.setVersion('3.0.0');
    this.shop.app.setMigration(AUTHOR);
    let third = '';
    await this.change('a migration that passes', async () => {
      third = await this.digestOf(this.jobs('deploy', ['image', 'staging', 'production']));
      await this.assertRuns(third, '3.0.0', STAGES);
    });

    await this.change('an older image with its release tasks is stopped', async () => {
      const command = ['deploy', 'ShopProduction', '-c', `digest=${first}`, '--require-approval', 'never'];
      await assert.rejects(this.cdk(ACCOUNTS.ShopProduction, command), (error) =>
        /Can't locate revision identified by '0003'/.test(unwrapped(explain(error).wholeOutput)),
      );
      await this.assertRuns(third, '3.0.0', STAGES);
    });
    await this.change('going back by the one switch', async () => {
      await this.jobs('rollback', ['production'], { 'inputs.digest': first });
      await this.assertRuns(first, '1.0.0', ['ShopProduction']);
      await this.assertRuns(third, '3.0.0', ['ShopStaging']);
    });
    await this.change('the jobs of the newer commit again: built no more, deployed again', async () => {
      assert.equal(await this.digestOf(this.jobs('deploy', ['image', 'staging', 'production'], this.values())), third);
      await this.assertRuns(third, '3.0.0', STAGES);
    });
    return third;
  }

  private async preview(): Promise<void> {
    const account = this.awsOf('ShopStaging');
    const before = await Inventory.take(account, OTHER_KINDS);
    this.commit += 1;
    const values = { ...this.values(), 'github.event.number': '7' };
    this.shop.app.setVersion('2.0.0-pr');
    await this.change('a preview is made', async () => {
      await this.jobs('preview', ['image', 'preview'], values);
      assert.equal(await new Deployed(account, await Stack.load(account, 'ShopPreview7')).version(), '2.0.0-pr');
    });
    await this.change('a preview is destroyed, and nothing is left', async () => {
      await this.jobs('preview', ['destroy'], values);
      await sleep(1000);
      assert.deepEqual((await Inventory.take(account, OTHER_KINDS)).since(before), []);
    });
  }

  private async synth(): Promise<void> {
    const { CDK_VALIDATION, ...environment } = this.tools.environment({});
    const digest = `sha256:${'0'.repeat(64)}`;
    const said = await this.demo.processes.run('npx', ['aws-cdk@2', 'ls', '-c', `digest=${digest}`], {
      cwd: this.shop.infra,
      env: { ...environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    });
    assert.deepEqual(said.match(/^Shop\w+/gm), ['ShopImages', 'ShopStagingAccess', 'ShopProductionAccess', ...STAGES]);
  }

  /** At the same time, with what was synthesized without credentials. */
  private async inEachAccount(command: (account: string) => string[]): Promise<void> {
    await Promise.all([TOOLS, ...Object.values(ACCOUNTS)].map((account) => this.cdk(account, [...command(account), '--app', 'cdk.out'])));
  }

  /** As an administrator of an account. */
  private cdk(account: string, command: readonly string[]): Promise<string> {
    const env = this.tools.environment({ AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: 'test', ...regionOf(REGION) });
    return this.demo.processes.run('npx', ['aws-cdk@2', ...command], { cwd: this.shop.infra, env, failure: `cdk ${command[0]} failed` });
  }

  private async deploy(what: string, jobs: readonly string[]): Promise<string> {
    let digest = '';
    await test(what, async () => {
      digest = await this.digestOf(this.jobs('deploy', jobs));
    });
    return digest;
  }

  private jobs(workflow: string, jobs: readonly string[], values = this.newCommit()): Promise<Values> {
    return new Workflow(this.demo, this.tools, this.shop.folders, this.shop.workflow(workflow)).run(jobs, values);
  }

  private newCommit(): Values {
    this.commit += 1;
    return this.values();
  }

  private values(): Values {
    return { 'github.run_number': `${this.commit}`, 'github.sha': `${this.commit}`.padStart(40, '0') };
  }

  private async digestOf(run: Promise<Values>): Promise<string> {
    return (await run)['needs.image.outputs.digest'];
  }

  private async assertRuns(digest: string, version: string, stages: readonly StackName[]): Promise<void> {
    for (const stage of stages) {
      const deployed = await this.deployed(stage);
      const { containerDefinitions = [] } = await deployed.stack.taskDefinition();
      assert.equal(containerDefinitions[0].image, `${TOOLS}.dkr.ecr.${REGION}.amazonaws.com/shop@${digest}`);
      assert.equal(await deployed.version(), version);
    }
  }

  /** Both stages are asked meanwhile: no request fails. */
  private async change(what: string, action: () => Promise<void>): Promise<void> {
    const before = STAGES.map((stage) => this.tally(stage));
    await test(what, action);
    const counts = STAGES.map((stage, i) => {
      const now = this.tally(stage);
      return { sent: now.sent - before[i].sent, failed: now.failed - before[i].failed };
    });
    this.table.push(
      `${counts.map(({ sent, failed }) => `${String(sent).padStart(5)} sent ${String(failed).padStart(3)} failed`).join('  ')}  ${what}`,
    );
    await test(`${what}: no request failed`, async () => {
      assert.ok(counts.every(({ sent }) => sent > 20));
      assert.deepEqual(
        counts.map(({ failed }) => failed),
        [0, 0],
      );
    });
  }

  private tally(stage: StackName): { sent: number; failed: number } {
    const { count = 0, failed = 0 } = this.visitors.get(stage) ?? {};
    return { sent: count, failed };
  }

  private async deployed(stage: StackName): Promise<Deployed> {
    const aws = this.awsOf(stage);
    return new Deployed(aws, await Stack.load(aws, stage));
  }

  private awsOf(stage: StackName): Aws {
    return new Aws(this.demo.aws.endpoint, REGION, ACCOUNTS[stage]);
  }

  private stackOf(account: string): string {
    return STAGES.find((stage) => ACCOUNTS[stage] === account) ?? assert.fail(account);
  }
}

/** The CLI breaks lines that are too long for it. */
function unwrapped(text = ''): string {
  return text.replace(/\s+/g, ' ');
}

runOnLocalAws(async (demo) => new DeliveryTest(demo, await Tools.make(demo)).run());
