import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Demo } from '../demo-context';
import { DemoFailure } from '../failure';
import { until } from '../poll';
import { LoadBalancerClient } from '../requests';
import type { Step } from './step';

export const CONTAINER = 'flask-app';
export const PORT = 3000;

export const image: Step = {
  name: 'image',
  title: 'Image in ECR',
  async run(demo) {
    const uri = (await appContainer(demo)).image ?? '';
    // account.dkr.ecr.region.domain/repository:tag or …@digest
    const [, repositoryName, imageTag, imageDigest] = /^[^/]+\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(uri) ?? [];
    const { imageDetails = [] } = await demo.aws.ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [imageTag ? { imageTag } : { imageDigest }] }),
    );
    const digest = imageDetails[0]?.imageDigest;
    if (!digest) {
      throw new DemoFailure(`ECR has no image ${uri}`);
    }
    return { summary: `${repositoryName}, ${digest.slice(0, 19)}`, uri, digest };
  },
};

export const cluster: Step = {
  name: 'cluster',
  title: 'ECS cluster',
  async run(demo) {
    const { clusters = [] } = await demo.aws.ecs.send(new DescribeClustersCommand({ clusters: [demo.stack.cluster] }));
    const { clusterName, status } = clusters[0] ?? {};
    if (status !== 'ACTIVE') {
      throw new DemoFailure(`the cluster ${demo.stack.cluster} is ${status ?? 'not there'}`);
    }
    return { summary: `${clusterName}`, name: clusterName, status };
  },
};

export const taskDefinition: Step = {
  name: 'task-definition',
  title: 'Task definition',
  async run(demo) {
    const { family, revision, requiresCompatibilities = [], cpu, memory } = await demo.stack.taskDefinition();
    const container = await appContainer(demo);
    const port = container.portMappings?.[0]?.containerPort;
    const logDriver = container.logConfiguration?.logDriver;
    if (port !== PORT || logDriver !== 'awslogs' || !requiresCompatibilities.includes('FARGATE')) {
      throw new DemoFailure(`the task definition has port ${port}, logs ${logDriver}, for ${requiresCompatibilities.join()}`);
    }
    return {
      summary: `${CONTAINER}, port ${port}, ${cpu} CPU units, ${memory} MiB, logs to CloudWatch`,
      family,
      revision,
      container: container.name,
      port,
      logDriver,
      requiresCompatibilities,
    };
  },
};

export const service: Step = {
  name: 'service',
  title: 'Service behind the load balancer',
  async run(demo, say) {
    const { LoadBalancerName: name, DNSName: dnsName = '' } = await demo.stack.loadBalancer();
    const { loadBalancers: [{ targetGroupArn = '' } = {}] = [] } = await demo.stack.service();
    // `cdk deploy` ends well even where every task fails to start, so this is asked for and not assumed.
    const counts = await until('as many healthy targets as the service wants tasks', 60, async () => {
      const { desiredCount = 0, runningCount = 0, deployments = [] } = await demo.stack.service();
      const failed = deployments.find(({ rolloutState }) => rolloutState === 'FAILED');
      if (failed) {
        throw new DemoFailure(`no task of the service stays up: ${failed.rolloutStateReason}`);
      }
      const healthy = await healthyTargets(demo, targetGroupArn);
      say(`${runningCount} of ${desiredCount} tasks run, ${healthy} healthy`);
      return desiredCount > 0 && runningCount >= desiredCount && healthy >= desiredCount
        ? { desiredCount, runningCount, healthy }
        : undefined;
    });
    demo.loadBalancer = new LoadBalancerClient(demo.aws.endpoint, dnsName);
    return { summary: `${counts.runningCount} running, ${counts.healthy} healthy`, loadBalancer: name, dnsName, ...counts };
  },
};

export async function healthyTargets(demo: Demo, targetGroupArn: string): Promise<number> {
  const { TargetHealthDescriptions = [] } = await demo.aws.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
  return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
}

export async function appContainer(demo: Demo) {
  const { containerDefinitions = [] } = await demo.stack.taskDefinition();
  const container = containerDefinitions.find(({ name }) => name === CONTAINER);
  if (!container) {
    throw new DemoFailure(`the task definition has no container ${CONTAINER}`);
  }
  return container;
}
