import type { Alarm, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Lazy } from 'aws-cdk-lib/core';

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

/**
 * The services and the tasks of an app as events of ECS name them, those that are added later too.
 *
 * @internal
 */
export class WatchedProcesses {
  private readonly services: FargateService[] = [];
  private readonly definitions: FargateTaskDefinition[] = [];
  private readonly releases: FargateTaskDefinition[] = [];

  public addService(service: FargateService): void {
    this.services.push(service);
  }

  /** A task that no service starts. */
  public addTask(definition: FargateTaskDefinition): void {
    this.definitions.push(definition);
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

  public get serviceArns(): string[] {
    return Lazy.uncachedList({ produce: () => this.services.map((service) => service.serviceArn) });
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

/** The group that ECS gives a task that is run by its definition. */
function groupOf({ family }: FargateTaskDefinition): string {
  return `family:${family}`;
}
