/** A local AWS for an app of your own, until Ctrl-C: `npm run local-aws`. Its variables go to a file that the shell of the app reads. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Aws } from './aws';
import { ChildProcesses } from './child-processes';
import { Demo } from './demo-context';
import { DemoFailure, explain } from './failure';
import { parseOptions } from './options';
import { startEmulator } from './steps/deploy';
import { userEnvironment } from './user-environment';
import { Workspace } from './workspace';

const HELP = `npm run local-aws -- [options]

Starts a local AWS for your own CDK app and writes the variables for it to tools/local-aws/.cache/env. In a second terminal, in the folder of your app:

  . PATH/OF/THIS/CLONE/tools/local-aws/.cache/env
  npx cdk bootstrap
  npx cdk deploy

  --engine NAME   process (default), docker or podman: what tasks run as
  --port NUMBER   port on 127.0.0.1 (default 4566; 0: any free one)
  --env FILE      where the variables are written

Ctrl-C ends it, and all that was deployed to it is gone. No AWS account is used, whatever credentials are set.`;

async function main(args: readonly string[]): Promise<void> {
  const { engine, port, env, help } = optionsOf(args);
  if (help) {
    console.log(HELP);
    return;
  }
  const demo = new Demo(parseOptions(['--engine', engine, '--port', port]), new Workspace(), new ChildProcesses());
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => ended.abort());
  }
  try {
    const { summary } = await startEmulator.run(demo, (line) => process.stdout.isTTY && console.log(`  ${line}`));
    writeFileSync(env, userEnvironment(demo), { mode: 0o600 });
    console.log(`A local AWS is up: ${summary}\nIn the terminal of your CDK app:\n\n  . ${env}\n  npx cdk bootstrap\n  npx cdk deploy\n`);
    await sayAddresses(demo, ended.signal);
    console.log('\nending what was started');
  } finally {
    rmSync(env, { force: true });
    await demo.emulator?.stop();
    await demo.processes.endAll();
    await demo.engine?.cleanUp();
    demo.workspace.remove();
  }
}

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        engine: { type: 'string', default: 'process' },
        port: { type: 'string', default: '4566' },
        env: { type: 'string', default: join(Workspace.cache, 'env') },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new DemoFailure((error as Error).message.split('. ')[0], 'npm run local-aws -- --help lists the options');
  }
}

/** Those that every account has; a stack in another one works too, and its address is not said. */
const REGIONS = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1'],
  ...['ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

/** Each load balancer by an address that a browser on this machine can open: the names that stacks print are those of AWS. */
async function sayAddresses({ aws }: Demo, signal: AbortSignal): Promise<void> {
  const said = new Set<string>();
  const inRegions = REGIONS.map((region) => new Aws(aws.endpoint, region).elb);
  while (!signal.aborted) {
    const lists = await Promise.all(inRegions.map((elb) => elb.send(new DescribeLoadBalancersCommand({}))));
    const LoadBalancers = lists.flatMap((list) => list.LoadBalancers ?? []);
    for (const { LoadBalancerName = '', DNSName } of LoadBalancers.filter(({ LoadBalancerName: name = '' }) => !said.has(name))) {
      said.add(LoadBalancerName);
      console.log(`http://${LoadBalancerName.toLowerCase()}.alb.localhost:${aws.endpoint.port} is the load balancer ${DNSName}`);
    }
    await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
}

main(process.argv.slice(2)).then(
  // explicitly: a socket that an SDK keeps open must not hold the terminal
  () => process.exit(0),
  (error) => {
    const { message, remedy, output } = explain(error);
    console.error([`The local AWS failed: ${message}`, remedy && `  ${remedy}`, output].filter(Boolean).join('\n'));
    process.exit(1);
  },
);
