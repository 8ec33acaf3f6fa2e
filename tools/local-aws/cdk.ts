import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Aws } from './aws';
import type { ChildProcesses } from './child-processes';
import type { Engine } from './engine';
import { Workspace } from './workspace';

/** The stack of the demo. */
export const STACK = 'FlaskQuickstart';

/** The cdk CLI of this repository, as a user would call it. */
export class CdkCli {
  public constructor(
    private readonly aws: Aws,
    private readonly engine: Engine,
    private readonly workspace: Workspace,
    private readonly processes: ChildProcesses,
    /** The synthesized app; each app of a run has a folder of its own. */
    private readonly assembly: string = workspace.assembly,
  ) {}

  /** Once, for all the commands after it. `values` are context values of the app, as with `-c`. */
  public synth(app: string, onLine: (line: string) => void, values: Readonly<Record<string, string>> = {}): Promise<string> {
    const tsx = join('node_modules', '.bin', 'tsx');
    // Where no image registry can be reached, the base image is one of this machine (container-test.sh).
    const { FLASK_BASE_IMAGE: baseImage } = process.env;
    const all = Object.entries(baseImage ? { ...values, baseImage } : values);
    const context = all.flatMap(([name, value]) => ['--context', `${name}=${value}`]);
    const program = `${tsx} --tsconfig tsconfig.dev.json ${app}`;
    return this.cdk(['synth', '--quiet', '--app', program, '--output', this.assembly, ...context], onLine);
  }

  public bootstrap(onLine: (line: string) => void): Promise<string> {
    return this.cdk(['bootstrap', ...this.synthesized], onLine);
  }

  public deploy(stacks: readonly string[], onLine: (line: string) => void): Promise<string> {
    return this.cdk(['deploy', ...stacks, '--require-approval', 'never', '--progress', 'events', ...this.synthesized], onLine);
  }

  public destroy(stacks: readonly string[], onLine: (line: string) => void): Promise<string> {
    return this.cdk(['destroy', ...stacks, '--force', '--progress', 'events', ...this.synthesized], onLine);
  }

  private get synthesized(): string[] {
    return ['--app', this.assembly];
  }

  private async cdk(args: string[], onLine: (line: string) => void): Promise<string> {
    const cli = join(Workspace.root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const output = await this.processes.run(process.execPath, [cli, ...args, '--ci', '--no-notices', '--no-color'], {
      cwd: Workspace.root,
      env: {
        ...this.aws.environment,
        ...this.engine.cdkEnvironment,
        // Of this run: the CLI keeps accounts by access key, and each emulator has its own.
        CDK_HOME: this.workspace.subfolder('cdk-home'),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
      },
      onLine,
      failure: `cdk ${args[0]} failed`,
    });
    appendFileSync(join(this.workspace.folder, 'cdk.log'), output);
    return output;
  }
}
