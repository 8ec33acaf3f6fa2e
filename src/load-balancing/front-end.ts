import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnSecurityGroupEgress, CfnSecurityGroupIngress, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { AlternateTarget, type CfnService, type FargateService, ListenerRuleConfiguration } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListenerRule,
  type ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type IApplicationListener,
  ListenerAction,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { RenderedHealthCheck } from '../application/health-check';
import type { TimeoutChain } from '../application/timeout-chain';
import type { RenderedDeployment } from '../deployment/flask-deployment';
import type { LogSettings } from '../logging/service-logs';
import { countAgainst, QUOTAS, type Quota } from '../private/quotas';
import { fail } from '../private/validation';
import { type OwnLoadBalancer, ownLoadBalancer } from './application-load-balancer';
import type { LoadBalancingPlan, SharedRule } from './load-balancing-plan';
import { MAX_VALUES_OF_RULE } from './route';
import {
  addRule,
  adviseOnHeaders,
  adviseOnListener,
  countOnListener,
  loadBalancerIdentity,
  reachFromHere,
  ruleOf,
} from './shared-listener';
import { testListener } from './test-listener';

/** The port of a target that is registered without one. ECS gives each task's own, so that a change of it replaces nothing. */
const DEFAULT_PORT = 80;

/** @internal */
export interface FrontEndProps {
  readonly vpc: IVpc;
  readonly loadBalancing: LoadBalancingPlan;
  readonly deployment: RenderedDeployment;
  readonly port: number;
  readonly healthCheck: RenderedHealthCheck;
  readonly timeouts: TimeoutChain;
  readonly deletionProtection: boolean;
  readonly accessLogs: boolean;
  readonly logs: LogSettings;
}

/**
 * The way of a request to the tasks: a load balancer of the service's own or a listener that is shared, the rules on it, and the target
 * groups behind it.
 *
 * @internal
 */
export class FrontEnd extends Construct {
  public readonly loadBalancer?: ApplicationLoadBalancer;
  public readonly listener: IApplicationListener;
  public readonly targetGroup: ApplicationTargetGroup;
  /** That one, and with a deployment that shifts traffic the other. */
  public readonly targetGroups: ApplicationTargetGroup[] = [];
  public readonly url?: string;
  /** The certificate of a load balancer of the service's own. */
  public readonly certificate?: ICertificate;
  private readonly own?: OwnLoadBalancer;
  private readonly otherRules: ApplicationListenerRule[] = [];
  private readonly records: IConstruct[];
  private readonly alternateTarget?: AlternateTarget;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: FrontEndProps,
  ) {
    super(scope, id);
    const { loadBalancing, deployment } = props;
    const { own, shared, https } = loadBalancing;
    this.targetGroup = this.newTargetGroup('TargetGroup');
    if (shared) {
      if (loadBalancing.target?.signIn && !https) {
        fail(
          'sign-in at the load balancer needs HTTPS, got signIn on a shared listener that speaks HTTP; set https to true if it speaks HTTPS',
        );
      }
      adviseOnListener(this, shared.listener);
      reachFromHere(this, shared.listener);
      const signIn = loadBalancing.target?.signIn;
      // a platform has seen to it
      if (!loadBalancing.place) {
        adviseOnHeaders(this, shared.listener, signIn !== undefined || shared.rules.some(({ paths }) => paths.length > 0));
      }
      this.listener = shared.listener;
      this.url = shared.url;
      this.records = shared.records?.(this) ?? [];
    } else if (own) {
      this.own = ownLoadBalancer(this, { ...props, options: own, idleTimeout: props.timeouts.idle });
      this.loadBalancer = this.own.loadBalancer;
      this.listener = this.own.listener;
      this.url = this.own.url;
      this.certificate = this.own.certificate;
      this.records = this.own.records;
    } else {
      fail('a service without a load balancer has no front end');
    }
    if (deployment.shiftsTraffic) {
      this.alternateTarget = this.addAlternateTarget();
    } else {
      this.addRules(ListenerAction.forward([this.targetGroup]));
    }
  }

  /** Makes the tasks of a service the targets. */
  public attach(service: FargateService, containerName: string): void {
    const listenerGroups = this.listener.connections.securityGroups;
    const there = new Set(listenerGroups.flatMap(({ node }) => node.children));
    this.targetGroup.addTarget(
      service.loadBalancerTarget({ containerName, containerPort: this.props.port, alternateTarget: this.alternateTarget }),
    );
    const resource = service.node.defaultChild as CfnService;
    const groups = [...service.connections.securityGroups, ...listenerGroups];
    const ways = groups
      .flatMap(({ node }) => node.children.filter((child) => !there.has(child)))
      .filter((child) => isRule(child) && Stack.of(child) === Stack.of(service));
    for (const way of ways.filter((child) => child instanceof CfnSecurityGroupEgress)) {
      countAgainst(QUOTAS.EGRESS_RULES, (way.node.scope as IConstruct).node.path, this);
    }
    // tasks that listen on another port are reached before they start; the way to the old ones goes when they are gone
    resource.node.addDependency(...ways, ...this.otherRules);
    // a name turns to another load balancer when there are tasks behind it
    for (const record of this.records) {
      record.node.addDependency(resource);
    }
  }

  /** What goes to the service, in the listener's rules; the paths without sign-in before the others. */
  private addRules(forward: ListenerAction): ApplicationListenerRule {
    const { loadBalancing, healthCheck } = this.props;
    const { shared, target } = loadBalancing;
    const signIn = target?.signIn;
    const open = signIn ? pathsWithoutSignIn(loadBalancing, healthCheck.path) : [];
    const action = signIn ? signIn._bind(this, { next: forward }) : forward;
    const [first, ...others] = (shared?.rules ?? [ruleOf({ hosts: [], paths: ['/*'] }, OWN_PRIORITY)]).map((rule, index) => {
      const suffix = index === 0 ? '' : `${index + 1}`;
      if (open.length > 0) {
        requireRoomBefore(rule, open);
        this.addRule(`WithoutSignIn${suffix}`, rule.withoutSignIn(open), forward);
      }
      return this.addRule(`Rule${suffix}`, rule, action);
    });
    this.otherRules.push(...others);
    return first;
  }

  private addRule(id: string, rule: Omit<SharedRule, 'withoutSignIn'>, action: ListenerAction): ApplicationListenerRule {
    if (this.props.loadBalancing.shared) {
      for (const { priority, ...route } of rule.seen) {
        addRule(this, this.listener, priority, route);
      }
    }
    this.count(QUOTAS.RULES);
    const { priority, conditions } = rule;
    const added = new ApplicationListenerRule(this, id, { listener: this.listener, priority, conditions, action });
    if (rule.claim) {
      added.node.addDependency(rule.claim);
    }
    return added;
  }

  /**
   * ECS shifts the requests between two target groups by the weights of one rule. It must be a rule of its own: `addTargets` on a listener
   * makes a service without an alternate target, and the strategy is then none.
   */
  private addAlternateTarget(): AlternateTarget {
    const { deployment, vpc, loadBalancing } = this.props;
    if (loadBalancing.target?.signIn) {
      fail(
        'sign-in at the load balancer cannot be combined with a deployment that shifts traffic: ECS rewrites the action of the rule; use FlaskDeployment.rolling()',
      );
    }
    const alternate = this.newTargetGroup('AlternateTargetGroup');
    const weights = ListenerAction.weightedForward([
      { targetGroup: this.targetGroup, weight: 100 },
      { targetGroup: alternate, weight: 0 },
    ]);
    const rule = this.addRules(weights);
    return new AlternateTarget('AlternateTarget', {
      alternateTargetGroup: alternate,
      productionListener: ListenerRuleConfiguration.applicationListenerRule(rule),
      testListener: testListener(this, { deployment, vpc, own: this.own, targetGroup: alternate }),
    });
  }

  /** A target group belongs to one load balancer for good, so with another load balancer it is another one. */
  private newTargetGroup(id: string): ApplicationTargetGroup {
    const { vpc, timeouts, healthCheck, loadBalancing } = this.props;
    const { stickiness, slowStart, algorithm, anomalyMitigation } = loadBalancing.target ?? {};
    const targetGroup = new ApplicationTargetGroup(this, this.idForLoadBalancer(id), {
      vpc,
      targetType: TargetType.IP,
      port: DEFAULT_PORT,
      protocol: ApplicationProtocol.HTTP,
      deregistrationDelay: timeouts.deregistration,
      stickinessCookieDuration: stickiness,
      slowStart,
      // what is off is said: an attribute that a template leaves out keeps the value that it has
      loadBalancingAlgorithmType:
        algorithm ??
        (anomalyMitigation ? TargetGroupLoadBalancingAlgorithmType.WEIGHTED_RANDOM : TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN),
      enableAnomalyMitigation: anomalyMitigation ?? false,
      healthCheck: healthCheck.targetGroup,
    });
    if (!slowStart) {
      // the CDK takes no slow start of 0 seconds with every algorithm
      targetGroup.setAttribute('slow_start.duration_seconds', '0');
    }
    this.targetGroups.push(targetGroup);
    this.count(QUOTAS.TARGET_GROUPS);
    return targetGroup;
  }

  /** What others use too is counted; a load balancer of one's own is far from its quotas. */
  private count(quota: Quota): void {
    const { shared } = this.props.loadBalancing;
    if (shared) {
      countOnListener(quota, this, shared.listener);
    }
  }

  private idForLoadBalancer(id: string): string {
    const { own, shared } = this.props.loadBalancing;
    if (shared) {
      return `Shared${id}${loadBalancerIdentity(this, shared.listener)}`;
    }
    return own?.internetFacing ? id : `Internal${id}`;
  }
}

/** Takes a service from all target groups. With the property left out, it would keep the one that it had. */
export function detachFrontEnd(service: FargateService): void {
  (service.node.defaultChild as CfnService).addPropertyOverride('LoadBalancers', []);
}

/** The number of the one rule on a load balancer of the service's own. */
const OWN_PRIORITY = 10;

function requireRoomBefore({ hosts, priority }: SharedRule, open: string[]): void {
  if (open.length + hosts.length > MAX_VALUES_OF_RULE) {
    fail(
      `a listener rule accepts at most ${MAX_VALUES_OF_RULE} hosts and paths together, got ${open.join(', ')} without sign-in${hosts.length > 0 ? ` and ${hosts.length} hosts` : ''}; use wildcards in exceptPaths`,
    );
  }
  if (priority === 1) {
    fail('sign-in with exceptPaths also uses the priority before its own, got priority 1; give the service a priority of 2 or more');
  }
}

function isRule(child: unknown): child is CfnSecurityGroupIngress | CfnSecurityGroupEgress {
  return child instanceof CfnSecurityGroupIngress || child instanceof CfnSecurityGroupEgress;
}

/**
 * The path of the health check is open to monitors from outside, where it is this service's alone and not the home page. The load balancer's own
 * checks pass no listener.
 */
function pathsWithoutSignIn({ shared, target }: LoadBalancingPlan, healthPath: string): string[] {
  const exceptions = target?.signIn?._render().exceptPaths ?? [];
  const ours = !shared || shared.hosts.length > 0;
  return [...new Set([...(ours && healthPath !== '/' ? [healthPath] : []), ...exceptions])];
}
