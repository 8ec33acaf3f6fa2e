/** The services that are compared: ours and the peers' from their templates, the others as their documentation has them. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { FlaskFargateService, type FlaskFargateServiceProps, FlaskImage, ScalingPolicy, TaskScaling } from 'cdk-flask-fargate';
import type { Policy } from './scaler';
import { DELAYS, type Resources, serviceOf } from './templates';
import type { WebService } from './web-service';

/** The same app and server in all of them: two workers of 32 threads. */
const ASSUMED = { threads: 64 };

/** The resources of a stack that is thrown away. */
export function synthesized(make: (stack: Stack) => void): Resources {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'scaling-'));
  try {
    const stack = new Stack(new App({ outdir, analyticsReporting: false }), 'Bench', {
      env: { account: '111111111111', region: 'eu-west-1' },
    });
    make(stack);
    return Template.fromStack(stack).toJSON().Resources;
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

/** A service of this library. */
export function ours(name: string, props: Partial<FlaskFargateServiceProps> = {}): WebService {
  const resources = synthesized((stack) => {
    const image = FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1'));
    new FlaskFargateService(stack, 'Web', { image, monitoring: { alarms: { enabled: false }, dashboard: false }, ...props });
  });
  return serviceOf(name, resources, ASSUMED);
}

/** aws-ecs-patterns, in the same size and bounds, with the target that its documentation shows. */
export function ecsPatterns(): WebService {
  const resources = synthesized((stack) => {
    const pattern = new ApplicationLoadBalancedFargateService(stack, 'Web', {
      taskImageOptions: { image: ContainerImage.fromRegistry('example.com/shop:1') },
      cpu: 512,
      memoryLimitMiB: 1024,
    });
    pattern.service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 });
  });
  return serviceOf('ecs-patterns, CPU 50', resources, ASSUMED);
}

const cpu = (target: number, outCooldown: number, inCooldown: number): Policy => ({
  kind: 'track',
  name: `CPU ${target} % at 60 s`,
  target,
  period: 60,
  delay: DELAYS.ecs[60],
  outCooldown,
  inCooldown,
  value: (metrics) => metrics.CPUUtilization,
});

const COMMON = { min: 2, max: 10, vcpu: 0.5, threads: ASSUMED.threads, leastOutstanding: false };

/** What this library had in 0.1.0: it stays as it was, so that every later default is held against the same. */
export const REFERENCE: WebService = {
  ...COMMON,
  name: '0.1.0: CPU 60 at 60 s',
  policies: [cpu(60, 60, 300)],
  health: { interval: 15, timeout: 5, failures: 3 },
  drain: 30,
};

/** Amazon ECS Express Mode, by its documentation of 2026: one vCPU, 1 to 20 tasks, CPU 60. */
const EXPRESS: WebService = {
  ...COMMON,
  name: 'Express Mode, CPU 60 of 1 vCPU',
  policies: [cpu(60, 300, 300)],
  min: 1,
  max: 20,
  vcpu: 1,
  health: { interval: 30, timeout: 5, failures: 2 },
  drain: 300,
};

/** The sample of a manifest of AWS Copilot, which ended in June 2026. */
const COPILOT: WebService = {
  ...COMMON,
  name: "Copilot's sample, CPU 70 and 2 s",
  policies: [
    cpu(70, 60, 120),
    {
      ...cpu(2, 60, 120),
      name: 'response time',
      delay: DELAYS.loadBalancer,
      value: (metrics) => metrics.TargetResponseTime,
    },
  ],
  health: { interval: 10, timeout: 5, failures: 2 },
  drain: 60,
};

const between = (min: number, policies?: ScalingPolicy[]) => ({ scaling: TaskScaling.between({ min, max: 10, policies }) });

/** What is in production's default today. */
export const byDefault = (): WebService => ours('**default: CPU 53 at 20 s, in flight 50 %**');

export const compared = (): WebService[] => [
  REFERENCE,
  ecsPatterns(),
  EXPRESS,
  COPILOT,
  ours('CPU 53 at 20 s alone', between(2, [ScalingPolicy.cpu(53)])),
  byDefault(),
  ours('default with a step ×3 at 95 %', between(2, [ScalingPolicy.cpu(53), ScalingPolicy.inFlight(50), ScalingPolicy.step()])),
  ours('default with at least 3 tasks', between(3)),
];
