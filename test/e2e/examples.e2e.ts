/**
 * Every TypeScript example, end to end: `npx tsx --tsconfig tsconfig.dev.json test/e2e/examples.e2e.ts [names of examples]`.
 *
 * Deploys each with the cdk CLI to one local AWS (tools/local-aws), asks its app through the load balancer, destroys it and looks at what
 * is left. Not a jest test, because it deploys.
 */
import assert from 'node:assert/strict';
import { CreateStackCommand, DescribeStacksCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import type { Aws } from '../../tools/local-aws/aws';
import { CdkCli } from '../../tools/local-aws/cdk';
import type { Demo } from '../../tools/local-aws/demo-context';
import { explain } from '../../tools/local-aws/failure';
import { Inventory } from '../../tools/local-aws/inventory';
import { recordedOnly } from '../../tools/local-aws/recorded-only';
import { Stack } from '../../tools/local-aws/stack';
import { runningAfterAWhile } from '../../tools/local-aws/steps/clean-up';
import { Deployed } from './examples/deployed';
import { EXAMPLES, type Example } from './examples/examples';
import { OTHER_KINDS } from './examples/other-apis';
import { runOnLocalAws, test } from './local-aws-test';

const ZONE_STACK = 'HostedZone';
/** Of these a failing `cdk destroy` is tried too, before the protection of the load balancer is switched off. */
const DESTROYED_IN_VAIN = ['existing-vpc'];
/** Kinds of resource that the emulator has no API for: what CloudFormation makes of them is a placeholder. */
const UNANSWERED = ['scalable target'];
/** Kinds of resource that every example makes. */
const ALWAYS_MADE = [
  'VPC',
  'cluster',
  'load balancer',
  'log group',
  'role',
  'security group',
  'service',
  'stack',
  'task',
  'task definition',
];
const silent = () => undefined;

class ExampleTest {
  public readonly cdk: CdkCli;
  private synthesis?: Promise<unknown>;
  private before?: Inventory;
  private deployed?: Deployed;

  public constructor(
    private readonly demo: Demo,
    private readonly name: string,
    private readonly example: Example,
    private readonly types: Set<string>,
    private readonly context: Readonly<Record<string, string>>,
  ) {
    const { aws, engine, workspace, processes } = demo;
    assert.ok(engine);
    this.cdk = new CdkCli(aws, engine, workspace, processes, workspace.subfolder(`cdk.out/${name}`));
  }

  /** Can begin before it is this example's turn. */
  public synth(): Promise<unknown> {
    const context = this.example.zone ? this.context : {};
    this.synthesis ??= this.cdk.synth(`examples/typescript/${this.name}/app.ts`, silent, context);
    this.synthesis.catch(silent); // reported by deploy(), which waits for it
    return this.synthesis;
  }

  public async run(): Promise<void> {
    const { name, example } = this;
    if (!(await test(`${name}: cdk deploy`, () => this.deploy()))) {
      // What came up goes, so that the next example begins with an account as empty as this one.
      await this.cdk.destroy(['--all'], silent).catch(silent);
      return;
    }
    const deployed = this.deployed as Deployed;
    await test(`${name}: all tasks run`, () => deployed.assertAllTasksRun());
    await test(`${name}: the inventory sees what it made`, () => this.assertSeen());
    for (const [what, check] of Object.entries(example.checks)) {
      await test(`${name}: ${what}`, () => check(deployed));
    }
    await this.liftProtection(deployed);
    const retained = deployed.retained();
    await test(`${name}: cdk destroy`, () => this.cdk.destroy(['--all'], silent));
    await test(`${name}: what is left: ${retained.types.join(', ') || 'nothing'}`, () => this.assertLeftovers(retained));
  }

  private async deploy(): Promise<void> {
    const { aws } = this.demo;
    await this.synth();
    this.before = await Inventory.take(aws, OTHER_KINDS);
    await this.cdk.deploy(['--all'], silent);
    const stacks = await Promise.all(this.example.stacks.map((stack) => Stack.load(aws, stack)));
    assert.deepEqual(
      stacks.map(({ status }) => status),
      stacks.map(() => 'CREATE_COMPLETE'),
    );
    for (const type of stacks.flatMap(({ types }) => types)) {
      this.types.add(type);
    }
    this.deployed = new Deployed(aws, stacks.at(-1) as Stack);
  }

  /** An inventory that overlooks things would find nothing left of them. */
  private async assertSeen(): Promise<void> {
    const { before, demo } = this;
    assert.ok(before);
    const during = await Inventory.take(demo.aws, OTHER_KINDS);
    assert.deepEqual(during.unanswered, UNANSWERED);
    const kinds = new Set(during.since(before).map((entry) => entry.replace(/ \S+$/, '')));
    const overlooked = [...ALWAYS_MADE, ...(this.example.makes ?? [])].filter((kind) => !kinds.has(kind));
    assert.deepEqual(overlooked, []);
  }

  private async liftProtection(deployed: Deployed): Promise<void> {
    const { name, example } = this;
    await test(`${name}: the load balancer is ${example.production ? '' : 'not '}protected against deletion`, async () => {
      assert.equal(await deployed.isProtected(), example.production);
      if (example.production) {
        await deployed.assertDeletionIsRefused();
      }
    });
    if (DESTROYED_IN_VAIN.includes(name)) {
      await test(`${name}: cdk destroy fails because of the protection`, async () => {
        const refused = (error: unknown) => /deletion protection is enabled/.test(explain(error).output ?? '');
        await assert.rejects(this.cdk.destroy(example.stacks.slice(-1), silent), refused);
        assert.equal((await Stack.load(this.demo.aws, deployed.stack.name)).status, 'DELETE_FAILED');
        assert.equal(await deployed.isProtected(), true);
      });
    }
    if (example.production) {
      await test(`${name}: the protection can be switched off`, () => deployed.switchProtectionOff());
    }
  }

  private async assertLeftovers({ types, entries }: { types: string[]; entries: string[] }): Promise<void> {
    assert.deepEqual(types, [...this.example.retains].sort());
    const after = await Inventory.take(this.demo.aws, OTHER_KINDS);
    assert.ok(this.before);
    assert.deepEqual(after.unanswered, UNANSWERED);
    assert.deepEqual([...after.since(this.before), ...(await runningAfterAWhile(this.demo))].sort(), entries);
  }
}

/** The zone that an account of one's own has before the stack: the examples get its id with `-c zoneId=`. */
async function makeZone({ cloudFormation }: Aws): Promise<string> {
  const zone = { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'example.com' } };
  const template = { Resources: { Zone: zone }, Outputs: { Id: { Value: { Ref: 'Zone' } } } };
  await cloudFormation.send(new CreateStackCommand({ StackName: ZONE_STACK, TemplateBody: JSON.stringify(template) }));
  await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { StackName: ZONE_STACK });
  const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: ZONE_STACK }));
  return stack?.Outputs?.[0]?.OutputValue ?? assert.fail('the hosted zone has no id');
}

async function testAll(demo: Demo, names: readonly string[]): Promise<void> {
  const started = Date.now();
  const chosen = Object.entries(EXAMPLES).filter(([name]) => names.length === 0 || names.includes(name));
  assert.ok(chosen.length > 0, `the examples are ${Object.keys(EXAMPLES).join(', ')}`);
  const context = { zoneId: await makeZone(demo.aws), zoneName: 'example.com' };
  const types = new Set<string>();
  const tests = chosen.map(([name, example]) => new ExampleTest(demo, name, example, types, context));
  await tests[0].synth();
  await tests[0].cdk.bootstrap(silent);
  for (const [index, example] of tests.entries()) {
    void tests[index + 1]?.synth(); // a deployment mostly waits
    await example.run();
  }
  const more = chosen.flatMap(([, example]) => example.recordedOnly ?? []);
  const unseen = [...recordedOnly([...types], demo.options, demo.engine), ...more];
  console.log(`\nRecorded only, so not shown by this test:\n${unseen.map((what) => `  - ${what}`).join('\n')}`);
  console.log(`\n${chosen.length} examples in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

runOnLocalAws((demo) => testAll(demo, process.argv.slice(2)));
