import assert from 'node:assert/strict';
import { type FilteredLogEvent, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ListTasksCommand, type ListTasksCommandInput, type Task } from '@aws-sdk/client-ecs';
import {
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../../../tools/local-aws/aws';
import { type Answer, LoadBalancerClient } from '../../../tools/local-aws/requests';
import type { Stack } from '../../../tools/local-aws/stack';

const PROTECTION = 'deletion_protection.enabled';
/** CloudFormation types that may outlive their stack, and what the inventory calls them. */
const RETAINED_KINDS: Readonly<Record<string, string>> = {
  'AWS::Logs::LogGroup': 'log group',
  'AWS::S3::Bucket': 'bucket',
  'AWS::KMS::Key': 'key',
};

/** An example that is up. */
export class Deployed {
  public constructor(
    public readonly aws: Aws,
    public readonly stack: Stack,
  ) {}

  public async get(path: string, port = 80): Promise<Answer> {
    return (await this.client(port)).get(path);
  }

  public async post(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    return (await this.client()).post(path, form);
  }

  public async client(port = 80): Promise<LoadBalancerClient> {
    const { DNSName = '' } = await this.stack.loadBalancer();
    return new LoadBalancerClient(this.aws.endpoint, DNSName, port);
  }

  /** What the processes with a stream of this prefix have written so far. */
  public async logLines(prefix: string): Promise<string[]> {
    return (await this.logEvents(prefix)).map(({ message = '' }) => message);
  }

  /** The processes with a stream of this prefix that have written something so far. */
  public async logStreams(prefix: string): Promise<string[]> {
    return [...new Set((await this.logEvents(prefix)).map(({ logStreamName = '' }) => logStreamName))];
  }

  private async logEvents(prefix: string): Promise<FilteredLogEvent[]> {
    const groups = this.stack.idsOf('AWS::Logs::LogGroup');
    const lists = groups.map((logGroupName) => this.aws.logs.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 })));
    const events = (await Promise.all(lists)).flatMap((list) => list.events ?? []);
    return events.filter(({ logStreamName }) => logStreamName?.startsWith(`${prefix}/`));
  }

  /** How many tasks a service runs, by a word of its name. */
  public async tasksOf(word: string): Promise<number | undefined> {
    return (await this.stack.services()).find(({ serviceName }) => serviceName?.includes(word))?.runningCount;
  }

  /** The version of the app that answers. */
  public async version(): Promise<string> {
    return JSON.parse((await this.assertGreeting()).body).version;
  }

  /** The ARNs of all tasks that run. */
  public async runningTasks(): Promise<string[]> {
    return (await this.tasks({ desiredStatus: 'RUNNING' })).filter(({ lastStatus }) => lastStatus === 'RUNNING').map(arnOf);
  }

  /** The tasks that somebody started and that have ended. */
  public endedTasks(startedBy: string): Promise<Task[]> {
    return this.tasks({ startedBy, desiredStatus: 'STOPPED' });
  }

  private async tasks(which: Omit<ListTasksCommandInput, 'cluster'>): Promise<Task[]> {
    const { cluster } = this.stack;
    const { taskArns = [] } = await this.aws.ecs.send(new ListTasksCommand({ ...which, cluster }));
    return taskArns.length > 0 ? ((await this.aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? []) : [];
  }

  /** The sample app's own answer, and none of the load balancer or the emulator. */
  public async assertGreeting({ path = '/', port = 80, service = 'flask-app' } = {}): Promise<Answer> {
    const answer = await this.get(path, port);
    assert.equal(answer.status, 200, answer.body.slice(0, 200));
    const { message, service: name, port: appPort } = JSON.parse(answer.body);
    assert.deepEqual({ message, name, appPort }, { message: 'Hello from Flask on Fargate', name: service, appPort: 3000 });
    return answer;
  }

  public async assertAllTasksRun(): Promise<string> {
    const services = await this.stack.services();
    for (const { serviceName, runningCount, desiredCount = 0 } of services) {
      assert.ok(desiredCount > 0, `${serviceName} wants no task`);
      assert.equal(runningCount, desiredCount, `${serviceName} wants ${desiredCount} tasks, ${runningCount} run`);
    }
    return services.map(({ runningCount }) => runningCount).join(' and ');
  }

  /** What stays after the stack by its template, as the inventory names it. */
  public retained(): { types: string[]; entries: string[] } {
    const { Resources } = JSON.parse(this.stack.template) as { Resources: Record<string, { Type: string; DeletionPolicy?: string }> };
    const kept = Object.entries(Resources).filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete');
    return {
      types: kept.map(([, { Type }]) => Type).sort(),
      entries: kept.map(([id, { Type }]) => `${RETAINED_KINDS[Type] ?? Type} ${this.stack.physicalId(id)}`).sort(),
    };
  }

  public async attributesOfLoadBalancer(): Promise<Record<string, string | undefined>> {
    const { LoadBalancerArn } = await this.stack.loadBalancer();
    const { Attributes = [] } = await this.aws.elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    return Object.fromEntries(Attributes.map(({ Key = '', Value }) => [Key, Value]));
  }

  public async isProtected(): Promise<boolean> {
    return (await this.attributesOfLoadBalancer())[PROTECTION] === 'true';
  }

  public async assertDeletionIsRefused(): Promise<void> {
    const { LoadBalancerArn } = await this.stack.loadBalancer();
    await assert.rejects(this.aws.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn })), /deletion protection is enabled/);
  }

  public async switchProtectionOff(): Promise<void> {
    const { LoadBalancerArn } = await this.stack.loadBalancer();
    const Attributes = [{ Key: PROTECTION, Value: 'false' }];
    await this.aws.elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
    assert.equal(await this.isProtected(), false);
  }
}

function arnOf({ taskArn = '' }: Task): string {
  return taskArn;
}
