import assert from 'node:assert/strict';
import {
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../../../examples/local/aws';
import { type Answer, LoadBalancerClient } from '../../../examples/local/requests';
import type { Stack } from '../../../examples/local/stack';

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
    const { DNSName = '' } = await this.stack.loadBalancer();
    return new LoadBalancerClient(this.aws.endpoint, DNSName, port).get(path);
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
