import type { Alarm, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Lazy, Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * A worker, as alarms and dashboard see it.
 *
 * @internal
 */
export interface WatchedWorker {
  readonly name: string;
  readonly service: FargateService;
  /** The queue that it scales on, if any. */
  readonly queue?: IQueue;
  /** How old a message of it may become where all is well. */
  readonly usualAgeSeconds?: number;
  /** Whether it is to have a task at all. */
  readonly hasTasks: boolean;
  readonly alarms: Alarm[];
}

/**
 * A schedule, as the dashboard sees it.
 *
 * @internal
 */
export interface WatchedSchedule {
  readonly name: string;
  readonly failedRuns: IMetric;
}

/** How long what names processes may be: EventBridge takes 2,048 characters in a pattern, of which the rest and the cluster need their part. */
const MAX_NAMES_LENGTH = 1500;
const MAX_STACK_NAME = 128;

/**
 * Services and tasks of an app as events of ECS name them: as many as one rule can name, all of one stack, for a rule that names a service of another
 * stack would depend on it.
 *
 * @internal
 */
export class WatchedProcesses {
  private readonly services: FargateService[] = [];
  private readonly definitions: FargateTaskDefinition[] = [];
  private readonly releases: FargateTaskDefinition[] = [];
  private length = 0;

  public constructor(public readonly scope: Construct) {}

  /** Whether a process of the same stack can join. */
  public takes(process: FargateService | FargateTaskDefinition): boolean {
    return this.length === 0 || this.length + lengthOf(process) <= MAX_NAMES_LENGTH;
  }

  public isIn(stack: Stack): boolean {
    return Stack.of(this.scope) === stack;
  }

  public get hasServices(): boolean {
    return this.services.length > 0;
  }

  public addService(service: FargateService): void {
    this.services.push(service);
    this.length += lengthOf(service);
  }

  /** A task that no service starts. */
  public addTask(definition: FargateTaskDefinition): void {
    this.definitions.push(definition);
    this.length += lengthOf(definition);
  }

  /** A task that runs once for each deployment. */
  public addReleaseTask(definition: FargateTaskDefinition): void {
    this.addTask(definition);
    this.releases.push(definition);
  }

  public get hasReleaseTasks(): boolean {
    return this.releases.length > 0;
  }

  public get releaseGroups(): string[] {
    return this.releases.map(groupOf);
  }

  /** The ARNs of the services as a pattern takes them: by their end, which is shorter and theirs alone. */
  public get serviceArns(): string[] {
    return Lazy.uncachedAny({
      produce: () => this.services.map(({ serviceName }) => ({ suffix: `/${serviceName}` })),
    }) as unknown as string[];
  }

  /** The groups of the tasks of services. */
  public get serviceGroups(): string[] {
    return Lazy.uncachedList({ produce: () => this.groupsOfServices() });
  }

  /** The groups of all tasks. */
  public get groups(): string[] {
    return Lazy.uncachedList({ produce: () => [...this.groupsOfServices(), ...this.definitions.map(groupOf)] });
  }

  private groupsOfServices(): string[] {
    return this.services.map((service) => `service:${service.serviceName}`);
  }
}

/** What a process adds to a pattern: CloudFormation makes a name of the stack, the logical id and twelve characters. */
function lengthOf(process: FargateService | FargateTaskDefinition): number {
  const { stackName } = Stack.of(process);
  const prefix = Token.isUnresolved(stackName) ? MAX_STACK_NAME : stackName.length;
  const name = prefix + Names.uniqueId(process).length + 14;
  return 'serviceName' in process ? 2 * name + 30 : name + 10;
}

/** The group that ECS gives a task that is run by its definition. */
function groupOf({ family }: FargateTaskDefinition): string {
  return `family:${family}`;
}
