import {
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  type StackResource,
} from '@aws-sdk/client-cloudformation';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, type Service, type TaskDefinition } from '@aws-sdk/client-ecs';
import { DescribeLoadBalancersCommand, type LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from './aws';
import { DemoFailure } from './failure';

/** The deployed stack, as the APIs tell of it. */
export class Stack {
  public static async load(aws: Aws, name: string): Promise<Stack> {
    const { StackResources: resources = [] } = await aws.cloudFormation.send(new DescribeStackResourcesCommand({ StackName: name }));
    const { Stacks: stacks = [] } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    const { TemplateBody: template = '' } = await aws.cloudFormation.send(new GetTemplateCommand({ StackName: name }));
    const outputs = Object.fromEntries((stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue ?? '']));
    return new Stack(aws, name, resources, stacks[0]?.StackStatus ?? 'unknown', outputs, template);
  }

  private constructor(
    private readonly aws: Aws,
    public readonly name: string,
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

  /** The cluster of its services. It may belong to another stack: the ARNs of services end with cluster/service. */
  public get cluster(): string {
    const [own] = this.idsOf('AWS::ECS::Cluster');
    return own ?? this.idOf('AWS::ECS::Service').split('/').at(-2) ?? missing('the cluster');
  }

  public async services(): Promise<Service[]> {
    const arns = this.idsOf('AWS::ECS::Service');
    if (arns.length === 0) {
      return [];
    }
    const { services = [] } = await this.aws.ecs.send(new DescribeServicesCommand({ cluster: this.cluster, services: arns }));
    return services.length === arns.length ? services : missing(`the services ${arns}`);
  }

  /** Of a stack with one service. */
  public async service(): Promise<Service> {
    return (await this.services())[0] ?? missing('the service');
  }

  public async taskDefinition(): Promise<TaskDefinition> {
    const { taskDefinition: arn } = await this.service();
    const { taskDefinition } = await this.aws.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
    return taskDefinition ?? missing(`the task definition ${arn}`);
  }

  /** Of a stack with several the one that the internet reaches. */
  public async loadBalancer(scheme = 'internet-facing'): Promise<LoadBalancer> {
    const LoadBalancerArns = this.idsOf('AWS::ElasticLoadBalancingV2::LoadBalancer');
    const { LoadBalancers = [] } = await this.aws.elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns }));
    const found = LoadBalancers.length > 1 ? LoadBalancers.find(({ Scheme }) => Scheme === scheme) : LoadBalancers[0];
    return (LoadBalancerArns.length > 0 && found) || missing(`the load balancer of the stack ${this.name}`);
  }

  public idsOf(type: string): string[] {
    return this.resources.filter(({ ResourceType }) => ResourceType === type).map(({ PhysicalResourceId }) => PhysicalResourceId ?? '');
  }

  /** The physical id of a resource, by its id in the template. */
  public physicalId(logicalId: string): string | undefined {
    return this.resources.find(({ LogicalResourceId }) => LogicalResourceId === logicalId)?.PhysicalResourceId;
  }

  private idOf(type: string): string {
    return this.idsOf(type)[0] ?? missing(`a resource of type ${type} in the stack ${this.name}`);
  }
}

function missing(what: string): never {
  throw new DemoFailure(`there is no ${what.replace(/^(the|a) /, '')}`);
}
