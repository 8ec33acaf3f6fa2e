import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener, ApplicationLoadBalancer, ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack } from 'aws-cdk-lib/core';
import { FlaskPlatform, LoadBalancing, type SharedListenerOptions } from '../../src';
import { service, testStack, warningsOf } from '../util/test-stack';

const ID = 'cdk-flask-fargate:listenerKeepsHeaders';
const adviceOf = (stack: Stack) => warningsOf(stack).flatMap(({ id, text }) => (id === ID ? [text] : []));
const REMEDY =
  "or keep gunicorn 23 or newer from taking them by adding '--forwarder-headers=NONE' to additionalArguments of WsgiServer.gunicorn(); gunicorn 20 and 21 have no such option, 22 and granian need none";

function behind(dropInvalidHeaderFields?: boolean, later?: boolean): Stack {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'Shared', { vpc, internetFacing: true, dropInvalidHeaderFields });
  const listener = loadBalancer.addListener('Listener', { port: 80, defaultAction: ListenerAction.fixedResponse(404) });
  service(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, { hosts: ['shop.example.com'], priority: 7 }) });
  if (later) {
    loadBalancer.setAttribute('routing.http.drop_invalid_header_fields.enabled', 'true');
  }
  return stack;
}

function imported(options: Partial<SharedListenerOptions>): Stack {
  const stack = testStack({ env: { account: '123456789012', region: 'eu-central-1' } });
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const listener = ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
    listenerArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shared/0123456789abcdef/0123456789abcdef',
    securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
  });
  service(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, { priority: 7, ...options }) });
  return stack;
}

test('a load balancer of the app that hands such headers on is told of', () => {
  expect(adviceOf(behind())).toEqual([
    `the shared load balancer Test/Shared passes on a client's header SCRIPT_NAME, which makes gunicorn answer a different path from the one that the listener checked, even without a sign-in; set its dropInvalidHeaderFields to true, ${REMEDY}`,
  ]);
  expect(adviceOf(behind(false))).toHaveLength(1);
});

test('one that drops them is not, also where it is told so later', () => {
  expect(adviceOf(behind(true))).toEqual([]);
  expect(adviceOf(behind(undefined, true))).toEqual([]);
});

test('a platform says it once for the load balancer that it is given, and its services do not', () => {
  const stack = testStack({ env: { account: '123456789012', region: 'eu-central-1' } });
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'Shared', { vpc, internetFacing: true });
  const listener = loadBalancer.addListener('Http', { port: 80, defaultAction: ListenerAction.fixedResponse(404) });
  const platform = new FlaskPlatform(stack, 'Platform', { name: 'production', vpc, existingLoadBalancer: { loadBalancer, listener } });
  service(new Stack(stack.node.root, 'Shop'), { loadBalancing: LoadBalancing.onPlatform(platform, { hosts: ['shop.example.com'] }) });
  expect(adviceOf(stack)).toHaveLength(1);
});

test('of one that is imported it is said where paths decide', () => {
  expect(adviceOf(imported({ paths: ['/shop/*'] }))).toEqual([
    `the listener is imported and decides by paths, and if its load balancer passes on a client's header SCRIPT_NAME, gunicorn answers a different path from the one that the listener checked; set the attribute routing.http.drop_invalid_header_fields.enabled of the load balancer, ${REMEDY}`,
  ]);
  expect(adviceOf(imported({ hosts: ['shop.example.com'] }))).toEqual([]);
});
