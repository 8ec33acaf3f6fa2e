import { type IVpc, Peer, Port } from 'aws-cdk-lib/aws-ec2';
import { ListenerRuleConfiguration } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListenerRule,
  type ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { RenderedDeployment } from '../deployment/flask-deployment';
import { fail } from '../private/validation';
import type { OwnLoadBalancer } from './application-load-balancer';
import { vpcCidrOf } from './balanced-vpc';

interface TestListenerProps {
  readonly deployment: RenderedDeployment;
  readonly vpc: IVpc;
  readonly own?: OwnLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
}

/** A listener on which the new version can be tried before clients get it; ECS points its rule to the new tasks. */
export function testListener(
  scope: Construct,
  { deployment, vpc, own, targetGroup }: TestListenerProps,
): ListenerRuleConfiguration | undefined {
  const port = deployment.test?.port;
  if (port === undefined) {
    return undefined;
  }
  if (!own) {
    fail("testPort needs a load balancer of the service's own, got a shared listener; leave testPort out");
  }
  const listener = own.addListener('Test', port);
  for (const peer of deployment.test?.allowFrom ?? [Peer.ipv4(vpcCidrOf(vpc, 'testAllowFrom'))]) {
    listener.connections.allowFrom(peer, Port.tcp(port), 'tests of a new version');
  }
  const rule = new ApplicationListenerRule(scope, 'TestRule', {
    listener,
    priority: 10,
    conditions: [ListenerCondition.pathPatterns(['/*'])],
    action: ListenerAction.forward([targetGroup]),
  });
  return ListenerRuleConfiguration.applicationListenerRule(rule);
}
