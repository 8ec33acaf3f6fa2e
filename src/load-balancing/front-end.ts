import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { AlternateTarget, type FargateService, ListenerRuleConfiguration } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListenerRule,
  type ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type IApplicationListener,
  ListenerAction,
  ListenerCondition,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { FlaskHealthCheck } from '../application/health-check';
import type { TimeoutChain } from '../application/timeout-chain';
import type { FlaskDeployment } from '../deployment/flask-deployment';
import type { LogSettings } from '../logging/service-logs';
import { fail } from '../private/validation';
import { type OwnLoadBalancer, ownLoadBalancer } from './application-load-balancer';
import type { LoadBalancing } from './load-balancing';
import { conditionsOf, requireFreePriority, sharedUrl, speaksHttps } from './shared-listener';
import { testListener } from './test-listener';

/** @internal */
export interface FrontEndProps {
  readonly vpc: IVpc;
  readonly loadBalancing: LoadBalancing;
  readonly deployment: FlaskDeployment;
  readonly port: number;
  readonly healthCheck: FlaskHealthCheck;
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
  private readonly own?: OwnLoadBalancer;
  private readonly alternateTarget?: AlternateTarget;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: FrontEndProps,
  ) {
    super(scope, id);
    const { loadBalancing, deployment } = props;
    this.targetGroup = this.newTargetGroup('TargetGroup');
    const shared = loadBalancing._shared;
    if (shared) {
      requireFreePriority(this, shared.listener, shared.options.priority);
      const https = speaksHttps(shared.listener, shared.options);
      if (shared.options.signIn && !https) {
        fail(
          'sign-in at the load balancer needs HTTPS, got signIn on a shared listener that speaks HTTP; set https to true if it speaks HTTPS',
        );
      }
      this.listener = shared.listener;
      this.url = sharedUrl(shared.options, https);
    } else {
      this.own = ownLoadBalancer(this, { ...props, idleTimeout: props.timeouts.idle });
      this.loadBalancer = this.own.loadBalancer;
      this.listener = this.own.listener;
      this.url = this.own.url;
    }
    if (deployment._shiftsTraffic) {
      this.alternateTarget = this.addAlternateTarget();
    } else {
      this.addRules(ListenerAction.forward([this.targetGroup]));
    }
  }

  /** Makes the tasks of a service the targets. */
  public attach(service: FargateService, containerName: string): void {
    this.targetGroup.addTarget(
      service.loadBalancerTarget({ containerName, containerPort: this.props.port, alternateTarget: this.alternateTarget }),
    );
  }

  /** What goes to the service, in the listener's rules; the paths without sign-in before the others. */
  private addRules(forward: ListenerAction): ApplicationListenerRule {
    const { loadBalancing, healthCheck } = this.props;
    const shared = loadBalancing._shared;
    const signIn = loadBalancing._options.signIn;
    const conditions = shared ? conditionsOf(shared.options) : [ListenerCondition.pathPatterns(['/*'])];
    const priority = shared?.options.priority ?? 10;
    const open = signIn ? pathsWithoutSignIn(loadBalancing, healthCheck._path) : [];
    if (open.length > 0) {
      if (open.length + (shared?.options.hosts?.length ?? 0) > 5) {
        fail(
          `a listener rule takes at most 5 hosts and paths together, got ${open.join(', ')} without sign-in${shared?.options.hosts?.length ? ` and ${shared.options.hosts.length} hosts` : ''}; use wildcards in exceptPaths`,
        );
      }
      if (priority === 1) {
        fail(
          'sign-in with paths that need none takes the priority before its own, got priority 1; give the service a priority of 2 or more',
        );
      }
      if (shared) {
        requireFreePriority(this, this.listener, priority - 1);
      }
      new ApplicationListenerRule(this, 'WithoutSignIn', {
        listener: this.listener,
        priority: priority - 1,
        conditions: [
          ...(shared?.options.hosts?.length ? [ListenerCondition.hostHeaders([...shared.options.hosts])] : []),
          ListenerCondition.pathPatterns(open),
        ],
        action: forward,
      });
    }
    return new ApplicationListenerRule(this, 'Rule', {
      listener: this.listener,
      priority,
      conditions,
      action: signIn ? signIn._before(forward) : forward,
    });
  }

  /**
   * ECS shifts the requests between two target groups by the weights of one rule. It must be a rule of its own: `addTargets` on a listener
   * makes a service without an alternate target, and the strategy is then none.
   */
  private addAlternateTarget(): AlternateTarget {
    const { deployment, vpc, loadBalancing } = this.props;
    if (loadBalancing._options.signIn) {
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

  private newTargetGroup(id: string): ApplicationTargetGroup {
    const { vpc, port, timeouts, healthCheck, loadBalancing } = this.props;
    const { stickiness, slowStart, algorithm } = loadBalancing._options;
    const targetGroup = new ApplicationTargetGroup(this, id, {
      vpc,
      targetType: TargetType.IP,
      port,
      protocol: ApplicationProtocol.HTTP,
      deregistrationDelay: timeouts.deregistration,
      stickinessCookieDuration: stickiness,
      slowStart,
      loadBalancingAlgorithmType: algorithm,
      healthCheck: healthCheck._forTargetGroup(),
    });
    this.targetGroups.push(targetGroup);
    return targetGroup;
  }
}

/**
 * The path of the health check is open to monitors from outside, where it is this service's alone and not the home page. The load balancer's own
 * checks pass no listener.
 */
function pathsWithoutSignIn({ _shared, _options }: LoadBalancing, healthPath: string): string[] {
  const exceptions = _options.signIn?._exceptPaths ?? [];
  const ours = !_shared || (_shared.options.hosts?.length ?? 0) > 0;
  return [...new Set([...(ours && healthPath !== '/' ? [healthPath] : []), ...exceptions])];
}
