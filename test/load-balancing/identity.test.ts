import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, type IApplicationListener, ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import type { Stack } from 'aws-cdk-lib/core';
import { type FlaskFargateServiceProps, LoadBalancing, Tls } from '../../src';
import { only, service, templateOf, testStack } from '../util/test-stack';

const zoneIn = (stack: Stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

const idsOf = (template: Template, type: string) => Object.keys(template.findResources(type)).sort();

function withTls(): Template {
  const stack = testStack();
  service(stack, { loadBalancing: LoadBalancing.internetFacing({ tls: Tls.forDomain({ zone: zoneIn(stack) }) }) });
  return Template.fromStack(stack);
}

test('the listener of port 80 is one with HTTPS and without: a second one would be refused', () => {
  const listeners = (template: Template) =>
    Object.entries(template.findResources(LISTENER)).map(([id, { Properties }]) => [Properties.Port, id.replace(/[0-9A-F]{8}$/, '')]);
  expect(listeners(templateOf())).toEqual([[80, 'WebFrontEndLoadBalancerHttp']]);
  expect(listeners(withTls())).toEqual([
    [80, 'WebFrontEndLoadBalancerHttp'],
    [443, 'WebFrontEndLoadBalancerHttps'],
  ]);
  expect(idsOf(withTls(), LISTENER)).toEqual(expect.arrayContaining(idsOf(templateOf(), LISTENER)));
  // the tasks are behind the load balancer already
  expect(idsOf(withTls(), TARGET_GROUP)).toEqual(idsOf(templateOf(), TARGET_GROUP));
});

test('the target group is another one behind another load balancer: it belongs to one for good', () => {
  const shared = (names: string[], used: string) => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const listeners: { [name: string]: IApplicationListener } = {};
    for (const name of names) {
      const loadBalancer = new ApplicationLoadBalancer(stack, name, { vpc });
      for (const port of [80, 8080]) {
        listeners[`${name}${port}`] = loadBalancer.addListener(`${port}`, {
          port,
          open: false,
          defaultAction: ListenerAction.fixedResponse(404),
        });
      }
    }
    service(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listeners[used], { paths: ['/*'], priority: 1 }) });
    return Template.fromStack(stack);
  };
  const ids = [
    templateOf(),
    templateOf({ loadBalancing: LoadBalancing.internal() }),
    shared(['One', 'Other'], 'One80'),
    shared(['One', 'Other'], 'Other80'),
  ].map((template) => only(template, TARGET_GROUP).id);
  expect(new Set(ids).size).toBe(4);
  // and the same one behind another listener of the same load balancer
  expect(only(shared(['One'], 'One8080'), TARGET_GROUP).id).toBe(ids[2]);
});

test('a service that loses its load balancer says so: left out, the list would stay as it was', () => {
  expect(only(templateOf({ loadBalancing: LoadBalancing.none() }), 'AWS::ECS::Service').Properties.LoadBalancers).toEqual([]);
});

describe('another port', () => {
  const [before, after] = [3000, 8080].map((port) => templateOf({ port }));

  test('replaces no target group, and no rule turns to an empty one', () => {
    for (const type of [TARGET_GROUP, 'AWS::ElasticLoadBalancingV2::ListenerRule', LISTENER]) {
      expect(after.findResources(type)).toEqual(before.findResources(type));
    }
  });

  test('is open before the tasks that listen on it, by rules of their own, so that the old ones go last', () => {
    for (const type of ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress']) {
      const rule = only(after, type).id;
      expect(only(after, 'AWS::ECS::Service').DependsOn).toContain(rule);
      expect(rule).not.toBe(only(before, type).id);
    }
  });
});

test('a name turns to a load balancer when there are tasks behind it', () => {
  const template = withTls();
  const { id } = only(template, 'AWS::ECS::Service');
  expect(only(template, 'AWS::Route53::RecordSetGroup').DependsOn).toEqual([id]);
});

test.each<[string, Partial<FlaskFargateServiceProps>]>([
  ['internal', { loadBalancing: LoadBalancing.internal() }],
  ['internet-facing', {}],
])('the service changes after the rule of an %s load balancer', (_, props) => {
  const template = templateOf(props);
  expect(only(template, 'AWS::ECS::Service').DependsOn).toContain(only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').id);
});
