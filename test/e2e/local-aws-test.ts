/** What the end-to-end tests on the local AWS have in common: one of it for each run, one line for each assertion, and an end in order. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { ChildProcesses } from '../../tools/local-aws/child-processes';
import { Demo } from '../../tools/local-aws/demo-context';
import { explain } from '../../tools/local-aws/failure';
import { IamReport } from '../../tools/local-aws/iam-report';
import { parseOptions } from '../../tools/local-aws/options';
import { startEmulator } from '../../tools/local-aws/steps/deploy';
import { Workspace } from '../../tools/local-aws/workspace';

let passed = 0;
let failed = 0;

/** True if the assertion holds. */
export async function test(name: string, assertion: () => Promise<unknown>): Promise<boolean> {
  const started = Date.now();
  try {
    await assertion();
    passed += 1;
    console.log(`ok - ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    // Of an assertion the message is enough.
    const { message, output } = error instanceof assert.AssertionError ? { message: error.message, output: '' } : explain(error);
    failed += 1;
    console.log(`not ok - ${name}: ${message}${output ? `\n${output}` : ''}`);
    return false;
  }
}

/** Start a local AWS, run the tests on it, end it and the process. */
export function runOnLocalAws(tests: (demo: Demo) => Promise<void>): void {
  run(tests).then(
    // Explicitly: a socket that an SDK keeps open must not hold the terminal.
    () => process.exit(failed > 0 ? 1 : 0),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

async function run(tests: (demo: Demo) => Promise<void>): Promise<void> {
  const demo = new Demo(parseOptions(['--port', '0']), new Workspace(), new ChildProcesses());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void demo.processes.endAll()); // whatever waits for one of them then fails
  }
  try {
    await startEmulator.run(demo, () => undefined);
    await tests(demo);
  } catch (error) {
    failed += 1;
    console.error(explain(error));
    console.error(demo.workspace.tail(demo.workspace.emulatorLog, 20));
  } finally {
    await demo.emulator?.stop();
    await demo.processes.endAll();
    await demo.engine?.cleanUp();
    reportIam(demo);
    demo.workspace.remove();
  }
  console.log(`${passed} passed, ${failed} failed`);
}

function reportIam({ workspace }: Demo): void {
  const report = IamReport.read(workspace.iamLedger);
  if (report) {
    report.keep(basename(process.argv[1], '.e2e.ts'));
    console.log(`\n${report}\n`);
  }
}
