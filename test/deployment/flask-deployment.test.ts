import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib/core';
import { FlaskDeployment, LoadBalancing, Tls, type TrafficShiftOptions } from '../../src';
import { expectError, fullService, only, service, templateOf, testStack } from '../util/test-stack';

const serviceOf = (template: Template) => only(template, 'AWS::ECS::Service').Properties;
const configuration = (deployment?: FlaskDeployment) => serviceOf(templateOf({ deployment })).DeploymentConfiguration;
const ROLLING = { MinimumHealthyPercent: 100, MaximumPercent: 200, DeploymentCircuitBreaker: { Enable: true, Rollback: true } };

const SHIFTS: [string, (options?: TrafficShiftOptions) => FlaskDeployment, object][] = [
  ['BLUE_GREEN', FlaskDeployment.blueGreen, {}],
  ['LINEAR', FlaskDeployment.linear, { LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 6 } }],
  ['CANARY', FlaskDeployment.canary, { CanaryConfiguration: { CanaryPercent: 5, CanaryBakeTimeInMinutes: 10 } }],
];

describe('rolling', () => {
  test('is the default: all tasks stay, and a deployment that fails is rolled back', () => {
    expect(configuration()).toMatchObject(ROLLING);
    expect(configuration(FlaskDeployment.rolling())).toMatchObject(ROLLING);
    // ECS keeps what a template leaves out: a service that comes back from blue/green, or whose alarms go
    expect(configuration()).toHaveProperty('Strategy', 'ROLLING');
    expect(configuration()).toHaveProperty('Alarms', { AlarmNames: [], Enable: false, Rollback: false });
    expect(serviceOf(templateOf())).not.toHaveProperty('LoadBalancers.0.AdvancedConfiguration');
  });

  test('takes every option', () => {
    const deployment = FlaskDeployment.rolling({
      minHealthyPercent: 50,
      maxHealthyPercent: 150,
      circuitBreaker: { threshold: 5, resetOnHealthyTask: true },
      earlySuccess: { healthyPercent: 80 },
    });
    expect(configuration(deployment)).toMatchObject({
      MinimumHealthyPercent: 50,
      MaximumPercent: 150,
      DeploymentCircuitBreaker: {
        Enable: true,
        Rollback: true,
        ThresholdConfiguration: { Type: 'COUNT', Value: 5 },
        ResetOnHealthyTask: true,
      },
      EarlySuccessCriteria: { Enable: true, HealthyPercent: 80, SourceServiceRevisionCleanup: 'DEFERRED' },
    });
  });

  test.each([
    [{ minHealthyPercent: -1 }, 'minHealthyPercent must be a whole number from 0 to 100, got -1'],
    [{ minHealthyPercent: 101 }, 'minHealthyPercent must be a whole number from 0 to 100, got 101'],
    [{ maxHealthyPercent: 99 }, 'maxHealthyPercent must be a whole number from 100 to 400, got 99'],
    [{ maxHealthyPercent: 401 }, 'maxHealthyPercent must be a whole number from 100 to 400, got 401'],
    [
      { circuitBreaker: { threshold: 0 } },
      'threshold of the circuit breaker must be a whole number from 1 to 1000, got 0; it is a number of failed tasks',
    ],
    [
      { circuitBreaker: { threshold: 1001 } },
      'threshold of the circuit breaker must be a whole number from 1 to 1000, got 1001; it is a number of failed tasks',
    ],
    [
      { earlySuccess: { healthyPercent: 0 }, minHealthyPercent: 0 },
      'healthyPercent of the early success must be a whole number from 1 to 100, got 0',
    ],
    [{ earlySuccess: { healthyPercent: 101 } }, 'healthyPercent of the early success must be a whole number from 1 to 100, got 101'],
    [
      { maxHealthyPercent: 100 },
      'minHealthyPercent and maxHealthyPercent are both 100, so no task can be replaced; raise maxHealthyPercent to 200',
    ],
    [
      { earlySuccess: { healthyPercent: 49 }, minHealthyPercent: 50 },
      'minHealthyPercent must not be above healthyPercent of the early success, got 50 and 49',
    ],
  ])('refuses %p', (options, message) => {
    expectError(() => FlaskDeployment.rolling(options), message);
  });

  test.each([
    [{ minHealthyPercent: 0, maxHealthyPercent: 100 }],
    [{ minHealthyPercent: 100, maxHealthyPercent: 101 }],
    [{ maxHealthyPercent: 400 }],
    [{ circuitBreaker: { threshold: 1 } }],
    [{ circuitBreaker: { threshold: 1000 } }],
    [{ earlySuccess: { healthyPercent: 1 }, minHealthyPercent: 1 }],
    [{ earlySuccess: { healthyPercent: 100 } }],
  ])('takes %p', (options) => {
    expect(() => FlaskDeployment.rolling(options)).not.toThrow();
  });

  test('takes percentages that are known at deployment only', () => {
    const stack = testStack();
    const percent = new CfnParameter(stack, 'Percent', { type: 'Number' }).valueAsNumber;
    service(stack, { deployment: FlaskDeployment.rolling({ minHealthyPercent: percent, earlySuccess: { healthyPercent: percent } }) });
    expect(serviceOf(Template.fromStack(stack)).DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: { Ref: 'Percent' },
      EarlySuccessCriteria: { HealthyPercent: { Ref: 'Percent' } },
    });
  });

  test('takes an early success that is known at deployment only beside a minimum that is known', () => {
    const percent = new CfnParameter(testStack(), 'Percent', { type: 'Number' }).valueAsNumber;
    expect(() => FlaskDeployment.rolling({ earlySuccess: { healthyPercent: percent } })).not.toThrow();
  });
});

describe.each(SHIFTS)('%s', (strategy, deployment, steps) => {
  test('has its steps, and keeps both versions for a quarter of an hour', () => {
    expect(configuration(deployment())).toMatchObject({ ...ROLLING, Strategy: strategy, ...steps });
    expect(configuration(deployment())).toMatchObject({ BakeTimeInMinutes: 15 });
  });

  test('has two target groups, and one rule whose weights ECS moves', () => {
    const stack = testStack();
    const web = service(stack, { deployment: deployment() });
    const template = Template.fromStack(stack);
    const blue = stack.resolve(web.targetGroup?.targetGroupArn);
    const green = { Ref: only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', /Alternate/).id };
    const rule = only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(rule.Properties.Actions).toEqual([
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blue, Weight: 100 },
            { TargetGroupArn: green, Weight: 0 },
          ],
        },
      },
    ]);
    expect(serviceOf(template).LoadBalancers).toEqual([
      {
        ContainerName: 'flask-app',
        ContainerPort: 3000,
        TargetGroupArn: blue,
        AdvancedConfiguration: {
          AlternateTargetGroupArn: green,
          ProductionListenerRule: { Ref: rule.id },
          RoleArn: expect.anything(),
        },
      },
    ]);
    const [first, second] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'));
    expect(first.Properties).toEqual(second.Properties);
  });

  test('takes a bake time and a test port', () => {
    const options = { bakeTime: Duration.minutes(30), testPort: 8443, testAllowFrom: [Peer.ipv4('203.0.113.0/24')] };
    const template = templateOf({ deployment: deployment(options) });
    expect(serviceOf(template).DeploymentConfiguration).toMatchObject({ BakeTimeInMinutes: 30 });
    const rule = only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule', /TestRule/);
    expect(serviceOf(template).LoadBalancers).toMatchObject([{ AdvancedConfiguration: { TestListenerRule: { Ref: rule.id } } }]);
    expect(rule.Properties.Actions).toEqual([
      { Type: 'forward', TargetGroupArn: { Ref: only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup', /Alternate/).id } },
    ]);
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener', /Test[0-9A-F]{8}$/).Properties).toMatchObject({
      Port: 8443,
      Protocol: 'HTTP',
    });
    expect(only(template, 'AWS::EC2::SecurityGroup', /FrontEnd/).Properties.SecurityGroupIngress).toContainEqual({
      CidrIp: '203.0.113.0/24',
      Description: 'tests of a new version',
      FromPort: 8443,
      ToPort: 8443,
      IpProtocol: 'tcp',
    });
  });

  test('lets the VPC alone to the test port by default', () => {
    const stack = testStack();
    const web = service(stack, { deployment: deployment({ testPort: 8443 }) });
    expect(only(Template.fromStack(stack), 'AWS::EC2::SecurityGroup', /FrontEnd/).Properties.SecurityGroupIngress).toContainEqual(
      expect.objectContaining({ CidrIp: stack.resolve(web.vpc.vpcCidrBlock), FromPort: 8443 }),
    );
  });

  test.each([-1, 1441])('refuses a bake time of %i minutes', (minutes) => {
    const bakeTime = minutes < 0 ? Duration.seconds(90) : Duration.minutes(minutes);
    expectError(
      () => deployment({ bakeTime }),
      `bakeTime must be a whole number of minutes from 0 to 1440, got ${bakeTime.toMinutes({ integral: false })}`,
    );
  });

  test.each([0, 1440])('takes a bake time of %i minutes', (minutes) => {
    expect(() => deployment({ bakeTime: Duration.minutes(minutes) })).not.toThrow();
  });

  test('asks who may test where the addresses of the VPC are not known', () => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Given', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      publicSubnetIds: ['subnet-1', 'subnet-2'],
      privateSubnetIds: ['subnet-3', 'subnet-4'],
    });
    expectError(
      () => service(stack, { vpc, deployment: deployment({ testPort: 8443 }) }),
      'the addresses of the VPC Test/Given are not known, so the default cannot let anybody in; import it with vpcCidrBlock, or set testAllowFrom',
    );
  });

  test.each([0, 65_536])('refuses the test port %i', (testPort) => {
    expectError(() => deployment({ testPort }), `testPort must be a whole number from 1 to 65535, got ${testPort}`);
  });

  test.each([80, 443])('refuses the test port %i, which is of the clients', (testPort) => {
    expectError(() => deployment({ testPort }), `testPort must not be a port of the clients, got ${testPort}; use 8443, for example`);
  });

  test('refuses somebody to test with no port', () => {
    expectError(
      () => deployment({ testAllowFrom: [Peer.anyIpv4()] }),
      'testAllowFrom is given without testPort; give testPort too, or leave testAllowFrom out',
    );
  });

  test('needs a load balancer', () => {
    expectError(
      () => service(testStack(), { deployment: deployment(), loadBalancing: LoadBalancing.none() }),
      'a deployment that shifts traffic needs a load balancer, and the service has none; use FlaskDeployment.rolling()',
    );
  });
});

describe('linear', () => {
  test('takes its steps', () => {
    expect(configuration(FlaskDeployment.linear({ stepPercent: 25, stepBakeTime: Duration.minutes(3) }))).toMatchObject({
      LinearConfiguration: { StepPercent: 25, StepBakeTimeInMinutes: 3 },
    });
  });

  test.each([2.9, 100.1])('refuses steps of %p %%', (stepPercent) => {
    expectError(
      () => FlaskDeployment.linear({ stepPercent }),
      `stepPercent must be a number from 3 to 100, got ${stepPercent}; ECS does not support smaller steps in a linear deployment; use FlaskDeployment.canary()`,
    );
  });

  test.each([3, 100])('takes steps of %p %%', (stepPercent) => {
    expect(() => FlaskDeployment.linear({ stepPercent })).not.toThrow();
  });

  test('refuses a wait that is too long', () => {
    expectError(
      () => FlaskDeployment.linear({ stepBakeTime: Duration.minutes(1441) }),
      'stepBakeTime must be a whole number of minutes from 0 to 1440, got 1441',
    );
  });
});

describe('canary', () => {
  test('takes its step', () => {
    expect(configuration(FlaskDeployment.canary({ canaryPercent: 1, canaryBakeTime: Duration.hours(1) }))).toMatchObject({
      CanaryConfiguration: { CanaryPercent: 1, CanaryBakeTimeInMinutes: 60 },
    });
  });

  test.each([0, 100.1])('refuses a step of %p %%', (canaryPercent) => {
    expectError(
      () => FlaskDeployment.canary({ canaryPercent }),
      `canaryPercent must be a number from 0.1 to 100, got ${canaryPercent}; without requests there is no canary`,
    );
  });

  test.each([0.1, 100])('takes a step of %p %%', (canaryPercent) => {
    expect(() => FlaskDeployment.canary({ canaryPercent })).not.toThrow();
  });

  test('refuses a wait that is no whole number of minutes', () => {
    expectError(
      () => FlaskDeployment.canary({ canaryBakeTime: Duration.seconds(90) }),
      'canaryBakeTime must be a whole number of minutes from 0 to 1440, got 1.5',
    );
  });
});

describe('the test port', () => {
  test('speaks HTTPS where the clients do', () => {
    const stack = testStack();
    const arn = 'arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';
    const tls = Tls.withCertificate(Certificate.fromCertificateArn(stack, 'Certificate', arn));
    service(stack, { deployment: FlaskDeployment.blueGreen({ testPort: 8443 }), loadBalancing: LoadBalancing.internetFacing({ tls }) });
    expect(only(Template.fromStack(stack), 'AWS::ElasticLoadBalancingV2::Listener', /Test[0-9A-F]{8}$/).Properties).toMatchObject({
      Port: 8443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: arn }],
    });
  });

  const behindShared = (stack: Stack, deployment: FlaskDeployment) => {
    const first = service(stack, {}, 'First');
    const loadBalancing = LoadBalancing.sharedListener(first.listener as IApplicationListener, { paths: ['/second/*'], priority: 20 });
    return fullService(stack, { vpc: first.vpc, deployment, loadBalancing, monitoring: { dashboard: false, alarms: { enabled: false } } });
  };

  test('needs a load balancer of its own', () => {
    expectError(
      () => behindShared(testStack(), FlaskDeployment.blueGreen({ testPort: 8443 })),
      "testPort needs a load balancer of the service's own, got a shared listener; leave testPort out",
    );
  });

  test('is not needed behind a shared listener', () => {
    const stack = testStack();
    behindShared(stack, FlaskDeployment.blueGreen());
    expect(only(Template.fromStack(stack), 'AWS::ECS::Service', /^Web/).Properties.DeploymentConfiguration).toMatchObject({
      Strategy: 'BLUE_GREEN',
    });
  });
});

test('a bake time that is known at deployment only passes', () => {
  const stack = testStack();
  const bakeTime = Duration.minutes(new CfnParameter(stack, 'Minutes', { type: 'Number' }).valueAsNumber);
  service(stack, { deployment: FlaskDeployment.blueGreen({ bakeTime }) });
  expect(serviceOf(Template.fromStack(stack)).DeploymentConfiguration).toMatchObject({ BakeTimeInMinutes: { Ref: 'Minutes' } });
});

test('zones are not rebalanced where no task may be started before another has ended', () => {
  const rebalancing = (maxHealthyPercent: number) => {
    const template = templateOf({ deployment: FlaskDeployment.rolling({ minHealthyPercent: 50, maxHealthyPercent }) });
    return only(template, 'AWS::ECS::Service').Properties.AvailabilityZoneRebalancing;
  };
  expect(rebalancing(100)).toBe('DISABLED');
  expect(rebalancing(101)).toBe('ENABLED');
});

describe('CloudFormation takes 33 hours of waits in sum', () => {
  const limit = 'which is a limit of CloudFormation';

  test('of a canary', () => {
    const canary = (bake: number, wait: number) => () =>
      FlaskDeployment.canary({ bakeTime: Duration.minutes(bake), canaryBakeTime: Duration.minutes(wait) });
    expect(canary(1440, 540)).not.toThrow();
    expectError(
      canary(1440, 541),
      `bakeTime and canaryBakeTime must be at most 1980 minutes (33 hours) in sum, ${limit}, got 1981; make one of them shorter`,
    );
  });

  test.each([
    // after the last step there is no wait
    [10, 200, 9],
    [50, 1440, 1],
    [11, 200, 9],
    [100, 1440, 0],
  ])('of steps of %p %%, %i minutes each: %i waits', (stepPercent, wait, waits) => {
    const rest = 1980 - waits * wait;
    const linear = (bake: number) => () =>
      FlaskDeployment.linear({ stepPercent, stepBakeTime: Duration.minutes(wait), bakeTime: Duration.minutes(bake) });
    expect(linear(Math.min(rest, 1440))).not.toThrow();
    if (rest < 1440) {
      expectError(
        linear(rest + 1),
        `bakeTime and stepBakeTime of every step must be at most 1980 minutes (33 hours) in sum, ${limit}, got 1981; make one of them shorter`,
      );
    }
  });

  test('the bake time that is left out counts', () => {
    expectError(
      () => FlaskDeployment.linear({ stepBakeTime: Duration.minutes(219) }),
      `bakeTime and stepBakeTime of every step must be at most 1980 minutes (33 hours) in sum, ${limit}, got 1986; make one of them shorter`,
    );
    expect(() => FlaskDeployment.linear({ stepBakeTime: Duration.minutes(218) })).not.toThrow();
  });

  test('what is known at deployment only passes', () => {
    const minutes = Duration.minutes(new CfnParameter(testStack(), 'Minutes', { type: 'Number' }).valueAsNumber);
    expect(() => FlaskDeployment.canary({ bakeTime: Duration.minutes(1440), canaryBakeTime: minutes })).not.toThrow();
  });
});
