import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener, ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { type App, Duration, Stack, Stage } from 'aws-cdk-lib/core';
import {
  Egress,
  FlaskDeployment,
  type FlaskFargateServiceProps,
  FlaskPlatform,
  type FlaskPlatformProps,
  FlaskStage,
  type IFlaskPlatform,
  LoadBalancing,
  type PlatformServiceOptions,
} from '../../src';
import { priorityOf } from '../../src/load-balancing/priority';
import { expectError, fullService, only, testApp, warningsOf } from '../util/test-stack';

const env = { account: '123456789012', region: 'eu-west-1' };
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

function platformIn(app: App, props: Partial<FlaskPlatformProps> = {}, withZone = true) {
  const stack = new Stack(app, 'Platform', { env });
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  return { stack, platform: new FlaskPlatform(stack, 'Platform', { name: 'production', ...(withZone ? { zone } : {}), ...props }) };
}

interface Joined {
  readonly id?: string;
  readonly stack?: string;
  readonly options?: PlatformServiceOptions;
  readonly props?: Partial<FlaskFargateServiceProps>;
}

function join(app: App, platform: (stack: Stack) => IFlaskPlatform, { id = 'Shop', stack: name = 'Shop', options, props }: Joined = {}) {
  const stack = (app.node.tryFindChild(name) as Stack | undefined) ?? new Stack(app, name, { env });
  const web = fullService(stack, { loadBalancing: LoadBalancing.onPlatform(platform(stack), options), outputs: false, ...props }, id);
  return { stack, web };
}

/** A service of an app that knows the name alone. */
function joined(options?: PlatformServiceOptions, joining: Joined = {}) {
  return join(testApp(), (stack) => FlaskPlatform.fromName(stack, 'Named', 'production'), { ...joining, options });
}

const textOf = (stack: Stack) => JSON.stringify(Template.fromStack(stack).toJSON());

describe('nothing locks', () => {
  test('the template of the platform is the same byte for byte for 0, 1, 2 and 50 services', () => {
    const templates = [0, 1, 2, 50].map((count) => {
      const app = testApp();
      const { stack, platform } = platformIn(app);
      for (let i = 0; i < count; i++) {
        const { web } = join(app, () => platform, { id: `Service${i}`, stack: `Stack${i % 3}` });
        web.discoverableAs(`service${i}`);
      }
      app.synth();
      return textOf(stack);
    });
    expect(new Set(templates).size).toBe(1);
    expect(JSON.parse(templates[0])).not.toHaveProperty('Outputs');
  });

  test.each<[string, PlatformServiceOptions]>([
    ['by its name', {}],
    ['by hosts', { hosts: ['a.example.com', 'b.example.com'], paths: ['/x/*'] }],
    ['internal', { internal: true }],
    ['without a route', { route: false }],
  ])('a service has the same template by the object and by the name, %s', (_, options) => {
    const app = testApp();
    const { platform } = platformIn(app, { internalLoadBalancer: true });
    const byObject = join(app, () => platform, { options });
    expect(textOf(byObject.stack)).toBe(textOf(joined(options).stack));
  });

  test('the stack of a service imports nothing; the CLI deploys it after the platform, and destroys it before', () => {
    const app = testApp();
    const { platform, stack: platformStack } = platformIn(app);
    const { stack } = join(app, () => platform);
    expect(textOf(stack)).not.toContain('Fn::ImportValue');
    expect(stack.dependencies).toEqual([platformStack]);
    expect(platformStack.dependencies).toEqual([]);
    expect(joined().stack.dependencies).toEqual([]);
  });

  test('in stages of its own it knows no order', () => {
    const app = testApp();
    const { platform } = platformIn(app);
    const stack = new Stack(new Stage(app, 'Production', { env }), 'Shop');
    fullService(stack, { loadBalancing: LoadBalancing.onPlatform(platform) });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('a service', () => {
  test('is 16 resources in production', () => {
    expect(Object.keys(Template.fromStack(joined().stack).toJSON().Resources)).toHaveLength(16);
  });

  test('has its host by its name, and its path where the platform has no domain', () => {
    const { stack } = joined({}, { id: 'OrderApi' });
    const template = Template.fromStack(stack);
    const rule = only(template, RULE).Properties as { Conditions: { 'Fn::If': [string, object, object] }[] };
    const [, host, path] = rule.Conditions[0]['Fn::If'];
    expect(host).toMatchObject({
      Field: 'host-header',
      HostHeaderConfig: { Values: [{ 'Fn::Join': ['', ['order-api.', { Ref: expect.anything() }]] }] },
    });
    expect(path).toEqual({ Field: 'path-pattern', PathPatternConfig: { Values: ['/order-api', '/order-api/*'] } });
    expect(only(template, 'AWS::Route53::RecordSetGroup')).toMatchObject({
      Condition: expect.stringContaining('haszoneid'),
      Properties: { RecordSets: [{ Type: 'A' }, { Type: 'AAAA' }] },
      DependsOn: [only(template, 'AWS::ECS::Service').id],
    });
  });

  test('is a member of the one group that the load balancers reach, and no rule stands in its stack', () => {
    const { stack } = joined();
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
    const { AwsvpcConfiguration } = only(template, 'AWS::ECS::Service').Properties.NetworkConfiguration as {
      AwsvpcConfiguration: { SecurityGroups: unknown[] };
    };
    expect(AwsvpcConfiguration.SecurityGroups).toHaveLength(2);
    expect(JSON.stringify(AwsvpcConfiguration.SecurityGroups[1])).toContain('securitygroup');
  });

  test('takes its route before it makes a rule', () => {
    const template = Template.fromStack(joined().stack);
    const claim = only(template, 'AWS::SSM::Parameter');
    const domain = { Ref: expect.stringMatching(/^FlaskPlatformproductiondomain/) };
    expect(claim.Properties).toMatchObject({
      Name: { 'Fn::Join': ['', ['/cdk-flask-fargate/platforms/production/routes/public-shop.', domain]] },
      Value: 'Shop: Shop',
    });
    expect(only(template, RULE).DependsOn).toEqual([claim.id]);
  });

  test('takes by its name what another one takes by that host', () => {
    const claim = only(Template.fromStack(joined({ hosts: ['shop.example.com'] }).stack), 'AWS::SSM::Parameter');
    expect(claim.Properties.Name).toBe('/cdk-flask-fargate/platforms/production/routes/public-shop.example.com');
  });

  test('keeps what it has taken when it is renamed', () => {
    const ids = ['Shop', 'Store'].map(
      (id) => only(Template.fromStack(joined({ hosts: ['a.example.com'] }, { id }).stack), 'AWS::SSM::Parameter').id,
    );
    expect(ids[0]).toBe(ids[1]);
  });

  test('has one alarm, which stops its own deployment; the platform has those of all services', () => {
    const template = Template.fromStack(joined().stack);
    const alarm = only(template, 'AWS::CloudWatch::Alarm').Properties;
    expect(alarm.AlarmName).toMatch(/DeploymentErrors$/);
    expect(only(template, 'AWS::ECS::Service').Properties.DeploymentConfiguration).toMatchObject({
      Alarms: { AlarmNames: [alarm.AlarmName], Rollback: true },
    });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    // a request that no task answered is no answer below 500
    expect(JSON.stringify(alarm.Metrics)).toContain('FILL(requests0, 0) - FILL(ok0, 0) - FILL(redirects0, 0) - FILL(client0, 0)');
  });

  test('may be a worker, without a route', () => {
    const { stack, web } = joined({ route: false });
    const template = Template.fromStack(stack);
    template.resourceCountIs(RULE, 0);
    template.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(only(template, 'AWS::ECS::Service').Properties.LoadBalancers).toEqual([]);
    expect(web.url).toBeUndefined();
  });

  test('has data in subnets that are not its own', () => {
    const { web } = joined();
    expect(web.vpc.selectSubnets(web.dataSubnets).subnetIds).not.toEqual(web.vpc.privateSubnets.map(({ subnetId }) => subnetId));
  });

  test('splits more than five hosts over rules of different numbers', () => {
    const hosts = Array.from({ length: 12 }, (_, i) => `h${i}.example.com`);
    const rules = Object.values(Template.fromStack(joined({ hosts }).stack).findResources(RULE)).map(({ Properties }) => Properties);
    expect(rules.map(({ Conditions }) => Conditions[0].HostHeaderConfig.Values.length)).toEqual([5, 5, 2]);
    expect(new Set(rules.map(({ Priority }) => Priority)).size).toBe(3);
    const byHand = joined({ hosts, priority: 10 });
    expect(Object.values(Template.fromStack(byHand.stack).findResources(RULE)).map(({ Properties }) => Properties.Priority)).toEqual([
      10, 11, 12,
    ]);
  });

  test('shifts traffic by one rule, and not by three', () => {
    const hosts = Array.from({ length: 12 }, (_, i) => `h${i}.example.com`);
    expectError(
      () => joined({ hosts }, { props: { deployment: FlaskDeployment.blueGreen() } }),
      'a deployment that shifts traffic does so by one rule, and the hosts and paths of the service take 3; use wildcards, or FlaskDeployment.rolling()',
    );
    expect(() => joined({}, { props: { deployment: FlaskDeployment.blueGreen() } })).not.toThrow();
  });

  test('has records for hosts in a zone of their own, and a certificate for them', () => {
    const stack = new Stack(testApp(), 'Shop', { env });
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z2', zoneName: 'example.org' });
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:123456789012:certificate/0');
    const loadBalancing = LoadBalancing.onPlatform(FlaskPlatform.fromName(stack, 'Named', 'production'), {
      hosts: ['example.org', '*.example.org'],
      zone,
      certificate,
    });
    const web = fullService(stack, { loadBalancing });
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::Route53::RecordSetGroup').Properties).toMatchObject({
      HostedZoneId: 'Z2',
      RecordSets: [{ Name: 'example.org.' }, { Name: 'example.org.' }],
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerCertificate', 1);
    expect(stack.resolve(web.url)).toEqual({ 'Fn::Join': ['', [{ Ref: expect.stringContaining('scheme') }, '://example.org']] });
  });
});

test('the options of the target group are those of every load balancer', () => {
  const { stack } = joined({ anomalyMitigation: true, stickiness: Duration.hours(1) });
  const { TargetGroupAttributes: attributes } = only(Template.fromStack(stack), 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties;
  expect(attributes).toEqual(
    expect.arrayContaining([
      { Key: 'load_balancing.algorithm.type', Value: 'weighted_random' },
      { Key: 'load_balancing.algorithm.anomaly_mitigation', Value: 'on' },
      { Key: 'stickiness.lb_cookie.duration_seconds', Value: '3600' },
    ]),
  );
});

describe('a preview', () => {
  const claimOf = (preview: string, options: PlatformServiceOptions = {}) =>
    JSON.stringify(
      only(Template.fromStack(joined({ preview, ...options }, { stack: `Preview${preview.length}` }).stack), 'AWS::SSM::Parameter')
        .Properties.Name,
    );

  test.each([
    ['fix-1', /\/public-shop-fix-1\."/],
    ['feature/Login', /\/public-shop-feature-login-[0-9a-f]{6}\."/],
    ['x'.repeat(100), /\/public-shop-x{51}-[0-9a-f]{6}\."/],
  ])('%s has a host of its own', (preview, name) => {
    expect(claimOf(preview)).toMatch(name);
  });

  test('is another one where branches differ in what a host cannot have', () => {
    expect(claimOf('a/b')).not.toBe(claimOf('a_b'));
  });

  test('is another one where names differ beyond what a host has room for', () => {
    const [one, other] = ['a', 'b'].map((end) => claimOf('fix', { name: `${'x'.repeat(60)}${end}` }));
    expect(one).not.toBe(other);
  });

  test('has no number and no name that another one has', () => {
    const seen = ['one', 'other'].map((preview) => {
      const template = Template.fromStack(
        joined({ preview }, { stack: `Shop-${preview}`, props: { stage: FlaskStage.ephemeral() } }).stack,
      );
      const names = [...JSON.stringify(template.toJSON().Resources).matchAll(/"\w*Name":"([^"]+)"/g)].map(([, name]) => name);
      return {
        priority: JSON.stringify(only(template, RULE).Properties.Priority),
        names: names.filter((name) => /shop/i.test(name) && !/DefaultPolicy/.test(name)),
      };
    });
    expect(seen[0].priority).not.toBe(seen[1].priority);
    expect(seen[0].names.filter((name) => seen[1].names.includes(name))).toEqual([]);
  });
});

describe('routes of an app', () => {
  const two = (first: PlatformServiceOptions, second: PlatformServiceOptions, withZone = true) => {
    const app = testApp();
    const { platform } = platformIn(app, {}, withZone);
    join(app, () => platform, { stack: 'One', id: 'First', options: first });
    return join(app, () => platform, { stack: 'Other', id: 'Second', options: second }).stack;
  };

  test('may not be equal, also over stacks', () => {
    expectError(
      () => two({ name: 'shop' }, { name: 'shop' }),
      'the services One/First and Other/Second have the same route on a listener, shop.(domain), and one of them would get no request; give each hosts or paths of its own',
    );
    expect(() => two({ hosts: ['a.example.com'] }, { hosts: ['a.example.com'] })).toThrow(
      /have the same route on a listener, a.example.com,/,
    );
  });

  test('may not be equal, by the name and by hand', () => {
    for (const [first, second] of [
      [{}, { hosts: ['first.example.com'] }],
      [{ hosts: ['second.example.com'] }, {}],
    ]) {
      const host = (first.hosts ?? second.hosts)?.[0];
      expect(() => two(first, second)).toThrow(
        `the services One/First and Other/Second have the same route on a listener, ${host}, and one of them would get no request`,
      );
    }
    expect(() => two({}, { paths: ['/first/*'] }, false)).toThrow(/have the same route on a listener, \/first\/\*,/);
    // with a domain the first has a host, and the second all others
    expect(warningsOf(two({}, { paths: ['/first/*'] }))).toEqual([]);
  });

  test('by name without a domain may not have one number', () => {
    const numbers = new Map<number, string>();
    const pair = Array.from({ length: 300 }, (_, i) => `Service${i}`).flatMap((id) => {
      const number = priorityOf({ hosts: [], paths: ['/*'] }, `Shop/${id} /*`);
      const other = numbers.get(number);
      numbers.set(number, id);
      return other === undefined ? [] : [[other, id]];
    })[0];
    const both = (withZone: boolean) => {
      const app = testApp();
      const { platform } = platformIn(app, {}, withZone);
      return pair.map((id) => join(app, () => platform, { id }));
    };
    expect(() => both(false)).toThrow(/have the same priority \d+ on a listener; set priority of the newer one/);
    expect(() => both(true)).not.toThrow();
  });

  test('are warned of where some of the hosts are another one s', () => {
    const [warning, ...others] = warningsOf(
      two({ hosts: ['a.example.com', 'b.example.com'], priority: 5 }, { hosts: ['b.example.com', 'c.example.com'], priority: 6 }),
    );
    expect(others).toEqual([]);
    expect(warning.text).toBe(
      'Other/Second gets no request for b.example.com: b.example.com, c.example.com with priority 6 comes after a.example.com, b.example.com of One/First with priority 5, which takes them all; give each service hosts or paths of its own',
    );
  });

  test('are in order whichever comes first: no warning', () => {
    const wide = { paths: ['/*'] };
    const narrow = { hosts: ['a.example.com'], paths: ['/api/*'] };
    expect(warningsOf(two(wide, narrow))).toEqual([]);
    expect(warningsOf(two(narrow, wide))).toEqual([]);
  });

  test('are warned of where a number by hand hides another', () => {
    const stack = two({ hosts: ['a.example.com'], paths: ['/api/*'] }, { hosts: ['a.example.com'], priority: 5 });
    expect(warningsOf(stack).map(({ id }) => id)).toEqual(['cdk-flask-fargate:hiddenRoute']);
  });

  test('may not have one number', () => {
    expectError(
      () => two({ hosts: ['a.example.com'], priority: 5 }, { hosts: ['b.example.com'], priority: 5 }),
      'the priority 5 of the shared listener is taken by One/First/FrontEnd/Rule; give each service another',
    );
  });
});

describe('discovery', () => {
  test('is by name in the namespace of the platform, and takes the name', () => {
    const { stack, web } = joined();
    web.discoverableAs('orders');
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::SSM::Parameter', /names/).Properties.Name).toBe('/cdk-flask-fargate/platforms/production/names/orders');
    expect(only(template, 'AWS::ECS::Service').Properties.ServiceConnectConfiguration).toMatchObject({
      Namespace: { Ref: expect.stringContaining('namespacearn') },
    });
  });

  test('names are unique on the platform', () => {
    const app = testApp();
    const { platform } = platformIn(app);
    join(app, () => platform, { stack: 'One', id: 'First' }).web.discoverableAs('orders');
    expectError(
      () => join(app, () => platform, { stack: 'Other', id: 'Second' }).web.discoverableAs('orders'),
      "the name 'orders' for service discovery is taken on the platform production by One/First, got it again from Other/Second; use another",
    );
  });

  test('goes both ways over stacks', () => {
    const app = testApp();
    const { platform } = platformIn(app);
    for (const name of ['One', 'Other']) {
      join(app, () => platform, { stack: name, id: name }).web.discoverableAs(name.toLowerCase());
    }
    expect(() => app.synth()).not.toThrow();
  });
});

describe('the topic of alarms', () => {
  const topicPolicy = (template: Template) =>
    only(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument as { readonly Statement: object[] };

  test('is made, lets CloudWatch publish, and nobody in plain text', () => {
    const { stack } = platformIn(testApp());
    const template = Template.fromStack(stack);
    expect(topicPolicy(template).Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });

  test('that is given lets CloudWatch publish too', () => {
    const app = testApp();
    const own = new Stack(app, 'Own', { env });
    const alarmTopic = new Topic(own, 'Topic');
    platformIn(app, { alarmTopic });
    expect(topicPolicy(Template.fromStack(own)).Statement).toEqual([
      expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
    ]);
  });

  test('is refused where CloudWatch cannot reach it', () => {
    const app = testApp();
    const alarmTopic = new Topic(new Stack(app, 'Own', { env: { ...env, region: 'us-east-1' } }), 'Topic');
    expectError(
      () => platformIn(app, { alarmTopic }),
      'a topic of alarms must be in their region (eu-west-1), got Own/Topic in us-east-1; make one there',
    );
  });
});

describe('the platform', () => {
  test('has one way from each load balancer to all services', () => {
    const { stack } = platformIn(testApp(), { internalLoadBalancer: true });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 2);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 2);
    template.allResourcesProperties('AWS::EC2::SecurityGroupEgress', { FromPort: 1024, ToPort: 65_535 });
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: '*.example.com',
      SubjectAlternativeNames: ['example.com'],
    });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 1);
  });

  test('has the alarms and the dashboard of all services in production, and none in development', () => {
    const production = Template.fromStack(platformIn(testApp()).stack);
    production.resourceCountIs('AWS::CloudWatch::Alarm', 5);
    production.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    const development = Template.fromStack(platformIn(testApp(), { stage: FlaskStage.development() }).stack);
    development.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    development.resourceCountIs('AWS::EC2::NatGateway', 1);
  });

  test('has the alarms of a load balancer by its kind, also of one that exists: with another beside it they stay', () => {
    const idsOf = (props: Partial<FlaskPlatformProps>, place?: (stack: Stack) => Partial<FlaskPlatformProps>) => {
      const app = testApp();
      const stack = new Stack(app, 'Platform', { env });
      new FlaskPlatform(stack, 'Platform', { name: 'production', ...props, ...place?.(stack) });
      return Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(
        ([id, { Properties }]) => `${id} ${JSON.stringify(Properties.Metrics)}`,
      );
    };
    const [one, internal, both] = [{}, { publicLoadBalancer: false, internalLoadBalancer: true }, { internalLoadBalancer: true }].map(
      (props) => idsOf(props),
    );
    expect([one.length, internal.length, both.length]).toEqual([5, 5, 8]);
    expect(both).toEqual(expect.arrayContaining([...one, ...internal]));
    const existing = idsOf({}, (stack) => {
      const vpc = new Vpc(stack, 'Given', { maxAzs: 2 });
      const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Existing', {
        loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/old/50dc6c495c0c9188',
        securityGroupId: 'sg-1',
        loadBalancerDnsName: 'old.example.com',
        loadBalancerCanonicalHostedZoneId: 'Z2',
      });
      const listener = ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
        listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/old/50dc6c495c0c9188/f2f7dc8efc522ab2',
        securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1', { allowAllOutbound: false }),
      });
      return { vpc, existingLoadBalancer: { loadBalancer, listener } };
    });
    expect(existing.map((text) => text.split(' ')[0])).toEqual(one.map((text) => text.split(' ')[0]));
    expect(existing.join()).toContain("WHERE LoadBalancer = 'app/old/50dc6c495c0c9188'");
  });

  test.each<[string, FlaskStage, { gateways: number; alarms: number; dashboards: number }]>([
    ['one gateway', FlaskStage.production({ egress: Egress.natGateways(1) }), { gateways: 1, alarms: 5, dashboards: 1 }],
    ['no protection', FlaskStage.production({ deletionProtection: false }), { gateways: 2, alarms: 5, dashboards: 1 }],
    ['no dashboard', FlaskStage.production({ dashboard: false }), { gateways: 2, alarms: 5, dashboards: 0 }],
    ['no alarms', FlaskStage.production({ alarms: false }), { gateways: 2, alarms: 0, dashboards: 1 }],
    ['a dashboard in development', FlaskStage.development({ dashboard: true }), { gateways: 1, alarms: 0, dashboards: 1 }],
  ])('takes from its stage %s', (_, stage, { gateways, alarms, dashboards }) => {
    const template = Template.fromStack(platformIn(testApp(), { stage }).stack);
    template.resourceCountIs('AWS::EC2::NatGateway', gateways);
    template.resourceCountIs('AWS::CloudWatch::Alarm', alarms);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', dashboards);
  });

  test('works without a domain', () => {
    const template = Template.fromStack(platformIn(testApp(), {}, false).stack);
    for (const [name, value] of [
      ['domain', '-'],
      ['zone-id', '-'],
      ['public-scheme', 'http'],
    ]) {
      template.hasResourceProperties('AWS::SSM::Parameter', { Name: `/cdk-flask-fargate/platforms/production/${name}`, Value: value });
    }
  });

  test.each([
    ['NAT gateways', Egress.natGateways(1), 'DISABLED', 'Tasks', 1],
    ['endpoints', Egress.vpcEndpoints(), 'DISABLED', 'Tasks', 0],
    ['public IPs', Egress.publicIps(), 'ENABLED', 'Public', 0],
  ])('says where the tasks are and how they get out: %s', (_, egress, publicIp, subnets, gateways) => {
    const template = Template.fromStack(platformIn(testApp(), { egress }).stack);
    const value = (name: string) =>
      Object.values(
        template.findResources('AWS::SSM::Parameter', { Properties: { Name: `/cdk-flask-fargate/platforms/production/${name}` } }),
      )[0].Properties.Value;
    expect(value('public-ip')).toBe(publicIp);
    for (const number of [1, 2]) {
      expect(value(`task-subnet-${number}`)).toEqual({ Ref: expect.stringContaining(`${subnets}Subnet${number}`) });
      expect(value(`data-subnet-${number}`)).toEqual({ Ref: expect.stringContaining(`DataSubnet${number}`) });
    }
    template.resourceCountIs('AWS::EC2::NatGateway', gateways);
  });

  test('says so to all that runs tasks there', () => {
    const { stack, web } = joined();
    const command = ['true'];
    web.addWorker('Celery', { command });
    web.addReleaseTask('Migrate', { command });
    web.addScheduledTask('Nightly', { command, schedule: ScheduleExpression.rate(Duration.hours(1)) });
    const state = web.addTask('Report', { command }).asStepFunctionsTask(stack, 'State');
    const publicIp = { 'Fn::If': [expect.stringContaining('publicip'), 'ENABLED', 'DISABLED'] };
    const value = { Ref: expect.stringContaining('publicip') };
    const template = Template.fromStack(stack);
    for (const { Properties } of Object.values(template.findResources('AWS::ECS::Service'))) {
      expect(Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toEqual(publicIp);
    }
    const { Target } = only(template, 'AWS::Scheduler::Schedule').Properties as { Target: { EcsParameters: object } };
    expect(Target.EcsParameters).toMatchObject({ NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: publicIp } } });
    expect(only(template, 'Custom::FlaskReleaseTask').Properties.AssignPublicIp).toEqual(value);
    expect(stack.resolve(state.toStateJson())).toMatchObject({
      Parameters: { NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: value } } },
    });
  });

  test('is asked for nothing that a service does not use', () => {
    for (const options of [{}, { internal: true }, { hosts: ['a.example.com'] }, { paths: ['/a/*'] }, { route: false }]) {
      const template = Template.fromStack(joined(options).stack).toJSON();
      const { Parameters, ...rest } = template;
      const unused = Object.keys(Parameters).filter((id) => id !== 'BootstrapVersion' && !JSON.stringify(rest).includes(`"${id}"`));
      expect(unused).toEqual([]);
    }
  });
});

describe('what is refused of a service', () => {
  test.each<[string, PlatformServiceOptions, string]>([
    [
      'a number between',
      { priority: 1000 },
      'priority on a platform must be 1 to 999 or 49000 to 50000, got 1000; the numbers between are assigned automatically, so leave priority out',
    ],
    [
      'a zone without hosts',
      { zone: {} as never },
      'zone and certificate on a platform belong to hosts of your own, got none; give hosts, or leave them out',
    ],
  ])('%s', (_, options, message) => {
    expectError(() => joined(options), message);
  });

  test.each([1, 999, 49_000, 50_000])('the number %i is taken', (priority) => {
    expect(() => joined({ priority })).not.toThrow();
  });

  test('an id that is no name', () => {
    expectError(
      () => joined({}, { id: '1Shop' }),
      "the name of a service on a platform must be 1 to 63 lower-case letters, digits and hyphens that begin with a letter, such as 'order-api'; set name, got '1-shop'",
    );
  });

  test('a vpc beside', () => {
    const stack = new Stack(testApp(), 'Shop');
    const loadBalancing = LoadBalancing.onPlatform(FlaskPlatform.fromName(stack, 'Named', 'production'));
    expectError(
      () => fullService(stack, { loadBalancing, vpc: new Vpc(stack, 'Vpc') }),
      'a service on a platform is in its VPC and its cluster, got a vpc or a cluster as well; leave them out',
    );
  });

  test('an egress beside', () => {
    expectError(
      () => joined({}, { props: { egress: Egress.publicIps() } }),
      'the egress of a service on a platform is that of the platform, got egress as well; give it to the FlaskPlatform, or leave it out',
    );
  });
});
