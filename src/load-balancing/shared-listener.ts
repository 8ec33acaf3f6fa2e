import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  type CfnListener,
  CfnListenerRule,
  type IApplicationListener,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Reference, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from '../private/validation';
import type { SharedListenerOptions } from './load-balancing';

/** Which requests of a shared listener are for the service. */
export function conditionsOf({ hosts, paths }: SharedListenerOptions): ListenerCondition[] {
  return [
    ...(hosts?.length ? [ListenerCondition.hostHeaders([...hosts])] : []),
    ...(paths?.length ? [ListenerCondition.pathPatterns([...paths])] : []),
  ];
}

/** The VPC of the load balancer, where it is made in this app: the targets must be in the same one. */
export function vpcOf(listener: IApplicationListener): IVpc | undefined {
  return (listener as Partial<ApplicationListener>).loadBalancer?.vpc;
}

/** Whether the listener speaks HTTPS: it can be read where the listener is made in this app. */
export function speaksHttps(listener: IApplicationListener, options: SharedListenerOptions): boolean {
  return options.https ?? (listener.node.defaultChild as CfnListener | undefined)?.protocol === 'HTTPS';
}

/** The URL of the service where its host name is known; a wildcard names no host. */
export function sharedUrl({ hosts, paths }: SharedListenerOptions, https: boolean): string | undefined {
  const host = hosts?.find((name) => !name.includes('*') && !name.includes('?'));
  const path = paths?.[0]?.replace(/[*?].*$/, '') ?? '/';
  return host && `${https ? 'https' : 'http'}://${host}${path === '/' ? '' : path}`;
}

/** Two rules of one listener with the same priority fail the deployment; those of this app can be seen here. */
export function requireFreePriority(scope: Construct, listener: IApplicationListener, priority: number): void {
  if (Token.isUnresolved(priority)) {
    return;
  }
  const wanted = identityOf(listener.listenerArn);
  const same = (rule: CfnListenerRule) => rule.priority === priority && identityOf(rule.listenerArn ?? '') === wanted;
  const taken = scope.node.root.node.findAll().find((node) => CfnListenerRule.isCfnListenerRule(node) && same(node));
  if (taken) {
    fail(`the priority ${priority} of the shared listener is taken by ${taken.node.scope?.node.path}; give each service another`);
  }
}

/** The construct that an ARN refers to: two stacks may have listeners of the same logical id. Of a listener that exists, its ARN. */
function identityOf(arn: string): unknown {
  const [reference] = Tokenization.reverseString(arn).tokens;
  return Reference.isReference(reference) ? reference.target : arn;
}
