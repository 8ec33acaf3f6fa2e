import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Egress } from '../network/egress';
import { requireDays, requireKnown, requireNoSnapshot } from '../private/validation';
import { TaskScaling } from '../scaling/task-scaling';
import { completeSize } from '../task/task-size';
import type { FlaskStageOptions, StageDefaults } from './flask-stage-options';

/** What Amazon RDS takes. */
const MAX_BACKUP_DAYS = 35;

/**
 * A set of defaults for a purpose: production, development, or a short life. A stage only sets defaults: any value that you set on a service wins.
 *
 * `docs/stages.md` has the defaults of every stage. To make a stage of your own, start from the nearest one and give it what differs.
 *
 * The hardening of the tasks (read-only root, no capabilities, a user that is not root) is the same in every stage, so that an app that breaks with it
 * breaks before production.
 *
 * @example
 * import { FlaskStage, TaskScaling } from 'cdk-flask-fargate';
 *
 * const staging = FlaskStage.production({ scaling: TaskScaling.fixed(1), deletionProtection: false });
 */
export class FlaskStage {
  /**
   * For customers: two zones, private subnets, two tasks or more, protected against deletion, logs kept.
   *
   * @param options what a stage of your own does differently
   */
  public static production(options: FlaskStageOptions = {}): FlaskStage {
    return FlaskStage.from(
      {
        egress: Egress.natGateways(),
        cpu: 512,
        memoryLimitMiB: 1024,
        scaling: TaskScaling.between({ min: 2, max: 10 }),
        logRetention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.RETAIN,
        repositoryRemovalPolicy: RemovalPolicy.RETAIN,
        dataRemovalPolicy: RemovalPolicy.RETAIN,
        dataStandby: true,
        backupRetention: Duration.days(14),
        deletionProtection: true,
        containerInsights: true,
        accessLogs: true,
        alarms: true,
        dashboard: true,
        serviceEvents: true,
        flowLogs: true,
        secretRotation: true,
      },
      options,
    );
  }

  /**
   * For staging and development: one small task in public subnets, at low cost. `cdk destroy` deletes it with its data.
   *
   * @param options what a stage of your own does differently
   */
  public static development(options: FlaskStageOptions = {}): FlaskStage {
    return FlaskStage.from(
      {
        egress: Egress.publicIps(),
        cpu: 256,
        memoryLimitMiB: 512,
        scaling: TaskScaling.fixed(1),
        logRetention: RetentionDays.ONE_WEEK,
        removalPolicy: RemovalPolicy.DESTROY,
        repositoryRemovalPolicy: RemovalPolicy.RETAIN,
        dataRemovalPolicy: RemovalPolicy.DESTROY,
        dataStandby: false,
        backupRetention: Duration.days(1),
        deletionProtection: false,
        containerInsights: false,
        accessLogs: false,
        alarms: false,
        dashboard: false,
        serviceEvents: false,
        flowLogs: false,
        secretRotation: false,
      },
      options,
    );
  }

  /**
   * For a pull request, a test or a demonstration: like `development`, but nothing is retained, not even repositories.
   *
   * @param options what a stage of your own does differently
   */
  public static ephemeral(options: FlaskStageOptions = {}): FlaskStage {
    return FlaskStage.development({
      logRetention: RetentionDays.ONE_DAY,
      repositoryRemovalPolicy: RemovalPolicy.DESTROY,
      backupRetention: Duration.days(0),
      ...given(options),
    });
  }

  private static from(defaults: StageDefaults, options: FlaskStageOptions): FlaskStage {
    requireKnown('backupRetention', options.backupRetention, 'Duration.days(14)');
    requireDays('backupRetention', options.backupRetention, 0, MAX_BACKUP_DAYS);
    requireNoSnapshot('removalPolicy of a stage', options.removalPolicy);
    requireNoSnapshot('repositoryRemovalPolicy of a stage', options.repositoryRemovalPolicy);
    return new FlaskStage({ ...defaults, ...given(options), ...completeSize(options, defaults) });
  }

  private constructor(private readonly defaults: StageDefaults) {}

  /** @internal */
  public _render(): StageDefaults {
    return this.defaults;
  }
}

/** Without the options that are left out: some languages hand them over as undefined. */
function given(options: FlaskStageOptions): FlaskStageOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
