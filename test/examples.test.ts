import * as fs from 'node:fs';
import * as path from 'node:path';
import { synthesize, templatesIn } from './util/synthesize';

const EXAMPLES = path.join(__dirname, '../examples/typescript');
const scenarios = fs.readdirSync(EXAMPLES).filter((name) => fs.statSync(path.join(EXAMPLES, name)).isDirectory());

interface Template {
  readonly Resources: { readonly [id: string]: Resource };
}

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: {
    readonly RetentionInDays?: number;
    readonly LoadBalancerAttributes?: { readonly Key: string; readonly Value: string }[];
  };
}

const templatesOf = (scenario: string) => templatesIn(synthesize(path.join(EXAMPLES, scenario, 'app.ts'))) as Map<string, Template>;

test.each(scenarios)('%s has an app, a cdk.json and a README with a picture', (scenario) => {
  expect(JSON.parse(fs.readFileSync(path.join(EXAMPLES, scenario, 'cdk.json'), 'utf-8')).app).toContain('app.ts');
  expect(fs.readFileSync(path.join(EXAMPLES, scenario, 'README.md'), 'utf-8')).toContain('```mermaid');
});

test.each(scenarios)('%s synthesizes a service, and its logs expire', (scenario) => {
  const resources = [...templatesOf(scenario).values()].flatMap((template) => Object.values(template.Resources));
  expect(resources.filter(({ Type }) => Type === 'AWS::ECS::Service').length).toBeGreaterThan(0);
  for (const group of resources.filter(({ Type }) => Type === 'AWS::Logs::LogGroup')) {
    expect(group.Properties?.RetentionInDays).toBeGreaterThan(0);
  }
});

test.each(['quickstart', 'shared-load-balancer'])('%s, which is ephemeral, retains nothing', (scenario) => {
  for (const { Resources } of templatesOf(scenario).values()) {
    for (const [id, { DeletionPolicy, Properties }] of Object.entries(Resources)) {
      expect([id, DeletionPolicy ?? 'Delete']).toEqual([id, 'Delete']);
      expect(Properties?.LoadBalancerAttributes ?? []).not.toContainEqual({ Key: 'deletion_protection.enabled', Value: 'true' });
    }
  }
});

test('the shared load balancer sends each path to its service', () => {
  const { Resources } = templatesOf('shared-load-balancer').get('FlaskShared') as Template;
  const rules = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::ListenerRule');
  expect(rules.map(({ Properties }) => Properties)).toEqual([
    expect.objectContaining({ Priority: 20, Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/shop', '/shop/*'] } }] }),
    expect.objectContaining({ Priority: 30, Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/blog', '/blog/*'] } }] }),
  ]);
});

/** A stack holds 500 resources: 36 services fit behind one load balancer, with its network and cluster beside them. */
test('36 services share one load balancer within one stack', () => {
  const { Resources } = templatesIn(synthesize(path.join(__dirname, 'util/many-services.ts'))).get('Many') as Template;
  expect(Object.values(Resources).filter(({ Type }) => Type === 'AWS::ECS::Service')).toHaveLength(36);
  expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
});
