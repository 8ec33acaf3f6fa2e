import { Listr } from 'listr2';
import { ChildProcesses } from './child-processes';
import { Demo } from './demo-context';
import { explain } from './failure';
import { HELP, parseOptions } from './options';
import { recordedOnly } from './recorded-only';
import { ReportWriter } from './report';
import { stepsFor } from './steps';
import type { Step } from './steps/step';
import { Workspace } from './workspace';

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const demo = new Demo(options, new Workspace(), new ChildProcesses());
  const report = new ReportWriter(options);
  const interrupted = interruption(demo);
  try {
    await Promise.race([walk(demo, report), interrupted.promise]);
    sayWhatIsOnlyRecorded(demo, report);
    report.write();
    if (options.keep) {
      await keep(demo, interrupted.promise);
    }
    return 0;
  } catch (error) {
    const code = interrupted.code();
    report.write(code ? 'interrupted' : explain(error).message);
    if (code === undefined) {
      complain(error, demo);
    }
    return code ?? 1;
  } finally {
    await cleanUp(demo);
  }
}

async function walk(demo: Demo, report: ReportWriter): Promise<void> {
  const tasks = stepsFor(demo.options).map((step) => ({
    title: step.title,
    task: (_: unknown, line: { title: string; output: string }) => perform(step, demo, report, line),
  }));
  // Without a terminal each line is printed once, when it begins and when it ends.
  await new Listr(tasks, { renderer: 'default', fallbackRenderer: 'verbose', registerSignalListeners: false }).run();
  console.log(`\nAll ${tasks.length} steps in ${(report.totalMs / 1000).toFixed(0)} s.`);
}

async function perform(step: Step, demo: Demo, report: ReportWriter, line: { title: string; output: string }): Promise<void> {
  const started = Date.now();
  const facts = await step.run(demo, (text) => {
    if (process.stdout.isTTY) {
      line.output = text;
    }
  });
  const ms = Date.now() - started;
  report.add({ name: step.name, title: step.title, ms, facts });
  line.title = `${step.title}: ${facts.summary} [${(ms / 1000).toFixed(1)} s]`;
}

function sayWhatIsOnlyRecorded(demo: Demo, report: ReportWriter): void {
  report.recordedOnly = recordedOnly(demo.stack.types, demo.options, demo.engine);
  console.log(`\nRecorded only, so not shown by this run:\n${report.recordedOnly.map((what) => `  - ${what}`).join('\n')}`);
}

async function keep({ aws, stack, options }: Demo, interrupted: Promise<never>): Promise<void> {
  const { LoadBalancerName, DNSName } = await stack.loadBalancer();
  if (options.endpoint) {
    console.log(`\nIt is up: http://${DNSName}\nTo end it: delete the stack FlaskQuickstart of that emulator.`);
    return;
  }
  // The emulator answers for this name too, and browsers take every name below localhost for this machine.
  console.log(`\nIt is up: http://${LoadBalancerName?.toLowerCase()}.alb.localhost:${aws.endpoint.port}/`);
  console.log(`AWS API:  ${aws.endpoint.origin} (region us-east-1, any credentials)\nCtrl-C ends it.`);
  await interrupted;
}

/** Ctrl-C and `kill`: rejects once, so that the clean-up of main runs as after any other end. */
function interruption(demo: Demo): { promise: Promise<never>; code: () => number | undefined } {
  let code: number | undefined;
  const promise = new Promise<never>((_, fail) => {
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.on(signal, () => {
        if (code === undefined) {
          code = exitCode;
          console.error(`\n${signal}: ending what was started`);
          void demo.processes.endAll();
          fail(new Error(signal));
        }
      });
    }
  });
  promise.catch(() => undefined);
  return { promise, code: () => code };
}

function complain(error: unknown, { workspace }: Demo): void {
  const { message, remedy, output } = explain(error);
  const parts = [
    `\nThe demo failed: ${message}`,
    remedy && `  ${remedy}`,
    output && `\n${output}`,
    section('the emulator', workspace.tail(workspace.emulatorLog, 20)),
    section('the app', workspace.tail(workspace.appLog, 20)),
  ];
  console.error(parts.filter(Boolean).join('\n'));
}

function section(whose: string, lines: string): string {
  return lines && `\nLast lines of ${whose}:\n${lines.replace(/^/gm, '  ')}`;
}

async function cleanUp({ emulator, engine, processes, workspace }: Demo): Promise<void> {
  await emulator?.stop();
  await processes.endAll();
  await engine?.cleanUp();
  workspace.remove();
}

// Should Node ever find nothing left to wait for before the end of main, that is no success.
process.exitCode = 1;

main(process.argv.slice(2)).then(
  // Explicitly: a socket that an SDK keeps open must not hold the terminal.
  (code) => process.exit(code),
  (error) => {
    const { message, remedy, output } = explain(error);
    console.error([`The demo failed: ${message}`, remedy && `  ${remedy}`, output].filter(Boolean).join('\n'));
    process.exit(1);
  },
);
