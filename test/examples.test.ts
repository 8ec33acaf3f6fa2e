import * as fs from 'node:fs';
import * as path from 'node:path';
import { examplesOf } from '../tools/conformance/layout';
import { cdkJsons, withFlags } from '../tools/docs/cdk-json';
import { synthesize, synthesizeAll, templatesIn } from './util/synthesize';

const EXAMPLES = path.join(__dirname, '../examples/typescript');
const scenarios = examplesOf(EXAMPLES);

interface Template {
  readonly Resources: { readonly [id: string]: Resource };
}

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string[];
  readonly UpdateReplacePolicy?: string;
  readonly Properties?: {
    readonly RetentionInDays?: number;
    readonly LoadBalancerAttributes?: { readonly Key: string; readonly Value: string }[];
    readonly DeletionProtection?: boolean;
    readonly DeletionProtectionEnabled?: boolean;
    readonly DeleteAutomatedBackups?: boolean;
    readonly EmptyOnDelete?: boolean;
    readonly LoggingConfig?: { readonly LogGroup?: unknown };
  };
}

const appOf = (scenario: string) => path.join(EXAMPLES, scenario, 'app.ts');
const [asTheyAre, asEphemeral] = (['of the app', 'ephemeral'] as const).map((stage) => synthesizeAll(scenarios.map(appOf), stage));

function templatesOf(scenario: string, outdirs = asTheyAre): Map<string, Template> {
  return templatesIn(`${outdirs.get(appOf(scenario))}`) as Map<string, Template>;
}

test.each(scenarios)('%s has an app, a cdk.json and a README with a picture', (scenario) => {
  expect(JSON.parse(fs.readFileSync(path.join(EXAMPLES, scenario, 'cdk.json'), 'utf-8')).app).toContain('app.ts');
  expect(fs.readFileSync(path.join(EXAMPLES, scenario.replace('/infra', ''), 'README.md'), 'utf-8')).toContain('```mermaid');
});

/** A flag that is missing, or a key that the cdk CLI keeps for itself, is a warning at the first synth; after a newer CLI, `npx projen docs:cdk-json`. */
test('every cdk.json has the feature flags of cdk init, and no reserved key', () => {
  const files = cdkJsons();
  expect(files.length).toBeGreaterThan(60);
  expect(files.filter((file) => fs.readFileSync(file, 'utf-8') !== withFlags(file))).toEqual([]);
  expect(files.filter((file) => fs.readFileSync(file, 'utf-8').includes('"aws:'))).toEqual([]);
});

test.each(scenarios)('%s synthesizes a service, and its logs expire', (scenario) => {
  const resources = [...templatesOf(scenario).values()].flatMap((template) => Object.values(template.Resources));
  expect(resources.filter(({ Type }) => Type === 'AWS::ECS::Service').length).toBeGreaterThan(0);
  for (const group of resources.filter(({ Type }) => Type === 'AWS::Logs::LogGroup')) {
    expect(group.Properties?.RetentionInDays).toBeGreaterThan(0);
  }
});

/** What the apps say by hand, and would say in an ephemeral stage too. */
const KEPT_BY_HAND: { readonly [scenario: string]: string[] } = {
  pipeline: [
    // the CDK's own: the artifacts of the pipeline
    'PipelineArtifactsBucketAEA9A052: DeletionPolicy Retain',
    'PipelineArtifactsBucketAEA9A052: UpdateReplacePolicy Retain',
  ],
  hardened: [
    // its logs are encrypted with this key
    'Key961B73FD: DeletionPolicy Retain',
    'Key961B73FD: UpdateReplacePolicy Retain',
    // it asks for access logs; the function of the CDK that empties their bucket takes no log group
    'CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F: its log group stays',
  ],
};

test.each(scenarios)('%s leaves nothing when all of its stages are ephemeral', (scenario) => {
  const kept = [...templatesOf(scenario, asEphemeral).values()].flatMap(({ Resources }) =>
    Object.entries(Resources).flatMap(([id, resource]) => reasonsToStay(id, resource, Resources).map((reason) => `${id}: ${reason}`)),
  );
  expect(kept).toEqual(KEPT_BY_HAND[scenario] ?? []);
});

/** Why a resource would stay, or stand in the way of `cdk destroy`, or cost after it. */
function reasonsToStay(
  id: string,
  { Type, DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete', Properties = {} }: Resource,
  all: Template['Resources'],
): string[] {
  const attributes = Properties.LoadBalancerAttributes ?? [];
  const services = Object.values(all).filter((resource) => resource.Type === 'AWS::ECS::Service');
  return [
    ...(DeletionPolicy === 'Delete' || DeletionPolicy === 'RetainExceptOnCreate' ? [] : [`DeletionPolicy ${DeletionPolicy}`]),
    // an association goes with its load balancer; deleted after it was replaced, it would take the new firewall away
    ...(UpdateReplacePolicy === 'Delete' || Type === 'AWS::WAFv2::WebACLAssociation' ? [] : [`UpdateReplacePolicy ${UpdateReplacePolicy}`]),
    ...(attributes.some(({ Key, Value }) => Key === 'deletion_protection.enabled' && Value === 'true') ? ['deletion protection'] : []),
    ...(Properties.DeletionProtection === true || Properties.DeletionProtectionEnabled === true ? ['deletion protection'] : []),
    ...(Type === 'AWS::Logs::LogGroup' && !Properties.RetentionInDays ? ['its events never expire'] : []),
    ...(Type === 'AWS::ECR::Repository' && !Properties.EmptyOnDelete ? ['it cannot be deleted with images in it'] : []),
    ...(Type === 'AWS::RDS::DBInstance' && Properties.DeleteAutomatedBackups !== true ? ['its backups stay'] : []),
    // a capacity provider that is associated cannot be taken away from a cluster with tasks: every service has to go first
    ...(Type === 'AWS::ECS::ClusterCapacityProviderAssociations' && !services.every(({ DependsOn = [] }) => DependsOn.includes(id))
      ? ['it blocks the destruction']
      : []),
    // the function makes a log group of its own that never expires
    ...(Type === 'AWS::Lambda::Function' && !Properties.LoggingConfig?.LogGroup ? ['its log group stays'] : []),
  ];
}

test('the shared load balancer sends each path to its service', () => {
  const { Resources } = templatesOf('shared-load-balancer').get('FlaskShared') as Template;
  const rules = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::ListenerRule');
  expect(rules.map(({ Properties }) => Properties)).toEqual([
    expect.objectContaining({ Priority: 20, Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/shop', '/shop/*'] } }] }),
    expect.objectContaining({ Priority: 30, Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/blog', '/blog/*'] } }] }),
  ]);
});

/** A stack holds 500 resources: 30 services fit behind one load balancer, with its network and cluster beside them. */
test('30 services share one load balancer within one stack', () => {
  const { Resources } = templatesIn(synthesize(path.join(__dirname, 'util/many-services.ts'))).get('Many') as Template;
  expect(Object.values(Resources).filter(({ Type }) => Type === 'AWS::ECS::Service')).toHaveLength(30);
  expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
});
