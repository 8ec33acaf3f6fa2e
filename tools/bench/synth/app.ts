/**
 * An app that the bench times: `node app.js KIND COUNT`. It is bundled, so that what is loaded is the library, as a user's app loads it.
 *
 * The last line is the time in ms of everything but starting Node.js: loading, constructing, synthesizing.
 */
const began = performance.now();

import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, Dashboard, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerImage,
  ContainerInsights,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import {
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
  type IApplicationListener,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { FlaskFargateService, FlaskImage, FlaskPlatform, LoadBalancing } from 'cdk-flask-fargate';

const env = { account: '111122223333', region: 'eu-west-1' };
const image = ContainerImage.fromRegistry('example.com/shop:1');

/** What a team writes by hand for one service: about the resources of the one line. */
function byHand(stack: Stack, id: string, cluster: ICluster, listener?: IApplicationListener, priority = 1): void {
  const logGroup = new LogGroup(stack, `${id}Logs`, { retention: RetentionDays.ONE_MONTH });
  const taskDefinition = new FargateTaskDefinition(stack, `${id}Definition`, { cpu: 512, memoryLimitMiB: 1024 });
  taskDefinition.addContainer('app', {
    image,
    portMappings: [{ containerPort: 3000 }],
    logging: LogDrivers.awsLogs({ logGroup, streamPrefix: 'app' }),
  });
  const service = new FargateService(stack, `${id}Service`, {
    cluster,
    taskDefinition,
    desiredCount: 2,
    circuitBreaker: { rollback: true },
  });
  const scaling = service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 });
  scaling.scaleOnCpuUtilization(`${id}Cpu`, { targetUtilizationPercent: 50 });
  const target = {
    port: 80,
    protocol: ApplicationProtocol.HTTP,
    targets: [service],
    healthCheck: { path: '/', interval: Duration.seconds(10) },
  };
  if (listener) {
    const targetGroup = new ApplicationTargetGroup(stack, `${id}Target`, { ...target, vpc: cluster.vpc });
    const conditions = [ListenerCondition.pathPatterns([`/${id.toLowerCase()}/*`])];
    new ApplicationListenerRule(stack, `${id}Rule`, { listener, priority, conditions, targetGroups: [targetGroup] });
    return;
  }
  const loadBalancer = new ApplicationLoadBalancer(stack, `${id}LoadBalancer`, { vpc: cluster.vpc, internetFacing: true });
  const group = loadBalancer.addListener(`${id}Listener`, { port: 80 }).addTargets(`${id}Target`, target);
  const topic = new SnsAction(new Topic(stack, `${id}Topic`));
  const metrics = [
    group.metrics.targetResponseTime(),
    group.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT),
    group.metrics.unhealthyHostCount(),
    group.metrics.healthyHostCount(),
    loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT),
    service.metricCpuUtilization(),
    service.metricMemoryUtilization(),
  ];
  for (const [index, metric] of metrics.entries()) {
    new Alarm(stack, `${id}Alarm${index}`, { metric, threshold: 1, evaluationPeriods: 3 }).addAlarmAction(topic);
  }
  new Dashboard(stack, `${id}Dashboard`, { widgets: metrics.map((metric) => [new GraphWidget({ left: [metric] })]) });
}

function network(stack: Stack): ICluster {
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  return new Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED });
}

function listenerIn(stack: Stack): IApplicationListener {
  return ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
    listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/50dc6c495c0c9199/f2f7dc8efc522ab3',
    securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0', { allowAllOutbound: false }),
  });
}

const KINDS: { readonly [kind: string]: (app: App, count: number) => void } = {
  'one: by hand': (app) => {
    const stack = new Stack(app, 'Shop', { env });
    byHand(stack, 'Web', network(stack));
  },
  'one: ecs-patterns': (app) => {
    const stack = new Stack(app, 'Shop', { env });
    new ApplicationLoadBalancedFargateService(stack, 'Web', { taskImageOptions: { image, containerPort: 3000 } });
  },
  'one: this': (app) => {
    new FlaskFargateService(new Stack(app, 'Shop', { env }), 'Web', { image: FlaskImage.fromContainerImage(image) });
  },
  'shared: by hand': (app, count) => {
    const stack = new Stack(app, 'Shop', { env });
    const [cluster, listener] = [network(stack), listenerIn(stack)];
    for (let i = 1; i <= count; i++) {
      byHand(stack, `Web${i}`, cluster, listener, i);
    }
  },
  'shared: this': (app, count) => {
    const stack = new Stack(app, 'Shop', { env });
    const [cluster, listener] = [network(stack), listenerIn(stack)];
    for (let i = 1; i <= count; i++) {
      new FlaskFargateService(stack, `Web${i}`, {
        image: FlaskImage.fromContainerImage(image),
        cluster,
        loadBalancing: LoadBalancing.sharedListener(listener, { priority: i, paths: [`/web${i}/*`] }),
        monitoring: { alarms: { enabled: false }, dashboard: false, serviceEvents: false },
      });
    }
  },
  'stacks: ecs-patterns': (app, count) => {
    const shared = new Stack(app, 'Shared', { env });
    const cluster = network(shared);
    for (let i = 1; i <= count; i++) {
      new ApplicationLoadBalancedFargateService(new Stack(app, `Web${i}`, { env }), 'Web', { cluster, taskImageOptions: { image } });
    }
  },
  'stacks: this': (app, count) => {
    const shared = new Stack(app, 'Shared', { env });
    const zone = HostedZone.fromHostedZoneAttributes(shared, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const platform = new FlaskPlatform(shared, 'Platform', { name: 'production', zone });
    for (let i = 1; i <= count; i++) {
      new FlaskFargateService(new Stack(app, `Web${i}`, { env }), `Web${i}`, {
        image: FlaskImage.fromContainerImage(image),
        loadBalancing: LoadBalancing.onPlatform(platform),
      });
    }
  },
};

const [, , kind, count] = process.argv;
const app = new App({ analyticsReporting: false });
KINDS[kind](app, Number(count));
const { stacks } = app.synth();
const resources = stacks.reduce((sum, { template }) => sum + Object.keys(template.Resources).length, 0);
console.log(JSON.stringify({ milliseconds: performance.now() - began, resources }));
