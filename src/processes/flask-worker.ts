import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, FargateService, FargateTaskDefinition, HealthCheck, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FlaskDeployment } from '../deployment/flask-deployment';
import { streamPrefixOf } from '../private/names';
import { freeId } from '../private/part-ids';
import { pathInErrors } from '../private/path-in-errors';
import { fail, requireCommand, requireSeconds } from '../private/validation';
import { Capacity } from '../scaling/capacity';
import { WorkerScaling } from '../scaling/worker-scaling';
import { adviseOnSpot } from '../task/task-advice';
import type { IFlaskService } from './flask-service';
import type { FlaskTaskOptions } from './flask-task';
import { processHostOf } from './process-host';
import { adviseOnJobs, grantTaskProtection } from './task-protection';

/** The options of a worker, which runs all the time and which nothing connects to. */
export interface FlaskWorkerOptions extends FlaskTaskOptions {
  /**
   * The number of tasks.
   *
   * @default WorkerScaling.fixed(1)
   */
  readonly scaling?: WorkerScaling;

  /**
   * How long a task may go on after SIGTERM to finish its job, 2 to 120 seconds. The maximum is a limit of Fargate. Longer jobs need
   * `taskProtection`, and must be safe to begin again: with Celery, `acks_late`.
   *
   * @default Duration.seconds(120)
   */
  readonly stopTimeout?: Duration;

  /**
   * Whether the app may protect the task that it runs in, while it is at work, against scale-in and deployments: `ecs:UpdateTaskProtection` for
   * the tasks of the cluster. The app asks for it at `$ECS_AGENT_URI/task-protection/v1/state`; docs/processes.md has the lines for Celery. A
   * deployment waits until the protected tasks are free or their protection expires. It does not help against Spot and a host that fails.
   *
   * @default false
   */
  readonly taskProtection?: boolean;

  /**
   * A command in the container that tells whether the worker is alive. Amazon ECS replaces a task in which it fails, and FAILED_TASKS counts it.
   * docs/processes.md has one for Celery.
   *
   * @default - none, because only the app knows when a worker is alive; `celery inspect ping` also fails while one is busy
   */
  readonly healthCheck?: HealthCheck;

  /**
   * On-demand capacity or Fargate Spot. Spot suits a worker whose jobs can be retried. `drainBeforeStop` has no effect on a worker.
   *
   * @default Capacity.onDemand()
   */
  readonly capacity?: Capacity;

  /**
   * Whether there is one task, and Amazon ECS stops it before it starts the next one in a deployment: for Celery beat. It is no lock: the next task
   * may start while the old one still stops, so two can run for `stopTimeout`. docs/processes.md shows a lock for work that must never run twice.
   *
   * @default false
   */
  readonly singleton?: boolean;
}

/** A worker of a Flask service. */
export interface FlaskWorkerProps extends FlaskWorkerOptions {
  /** The service whose image, environment, secrets, roles, logs and hardening the worker has. */
  readonly service: IFlaskService;
}

/**
 * A worker: an ECS service of the same image with another command, and without ingress rules.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { FlaskFargateService, FlaskWorker } from 'cdk-flask-fargate';
 * declare const jobs: Stack;
 * declare const web: FlaskFargateService;
 *
 * new FlaskWorker(jobs, 'Celery', { service: web, command: ['celery', '-A', 'app.celery', 'worker'] });
 */
@pathInErrors
export class FlaskWorker extends Construct implements IConnectable, IGrantable {
  /** The ECS service. */
  public readonly service: FargateService;

  /**
   * The scaling of the number of tasks, for a policy that `WorkerScaling` has no words for: `scalableTaskCount.scaleOnMetric(…)`. A service takes one
   * of them, so `service.autoScaleTaskCount()` fails. Absent with a fixed number of tasks.
   */
  public readonly scalableTaskCount?: ScalableTaskCount;

  /** The task definition. */
  public readonly taskDefinition: FargateTaskDefinition;

  /** The container of the app in it. */
  public readonly container: ContainerDefinition;

  /** The network connections of the worker: those of all processes of the app that nothing connects to. */
  public readonly connections: Connections;

  /** The identity of the app, the same as the web process has. */
  public readonly grantPrincipal: IPrincipal;

  /**
   * The alarms of the worker, which `alarms.sendTo()` of the service includes: QUEUE_AGE and DEAD_LETTERS if it scales on a queue, otherwise MISSING_TASKS. FAILED_TASKS and FAILED_DEPLOYMENT are in those of the service. Empty where alarms are off.
   */
  public readonly alarms: Alarm[];

  /**
   * Creates a worker. `addWorker` of the service does the same, within the service.
   *
   * @param scope the scope, usually the service or the stack
   * @param id the id, from which the prefix of the log streams is made
   * @param props the service, the command, and what differs from the service
   */
  public constructor(scope: Construct, id: string, props: FlaskWorkerProps) {
    super(scope, freeId(scope, id));
    requireOptions(props);
    const { service: web, singleton = false } = props;
    const host = processHostOf(web);
    const scaling = host.hasImage ? (props.scaling ?? WorkerScaling.fixed(1)) : WorkerScaling.fixed(0);
    const context = { region: Stack.of(this).region, taskProtection: props.taskProtection ?? false };
    const stopTimeout = props.stopTimeout ?? Duration.seconds(120);
    const rendered = scaling._render(context);
    const capacity = (props.capacity ?? Capacity.onDemand())._render({ singleTask: false });
    const task = host.newTask(this, 'Definition', {
      ...props,
      streamPrefix: streamPrefixOf(id),
      stopTimeout,
    });
    this.taskDefinition = task.definition;
    this.container = task.container;
    this.service = host.newService(this, 'Service', {
      taskDefinition: this.taskDefinition,
      isConnectedTo: false,
      capacity,
      desiredCount: rendered.desiredCount,
      // a second task of a singleton starts when the first has been told to stop
      deployment: FlaskDeployment.rolling(singleton ? { minHealthyPercent: 0, maxHealthyPercent: 100 } : {}),
    });
    if (rendered.desiredCount !== undefined) {
      adviseOnSpot(this, capacity, rendered.desiredCount);
    }
    this.connections = new Connections({ securityGroups: [host.processSecurityGroup] });
    this.grantPrincipal = web.grantPrincipal;
    this.scalableTaskCount = scaling._bind(this.service, context);
    if (context.taskProtection) {
      grantTaskProtection(host.cluster, this);
    }
    this.alarms =
      host.monitoring?.watchWorker(this, {
        name: id,
        service: this.service,
        queue: rendered.queue,
        usualAgeSeconds: rendered.usualAgeSeconds,
        hasTasks: rendered.desiredCount !== 0,
      }) ?? [];
    adviseOnJobs(this, rendered, stopTimeout, context.taskProtection);
  }
}

function requireOptions({ command, singleton, scaling, capacity, stopTimeout }: FlaskWorkerOptions): void {
  requireCommand('the command of a worker', command, "['celery', '-A', 'app.celery', 'worker']");
  requireSeconds('stopTimeout of a worker', stopTimeout, 2, 120, 'the maximum is a limit of Fargate');
  // a token is above nothing
  const { desiredCount } = scaling?._render({ region: '', taskProtection: false }) ?? { desiredCount: 1 };
  if (singleton && (desiredCount === undefined || desiredCount > 1)) {
    fail('a singleton has one task at most, got a scaling that allows more; leave scaling out');
  }
  if (singleton && capacity?._render({ singleTask: false }).isSpot) {
    fail('a singleton on Spot is missing whenever AWS reclaims its capacity; use Capacity.onDemand()');
  }
}
