import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { contextOf, synthesize, templatesIn } from './util/synthesize';

const EXAMPLE = path.join(__dirname, '../examples/typescript/github-actions');
const WORKFLOWS = path.join(EXAMPLE, 'workflows');
const { digest, 'pull-request': pullRequest, ...ofCdkJson } = contextOf(EXAMPLE);

interface Workflow {
  readonly concurrency: { readonly 'cancel-in-progress': boolean };
  readonly jobs: { readonly [name: string]: Job };
}
interface Job {
  readonly environment: string;
  readonly 'timeout-minutes': number;
  readonly steps: { readonly run?: string; readonly with?: { readonly [key: string]: unknown } }[];
}

const workflows = fs
  .readdirSync(WORKFLOWS)
  .map((name) => ({ name, workflow: parse(fs.readFileSync(path.join(WORKFLOWS, name), 'utf-8')) as Workflow }));
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([job, content]) => ({ name: `${name} ${job}`, ...content })),
);
const templates = templatesIn(synthesize(path.join(EXAMPLE, 'app.ts'), contextOf(EXAMPLE)));

test('the stacks that the workflows name are those of the app, and each of its services is deployed', () => {
  const named = jobs
    .flatMap(({ steps }) => steps.flatMap(({ run = '' }) => [...run.matchAll(/aws-cdk@2 (?:deploy|destroy) "?([\w$]+)/g)]))
    .map(([, stack]) => stack.replace('$PULL_REQUEST', `${pullRequest}`));
  expect([...new Set(named)].sort()).toEqual([...templates.keys()].filter((name) => !/Images$|Access$/.test(name)));
});

test.each(jobs)('$name signs in as a role of its environment and account, for as long as a deployment takes', (job) => {
  const signIn = job.steps.find((step) => step.with?.['role-to-assume'])?.with ?? {};
  const [, account, role] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(`${signIn['role-to-assume']}`) ?? [];
  expect(role).toBe(`shop-${job.environment}`);
  const stack = { images: 'ShopImages', staging: 'ShopStagingAccess', production: 'ShopProductionAccess' }[job.environment];
  expect(account).toBe(ofCdkJson[`${job.environment === 'images' ? 'tools' : job.environment}-account`]);
  const { Resources } = templates.get(`${stack}`) as { Resources: { [id: string]: { Properties: Record<string, unknown> } } };
  const made = Object.values(Resources).find(({ Properties }) => Properties.RoleName === role)?.Properties ?? {};
  expect(JSON.stringify(made.AssumeRolePolicyDocument)).toContain(`repo:my-org@1234567/shop@7654321:environment:${job.environment}`);
  expect(Number(signIn['role-duration-seconds'] ?? 3600)).toBeLessThanOrEqual(Number(made.MaxSessionDuration));
  expect(job['timeout-minutes'] * 60).toBeLessThanOrEqual(Number(signIn['role-duration-seconds'] ?? 3600));
});

test.each(workflows)('$name ends no deployment in the middle', ({ workflow }) => {
  expect(workflow.concurrency['cancel-in-progress']).toBe(false);
});

test.each(['github-actions', 'promote'])('%s without a digest has no service that could be deployed by mistake', (name) => {
  const outdir = synthesize(path.join(EXAMPLE, '..', name, 'app.ts'), ofCdkJson);
  expect(JSON.stringify([...templatesIn(outdir).values()])).not.toContain('AWS::ECS::Service');
});

test.each(['github-actions', 'promote'])('%s runs one digest in each stage, of the repository in the account of the tools', (name) => {
  const example = path.join(EXAMPLE, '..', name);
  const all = JSON.stringify([...templatesIn(synthesize(path.join(example, 'app.ts'), contextOf(example)))]);
  const images = [...all.matchAll(/"\/shop@(sha256:\w+)"/g)].map(([, image]) => image);
  expect(new Set(images)).toEqual(new Set([digest]));
  expect(images.length).toBeGreaterThanOrEqual(2);
  expect(all.match(/\d{12}\.dkr\.ecr/g)?.every((host) => host.startsWith(`${ofCdkJson['tools-account']}`))).toBe(true);
});

test.each(['github-actions', 'promote'])('%s goes back without its release tasks', (name) => {
  const app = path.join(EXAMPLE, '..', name, 'app.ts');
  const tasks = (more: object) =>
    JSON.stringify([...templatesIn(synthesize(app, { ...ofCdkJson, digest, ...more }))]).match(/ReleaseTask/g) ?? [];
  expect(tasks({}).length).toBeGreaterThan(0);
  expect(tasks({ 'going-back': 'true' })).toEqual([]);
});

test('the pipeline builds one image for both stages', () => {
  const example = path.join(EXAMPLE, '../pipeline');
  const outdir = synthesize(path.join(example, 'app.ts'), contextOf(example));
  const found = execFileSync('find', [outdir, '-name', '*.assets.json', '-path', '*assembly-*'], { encoding: 'utf-8' }).trim().split('\n');
  const hashes = found.map((file) => Object.keys(JSON.parse(fs.readFileSync(file, 'utf-8')).dockerImages));
  expect(hashes).toHaveLength(2);
  expect(hashes[0]).toHaveLength(1);
  expect(hashes[1]).toEqual(hashes[0]);
});

/** How many warnings a synthesis has, in its stages too. */
const warnings = (outdir: string) =>
  fs
    .readdirSync(outdir, { encoding: 'utf-8', recursive: true })
    .filter((file) => /(^|\/)(manifest|[^/]*\.metadata)\.json$/.test(file))
    .flatMap((file) => fs.readFileSync(path.join(outdir, file), 'utf-8').match(/"aws:cdk:warning"/g) ?? []).length;

test.each(['github-actions', 'promote', 'pipeline'])('%s has no warning that would end cdk deploy --strict', (name) => {
  const example = path.join(EXAMPLE, '..', name);
  expect(warnings(synthesize(path.join(example, 'app.ts'), contextOf(example)))).toBe(0);
});

test('a warning would be found', () => {
  expect(warnings(synthesize(path.join(EXAMPLE, '../quickstart/app.ts')))).toBeGreaterThan(0);
});
