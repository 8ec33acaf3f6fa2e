/**
 * docs/tutorial.md, block by block: `npx projen e2e:tutorial`. Files are written where the page says, commands are run in one shell against a local AWS that `npm run local-aws`
 * starts, and their output has the lines that the page promises. The project at the end is examples/tutorial. Not a jest test, because it deploys.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Block, blocksOf, missingLines } from './tutorial/blocks';
import { Shell } from './tutorial/shell';

const ROOT = join(__dirname, '../..');
const PAGE = join(ROOT, 'docs/tutorial.md');
/** The clone beside the project, as in the page. */
const CLONE = 'cdk-flask-fargate';
const ENV_OF_PAGE = `../../${CLONE}/tools/local-aws/.cache/env`;
const ADDRESS_OF_PAGE = /http:\/\/(\S+?)-…\.alb\.localhost:4566/g;

class TutorialTest {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tutorial-'));
  private readonly env = join(this.folder, 'local-aws.env');
  private readonly shell: Shell;
  private localAws?: ChildProcess;
  private said = '';

  public constructor() {
    symlinkSync(ROOT, join(this.folder, CLONE));
    // npx finds the CLI of this repository, and asks no registry
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    const notes = join(this.folder, 'notes');
    mkdirSync(notes);
    const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK|npm)_|^VIRTUAL_ENV$/.test(name));
    const quiet = { CDK_VALIDATION: 'false', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
    this.shell = new Shell(notes, this.folder, { ...Object.fromEntries(inherited), ...quiet });
  }

  public async run(): Promise<void> {
    const started = Date.now();
    const blocks = blocksOf(readFileSync(PAGE, 'utf8'));
    try {
      for (const [index, block] of blocks.entries()) {
        const begun = Date.now();
        await this.perform(block);
        const [first] = block.kind === 'file' ? [block.path] : block.code.trim().split('\n');
        console.log(`ok - block ${index + 1}: ${first.slice(0, 100)} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
      }
      this.assertFinishedProject();
      console.log(`${blocks.length} blocks of docs/tutorial.md in ${((Date.now() - started) / 60_000).toFixed(1)} min`);
    } finally {
      await this.end();
    }
  }

  private async perform(block: Block): Promise<void> {
    if (block.kind === 'file') {
      const path = join(this.folder, 'shop', block.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, block.text);
    } else if (block.kind === 'first terminal') {
      await this.startLocalAws(block.code.trim());
    } else {
      const { code, output } = await this.shell.run(await this.localized(block.code));
      const what = `${block.code}\nended with ${code} and printed\n${output.split('\n').slice(-60).join('\n')}`;
      assert.equal(code !== 0, block.fails, what);
      assert.deepEqual(missingLines(block.expected, output), [], what);
    }
  }

  /** As the page says, at a port that is free. */
  private async startLocalAws(command: string): Promise<void> {
    const child = spawn('bash', ['-c', `exec ${command} -- --port 0 --env ${this.env}`], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.localAws = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
      });
    }
    for (const end = Date.now() + 180_000; !existsSync(this.env); await sleep(200)) {
      assert.ok(child.exitCode === null && Date.now() < end, `the local AWS did not start:\n${this.said}`);
    }
  }

  private async localized(code: string): Promise<string> {
    await sleep(1500); // an address is printed within a second
    return code.replaceAll(ENV_OF_PAGE, this.env).replaceAll(ADDRESS_OF_PAGE, (_, name: string) => {
      const found = new RegExp(`http://${name}-\\S+\\.alb\\.localhost:\\d+`).exec(this.said);
      assert.ok(found, `the local AWS has printed no address of ${name}:\n${this.said}`);
      return found[0];
    });
  }

  /** What the page tells the reader to write is what the example is at its start. */
  private assertFinishedProject(): void {
    const written = new Map<string, string>();
    for (const block of blocksOf(readFileSync(PAGE, 'utf8'))) {
      if (block.kind === 'file' && block.path.startsWith('infra/')) {
        written.set(block.path, block.text);
      }
    }
    assert.ok(written.size >= 3);
    for (const [path, text] of written) {
      assert.equal(text, readFileSync(join(ROOT, 'examples/tutorial', path), 'utf8'), `examples/tutorial/${path} is not what the page has`);
    }
  }

  private async end(): Promise<void> {
    const { localAws: child } = this;
    if (child?.pid && child.exitCode === null) {
      process.kill(-child.pid, 'SIGINT');
      await Promise.race([once(child, 'close'), sleep(30_000)]);
      const ended = child.exitCode !== null || child.signalCode !== null;
      if (!ended) {
        process.kill(-child.pid, 'SIGKILL');
      }
      assert.ok(ended, `the local AWS did not end:\n${this.said}`);
      assert.ok(!existsSync(this.env), 'the variables of the local AWS are still there');
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The wheel that pip finds in `dist`: made where there is none. */
function requireWheel(): void {
  const dist = join(ROOT, 'dist/python');
  if (!existsSync(dist) || !readdirSync(dist).some((file) => file.endsWith('.whl'))) {
    execFileSync('npx', ['projen', 'package:python'], { cwd: ROOT, stdio: 'inherit' });
  }
}

requireWheel();
new TutorialTest().run().catch((error) => {
  console.error(error instanceof assert.AssertionError ? error.message : error);
  process.exitCode = 1;
});
