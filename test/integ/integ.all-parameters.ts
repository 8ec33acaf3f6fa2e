/** Every prop, with another value than its default where it has one. */
import * as path from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { InterfaceVpcEndpointAwsService, Peer } from 'aws-cdk-lib/aws-ec2';
import { AwsLogDriverMode, ContainerImage, CpuArchitecture, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  Capacity,
  Egress,
  FlaskAlarm,
  FlaskDeployment,
  FlaskFargateService,
  FlaskHealthCheck,
  FlaskImage,
  FlaskRepository,
  FlaskStage,
  LoadBalancing,
  ScalingPolicy,
  SidecarOrder,
  TaskScaling,
  Tls,
  WebAcl,
  WsgiServer,
} from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'IntegAllParameters');
new FlaskRepository(stack, 'Repository', { stage: FlaskStage.ephemeral(), releaseTags: ['v*'], previewTags: ['pr-*'] });

const web = new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, 'app'), {
    pythonVersion: '3.12',
    systemPackages: ['libpq5'],
    exclude: ['*.md'],
    buildArgs: { PIP_NO_INPUT: '1' },
    cpuArchitecture: CpuArchitecture.ARM64,
  }),
  stage: FlaskStage.ephemeral(),
  cpu: 1024,
  memoryLimitMiB: 2048,
  environment: { FLASK_B: 'b', FLASK_A: 'a' },
  secrets: { API_SECRET: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) },
  port: 8080,
  server: WsgiServer.gunicorn({ requestTimeout: Duration.seconds(20), workers: 3, threads: 8, accessLog: false }),
  healthCheck: FlaskHealthCheck.path('/health', {
    interval: Duration.seconds(10),
    healthyHttpCodes: '200-299',
    gracePeriod: Duration.seconds(90),
  }),
  egress: Egress.vpcEndpoints({ additionalEndpoints: [InterfaceVpcEndpointAwsService.SQS] }),
  capacity: Capacity.spot({ onDemandBase: 2 }),
  loadBalancing: LoadBalancing.internal({
    tls: Tls.disabled(),
    allowFrom: [Peer.ipv4('10.0.0.0/8')],
    idleTimeout: Duration.seconds(65),
    stickiness: Duration.hours(1),
    slowStart: Duration.seconds(30),
    webAcl: WebAcl.managedRules({ rateLimit: 500, logRequests: true, allowLargeBodies: true }),
  }),
  deployment: FlaskDeployment.rolling({
    minHealthyPercent: 50,
    circuitBreaker: { threshold: 3, resetOnHealthyTask: true },
    earlySuccess: { healthyPercent: 60 },
  }),
  scaling: TaskScaling.between({
    min: 3,
    max: 9,
    policies: [
      ScalingPolicy.cpu(50),
      ScalingPolicy.memory(70),
      ScalingPolicy.requestsPerTarget(1000),
      ScalingPolicy.schedule({ schedule: Schedule.cron({ hour: '7', minute: '0' }), min: 5 }),
    ],
  }),
  logging: { retention: RetentionDays.THREE_DAYS, removalPolicy: RemovalPolicy.DESTROY, mode: AwsLogDriverMode.BLOCKING },
  monitoring: { alarms: { enabled: true, turnOff: [FlaskAlarm.MEMORY], maxSlowPercent: 10 }, dashboard: true },
  hardening: { writablePaths: ['/app/instance'], flowLogs: true },
  outputs: true,
});
web.addSidecar('proxy', { image: ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:1.27'), order: SidecarOrder.AFTER_APP });
web.addOpenTelemetry();
web.addFileSystem('media', {
  fileSystem: new FileSystem(stack, 'Media', {
    vpc: web.vpc,
    removalPolicy: RemovalPolicy.DESTROY,
    vpcSubnets: { subnets: web.vpc.isolatedSubnets },
  }),
  containerPath: '/mnt/media',
});
web.discoverableAs('web');
web.addTask('Report', { command: ['flask', 'routes'] });
