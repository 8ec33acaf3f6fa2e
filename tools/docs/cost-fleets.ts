/** What many services cost a month: each alone, in one stack, on a platform, and as other tools place them. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { FlaskFargateService, FlaskImage, FlaskPlatform, FlaskStage, LoadBalancing } from 'cdk-flask-fargate';
import { HOURS, linesOf, PRICES, type Resources, resourcesOf, sumOf } from './cost-model';

/** How many services a team has in a month, in a year, and later. */
export const SIZES = [1, 5, 25];

/** A stack holds 500 resources. */
const MAX_RESOURCES = 500;

/** What the stacks of an app cost together. */
function costOf(make: (app: App) => Stack[]): number | undefined {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'cost-'));
  try {
    const stacks = make(new App({ outdir, analyticsReporting: false, context: { '@aws-cdk/core:stackResourceLimit': 0 } }));
    const templates = stacks.map((stack): Resources => Template.fromStack(stack).toJSON().Resources);
    const tooLarge = templates.some((resources) => Object.keys(resources).length > MAX_RESOURCES);
    // together: whether metrics of a service are paid is a setting of the cluster, which is in another stack
    return tooLarge ? undefined : sumOf(linesOf(Object.assign({}, ...templates)));
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

const env = { account: '111122223333', region: 'us-east-1' };
const image = FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1'));
const names = (count: number) => Array.from({ length: count }, (_, index) => `Service${index + 1}`);

/** How many services of the one line fit into a stack: 25 of them are not even tried. */
const MAX_IN_ONE_STACK = 11;

function inOneStack(count: number): number | undefined {
  if (count > MAX_IN_ONE_STACK) {
    return undefined;
  }
  return costOf((app) => {
    const stack = new Stack(app, 'Services', { env });
    for (const name of names(count)) {
      new FlaskFargateService(stack, name, { image });
    }
    return [stack];
  });
}

function onPlatform(count: number, stage = FlaskStage.production()): number | undefined {
  return costOf((app) => {
    const stack = new Stack(app, 'Platform', { env });
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const platform = new FlaskPlatform(stack, 'Platform', { name: 'production', zone });
    const services = new Stack(app, 'Services', { env });
    for (const name of names(count)) {
      new FlaskFargateService(services, name, { image, stage, loadBalancing: LoadBalancing.onPlatform(platform) });
    }
    return count > 0 ? [stack, services] : [stack];
  });
}

/** With the size and the number of tasks of the one line, so that the rest is compared. */
function ofPatterns(count: number): number | undefined {
  const { cpu, memoryLimitMiB, tasks } = oneLine();
  return costOf((app) => {
    const stack = new Stack(app, 'Services', { env });
    for (const name of names(count)) {
      const taskImageOptions = { image: ContainerImage.fromRegistry('example.com/shop:1') };
      new ApplicationLoadBalancedFargateService(stack, name, { cpu, memoryLimitMiB, desiredCount: tasks, taskImageOptions });
    }
    return [stack];
  });
}

/** The tasks of the one line in public subnets, behind one load balancer for each 25 services, without alarms and dashboards. */
function inPublicSubnets(count: number): number {
  const { tasks, monthly } = oneLine();
  const address = PRICES.publicAddress.price * HOURS;
  const loadBalancer = PRICES.loadBalancer.price * HOURS + 2 * address;
  return count * tasks * (monthly + address) + Math.ceil(count / 25) * loadBalancer;
}

function oneLine() {
  const resources = resourcesOf({});
  const definition = Object.values(resources).find(({ Type }) => Type === 'AWS::ECS::TaskDefinition');
  const [line] = linesOf(resources).filter(({ part }) => part === 'Tasks');
  return {
    cpu: Number(definition?.Properties.Cpu),
    memoryLimitMiB: Number(definition?.Properties.Memory),
    tasks: line.count,
    monthly: line.monthly,
  };
}

/** What a service is placed as, and what 1, 5 and 25 of them cost; undefined where they do not fit. */
export function fleets(): [name: string, costs: (number | undefined)[]][] {
  const alone = sumOf(linesOf(resourcesOf({})));
  const rows: [string, (count: number) => number | undefined][] = [
    ['each in a stack of its own, with its own network', (count) => count * alone],
    ['in one stack, with one network', inOneStack],
    ['on a `FlaskPlatform`', (count) => onPlatform(count)],
    ['`ApplicationLoadBalancedFargateService` in one stack, with tasks of the same size', ofPatterns],
    ['a Copilot environment, or ECS Express Mode: the same tasks in public subnets, without alarms and dashboards', inPublicSubnets],
  ];
  return rows.map(([name, cost]) => [name, SIZES.map(cost)]);
}

/** What a preview of a branch adds to a platform. */
export function preview(): number {
  return Number(onPlatform(1, FlaskStage.ephemeral())) - Number(onPlatform(0));
}
