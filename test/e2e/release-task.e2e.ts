/**
 * Release tasks, end to end: `npx tsx --tsconfig tsconfig.dev.json test/e2e/release-task.e2e.ts`.
 *
 * Deploys the example `migrations` to the local AWS, with a real PostgreSQL: first with a migration that fails, then with one that passes, then a new
 * version with one that fails while the old one answers, then the repaired version. Not a jest test, because it deploys.
 */
import assert from 'node:assert/strict';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CdkCli } from '../../tools/local-aws/cdk';
import type { Demo } from '../../tools/local-aws/demo-context';
import { DemoFailure } from '../../tools/local-aws/failure';
import { Inventory } from '../../tools/local-aws/inventory';
import { Stack } from '../../tools/local-aws/stack';
import { runningAfterAWhile } from '../../tools/local-aws/steps/clean-up';
import { AppCopy } from './examples/app-copy';
import { Deployed } from './examples/deployed';
import { OTHER_KINDS } from './examples/other-apis';
import { Visitor } from './examples/visitors';
import { runOnLocalAws, test } from './local-aws-test';

const STACK = 'FlaskMigrations';
const NO_SUCH_TABLE = 'op.execute("DELETE FROM no_such_table")';
/** The classic: there are rows already, and they have no author. */
const NOT_NULL = 'op.add_column("notes", sa.Column("author", sa.String(80), nullable=False))';
const REPAIRED = 'op.add_column("notes", sa.Column("author", sa.String(80), nullable=False, server_default="unknown"))';
const silent = () => undefined;

class ReleaseTaskTest {
  private readonly cdk: CdkCli;
  private readonly app: AppCopy;
  private before?: Inventory;

  public constructor(private readonly demo: Demo) {
    const { aws, engine, workspace, processes } = demo;
    assert.ok(engine);
    this.app = new AppCopy('migrations', workspace.subfolder('app'));
    this.cdk = new CdkCli(aws, engine, workspace, processes);
  }

  public async run(): Promise<void> {
    await this.synth('1.0.0', NO_SUCH_TABLE);
    await this.cdk.bootstrap(silent);
    this.before = await Inventory.take(this.demo.aws, OTHER_KINDS);
    await test('a first deployment whose release task fails is rolled back', () => this.failFirst());
    await this.synth('1.0.0');
    if (await test('a deployment whose release task passes', () => this.passFirst())) {
      await this.synth('2.0.0', NOT_NULL);
      await test('a new version whose release task fails', () => this.failUpdate());
      await this.synth('3.0.0', REPAIRED);
      await test('the repaired version', () => this.passUpdate());
    }
    await test('cdk destroy', () => this.cdk.destroy([STACK], silent));
    await test('nothing is left', () => this.assertNothingLeft());
  }

  private async synth(version: string, migration?: string): Promise<void> {
    this.app.setVersion(version);
    this.app.setMigration(migration);
    await this.cdk.synth(this.app.cdkApp, silent);
  }

  private async failFirst(): Promise<void> {
    const said = unwrapped(await this.deployInVain());
    assert.match(said, /Migrate.* ended with exit code 1/);
    assert.match(said, /relation "no_such_table" does not exist/);
    assert.equal(await this.status(), 'ROLLBACK_COMPLETE');
    const left = (await Inventory.take(this.demo.aws, OTHER_KINDS)).since(this.before as Inventory);
    assert.deepEqual([...left, ...(await runningAfterAWhile(this.demo))], [`stack ${STACK}`]);
  }

  private async passFirst(): Promise<void> {
    await this.cdk.deploy([STACK], silent);
    const deployed = await this.deployed();
    assert.equal(await deployed.version(), '1.0.0');
    assert.equal((await deployed.post('/notes', { text: 'written by 1.0.0' })).status, 201);
    assert.equal((await deployed.logStreams('migrate')).length, 1);
  }

  private async failUpdate(): Promise<void> {
    const before = await this.deployed();
    const { taskDefinition } = await before.stack.service();
    const visitor = new Visitor(await before.client());
    const message = await this.deployInVain().finally(() => visitor.leave());
    const visits = await visitor.leave();
    console.log(`\nWhat \`cdk deploy\` says:\n\n${message.replace(/^/gm, '    ')}\n`);
    assert.match(unwrapped(message), /Migrate.* ended with exit code 1/);
    assert.match(unwrapped(message), /Essential container/);
    assert.match(unwrapped(message), /column "author" of relation "notes" contains null values/);

    console.log(`Meanwhile: ${visits.count} requests, ${visits.failed} failed, answered by ${[...visits.versions].join(' and ')}\n`);
    assert.ok(visits.count > 20, `only ${visits.count} requests`);
    assert.equal(visits.failed, 0);
    assert.deepEqual([...visits.versions], ['1.0.0']);

    assert.equal(await this.status(), 'UPDATE_ROLLBACK_COMPLETE');
    const after = await this.deployed();
    assert.equal((await after.stack.service()).taskDefinition, taskDefinition);
    assert.equal((await after.logStreams('migrate')).length, 2, 'the rollback ran the old migration');
    assert.equal((await after.runningTasks()).length, 1, 'a migration still runs');
  }

  private async passUpdate(): Promise<void> {
    await this.cdk.deploy([STACK], silent);
    const deployed = await this.deployed();
    assert.equal(deployed.stack.status, 'UPDATE_COMPLETE');
    assert.equal(await deployed.version(), '3.0.0');
    const { notes } = JSON.parse((await deployed.get('/notes')).body);
    assert.deepEqual(
      notes.map(({ text }: { text: string }) => text),
      ['written by 1.0.0'],
    );
    assert.match((await deployed.logLines('migrate')).join('\n'), /Running upgrade 0002 -> 0003/);
    assert.equal((await deployed.logStreams('migrate')).length, 3);
  }

  private async assertNothingLeft(): Promise<void> {
    const left = (await Inventory.take(this.demo.aws, OTHER_KINDS)).since(this.before as Inventory);
    assert.deepEqual([...left, ...(await runningAfterAWhile(this.demo))], []);
  }

  /** What is printed of a deployment that fails, up to the log of the function that CloudFormation called. */
  private async deployInVain(): Promise<string> {
    const output = await this.cdk.deploy([STACK], silent).then(
      () => assert.fail('the deployment should have failed'),
      (error) => (error instanceof DemoFailure && error.wholeOutput) || Promise.reject(error),
    );
    const [, message = ''] = output.split(/^(?=❌)/m);
    return message.split(/^\s+Logs from /m)[0].trimEnd();
  }

  private async deployed(): Promise<Deployed> {
    return new Deployed(this.demo.aws, await Stack.load(this.demo.aws, STACK));
  }

  private async status(): Promise<string | undefined> {
    const { Stacks = [] } = await this.demo.aws.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
    return Stacks[0]?.StackStatus;
  }
}

/** The CLI breaks lines that are too long for it. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}

runOnLocalAws((demo) => new ReleaseTaskTest(demo).run());
