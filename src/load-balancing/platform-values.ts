import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type ISecurityGroup, type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationListener, CfnListenerCertificate, type IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HttpNamespace, type IHttpNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Annotations, CfnCondition, CfnParameter, Fn, Stack, Stage, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { identityOf, shortHash } from '../private/names';
import { onceInStack, STACK_IDS } from '../private/part-ids';
import { QUOTAS } from '../private/quotas';
import { fail, requireKnownText, requirePattern } from '../private/validation';
import type { IFlaskPlatform } from './i-flask-platform';
import { countOnListener } from './shared-listener';

/** What stands for a value that a platform does not have: a parameter of Systems Manager cannot be empty. */
export const ABSENT = '-';

/** What the services of a platform need to know of it. Each is a parameter of Systems Manager under the name of the platform. */
export type PlatformValue =
  | 'vpc-id'
  | 'cluster'
  | 'namespace-arn'
  | 'security-group'
  | 'alarm-topic'
  | 'public-ip'
  | `${'task' | 'data'}-subnet-${1 | 2}`
  | 'domain'
  | 'zone-id'
  | `${'public' | 'internal'}-${'listener' | 'scheme' | 'dns-name' | 'dns-zone'}`;

/** Names of parameters and ids of constructs have it in them. */
export function requirePlatformName(name: string): void {
  requireKnownText('the name of a platform', name, 'production');
  requirePattern(
    'the name of a platform',
    name,
    /^[a-z][a-z0-9-]{0,31}$/,
    "1 to 32 lower-case letters, digits and hyphens that begin with a letter, such as 'production'",
  );
}

export function parameterName(platform: string, value: string): string {
  return `/cdk-flask-fargate/platforms/${platform}/${value}`;
}

/** What is known of a platform. Errors and warnings depend on it, and no template, which is the same by the name. */
interface PartsOfPlatform {
  /** Its load balancers, and whether they speak HTTPS. */
  readonly public?: 'http' | 'https';
  readonly internal?: 'http' | 'https';
  readonly containerInsights?: boolean;
  readonly domain: string;
}

/** The platforms that are made in this app, and not named. */
const MADE_HERE = new WeakMap<IConstruct, PartsOfPlatform>();

/** The names of platforms that are taken in an app, under its root. */
const NAMES = new WeakMap<IConstruct, Map<string, IConstruct>>();

/** Notes a platform that its services are deployed after, and destroyed before. */
export function noteMadeHere(platform: Construct, name: string, parts: PartsOfPlatform): void {
  const place = placeOf(platform, name);
  const names = NAMES.get(platform.node.root) ?? new Map<string, IConstruct>();
  const other = names.get(place);
  if (other) {
    fail(
      `the name of a platform must be unique in an account and region, got '${name}' for ${other.node.path} too; give one of them another name`,
    );
  }
  NAMES.set(platform.node.root, names.set(place, platform));
  MADE_HERE.set(platform, parts);
}

/** Whether the cluster of a platform is known to have no Container Insights. That it has them makes no difference: the templates are the same by the name. */
export function lacksInsights(platform: IConstruct): boolean {
  return MADE_HERE.get(platform)?.containerInsights === false;
}

/** Elastic Load Balancing refuses a rule with sign-in on a listener that speaks HTTP. */
export function requireHttps(platform: IConstruct, kind: 'public' | 'internal'): void {
  if (MADE_HERE.get(platform)?.[kind] === 'http') {
    fail(
      `sign-in at the load balancer needs HTTPS, got signIn on the platform ${platform.node.path}, whose ${kind} load balancer speaks HTTP; give the platform a zone or certificates, or https of existingLoadBalancer where its listener speaks it`,
    );
  }
}

/** The domain of a platform of this app, also where a service only names it: `-` where it has none. */
export function knownDomain(scope: Construct, platform: IFlaskPlatform): string | undefined {
  const named = NAMES.get(scope.node.root)?.get(placeOf(scope, platform.platformName));
  const domain = (MADE_HERE.get(platform) ?? (named && MADE_HERE.get(named)))?.domain;
  return Token.isUnresolved(domain) ? undefined : domain;
}

/** Of stages nobody knows whether they are deployed to one account. */
function placeOf(scope: Construct, name: string): string {
  const { environment } = Stack.of(scope);
  return `${environment} ${/unknown-/.test(environment) ? Stage.of(scope)?.node.path : ''} ${name}`;
}

/** Of a platform that is only named, nothing is known: CloudFormation finds no parameter then. */
export function requireLoadBalancer(platform: IConstruct, kind: 'public' | 'internal'): void {
  const parts = MADE_HERE.get(platform);
  if (parts && parts[kind] === undefined) {
    const remedy = kind === 'public' ? 'set internal to true, or route to false' : 'set internalLoadBalancer of the platform to true';
    fail(`the platform ${platform.node.path} has no ${kind} load balancer that a route could be on; ${remedy}`);
  }
}

/**
 * Has the stack of a service deployed after that of its platform, and destroyed before, by the order of the CLI alone: no template says it. Stages are
 * deployed apart.
 */
export function deployAfter(scope: Construct, platform: IConstruct): void {
  if (!MADE_HERE.has(platform)) {
    return;
  }
  const [own, other] = [Stack.of(scope), Stack.of(platform)];
  for (let stack: Stack | undefined = own; stack; stack = stack.nestedStackParent) {
    if (stack === other) {
      fail(
        `a service must be in another stack than its platform, because AWS CloudFormation reads the parameters of the platform before it makes anything of the stack of the service, got ${other.node.path} for both; give the service a stack of its own`,
      );
    }
  }
  for (const place of ['account', 'region'] as const) {
    if (!Token.isUnresolved(own[place]) && !Token.isUnresolved(other[place]) && own[place] !== other[place]) {
      fail(
        `a service must be in the ${place} of its platform (${other[place]}), whose parameters it reads, got ${own[place]}; give it a platform of that ${place}`,
      );
    }
  }
  if (own !== other && Stage.of(own) === Stage.of(other)) {
    own.addStackDependency(other, 'its platform');
  }
}

/** The stacks that bring certificates, under the root of their app. */
const CERTIFICATES = new WeakMap<IConstruct, Map<string, Stack>>();

/**
 * Notes that a stack brings a certificate to a listener, and says which one that is. The stack that goes takes it along, whoever brings it too.
 */
export function takeCertificate(scope: Construct, platform: string, kind: string, certificate: ICertificate): string {
  const arn = certificate.certificateArn;
  const identity = Token.isUnresolved(arn) ? identityOf(certificate) : shortHash(arn);
  const stacks = CERTIFICATES.get(scope.node.root) ?? new Map<string, Stack>();
  CERTIFICATES.set(scope.node.root, stacks);
  const key = `${placeOf(scope, platform)} ${kind} ${identity}`;
  const [own, other] = [Stack.of(scope), stacks.get(key)];
  if (other && other !== own) {
    fail(
      `the stacks ${other.node.path} and ${own.node.path} bring the same certificate to the platform ${platform}, and when one of them is removed, the listener loses it; give it only to certificates of the FlaskPlatform`,
    );
  }
  stacks.set(key, own);
  return identity;
}

/** What the services of an app have taken, under its root. */
const CLAIMS = new WeakMap<IConstruct, Map<string, string>>();

/**
 * A platform as the services of one stack see it. All that they know of it are names of parameters, read when the stack is deployed: a service has
 * the same template whether its app makes the platform or only names it, and the platform's stack has no export that a service could block.
 *
 * @internal
 */
export class JoinedPlatform extends Construct {
  /** The platform of that name in the stack of a construct. */
  public static of(scope: Construct, name: string): JoinedPlatform {
    return onceInStack(scope, `${STACK_IDS.PLATFORM}${name}`, JoinedPlatform, (stack, id) => new JoinedPlatform(stack, id, name));
  }

  public readonly vpc: IVpc;
  public readonly cluster: ICluster;
  /** The group of all services of the platform: its load balancers reach it, and its members reach each other. */
  public readonly members: ISecurityGroup;

  private constructor(
    scope: Construct,
    id: string,
    private readonly platformName: string,
  ) {
    super(scope, id);
    this.vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: this.value('vpc-id'),
      // names of no use in a template: the subnets say where they are
      availabilityZones: ['first', 'second'],
      privateSubnetIds: [this.value('task-subnet-1'), this.value('task-subnet-2')],
      // most services have no data: no parameters for it
      isolatedSubnetIds: ([1, 2] as const).map((number) => `{{resolve:ssm:${parameterName(platformName, `data-subnet-${number}`)}}}`),
    });
    // a route table is asked for by who adds routes, which no service does
    Annotations.of(this.vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
    this.cluster = Cluster.fromClusterAttributes(this, 'Cluster', { clusterName: this.value('cluster'), vpc: this.vpc });
    // most services call no other: a parameter where one does
    Object.defineProperty(this.cluster, 'defaultCloudMapNamespace', { get: () => this.namespace });
    this.members = SecurityGroup.fromSecurityGroupId(this, 'Members', this.value('security-group'), { mutable: false });
  }

  public value(name: PlatformValue): string {
    const type = 'AWS::SSM::Parameter::Value<String>';
    return this.once(name, (id) => new CfnParameter(this, id, { type, default: parameterName(this.platformName, name) })).valueAsString;
  }

  /** The topic that all alarms of the platform go to. */
  public get topic(): ITopic {
    return this.once('Topic', (id) => Topic.fromTopicArn(this, id, this.value('alarm-topic')));
  }

  /** One of the listeners. The way from its load balancer to the services is the platform's, and no service adds a rule to it. */
  public listener(kind: 'public' | 'internal'): IApplicationListener {
    return this.once(`${kind}-load-balancer`, (id) => {
      const listener = ApplicationListener.fromApplicationListenerAttributes(this, id, {
        listenerArn: this.value(`${kind}-listener`),
        securityGroup: SecurityGroup.fromSecurityGroupId(this, `${id}-group`, this.value('security-group'), {
          mutable: false,
          allowAllOutbound: false,
        }),
      });
      listener.registerConnectable = () => {};
      return listener;
    });
  }

  /** Adds a certificate to one of the listeners, once for all services of the stack. */
  public addCertificate(kind: 'public' | 'internal', certificate: ICertificate): void {
    const { certificateArn } = certificate;
    const identity = takeCertificate(this, this.platformName, kind, certificate);
    this.once(`${kind}-certificate-${identity}`, (id) => {
      countOnListener(QUOTAS.CERTIFICATES, this, this.listener(kind));
      return new CfnListenerCertificate(this, id, { listenerArn: this.value(`${kind}-listener`), certificates: [{ certificateArn }] });
    });
  }

  /** Whether the platform has a value. */
  public has(name: PlatformValue): CfnCondition {
    return this.once(
      `has-${name}`,
      (id) => new CfnCondition(this, id, { expression: Fn.conditionNot(Fn.conditionEquals(this.value(name), ABSENT)) }),
    );
  }

  /** Whether a value of the platform is this one. */
  public is(name: PlatformValue, value: string): CfnCondition {
    return this.once(
      `${name}-is-${value}`,
      (id) => new CfnCondition(this, id, { expression: Fn.conditionEquals(this.value(name), value) }),
    );
  }

  /**
   * Takes something that the platform has once: a route, a name. A parameter of a fixed name, so that a second stack fails before it makes a rule,
   * and it stands at the stack, so that a service can be renamed.
   *
   * @param name the end of the name of the parameter, where it is not known at synth
   */
  public claim(kind: 'routes' | 'names', what: string, owner: string, name = nameOfClaim(what)): StringParameter {
    const taken = CLAIMS.get(this.node.root) ?? new Map<string, string>();
    CLAIMS.set(this.node.root, taken);
    const key = `${this.platformName} ${kind} ${what}`;
    const whole = `${Stack.of(this).node.path}/${owner}`;
    const other = taken.get(key);
    if (kind === 'names' && other !== undefined) {
      fail(
        `the name '${what}' for service discovery is taken on the platform ${this.platformName} by ${other}, got it again from ${whole}; use another`,
      );
    }
    taken.set(key, whole);
    return this.once(
      `${kind}-${nameOfClaim(what)}`,
      (id) =>
        new StringParameter(this, id, {
          parameterName: parameterName(this.platformName, `${kind}/${name}`),
          simpleName: false,
          stringValue: `${Stack.of(this).stackName}: ${owner}`,
          description: `who has ${what} on the platform ${this.platformName}`,
        }),
    );
  }

  private get namespace(): IHttpNamespace {
    const namespaceArn = this.value('namespace-arn');
    return this.once('Namespace', (id) =>
      HttpNamespace.fromHttpNamespaceAttributes(this, id, {
        namespaceName: this.platformName,
        namespaceArn,
        namespaceId: Fn.select(1, Fn.split('/', namespaceArn)),
      }),
    );
  }

  private once<T extends IConstruct>(id: string, make: (id: string) => T): T {
    return (this.node.tryFindChild(id) as T | undefined) ?? make(id);
  }
}

function nameOfClaim(what: string): string {
  return /^[a-z0-9.-]+$/.test(what) ? what : shortHash(what, 24);
}
