import { Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type App, Duration, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Egress, FlaskStage, LoadBalancing } from '../../src';
import { idOf, madeBefore } from '../util/order';
import { adviceOf, service, testApp, testStack } from '../util/test-stack';
import { instanceIn, rulesFromWeb, rulesOf, setup, variablesOf } from './database-setup';

describe('every process', () => {
  function everything(connect: 'before' | 'after') {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc);
    if (connect === 'before') {
      web.connectToDatabase(database);
    }
    const worker = web.addWorker('Celery', { command: ['celery'] });
    const release = web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    const schedule = web.addScheduledTask('Nightly', { command: ['true'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
    const task = web.addTask('Report', { command: ['flask', 'report'] });
    if (connect === 'after') {
      web.connectToDatabase(database);
    }
    return { stack, web, database, worker, release, schedule, task };
  }

  test.each(['before', 'after'] as const)(
    'is told of it, is let in, and starts after it, where it is connected %s they are added',
    (when) => {
      const { stack, web, database, worker, release, schedule, task } = everything(when);
      const ofWeb = variablesOf(stack, web);
      expect(Object.keys(ofWeb)).toHaveLength(5);
      for (const process of [worker, release, schedule, task]) {
        expect(variablesOf(stack, process)).toEqual(ofWeb);
      }
      const groups = [web.service, task].map(({ connections }) => stack.resolve(connections.securityGroups[0].securityGroupId));
      const rules = rulesOf(stack);
      expect(rules.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toEqual(expect.arrayContaining(groups));
      expect(rules).toHaveLength(2);

      const template = Template.fromStack(stack);
      const ruleIds = Object.entries(template.findResources('AWS::EC2::SecurityGroupIngress'))
        .filter(([, { Properties }]) => Properties.Description === 'from a Flask app')
        .map(([id]) => id);
      for (const started of [web.service, worker.service, release.node.findChild('Run'), schedule.schedule]) {
        expect(madeBefore(template, started)).toEqual(
          expect.arrayContaining([
            idOf(database),
            idOf(database.connections.securityGroups[0]),
            expect.stringMatching(/^DatabaseSecretAttachment/),
            ...ruleIds,
          ]),
        );
      }
    },
  );

  test('both ways give the same rules and variables', () => {
    const [before, after] = (['before', 'after'] as const).map((when) => {
      const { stack, task } = everything(when);
      return [
        rulesOf(stack)
          .map((rule) => JSON.stringify(rule))
          .sort(),
        variablesOf(stack, task),
      ];
    });
    expect(after).toEqual(before);
  });
});

describe('of another stack', () => {
  /** The database and the VPC are in a stack of their own, as most are that hold data. */
  function two(app: App = testApp()) {
    const data = new Stack(app, 'Data');
    const stack = new Stack(app, 'Test');
    const vpc = new Vpc(data, 'Vpc', { restrictDefaultSecurityGroup: false });
    const database = instanceIn(data, vpc);
    const web = service(stack, { vpc });
    return { app, data, stack, vpc, database, web };
  }

  test('the rules stand in the stack of the service, so that the stacks form no circle', () => {
    const { app, data, stack, database, web } = two();
    web.addWorker('Early', { command: ['celery'] });
    web.connectToDatabase(database);
    web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    expect(() => app.synth()).not.toThrow();
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Data']);
    expect(data.dependencies).toEqual([]);
    expect(rulesOf(data)).toEqual([]);
    expect(rulesOf(stack)).toHaveLength(2);
  });

  test('a process that is added later is let in too', () => {
    const { stack, database, web } = two();
    web.connectToDatabase(database);
    const task = web.addTask('Report', { command: ['flask', 'report'] });
    expect(rulesOf(stack).map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toContainEqual(
      stack.resolve(task.connections.securityGroups[0].securityGroupId),
    );
  });

  test('all that starts by itself waits for its rule', () => {
    const { stack, database, web } = two();
    web.connectToDatabase(database);
    const worker = web.addWorker('Celery', { command: ['celery'] });
    const release = web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    const nightly = web.addScheduledTask('Nightly', { command: ['true'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
    const template = Template.fromStack(stack);
    const ruleFrom = (group: string) => expect.stringMatching(new RegExp(`^${group}DataDatabaseSecurityGroup`));
    expect(madeBefore(template, web.service)).toContainEqual(ruleFrom('WebSecurityGroup'));
    for (const process of [worker.service, release.node.findChild('Run'), nightly.schedule]) {
      expect(madeBefore(template, process)).toContainEqual(ruleFrom('WebProcessSecurityGroup'));
    }
  });

  test('two services of two stacks', () => {
    const { app, database, vpc, web } = two();
    const other = service(new Stack(app, 'Other'), { vpc }, 'Admin');
    web.connectToDatabase(database);
    other.connectToDatabase(database);
    expect(() => app.synth()).not.toThrow();
  });
});

describe('two services with one database', () => {
  function both() {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    const database = instanceIn(stack, vpc);
    const [shop, admin] = ['Shop', 'Admin'].map((id) => service(stack, { vpc }, id));
    for (const web of [shop, admin]) {
      web.connectToDatabase(database);
      web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    }
    return { stack, shop, admin };
  }

  test('are both let in', () => {
    const { stack } = both();
    expect(rulesOf(stack)).toHaveLength(4);
  });

  test('may be ordered by the user, a resource after the other', () => {
    const { stack, shop, admin } = both();
    // the construct itself holds the security group, which the database waits for
    admin.service.node.defaultChild?.node.addDependency(shop.service.node.defaultChild as IConstruct);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

test('in isolated subnets, the endpoint of Secrets Manager appears with the connection', () => {
  const stack = testStack();
  const web = service(stack, { egress: Egress.vpcEndpoints() });
  const before = web.vpc.node.tryFindChild('Secretsmanager');
  web.connectToDatabase(instanceIn(stack, web.vpc, { vpcSubnets: { subnets: web.vpc.isolatedSubnets } }));
  expect(before).toBeUndefined();
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
    ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.secretsmanager']] },
    VpcEndpointType: 'Interface',
  });
  const endpoint = web.vpc.node.findChild('Secretsmanager');
  expect(madeBefore(template, web.service)).toContain(idOf(endpoint));
});

test('in isolated subnets of a VPC of the user, the missing endpoint is told', () => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc', {
    restrictDefaultSecurityGroup: false,
    natGateways: 0,
    subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
  const web = service(stack, { vpc, egress: Egress.vpcEndpoints(), loadBalancing: LoadBalancing.none() });
  web.connectToDatabase(instanceIn(stack, vpc, { vpcSubnets: { subnets: vpc.isolatedSubnets } }));
  const advice = (endpoints: string) => ({
    path: '/Test/Web/Network',
    id: 'cdk-flask-fargate:endpointsOfGivenVpc',
    text: `the tasks run in isolated subnets of a VPC that is given, and no endpoint is made there; make sure that it has the interface endpoints ${endpoints} and a gateway endpoint for S3, or set createEndpoints of Egress.vpcEndpoints() to true`,
  });
  expect(adviceOf(stack)).toEqual([advice('ecr.api, ecr.dkr, logs'), advice('secretsmanager')]);
});

test('an ephemeral service and its database leave nothing behind', () => {
  const stack = testStack();
  const web = service(stack, { stage: FlaskStage.ephemeral() });
  web.connectToDatabase(instanceIn(stack, web.vpc, { vpcSubnets: { subnets: web.vpc.publicSubnets }, deleteAutomatedBackups: true }));
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: { [id: string]: { DeletionPolicy?: string } } };
  expect(Object.values(Resources).map(({ DeletionPolicy }) => DeletionPolicy)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/Retain|Snapshot/)]),
  );
});

test('the port of a security group of the user is not opened by it: the processes of the app are let in alone', () => {
  const { stack, web, database } = setup();
  const other = new SecurityGroup(stack, 'Other', { vpc: web.vpc });
  database.connections.allowFrom(other, Port.tcp(1));
  expect(rulesFromWeb(stack)).toHaveLength(1);
});

test('a database that is imported without security groups: advice, for nothing is opened', () => {
  const stack = testStack();
  const database = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
    instanceIdentifier: 'shop',
    instanceEndpointAddress: 'shop.example.com',
    port: 5432,
    securityGroups: [],
  });
  const secret = Secret.fromSecretCompleteArn(stack, 'Secret', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf');
  service(stack).connectToDatabase(database, { secret, databaseName: 'shop' });
  expect(adviceOf(stack)).toEqual([
    {
      path: '/Test/Web',
      id: 'cdk-flask-fargate:noSecurityGroup',
      text: 'a connected database or cache has no known security group, so no ingress rule was added for the app; give its security groups when you import it',
    },
  ]);
});

test('a database in another VPC: advice, for without a peering it cannot be reached', () => {
  const stack = testStack();
  const database = new DatabaseInstance(stack, 'Database', {
    vpc: new Vpc(stack, 'Other'),
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
    databaseName: 'shop',
  });
  service(stack).connectToDatabase(database);
  expect(adviceOf(stack)).toEqual([
    {
      path: '/Test/Web',
      id: 'cdk-flask-fargate:otherVpc',
      text: 'the database is in the VPC Test/Other, and the service in Test/FlaskNetwork/Vpc: unless the two are peered, the deployment fails; give the service the VPC of the database as vpc',
    },
  ]);
});
