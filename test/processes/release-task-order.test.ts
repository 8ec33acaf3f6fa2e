import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import { Capacity, Egress, FlaskDeployment, type FlaskReleaseTask, LoadBalancing, Tls } from '../../src';
import { idOf, madeBefore } from '../util/order';
import { only, service, testStack } from '../util/test-stack';
import { COMMAND, rightsOf, runIn, runOf, setup, TYPE } from './release-task-setup';

describe('the order', () => {
  function everything() {
    const stack = testStack();
    const web = service(stack);
    const early = web.addWorker('Early', { command: ['celery'] });
    const job = web.addTask('Job', { command: ['true'] });
    const migrate = web.addReleaseTask('Migrate', { command: COMMAND });
    const seed = web.addReleaseTask('Seed', { command: ['flask', 'seed'] });
    const index = web.addReleaseTask('Index', { command: ['flask', 'index'] });
    const late = web.addWorker('Late', { command: ['celery'] });
    const nightly = web.addScheduledTask('Nightly', { command: ['true'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
    return { stack, web, early, late, job, migrate, seed, index, nightly };
  }

  const { stack, web, early, late, job, migrate, seed, index, nightly } = everything();
  const template = Template.fromStack(stack);
  const runs = [migrate, seed, index].map((task) => idOf(runIn(task)));

  test.each([
    ['the service', web.service],
    ['a worker that was added before', early.service],
    ['a worker that is added later', late.service],
    ['a schedule', nightly.schedule],
  ])('%s changes to the new version after them', (_, process) => {
    expect(template.toJSON().Resources[idOf(process)].DependsOn).toEqual(expect.arrayContaining(runs));
  });

  test('they run in the order of their making', () => {
    const earlier = (task: FlaskReleaseTask) => madeBefore(template, runIn(task)).filter((id) => runs.includes(id));
    expect(earlier(migrate)).toEqual([]);
    expect(earlier(seed)).toEqual([runs[0]]);
    expect(earlier(index)).toEqual([runs[0], runs[1]].sort());
  });

  test('what is run by hand waits for nothing', () => {
    expect(madeBefore(template, job.taskDefinition).filter((id) => runs.includes(id))).toEqual([]);
  });

  test('they need nothing that is made after them', () => {
    const after = [web.service, early.service, late.service, nightly.schedule].map(idOf);
    expect(madeBefore(template, runIn(index)).filter((id) => after.includes(id))).toEqual([]);
  });

  test('one provider runs all, and may run these definitions alone', () => {
    template.resourceCountIs('AWS::Lambda::Function', 5);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    const resources = rightsOf(template, web)
      .filter(({ Action }) => Action === 'ecs:RunTask')
      .map(({ Resource }) => (Resource as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].at(-1));
    const families = [migrate, seed, index].map(({ taskDefinition }) => `:task-definition/${taskDefinition.family}:*`);
    expect([...resources].sort()).toEqual(families.sort());
  });

  test('a task starts when it is let in, can pull its image, and may do what the app may', () => {
    const { stack: other, web: app, migrate: task } = setup();
    new Bucket(other, 'Bucket').grantRead(app);
    const before = madeBefore(Template.fromStack(other), runIn(task));
    expect(before).toEqual(
      expect.arrayContaining([
        idOf(app.taskRole.node.findChild('DefaultPolicy')),
        idOf(app.executionRole.node.findChild('DefaultPolicy')),
        idOf(task.connections.securityGroups[0]),
        expect.stringMatching(/PrivateSubnet1DefaultRoute|TasksSubnet1DefaultRoute/),
        expect.stringMatching(/TasksSubnet2DefaultRoute/),
        expect.stringMatching(/TasksSubnet2RouteTableAssociation/),
        expect.stringMatching(/^FlaskReleaseTasksRoleDefaultPolicy/),
        idOf(app.node.findChild('ReleaseTasks')),
      ]),
    );
  });

  test('a task starts when it can mount the file systems of the app', () => {
    const { stack: other, web: app, migrate: task } = setup();
    const worker = app.addWorker('Celery', { command: ['celery'] });
    const fileSystem = new FileSystem(other, 'Media', { vpc: app.vpc });
    app.addFileSystem('media', { fileSystem, containerPath: '/mnt/media' });
    const made = Template.fromStack(other);
    const targets = Object.keys(made.findResources('AWS::EFS::MountTarget'));
    const rules = Object.keys(made.findResources('AWS::EC2::SecurityGroupIngress')).filter((id) => id.startsWith('MediaEfsSecurityGroup'));
    expect([targets.length, rules.length]).toEqual([2, 2]);
    for (const process of [runIn(task), app.service, worker.service]) {
      expect(madeBefore(made, process)).toEqual(expect.arrayContaining([...targets, ...rules]));
    }
  });

  test('on a cluster of the user, tasks on Spot start after its capacity providers, and so they end before them', () => {
    const other = testStack();
    const vpc = new Vpc(other, 'Vpc', { restrictDefaultSecurityGroup: false });
    const app = service(other, { cluster: new Cluster(other, 'Cluster', { vpc }) });
    const task = app.addReleaseTask('Migrate', { command: COMMAND });
    const worker = app.addWorker('Celery', { command: ['celery'], capacity: Capacity.spot({ onDemandBase: 0 }) });
    const made = Template.fromStack(other);
    const association = only(made, 'AWS::ECS::ClusterCapacityProviderAssociations').id;
    for (const process of [worker.service, app.service, runIn(task)]) {
      expect(madeBefore(made, process)).toContain(association);
    }
  });

  test('a deployment that shifts traffic waits for it too', () => {
    const loadBalancing = LoadBalancing.internetFacing({ tls: Tls.disabled() });
    const { stack: other, web: app, migrate: task } = setup({}, { deployment: FlaskDeployment.blueGreen(), loadBalancing });
    expect(madeBefore(Template.fromStack(other), app.service)).toContain(idOf(runIn(task)));
  });

  test('without release tasks there is nothing of it', () => {
    const other = testStack();
    service(other).addWorker('Celery', { command: ['celery'] });
    Template.fromStack(other).resourceCountIs('AWS::Lambda::Function', 0);
    Template.fromStack(other).resourceCountIs(TYPE, 0);
  });
});

describe('where it runs', () => {
  test.each([
    ['private', Egress.natGateways(), 'privateSubnets', 'DISABLED'],
    ['public', Egress.publicIps(), 'publicSubnets', 'ENABLED'],
    ['private, where there is no way out,', Egress.vpcEndpoints(), 'privateSubnets', 'DISABLED'],
  ] as const)('in the %s subnets of the service', (_, egress, subnets, assignPublicIp) => {
    const { stack, web } = setup({}, { egress });
    expect(runOf(stack).Properties).toMatchObject({
      Subnets: stack.resolve(web.vpc[subnets].map(({ subnetId }) => subnetId)),
      AssignPublicIp: assignPublicIp,
    });
  });

  test('in a VPC and a cluster that are imported, without a load balancer', () => {
    const stack = testStack({ env: { account: '123456789012', region: 'eu-west-1' } });
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
      privateSubnetRouteTableIds: ['rtb-1', 'rtb-2'],
    });
    const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
    const { web } = setup({}, { cluster, loadBalancing: LoadBalancing.none() }, stack);
    expect(runOf(stack).Properties).toMatchObject({
      Cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shared',
      Subnets: ['subnet-1', 'subnet-2'],
    });
    expect(rightsOf(Template.fromStack(stack), web)).toContainEqual(
      expect.objectContaining({
        Action: ['ecs:DescribeTasks', 'ecs:StopTask'],
        Resource: 'arn:aws:ecs:eu-west-1:123456789012:task/shared/*',
        Condition: { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:eu-west-1:123456789012:cluster/shared' } },
      }),
    );
  });

  test('on Fargate also where the service is on Spot: a migration must not be taken away', () => {
    const { stack } = setup({}, { capacity: Capacity.spot({ onDemandBase: 0 }) });
    const run = JSON.stringify(runOf(stack).Properties);
    expect(run).not.toMatch(/SPOT|CapacityProvider/);
  });

  test('a size that is known at deployment only', () => {
    const stack = testStack();
    const cpu = new CfnParameter(stack, 'Cpu', { type: 'Number' }).valueAsNumber;
    const { migrate } = setup({}, { cpu }, stack);
    const { Properties } = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')[idOf(migrate.taskDefinition)];
    expect(Properties.Cpu).toEqual({ Ref: 'Cpu' });
  });
});
