/** What a runner of GitHub has on its PATH: `npx`, `docker` and `aws`, for the local AWS. `bash`, `curl` and `jq` are the machine's. */
import { writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Demo } from '../../../tools/local-aws/demo-context';
import { Python } from '../../../tools/local-aws/python';
import { Workspace } from '../../../tools/local-aws/workspace';

export class Tools {
  public static async make({ aws, engine, workspace, processes }: Demo): Promise<Tools> {
    if (!engine) {
      throw new Error('there is no engine yet');
    }
    const python = await (await Python.find(processes)).environment(engine.requirements, () => undefined);
    const folder = workspace.subfolder('bin');
    const script = (name: string, ...lines: string[]) =>
      writeFileSync(join(folder, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
    script('aws', `exec '${python}' '${join(__dirname, 'aws.py')}' "$@"`);
    script('pip', 'exit 0');
    script(
      'npx',
      'program=$1; shift',
      `[ "$program" = aws-cdk@2 ] && exec '${process.execPath}' '${join(Workspace.root, 'node_modules/aws-cdk/bin/cdk')}' "$@"`,
      `exec '${join(Workspace.root, 'node_modules/.bin')}'/"$program" "$@"`,
    );
    // every name of a load balancer is at the address of the local AWS
    writeFileSync(join(folder, '.curlrc'), `connect-to = "::${aws.endpoint.host}"\nsilent\n`);
    const { CDK_DOCKER: docker = '', ...ofEngine } = engine.cdkEnvironment;
    const path = [folder, dirname(docker), process.env.PATH].join(delimiter);
    return new Tools(
      {
        ...ofEngine,
        PATH: path,
        CURL_HOME: folder,
        CI: 'true',
        CDK_HOME: workspace.subfolder('cdk-home'),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CDK_DOCKER: docker,
        // four fifths of a synth; the first one does it
        CDK_VALIDATION: 'false',
      },
      aws.environment,
    );
  }

  private constructor(
    private readonly own: NodeJS.ProcessEnv,
    private readonly ofAws: NodeJS.ProcessEnv,
  ) {}

  /** Of a job: no credentials are in it yet. */
  public environment(values: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...ofAws } = this.ofAws;
    return { ...ofAws, ...this.own, ...values };
  }
}
