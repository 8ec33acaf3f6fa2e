import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { Account, judge, orderOf } from './account';
import { templateOf } from './matrix/bases';
import { CHOICES } from './matrix/matrix';
import { physicalIdsIn, type Template, type TemplateResource } from './template';

const resource = (Type: string, Properties: { [name: string]: unknown } = {}, more: Partial<TemplateResource> = {}): TemplateResource => ({
  Type,
  Properties,
  ...more,
});
const verbs = (before: Template, after: Template) =>
  judge(before, after).steps.map(({ phase, verb, logicalId }) => `${phase}: ${verb} ${logicalId}`);

const topic = (name: string, more: Partial<TemplateResource> = {}) => resource('AWS::SNS::Topic', { DisplayName: name }, more);
const group = (port: number, more: Partial<TemplateResource> = {}) =>
  resource('AWS::ElasticLoadBalancingV2::TargetGroup', { Port: port }, more);

describe('the plan of an update', () => {
  test('creates and updates in the order of references and DependsOn, and deletes at the end in the reverse order', () => {
    const before = { Resources: { A: topic('a'), B: topic('b', { DependsOn: 'A' }), C: topic('c') } };
    const after = {
      Resources: {
        C: topic('new', { DependsOn: ['E'] }),
        D: resource('AWS::SNS::Subscription', { TopicArn: { Ref: 'C' } }),
        E: topic('e'),
      },
    };
    expect(verbs(before, after)).toEqual([
      'update: create E',
      'update: update C',
      'update: create D',
      'clean-up: delete B',
      'clean-up: delete A',
    ]);
  });

  test('replaces by creating first, and what refers to it changes with it', () => {
    const rule = resource('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group' } }],
    });
    const steps = judge({ Resources: { Group: group(80), Rule: rule } }, { Resources: { Group: group(81), Rule: rule } }).steps;
    expect(steps.map(({ phase, verb, old, next }) => [phase, verb, old?.id, next?.id])).toEqual([
      ['update', 'replace', 'Group#1', 'Group#2'],
      ['update', 'update', 'Rule#1', 'Rule#1'],
      ['clean-up', 'delete', 'Group#1', undefined],
    ]);
  });

  test.each([
    ['DeletionPolicy', { DeletionPolicy: 'Retain' }, {}],
    ['UpdateReplacePolicy', { UpdateReplacePolicy: 'Retain' }, { Group: group(81, { UpdateReplacePolicy: 'Retain' }) }],
  ])('%s keeps what was there', (_, policy, after) => {
    const account = new Account();
    account.deploy({ Resources: { Group: group(80, policy) } });
    account.deploy({ Resources: after });
    expect(account.things.filter(({ leftBehind }) => leftBehind).map(({ id }) => id)).toEqual(['Group#1']);
  });

  test('a template that stays the same has no steps', () => {
    expect(judge(templateOf('everything on'), templateOf('everything on')).steps).toEqual([]);
  });

  test('a property that AWS keeps is still there when the template leaves it out', () => {
    const service = (properties: { [name: string]: unknown }) => ({ Resources: { Web: resource('AWS::ECS::Service', properties) } });
    const account = new Account();
    account.deploy(service({ LoadBalancers: [{ TargetGroupArn: 'a' }], PlatformVersion: '1.4.0' }));
    account.deploy(service({}));
    expect(account.things[0].properties).toEqual({ LoadBalancers: [{ TargetGroupArn: 'a' }] });
    account.deploy(service({ LoadBalancers: [] }));
    expect(account.things[0].properties).toEqual({ LoadBalancers: [] });
  });

  test('an attribute of a load balancer keeps its value by itself', () => {
    const balancer = (...attributes: [string, string][]) => ({
      Resources: {
        B: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
          LoadBalancerAttributes: attributes.map(([Key, Value]) => ({ Key, Value })),
        }),
      },
    });
    const account = new Account();
    account.deploy(balancer(['a', '1'], ['b', '1']));
    account.deploy(balancer(['b', '2']));
    expect(account.things[0].properties.LoadBalancerAttributes).toEqual([
      { Key: 'b', Value: '2' },
      { Key: 'a', Value: '1' },
    ]);
  });
});

describe('what a policy keeps meets the next deployment', () => {
  const named = {
    Resources: { Logs: resource('AWS::Logs::LogGroup', { LogGroupName: 'aws-waf-logs-shop' }, { DeletionPolicy: 'Retain' }) },
  };

  test('destroyed and deployed again', () => {
    const account = new Account();
    account.deploy(named);
    account.destroy();
    expect(account.deploy(named).findings.map(({ rule }) => rule)).toEqual(['unique: Logs LogGroup']);
  });

  test('a first deployment that failed and is tried again', () => {
    const account = new Account();
    account.failToCreate(named);
    expect(account.deploy(named).findings.map(({ rule }) => rule)).toEqual(['unique: Logs LogGroup']);
  });

  test('RetainExceptOnCreate goes with a first deployment that failed', () => {
    const account = new Account();
    const template = { Resources: { Logs: { ...named.Resources.Logs, DeletionPolicy: 'RetainExceptOnCreate' } } };
    account.failToCreate(template);
    expect(account.deploy(template).findings).toEqual([]);
  });
});

describe('rollback', () => {
  test('goes back to what was there, and what AWS would refuse on the way is found', () => {
    const cluster = (providers: string[]) => resource('AWS::ECS::Cluster', { CapacityProviders: providers });
    const service = (provider: string) =>
      resource('AWS::ECS::Service', { Cluster: { Ref: 'Cluster' }, CapacityProviderStrategy: [{ CapacityProvider: provider, Weight: 1 }] });
    const { findings, rollback } = judge(
      { Resources: { Cluster: cluster(['FARGATE']), Web: service('FARGATE') } },
      { Resources: { Cluster: cluster(['FARGATE', 'FARGATE_SPOT']), Web: service('FARGATE_SPOT') } },
    );
    expect(findings).toEqual([]);
    // the cluster goes back first, and the service is still on Spot
    expect(rollback.map(({ rule, phase }) => [rule, phase])).toEqual([['a capacity provider in use', 'rollback']]);
  });

  test('of a replacement finds the old one', () => {
    const { rollback } = judge({ Resources: { Group: group(80) } }, { Resources: { Group: group(81) } });
    expect(rollback).toEqual([]);
  });
});

test('two orders of what does not depend on each other', () => {
  const template = { Resources: { A: topic('a'), B: topic('b'), C: topic('c', { DependsOn: 'A' }) } };
  expect([orderOf(template, 'first to last'), orderOf(template, 'last to first')]).toEqual([
    ['A', 'B', 'C'],
    ['A', 'C', 'B'],
  ]);
});

/*
 * The referee plans from resolved references, the CDK from the templates. What the CDK replaces is replaced here; the referee also follows a
 * reference within a text, as that of a scaling target to the name of its service.
 */
test.each([
  'FlaskFargateServiceProps.port',
  'FlaskFargateServiceProps.cpu',
  'Capacity.spot',
  'LoadBalancing.internal',
  'FlaskFargateService.addWorker',
])('the plan for %s replaces what the CDK says', (option) => {
  const choice = CHOICES.find((each) => each.option === option);
  const [edit] = Object.values(choice?.values ?? {});
  const [before, after] = [templateOf('one line'), templateOf('one line', edit)];
  const expected: string[] = [];
  fullDiff(before, after).resources.forEachDifference((id, { changeImpact }) => {
    if (changeImpact === ResourceImpact.WILL_REPLACE) {
      expected.push(id);
    }
  });
  const replaced = judge(before, after).steps.filter(({ verb }) => verb === 'replace');
  expect(replaced.map(({ logicalId }) => logicalId)).toEqual(expect.arrayContaining(expected));
  const ids = replaced.flatMap(({ old }) => old?.id ?? []);
  const following = replaced.filter(({ logicalId }) => !expected.includes(logicalId));
  expect(following.filter(({ old }) => !physicalIdsIn(old?.properties).some((id) => ids.includes(id)))).toEqual([]);
});
