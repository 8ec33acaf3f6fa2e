import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type IApplicationListener,
  ListenerAction,
  ListenerCertificate,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib/core';
import { FlaskPlatform, LoadBalancing, type SharedListenerOptions, TaskScaling, WsgiServer } from '../../src';
import {
  containerOf,
  environmentOf,
  expectError,
  fullService,
  only,
  service,
  testApp,
  testStack,
  warningIds,
  warningsOf,
} from '../util/test-stack';

const ACM = 'arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';

function sharedIn(stack: Stack, https = false) {
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'Shared', { vpc, internetFacing: true, dropInvalidHeaderFields: true });
  const listener = loadBalancer.addListener('Listener', {
    ...(https
      ? { protocol: ApplicationProtocol.HTTPS, certificates: [ListenerCertificate.fromArn(ACM)] }
      : { protocol: ApplicationProtocol.HTTP }),
    defaultAction: ListenerAction.fixedResponse(404),
  });
  return { vpc, loadBalancer, listener };
}

function setup(options: SharedListenerOptions, https = false) {
  const stack = testStack();
  const { vpc, listener } = sharedIn(stack, https);
  const web = service(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, options) });
  return { stack, web, listener, template: Template.fromStack(stack) };
}

const someListener = () => sharedIn(testStack()).listener;

test('is a rule on the listener, and a target group behind it', () => {
  const { stack, web, listener, template } = setup({ hosts: ['shop.example.com'], paths: ['/shop/*', '/cart'], priority: 7 });
  expect(only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties).toEqual({
    ListenerArn: stack.resolve(listener.listenerArn),
    Priority: 7,
    Conditions: [
      { Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } },
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/shop/*', '/cart'] } },
    ],
    Actions: [{ Type: 'forward', TargetGroupArn: stack.resolve(web.targetGroup?.targetGroupArn) }],
  });
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
  expect(web.listener).toBe(listener);
  expect(web.loadBalancer).toBeUndefined();
  expect(only(template, 'AWS::ECS::Service').DependsOn).toContain(only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').id);
});

test('lets the shared load balancer reach the tasks', () => {
  const { stack, web, template } = setup({ hosts: ['shop.example.com'], priority: 7 });
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    GroupId: stack.resolve(web.connections.securityGroups[0].securityGroupId),
    FromPort: 3000,
    ToPort: 3000,
  });
});

test('has no advice on the listener, which is not its own', () => {
  expect(warningIds(setup({ hosts: ['shop.example.com'], priority: 7 }).stack)).toEqual([]);
});

test('takes what holds for the targets', () => {
  const { template } = setup({
    hosts: ['shop.example.com'],
    priority: 7,
    deregistrationDelay: Duration.seconds(45),
    stickiness: Duration.hours(1),
    slowStart: Duration.seconds(60),
  });
  expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties.TargetGroupAttributes).toEqual(
    expect.arrayContaining([
      { Key: 'deregistration_delay.timeout_seconds', Value: '45' },
      { Key: 'stickiness.enabled', Value: 'true' },
      { Key: 'slow_start.duration_seconds', Value: '60' },
    ]),
  );
});

test('checks the timers of the server against the idle timeout that is told', () => {
  const { template } = setup({ hosts: ['shop.example.com'], priority: 7, idleTimeout: Duration.seconds(120) });
  expect(environmentOf(containerOf(template)).GUNICORN_CMD_ARGS).toContain('--keep-alive 135 ');
});

test('has by default the idle timeout that a load balancer has by default, whatever the server', () => {
  // which AWS sets to 60 seconds: a server whose keep-alive is not above it gives sporadic 502
  const stack = testStack();
  const { vpc, listener } = sharedIn(stack);
  const loadBalancing = LoadBalancing.sharedListener(listener, { paths: ['/*'], priority: 1 });
  expect(() => service(stack, { vpc, loadBalancing, server: WsgiServer.granian() })).toThrow(/keepAlive|idleTimeout/);
});

describe('the URL', () => {
  test.each<[SharedListenerOptions, string | undefined]>([
    [{ priority: 1, hosts: ['shop.example.com'] }, 'http://shop.example.com'],
    [{ priority: 1, hosts: ['*.example.com', 'shop.example.com'], paths: ['/*'] }, 'http://shop.example.com'],
    [{ priority: 1, hosts: ['shop.example.com'], paths: ['/shop/*'] }, 'http://shop.example.com/shop/'],
    [{ priority: 1, hosts: ['shop.example.com'], paths: ['/shop', '/cart'] }, 'http://shop.example.com/shop'],
    [{ priority: 1, hosts: ['shop?.example.com'] }, undefined],
    [{ priority: 1, paths: ['/shop/*'] }, undefined],
    [{ priority: 1, hosts: ['shop.example.com'], https: true }, 'https://shop.example.com'],
  ])('of %p is %p', (options, url) => {
    const { web, template } = setup(options);
    expect(web.url).toBe(url);
    expect(Object.values(template.findOutputs('*')).some(({ Description }) => Description === 'the URL of the app')).toBe(
      url !== undefined,
    );
  });
});

describe('HTTPS', () => {
  const HTTPS = { FLASK_PREFERRED_URL_SCHEME: 'https', FLASK_SESSION_COOKIE_SECURE: 'true' };

  test('is read from a listener of the app, and the app is told', () => {
    const { web, template } = setup({ hosts: ['shop.example.com'], priority: 7 }, true);
    expect(web.url).toBe('https://shop.example.com');
    expect(environmentOf(containerOf(template))).toMatchObject({ ...HTTPS });
    expect(environmentOf(containerOf(setup({ hosts: ['shop.example.com'], priority: 7 }).template))).not.toHaveProperty(
      'FLASK_PREFERRED_URL_SCHEME',
    );
  });

  test.each([
    [undefined, 'http://shop.example.com'],
    [true, 'https://shop.example.com'],
  ])('of a listener that is imported must be told (%p)', (https, url) => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const listener = ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
      listenerArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shared/1/2',
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
    });
    const loadBalancing = LoadBalancing.sharedListener(listener, { hosts: ['shop.example.com'], priority: 7, https });
    expect(service(stack, { vpc, loadBalancing }).url).toBe(url);
  });
});

describe('the rule', () => {
  test.each([0, 50_001, 1.5])('of the priority %p is refused', (priority) => {
    expectError(
      () => LoadBalancing.sharedListener(someListener(), { hosts: ['a.example.com'], priority }),
      `priority must be a whole number from 1 to 50000, got ${priority}`,
    );
  });

  test.each([1, 50_000])('of the priority %i is taken', (priority) => {
    expect(
      only(setup({ hosts: ['a.example.com'], priority }).template, 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties.Priority,
    ).toBe(priority);
  });

  test.each([{}, { hosts: [] }, { hosts: [], paths: [] }])('needs to know its requests, and has %p', (options) => {
    expectError(
      () => LoadBalancing.sharedListener(someListener(), { ...options, priority: 1 }),
      'a shared listener needs hosts, paths or both to know which requests are for this service, got neither',
    );
  });

  test('takes five hosts and paths, and not six', () => {
    const hosts = ['a.example.com', 'b.example.com', 'c.example.com'];
    expect(() => LoadBalancing.sharedListener(someListener(), { hosts, paths: ['/a', '/b'], priority: 1 })).not.toThrow();
    expectError(
      () => LoadBalancing.sharedListener(someListener(), { hosts, paths: ['/a', '/b', '/c'], priority: 1 }),
      "a listener rule accepts at most 5 hosts and paths together, got 6; use a wildcard such as '*.example.com' or '/shop/*'",
    );
    expectError(
      () => LoadBalancing.sharedListener(someListener(), { hosts: [...hosts, ...hosts], priority: 1 }),
      "a listener rule accepts at most 5 hosts and paths together, got 6; use a wildcard such as '*.example.com' or '/shop/*'",
    );
    expectError(
      () => LoadBalancing.sharedListener(someListener(), { paths: ['/1', '/2', '/3', '/4', '/5', '/6'], priority: 1 }),
      "a listener rule accepts at most 5 hosts and paths together, got 6; use a wildcard such as '*.example.com' or '/shop/*'",
    );
  });

  test.each(['shop', '', '/two words'])('of the path %p is refused', (path) => {
    expectError(
      () => LoadBalancing.sharedListener(someListener(), { paths: [path], priority: 1 }),
      `a path must be a path pattern that begins with a slash, such as '/shop/*', got '${path}'`,
    );
  });

  test('of a priority that is taken is refused, and that of another listener is not', () => {
    const stack = testStack();
    const { vpc, loadBalancer, listener } = sharedIn(stack);
    const on = (shared: IApplicationListener, priority: number, path = '/a') =>
      LoadBalancing.sharedListener(shared, { paths: [path], priority });
    service(stack, { vpc, loadBalancing: on(listener, 5) }, 'First');
    expectError(
      () => service(stack, { vpc, loadBalancing: on(listener, 5) }, 'Second'),
      'the priority 5 of the shared listener is taken by Test/First/FrontEnd/Rule; give each service another',
    );
    expect(() => service(stack, { vpc, loadBalancing: on(listener, 6, '/b') }, 'Third')).not.toThrow();
    const other = loadBalancer.addListener('Other', {
      port: 8080,
      protocol: ApplicationProtocol.HTTP,
      defaultAction: ListenerAction.fixedResponse(404),
    });
    expect(() => service(stack, { vpc, loadBalancing: on(other, 5) }, 'Fourth')).not.toThrow();
  });

  test('of a priority that is known at deployment only is taken', () => {
    const stack = testStack();
    const { vpc, listener } = sharedIn(stack);
    const priority = new CfnParameter(stack, 'Priority', { type: 'Number' }).valueAsNumber;
    service(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, { paths: ['/a'], priority }) });
    expect(only(Template.fromStack(stack), 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties.Priority).toEqual({ Ref: 'Priority' });
  });
});

test('with alarms and a dashboard has those of a load balancer of its own left out', () => {
  const stack = testStack();
  const { vpc, listener } = sharedIn(stack);
  const loadBalancing = LoadBalancing.sharedListener(listener, { paths: ['/a'], priority: 1 });
  const web = fullService(stack, { vpc, loadBalancing, scaling: TaskScaling.fixed(2) });
  expect(web.alarms.all.map(({ node }) => node.id)).toEqual([
    'ServiceLevel',
    'DeploymentErrors',
    'DeploymentLatency',
    'MissingTasks',
    'Memory',
    'StuckDeployment',
    'SilentLog',
    'FailedTasks',
    'FailedDeployment',
  ]);
  expect(JSON.stringify(only(Template.fromStack(stack), 'AWS::CloudWatch::Dashboard').Properties)).not.toContain('HTTPCode_ELB_50');
});

describe('the VPC', () => {
  test('is that of the load balancer where none is given', () => {
    const stack = testStack();
    const { vpc, listener } = sharedIn(stack);
    const web = service(stack, { loadBalancing: LoadBalancing.sharedListener(listener, { paths: ['/*'], priority: 1 }) });
    expect(web.vpc).toBe(vpc);
  });

  test('must be that of the load balancer', () => {
    const stack = testStack();
    const { listener } = sharedIn(stack);
    const loadBalancing = LoadBalancing.sharedListener(listener, { paths: ['/*'], priority: 1 });
    expect(() => service(stack, { vpc: new Vpc(stack, 'Other'), loadBalancing })).toThrow(
      /^a service behind a shared listener must be in the VPC of its load balancer, got Test\/Other and a load balancer in Test\/.+; give that one, or leave vpc out \[at Test\/Web\]$/,
    );
  });

  test('must be given for a listener that is imported', () => {
    const stack = testStack();
    const listener = ApplicationListener.fromApplicationListenerAttributes(stack, 'Imported', {
      listenerArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/lb/0123456789abcdef/0123456789abcdef',
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
    });
    expectError(
      () => service(stack, { loadBalancing: LoadBalancing.sharedListener(listener, { paths: ['/*'], priority: 1 }) }),
      'a service behind a shared listener must be in the VPC of its load balancer, which is not known for an imported listener; give vpc or cluster',
    );
  });
});

test('two stacks of one class, each with a listener of its own, may have the same priorities', () => {
  const app = testApp();
  for (const name of ['Test', 'Production']) {
    const stack = new Stack(app, name);
    const { vpc, listener } = sharedIn(stack);
    service(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, { paths: ['/shop/*'], priority: 10 }) });
  }
  expect(app.synth().stacks).toHaveLength(2);
});

test('a listener that another stack imports reaches the tasks by rules of the stack of the service', () => {
  const app = testApp();
  const [platform, shop] = ['Platform', 'Shop'].map((name) => new Stack(app, name));
  const listener = ApplicationListener.fromApplicationListenerAttributes(platform, 'Listener', {
    listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9199/f2f7dc8efc522ab3',
    securityGroup: SecurityGroup.fromSecurityGroupId(platform, 'Group', 'sg-0123456789abcdef0', { allowAllOutbound: false }),
  });
  // what the service takes from the stack of the listener
  const vpc = new Vpc(platform, 'Vpc');
  service(shop, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, { paths: ['/shop/*'], priority: 10 }) });
  expect(() => app.synth()).not.toThrow();
  const rule = { FromPort: 3000, ToPort: 3000 };
  Template.fromStack(shop).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    ...rule,
    SourceSecurityGroupId: 'sg-0123456789abcdef0',
  });
  Template.fromStack(shop).hasResourceProperties('AWS::EC2::SecurityGroupEgress', { ...rule, GroupId: 'sg-0123456789abcdef0' });
  Template.fromStack(platform).resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
});

test('a priority that a service of another stack has on the listener is refused', () => {
  const app = testApp();
  const { vpc, listener } = sharedIn(new Stack(app, 'Platform'));
  const shared = LoadBalancing.sharedListener(listener, { paths: ['/shop/*'], priority: 10 });
  service(new Stack(app, 'Shop'), { vpc, loadBalancing: shared });
  expectError(
    () => service(new Stack(app, 'Blog'), { vpc, loadBalancing: shared }),
    'the priority 10 of the shared listener is taken by Shop/Web/FrontEnd/Rule; give each service another',
  );
});

describe('what is seen of the other rules', () => {
  const on =
    (stack: Stack, listener: IApplicationListener, vpc: IVpc) => (id: string, priority: number, route: Partial<SharedListenerOptions>) =>
      service(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, { ...route, priority }) }, id);

  const inStack = () => {
    const stack = testStack();
    const { vpc, listener } = sharedIn(stack);
    return { stack, add: on(stack, listener, vpc) };
  };

  test.each<[string, Partial<SharedListenerOptions>, Partial<SharedListenerOptions>]>([
    ['the same host', { hosts: ['a.example.com'] }, { hosts: ['A.example.com'] }],
    ['the same path', { paths: ['/api/*'] }, { paths: ['/api/*'] }],
    ['the same hosts in another order', { hosts: ['a.example.com', 'b.example.com'] }, { hosts: ['b.example.com', 'a.example.com'] }],
  ])('%s twice is an error', (_, first, second) => {
    const { add } = inStack();
    add('First', 1, first);
    expect(() => add('Second', 2, second)).toThrow(
      /^the services Test\/First and Test\/Second have the same route on a listener, .*, and one of them would get no request; give each hosts or paths of its own \[at Test\/Second\]$/,
    );
  });

  test.each<[string, [number, Partial<SharedListenerOptions>], [number, Partial<SharedListenerOptions>]]>([
    ['all paths before a host', [1, { paths: ['/*'] }], [2, { hosts: ['a.example.com'] }]],
    ['a wide path first', [1, { paths: ['/api/*'] }], [2, { paths: ['/api/v2/*'] }]],
    ['one host of two', [1, { hosts: ['a.example.com'] }], [2, { hosts: ['a.example.com', 'b.example.com'] }]],
    ['a wide host added later', [5, { hosts: ['a.example.com'] }], [4, { hosts: ['*.example.com'] }]],
  ])('%s is warned of', (_, [one, first], [two, second]) => {
    const { stack, add } = inStack();
    add('First', one, first);
    add('Second', two, second);
    expect(warningIds(stack)).toEqual(['cdk-flask-fargate:hiddenRoute']);
  });

  test.each<[string, [number, Partial<SharedListenerOptions>], [number, Partial<SharedListenerOptions>]]>([
    ['a host before all paths', [1, { hosts: ['a.example.com'] }], [2, { paths: ['/*'] }]],
    ['a narrow path first', [1, { paths: ['/api/v2/*'] }], [2, { paths: ['/api/*'] }]],
    ['hosts that have nothing in common', [1, { hosts: ['a.example.com'] }], [2, { hosts: ['b.example.com'] }]],
    ['paths in part', [1, { paths: ['/a', '/b'] }], [2, { paths: ['/b', '/c'] }]],
  ])('%s is fine', (_, [one, first], [two, second]) => {
    const { stack, add } = inStack();
    add('First', one, first);
    add('Second', two, second);
    expect(warningIds(stack)).toEqual([]);
  });

  test('says which service gets no request', () => {
    const { stack, add } = inStack();
    add('First', 1, { paths: ['/api/*'] });
    add('Second', 2, { paths: ['/api/v2/*'] });
    expect(warningsOf(stack)).toEqual([
      {
        path: '/Test/Second/FrontEnd',
        id: 'cdk-flask-fargate:hiddenRoute',
        text: 'Test/Second gets no request: /api/v2/* with priority 2 comes after /api/* of Test/First with priority 1, which takes them all; give the narrower route the lower priority',
      },
    ]);
  });

  test('two listeners that are looked up do not stop the synth that looks them up', () => {
    const app = testApp();
    const stack = new Stack(app, 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    for (const id of ['One', 'Other']) {
      const listener = ApplicationListener.fromLookup(stack, id, { loadBalancerTags: { name: id } });
      on(stack, listener, vpc)(`${id}Service`, 1, { paths: ['/a'] });
    }
    expect(app.synth().manifest.missing?.map(({ provider }) => provider)).toEqual(
      expect.arrayContaining(['load-balancer-listener', 'load-balancer-listener']),
    );
  });

  test.each<[string, (stack: Stack) => string]>([
    ['an import', () => Fn.importValue('Listener')],
    ['a parameter of Systems Manager', (stack) => StringParameter.valueForStringParameter(stack, '/listener')],
  ])('a listener of two stacks is one, by %s', (_, arnIn) => {
    const app = testApp();
    const add = ['First', 'Second'].map((name) => {
      const stack = new Stack(app, name);
      const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
      const listener = ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
        listenerArn: arnIn(stack),
        securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1', { allowAllOutbound: false }),
      });
      return on(stack, listener, vpc);
    });
    add[0]('Web', 1, { paths: ['/a'] });
    expectError(
      () => add[1]('Web', 1, { paths: ['/b'] }),
      'the priority 1 of the shared listener is taken by First/Web/FrontEnd/Rule; give each service another',
    );
  });
});

describe('a listener that is imported', () => {
  const imported = (allowAllOutbound?: boolean, defaultPort?: number) => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    const listener = ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
      listenerArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shared/1/2',
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1', { allowAllOutbound }),
      defaultPort,
    });
    const web = service(stack, { vpc, loadBalancing: LoadBalancing.sharedListener(listener, { hosts: ['a.example.com'], priority: 1 }) });
    return { stack, web };
  };

  test('gets no rule to the tasks where its group is said to be open, and advice on it', () => {
    const { stack } = imported();
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
    expect(warningsOf(stack)).toEqual([
      {
        path: '/Test/Web/FrontEnd',
        id: 'cdk-flask-fargate:listenerOpenEgress',
        text: 'no rule lets the load balancer reach the tasks, because its security group Test/Group is imported as one that allows all outbound traffic; if it does not, as with a load balancer that the CDK made, import it with { allowAllOutbound: false }',
      },
    ]);
  });

  test('gets one where it is not', () => {
    const { stack } = imported(false);
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
    expect(warningsOf(stack)).toEqual([]);
  });

  test.each([
    [443, 'https://a.example.com'],
    [80, 'http://a.example.com'],
    [undefined, 'http://a.example.com'],
  ])('speaks HTTPS by its port %p', (port, url) => {
    expect(imported(false, port).web.url).toBe(url);
  });
});

describe('a host', () => {
  const of63 = 'a'.repeat(63);
  const of128 = `${of63}.${'b'.repeat(60)}.com`;

  test.each([
    'shop.example.com',
    '*.example.com',
    'SHOP.example.com',
    'a_b.example.com',
    '-a-.example.com',
    of128,
    `${of63}.com`,
    `${of63}*b.com`,
    `${of63}?b.com`,
  ])('%p is taken', (host) => {
    expect(() => LoadBalancing.sharedListener(someListener(), { hosts: [host], priority: 1 })).not.toThrow();
  });

  test.each([
    ['a..b.com', 'an empty one'],
    ['.example.com', 'an empty one'],
    ['*..com', 'an empty one'],
    [`${of63}a.com`, '64'],
    [`*${of63}a.com`, '64'],
  ])('%p is refused, which no client asks for', (host, got) => {
    const message = `a part of a host, between two dots, must have 1 to 63 characters, got ${got} in '${host}', which no client can ask for; give a name such as 'shop.example.com'`;
    expectError(() => LoadBalancing.sharedListener(someListener(), { hosts: [host], priority: 1 }), message);
    const platform = FlaskPlatform.fromName(testStack(), 'Named', 'production');
    expectError(() => LoadBalancing.onPlatform(platform, { hosts: [host] }), message);
  });

  test.each(['a b.com', 'a', 'example.', 'example.c0m', 'example.*', `a${of128}`])('%p is refused', (host) => {
    expectError(
      () => LoadBalancing.sharedListener(someListener(), { hosts: [host], priority: 1 }),
      `a host must be at most 128 letters, digits and - _ . * ?, with a dot, and only letters after the last one, such as 'shop.example.com' or '*.example.com', got '${host}'`,
    );
  });

  test.each(['https://shop.example.com/', 'shop.example.com:443', 'shop.example.com/cart'])(
    '%p is refused with the part that is one',
    (host) => {
      expectError(
        () => LoadBalancing.sharedListener(someListener(), { hosts: [host], priority: 1 }),
        `a host must be only a name, without scheme, port and path, got '${host}'; give 'shop.example.com'`,
      );
    },
  );
});
