import { Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration } from 'aws-cdk-lib/core';
import { FlaskFargateService, FlaskReleaseTask, FlaskScheduledTask, FlaskTask, FlaskWorker, type IFlaskService } from '../../src';
import { anImage, expectError, service, testStack } from '../util/test-stack';

const command = ['true'];

describe('a service of another class is refused, and told why', () => {
  class Foreign {
    public constructor(web: FlaskFargateService) {
      Object.assign(this, { node: web.node, cluster: web.cluster, taskDefinition: web.taskDefinition, logGroup: web.logGroup });
    }
  }
  const message =
    'service must be a FlaskFargateService, got Foreign; neither another implementation of IFlaskService nor a service from a second copy of this library has processes; install cdk-flask-fargate once';
  const stack = testStack();
  const foreign = new Foreign(service(stack)) as unknown as IFlaskService;

  test.each([
    ['a task', (id: string) => new FlaskTask(stack, id, { service: foreign, command })],
    ['a release task', (id: string) => new FlaskReleaseTask(stack, id, { service: foreign, command })],
    ['a worker', (id: string) => new FlaskWorker(stack, id, { service: foreign, command })],
    [
      'a schedule',
      (id: string) => new FlaskScheduledTask(stack, id, { service: foreign, command, schedule: ScheduleExpression.rate(Duration.days(1)) }),
    ],
  ])('by %s', (name, make) => {
    expectError(() => make(name.replace(/\W/g, '')), message);
  });
});

test('a subclass of the service hosts processes as it does', () => {
  class Shop extends FlaskFargateService {}
  const stack = testStack();
  const shop = new Shop(stack, 'Shop', { image: anImage() });
  expect(new FlaskTask(stack, 'Report', { service: shop, command }).grantPrincipal).toBe(shop.grantPrincipal);
});

describe('connections', () => {
  /** From whom to whom, at which port, by the ids of the security groups. */
  const rulesOf = (stack: ReturnType<typeof testStack>, port: number) =>
    Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'))
      .filter(({ Properties }) => Properties.FromPort === port)
      .map(({ Properties }) => [Properties.SourceSecurityGroupId, Properties.GroupId].map((id) => id['Fn::GetAtt'][0].replace(/.{8}$/, '')))
      .sort();

  test('to the app reach the web process alone: its workers listen to nobody', () => {
    const stack = testStack();
    const shop = service(stack, {}, 'Shop');
    const orders = service(stack, { vpc: shop.vpc, port: 5000 }, 'Orders');
    orders.addWorker('Celery', { command });
    orders.connections.allowDefaultPortFrom(shop);
    orders.addTask('Report', { command });
    expect(rulesOf(stack, 5000).filter(([source]) => !/FrontEnd/.test(source))).toEqual([
      ['ShopProcessSecurityGroup', 'OrdersSecurityGroup'],
      ['ShopSecurityGroup', 'OrdersSecurityGroup'],
    ]);
  });

  test('from the app come from all processes, those that are added later too', () => {
    const stack = testStack();
    const web = service(stack);
    const database = new SecurityGroup(stack, 'Database', { vpc: web.vpc });
    database.connections.allowFrom(web, Port.tcp(5432));
    web.addWorker('Celery', { command });
    expect(rulesOf(stack, 5432)).toEqual([
      ['WebProcessSecurityGroup', 'Database'],
      ['WebSecurityGroup', 'Database'],
    ]);
  });

  test('from one process leave the web process out', () => {
    const stack = testStack();
    const web = service(stack);
    const database = new SecurityGroup(stack, 'Database', { vpc: web.vpc });
    database.connections.allowFrom(web.addWorker('Celery', { command }), Port.tcp(5432));
    expect(rulesOf(stack, 5432)).toEqual([['WebProcessSecurityGroup', 'Database']]);
  });
});

describe('every process', () => {
  const stack = testStack();
  const web = service(stack);
  const processes = {
    task: web.addTask('Report', { command }),
    release: web.addReleaseTask('Migrate', { command }),
    worker: web.addWorker('Celery', { command }),
    schedule: web.addScheduledTask('Nightly', { command, schedule: ScheduleExpression.rate(Duration.days(1)) }),
  };

  test.each(Object.entries(processes))('is grantable and connectable, and shows its container: %s', (_, process) => {
    expect(process.grantPrincipal).toBe(web.grantPrincipal);
    expect(process.connections.securityGroups).toHaveLength(1);
    expect(process.container).toBe(process.taskDefinition.defaultContainer);
    expect(process.container.containerName).toBe('flask-app');
  });

  test.each(Object.values(processes))('has its id in the path once: $node.id', ({ node, taskDefinition }) => {
    expect(taskDefinition.node.path).toBe(`${node.path}/Definition`);
  });
});
