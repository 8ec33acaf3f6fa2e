import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { FlaskPlatform, LoadBalancing } from '../../src';
import { countAgainst, QUOTAS } from '../../src/private/quotas';
import { expectError, service, testApp, testStack, warningsOf } from '../util/test-stack';

const quotaWarnings = (stack: Stack) => warningsOf(stack).filter(({ id }) => id === 'cdk-flask-fargate:quota');

test.each([
  ['rules of a load balancer', QUOTAS.RULES, 100],
  ['target groups of a load balancer', QUOTAS.TARGET_GROUPS, 100],
  ['certificates of a load balancer beside the default one', QUOTAS.CERTIFICATES, 25],
  ['outbound rules of a security group', QUOTAS.EGRESS_RULES, 60],
  ['elastic IP addresses in a region', QUOTAS.ELASTIC_ADDRESSES, 5],
] as const)('the %s are counted: a warning at 80 percent, and an error above the quota', (what, quota, max) => {
  const stack = testStack();
  const count = (times: number) => {
    for (let i = 0; i < times; i++) {
      countAgainst(quota, 'one', stack);
    }
  };
  count(max * 0.8 - 1);
  expect(quotaWarnings(stack)).toEqual([]);
  count(1);
  expect(quotaWarnings(stack).map(({ text }) => text)).toEqual([
    expect.stringContaining(`there are ${max * 0.8} ${what}, and the quota is ${max}; `),
  ]);
  count(max * 0.2);
  expect(() => count(1)).toThrow(`there are ${max + 1} ${what}, and the quota is ${max}; `);
  // another load balancer has its own
  expect(() => countAgainst(quota, 'other', stack)).not.toThrow();
});

test('what an account has is said by the context, where AWS gives more', () => {
  const stack = testStack();
  stack.node.setContext('cdk-flask-fargate:maxRules', 2);
  countAgainst(QUOTAS.RULES, 'one', stack);
  countAgainst(QUOTAS.RULES, 'one', stack);
  expectError(
    () => countAgainst(QUOTAS.RULES, 'one', stack),
    'there are 3 rules of a load balancer, and the quota is 2; put other services on a second load balancer or platform, or ask AWS for more and set the context cdk-flask-fargate:maxRules to what you have',
  );
});

describe('certificates of a platform', () => {
  const certificate = (stack: Stack, id: string) =>
    Certificate.fromCertificateArn(stack, id, `arn:aws:acm:eu-west-1:123456789012:certificate/${id}`);
  const certificates = (stack: Stack, count: number) => Array.from({ length: count }, (_, index) => certificate(stack, `c${index}`));
  const platformWith = (count: number, withZone = false) => {
    const stack = testStack();
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const platform = new FlaskPlatform(stack, 'Platform', {
      name: 'production',
      certificates: certificates(stack, count),
      ...(withZone ? { zone } : {}),
    });
    return { stack, platform };
  };
  const join = (platform: FlaskPlatform, id: string) => {
    const stack = new Stack(platform.node.root, id);
    const hosts = [`${id.toLowerCase()}.example.org`];
    service(stack, { loadBalancing: LoadBalancing.onPlatform(platform, { hosts, certificate: certificate(stack, `of-${id}`) }) });
  };

  test('25 pass beside the default, with a warning at the twentieth', () => {
    expect(quotaWarnings(platformWith(20).stack)).toEqual([]);
    expect(quotaWarnings(platformWith(21).stack)).toHaveLength(1);
    expect(() => platformWith(26)).not.toThrow();
    expect(() => platformWith(25, true)).not.toThrow();
    expectError(
      () => platformWith(27),
      'there are 26 certificates of a load balancer beside the default one, and the quota is 25; use a certificate with several names or a wildcard, or put other services on a second load balancer or platform, or ask AWS for more and set the context cdk-flask-fargate:maxCertificates to what you have',
    );
    expect(() => platformWith(26, true)).toThrow('there are 26 certificates');
  });

  test('one that several services of a stack bring is there once, until the last of them goes', () => {
    const app = testApp();
    const platform = new FlaskPlatform(new Stack(app, 'Platform'), 'Platform', { name: 'production' });
    const stack = new Stack(app, 'Team');
    const ofTeam = certificate(stack, 'team');
    for (const id of ['Shop', 'Orders']) {
      const hosts = [`${id.toLowerCase()}.example.org`];
      service(stack, { loadBalancing: LoadBalancing.onPlatform(platform, { hosts, certificate: ofTeam }) }, id);
    }
    Template.fromStack(stack).resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerCertificate', 1);
  });

  test('one that two stacks bring would go with one of them', () => {
    const both = (arn: string, ofPlatform: string[] = []) => {
      const app = testApp();
      const own = new Stack(app, 'Platform');
      const platform = new FlaskPlatform(own, 'Platform', {
        name: 'production',
        certificates: ['default', ...ofPlatform].map((id) => certificate(own, id)),
      });
      for (const [id, name] of [
        ['Shop', 'a'],
        ['Orders', arn],
      ]) {
        const stack = new Stack(app, id);
        const hosts = [`${id.toLowerCase()}.example.org`];
        service(stack, { loadBalancing: LoadBalancing.onPlatform(platform, { hosts, certificate: certificate(stack, name) }) });
      }
    };
    const message = (one: string, other: string) =>
      `the stacks ${one} and ${other} bring the same certificate to the platform production, and when one of them is removed, the listener loses it; give it only to certificates of the FlaskPlatform`;
    expect(() => both('b')).not.toThrow();
    expectError(() => both('a'), message('Shop', 'Orders'));
    expectError(() => both('b', ['b']), message('Platform', 'Orders'));
  });

  test('each of a platform is by itself, so that another one replaces none', () => {
    const idsOf = (count: number) =>
      Object.keys(Template.fromStack(platformWith(count).stack).findResources('AWS::ElasticLoadBalancingV2::ListenerCertificate'));
    expect(idsOf(4)).toHaveLength(3);
    expect(idsOf(4)).toEqual(expect.arrayContaining(idsOf(3)));
  });

  test('those that services bring are of the same load balancer', () => {
    const { platform } = platformWith(24, true);
    expect(() => join(platform, 'Shop')).not.toThrow();
    expect(() => join(platform, 'Orders')).toThrow('there are 26 certificates of a load balancer beside the default one');
  });
});

describe('elastic addresses of the networks of stacks', () => {
  const env = { account: '123456789012', region: 'eu-west-1' };

  test('are warned of at the fourth, and refused at the sixth of a region', () => {
    const app = testApp();
    const [one, two, three] = ['One', 'Two', 'Three'].map((id) => new Stack(app, id, { env }));
    service(one);
    expect(quotaWarnings(one)).toEqual([]);
    service(two);
    expect(quotaWarnings(two)).toHaveLength(1);
    expect(() => service(three)).toThrow(/^there are 6 elastic IP addresses in a region, and the quota is 5; /);
  });

  test('are those of a region', () => {
    const app = testApp();
    for (const region of ['eu-west-1', 'us-east-1', 'eu-central-1']) {
      expect(() => service(new Stack(app, region, { env: { ...env, region } }))).not.toThrow();
    }
    Annotations.of(app).acknowledgeWarning('cdk-flask-fargate:quota');
    new Vpc(new Stack(app, 'Given', { env }), 'Vpc');
  });
});
