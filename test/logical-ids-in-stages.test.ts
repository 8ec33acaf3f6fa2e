import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Stack, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FlaskSecretKey, LoadBalancing } from '../src';
import { fullService, testApp } from './util/test-stack';

/** A stack with all that takes a part of its ids from another construct, of this stack and of another. */
function idsIn(scope: Construct): string[] {
  const shared = new Stack(scope, 'Shared');
  const vpc = new Vpc(shared, 'Vpc');
  const loadBalancer = new ApplicationLoadBalancer(shared, 'LoadBalancer', { vpc, internetFacing: true });
  const listener = loadBalancer.addListener('Http', { port: 80, defaultAction: ListenerAction.fixedResponse(404) });
  const stack = new Stack(scope, 'Shop');
  const web = fullService(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, { hosts: ['a.example.com'], priority: 1 }) });
  web.restartOnSecretChange(new Secret(shared, 'Payments'));
  web.useSecretKey(new FlaskSecretKey(stack, 'Key'));
  // a rule of a security group has the path of the other one in it: the CDK's own way
  return Object.keys(Template.fromStack(stack).toJSON().Resources).filter((id) => !/SecurityGroup.*SecurityGroup/.test(id));
}

test.each<[string, (app: Construct) => Construct]>([
  ['a Stage', (app) => new Stage(app, 'Production')],
  ['a Stage of a pipeline', (app) => new Stage(new Stack(app, 'Pipeline'), 'Production')],
])('a stack has the same logical ids in %s as in the app', (_, stageIn) => {
  expect(idsIn(stageIn(testApp()))).toEqual(idsIn(testApp()));
});

test('what is of two load balancers, or of two secrets of one id, has two ids', () => {
  const ids = ['First', 'Second'].map((id) =>
    idsIn(new Construct(testApp(), id)).filter((logical) => /TargetGroup|SecretRestart/.test(logical)),
  );
  expect(ids[0].length).toBeGreaterThan(1);
  expect(ids[0]).not.toEqual(ids[1]);
});
