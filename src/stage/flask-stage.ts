import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Egress } from '../network/egress';
import { TaskScaling } from '../scaling/task-scaling';

/**
 * What a stage says where the user has said nothing.
 *
 * @internal
 */
export interface StageDefaults {
  readonly egress: Egress;
  readonly cpu: number;
  readonly memoryLimitMiB: number;
  readonly scaling: TaskScaling;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly repositoryRemovalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly containerInsights: boolean;
  readonly accessLogs: boolean;
  readonly monitoring: boolean;
  readonly flowLogs: boolean;
  readonly secretRotation: boolean;
}

const STAGES = new WeakMap<IConstruct, FlaskStage>();

/**
 * What the service is for. A stage changes defaults and nothing else: any value that is set by hand wins.
 *
 * | Default | `production` | `development` | `ephemeral` |
 * |---|---|---|---|
 * | egress | a NAT gateway in each of two zones | public IPs | public IPs |
 * | size | 512 CPU units, 1024 MiB | 256 CPU units, 512 MiB | 256 CPU units, 512 MiB |
 * | tasks | 2 to 10 at 60 % CPU | 1 | 1 |
 * | logs are kept for | 30 days | 7 days | 1 day |
 * | on removal, the log groups and a bucket for access logs | stay, their contents expire | go | go |
 * | on removal, a `FlaskSecretKey` | stays | goes | goes |
 * | on removal, a `FlaskRepository` | stays | stays | goes, with its images |
 * | deletion protection of the load balancer | on | off | off |
 * | Container Insights, alarms, dashboard | on | off | off |
 * | access logs of the load balancer | on where the region is known | off | off |
 * | flow logs of a VPC that is made | on (rejected traffic) | off | off |
 * | rotation of a `FlaskSecretKey` | every 90 days | off | off |
 *
 * What secures the task (read-only root, no capabilities, non-root user) is the same in every stage: what differs between stages breaks in
 * production first.
 */
export class FlaskStage {
  /** A service that people work on: one small task in public subnets, cheap, and gone when it is destroyed. */
  public static development(): FlaskStage {
    return new FlaskStage({
      egress: Egress.publicIps(),
      cpu: 256,
      memoryLimitMiB: 512,
      scaling: TaskScaling.fixed(1),
      logRetention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
      repositoryRemovalPolicy: RemovalPolicy.RETAIN,
      deletionProtection: false,
      containerInsights: false,
      accessLogs: false,
      monitoring: false,
      flowLogs: false,
      secretRotation: false,
    });
  }

  /** A service that customers use: two zones, private subnets, two tasks or more, protected against deletion, logs kept. */
  public static production(): FlaskStage {
    return new FlaskStage({
      egress: Egress.natGateways(),
      cpu: 512,
      memoryLimitMiB: 1024,
      scaling: TaskScaling.between({ min: 2, max: 10 }),
      logRetention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.RETAIN,
      repositoryRemovalPolicy: RemovalPolicy.RETAIN,
      deletionProtection: true,
      containerInsights: true,
      accessLogs: true,
      monitoring: true,
      flowLogs: true,
      secretRotation: true,
    });
  }

  /** A service for a pull request, a test or a demonstration: as `development`, and nothing is retained, repositories included. */
  public static ephemeral(): FlaskStage {
    return new FlaskStage({
      ...FlaskStage.development()._defaults,
      logRetention: RetentionDays.ONE_DAY,
      repositoryRemovalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /**
   * The stage of a construct: the one given, else that of what it is made in, else production.
   *
   * @internal
   */
  public static _of(scope: IConstruct, given?: FlaskStage): StageDefaults {
    const inherited = [...scope.node.scopes].reverse().find((ancestor) => STAGES.has(ancestor));
    return (given ?? (inherited && STAGES.get(inherited)) ?? FlaskStage.production())._defaults;
  }

  /**
   * The same, and what is made in the construct has it too.
   *
   * @internal
   */
  public static _begin(scope: IConstruct, given = FlaskStage.production()): StageDefaults {
    STAGES.set(scope, given);
    return given._defaults;
  }

  /** @internal */
  public readonly _defaults: StageDefaults;

  private constructor(defaults: StageDefaults) {
    this._defaults = defaults;
  }
}
