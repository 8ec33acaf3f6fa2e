import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { InstanceClass, InstanceSize, InstanceType, Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AwsLogDriverMode, Cluster, ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, Aspects, CfnParameter, Duration, RemovalPolicy, Stack, Stage, Tags } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import {
  Capacity,
  Egress,
  FlaskAlarm,
  FlaskDeployment,
  FlaskFargateService,
  FlaskHealthCheck,
  FlaskImage,
  FlaskStage,
  LoadBalancing,
  ScalingPolicy,
  TaskScaling,
  Tls,
  WebAcl,
  WsgiServer,
} from '../src';
import { flaskApp } from './util/flask-app';
import {
  containerOf,
  containersOf,
  expectError,
  fullService,
  only,
  service,
  statementsOf,
  templateOf,
  testApp,
  testStack,
  warningIds,
} from './util/test-stack';

describe('the image alone', () => {
  const stack = testStack();
  const web = new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource(flaskApp()) });
  const template = Template.fromStack(stack);

  test('gives these resources and no others: no custom resource, no Lambda function', () => {
    const count: { [type: string]: number } = {};
    for (const { Type } of Object.values<{ Type: string }>(template.toJSON().Resources)) {
      count[Type] = (count[Type] ?? 0) + 1;
    }
    expect(count).toEqual({
      'AWS::ApplicationAutoScaling::ScalableTarget': 1,
      'AWS::ApplicationAutoScaling::ScalingPolicy': 2,
      'AWS::CloudWatch::Alarm': 9,
      'AWS::CloudWatch::Dashboard': 1,
      'AWS::EC2::EIP': 2,
      'AWS::EC2::FlowLog': 1,
      'AWS::EC2::InternetGateway': 1,
      'AWS::EC2::NatGateway': 2,
      'AWS::EC2::Route': 4,
      'AWS::EC2::RouteTable': 6,
      'AWS::EC2::SecurityGroup': 3,
      'AWS::EC2::SecurityGroupEgress': 1,
      'AWS::EC2::SecurityGroupIngress': 1,
      'AWS::EC2::Subnet': 6,
      'AWS::EC2::SubnetRouteTableAssociation': 6,
      'AWS::EC2::VPC': 1,
      'AWS::EC2::VPCEndpoint': 2,
      'AWS::EC2::VPCGatewayAttachment': 1,
      'AWS::ECS::Cluster': 1,
      'AWS::ECS::Service': 1,
      'AWS::ECS::TaskDefinition': 1,
      'AWS::ElasticLoadBalancingV2::Listener': 1,
      'AWS::ElasticLoadBalancingV2::ListenerRule': 1,
      'AWS::ElasticLoadBalancingV2::LoadBalancer': 1,
      'AWS::ElasticLoadBalancingV2::TargetGroup': 1,
      'AWS::Events::Rule': 3,
      'AWS::IAM::Policy': 2,
      'AWS::IAM::Role': 3,
      'AWS::Logs::LogGroup': 3,
      'AWS::Logs::QueryDefinition': 5,
    });
  });

  test('runs a hardened task', () => {
    const definition = only(template, 'AWS::ECS::TaskDefinition').Properties;
    expect(definition).toMatchObject({
      Cpu: '512',
      Memory: '1024',
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
      TaskRoleArn: stack.resolve(web.taskRole.roleArn),
      ExecutionRoleArn: stack.resolve(web.executionRole.roleArn),
    });
    expect(definition).not.toHaveProperty('Volumes');
    expect(containersOf(template)).toHaveLength(1);
    expect(containerOf(template)).toEqual({
      Name: 'flask-app',
      Essential: true,
      Image: expect.anything(),
      User: '10001:10001',
      ReadonlyRootFilesystem: true,
      StopTimeout: 40,
      PortMappings: [{ ContainerPort: 3000, Name: 'http', Protocol: 'tcp' }],
      LinuxParameters: {
        Capabilities: { Drop: ['ALL'] },
        InitProcessEnabled: true,
        Tmpfs: [{ ContainerPath: '/tmp', Size: 64 }],
      },
      LogConfiguration: {
        LogDriver: 'awslogs',
        Options: {
          'awslogs-group': stack.resolve(web.logGroup.logGroupName),
          'awslogs-region': { Ref: 'AWS::Region' },
          'awslogs-stream-prefix': 'web',
          mode: 'non-blocking',
          'max-buffer-size': '26214400b',
        },
      },
      Environment: [
        { Name: 'FORWARDED_ALLOW_IPS', Value: '*' },
        {
          Name: 'GUNICORN_CMD_ARGS',
          Value:
            '--bind 0.0.0.0:3000 --workers 2 -k gthread --threads 32 --keep-alive 75 --graceful-timeout 30 --limit-request-line 0 --limit-request-field_size 32768 --access-logfile - --access-logformat \'%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms %({x-amzn-trace-id}i)s\'',
        },
        { Name: 'PORT', Value: '3000' },
        { Name: 'PYTHONDONTWRITEBYTECODE', Value: '1' },
        { Name: 'PYTHONUNBUFFERED', Value: '1' },
        { Name: 'TMPDIR', Value: '/tmp' },
        { Name: 'WEB_CONCURRENCY', Value: '2' },
        { Name: 'XDG_RUNTIME_DIR', Value: '/tmp' },
      ],
      HealthCheck: expect.anything(),
    });
  });

  test('keeps the service up during a deployment, and takes one back that fails', () => {
    const properties = only(template, 'AWS::ECS::Service').Properties;
    expect(properties).toMatchObject({
      AvailabilityZoneRebalancing: 'ENABLED',
      DeploymentConfiguration: {
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MaximumPercent: 200,
        MinimumHealthyPercent: 100,
      },
      EnableECSManagedTags: true,
      EnableExecuteCommand: false,
      HealthCheckGracePeriodSeconds: 60,
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      PropagateTags: 'SERVICE',
      LoadBalancers: [
        {
          ContainerName: 'flask-app',
          ContainerPort: 3000,
          TargetGroupArn: stack.resolve(web.targetGroup?.targetGroupArn),
        },
      ],
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          Subnets: stack.resolve(web.vpc.privateSubnets.map((subnet) => subnet.subnetId)),
        },
      },
    });
    // the scaling owns it
    expect(properties).not.toHaveProperty('DesiredCount');
    // a name that is set by hand collides when the service is replaced
    expect(properties).not.toHaveProperty('ServiceName');
  });

  test('starts no task before there is a way out, a rule that sends it requests and the right to pull', () => {
    const dependencies = only(template, 'AWS::ECS::Service').DependsOn as string[];
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::SecurityGroup']) {
      expect(Object.keys(template.findResources(type)).filter((id) => dependencies.includes(id))).toEqual([]);
    }
    expect(dependencies).toEqual(
      expect.arrayContaining([
        ...Object.keys(template.findResources('AWS::EC2::Route', { Properties: { NatGatewayId: Match.anyValue() } })),
        only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').id,
        only(template, 'AWS::IAM::Policy', /ExecutionRole/).id,
      ]),
    );
  });

  test('lets clients reach the load balancer, the load balancer the tasks, and nobody anything else', () => {
    const [balancer] = web.loadBalancer?.connections.securityGroups ?? [];
    const [tasks] = web.connections.securityGroups;
    template.resourceCountIs('AWS::EC2::SecurityGroup', 3);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'clients to the load balancer of the Flask app',
      SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', Description: 'clients', FromPort: 80, IpProtocol: 'tcp', ToPort: 80 }],
      SecurityGroupEgress: Match.absent(),
    });
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').Properties).toEqual({
      Description: 'Load balancer to target',
      FromPort: 3000,
      ToPort: 3000,
      IpProtocol: 'tcp',
      GroupId: stack.resolve(tasks.securityGroupId),
      SourceSecurityGroupId: stack.resolve(balancer.securityGroupId),
    });
    expect(only(template, 'AWS::EC2::SecurityGroupEgress').Properties).toEqual({
      Description: 'Load balancer to target',
      FromPort: 3000,
      ToPort: 3000,
      IpProtocol: 'tcp',
      GroupId: stack.resolve(balancer.securityGroupId),
      DestinationSecurityGroupId: stack.resolve(tasks.securityGroupId),
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  test('gives ECS the rights to pull and to log, and the app none', () => {
    expect(statementsOf(template, web.taskRole)).toEqual([]);
    expect(statementsOf(template, web.executionRole)).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: expect.not.stringMatching(/^\*$/),
      },
      // AWS knows no narrower resource for it
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: stack.resolve(web.logGroup.logGroupArn),
      },
    ]);
    for (const role of [only(template, 'AWS::IAM::Role', /TaskTaskRole/), only(template, 'AWS::IAM::Role', /ExecutionRole/)]) {
      expect(role.Properties).toEqual({
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' } }],
        },
        Description: expect.any(String),
      });
    }
  });

  test('keeps the log for 30 days, and longer than the service', () => {
    expect(only(template, 'AWS::Logs::LogGroup', /^WebLogs/)).toMatchObject({
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('scales between two and ten tasks on the CPU and the requests in flight', () => {
    expect(only(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties).toMatchObject({ MinCapacity: 2, MaxCapacity: 10 });
    expect(only(template, 'AWS::ECS::Service').Properties).toMatchObject({
      Monitoring: { MetricConfigurations: [{ MetricNames: ['CPUUtilization'], ResolutionSeconds: 20 }] },
    });
    const policies = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).map(
      ({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration,
    );
    expect(policies).toMatchObject([
      {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilizationHighResolution' },
        TargetValue: 53,
        ScaleInCooldown: 300,
        ScaleOutCooldown: 60,
      },
      { TargetValue: 50, ScaleInCooldown: 300, ScaleOutCooldown: 60 },
    ]);
    // two workers of 32 threads each
    expect(policies[1].CustomizedMetricSpecification.Metrics[0].Expression).toBe(
      '100 * (FILL(requests0, 0) * FILL(seconds0, 0)) / 60 / (64)',
    );
  });

  test('tells the URL and the commands of the guide', () => {
    expect(Object.values(template.findOutputs('*')).map(({ Description }) => Description)).toEqual([
      'the URL of the app',
      'the name of the ECS service',
      'the name of the ECS cluster',
      'the family of the task definition of the web process',
      'run the web process as a standalone task; it runs until it is stopped, and addTask() makes tasks that end',
      'follow the log',
      'run a command of a shell once, in a task of its own with the image that runs; no deployment is needed, and its lines are in the log',
      'bring the version before back while a deployment runs; after it, deploy the commit before',
      'the dashboard: alarms, requests, tasks, workers',
    ]);
  });

  test('names no resource by hand: a replacement would collide with what it replaces', () => {
    // a saved query has no other name, and replaces none
    const byHand = /^(Name|.*(Cluster|Service|Role|LogGroup|Group|Repository|Dashboard)Name)$/;
    for (const [id, { Type, Properties = {} }] of Object.entries<{ Type: string; Properties?: object }>(template.toJSON().Resources)) {
      if (Type === 'AWS::Logs::QueryDefinition') {
        continue;
      }
      const named = Object.entries(Properties).filter(([key, value]) => byHand.test(key) && typeof value === 'string');
      expect({ id, Type, named }).toEqual({ id, Type, named: [] });
    }
  });

  test('hands out the resources', () => {
    expect(web.service.taskDefinition).toBe(web.taskDefinition);
    expect(web.service.cluster).toBe(web.cluster);
    expect(web.cluster.vpc).toBe(web.vpc);
    expect(web.taskDefinition.defaultContainer).toBe(web.container);
    expect(web.container.containerName).toBe('flask-app');
    expect(web.taskDefinition.taskRole).toBe(web.taskRole);
    expect(web.taskDefinition.executionRole).toBe(web.executionRole);
    expect(web.loadBalancer?.listeners).toEqual([web.listener]);
    expect(web.grantPrincipal).toBe(web.taskRole.grantPrincipal);
    expect(stack.resolve(web.url)).toEqual({ 'Fn::Join': ['', ['http://', stack.resolve(web.loadBalancer?.loadBalancerDnsName)]] });
  });

  test('advises on plain HTTP, on alarms that tell nobody, and on access logs because the stack knows no region', () => {
    expect(warningIds(stack)).toEqual([
      'cdk-flask-fargate:alarmsTellNobody',
      'cdk-flask-fargate:noAccessLogs',
      'cdk-flask-fargate:plainHttp',
    ]);
  });
});

const CERTIFICATE = 'arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';

test('everything set', () => {
  const stack = testStack({ env: { account: '123456789012', region: 'eu-central-1' } });
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 3 });
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const key = new Key(stack, 'Key');
  const secret = new Secret(stack, 'Secret');
  const web = new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromSource(flaskApp()),
    stage: FlaskStage.production(),
    vpc,
    cluster,
    cpu: 2048,
    memoryLimitMiB: 4096,
    environment: { FLASK_GREETING: 'hello' },
    secrets: { FLASK_SECRET_KEY: EcsSecret.fromSecretsManager(secret, 'key') },
    port: 8080,
    server: WsgiServer.gunicorn({ workers: 3, threads: 16, requestTimeout: Duration.seconds(20) }),
    healthCheck: FlaskHealthCheck.path('/health', { healthyHttpCodes: '200-299' }),
    egress: Egress.publicIps(),
    capacity: Capacity.spot({ onDemandBase: 2 }),
    loadBalancing: LoadBalancing.internetFacing({
      allowFrom: [Peer.ipv4('203.0.113.0/24')],
      idleTimeout: Duration.seconds(90),
      deregistrationDelay: Duration.seconds(25),
      deletionProtection: false,
      tls: Tls.withCertificate(Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE), { domainName: 'www.example.com' }),
      webAcl: WebAcl.managedRules(),
      accessLogs: false,
    }),
    deployment: FlaskDeployment.rolling({ minHealthyPercent: 50, maxHealthyPercent: 150 }),
    scaling: TaskScaling.between({ min: 3, max: 30, policies: [ScalingPolicy.requestsPerTarget(1000)] }),
    logging: {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: key,
      mode: AwsLogDriverMode.BLOCKING,
    },
    monitoring: { alarms: { maxMemoryPercent: 80, turnOff: [FlaskAlarm.FAILED_TASKS] }, dashboard: false },
    hardening: { user: '1000:1000', writablePaths: ['/app/instance'], dropCapabilities: false },
    outputs: false,
  });
  const template = Template.fromStack(stack);

  expect(web.vpc).toBe(vpc);
  expect(web.cluster).toBe(cluster);
  template.resourceCountIs('AWS::EC2::VPC', 1);
  template.resourceCountIs('AWS::ECS::Cluster', 1);
  template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '2048', Memory: '4096' });
  expect(containerOf(template)).toMatchObject({
    Name: 'flask-app',
    User: '1000:1000',
    StopTimeout: 30,
    PortMappings: [{ ContainerPort: 8080 }],
    Environment: expect.arrayContaining([
      { Name: 'FLASK_GREETING', Value: 'hello' },
      {
        Name: 'GUNICORN_CMD_ARGS',
        Value:
          '--bind 0.0.0.0:8080 --workers 3 -k gthread --threads 16 --keep-alive 105 --graceful-timeout 20 --limit-request-line 0 --limit-request-field_size 32768 --access-logfile - --access-logformat \'%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms %({x-amzn-trace-id}i)s\'',
      },
      { Name: 'PORT', Value: '8080' },
      { Name: 'WEB_CONCURRENCY', Value: '3' },
    ]),
    Secrets: [{ Name: 'FLASK_SECRET_KEY', ValueFrom: { 'Fn::Join': ['', [stack.resolve(secret.secretArn), ':key::']] } }],
    LinuxParameters: {
      InitProcessEnabled: true,
      Tmpfs: [
        { ContainerPath: '/app/instance', Size: 64 },
        { ContainerPath: '/tmp', Size: 64 },
      ],
    },
    LogConfiguration: { Options: { mode: 'blocking' } },
  });
  expect(containerOf(template).LinuxParameters).not.toHaveProperty('Capabilities.Drop');
  expect(web.url).toBe('https://www.example.com');
  expect(web.dashboard).toBeUndefined();
  expect(web.alarms.alarm(FlaskAlarm.FAILED_TASKS)).toBeUndefined();
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: Match.stringLikeRegexp('-Memory$'), Threshold: 80 });
  template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Certificates: [{ CertificateArn: CERTIFICATE }] });
  expect(only(template, 'AWS::ECS::Service').Properties).toMatchObject({
    CapacityProviderStrategy: [
      { CapacityProvider: 'FARGATE', Base: 2, Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
    ],
    DeploymentConfiguration: { MinimumHealthyPercent: 50, MaximumPercent: 150 },
    NetworkConfiguration: {
      AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: stack.resolve(vpc.publicSubnets.map((subnet) => subnet.subnetId)) },
    },
  });
  expect(only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties).toMatchObject({
    Scheme: 'internet-facing',
    LoadBalancerAttributes: expect.arrayContaining([
      { Key: 'deletion_protection.enabled', Value: 'false' },
      { Key: 'idle_timeout.timeout_seconds', Value: '90' },
    ]),
  });
  expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
    HealthCheckPath: '/health',
    Matcher: { HttpCode: '200-299' },
    TargetGroupAttributes: expect.arrayContaining([{ Key: 'deregistration_delay.timeout_seconds', Value: '25' }]),
  });
  expect(only(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties).toMatchObject({ MinCapacity: 3, MaxCapacity: 30 });
  expect(only(template, 'AWS::Logs::LogGroup', /^WebLogs/)).toMatchObject({
    Properties: { RetentionInDays: 365, KmsKeyId: stack.resolve(key.keyArn) },
    DeletionPolicy: 'Delete',
  });
  expect(template.findOutputs('*')).toEqual({});
});

describe('the port', () => {
  test.each([1023, 65536, 3000.5])('%p is refused', (port) => {
    expectError(
      () => service(testStack(), { port }),
      `port must be a whole number from 1024 to 65535, got ${port}; the container runs as a user that is not root`,
    );
  });

  test.each([1024, 65535])('%i is taken, on the way from the load balancer too', (port) => {
    const template = templateOf({ port });
    expect(containerOf(template).PortMappings).toEqual([{ ContainerPort: port, Name: 'http', Protocol: 'tcp' }]);
    expect(only(template, 'AWS::ECS::Service').Properties.LoadBalancers).toMatchObject([{ ContainerPort: port }]);
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({ FromPort: port, ToPort: port });
  });
});

describe('without a load balancer', () => {
  const setup = () => {
    const stack = testStack();
    const web = fullService(stack, { loadBalancing: LoadBalancing.none() });
    return { stack, web, template: Template.fromStack(stack) };
  };

  test('there is none of its parts, and nobody reaches the tasks', () => {
    const { web, template } = setup();
    expect([web.loadBalancer, web.listener, web.targetGroup, web.url]).toEqual([undefined, undefined, undefined, undefined]);
    for (const type of ['LoadBalancer', 'Listener', 'ListenerRule', 'TargetGroup']) {
      template.resourceCountIs(`AWS::ElasticLoadBalancingV2::${type}`, 0);
    }
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::SecurityGroup'))) {
      expect(Properties).not.toHaveProperty('SecurityGroupIngress');
    }
    // newer versions of the CDK write an empty list
    expect(only(template, 'AWS::ECS::Service').Properties.LoadBalancers ?? []).toEqual([]);
  });

  test('there is no URL among the outputs, and no advice on HTTP', () => {
    const { stack, template } = setup();
    expect(Object.values(template.findOutputs('*')).map(({ Description }) => Description)).toEqual([
      'the name of the ECS service',
      'the name of the ECS cluster',
      'the family of the task definition of the web process',
      'run the web process as a standalone task; it runs until it is stopped, and addTask() makes tasks that end',
      'follow the log',
      'run a command of a shell once, in a task of its own with the image that runs; no deployment is needed, and its lines are in the log',
      'bring the version before back while a deployment runs; after it, deploy the commit before',
      'the dashboard: alarms, requests, tasks, workers',
    ]);
    expect(warningIds(stack)).toEqual(['cdk-flask-fargate:alarmsTellNobody']);
  });

  test('the alarms and the dashboard are those that need none', () => {
    const { web } = setup();
    expect(web.alarms.all.map(({ node }) => node.id)).toEqual([
      'MissingTasks',
      'Memory',
      'StuckDeployment',
      'SilentLog',
      'FailedTasks',
      'FailedDeployment',
    ]);
    expect(web.dashboard).toBeDefined();
  });
});

describe('the outputs', () => {
  const stack = testStack();
  const web = service(stack, { hardening: { enableExecuteCommand: true } });
  const outputs = Object.fromEntries(Object.entries(Template.fromStack(stack).findOutputs('*')).map(([key, { Value }]) => [key, Value]));
  const cluster = stack.resolve(web.cluster.clusterName);
  const region = { Ref: 'AWS::Region' };

  test('have the command that runs a task', () => {
    const [subnet1, subnet2] = stack.resolve(web.vpc.privateSubnets.map(({ subnetId }) => subnetId));
    expect(outputs.WebRunTaskCommand).toEqual({
      'Fn::Join': [
        '',
        [
          'aws ecs run-task --region ',
          region,
          ' --cluster ',
          cluster,
          ' --task-definition ',
          stack.resolve(web.taskDefinition.taskDefinitionArn),
          " --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[",
          subnet1,
          ',',
          subnet2,
          '],securityGroups=[',
          stack.resolve(web.connections.securityGroups[0].securityGroupId),
          "],assignPublicIp=DISABLED}' --enable-execute-command",
        ],
      ],
    });
  });

  test('have the command that follows the log', () => {
    expect(outputs.WebLogsCommand).toEqual({
      'Fn::Join': ['', ['aws logs tail ', stack.resolve(web.logGroup.logGroupName), ' --region ', region, ' --follow']],
    });
  });

  test('have the command that opens a shell where ECS Exec is on', () => {
    expect(outputs.WebShellCommand).toEqual({
      'Fn::Join': [
        '',
        [
          'aws ecs execute-command --region ',
          region,
          ' --cluster ',
          cluster,
          ' --task $(aws ecs list-tasks --region ',
          region,
          ' --cluster ',
          cluster,
          ' --service-name ',
          stack.resolve(web.service.serviceName),
          " --query 'taskArns[0]' --output text) --container flask-app --interactive --command /bin/sh",
        ],
      ],
    });
  });

  test('have the URL', () => {
    expect(outputs.WebUrl).toEqual(stack.resolve(web.url));
  });

  test('have the names that a pipeline needs, also as properties', () => {
    expect(outputs.WebServiceName).toEqual(stack.resolve(web.service.serviceName));
    expect(outputs.WebClusterName).toEqual(cluster);
    expect(outputs.WebTaskFamily).toEqual(web.taskDefinition.family);
    expect(stack.resolve(web.outputs?.url?.value)).toEqual(outputs.WebUrl);
    expect(stack.resolve(web.outputs?.serviceName.value)).toEqual(outputs.WebServiceName);
    expect(stack.resolve(web.outputs?.clusterName.value)).toEqual(outputs.WebClusterName);
    expect(stack.resolve(web.outputs?.taskFamily.value)).toEqual(outputs.WebTaskFamily);
  });

  test('have keys that are the same in a Stage, and in a construct around the service', () => {
    const staged = new Stack(new Stage(new App(), 'Production'), 'Shop');
    const team = new Construct(staged, 'Team-1');
    new FlaskFargateService(team, 'Web', { image: FlaskImage.fromSource(flaskApp()), loadBalancing: LoadBalancing.none() });
    expect(Object.keys(Template.fromStack(staged).findOutputs('*'))).toContain('Team1WebServiceName');
  });

  test('have no URL without a load balancer', () => {
    const other = testStack();
    expect(service(other, { loadBalancing: LoadBalancing.none() }).outputs?.url).toBeUndefined();
    expect(Template.fromStack(other).findOutputs('WebUrl')).toEqual({});
  });

  test('can be left out', () => {
    expect(templateOf({ outputs: false }).findOutputs('*')).toEqual({});
  });
});

describe('a principal and a peer', () => {
  test('a table can be granted to the app', () => {
    const stack = testStack();
    const web = service(stack);
    const table = new Table(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    table.grantReadWriteData(web);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(web.taskRole.roleName)],
      PolicyDocument: {
        Statement: [{ Action: Match.arrayWith(['dynamodb:GetItem', 'dynamodb:PutItem']), Resource: stack.resolve(table.tableArn) }],
      },
    });
  });

  test('a bucket can be granted to the app', () => {
    const stack = testStack();
    const web = service(stack);
    const bucket = new Bucket(stack, 'Bucket');
    bucket.grantRead(web);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(web.taskRole.roleName)],
      PolicyDocument: { Statement: [{ Action: Match.arrayWith(['s3:GetObject*']) }] },
    });
  });

  test('a database can be opened to the app, to a task that is added before and to one that is added later', () => {
    const stack = testStack();
    const web = service(stack);
    const early = web.addTask('Early', { command: ['flask', 'routes'] });
    const database = new DatabaseInstance(stack, 'Database', {
      vpc: web.vpc,
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }),
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
    });
    database.connections.allowDefaultPortFrom(web);
    const late = web.addTask('Late', { command: ['flask', 'routes'] });
    const template = Template.fromStack(stack);
    for (const process of [web.service, early, late]) {
      template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
        GroupId: stack.resolve(database.connections.securityGroups[0].securityGroupId),
        SourceSecurityGroupId: stack.resolve(process.connections.securityGroups[0].securityGroupId),
        IpProtocol: 'tcp',
      });
    }
  });

  test('a database can be opened to the app where all tasks are added later', () => {
    const stack = testStack();
    const web = service(stack);
    const group = new SecurityGroup(stack, 'Database', { vpc: web.vpc });
    group.connections.allowFrom(web, Port.tcp(5432));
    const late = web.addTask('Late', { command: ['flask', 'routes'] });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: stack.resolve(group.securityGroupId),
      SourceSecurityGroupId: stack.resolve(late.connections.securityGroups[0].securityGroupId),
      FromPort: 5432,
    });
  });

  test('others can be let in on its port', () => {
    const stack = testStack();
    const web = service(stack, { loadBalancing: LoadBalancing.none(), port: 8080 });
    web.connections.allowDefaultPortFromAnyIpv4('for the test');
    expect(only(Template.fromStack(stack), 'AWS::EC2::SecurityGroup', /^WebSecurityGroup/).Properties.SecurityGroupIngress).toEqual([
      { CidrIp: '0.0.0.0/0', Description: 'for the test', FromPort: 8080, ToPort: 8080, IpProtocol: 'tcp' },
    ]);
  });
});

describe('what the CDK can do to the parts', () => {
  test('an attribute of the load balancer', () => {
    const stack = testStack();
    service(stack).loadBalancer?.setAttribute('routing.http2.enabled', 'false');
    expect(only(Template.fromStack(stack), 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.LoadBalancerAttributes).toContainEqual({
      Key: 'routing.http2.enabled',
      Value: 'false',
    });
  });

  test('a further container in the task, an attribute of the target group', () => {
    const stack = testStack();
    const web = service(stack);
    web.taskDefinition.addContainer('sidecar', { image: ContainerImage.fromRegistry('example.com/sidecar:1') });
    web.targetGroup?.setAttribute('slow_start.duration_seconds', '30');
    const template = Template.fromStack(stack);
    expect(containersOf(template).map(({ Name }) => Name)).toEqual(['flask-app', 'sidecar']);
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties.TargetGroupAttributes).toContainEqual({
      Key: 'slow_start.duration_seconds',
      Value: '30',
    });
  });

  test('an aspect sees all of it, and an override of a resource wins', () => {
    const stack = testStack();
    const web = service(stack);
    const seen: string[] = [];
    Aspects.of(web).add({ visit: (node: IConstruct) => seen.push(node.node.path) });
    const resource = web.service.node.defaultChild as unknown as { addPropertyOverride(path: string, value: unknown): void };
    resource.addPropertyOverride('PlatformVersion', '1.4.0');
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', { PlatformVersion: '1.4.0' });
    expect(seen).toEqual(expect.arrayContaining(['Test/Web', 'Test/Web/Service/Service', 'Test/Web/FrontEnd/LoadBalancer']));
  });

  test('tags reach the tasks by way of the service', () => {
    const stack = testStack();
    Tags.of(service(stack)).add('team', 'web');
    expect(only(Template.fromStack(stack), 'AWS::ECS::Service').Properties).toMatchObject({
      Tags: [{ Key: 'team', Value: 'web' }],
      PropagateTags: 'SERVICE',
    });
  });
});

describe('several in one app', () => {
  test('two services in one stack share nothing by chance', () => {
    const stack = testStack();
    const first = service(stack, {}, 'First');
    const second = service(stack, { vpc: first.vpc, cluster: first.cluster }, 'Second');
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::ECS::Cluster', 1);
    template.resourceCountIs('AWS::ECS::Service', 2);
    expect(first.taskRole).not.toBe(second.taskRole);
    expect(first.logGroup).not.toBe(second.logGroup);
  });

  test('an image can be given to two services', () => {
    const stack = testStack();
    const image = FlaskImage.fromSource(flaskApp());
    const first = new FlaskFargateService(stack, 'First', { image });
    new FlaskFargateService(stack, 'Second', { image, cluster: first.cluster });
    const images = containersOf(Template.fromStack(stack)).map(({ Image }) => Image);
    expect(images).toHaveLength(2);
    expect(images[0]).toEqual(images[1]);
  });

  test('the network can be in another stack', () => {
    const app = testApp();
    const network = new Stack(app, 'Network');
    const vpc = new Vpc(network, 'Vpc', { maxAzs: 2 });
    const stack = new Stack(app, 'Service');
    service(stack, { vpc });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::ECS::Service', 1);
  });
});

test('the maps may come in any order', () => {
  const shuffled = <T>(map: { [key: string]: T }) => Object.fromEntries(Object.entries(map).reverse());
  const source = flaskApp();
  const synthesized = (order: <T>(map: { [key: string]: T }) => { [key: string]: T }) => {
    const stack = testStack();
    const secret = new Secret(stack, 'Secret');
    const web = new FlaskFargateService(stack, 'Web', {
      image: FlaskImage.fromSource(source, { buildArgs: order({ A: '1', B: '2', C: '3' }) }),
      environment: order({ FLASK_A: '1', FLASK_B: '2', Z: '3', A: '4' }),
      secrets: order({
        SECRET_A: EcsSecret.fromSecretsManager(secret, 'a'),
        SECRET_B: EcsSecret.fromSecretsManager(secret, 'b'),
      }),
      server: WsgiServer.custom({ command: ['./serve'], environment: order({ SERVER_A: '1', SERVER_B: '2' }) }),
    });
    web.addTask('Job', {
      command: ['true'],
      environment: order({ TASK_A: '1', TASK_B: '2' }),
      secrets: order({
        TASK_SECRET_A: EcsSecret.fromSecretsManager(secret, 'c'),
        TASK_SECRET_B: EcsSecret.fromSecretsManager(secret, 'd'),
      }),
    });
    return JSON.stringify(Template.fromStack(stack).toJSON());
  };
  expect(synthesized(shuffled)).toBe(synthesized((map) => map));
});

test('the template is the same each time', () => {
  const source = flaskApp();
  const synthesized = () => {
    const stack = testStack();
    new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource(source) });
    return JSON.stringify(Template.fromStack(stack).toJSON());
  };
  expect(synthesized()).toBe(synthesized());
});

test('without any feature flag it is the same service', () => {
  const stack = testStack({ flags: {} });
  service(stack);
  const template = Template.fromStack(stack);
  const withFlags = templateOf();
  expect(Object.keys(template.toJSON().Resources).sort()).toEqual(Object.keys(withFlags.toJSON().Resources).sort());
  expect(containerOf(template)).toEqual(containerOf(withFlags));
  expect(only(template, 'AWS::ECS::Service').Properties).toMatchObject({
    DeploymentConfiguration: {
      MaximumPercent: 200,
      MinimumHealthyPercent: 100,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    },
    AvailabilityZoneRebalancing: 'ENABLED',
    CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
  });
});

test('values that are known at deployment only pass as counts and sizes', () => {
  const stack = testStack();
  const parameter = new CfnParameter(stack, 'Value', { type: 'Number' }).valueAsNumber;
  service(stack, { cpu: parameter, memoryLimitMiB: parameter, port: parameter, scaling: TaskScaling.fixed(parameter) });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: { Ref: 'Value' }, Memory: { Ref: 'Value' } });
  template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: { Ref: 'Value' } });
});
