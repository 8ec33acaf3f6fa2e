import {
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  type StackResource,
} from '@aws-sdk/client-cloudformation';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, type Service, type TaskDefinition } from '@aws-sdk/client-ecs';
import { DescribeLoadBalancersCommand, type LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from './aws';
import { STACK } from './cdk';
import { DemoFailure } from './failure';

/** The deployed stack, as the APIs tell of it. */
export class Stack {
  public static async load(aws: Aws): Promise<Stack> {
    const { StackResources: resources = [] } = await aws.cloudFormation.send(new DescribeStackResourcesCommand({ StackName: STACK }));
    const { Stacks: stacks = [] } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
    const { TemplateBody: template = '' } = await aws.cloudFormation.send(new GetTemplateCommand({ StackName: STACK }));
    const outputs = Object.fromEntries((stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue ?? '']));
    return new Stack(aws, resources, stacks[0]?.StackStatus ?? 'unknown', outputs, template);
  }

  private constructor(
    private readonly aws: Aws,
    private readonly resources: readonly StackResource[],
    public readonly status: string,
    public readonly outputs: Readonly<Record<string, string>>,
    public readonly template: string,
  ) {}

  public get types(): string[] {
    return [...new Set(this.resources.map(({ ResourceType }) => ResourceType ?? ''))].sort();
  }

  public get size(): number {
    return this.resources.length;
  }

  public get cluster(): string {
    return this.idOf('AWS::ECS::Cluster');
  }

  public async service(): Promise<Service> {
    const arn = this.idOf('AWS::ECS::Service');
    const { services = [] } = await this.aws.ecs.send(new DescribeServicesCommand({ cluster: this.cluster, services: [arn] }));
    return services[0] ?? missing(`the service ${arn}`);
  }

  public async taskDefinition(): Promise<TaskDefinition> {
    const { taskDefinition: arn } = await this.service();
    const { taskDefinition } = await this.aws.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
    return taskDefinition ?? missing(`the task definition ${arn}`);
  }

  public async loadBalancer(): Promise<LoadBalancer> {
    const arn = this.idOf('AWS::ElasticLoadBalancingV2::LoadBalancer');
    const { LoadBalancers = [] } = await this.aws.elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
    return LoadBalancers[0] ?? missing(`the load balancer ${arn}`);
  }

  public idsOf(type: string): string[] {
    return this.resources.filter(({ ResourceType }) => ResourceType === type).map(({ PhysicalResourceId }) => PhysicalResourceId ?? '');
  }

  private idOf(type: string): string {
    return this.idsOf(type)[0] ?? missing(`a resource of type ${type} in the stack ${STACK}`);
  }
}

function missing(what: string): never {
  throw new DemoFailure(`there is no ${what.replace(/^(the|a) /, '')}`);
}
