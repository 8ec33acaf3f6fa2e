import { Template } from 'aws-cdk-lib/assertions';
import { IpProtocol, Peer, Vpc, type VpcAttributes } from 'aws-cdk-lib/aws-ec2';
import { TargetGroupLoadBalancingAlgorithmType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Annotations, CfnParameter, Duration } from 'aws-cdk-lib/core';
import { Egress, LoadBalancing, type LoadBalancingOptions, Tls } from '../../src';
import { expectError, only, service, templateOf, testStack, warningsOf } from '../util/test-stack';

const balancerOf = (template: Template) => only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
const targetGroupOf = (template: Template) => only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties;

const ingressOf = (template: Template) =>
  Object.values(
    template.findResources('AWS::EC2::SecurityGroup', {
      Properties: { GroupDescription: 'clients to the load balancer of the Flask app' },
    }),
  )[0].Properties.SecurityGroupIngress;

const clients = (peer: object) => ({ ...peer, Description: 'clients', IpProtocol: 'tcp', FromPort: 80, ToPort: 80 });

describe('by default', () => {
  const stack = testStack();
  const web = service(stack);
  const template = Template.fromStack(stack);

  test('the load balancer faces the internet, drops invalid headers and is protected', () => {
    expect(balancerOf(template)).toMatchObject({
      Type: 'application',
      Scheme: 'internet-facing',
      Subnets: stack.resolve(web.vpc.publicSubnets.map(({ subnetId }) => subnetId)),
      LoadBalancerAttributes: [
        { Key: 'deletion_protection.enabled', Value: 'true' },
        { Key: 'idle_timeout.timeout_seconds', Value: '60' },
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
        { Key: 'routing.http.xff_header_processing.mode', Value: 'append' },
        // off is said: an attribute that is left out keeps the value that it has
        { Key: 'waf.fail_open.enabled', Value: 'false' },
        { Key: 'access_logs.s3.enabled', Value: 'false' },
        { Key: 'connection_logs.s3.enabled', Value: 'false' },
      ],
    });
    expect(balancerOf(template)).not.toHaveProperty('Name');
  });

  test('the whole world may connect, by plain HTTP', () => {
    expect(ingressOf(template)).toEqual([clients({ CidrIp: '0.0.0.0/0' })]);
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener').Properties).toMatchObject({
      Port: 80,
      Protocol: 'HTTP',
      // what no rule takes reaches no app
      DefaultActions: [
        { Type: 'fixed-response', FixedResponseConfig: { ContentType: 'text/plain', MessageBody: 'not found', StatusCode: '404' } },
      ],
      // which server answers is of use to nobody but an attacker
      ListenerAttributes: [{ Key: 'routing.http.response.server.enabled', Value: 'false' }],
    });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties).toEqual({
      ListenerArn: { Ref: only(template, 'AWS::ElasticLoadBalancingV2::Listener').id },
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: stack.resolve(web.targetGroup?.targetGroupArn) }],
    });
  });

  test('the targets are the addresses of the tasks, and a task that is replaced has 30 seconds', () => {
    expect(targetGroupOf(template)).toMatchObject({
      TargetType: 'ip',
      // of a target that is registered without one; ECS gives each its own
      Port: 80,
      Protocol: 'HTTP',
      TargetGroupAttributes: expect.arrayContaining([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    });
  });
});

describe.each<[string, (options?: LoadBalancingOptions) => LoadBalancing]>([
  ['internetFacing', LoadBalancing.internetFacing],
  ['internal', LoadBalancing.internal],
])('%s', (_, loadBalancing) => {
  test('takes every option', () => {
    const template = templateOf({
      loadBalancing: loadBalancing({
        allowFrom: [Peer.ipv4('203.0.113.0/24'), Peer.ipv6('2001:db8::/32'), Peer.prefixList('pl-1')],
        idleTimeout: Duration.seconds(90),
        deregistrationDelay: Duration.seconds(45),
        deletionProtection: false,
      }),
    });
    expect(ingressOf(template)).toEqual([clients({ CidrIp: '203.0.113.0/24' }), clients({ CidrIpv6: '2001:db8::/32' })]);
    // to the CDK, a resource of its own
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', clients({ SourcePrefixListId: 'pl-1' }));
    expect(balancerOf(template).LoadBalancerAttributes).toEqual(
      expect.arrayContaining([
        { Key: 'deletion_protection.enabled', Value: 'false' },
        { Key: 'idle_timeout.timeout_seconds', Value: '90' },
      ]),
    );
    expect(targetGroupOf(template).TargetGroupAttributes).toEqual(
      expect.arrayContaining([{ Key: 'deregistration_delay.timeout_seconds', Value: '45' }]),
    );
  });

  test.each([0, 4001])('refuses an idle timeout of %i s', (seconds) => {
    expectError(
      () => loadBalancing({ idleTimeout: Duration.seconds(seconds) }),
      `idleTimeout must be a whole number of seconds from 1 to 4000, got ${seconds}`,
    );
  });

  test.each([1, 4000])('takes an idle timeout of %i s', (seconds) => {
    expect(() => loadBalancing({ idleTimeout: Duration.seconds(seconds) })).not.toThrow();
  });

  test.each([Duration.seconds(3601), Duration.millis(500)])('refuses a deregistration delay of %s', (deregistrationDelay) => {
    expectError(
      () => loadBalancing({ deregistrationDelay }),
      `deregistrationDelay must be a whole number of seconds from 0 to 3600, got ${deregistrationDelay.toSeconds({ integral: false })}`,
    );
  });

  test.each([0, 3600])('takes a deregistration delay of %i s', (seconds) => {
    expect(() => loadBalancing({ deregistrationDelay: Duration.seconds(seconds) })).not.toThrow();
  });

  test('refuses to let nobody in', () => {
    expectError(
      () => loadBalancing({ allowFrom: [] }),
      'allowFrom must name at least one peer, got an empty list, which would let nobody in; leave it out for the default, or use LoadBalancing.none()',
    );
  });
});

test.each([
  [4000, { Key: 'idle_timeout.timeout_seconds', Value: '4000' }, '4015'],
  [31, { Key: 'idle_timeout.timeout_seconds', Value: '31' }, '46'],
])('an idle timeout of %i s moves the keep-alive of the server', (seconds, attribute, keepAlive) => {
  const template = templateOf({ loadBalancing: LoadBalancing.internetFacing({ idleTimeout: Duration.seconds(seconds) }) });
  expect(balancerOf(template).LoadBalancerAttributes).toContainEqual(attribute);
  expect(JSON.stringify(only(template, 'AWS::ECS::TaskDefinition').Properties)).toContain(`--keep-alive ${keepAlive} `);
});

describe('internal', () => {
  test('is reached from the VPC, and stands where the tasks do', () => {
    const stack = testStack();
    const web = service(stack, { loadBalancing: LoadBalancing.internal() });
    const template = Template.fromStack(stack);
    expect(balancerOf(template)).toMatchObject({
      Scheme: 'internal',
      Subnets: stack.resolve(web.vpc.privateSubnets.map(({ subnetId }) => subnetId)),
    });
    expect(ingressOf(template)).toEqual([clients({ CidrIp: stack.resolve(web.vpc.vpcCidrBlock) })]);
  });

  test.each([
    ['publicIps', Egress.publicIps()],
    ['vpcEndpoints', Egress.vpcEndpoints()],
  ])('goes with %s', (_, egress) => {
    expect(balancerOf(templateOf({ loadBalancing: LoadBalancing.internal(), egress })).Scheme).toBe('internal');
  });
});

describe('values that are known at deployment only', () => {
  test('pass as timers', () => {
    const stack = testStack();
    const seconds = Duration.seconds(new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber);
    service(stack, { loadBalancing: LoadBalancing.internetFacing({ idleTimeout: seconds, deregistrationDelay: seconds }) });
    const template = Template.fromStack(stack);
    expect(balancerOf(template).LoadBalancerAttributes).toContainEqual({ Key: 'idle_timeout.timeout_seconds', Value: { Ref: 'Seconds' } });
    expect(targetGroupOf(template).TargetGroupAttributes).toContainEqual({
      Key: 'deregistration_delay.timeout_seconds',
      Value: { Ref: 'Seconds' },
    });
  });

  test('pass as peers', () => {
    const stack = testStack();
    const cidr = new CfnParameter(stack, 'Cidr').valueAsString;
    service(stack, { loadBalancing: LoadBalancing.internetFacing({ allowFrom: [Peer.ipv4(cidr)] }) });
    expect(ingressOf(Template.fromStack(stack))).toEqual([clients({ CidrIp: { Ref: 'Cidr' } })]);
  });
});

describe('the advice on plain HTTP', () => {
  const ID = 'cdk-flask-fargate:plainHttp';
  const setup = (loadBalancing?: LoadBalancing) => {
    const stack = testStack();
    service(stack, { loadBalancing });
    return stack;
  };
  const advice = (stack: ReturnType<typeof setup>) => warningsOf(stack).filter(({ id }) => id === ID);

  test.each([
    ['internetFacing', LoadBalancing.internetFacing()],
    ['internal', LoadBalancing.internal()],
  ])('is given with %s', (_, loadBalancing) => {
    expect(advice(setup(loadBalancing))).toEqual([
      {
        path: '/Test/Web/FrontEnd',
        id: ID,
        text: 'the load balancer speaks plain HTTP: anyone on the way can read and change what clients send and get; give tls to LoadBalancing.internetFacing(), made by Tls.forDomain(), or by Tls.disabled() if plain HTTP is intended',
      },
    ]);
  });

  test('is not given without a load balancer, nor where plain HTTP is meant', () => {
    expect(advice(setup(LoadBalancing.none()))).toEqual([]);
    expect(advice(setup(LoadBalancing.internetFacing({ tls: Tls.disabled() })))).toEqual([]);
  });

  test('can be acknowledged on the service', () => {
    const stack = testStack();
    Annotations.of(service(stack)).acknowledgeWarning(ID);
    expect(advice(stack)).toEqual([]);
  });
});

describe('the way to the tasks', () => {
  const withIpv6 = (loadBalancing: LoadBalancing) => {
    const stack = testStack();
    service(stack, { vpc: new Vpc(stack, 'Vpc', { ipProtocol: IpProtocol.DUAL_STACK }), loadBalancing });
    return Template.fromStack(stack);
  };

  test('by IPv6 is refused in the VPC of the stack, which has no such addresses', () => {
    expectError(
      () => service(testStack(), { loadBalancing: LoadBalancing.internetFacing({ dualStack: true }) }),
      'dualStack needs subnets with IPv6 addresses, which the VPC of the stack does not have; give a vpc whose ipProtocol is IpProtocol.DUAL_STACK, or leave dualStack out',
    );
  });

  test.each<[string, LoadBalancing, object, string]>([
    [
      'no public subnets',
      LoadBalancing.internetFacing(),
      { availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'] },
      'the load balancer needs public subnets in two zones, got a VPC without any: Test/Given; use LoadBalancing.internal(), or give a vpc that has them',
    ],
    [
      'one zone',
      LoadBalancing.internetFacing(),
      { availabilityZones: ['a'], privateSubnetIds: ['subnet-1'], publicSubnetIds: ['subnet-2'] },
      'the load balancer needs public subnets in two zones, got a alone in Test/Given; use LoadBalancing.internal(), or give a vpc that has them',
    ],
    [
      'one zone for an internal one',
      LoadBalancing.internal(),
      { availabilityZones: ['a'], privateSubnetIds: ['subnet-1'], vpcCidrBlock: '10.0.0.0/16' },
      'the load balancer needs private or isolated subnets in two zones, got a alone in Test/Given; give a vpc that has them',
    ],
    [
      'unknown addresses',
      LoadBalancing.internal(),
      { availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'] },
      'the addresses of the VPC Test/Given are not known, so the default cannot let anybody in; import it with vpcCidrBlock, or set allowFrom',
    ],
  ])('needs a VPC that fits, not one with %s', (_, loadBalancing, attributes, message) => {
    const stack = testStack();
    const vpc = Vpc.fromVpcAttributes(stack, 'Given', { vpcId: 'vpc-1', ...attributes } as VpcAttributes);
    expectError(() => service(stack, { vpc, loadBalancing }), message);
  });

  test('can be by IPv6 too', () => {
    const template = withIpv6(LoadBalancing.internetFacing({ dualStack: true }));
    expect(balancerOf(template).IpAddressType).toBe('dualstack');
    expect(ingressOf(template)).toEqual([clients({ CidrIp: '0.0.0.0/0' }), clients({ CidrIpv6: '::/0' })]);
    expect(balancerOf(templateOf())).not.toHaveProperty('IpAddressType');
  });

  test('by IPv6 is not open to the world where it is internal', () => {
    const template = withIpv6(LoadBalancing.internal({ dualStack: true }));
    expect(ingressOf(template)).toEqual([clients({ CidrIp: expect.anything() })]);
  });

  test('can stick to a task, start slowly, and choose', () => {
    const sticky = targetGroupOf(
      templateOf({
        loadBalancing: LoadBalancing.internetFacing({
          stickiness: Duration.hours(1),
          slowStart: Duration.seconds(30),
          algorithm: TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN,
        }),
      }),
    );
    expect(sticky.TargetGroupAttributes).toEqual(
      expect.arrayContaining([
        { Key: 'stickiness.enabled', Value: 'true' },
        { Key: 'stickiness.lb_cookie.duration_seconds', Value: '3600' },
        { Key: 'slow_start.duration_seconds', Value: '30' },
        { Key: 'load_balancing.algorithm.type', Value: 'round_robin' },
      ]),
    );
    const algorithm = TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS;
    expect(targetGroupOf(templateOf({ loadBalancing: LoadBalancing.internetFacing({ algorithm }) })).TargetGroupAttributes).toContainEqual({
      Key: 'load_balancing.algorithm.type',
      Value: 'least_outstanding_requests',
    });
  });

  test.each([0, 604_801])('refuses a stickiness of %i s', (seconds) => {
    expectError(
      () => LoadBalancing.internetFacing({ stickiness: Duration.seconds(seconds) }),
      `stickiness must be a whole number of seconds from 1 to 604800, got ${seconds}`,
    );
  });

  test.each([29, 901])('refuses a slow start of %i s', (seconds) => {
    expectError(
      () => LoadBalancing.internetFacing({ slowStart: Duration.seconds(seconds) }),
      `slowStart must be a whole number of seconds from 30 to 900, got ${seconds}`,
    );
  });

  test.each([1, 604_800])('takes a stickiness of %i s', (seconds) => {
    expect(() => LoadBalancing.internetFacing({ stickiness: Duration.seconds(seconds) })).not.toThrow();
  });

  test.each([30, 900])('takes a slow start of %i s', (seconds) => {
    expect(() => LoadBalancing.internetFacing({ slowStart: Duration.seconds(seconds) })).not.toThrow();
  });

  test('sends fewer requests to a task that fails more than the others', () => {
    const { TargetGroupAttributes } = targetGroupOf(
      templateOf({ loadBalancing: LoadBalancing.internetFacing({ anomalyMitigation: true }) }),
    );
    expect(TargetGroupAttributes).toEqual(
      expect.arrayContaining([
        { Key: 'load_balancing.algorithm.type', Value: 'weighted_random' },
        { Key: 'load_balancing.algorithm.anomaly_mitigation', Value: 'on' },
      ]),
    );
  });

  test('takes anomaly mitigation and its algorithm together only', () => {
    const { ROUND_ROBIN, WEIGHTED_RANDOM } = TargetGroupLoadBalancingAlgorithmType;
    expect(() => LoadBalancing.internal({ anomalyMitigation: true, algorithm: WEIGHTED_RANDOM })).not.toThrow();
    expectError(
      () => LoadBalancing.internal({ algorithm: WEIGHTED_RANDOM }),
      'the algorithm weighted_random is of use with anomalyMitigation only; set anomalyMitigation to true, or leave algorithm out',
    );
    expectError(
      () => LoadBalancing.internal({ anomalyMitigation: true, algorithm: ROUND_ROBIN }),
      'anomalyMitigation works with the algorithm weighted_random only, got round_robin; leave algorithm out',
    );
    expectError(
      () => LoadBalancing.internal({ anomalyMitigation: true, slowStart: Duration.seconds(30) }),
      'slowStart works with the round-robin algorithm only, got weighted_random; leave one of the two out',
    );
  });

  test('refuses a slow start with another algorithm', () => {
    expectError(
      () =>
        LoadBalancing.internetFacing({
          slowStart: Duration.seconds(30),
          algorithm: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
        }),
      'slowStart works with the round-robin algorithm only, got least_outstanding_requests; leave one of the two out',
    );
  });
});
