import { Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { Capacity, type FlaskWorkerOptions, WorkerScaling } from '../../src';
import { expectError, service, statementsOf, testStack } from '../util/test-stack';

function setup(options: Partial<FlaskWorkerOptions> = {}, props: Parameters<typeof service>[1] = {}) {
  const stack = testStack();
  const web = service(stack, props);
  const worker = web.addWorker('Celery', { command: ['celery', '-A', 'app.celery', 'worker'], ...options });
  return { stack, web, worker };
}

const serviceOf = (template: Template) =>
  Object.entries(template.findResources('AWS::ECS::Service')).find(([id]) => /Celery/.test(id))?.[1];
const containerOf = (template: Template) =>
  Object.entries(template.findResources('AWS::ECS::TaskDefinition')).find(([id]) => /Celery/.test(id))?.[1].Properties
    .ContainerDefinitions[0];

test('is a service of the same image, environment, roles, log and hardening, with another command and no way in', () => {
  const { stack, web } = setup({}, { environment: { MODE: 'shop' } });
  const template = Template.fromStack(stack);
  expect(containerOf(template)).toMatchObject({
    Command: ['celery', '-A', 'app.celery', 'worker'],
    Environment: expect.arrayContaining([{ Name: 'MODE', Value: 'shop' }]),
    ReadonlyRootFilesystem: true,
    StopTimeout: 120,
    LogConfiguration: { Options: { 'awslogs-group': stack.resolve(web.logGroup.logGroupName), 'awslogs-stream-prefix': 'celery' } },
  });
  expect(containerOf(template)).not.toHaveProperty('PortMappings');
  expect(containerOf(template)).not.toHaveProperty('HealthCheck');
  expect(serviceOf(template)?.Properties).toMatchObject({
    DesiredCount: 1,
    CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
    DeploymentConfiguration: {
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    },
  });
  // newer versions of the CDK write an empty list
  expect(serviceOf(template)?.Properties.LoadBalancers ?? []).toEqual([]);
  const [group] = Object.values(
    template.findResources('AWS::EC2::SecurityGroup', {
      Properties: { GroupDescription: 'processes of the Flask app that nothing connects to' },
    }),
  );
  expect(group.Properties).not.toHaveProperty('SecurityGroupIngress');
});

test('starts when its image can be pulled', () => {
  const { stack } = setup();
  expect(serviceOf(Template.fromStack(stack))?.DependsOn).toEqual(
    expect.arrayContaining([expect.stringMatching(/ExecutionRoleDefaultPolicy/), expect.stringMatching(/DefaultRoute/)]),
  );
});

test('takes a stop timeout, a size and variables of its own', () => {
  const { stack } = setup({ stopTimeout: Duration.seconds(60), cpu: 1024, memoryLimitMiB: 2048, environment: { QUEUE: 'mail' } });
  const template = Template.fromStack(stack);
  expect(containerOf(template)).toMatchObject({ StopTimeout: 60, Environment: expect.arrayContaining([{ Name: 'QUEUE', Value: 'mail' }]) });
});

test('has no health check of the container but the one that is given', () => {
  expect(containerOf(Template.fromStack(setup().stack))).not.toHaveProperty('HealthCheck');
  const { stack } = setup({ healthCheck: { command: ['CMD', 'test', '-e', '/tmp/alive'], startPeriod: Duration.minutes(2) } });
  expect(containerOf(Template.fromStack(stack))).toMatchObject({
    HealthCheck: { Command: ['CMD', 'test', '-e', '/tmp/alive'], StartPeriod: 120 },
  });
});

test('a singleton is stopped before the next one starts, also during a deployment', () => {
  const { stack } = setup({ singleton: true });
  expect(serviceOf(Template.fromStack(stack))?.Properties).toMatchObject({
    DesiredCount: 1,
    AvailabilityZoneRebalancing: 'DISABLED',
    DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
  });
});

test('Spot makes the cluster of the service offer it', () => {
  const { stack } = setup({ capacity: Capacity.spot({ onDemandBase: 0 }) });
  const template = Template.fromStack(stack);
  expect(serviceOf(template)?.Properties).toMatchObject({ CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] });
  template.hasResourceProperties('AWS::ECS::Cluster', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
});

test('is let in where the service is, and has its identity', () => {
  const { stack, web, worker } = setup();
  const database = new SecurityGroup(stack, 'Database', { vpc: web.vpc });
  database.connections.allowFrom(web, Port.tcp(5432));
  new Bucket(stack, 'Bucket').grantRead(worker);
  const ingress = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')).filter(
    ({ Properties }) => Properties.FromPort === 5432,
  );
  expect(ingress).toHaveLength(2);
  expect(worker.grantPrincipal).toBe(web.grantPrincipal);
});

test.each([
  [
    { command: [] },
    "the command of a worker must have at least one word, got an empty list; for example ['celery', '-A', 'app.celery', 'worker']",
  ],
  [
    { stopTimeout: Duration.seconds(1) },
    'stopTimeout of a worker must be a whole number of seconds from 2 to 120, got 1; the maximum is a limit of Fargate',
  ],
  [
    { stopTimeout: Duration.seconds(121) },
    'stopTimeout of a worker must be a whole number of seconds from 2 to 120, got 121; the maximum is a limit of Fargate',
  ],
  [
    { singleton: true, scaling: WorkerScaling.fixed(2) },
    'a singleton has one task at most, got a scaling that allows more; leave scaling out',
  ],
  [
    { singleton: true, scaling: WorkerScaling.onCpu({ min: 1, max: 2 }) },
    'a singleton has one task at most, got a scaling that allows more; leave scaling out',
  ],
  [
    { singleton: true, capacity: Capacity.spot() },
    'a singleton on Spot is missing whenever AWS reclaims its capacity; use Capacity.onDemand()',
  ],
])('refuses %p', (options, message) => {
  expectError(() => setup(options), message);
});

test('a singleton may be stopped', () => {
  expect(() => setup({ singleton: true, scaling: WorkerScaling.fixed(0) })).not.toThrow();
});

test('a command is a list of words', () => {
  expectError(
    () => setup({ command: ['celery -A app worker'] }),
    'the command of a worker must have one word per entry, got \'celery -A app worker\'; give ["celery","-A","app","worker"]',
  );
});

describe('task protection', () => {
  const statements = (taskProtection?: boolean) => {
    const { stack, web } = setup({ taskProtection });
    return {
      stack,
      web,
      found: statementsOf(Template.fromStack(stack), web.taskRole).filter(({ Action }) => `${Action}`.includes('Protection')),
    };
  };

  test('lets the app protect the tasks of its cluster, and no others', () => {
    const { stack, web, found } = statements(true);
    expect(found).toEqual([
      {
        Action: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
        Effect: 'Allow',
        Resource: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':ecs:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':task/',
              stack.resolve(web.cluster.clusterName),
              '/*',
            ],
          ],
        },
      },
    ]);
  });

  test('is granted nowhere else', () => {
    expect(statements().found).toEqual([]);
    expect(statements(false).found).toEqual([]);
  });
});

test('the scaling is handed out, for policies of your own', () => {
  const scaling = WorkerScaling.onCpu({ min: 1, max: 2 });
  expect(setup({ scaling }).worker.scalableTaskCount).toBeDefined();
  expect(setup().worker.scalableTaskCount).toBeUndefined();
});
