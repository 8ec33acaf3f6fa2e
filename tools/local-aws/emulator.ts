import type { ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcesses } from './child-processes';
import type { Engine } from './engine';
import { DemoFailure } from './failure';
import { Workspace } from './workspace';

const START_TIMEOUT_MS = 30_000;

/** ministack with this project's additions (emulator/local_aws), on 127.0.0.1. */
export class Emulator {
  public static async start(
    python: string,
    endpoint: URL,
    engine: Engine,
    workspace: Workspace,
    processes: ChildProcesses,
  ): Promise<Emulator> {
    const log = openSync(workspace.emulatorLog, 'a');
    const child = processes.start(python, ['-m', 'local_aws'], {
      cwd: workspace.folder,
      // It ends when its input closes: a demo that is killed leaves no emulator behind.
      stdio: ['pipe', log, log],
      env: {
        ...withoutProxies(process.env),
        ...engine.emulatorEnvironment,
        BIND_HOST: '127.0.0.1',
        MINISTACK_HOST: '127.0.0.1',
        GATEWAY_PORT: endpoint.port,
        // Policies decide each call of a role; what they decided is written down.
        AUTH: 'true',
        LOCAL_AWS_IAM_LEDGER: workspace.iamLedger,
        // For handlers of custom resources: Lambda's Node runtime has the SDK too.
        NODE_PATH: join(Workspace.root, 'node_modules'),
        // Services that would open ports of their own.
        SFTP_ENABLED: '0',
        IOT_MTLS_ENABLED: '0',
        TMPDIR: workspace.subfolder('emulator'),
        S3_DATA_DIR: workspace.subfolder('emulator/s3'),
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONUNBUFFERED: '1',
      },
    });
    await untilReady(child, endpoint, workspace);
    return new Emulator(child, processes);
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly processes: ChildProcesses,
  ) {}

  public stop(): Promise<void> {
    return this.processes.end(this.child, 15_000);
  }
}

/** Does something at this address answer as an AWS API? */
export async function requireEmulator(endpoint: URL): Promise<void> {
  if (!(await answers(endpoint))) {
    throw new DemoFailure(`no AWS emulator answers at ${endpoint.origin}`, 'start it, or leave --endpoint out and the demo starts one');
  }
}

async function untilReady(child: ChildProcess, endpoint: URL, workspace: Workspace): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(endpoint))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
      const how = child.exitCode === null ? `did not answer within ${START_TIMEOUT_MS / 1000} s` : `ended with ${child.exitCode}`;
      throw new DemoFailure(`the emulator ${how}`, undefined, workspace.tail(workspace.emulatorLog, 25));
    }
    await sleep(100);
  }
}

async function answers(endpoint: URL): Promise<boolean> {
  try {
    // Any answer will do: emulators differ in their health paths.
    await fetch(endpoint, { signal: AbortSignal.timeout(2000), redirect: 'manual' });
    return true;
  } catch {
    return false;
  }
}

function withoutProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(https?|all)_proxy$/i.test(name) && !/^(AWS|CDK)_/.test(name)));
}
