import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { UserPool, UserPoolClient, UserPoolDomain } from 'aws-cdk-lib/aws-cognito';
import { InterfaceVpcEndpointAwsService, Peer } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, CpuArchitecture, Secret } from 'aws-cdk-lib/aws-ecs';
import { SslPolicy, TargetGroupLoadBalancingAlgorithmType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, SecretValue } from 'aws-cdk-lib/core';
import {
  Egress,
  FlaskImage,
  type FlaskRepositoryProps,
  FlaskStage,
  type OidcSignInOptions,
  SignIn,
  Tls,
  type TlsOptions,
  WebAcl,
} from '../../../src';
import { type Choice, choice } from './choices';
import type { Draft } from './draft';
import { appDirectory, dockerDirectory } from './sources';

const withTls = (draft: Draft) => {
  draft.own.tls ??= Tls.forDomain({ zone: draft.zone, recordName: 'shop' });
};
const tlsWith = (options: TlsOptions) => (draft: Draft) => {
  draft.own.tls = Tls.forDomain({ zone: draft.zone, recordName: 'shop', ...options });
};
const certificate = (draft: Draft, name: string) =>
  Certificate.fromCertificateArn(draft.stack, `Certificate${name}`, draft.arn('acm', `certificate/${name}`));

const OIDC = {
  issuer: 'https://login.example.com',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  userInfoEndpoint: 'https://login.example.com/me',
  clientId: 'shop',
  clientSecret: SecretValue.secretsManager('sign-in'),
};
const signIn =
  (options: Partial<OidcSignInOptions> = {}) =>
  (draft: Draft) => {
    withTls(draft);
    draft.own.signIn = SignIn.oidc({ ...OIDC, ...options });
  };
const signInChoice = (name: keyof typeof OIDC, value: Partial<OidcSignInOptions>, other: Partial<OidcSignInOptions>) =>
  choice(`OidcSignInOptions.${name}`, { another: signIn(value), 'a third': signIn(other) }, { given: signIn() });
const cognito = (pool: string) => (draft: Draft) => {
  withTls(draft);
  draft.own.signIn = SignIn.cognito({
    userPool: UserPool.fromUserPoolId(draft.stack, `Pool${pool}`, `eu-west-1_${pool}`),
    userPoolClient: UserPoolClient.fromUserPoolClientId(draft.stack, `Client${pool}`, `client${pool}`),
    userPoolDomain: UserPoolDomain.fromDomainName(draft.stack, `Domain${pool}`, `domain${pool}`),
  });
};

/** The listener is not made in this app, so its VPC has to be given. */
const inVpc = (draft: Draft) => {
  draft.props.vpc = draft.vpc;
};
const share = (draft: Draft) => {
  inVpc(draft);
  draft.balancer = 'shared';
};
const firewall = (draft: Draft) => {
  draft.firewall ??= {};
};
const someHealth = (draft: Draft) => {
  draft.healthCheck.path = '/health';
};
const shifting = (draft: Draft) => {
  draft.strategy = 'blueGreen';
};
const image = (tag: string) => ContainerImage.fromRegistry(`example.com/shop:${tag}`);
const fromSource = (options: Parameters<typeof FlaskImage.fromSource>[1]) => (draft: Draft) => {
  draft.props.image = FlaskImage.fromSource(appDirectory(), options);
};
const fromDockerfile = (options: Parameters<typeof FlaskImage.fromDockerfile>[1]) => (draft: Draft) => {
  draft.props.image = FlaskImage.fromDockerfile(dockerDirectory(), options);
};

const NETWORK: readonly Choice[] = [
  choice(
    'Egress.natGateways',
    {
      one: (draft) => {
        draft.props.egress = Egress.natGateways(1);
      },
      'one in each zone': (draft) => {
        draft.props.egress = Egress.natGateways();
      },
    },
    { with: ['FlaskFargateServiceProps.egress'] },
  ),
  choice('Egress.publicIps', {
    on: (draft) => {
      draft.props.egress = Egress.publicIps();
    },
    'natGateways()': (draft) => {
      draft.props.egress = Egress.natGateways();
    },
  }),
  choice('Egress.vpcEndpoints', {
    on: (draft) => {
      draft.props.egress = Egress.vpcEndpoints();
    },
    'publicIps()': (draft) => {
      draft.props.egress = Egress.publicIps();
    },
  }),
  choice(
    'VpcEndpointsOptions.additionalEndpoints',
    {
      SQS: (draft) => {
        draft.props.egress = Egress.vpcEndpoints({ additionalEndpoints: [InterfaceVpcEndpointAwsService.SQS] });
      },
      SNS: (draft) => {
        draft.props.egress = Egress.vpcEndpoints({ additionalEndpoints: [InterfaceVpcEndpointAwsService.SNS] });
      },
    },
    {
      given: (draft) => {
        draft.props.egress = Egress.vpcEndpoints();
      },
    },
  ),
  choice(
    'VpcEndpointsOptions.createEndpoints',
    {
      true: (draft) => {
        draft.props.egress = Egress.vpcEndpoints({ createEndpoints: true });
      },
      false: (draft) => {
        draft.props.egress = Egress.vpcEndpoints({ createEndpoints: false });
      },
    },
    {
      given: (draft) => {
        draft.props.egress = Egress.vpcEndpoints();
      },
    },
  ),
  choice('FlaskFargateServiceProps.vpc', {
    given: (draft) => {
      draft.props.vpc = draft.vpc;
    },
  }),
  choice('FlaskFargateServiceProps.cluster', {
    given: (draft) => {
      draft.props.cluster = draft.cluster;
    },
  }),
];

const BALANCERS: readonly Choice[] = [
  choice(
    'LoadBalancing.internetFacing',
    {
      on: (draft) => {
        draft.balancer = 'internetFacing';
      },
      'internal()': (draft) => {
        draft.balancer = 'internal';
      },
    },
    { with: ['FlaskFargateServiceProps.loadBalancing'] },
  ),
  choice(
    'LoadBalancing.internal',
    {
      on: (draft) => {
        draft.balancer = 'internal';
      },
      'sharedListener()': share,
    },
    { given: inVpc },
  ),
  choice(
    'LoadBalancing.sharedListener',
    {
      on: share,
      'another listener': (draft) => {
        share(draft);
        draft.shared.arn = 'other';
      },
    },
    { given: inVpc },
  ),
  choice(
    'LoadBalancing.none',
    {
      on: (draft) => {
        draft.balancer = 'none';
      },
      'sharedListener()': share,
    },
    { given: inVpc },
  ),
  choice(
    'SharedListenerOptions.hosts',
    {
      two: (draft) => {
        draft.shared.hosts = ['shop.example.com', 'www.example.com'];
      },
      another: (draft) => {
        draft.shared.hosts = ['store.example.com'];
      },
    },
    { given: share },
  ),
  choice(
    'SharedListenerOptions.paths',
    {
      one: (draft) => {
        draft.shared.paths = ['/shop/*'];
      },
      another: (draft) => {
        draft.shared.paths = ['/store/*'];
      },
    },
    { given: share },
  ),
  choice(
    'SharedListenerOptions.priority',
    {
      '200': (draft) => {
        draft.shared.priority = 200;
      },
      '50': (draft) => {
        draft.shared.priority = 50;
      },
    },
    { given: share },
  ),
  choice(
    'SharedListenerOptions.https',
    {
      false: (draft) => {
        draft.shared.https = false;
      },
    },
    { given: share },
  ),
  choice(
    'SharedListenerOptions.idleTimeout',
    {
      '90 s': (draft) => {
        draft.shared.idleTimeout = Duration.seconds(90);
      },
    },
    { given: share },
  ),
  choice(
    'LoadBalancingOptions.tls',
    {
      'forDomain()': tlsWith({}),
      'withCertificate()': (draft) => {
        draft.own.tls = Tls.withCertificate(certificate(draft, 'shop'));
      },
    },
    { with: ['Tls.forDomain', 'Tls.withCertificate', 'TlsDomainOptions.zone'] },
  ),
  choice('Tls.disabled', {
    on: (draft) => {
      draft.own.tls = Tls.disabled();
    },
    'forDomain()': tlsWith({}),
  }),
  choice(
    'TlsDomainOptions.recordName',
    {
      www: (draft) => {
        draft.own.tls = Tls.forDomain({ zone: draft.zone, recordName: 'www' });
      },
      none: (draft) => {
        draft.own.tls = Tls.forDomain({ zone: draft.zone });
      },
    },
    { given: withTls },
  ),
  choice(
    'TlsCertificateOptions.domainName',
    {
      'shop.example.com': (draft) => {
        draft.own.tls = Tls.withCertificate(certificate(draft, 'shop'), { domainName: 'shop.example.com' });
      },
      'another certificate': (draft) => {
        draft.own.tls = Tls.withCertificate(certificate(draft, 'other'), { domainName: 'other.example.com' });
      },
    },
    {
      given: (draft) => {
        draft.own.tls = Tls.withCertificate(certificate(draft, 'first'));
      },
    },
  ),
  choice(
    'TlsOptions.hstsMaxAge',
    { '1 day': tlsWith({ hstsMaxAge: Duration.days(1) }), '0': tlsWith({ hstsMaxAge: Duration.seconds(0) }) },
    { given: withTls },
  ),
  choice(
    'TlsOptions.sslPolicy',
    { 'TLS 1.3': tlsWith({ sslPolicy: SslPolicy.TLS13_13 }), 'TLS 1.2': tlsWith({ sslPolicy: SslPolicy.TLS12 }) },
    { given: withTls },
  ),
  choice('LoadBalancingOptions.allowFrom', {
    'one network': (draft) => {
      draft.own.allowFrom = [Peer.ipv4('203.0.113.0/24')];
    },
    'a prefix list': (draft) => {
      draft.own.allowFrom = [Peer.prefixList('pl-1')];
    },
  }),
  choice('LoadBalancingOptions.idleTimeout', {
    '90 s': (draft) => {
      draft.own.idleTimeout = Duration.seconds(90);
    },
    '120 s': (draft) => {
      draft.own.idleTimeout = Duration.seconds(120);
    },
  }),
  choice('LoadBalancingOptions.deletionProtection', {
    true: (draft) => {
      draft.own.deletionProtection = true;
    },
    false: (draft) => {
      draft.own.deletionProtection = false;
    },
  }),
  choice(
    'LoadBalancingOptions.dualStack',
    {
      true: (draft) => {
        draft.own.dualStack = true;
      },
    },
    {
      // the subnets of a VPC that is made here have no IPv6
      given: (draft) => {
        draft.props.vpc = draft.vpc;
      },
    },
  ),
  choice('LoadBalancingOptions.accessLogs', {
    true: (draft) => {
      draft.own.accessLogs = true;
    },
    false: (draft) => {
      draft.own.accessLogs = false;
    },
  }),
  choice('LoadBalancingOptions.connectionLogs', {
    true: (draft) => {
      draft.own.connectionLogs = true;
    },
  }),
  choice('LoadBalancingOptions.logBucket', {
    given: (draft) => {
      draft.own.accessLogs = true;
      draft.own.logBucket = Bucket.fromBucketName(draft.stack, 'LogBucket', 'logs-of-shop');
    },
    another: (draft) => {
      draft.own.accessLogs = true;
      draft.own.logBucket = Bucket.fromBucketName(draft.stack, 'LogBucket', 'logs-of-all');
    },
  }),
  choice(
    'LoadBalancingOptions.webAcl',
    {
      'managedRules()': firewall,
      'fromArn()': (draft) => {
        draft.firewall = undefined;
        draft.own.webAcl = WebAcl.fromArn(draft.arn('wafv2', 'regional/webacl/shop/1'));
      },
    },
    { with: ['WebAcl.managedRules'] },
  ),
  choice('WebAcl.fromArn', {
    one: (draft) => {
      draft.firewall = undefined;
      draft.own.webAcl = WebAcl.fromArn(draft.arn('wafv2', 'regional/webacl/shop/1'));
    },
    another: (draft) => {
      draft.firewall = undefined;
      draft.own.webAcl = WebAcl.fromArn(draft.arn('wafv2', 'regional/webacl/shop/2'));
    },
  }),
  choice('WebAcl.fromWebAcl', {
    one: (draft) => {
      draft.firewall = undefined;
      draft.own.webAcl = WebAcl.fromWebAcl({
        webAclRef: { webAclArn: draft.arn('wafv2', 'regional/webacl/shop/3') },
      } as unknown as Parameters<typeof WebAcl.fromWebAcl>[0]);
    },
    'managedRules()': firewall,
  }),
  choice(
    'WebAclOptions.failOpen',
    {
      true: (draft) => {
        draft.firewall = { ...draft.firewall, failOpen: true };
      },
    },
    { given: firewall },
  ),
  choice(
    'ManagedRulesOptions.rateLimit',
    {
      '1000': (draft) => {
        draft.firewall = { ...draft.firewall, rateLimit: 1000 };
      },
      '3000': (draft) => {
        draft.firewall = { ...draft.firewall, rateLimit: 3000 };
      },
    },
    { given: firewall },
  ),
  choice(
    'ManagedRulesOptions.countOnly',
    {
      true: (draft) => {
        draft.firewall = { ...draft.firewall, countOnly: true };
      },
    },
    { given: firewall },
  ),
  choice(
    'ManagedRulesOptions.allowLargeBodies',
    {
      true: (draft) => {
        draft.firewall = { ...draft.firewall, allowLargeBodies: true };
      },
    },
    { given: firewall },
  ),
  choice(
    'ManagedRulesOptions.logRequests',
    {
      false: (draft) => {
        draft.firewall = { ...draft.firewall, logRequests: false };
      },
    },
    { given: firewall },
  ),
  choice('TargetOptions.deregistrationDelay', {
    '90 s': (draft) => {
      draft.own.deregistrationDelay = Duration.seconds(90);
    },
    '60 s': (draft) => {
      draft.own.deregistrationDelay = Duration.seconds(60);
    },
  }),
  choice('TargetOptions.stickiness', {
    '1 hour': (draft) => {
      draft.own.stickiness = Duration.hours(1);
    },
    '1 day': (draft) => {
      draft.own.stickiness = Duration.days(1);
    },
  }),
  choice('TargetOptions.slowStart', {
    '60 s': (draft) => {
      draft.own.slowStart = Duration.seconds(60);
    },
    '90 s': (draft) => {
      draft.own.slowStart = Duration.seconds(90);
    },
  }),
  choice('TargetOptions.anomalyMitigation', {
    true: (draft) => {
      draft.own.anomalyMitigation = true;
    },
    false: (draft) => {
      draft.own.anomalyMitigation = false;
    },
  }),
  choice('TargetOptions.algorithm', {
    'least outstanding requests': (draft) => {
      draft.own.algorithm = TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS;
    },
    'weighted random': (draft) => {
      draft.own.algorithm = TargetGroupLoadBalancingAlgorithmType.WEIGHTED_RANDOM;
      draft.own.anomalyMitigation = true;
    },
  }),
  choice('TargetOptions.signIn', { 'oidc()': signIn(), 'cognito()': cognito('A') }, { given: withTls, with: ['SignIn.oidc'] }),
  choice(
    'SignIn.cognito',
    { on: cognito('A'), 'another pool': cognito('B') },
    {
      given: withTls,
      with: ['CognitoSignInOptions.userPool', 'CognitoSignInOptions.userPoolClient', 'CognitoSignInOptions.userPoolDomain'],
    },
  ),
  signInChoice('issuer', { issuer: 'https://a.example.com' }, { issuer: 'https://b.example.com' }),
  signInChoice(
    'authorizationEndpoint',
    { authorizationEndpoint: 'https://a.example.com/a' },
    { authorizationEndpoint: 'https://b.example.com/a' },
  ),
  signInChoice('tokenEndpoint', { tokenEndpoint: 'https://a.example.com/t' }, { tokenEndpoint: 'https://b.example.com/t' }),
  signInChoice('userInfoEndpoint', { userInfoEndpoint: 'https://a.example.com/u' }, { userInfoEndpoint: 'https://b.example.com/u' }),
  signInChoice('clientId', { clientId: 'a' }, { clientId: 'b' }),
  signInChoice('clientSecret', { clientSecret: SecretValue.secretsManager('a') }, { clientSecret: SecretValue.secretsManager('b') }),
  choice(
    'SignInOptions.exceptPaths',
    { one: signIn({ exceptPaths: ['/public/*'] }), two: signIn({ exceptPaths: ['/public/*', '/about'] }) },
    { given: signIn() },
  ),
  choice(
    'SignInOptions.sessionTimeout',
    { '1 hour': signIn({ sessionTimeout: Duration.hours(1) }), '1 day': signIn({ sessionTimeout: Duration.days(1) }) },
    { given: signIn() },
  ),
];

const HEALTH: readonly Choice[] = [
  choice(
    'FlaskHealthCheck.path',
    {
      '/health': someHealth,
      '/ready': (draft) => {
        draft.healthCheck.path = '/ready';
      },
    },
    { with: ['FlaskFargateServiceProps.healthCheck'] },
  ),
  choice('FlaskHealthCheckOptions.healthyHttpCodes', {
    '200,204': (draft) => {
      draft.healthCheck.healthyHttpCodes = '200,204';
    },
    '200-399': (draft) => {
      draft.healthCheck.healthyHttpCodes = '200-399';
    },
  }),
  choice('FlaskHealthCheckOptions.interval', {
    '30 s': (draft) => {
      draft.healthCheck.interval = Duration.seconds(30);
    },
    '10 s': (draft) => {
      draft.healthCheck.interval = Duration.seconds(10);
    },
  }),
  choice('FlaskHealthCheckOptions.timeout', {
    '10 s': (draft) => {
      draft.healthCheck.timeout = Duration.seconds(10);
    },
    '3 s': (draft) => {
      draft.healthCheck.timeout = Duration.seconds(3);
    },
  }),
  choice('FlaskHealthCheckOptions.healthyThresholdCount', {
    '3': (draft) => {
      draft.healthCheck.healthyThresholdCount = 3;
    },
    '5': (draft) => {
      draft.healthCheck.healthyThresholdCount = 5;
    },
  }),
  choice('FlaskHealthCheckOptions.unhealthyThresholdCount', {
    '4': (draft) => {
      draft.healthCheck.unhealthyThresholdCount = 4;
    },
    '2': (draft) => {
      draft.healthCheck.unhealthyThresholdCount = 2;
    },
  }),
  choice('FlaskHealthCheckOptions.gracePeriod', {
    '120 s': (draft) => {
      draft.healthCheck.gracePeriod = Duration.seconds(120);
    },
    '0': (draft) => {
      draft.healthCheck.gracePeriod = Duration.seconds(0);
    },
  }),
  choice('FlaskHealthCheckOptions.containerHealthCheck', {
    false: (draft) => {
      draft.healthCheck.containerHealthCheck = false;
    },
  }),
];

const DEPLOYMENTS: readonly Choice[] = [
  choice(
    'FlaskDeployment.rolling',
    {
      'blueGreen()': shifting,
    },
    { with: ['FlaskFargateServiceProps.deployment'] },
  ),
  choice('FlaskDeployment.blueGreen', {
    on: shifting,
    'linear()': (draft) => {
      draft.strategy = 'linear';
    },
  }),
  choice('FlaskDeployment.linear', {
    on: (draft) => {
      draft.strategy = 'linear';
    },
    'canary()': (draft) => {
      draft.strategy = 'canary';
    },
  }),
  choice('FlaskDeployment.canary', {
    on: (draft) => {
      draft.strategy = 'canary';
    },
    'blueGreen()': shifting,
  }),
  choice(
    'TrafficShiftOptions.bakeTime',
    {
      '5 min': (draft) => {
        draft.shift.bakeTime = Duration.minutes(5);
      },
      '0': (draft) => {
        draft.shift.bakeTime = Duration.minutes(0);
      },
    },
    { given: shifting },
  ),
  choice(
    'TrafficShiftOptions.testPort',
    {
      '8443': (draft) => {
        draft.shift.testPort = 8443;
      },
      '9443': (draft) => {
        draft.shift.testPort = 9443;
      },
    },
    { given: shifting },
  ),
  choice(
    'TrafficShiftOptions.testAllowFrom',
    {
      'one network': (draft) => {
        draft.shift.testAllowFrom = [Peer.ipv4('203.0.113.0/24')];
      },
      another: (draft) => {
        draft.shift.testAllowFrom = [Peer.ipv4('198.51.100.0/24')];
      },
    },
    {
      given: (draft) => {
        shifting(draft);
        draft.shift.testPort = 8443;
      },
    },
  ),
  ...(['stepPercent', 'canaryPercent'] as const).map((name) =>
    choice(
      `${name === 'stepPercent' ? 'Linear' : 'Canary'}DeploymentOptions.${name}`,
      {
        '20': (draft) => {
          draft.shift[name] = 20;
        },
        '50': (draft) => {
          draft.shift[name] = 50;
        },
      },
      {
        given: (draft) => {
          draft.strategy = name === 'stepPercent' ? 'linear' : 'canary';
        },
      },
    ),
  ),
  ...(['stepBakeTime', 'canaryBakeTime'] as const).map((name) =>
    choice(
      `${name === 'stepBakeTime' ? 'Linear' : 'Canary'}DeploymentOptions.${name}`,
      {
        '2 min': (draft) => {
          draft.shift[name] = Duration.minutes(2);
        },
        '20 min': (draft) => {
          draft.shift[name] = Duration.minutes(20);
        },
      },
      {
        given: (draft) => {
          draft.strategy = name === 'stepBakeTime' ? 'linear' : 'canary';
        },
      },
    ),
  ),
  choice('RollingDeploymentOptions.minHealthyPercent', {
    '50': (draft) => {
      draft.rolling.minHealthyPercent = 50;
    },
    '75': (draft) => {
      draft.rolling.minHealthyPercent = 75;
    },
  }),
  choice('RollingDeploymentOptions.maxHealthyPercent', {
    '150': (draft) => {
      draft.rolling.maxHealthyPercent = 150;
    },
    '300': (draft) => {
      draft.rolling.maxHealthyPercent = 300;
    },
  }),
  choice(
    'RollingDeploymentOptions.circuitBreaker',
    {
      'threshold of 5': (draft) => {
        draft.rolling.circuitBreaker = { threshold: 5 };
      },
      'threshold of 9': (draft) => {
        draft.rolling.circuitBreaker = { threshold: 9 };
      },
    },
    { with: ['CircuitBreakerOptions.threshold'] },
  ),
  choice('CircuitBreakerOptions.resetOnHealthyTask', {
    true: (draft) => {
      draft.rolling.circuitBreaker = { resetOnHealthyTask: true };
    },
    false: (draft) => {
      draft.rolling.circuitBreaker = { resetOnHealthyTask: false };
    },
  }),
  choice(
    'RollingDeploymentOptions.earlySuccess',
    {
      '100 %': (draft) => {
        draft.rolling.earlySuccess = { healthyPercent: 100 };
      },
    },
    { with: ['EarlySuccessOptions.healthyPercent'] },
  ),
];

function repositoryAges(name: 'otherImagesMaxAge' | 'previewImagesMaxAge' | 'untaggedImagesMaxAge', given: FlaskRepositoryProps): Choice[] {
  const aged = (days: number) => (draft: Draft) => {
    draft.repository = { ...draft.repository, ...given, [name]: Duration.days(days) };
  };
  return [
    choice(
      `FlaskRepositoryProps.${name}`,
      { '60 days': aged(60), '20 days': aged(20) },
      {
        given: (draft) => {
          draft.repository = given;
        },
      },
    ),
  ];
}

const IMAGES: readonly Choice[] = [
  choice(
    'FlaskImage.fromContainerImage',
    {
      'another tag': (draft) => {
        draft.props.image = FlaskImage.fromContainerImage(image('2'));
      },
      'a third': (draft) => {
        draft.props.image = FlaskImage.fromContainerImage(image('3'));
      },
    },
    { with: ['FlaskFargateServiceProps.image'] },
  ),
  choice('FlaskImageOptions.cpuArchitecture', {
    ARM64: (draft) => {
      draft.props.image = FlaskImage.fromContainerImage(image('1'), { cpuArchitecture: CpuArchitecture.ARM64 });
    },
    X86_64: (draft) => {
      draft.props.image = FlaskImage.fromContainerImage(image('1'), { cpuArchitecture: CpuArchitecture.X86_64 });
    },
  }),
  choice('FlaskImage.fromRepository', {
    'tag 1': (draft) => {
      draft.props.image = FlaskImage.fromRepository(draft.registry, '1');
    },
    'tag 2': (draft) => {
      draft.props.image = FlaskImage.fromRepository(draft.registry, '2');
    },
  }),
  choice(
    'FlaskImage.fromEmptyRepository',
    {
      'a tag': (draft) => {
        draft.props.image = FlaskImage.fromRepository(draft.registry, '1');
      },
      'another tag': (draft) => {
        draft.props.image = FlaskImage.fromRepository(draft.registry, '2');
      },
    },
    {
      given: (draft) => {
        draft.props.image = FlaskImage.fromEmptyRepository(draft.registry);
      },
    },
  ),
  choice('FlaskImage.fromSource', { on: fromSource({}), 'fromDockerfile()': fromDockerfile({}) }),
  choice(
    'FlaskSourceOptions.pythonVersion',
    { '3.12': fromSource({ pythonVersion: '3.12' }), '3.13': fromSource({ pythonVersion: '3.13' }) },
    { given: fromSource({}) },
  ),
  choice(
    'FlaskSourceOptions.baseImage',
    { one: fromSource({ baseImage: 'example.com/python:3.13' }), another: fromSource({ baseImage: 'example.com/python:3.12' }) },
    { given: fromSource({}) },
  ),
  choice(
    'FlaskSourceOptions.systemPackages',
    { one: fromSource({ systemPackages: ['libpq5'] }), two: fromSource({ systemPackages: ['libpq5', 'curl'] }) },
    { given: fromSource({}) },
  ),
  choice(
    'FlaskSourceOptions.wsgiApp',
    { 'app:app': fromSource({ wsgiApp: 'app:app' }), 'app:index': fromSource({ wsgiApp: 'app:index' }) },
    { given: fromSource({}) },
  ),
  choice('FlaskImage.fromDockerfile', { on: fromDockerfile({}), 'fromSource()': fromSource({}) }),
  choice(
    'FlaskDockerfileOptions.file',
    { 'Other.dockerfile': fromDockerfile({ file: 'Other.dockerfile' }) },
    { given: fromDockerfile({}) },
  ),
  choice(
    'FlaskDockerfileOptions.target',
    { run: fromDockerfile({ target: 'run' }), build: fromDockerfile({ target: 'build' }) },
    { given: fromDockerfile({}) },
  ),
  choice('FlaskRepositoryProps.releaseTags', {
    versions: (draft) => {
      draft.repository = { ...draft.repository, releaseTags: ['v*'] };
    },
    dates: (draft) => {
      draft.repository = { ...draft.repository, releaseTags: ['20*'] };
    },
  }),
  choice('FlaskRepositoryProps.previewTags', {
    given: (draft) => {
      draft.repository = { ...draft.repository, previewTags: ['pr-*'] };
    },
  }),
  ...repositoryAges('otherImagesMaxAge', { releaseTags: ['v*'] }),
  ...repositoryAges('previewImagesMaxAge', { previewTags: ['pr-*'] }),
  ...repositoryAges('untaggedImagesMaxAge', {}),
  choice('FlaskRepositoryProps.pullAccounts', {
    one: (draft) => {
      draft.repository = { ...draft.repository, pullAccounts: ['444455556666'] };
    },
    two: (draft) => {
      draft.repository = { ...draft.repository, pullAccounts: ['444455556666', '777788889999'] };
    },
  }),
  choice('FlaskRepositoryProps.pullOrganizations', {
    one: (draft) => {
      draft.repository = { ...draft.repository, pullOrganizations: ['o-a1b2c3d4e5'] };
    },
    another: (draft) => {
      draft.repository = { ...draft.repository, pullOrganizations: ['o-b1b2c3d4e5'] };
    },
  }),
  choice('FlaskRepositoryProps.repositoryName', {
    shop: (draft) => {
      draft.repository = { ...draft.repository, repositoryName: 'shop' };
    },
  }),
  choice(
    'FlaskRepositoryProps.mutableTags',
    {
      none: (draft) => {
        draft.repository = { ...draft.repository, mutableTags: [] };
      },
      stable: (draft) => {
        draft.repository = { ...draft.repository, mutableTags: ['stable'] };
      },
    },
    {
      given: (draft) => {
        draft.repository = { ...draft.repository };
      },
    },
  ),
  choice(
    'FlaskRepositoryProps.cpuArchitecture',
    {
      ARM64: (draft) => {
        draft.repository = { ...draft.repository, cpuArchitecture: CpuArchitecture.ARM64 };
      },
    },
    {
      given: (draft) => {
        draft.repository = { ...draft.repository };
      },
    },
  ),
  choice(
    'FlaskRepositoryProps.outputs',
    {
      false: (draft) => {
        draft.repository = { ...draft.repository, outputs: false };
      },
    },
    {
      given: (draft) => {
        draft.repository = { ...draft.repository };
      },
    },
  ),
  choice(
    'FlaskRepositoryProps.removalPolicy',
    {
      DESTROY: (draft) => {
        draft.repository = { ...draft.repository, removalPolicy: RemovalPolicy.DESTROY };
      },
    },
    {
      given: (draft) => {
        draft.repository = { ...draft.repository };
      },
    },
  ),
  choice(
    'FlaskRepositoryProps.stage',
    {
      'ephemeral()': (draft) => {
        draft.repository = { ...draft.repository, stage: FlaskStage.ephemeral() };
      },
    },
    {
      given: (draft) => {
        draft.repository = { ...draft.repository };
      },
    },
  ),
];

const VARIABLES: readonly Choice[] = [
  choice('FlaskFargateServiceProps.environment', {
    one: (draft) => {
      draft.props.environment = { FLASK_COLOUR: 'red' };
    },
    another: (draft) => {
      draft.props.environment = { FLASK_COLOUR: 'blue' };
    },
  }),
  choice('FlaskFargateServiceProps.secrets', {
    one: (draft) => {
      draft.props.secrets = { API_KEY: Secret.fromSecretsManager(draft.secretOf('api')) };
    },
    another: (draft) => {
      draft.props.secrets = { API_KEY: Secret.fromSecretsManager(draft.secretOf('api2')) };
    },
  }),
];

export const WEB_CHOICES: readonly Choice[] = [...NETWORK, ...BALANCERS, ...HEALTH, ...DEPLOYMENTS, ...IMAGES, ...VARIABLES];
