/** A workflow of GitHub Actions, job by job, step by step, on this machine and the local AWS. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Demo } from '../../../tools/local-aws/demo-context';
import { valuesOf } from '../examples/other-apis';
import type { Tools } from './tools';

/** Values of expressions: `github.sha`, `inputs.digest`. */
export type Values = Readonly<Record<string, string>>;

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Values;
  readonly env?: Values;
  readonly 'working-directory'?: string;
}

interface Job {
  readonly environment: string;
  readonly steps: readonly Step[];
  readonly outputs?: Values;
}

/** What GitHub's tokens say of the repository: the one that the example trusts. */
const REPOSITORY = 'my-org@1234567/shop@7654321';
const ISSUER = 'token.actions.githubusercontent.com';

export class Workflow {
  private readonly content: { readonly env?: Values; readonly jobs: Readonly<Record<string, Job>> };
  /** Commands of the CDK that were run, as they stand in the workflow. */
  public readonly commands: string[] = [];

  public constructor(
    private readonly demo: Demo,
    private readonly tools: Tools,
    /** Of the repository: the app's own, with the CDK's in `infra`. */
    private readonly folders: Readonly<Record<string, string>>,
    file: string,
  ) {
    this.content = parse(readFileSync(file, 'utf8'));
  }

  /** Run jobs one after the other, each with the outputs of those before. The first that fails ends it. */
  public async run(names: readonly string[], values: Values): Promise<Values> {
    const env = allFilled(this.content.env, values);
    let known = { ...values, ...prefixed('env', env) };
    for (const name of names) {
      const job = this.content.jobs[name] ?? assert.fail(`there is no job ${name}`);
      const outputs = await this.runJob(job, env, known);
      known = { ...known, ...prefixed(`needs.${name}.outputs`, outputs) };
    }
    return known;
  }

  private async runJob(job: Job, env: Values, values: Values): Promise<Values> {
    let known = { ...values };
    let environment: NodeJS.ProcessEnv = this.tools.environment(env);
    for (const step of job.steps) {
      const given = allFilled(step.with, known);
      if (step.uses?.startsWith('aws-actions/configure-aws-credentials@')) {
        environment = {
          ...environment,
          ...(await signIn(this.demo, given['role-to-assume'], job.environment)),
          ...regionOf(given['aws-region']),
        };
      } else if (step.uses?.startsWith('aws-actions/amazon-ecr-login@')) {
        const [account] = /\d{12}/.exec(`${environment.ROLE}`) ?? [];
        known = { ...known, [`steps.${step.id}.outputs.registry`]: `${account}.dkr.ecr.${environment.AWS_REGION}.amazonaws.com` };
      } else if (step.run) {
        const outputs = await this.runStep(step, { ...environment, ...allFilled(step.env, known) });
        known = { ...known, ...prefixed(`steps.${step.id}.outputs`, outputs) };
      }
    }
    return allFilled(job.outputs, known);
  }

  /** As the runner does: `bash -e` with pipefail. */
  private async runStep({ run = '', 'working-directory': folder = '.', name }: Step, environment: NodeJS.ProcessEnv): Promise<Values> {
    const output = join(this.demo.workspace.subfolder('github'), 'output');
    writeFileSync(output, '');
    this.commands.push(...(run.match(/npx aws-cdk@2 .*/g) ?? []));
    await this.demo.processes.run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      cwd: this.folders[folder] ?? assert.fail(`there is no folder ${folder}`),
      env: { ...environment, GITHUB_OUTPUT: output },
      failure: `the step ${name ?? run.split('\n')[0]} failed`,
    });
    return Object.fromEntries(
      readFileSync(output, 'utf8')
        .split('\n')
        .filter((line) => line.includes('='))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }
}

/** The credentials of a role, by a token that says what GitHub's would of a job in an environment. */
export async function signIn({ aws }: Demo, role: string, environment: string): Promise<NodeJS.ProcessEnv> {
  const claims = { iss: `https://${ISSUER}`, aud: 'sts.amazonaws.com', sub: `repo:${REPOSITORY}:environment:${environment}` };
  const [header, payload] = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const query = {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: 'GitHubActions',
    WebIdentityToken: `${header}.${payload}.signature`,
  };
  const answer = await fetch(new URL(`/?${new URLSearchParams(query)}`, aws.endpoint), { method: 'POST' });
  const body = await answer.text();
  assert.ok(answer.ok, body);
  const field = (element: string) => valuesOf(element, body)[0];
  return {
    ROLE: role,
    AWS_ACCESS_KEY_ID: field('AccessKeyId'),
    AWS_SECRET_ACCESS_KEY: field('SecretAccessKey'),
    AWS_SESSION_TOKEN: field('SessionToken'),
  };
}

export function regionOf(region: string): Values {
  return { AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

function prefixed(prefix: string, values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value]));
}

function allFilled(texts: Values = {}, values: Values): Values {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, filled(String(text), values)]));
}

function filled(text: string, values: Values): string {
  return text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, name) => values[name] ?? assert.fail(`nothing is known of ${name}`));
}
