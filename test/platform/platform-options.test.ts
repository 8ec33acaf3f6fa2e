import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer } from 'aws-cdk-lib/aws-ec2';
import { TargetGroupLoadBalancingAlgorithmType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { CfnParameter, Duration, Lazy, NestedStack, SecretValue, Stack } from 'aws-cdk-lib/core';
import {
  FlaskHealthCheck,
  FlaskPlatform,
  type FlaskPlatformProps,
  LoadBalancing,
  type PlatformServiceOptions,
  SignIn,
  WebAcl,
} from '../../src';
import { expectError, fullService, only, testStack, warningsOf } from '../util/test-stack';

const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const TOKEN = Lazy.string({ produce: () => 'known.too.late' });
const hosts = (count: number) => Array.from({ length: count }, (_, index) => `h${10 + index}.example.com`);
const signIn = (exceptPaths?: string[]) =>
  SignIn.oidc({
    issuer: 'https://login.example.com',
    authorizationEndpoint: 'https://login.example.com/authorize',
    tokenEndpoint: 'https://login.example.com/token',
    userInfoEndpoint: 'https://login.example.com/userinfo',
    clientId: 'shop',
    clientSecret: SecretValue.secretsManager('login'),
    exceptPaths,
  });

function joined(options: PlatformServiceOptions) {
  const stack = testStack();
  const loadBalancing = LoadBalancing.onPlatform(FlaskPlatform.fromName(stack, 'Platform', 'production'), options);
  return { stack, web: fullService(stack, { loadBalancing, outputs: false, healthCheck: FlaskHealthCheck.path('/health') }) };
}

function numbersOf(options: PlatformServiceOptions): number[] {
  const rules = Object.values(Template.fromStack(joined(options).stack).findResources(RULE));
  return rules.map(({ Properties }) => Properties.Priority).sort((a, b) => a - b);
}

describe('the route is known at synth, because its place among the rules depends on it', () => {
  test.each<[PlatformServiceOptions, string]>([
    [
      { hosts: ['a.example.com', TOKEN] },
      "a host on a platform must be known at synth, got a token; give it as text, 'shop.example.com', for example",
    ],
    [{ paths: [TOKEN] }, "a path on a platform must be known at synth, got a token; give it as text, '/shop/*', for example"],
    [{ name: TOKEN }, "the name of a service on a platform must be known at synth, got a token; give it as text, 'order-api', for example"],
    [{ preview: TOKEN }, "preview must be known at synth, got a token; give it as text, 'fix-1234', for example"],
    [
      { priority: new CfnParameter(testStack(), 'Priority', { type: 'Number' }).valueAsNumber },
      'priority on a platform must be known at synth, got a token; give a value that is known, 10, for example',
    ],
    [
      { preview: ' ' },
      "preview must name a branch or a pull request, 'fix-1234' for example, got an empty text; leave it out if this is not a preview",
    ],
  ])('%j', (options, message) => {
    expectError(() => joined(options), message);
  });

  test('hosts and paths in another order, twice or in other case are the same rules', () => {
    const rules = (options: PlatformServiceOptions) => Template.fromStack(joined(options).stack).findResources(RULE);
    const first = rules({ hosts: hosts(7), paths: ['/a', '/b'] });
    expect(rules({ hosts: [...hosts(7)].reverse(), paths: ['/b', '/a', '/b'] })).toEqual(first);
    expect(rules({ hosts: [...hosts(7).map((host) => host.toUpperCase()), ...hosts(2)], paths: ['/a', '/b'] })).toEqual(first);
  });
});

describe('what would have no effect is an error', () => {
  test.each<[keyof PlatformServiceOptions, PlatformServiceOptions]>([
    ['internal', { internal: true }],
    ['name', { name: 'shop' }],
    ['preview', { preview: 'fix' }],
    ['hosts', { hosts: ['a.example.com'] }],
    ['paths', { paths: ['/a'] }],
    ['priority', { priority: 10 }],
    ['signIn', { signIn: signIn() }],
    ['stickiness', { stickiness: Duration.hours(1) }],
    ['slowStart', { slowStart: Duration.seconds(30) }],
    ['algorithm', { algorithm: TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN }],
    ['anomalyMitigation', { anomalyMitigation: true }],
    ['deregistrationDelay', { deregistrationDelay: Duration.seconds(10) }],
  ])('%s without a route', (name, options) => {
    expectError(
      () => joined({ ...options, route: false }),
      `${name} is of the route of a service on a platform, and route is false; leave one of the two out`,
    );
  });

  test.each<[string, PlatformServiceOptions]>([
    ['name', { name: 'shop', hosts: ['a.example.com'] }],
    ['name', { name: 'shop', paths: ['/a'] }],
    ['preview', { preview: 'fix', hosts: ['a.example.com'] }],
    ['preview', { preview: 'fix', paths: ['/a'] }],
  ])('%s beside %j', (name, options) => {
    expectError(
      () => joined(options),
      `${name} is a part of the host by the name, which hosts and paths replace; leave ${name} out, or hosts and paths`,
    );
  });

  const platform = (props: Partial<FlaskPlatformProps>) => {
    const stack = testStack();
    return new FlaskPlatform(stack, 'Platform', { name: 'production', ...props });
  };

  test.each<[string, Partial<FlaskPlatformProps>]>([
    ['webAcl', { webAcl: WebAcl.managedRules() }],
    ['allowFrom', { allowFrom: [Peer.ipv4('10.0.0.0/8')] }],
  ])('%s of a public load balancer that is not there', (name, props) => {
    expectError(
      () => platform({ ...props, publicLoadBalancer: false, internalLoadBalancer: true }),
      `${name} is of the public load balancer of a platform, and publicLoadBalancer is false; leave one of the two out`,
    );
  });

  test('a zone without any load balancer, and nobody who may connect', () => {
    const zone = HostedZone.fromHostedZoneAttributes(testStack(), 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    expectError(
      () => platform({ zone, publicLoadBalancer: false }),
      'zone and certificates are of the load balancers of a platform, and it has none; leave them out',
    );
    expect(() => platform({ publicLoadBalancer: false })).not.toThrow();
    expectError(
      () => platform({ allowFrom: [] }),
      'allowFrom must name at least one peer, got an empty list, which would let nobody in; leave it out for the default',
    );
  });

  test.each<[PlatformServiceOptions, Partial<FlaskPlatformProps>, string]>([
    [
      {},
      { publicLoadBalancer: false },
      'the platform Test/Platform has no public load balancer that a route could be on; set internal to true, or route to false',
    ],
    [
      { internal: true },
      {},
      'the platform Test/Platform has no internal load balancer that a route could be on; set internalLoadBalancer of the platform to true',
    ],
  ])('a route %j on a platform %j of this app', (options, props, message) => {
    const join = (more: Partial<FlaskPlatformProps>, also: PlatformServiceOptions = {}) => {
      const stack = testStack();
      const made = new FlaskPlatform(stack, 'Platform', { name: 'production', ...props, ...more });
      fullService(new Stack(stack.node.root, 'Shop'), { loadBalancing: LoadBalancing.onPlatform(made, { ...options, ...also }) });
    };
    expectError(() => join({}), message);
    expect(() => join({ publicLoadBalancer: true, internalLoadBalancer: true })).not.toThrow();
  });
});

describe('what no deployment could do is an error', () => {
  const setup = (props: Partial<FlaskPlatformProps> = {}, withZone = false) => {
    const stack = testStack();
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'Example.com.' });
    const platform = new FlaskPlatform(stack, 'Platform', { name: 'production', ...(withZone ? { zone } : {}), ...props });
    const join = (options: PlatformServiceOptions, where = new Stack(stack.node.root, 'Shop')) =>
      fullService(where, { loadBalancing: LoadBalancing.onPlatform(platform, options) });
    return { stack, zone, join };
  };

  test('a service in the stack of its platform, whose parameters are read before they are made', () => {
    const message =
      'a service must be in another stack than its platform, because AWS CloudFormation reads the parameters of the platform before it makes anything of the stack of the service, got Test for both; give the service a stack of its own';
    const { stack, join } = setup();
    expectError(() => join({}, stack), message);
    expectError(() => join({}, new NestedStack(stack, 'Nested')), message);
    expect(() => join({})).not.toThrow();
  });

  test.each(['public', 'internal'])('sign-in behind HTTP, %s', (kind) => {
    const options = { hosts: ['shop.example.com'], internal: kind === 'internal', signIn: signIn() };
    const props = { internalLoadBalancer: true };
    expectError(
      () => setup(props).join(options),
      `sign-in at the load balancer needs HTTPS, got signIn on the platform Test/Platform, whose ${kind} load balancer speaks HTTP; give the platform a zone or certificates, or https of existingLoadBalancer where its listener speaks it`,
    );
    expect(() => setup(props, true).join(options)).not.toThrow();
  });

  test('sign-in by the name where there is no domain', () => {
    const certificates = [Certificate.fromCertificateArn(testStack(), 'Certificate', 'arn:aws:acm:eu-west-1:123456789012:certificate/0')];
    expectError(
      () => setup({ certificates }).join({ signIn: signIn() }),
      'sign-in on a platform is by host, got signIn on one without a zone; give hosts, or give the platform a zone',
    );
    expect(() => setup({ certificates }).join({ signIn: signIn(), hosts: ['shop.example.com'] })).not.toThrow();
    expect(() => setup({}, true).join({ signIn: signIn() })).not.toThrow();
  });

  test('a record outside of its zone', () => {
    const { zone, join } = setup();
    for (const host of ['shop.example.org', 'shopexample.com', 'example.com.org']) {
      expectError(
        () =>
          LoadBalancing.onPlatform(FlaskPlatform.fromName(testStack(), 'Named', 'production'), { hosts: ['a.example.com', host], zone }),
        `the records of hosts are made in the zone, which must end their names, got '${host}' and the zone 'example.com'; give the zone of the hosts, or leave zone out`,
      );
    }
    expect(() => join({ hosts: ['example.com', 'SHOP.example.COM', '*.example.org'], zone })).not.toThrow();
    const byId = HostedZone.fromHostedZoneId(testStack(), 'ById', 'Z2');
    expect(() => joined({ hosts: ['shop.example.org'], zone: byId })).not.toThrow();
  });

  test('more wildcards than a rule has room for', () => {
    const options = (count: number): PlatformServiceOptions => ({ hosts: ['*.example.com'], paths: [`/${'*/'.repeat(count - 1)}`] });
    expect(() => joined(options(6))).not.toThrow();
    expectError(
      () => joined(options(7)),
      'a listener rule takes at most 6 wildcards in its hosts and paths together, got 7 in *.example.com, /*/*/*/*/*/*/; use patterns with fewer',
    );
  });
});

test('a host of two levels is not in the wildcard certificate of the zone', () => {
  const stack = testStack();
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'Example.com.' });
  const platform = new FlaskPlatform(stack, 'Platform', { name: 'production', zone });
  const certificate = Certificate.fromCertificateArn(stack, 'Eu', 'arn:aws:acm:eu-west-1:123456789012:certificate/1');
  const advice = (id: string, options: PlatformServiceOptions) => {
    const where = new Stack(stack.node.root, id);
    fullService(where, { loadBalancing: LoadBalancing.onPlatform(platform, options) });
    return warningsOf(where).flatMap((one) => (one.id === 'cdk-flask-fargate:hostWithoutCertificate' ? one.text : []));
  };
  const hosts = ['shop.example.com', 'shop.eu.EXAMPLE.com', '*.us.example.com', 'a.b.example.org', 'example.com'];
  expect(advice('Shop', { hosts })).toEqual([
    "the certificate of the platform's zone is for example.com and *.example.com, got the host shop.eu.EXAMPLE.com, *.us.example.com, a level lower, which browsers refuse unless another certificate of the platform has it; give certificate, or a host with one level",
  ]);
  expect(advice('Orders', { hosts: ['orders.eu.example.com'], certificate })).toEqual([]);
  expect(advice('Api', { hosts: ['api.example.com'] })).toEqual([]);
});

describe('numbers by hand', () => {
  test.each<[string, PlatformServiceOptions, number[]]>([
    ['one rule', { priority: 10 }, [10]],
    ['one rule and its paths without sign-in', { priority: 10, signIn: signIn() }, [9, 10]],
    ['hosts, three rules', { priority: 10, hosts: hosts(12) }, [10, 11, 12]],
    ['three rules, each with its paths without sign-in', { priority: 10, hosts: hosts(12), signIn: signIn() }, [9, 10, 11, 12, 13, 14]],
    ['the first', { priority: 1 }, [1]],
    ['the last of the lower ones', { priority: 998, hosts: hosts(6) }, [998, 999]],
    ['the first of the upper ones', { priority: 49_001, signIn: signIn() }, [49_000, 49_001]],
    ['the last', { priority: 49_999, hosts: hosts(6) }, [49_999, 50_000]],
  ])('%s', (_, options, numbers) => {
    expect(numbersOf(options)).toEqual(numbers);
  });

  test.each<[PlatformServiceOptions, string, string]>([
    [{ priority: 1, signIn: signIn() }, '0', '1'],
    [{ priority: 999, hosts: hosts(6) }, '999', '1000'],
    [{ priority: 49_000, signIn: signIn(), hosts: hosts(3) }, '48999', '49000'],
    [{ priority: 50_000, hosts: hosts(6) }, '50000', '50001'],
  ])('beyond the border', (options, first, last) => {
    expectError(
      () => joined(options),
      `the rules of the service take the priorities ${first} to ${last}, which must be within 1 to 999 or within 49000 to 50000; give another priority, or leave it out`,
    );
  });

  test('paths without sign-in leave room for fewer hosts in a rule', () => {
    const sizes = (options: PlatformServiceOptions) =>
      Object.values(Template.fromStack(joined(options).stack).findResources(RULE)).map(
        ({ Properties }) => Properties.Conditions[0].HostHeaderConfig.Values.length,
      );
    expect(sizes({ hosts: hosts(5) })).toEqual([5]);
    expect(sizes({ hosts: hosts(5), signIn: signIn(['/public/*']) })).toEqual([3, 3, 2, 2]);
    expectError(
      () => joined({ hosts: hosts(1), signIn: signIn(['/a', '/b', '/c', '/d']) }),
      "a listener rule accepts at most 5 hosts and paths together, got 5 paths beside hosts; use a wildcard such as '/shop/*'",
    );
  });
});

describe('the name for service discovery', () => {
  const nameOf = (options: PlatformServiceOptions, name: string) => {
    const { stack, web } = joined(options);
    web.discoverableAs(name);
    const template = Template.fromStack(stack);
    const { Services } = only(template, 'AWS::ECS::Service').Properties.ServiceConnectConfiguration as {
      Services: { DiscoveryName: string; ClientAliases: { DnsName: string }[] }[];
    };
    const [{ DiscoveryName, ClientAliases }] = Services;
    expect(ClientAliases).toEqual([expect.objectContaining({ DnsName: DiscoveryName })]);
    expect(only(template, 'AWS::SSM::Parameter', /names/).Properties.Name).toBe(
      `/cdk-flask-fargate/platforms/production/names/${DiscoveryName}`,
    );
    return DiscoveryName;
  };

  test('has the branch in it in a preview, so that two previews have two', () => {
    expect(nameOf({}, 'orders')).toBe('orders');
    expect(nameOf({ preview: 'fix-1' }, 'orders')).toBe('orders-fix-1');
    expect(nameOf({ preview: 'a/b' }, 'orders')).not.toBe(nameOf({ preview: 'a_b' }, 'orders'));
  });

  test('is known at synth, because the platform has it once', () => {
    expectError(
      () => joined({}).web.discoverableAs(TOKEN),
      "the name for service discovery on a platform must be known at synth, got a token; give it as text, 'orders', for example",
    );
  });
});
