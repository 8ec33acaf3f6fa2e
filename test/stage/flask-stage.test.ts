import { Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Egress, type FlaskFargateServiceProps, FlaskStage, LoadBalancing, TaskScaling } from '../../src';
import { containerOf, fullService, only, templateOf, testStack } from '../util/test-stack';

/** What a stage decides on, as it is in the template. */
function decisions(template: Template) {
  const service = only(template, 'AWS::ECS::Service').Properties;
  const { AssignPublicIp } = (service.NetworkConfiguration as { AwsvpcConfiguration: { AssignPublicIp: string } }).AwsvpcConfiguration;
  const { Cpu, Memory } = only(template, 'AWS::ECS::TaskDefinition').Properties;
  const logs = only(template, 'AWS::Logs::LogGroup', /^WebLogs/);
  const attributes = only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.LoadBalancerAttributes as {
    Key: string;
    Value: string;
  }[];
  const [scaling] = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalableTarget'));
  return {
    natGateways: Object.keys(template.findResources('AWS::EC2::NatGateway')).length,
    publicIp: AssignPublicIp,
    size: [Cpu, Memory],
    tasks: scaling ? [scaling.Properties.MinCapacity, scaling.Properties.MaxCapacity] : service.DesiredCount,
    logs: [(logs.Properties as { RetentionInDays: number }).RetentionInDays, logs.DeletionPolicy],
    protected: attributes.find(({ Key }) => Key === 'deletion_protection.enabled')?.Value,
    alarms: Object.keys(template.findResources('AWS::CloudWatch::Alarm')).length > 0,
    dashboard: Object.keys(template.findResources('AWS::CloudWatch::Dashboard')).length,
    accessLogs: attributes.find(({ Key }) => Key === 'access_logs.s3.enabled')?.Value ?? 'false',
    flowLogs: Object.keys(template.findResources('AWS::EC2::FlowLog')).length,
    insights: (only(template, 'AWS::ECS::Cluster').Properties.ClusterSettings as { Value: string }[])[0].Value,
  };
}

/** In a stack that knows its region: access logs need it. */
function templateIn(props: Partial<FlaskFargateServiceProps> = {}): Template {
  const stack = testStack({ env: { account: '123456789012', region: 'eu-central-1' } });
  fullService(stack, props);
  return Template.fromStack(stack);
}

const PRODUCTION = {
  natGateways: 2,
  publicIp: 'DISABLED',
  size: ['512', '1024'],
  tasks: [2, 10],
  logs: [30, 'Retain'],
  protected: 'true',
  insights: 'enabled',
  alarms: true,
  dashboard: 1,
  accessLogs: 'true',
  flowLogs: 1,
};

const DEVELOPMENT = {
  natGateways: 0,
  publicIp: 'ENABLED',
  size: ['256', '512'],
  tasks: 1,
  logs: [7, 'Delete'],
  protected: 'false',
  insights: 'disabled',
  alarms: false,
  dashboard: 0,
  accessLogs: 'false',
  flowLogs: 0,
};

test('production is the default', () => {
  expect(decisions(templateIn())).toEqual(PRODUCTION);
  expect(decisions(templateIn({ stage: FlaskStage.production() }))).toEqual(PRODUCTION);
});

test('development is small, and gone when it is destroyed', () => {
  expect(decisions(templateIn({ stage: FlaskStage.development() }))).toEqual(DEVELOPMENT);
});

test('ephemeral is as development, and keeps the log for a day', () => {
  expect(decisions(templateIn({ stage: FlaskStage.ephemeral() }))).toEqual({ ...DEVELOPMENT, logs: [1, 'Delete'] });
});

test('nothing is retained in ephemeral', () => {
  const resources = Object.values<{ DeletionPolicy?: string }>(templateIn({ stage: FlaskStage.ephemeral() }).toJSON().Resources);
  expect(resources.filter(({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete')).toEqual([]);
});

test.each([
  ['production', FlaskStage.production()],
  ['development', FlaskStage.development()],
  ['ephemeral', FlaskStage.ephemeral()],
])('what is given wins over %s', (_, stage) => {
  const props: Partial<FlaskFargateServiceProps> = {
    stage,
    egress: Egress.natGateways(1),
    cpu: 1024,
    memoryLimitMiB: 2048,
    scaling: TaskScaling.fixed(3),
    logging: { retention: RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN },
    loadBalancing: LoadBalancing.internetFacing({ deletionProtection: true, accessLogs: true }),
    monitoring: { alarms: { enabled: true }, dashboard: true },
    hardening: { flowLogs: true },
  };
  expect(decisions(templateIn(props))).toMatchObject({
    natGateways: 1,
    publicIp: 'DISABLED',
    size: ['1024', '2048'],
    tasks: 3,
    logs: [365, 'Retain'],
    protected: 'true',
    alarms: true,
    dashboard: 1,
    accessLogs: 'true',
    flowLogs: 1,
  });
});

test('what production has on can be off', () => {
  const props: Partial<FlaskFargateServiceProps> = {
    loadBalancing: LoadBalancing.internetFacing({ deletionProtection: false, accessLogs: false }),
    monitoring: { alarms: { enabled: false }, dashboard: false },
    hardening: { flowLogs: false },
  };
  expect(decisions(templateIn(props))).toMatchObject({ protected: 'false', alarms: false, dashboard: 0, accessLogs: 'false', flowLogs: 0 });
});

test('what makes the app run is the same in every stage', () => {
  const [first, ...others] = [FlaskStage.production(), FlaskStage.development(), FlaskStage.ephemeral()].map((stage) =>
    // the size is what the workers follow from
    containerOf(templateOf({ stage, cpu: 512, memoryLimitMiB: 1024 })),
  );
  for (const other of others) {
    expect(other).toEqual(first);
  }
});

test('a stage of a team is the nearest one and what differs', () => {
  const staging = FlaskStage.production({ scaling: TaskScaling.fixed(1), deletionProtection: false, dashboard: false });
  expect(decisions(templateIn({ stage: staging }))).toEqual({ ...PRODUCTION, tasks: 1, protected: 'false', dashboard: 0 });
  const shared = FlaskStage.development({ egress: Egress.natGateways(1), alarms: true, logRetention: RetentionDays.ONE_MONTH });
  expect(decisions(templateIn({ stage: shared }))).toEqual({
    ...DEVELOPMENT,
    natGateways: 1,
    publicIp: 'DISABLED',
    alarms: true,
    logs: [30, 'Delete'],
  });
  const preview = FlaskStage.ephemeral({ cpu: 1024, memoryLimitMiB: 2048 });
  expect(decisions(templateIn({ stage: preview }))).toEqual({ ...DEVELOPMENT, size: ['1024', '2048'], logs: [1, 'Delete'] });
});

test('an option that a language hands over as undefined is that of the stage', () => {
  expect(FlaskStage.ephemeral({ logRetention: undefined, cpu: undefined })._render()).toEqual(FlaskStage.ephemeral()._render());
});

test.each([
  [{ cpu: 1024 }, ['1024', '2048']],
  [{ memoryLimitMiB: 512 }, ['256', '512']],
  [{ memoryLimitMiB: 8192 }, ['4096', '8192']],
  [{ cpu: 256, memoryLimitMiB: 2048 }, ['256', '2048']],
])('half a size of a stage is completed as that of a service: %j', (options, size) => {
  expect(decisions(templateIn({ stage: FlaskStage.production(options) })).size).toEqual(size);
  expect(decisions(templateIn(options)).size).toEqual(size);
});

test('a size of a stage that Fargate does not support is refused at the line of the stage', () => {
  expect(() => FlaskStage.production({ cpu: 512, memoryLimitMiB: 512 })).toThrow(
    new Error('memoryLimitMiB must be one that Fargate supports with cpu 512, got 512; use 1024, 2048, 3072 or 4096, or another cpu'),
  );
});

test('the events of the tasks are an option of their own', () => {
  const kept = (stage: FlaskStage) =>
    Object.keys(templateIn({ stage }).findResources('AWS::Logs::LogGroup')).some((id) => /ServiceEvents/.test(id));
  expect(kept(FlaskStage.production({ alarms: false }))).toBe(true);
  expect(kept(FlaskStage.production({ serviceEvents: false }))).toBe(false);
  expect(kept(FlaskStage.development({ alarms: true }))).toBe(false);
  expect(kept(FlaskStage.development({ serviceEvents: true }))).toBe(true);
});
