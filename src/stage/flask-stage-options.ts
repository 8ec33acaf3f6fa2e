import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Egress } from '../network/egress';
import type { TaskScaling } from '../scaling/task-scaling';

/** What a stage of your own does differently. Each is the default of a prop: a value that a service is given wins. */
export interface FlaskStageOptions {
  /**
   * How tasks reach what is outside their VPC, in a VPC that is made here.
   *
   * @default - that of the stage: NAT gateways in production, public IPs in the others
   */
  readonly egress?: Egress;

  /**
   * The CPU units of a task. Fargate supports certain pairs of CPU and memory only: where only one is given and the pair is unsupported, the other
   * follows from it, as in the props of a service.
   *
   * @default - that of the stage: 512 in production, 256 in the others
   */
  readonly cpu?: number;

  /**
   * The memory of a task, in MiB.
   *
   * @default - that of the stage: 1024 in production, 512 in the others
   */
  readonly memoryLimitMiB?: number;

  /**
   * The number of tasks.
   *
   * @default - that of the stage: 2 to 10 in production, 1 in the others
   */
  readonly scaling?: TaskScaling;

  /**
   * How long logs are kept.
   *
   * @default - that of the stage: 30 days in production, 7 in development, 1 in ephemeral
   */
  readonly logRetention?: RetentionDays;

  /**
   * What happens to log groups, a bucket for access logs and a `FlaskSecretKey` when they are removed from their stack.
   *
   * @default - that of the stage: RETAIN in production, DESTROY in the others
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * What happens to a `FlaskRepository` when it is removed from its stack. With DESTROY its images are deleted too.
   *
   * @default - that of the stage: DESTROY in ephemeral, RETAIN in the others
   */
  readonly repositoryRemovalPolicy?: RemovalPolicy;

  /**
   * What happens to the data of a `FlaskDatabase`, `FlaskCache` or `FlaskUploads` when it is removed from its stack. With RETAIN the bucket is retained, and
   * a database and a broker leave a last snapshot.
   *
   * @default - that of the stage: RETAIN in production, DESTROY in the others
   */
  readonly dataRemovalPolicy?: RemovalPolicy;

  /**
   * Whether a `FlaskDatabase` and a `FlaskCache` have a standby in another zone, and a class with room for the load of production.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly dataStandby?: boolean;

  /**
   * How long a `FlaskDatabase` keeps its automatic backups: 0 to 35 days, where 0 turns them off.
   *
   * @default - that of the stage: 14 days in production, 1 day in development, 0 in ephemeral
   */
  readonly backupRetention?: Duration;

  /**
   * Whether the load balancer and a `FlaskDatabase` are protected against deletion.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly deletionProtection?: boolean;

  /**
   * Whether a cluster that is made here has Container Insights.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly containerInsights?: boolean;

  /**
   * Whether the load balancer writes access logs, in a stack that knows its region.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly accessLogs?: boolean;

  /**
   * Whether there are alarms.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly alarms?: boolean;

  /**
   * Whether there is a dashboard.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly dashboard?: boolean;

  /**
   * Whether the events of the ECS services and tasks are kept in a log group.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly serviceEvents?: boolean;

  /**
   * Whether a VPC that is made here logs rejected connections.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly flowLogs?: boolean;

  /**
   * Whether a `FlaskSecretKey` is rotated.
   *
   * @default - that of the stage: true in production, false in the others
   */
  readonly secretRotation?: boolean;
}

/**
 * What a stage says where the user has said nothing.
 *
 * @internal
 */
export type StageDefaults = Required<FlaskStageOptions>;
