import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { UserPool, UserPoolClient, UserPoolDomain } from 'aws-cdk-lib/aws-cognito';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ApplicationProtocol, ListenerAction, ListenerCertificate } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, SecretValue, type Stack } from 'aws-cdk-lib/core';
import { FlaskDeployment, FlaskHealthCheck, LoadBalancing, type OidcSignInOptions, SignIn, Tls } from '../../src';
import { expectError, only, service, testStack } from '../util/test-stack';

const ACM = 'arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';
const tlsIn = (stack: Stack) => Tls.withCertificate(Certificate.fromCertificateArn(stack, 'Certificate', ACM));

const OIDC: OidcSignInOptions = {
  issuer: 'https://login.example.com',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  userInfoEndpoint: 'https://login.example.com/userinfo',
  clientId: 'client',
  clientSecret: SecretValue.unsafePlainText('secret'),
};

function rulesOf(template: Template) {
  return Object.values(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'))
    .map(({ Properties }) => Properties)
    .sort((a, b) => a.Priority - b.Priority);
}

function setup(signIn: SignIn | ((stack: Stack) => SignIn), healthCheck = FlaskHealthCheck.path('/health')) {
  const stack = testStack();
  const web = service(stack, {
    healthCheck,
    loadBalancing: LoadBalancing.internetFacing({ tls: tlsIn(stack), signIn: signIn instanceof SignIn ? signIn : signIn(stack) }),
  });
  return { stack, web, template: Template.fromStack(stack) };
}

test('by OpenID Connect comes before the app', () => {
  const { stack, web, template } = setup(SignIn.oidc({ ...OIDC, exceptPaths: ['/public/*'], sessionTimeout: Duration.hours(8) }));
  const forward = { Type: 'forward', TargetGroupArn: stack.resolve(web.targetGroup?.targetGroupArn) };
  expect(rulesOf(template)).toMatchObject([
    {
      Priority: 9,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/health', '/public/*'] } }],
      Actions: [forward],
    },
    {
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [
        {
          Order: 1,
          Type: 'authenticate-oidc',
          AuthenticateOidcConfig: {
            Issuer: 'https://login.example.com',
            AuthorizationEndpoint: 'https://login.example.com/authorize',
            TokenEndpoint: 'https://login.example.com/token',
            UserInfoEndpoint: 'https://login.example.com/userinfo',
            ClientId: 'client',
            ClientSecret: 'secret',
            SessionTimeout: 28800,
          },
        },
        { ...forward, Order: 2 },
      ],
    },
  ]);
});

test('lets the load balancer reach the provider', () => {
  const { stack, web, template } = setup(SignIn.oidc(OIDC));
  const [group] = web.loadBalancer?.connections.securityGroups ?? [];
  const text = JSON.stringify(template.toJSON().Resources[stack.resolve(group.securityGroupId)['Fn::GetAtt'][0]]);
  expect(text).toContain('"ToPort":443');
  expect(text).toContain('SecurityGroupEgress');
});

test('by Cognito comes before the app', () => {
  const { stack, template } = setup((scope) => {
    const userPool = new UserPool(scope, 'Pool');
    return SignIn.cognito({
      userPool,
      userPoolClient: new UserPoolClient(scope, 'Client', { userPool, generateSecret: true }),
      userPoolDomain: new UserPoolDomain(scope, 'Domain', { userPool, cognitoDomain: { domainPrefix: 'flask' } }),
      sessionTimeout: Duration.days(1),
    });
  });
  expect(stack.node.id).toBe('Test');
  expect(rulesOf(template)[1].Actions).toMatchObject([
    { Type: 'authenticate-cognito', AuthenticateCognitoConfig: { SessionTimeout: 86400 } },
    { Type: 'forward' },
  ]);
});

test('does not leave the home page open where the health check asks for it', () => {
  // the load balancer asks the tasks directly, and no rule is between
  const { template } = setup(SignIn.oidc(OIDC), FlaskHealthCheck.path('/'));
  expect(rulesOf(template)).toMatchObject([{ Priority: 10, Actions: [{ Type: 'authenticate-oidc' }, { Type: 'forward' }] }]);
});

describe('on a shared listener', () => {
  function shared(options: { hosts?: string[]; paths?: string[]; priority?: number; https?: boolean } = {}, https = true) {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const listener = new ApplicationLoadBalancer(stack, 'Shared', { vpc }).addListener('Listener', {
      ...(https
        ? { protocol: ApplicationProtocol.HTTPS, certificates: [ListenerCertificate.fromArn(ACM)] }
        : { protocol: ApplicationProtocol.HTTP }),
      defaultAction: ListenerAction.fixedResponse(404),
    });
    const loadBalancing = LoadBalancing.sharedListener(listener, { priority: 20, ...options, signIn: SignIn.oidc(OIDC) });
    service(stack, { vpc, loadBalancing, healthCheck: FlaskHealthCheck.path('/health') });
    return Template.fromStack(stack);
  }

  test('is for its hosts alone', () => {
    expect(rulesOf(shared({ hosts: ['shop.example.com'] }))).toMatchObject([
      {
        Priority: 19,
        Conditions: [
          { Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } },
          { Field: 'path-pattern', PathPatternConfig: { Values: ['/health'] } },
        ],
        Actions: [{ Type: 'forward' }],
      },
      {
        Priority: 20,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } }],
        Actions: [{ Type: 'authenticate-oidc' }, { Type: 'forward' }],
      },
    ]);
  });

  test('takes no requests of the others', () => {
    // `/health` of another service behind the listener is not under `/shop/`
    expect(rulesOf(shared({ paths: ['/shop/*'] }))).toMatchObject([
      { Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/shop/*'] } }], Actions: [{ Type: 'authenticate-oidc' }, {}] },
    ]);
  });

  test('needs the place before its own where paths are open', () => {
    expectError(
      () => shared({ hosts: ['shop.example.com'], priority: 1 }),
      'sign-in with exceptPaths also uses the priority before its own, got priority 1; give the service a priority of 2 or more',
    );
    expect(rulesOf(shared({ hosts: ['shop.example.com'], priority: 2 })).map(({ Priority }) => Priority)).toEqual([1, 2]);
    // without host names no path is open, and no place is needed
    expect(rulesOf(shared({ paths: ['/shop/*'], priority: 1 })).map(({ Priority }) => Priority)).toEqual([1]);
  });

  test('refuses a place that is taken', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const listener = new ApplicationLoadBalancer(stack, 'Shared', { vpc }).addListener('Listener', {
      protocol: ApplicationProtocol.HTTPS,
      certificates: [ListenerCertificate.fromArn(ACM)],
      defaultAction: ListenerAction.fixedResponse(404),
    });
    const on = (priority: number, signIn?: SignIn) => ({
      vpc,
      healthCheck: FlaskHealthCheck.path('/health'),
      loadBalancing: LoadBalancing.sharedListener(listener, { hosts: ['shop.example.com'], priority, signIn }),
    });
    service(stack, on(19), 'First');
    expectError(
      () => service(stack, on(20, SignIn.oidc(OIDC)), 'Second'),
      'the priority 19 of the shared listener is taken by Test/First/FrontEnd/Rule; give each service another',
    );
  });

  test('needs HTTPS', () => {
    expectError(
      () => shared({ hosts: ['shop.example.com'] }, false),
      'sign-in at the load balancer needs HTTPS, got signIn on a shared listener that speaks HTTP; set https to true if it speaks HTTPS',
    );
    expect(() => shared({ hosts: ['shop.example.com'], https: true }, false)).not.toThrow();
  });
});

test.each([['none', undefined] as const, ['disabled', Tls.disabled()] as const])('needs HTTPS, and has %s', (_, tls) => {
  expectError(
    () => LoadBalancing.internetFacing({ tls, signIn: SignIn.oidc(OIDC) }),
    'sign-in at the load balancer needs HTTPS, got signIn without tls; give Tls.forDomain() or Tls.withCertificate() as tls',
  );
});

test.each(['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'userInfoEndpoint'])('the %s must be an https URL', (name) => {
  for (const value of ['', 'login.example.com', 'http://login.example.com']) {
    expectError(() => SignIn.oidc({ ...OIDC, [name]: value }), `${name} of the sign-in must be an https URL, got '${value}'`);
  }
});

test.each([0, 604_801])('a session of %i s is refused', (seconds) => {
  expectError(
    () => SignIn.oidc({ ...OIDC, sessionTimeout: Duration.seconds(seconds) }),
    `sessionTimeout of the sign-in must be a whole number of seconds from 1 to 604800, got ${seconds}`,
  );
});

test.each([1, 604_800])('a session of %i s is taken', (seconds) => {
  expect(() => SignIn.oidc({ ...OIDC, sessionTimeout: Duration.seconds(seconds) })).not.toThrow();
});

test.each(['public', '', '/two words'])('the path %p without sign-in is refused', (path) => {
  expectError(
    () => SignIn.oidc({ ...OIDC, exceptPaths: [path] }),
    `a path without sign-in must be a path pattern that begins with a slash, such as '/public/*', got '${path}'`,
  );
});

test('cannot be combined with a deployment that shifts traffic', () => {
  const stack = testStack();
  expectError(
    () =>
      service(stack, {
        deployment: FlaskDeployment.canary(),
        loadBalancing: LoadBalancing.internetFacing({ tls: tlsIn(stack), signIn: SignIn.oidc(OIDC) }),
      }),
    'sign-in at the load balancer cannot be combined with a deployment that shifts traffic: ECS rewrites the action of the rule; use FlaskDeployment.rolling()',
  );
});

test('a service without it has one rule', () => {
  const stack = testStack();
  service(stack);
  expect(only(Template.fromStack(stack), 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties.Actions).toMatchObject([
    { Type: 'forward' },
  ]);
});

test('a rule takes five paths at most', () => {
  const paths = ['/a', '/b', '/c', '/d', '/e'];
  expectError(
    () => setup(SignIn.oidc({ ...OIDC, exceptPaths: paths })),
    'a listener rule accepts at most 5 hosts and paths together, got /health, /a, /b, /c, /d, /e without sign-in; use wildcards in exceptPaths',
  );
  expect(() => setup(SignIn.oidc({ ...OIDC, exceptPaths: paths.slice(1) }))).not.toThrow();
});
