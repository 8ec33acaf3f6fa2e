import * as path from 'node:path';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { UserPool, UserPoolClient, UserPoolDomain } from 'aws-cdk-lib/aws-cognito';
import { InstanceType, InterfaceVpcEndpointAwsService, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { NetworkMode } from 'aws-cdk-lib/aws-ecr-assets';
import { AwsLogDriverMode, Cluster, ContainerImage, CpuArchitecture, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { AccessPoint, FileSystem } from 'aws-cdk-lib/aws-efs';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ListenerAction,
  SslPolicy,
  TargetGroupLoadBalancingAlgorithmType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, MysqlEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { HttpNamespace, PrivateDnsNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import {
  App,
  Duration,
  type Environment,
  NestedStack,
  RemovalPolicy,
  SecretValue,
  Size,
  Stack,
  Stage,
  TimeZone,
  Token,
} from 'aws-cdk-lib/core';

export const SAMPLE_APP = path.join(__dirname, '../../examples/sample-app');
const LISTENER = 'listener/app/shop/50dc6c495c0c9199/f2f7dc8efc522ab3';

/** What the stack stands in. */
export const PLACES = ['an app', 'a Stage', 'a nested stack'] as const;

/** Where a draw is made: an app with a stack, and one beside it. */
export class Surroundings {
  public readonly app: App;
  public readonly stack: Stack;
  public readonly other: Stack;
  private made = 0;

  public constructor(
    outdir: string,
    context: { readonly [flag: string]: unknown },
    { env, name, place }: { readonly env?: Environment; readonly name: string; readonly place: (typeof PLACES)[number] },
  ) {
    this.app = new App({ outdir, context, analyticsReporting: false, treeMetadata: false });
    const scope = place === 'a Stage' ? new Stage(this.app, 'Production', { env }) : this.app;
    this.stack = place === 'a nested stack' ? new NestedStack(new Stack(scope, 'Parent', { env }), name) : new Stack(scope, name, { env });
    this.other = new Stack(scope, 'Other', { env });
  }

  public id(prefix: string): string {
    this.made += 1;
    return `${prefix}${this.made}`;
  }
}

type Make = (at: Stack, id: string) => unknown;

const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
/** Nothing is looked up elsewhere: the CDK says so itself. */
const knowsRegion = (at: Stack) => !Token.isUnresolved(at.region);
const groupId = (id: string) => `sg-${id.replace(/\D/g, '').padStart(17, '0')}`;
const vpc: Make = (at, id) => new Vpc(at, id, { maxAzs: 2 });
const database = (at: Stack, id: string, more = {}) =>
  new DatabaseInstance(at, id, {
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_7 }),
    vpc: new Vpc(at, `${id}Vpc`, { maxAzs: 2 }),
    ...more,
  });

/**
 * Objects of the CDK as users have them, by their type: made in the stack or in the other one, imported, of one zone, isolated, with several groups. A type
 * that is not here is left out where it is optional.
 */
export const GIVEN: { readonly [fqn: string]: readonly Make[] } = {
  'aws-cdk-lib.aws_sns.ITopic': [(at, id) => new Topic(at, id), (at, id) => Topic.fromTopicArn(at, id, arn('sns', 'alarms'))],
  'aws-cdk-lib.aws_ecs.Secret': [
    (at, id) => EcsSecret.fromSecretsManager(new Secret(at, id)),
    (at, id) => EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(at, id, 'shop'), 'key'),
    (at, id) => EcsSecret.fromSsmParameter(StringParameter.fromSecureStringParameterAttributes(at, id, { parameterName: '/shop/key' })),
    (at, id) => EcsSecret.fromSecretsManager(new Secret(at, id, { encryptionKey: new Key(at, `${id}Key`) })),
  ],
  'aws-cdk-lib.aws_cognito.IUserPool': [(at, id) => new UserPool(at, id), (at, id) => UserPool.fromUserPoolId(at, id, 'eu-west-1_a')],
  'aws-cdk-lib.aws_cognito.IUserPoolClient': [
    (at, id) => new UserPool(at, `${id}Pool`).addClient('Client', { generateSecret: true }),
    (at, id) => UserPoolClient.fromUserPoolClientId(at, id, 'client'),
  ],
  'aws-cdk-lib.aws_cognito.IUserPoolDomain': [(at, id) => UserPoolDomain.fromDomainName(at, id, 'shop')],
  'aws-cdk-lib.aws_secretsmanager.ISecret': [
    (at, id) => new Secret(at, id),
    (at, id) => Secret.fromSecretNameV2(at, id, 'shop'),
    (at, id) => Secret.fromSecretCompleteArn(at, id, arn('secretsmanager', 'secret:shop-AbCdEf')),
  ],
  'aws-cdk-lib.aws_servicediscovery.INamespace': [
    (at, id) => new HttpNamespace(at, id, { name: id.toLowerCase() }),
    (at, id) => new PrivateDnsNamespace(at, id, { name: `${id.toLowerCase()}.local`, vpc: new Vpc(at, `${id}Vpc`) }),
  ],
  'aws-cdk-lib.aws_elasticloadbalancingv2.IApplicationListener': [
    (at, id) =>
      new ApplicationLoadBalancer(at, id, { vpc: new Vpc(at, `${id}Vpc`) }).addListener('Http', {
        port: 80,
        open: true,
        defaultAction: ListenerAction.fixedResponse(404),
      }),
    (at, id) =>
      ApplicationListener.fromApplicationListenerAttributes(at, id, {
        listenerArn: arn('elasticloadbalancing', LISTENER),
        securityGroup: SecurityGroup.fromSecurityGroupId(at, `${id}Group`, groupId(id), { allowAllOutbound: false }),
      }),
  ],
  'aws-cdk-lib.aws_elasticloadbalancingv2.IApplicationLoadBalancer': [
    (at, id) => new ApplicationLoadBalancer(at, id, { vpc: new Vpc(at, `${id}Vpc`) }),
  ],
  'aws-cdk-lib.aws_efs.IFileSystem': [
    (at, id) => new FileSystem(at, id, { vpc: new Vpc(at, `${id}Vpc`) }),
    (at, id) =>
      FileSystem.fromFileSystemAttributes(at, id, {
        fileSystemId: 'fs-0123456789abcdef0',
        securityGroup: SecurityGroup.fromSecurityGroupId(at, `${id}Group`, groupId(id)),
      }),
  ],
  'aws-cdk-lib.aws_efs.IAccessPoint': [(at, id) => AccessPoint.fromAccessPointId(at, id, 'fsap-0123456789abcdef0')],
  'aws-cdk-lib.aws_ecr_assets.NetworkMode': [() => NetworkMode.HOST, () => NetworkMode.custom('bridge')],
  'aws-cdk-lib.aws_ec2.InstanceType': [() => new InstanceType('t4g.micro'), () => new InstanceType('m7g.large')],
  'aws-cdk-lib.aws_ec2.IConnectable': [
    (at, id) => new SecurityGroup(at, id, { vpc: new Vpc(at, `${id}Vpc`) }),
    (at, id) => SecurityGroup.fromSecurityGroupId(at, id, groupId(id)),
    (at, id) => database(at, id),
    (at, id) => database(at, id, { credentials: Credentials.fromPassword('shop', SecretValue.unsafePlainText('odd@pass:word/')) }),
  ],
  'aws-cdk-lib.aws_ec2.Port': [() => Port.tcp(5432), () => Port.tcpRange(1, 10), () => Port.allTraffic()],
  'aws-cdk-lib.aws_ssm.IParameter': [
    (at, id) => new StringParameter(at, id, { stringValue: 'a' }),
    (at, id) => StringParameter.fromStringParameterName(at, id, '/shop/level'),
  ],
  'aws-cdk-lib.aws_ecs.ICluster': [
    (at, id) => new Cluster(at, id, { vpc: new Vpc(at, `${id}Vpc`) }),
    (at, id) => Cluster.fromClusterAttributes(at, id, { clusterName: 'shop', vpc: new Vpc(at, `${id}Vpc`) }),
  ],
  'aws-cdk-lib.aws_ec2.IVpc': [
    vpc,
    (at, id) => new Vpc(at, id, { maxAzs: 1 }),
    (at, id) => new Vpc(at, id, { natGateways: 0, subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }] }),
    (at, id) => new Vpc(at, id, { natGateways: 0, subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }] }),
    (at, id) =>
      new Vpc(at, id, {
        subnetConfiguration: [
          { name: 'front', subnetType: SubnetType.PUBLIC },
          { name: 'app', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
          { name: 'jobs', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
        ],
      }),
    (at, id) =>
      Vpc.fromVpcAttributes(at, id, {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        publicSubnetIds: ['subnet-1', 'subnet-2'],
        privateSubnetIds: ['subnet-3', 'subnet-4'],
      }),
    (at, id) => (knowsRegion(at) ? Vpc.fromLookup(at, id, { vpcId: 'vpc-0123456789abcdef0' }) : new Vpc(at, id)),
  ],
  'aws-cdk-lib.aws_ecs.ContainerImage': [() => ContainerImage.fromRegistry('example.com/shop:1')],
  'aws-cdk-lib.aws_ecr.IRepository': [
    (at, id) => new Repository(at, id),
    (at, id) => Repository.fromRepositoryName(at, id, 'shop'),
    (at, id) => Repository.fromRepositoryArn(at, id, arn('ecr', 'repository/shop')),
  ],
  'aws-cdk-lib.aws_ecs.CpuArchitecture': [() => CpuArchitecture.ARM64, () => CpuArchitecture.X86_64],
  'aws-cdk-lib.aws_rds.MysqlEngineVersion': [() => MysqlEngineVersion.VER_8_4_5],
  'aws-cdk-lib.aws_rds.PostgresEngineVersion': [() => PostgresEngineVersion.VER_17_7],
  'aws-cdk-lib.aws_ec2.IPeer': [
    () => Peer.ipv4('10.0.0.0/8'),
    () => Peer.anyIpv4(),
    () => Peer.ipv6('2001:db8::/32'),
    () => Peer.prefixList('pl-01234567'),
  ],
  'aws-cdk-lib.aws_certificatemanager.ICertificate': [
    (at, id) => Certificate.fromCertificateArn(at, id, arn('acm', 'certificate/a')),
    (at, id) => new Certificate(at, id, { domainName: 'shop.example.com' }),
  ],
  'aws-cdk-lib.aws_route53.IHostedZone': [
    (at, id) => HostedZone.fromHostedZoneAttributes(at, id, { hostedZoneId: 'Z1', zoneName: 'example.com' }),
    (at, id) => new HostedZone(at, id, { zoneName: 'example.org' }),
    (at, id) =>
      knowsRegion(at) ? HostedZone.fromLookup(at, id, { domainName: 'example.com' }) : new HostedZone(at, id, { zoneName: 'example.net' }),
  ],
  'aws-cdk-lib.RemovalPolicy': [() => RemovalPolicy.DESTROY, () => RemovalPolicy.RETAIN, () => RemovalPolicy.SNAPSHOT],
  'aws-cdk-lib.aws_scheduler.ScheduleExpression': [
    () => ScheduleExpression.rate(Duration.hours(1)),
    () => ScheduleExpression.cron({ hour: '3', minute: '0' }),
    () => ScheduleExpression.at(new Date('2099-01-01T00:00:00Z')),
    () => ScheduleExpression.expression('cron(0 3 * * ? *)'),
  ],
  'aws-cdk-lib.aws_kms.IKey': [(at, id) => new Key(at, id), (at, id) => Key.fromKeyArn(at, id, arn('kms', 'key/a'))],
  'aws-cdk-lib.aws_logs.RetentionDays': [() => RetentionDays.ONE_WEEK, () => RetentionDays.INFINITE],
  'aws-cdk-lib.aws_iam.IGrantable': [
    (at, id) => new Role(at, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    (at, id) => Role.fromRoleArn(at, id, 'arn:aws:iam::111122223333:role/operator'),
  ],
  'aws-cdk-lib.aws_ecs.HealthCheck': [() => ({ command: ['CMD-SHELL', 'true'] })],
  'aws-cdk-lib.aws_cloudwatch.MetricOptions': [() => ({}), () => ({ period: Duration.minutes(5) })],
  'aws-cdk-lib.Size': [() => Size.mebibytes(64), () => Size.gibibytes(100), () => Size.mebibytes(0), () => Size.kibibytes(1)],
  'aws-cdk-lib.aws_s3.IBucket': [(at, id) => new Bucket(at, id), (at, id) => Bucket.fromBucketName(at, id, 'shop-logs')],
  'aws-cdk-lib.aws_ecs.AwsLogDriverMode': [() => AwsLogDriverMode.BLOCKING, () => AwsLogDriverMode.NON_BLOCKING],
  'aws-cdk-lib.SecretValue': [() => SecretValue.secretsManager('shop'), () => SecretValue.unsafePlainText('plain')],
  'aws-cdk-lib.aws_cloudwatch.IMetric': [
    () => new Metric({ namespace: 'Shop', metricName: 'Orders' }),
    () => new Metric({ namespace: 'Shop', metricName: 'Orders', period: Duration.seconds(10), dimensionsMap: { Shop: 'a' } }),
  ],
  'aws-cdk-lib.aws_applicationautoscaling.Schedule': [
    () => Schedule.cron({ hour: '8', minute: '0' }),
    () => Schedule.rate(Duration.hours(1)),
    () => Schedule.at(new Date('2099-01-01T00:00:00Z')),
  ],
  'aws-cdk-lib.TimeZone': [() => TimeZone.EUROPE_BERLIN, () => TimeZone.of('Europe/Nowhere')],
  'aws-cdk-lib.aws_elasticloadbalancingv2.TargetGroupLoadBalancingAlgorithmType': Object.values(TargetGroupLoadBalancingAlgorithmType).map(
    (value) => () => value,
  ),
  'aws-cdk-lib.aws_elasticloadbalancingv2.SslPolicy': [() => SslPolicy.RECOMMENDED_TLS, () => SslPolicy.TLS13_RES],
  'aws-cdk-lib.aws_ec2.InterfaceVpcEndpointAwsService': [
    () => InterfaceVpcEndpointAwsService.SQS,
    () => InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  ],
  'aws-cdk-lib.interfaces.aws_wafv2.IWebACLRef': [
    (at, id) =>
      new CfnWebACL(at, id, {
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'acl' },
      }),
  ],
  'aws-cdk-lib.aws_sqs.IQueue': [(at, id) => new Queue(at, id), (at, id) => Queue.fromQueueArn(at, id, arn('sqs', 'jobs'))],
};
