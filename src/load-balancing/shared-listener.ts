import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  type CfnListener,
  CfnListenerRule,
  type CfnLoadBalancer,
  type IApplicationListener,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Aspects, CfnParameter, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { identityOf, shortHash } from '../private/names';
import { countAgainst, type Quota } from '../private/quotas';
import { fail } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import type { SharedListenerOptions } from './load-balancing-options';
import type { SharedRule } from './load-balancing-plan';
import { describeRoute, hides, partsOf, type Route, requireFewWildcards } from './route';

/** The requests of a route as conditions of a rule. */
export function conditionsOf({ hosts = [], paths = [] }: Partial<Route>): ListenerCondition[] {
  requireFewWildcards([...hosts, ...paths]);
  return [
    ...(hosts.length > 0 ? [ListenerCondition.hostHeaders([...hosts])] : []),
    ...(paths.length > 0 ? [ListenerCondition.pathPatterns([...paths])] : []),
  ];
}

/** The VPC of the load balancer, where it is made in this app: the targets must be in the same one. */
export function vpcOf(listener: IApplicationListener): IVpc | undefined {
  return (listener as Partial<ApplicationListener>).loadBalancer?.vpc;
}

/** Whether the listener speaks HTTPS: it can be read where the listener is made in this app, and guessed by the port of one that is imported. */
export function speaksHttps(listener: IApplicationListener, options: Pick<SharedListenerOptions, 'https'>): boolean {
  const protocol = (listener.node.defaultChild as CfnListener | undefined)?.protocol;
  return options.https ?? (protocol === undefined ? listener.connections.defaultPort?.toString() === '443' : protocol === 'HTTPS');
}

/** The URL of the service where its host name is known; a wildcard names no host. */
export function sharedUrl({ hosts, paths }: Partial<Route>, https: boolean): string | undefined {
  const host = hosts?.find((name) => !name.includes('*') && !name.includes('?'));
  const path = paths?.[0]?.replace(/[*?].*$/, '') ?? '/';
  return host && `${https ? 'https' : 'http'}://${host}${path === '/' ? '' : path}`;
}

/** A rule for a route, and before it the one of the paths that need no sign-in. */
export function ruleOf(route: Route, priority: number): SharedRule {
  const one = (part: Route, number: number) => ({
    ...part,
    priority: number,
    conditions: conditionsOf(part),
    seen: [{ ...part, priority: number }],
  });
  return { ...one(route, priority), withoutSignIn: (paths) => one({ hosts: route.hosts, paths }, priority - 1) };
}

/** A rule of a service, on a listener. */
interface Rule extends Route {
  readonly service: string;
  readonly listener: string;
  readonly priority: number;
}

/** The rules of an app, each under its root. */
const RULES = new WeakMap<IConstruct, Rule[]>();

/**
 * Two rules of one listener with the same priority fail the deployment, and one that comes after another which takes its requests gets none; those
 * of this app can be seen here.
 */
export function addRule(scope: Construct, listener: IApplicationListener, priority: number, route: Route): void {
  const identity = listenerIdentity(scope, listener);
  // before a look-up has run, all listeners have one ARN; the first synth must end so that it runs
  if (Token.isUnresolved(priority) || identity === undefined) {
    return;
  }
  const same = (rule: CfnListenerRule) => rule.priority === priority && arnIdentity(rule, rule.listenerArn ?? '') === identity;
  const taken = scope.node.root.node.findAll().find((node) => CfnListenerRule.isCfnListenerRule(node) && same(node));
  if (taken) {
    fail(`the priority ${priority} of the shared listener is taken by ${taken.node.scope?.node.path}; give each service another`);
  }
  const all = RULES.get(scope.node.root) ?? [];
  RULES.set(scope.node.root, all);
  const added: Rule = { ...route, priority, listener: identity, service: scope.node.scope?.node.path ?? scope.node.path };
  for (const other of all.filter((rule) => rule.listener === identity && rule.service !== added.service)) {
    if (other.priority === priority) {
      fail(
        `the services ${other.service} and ${added.service} have the same priority ${priority} on a listener; set priority of the newer one`,
      );
    }
    compare(scope, added, other);
  }
  all.push(added);
}

function compare(scope: Construct, added: Rule, other: Rule): void {
  if (hides(added, other) && hides(other, added)) {
    fail(
      `the services ${other.service} and ${added.service} have the same route on a listener, ${describeRoute(added)}, and one of them would get no request; give each hosts or paths of its own`,
    );
  }
  const [first, second] = added.priority < other.priority ? [added, other] : [other, added];
  const parts = partsOf(second);
  const hidden = parts.filter((part) => hides(first, part));
  if (hidden.length > 0) {
    const isWhole = hidden.length === parts.length;
    const what = isWhole ? '' : ` for ${hidden.map(describeRoute).join(' and ')}`;
    const remedy = isWhole ? 'give the narrower route the lower priority' : 'give each service hosts or paths of its own';
    warn(
      scope,
      WARNINGS.HIDDEN_ROUTE,
      `${second.service} gets no request${what}: ${describeRoute(second)} with priority ${second.priority} comes after ${describeRoute(first)} of ${first.service} with priority ${first.priority}, which takes them all; ${remedy}`,
    );
  }
}

/** The attribute of a load balancer by which headers with an underscore do not reach the app. */
const DROPS_HEADERS = 'routing.http.drop_invalid_header_fields.enabled';

/**
 * gunicorn lets a header SCRIPT_NAME take a part of the path away, so that the app answers another path than the rule of the listener and its
 * sign-in saw. A load balancer that drops invalid header fields lets no such header through; ours do.
 */
export function adviseOnHeaders(scope: Construct, listener: IApplicationListener, decidesByPath: boolean): void {
  const { loadBalancer } = listener as Partial<ApplicationListener>;
  const resource = loadBalancer?.node.defaultChild as CfnLoadBalancer | undefined;
  const remedy =
    "or keep gunicorn 23 or newer from taking them by adding '--forwarder-headers=NONE' to additionalArguments of WsgiServer.gunicorn(); gunicorn 20 and 21 have no such option, 22 and granian need none";
  if (resource) {
    // read at the end: the attribute may be set after the service is made
    Aspects.of(scope).add({
      visit: (node) => {
        if (node === scope && !dropsHeaders(resource)) {
          warn(
            scope,
            WARNINGS.LISTENER_KEEPS_HEADERS,
            `the shared load balancer ${loadBalancer?.node.path} passes on a client's header SCRIPT_NAME, which makes gunicorn answer a different path from the one that the listener checked, even without a sign-in; set its dropInvalidHeaderFields to true, ${remedy}`,
          );
        }
      },
    });
  } else if (decidesByPath) {
    warn(
      scope,
      WARNINGS.LISTENER_KEEPS_HEADERS,
      `the listener is imported and decides by paths, and if its load balancer passes on a client's header SCRIPT_NAME, gunicorn answers a different path from the one that the listener checked; set the attribute ${DROPS_HEADERS} of the load balancer, ${remedy}`,
    );
  }
}

function dropsHeaders(resource: CfnLoadBalancer): boolean {
  const attributes = Stack.of(resource).resolve(resource.loadBalancerAttributes) ?? [];
  return [attributes].flat().some(({ key, value }) => key === DROPS_HEADERS && `${value}` === 'true');
}

/**
 * Lets an imported listener of another stack reach the tasks by rules in the stack of the service. The CDK would write them where the listener was imported;
 * whatever the service takes from that stack would then make a circle.
 */
export function reachFromHere(scope: Construct, listener: IApplicationListener): void {
  if (Stack.of(listener) !== Stack.of(scope) && !vpcOf(listener)) {
    listener.registerConnectable = (tasks, ports) => tasks.connections.allowFrom(listener, ports, 'Load balancer to target');
  }
}

/** What an imported listener cannot tell, and what goes wrong in silence where it is not so. */
export function adviseOnListener(scope: Construct, listener: IApplicationListener): void {
  if (vpcOf(listener)) {
    return;
  }
  const open = listener.connections.securityGroups.filter((group) => group.allowAllOutbound && !isMadeHere(group));
  if (open.length > 0) {
    warn(
      scope,
      WARNINGS.LISTENER_OPEN_EGRESS,
      `no rule lets the load balancer reach the tasks, because its security group ${open.map(({ node }) => node.path).join(', ')} is imported as one that allows all outbound traffic; if it does not, as with a load balancer that the CDK made, import it with { allowAllOutbound: false }`,
    );
  }
}

function isMadeHere(group: ISecurityGroup): boolean {
  return group.node.defaultChild !== undefined;
}

/** A part of the ARN that the CDK gives each listener before it is looked up. */
const DUMMY_LISTENER = 'my-load-balancer/50dc6c495c0c9188';

/** A part of an id that is another for each load balancer, so that what belongs to one load balancer alone is never given to two. */
export function loadBalancerIdentity(scope: Construct, listener: IApplicationListener): string {
  const { loadBalancer } = listener as Partial<ApplicationListener>;
  const arn = listener.listenerArn;
  if (loadBalancer) {
    return identityOf(loadBalancer);
  }
  const identity = Token.isUnresolved(arn) ? arnIdentity(scope, arn) : arn.split('/').slice(0, -1).join('/');
  return shortHash(identity);
}

/** The same of a listener whose ARN is in a parameter of Systems Manager. */
export function identityByParameter(name: string): string {
  return shortHash(`ssm:${name}`);
}

function listenerIdentity(scope: Construct, listener: IApplicationListener): string | undefined {
  const arn = listener.listenerArn;
  return arn.includes(DUMMY_LISTENER) ? undefined : arnIdentity(scope, arn);
}

/**
 * The construct that an ARN refers to: two stacks may have listeners of the same logical id. Of a parameter of Systems Manager its name, of an
 * import its expression, of a listener that is known its ARN.
 */
function arnIdentity(scope: IConstruct, arn: string): string {
  const [reference] = Tokenization.reverseString(arn).tokens;
  if (!Reference.isReference(reference)) {
    return JSON.stringify(Stack.of(scope).resolve(arn));
  }
  const { target } = reference;
  return target instanceof CfnParameter && `${target.type}`.startsWith('AWS::SSM::') ? `ssm:${target.default}` : identityOf(target);
}

/** Counts what a listener has more, where it is known which one that is. */
export function countOnListener(quota: Quota, scope: Construct, listener: IApplicationListener): void {
  if (listenerIdentity(scope, listener)) {
    countAgainst(quota, loadBalancerIdentity(scope, listener), scope);
  }
}
