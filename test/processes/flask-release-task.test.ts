import * as fs from 'node:fs';
import * as path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { type LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnParameter, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib/core';
import { type FlaskFargateServiceProps, FlaskReleaseTask, type FlaskReleaseTaskOptions, FlaskStage } from '../../src';
import { idOf, madeBefore } from '../util/order';
import { environmentOf, expectError, service, statementsOf, testStack } from '../util/test-stack';
import { COMMAND, rightsOf, runIn, runOf, setup, TYPE } from './release-task-setup';

const propertiesOf = (options: Partial<FlaskReleaseTaskOptions> = {}, props: Partial<FlaskFargateServiceProps> = {}) =>
  runOf(setup(options, props).stack).Properties;

describe('by default', () => {
  const { stack, web, migrate } = setup();
  const template = Template.fromStack(stack);
  const resolved = (value: unknown) => stack.resolve(value);

  test('the new version runs once where the service runs, with its image, before CloudFormation goes on', () => {
    const run = runOf(stack);
    expect(run.id).toBe(idOf(runIn(migrate)));
    expect(run.Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^FlaskReleaseTasksProviderframeworkonEvent/), 'Arn'] },
      ServiceTimeout: '1200',
      Name: 'Test/Web/Migrate',
      Role: { 'Fn::GetAtt': [idOf(web.node.findChild('ReleaseTasks')), 'Arn'] },
      Cluster: resolved(web.cluster.clusterArn),
      TaskDefinition: resolved(migrate.taskDefinition.taskDefinitionArn),
      ServiceTaskDefinition: resolved(web.taskDefinition.taskDefinitionArn),
      Container: 'flask-app',
      Subnets: resolved(web.vpc.privateSubnets.map(({ subnetId }) => subnetId)),
      SecurityGroups: resolved(migrate.connections.securityGroups.map(({ securityGroupId }) => securityGroupId)),
      AssignPublicIp: 'DISABLED',
      LogGroup: resolved(web.logGroup.logGroupName),
      LogStreamPrefix: 'migrate',
      TimeoutSeconds: '900',
    });
  });

  test('the task is one of the service, with another command', () => {
    const [web_, task] = [web, migrate].map(
      ({ taskDefinition }) => template.findResources('AWS::ECS::TaskDefinition')[idOf(taskDefinition)].Properties,
    );
    expect(task.ContainerDefinitions).toHaveLength(1);
    const [container] = task.ContainerDefinitions;
    expect(container).toMatchObject({
      Command: COMMAND,
      Image: web_.ContainerDefinitions[0].Image,
      Environment: web_.ContainerDefinitions[0].Environment,
      ReadonlyRootFilesystem: true,
    });
    expect(container).not.toHaveProperty('PortMappings');
    // the handler looks for the last lines there
    expect(container.LogConfiguration.Options).toMatchObject({
      'awslogs-stream-prefix': runOf(stack).Properties.LogStreamPrefix,
      'awslogs-group': runOf(stack).Properties.LogGroup,
    });
    expect(container.Name).toBe(runOf(stack).Properties.Container);
    expect([task.Cpu, task.Memory]).toEqual([web_.Cpu, web_.Memory]);
  });

  test('is a task, which can be run by hand', () => {
    expect(migrate.runTaskCommand).toContain('aws ecs run-task');
    expect(migrate.container).toBe(migrate.taskDefinition.defaultContainer);
    expect(migrate.grantPrincipal).toBe(web.grantPrincipal);
    expect(web.connections.securityGroups).not.toEqual(expect.arrayContaining(migrate.connections.securityGroups));
  });

  test('two functions of ours run it, by the code that the build has bundled', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties);
    expect(functions.filter(({ Handler }) => Handler.startsWith('index.'))).toEqual([
      expect.objectContaining({ Handler: 'index.onEvent', Timeout: 120, Runtime: expect.stringMatching(/^nodejs/) }),
      expect.objectContaining({ Handler: 'index.isComplete', Timeout: 120, Runtime: expect.stringMatching(/^nodejs/) }),
    ]);
    const bundle = fs.readFileSync(path.join(__dirname, '../../assets/processes/release-task.handler/index.js'), 'utf-8');
    const exported = [...bundle.matchAll(/^ {2}(\w+): \(\) => \1/gm)].map(([, name]) => name);
    expect(exported).toEqual(expect.arrayContaining(['onEvent', 'isComplete']));
    // the runtime has the SDK, and nothing else is there
    const required = [...bundle.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    expect(new Set(required)).toEqual(
      new Set([
        '@aws-sdk/client-cloudformation',
        '@aws-sdk/client-cloudwatch-logs',
        '@aws-sdk/client-ecs',
        '@aws-sdk/client-sts',
        'node:util',
      ]),
    );
  });

  test('the role of the service runs its release tasks, and nothing else', () => {
    const inCluster = { ArnEquals: { 'ecs:cluster': resolved(web.cluster.clusterArn) } };
    const arn = (resource: unknown[]) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ...resource]],
    });
    const tasks = arn([':task/', resolved(web.cluster.clusterName), '/*']);
    expect(rightsOf(template, web)).toEqual([
      { Effect: 'Allow', Action: 'ecs:ListTasks', Resource: '*', Condition: inCluster },
      { Effect: 'Allow', Action: ['ecs:DescribeTasks', 'ecs:StopTask'], Resource: tasks, Condition: inCluster },
      { Effect: 'Allow', Action: 'logs:GetLogEvents', Resource: resolved(web.logGroup.logGroupArn) },
      ...[web.taskRole, web.executionRole].map(({ roleArn }) => ({
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: resolved(roleArn),
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      })),
      {
        Effect: 'Allow',
        Action: 'ecs:RunTask',
        Resource: arn([`:task-definition/${migrate.taskDefinition.family}:*`]),
        Condition: inCluster,
      },
    ]);
  });

  test('the functions of the stack take the roles of its services, and may do little else', () => {
    const path = ['/flask-release-tasks/', { Ref: 'AWS::StackName' }, '/'];
    const { AssumeRolePolicyDocument, Path } =
      template.findResources('AWS::IAM::Role')[idOf(web.node.findChild('ReleaseTasks'))].Properties;
    expect(Path).toEqual({ 'Fn::Join': ['', path] });
    const provider = stack.node.findChild('FlaskReleaseTasks');
    const role = provider.node.findChild('Role') as Role;
    expect(AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: resolved(role.roleArn) } },
    ]);
    expect(statementsOf(template, role)).toEqual([
      {
        Effect: 'Allow',
        // lines into the log group that is there: one that they made themselves would outlive the stack
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: resolved((provider.node.findChild('Logs') as LogGroup).logGroupArn),
      },
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':role/flask-release-tasks/', path[1], '/*'],
          ],
        },
      },
      // whether a definition of another family is that of a rollback
      { Effect: 'Allow', Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } },
    ]);
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('none of the roles may do anything on everything, but list the tasks of the cluster', () => {
    const statements = Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([id]) => id.startsWith('FlaskReleaseTasks'))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .concat(rightsOf(template, web));
    expect(statements.length).toBeGreaterThan(8);
    const everywhere = statements.filter(({ Resource }) => [Resource].flat().includes('*'));
    expect(everywhere.map(({ Action }) => Action)).toEqual(['ecs:ListTasks']);
    expect(statements.flatMap(({ Action }) => Action).filter((action: string) => action.includes('*'))).toEqual([]);
  });

  test('a deletion of the stack reaches it, and stops what runs', () => {
    expect(runOf(stack)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });
});

test('takes every option', () => {
  const stack = testStack();
  const secret = new Secret(stack, 'Secret');
  const { migrate } = setup(
    {
      command: ['python', 'manage.py'],
      cpu: 2048,
      memoryLimitMiB: 8192,
      environment: { B: '2', A: '1' },
      secrets: { OWNER: EcsSecret.fromSecretsManager(secret) },
      timeout: Duration.minutes(40),
    },
    {},
    stack,
  );
  const { Properties } = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')[idOf(migrate.taskDefinition)];
  expect(Properties).toMatchObject({
    Cpu: '2048',
    Memory: '8192',
    ContainerDefinitions: [{ Command: ['python', 'manage.py'], Secrets: [{ Name: 'OWNER', ValueFrom: stack.resolve(secret.secretArn) }] }],
  });
  expect(environmentOf(Properties.ContainerDefinitions[0])).toMatchObject({ A: '1', B: '2' });
  expect(runOf(stack).Properties).toMatchObject({ TimeoutSeconds: '2400', ServiceTimeout: '2700' });
});

describe('the logs of the functions', () => {
  const logGroups = (template: Template) =>
    Object.entries(template.findResources('AWS::Logs::LogGroup')).map(([id, { Properties, DeletionPolicy }]) => ({
      id,
      retention: Properties.RetentionInDays,
      DeletionPolicy,
    }));

  test.each([
    ['production', FlaskStage.production(), 30, 'Retain'],
    ['development', FlaskStage.development(), 7, 'Delete'],
    ['ephemeral', FlaskStage.ephemeral(), 1, 'Delete'],
  ] as const)('are kept as those of the service, all five: %s', (_, stage, retention, DeletionPolicy) => {
    const template = Template.fromStack(setup({}, { stage }).stack);
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(functions).toHaveLength(5);
    const used = new Set(functions.map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref));
    expect(used.size).toBe(1);
    expect(logGroups(template).filter(({ id }) => used.has(id))).toEqual([{ id: [...used][0], retention, DeletionPolicy }]);
  });

  test('are kept as the user has said for the service', () => {
    const { stack } = setup({}, { logging: { retention: RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY } });
    expect(logGroups(Template.fromStack(stack)).filter(({ id }) => /ReleaseTasks/.test(id))).toEqual([
      { id: expect.any(String), retention: 365, DeletionPolicy: 'Delete' },
    ]);
  });
});

test('an ephemeral service with release tasks leaves nothing behind', () => {
  const { stack, web } = setup({}, { stage: FlaskStage.ephemeral() });
  web.addReleaseTask('Seed', { command: ['flask', 'seed'] });
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: { [id: string]: { [key: string]: unknown } } };
  const kept = Object.entries(Resources).filter(([, { DeletionPolicy, UpdateReplacePolicy }]) =>
    [DeletionPolicy, UpdateReplacePolicy].some((policy) => policy !== undefined && policy !== 'Delete'),
  );
  expect(kept).toEqual([]);
  const forever = Object.values(Resources).filter(
    ({ Type, Properties }) => Type === 'AWS::Logs::LogGroup' && !(Properties as { RetentionInDays?: number }).RetentionInDays,
  );
  expect(forever).toEqual([]);
});

describe('as a construct of its own', () => {
  test('stands where the user puts it', () => {
    const stack = testStack();
    const web = service(stack);
    const task = new FlaskReleaseTask(stack, 'Migrate', { service: web, command: COMMAND });
    web.addReleaseTask('Migrate', { command: COMMAND });
    const template = Template.fromStack(stack);
    const runs = template.findResources(TYPE);
    expect(
      Object.values(runs)
        .map(({ Properties }) => [Properties.Name, Properties.LogStreamPrefix])
        .sort(),
    ).toEqual([
      ['Test/Migrate', 'migrate'],
      ['Test/Web/Migrate', 'migrate'],
    ]);
    expect(madeBefore(template, web.service)).toEqual(expect.arrayContaining([idOf(runIn(task)), ...Object.keys(runs)]));
    // what runs the release tasks of a service is there once, wherever they are
    template.resourceCountIs('AWS::Lambda::Function', 5);
  });

  test('two services have their own', () => {
    const stack = testStack();
    const [shop, admin] = ['Shop', 'Admin'].map((id) => service(stack, {}, id));
    const [ofShop, ofAdmin] = [shop, admin].map((web) => idOf(runIn(web.addReleaseTask('Migrate', { command: COMMAND }))));
    const template = Template.fromStack(stack);
    expect(madeBefore(template, shop.service).filter((id) => [ofShop, ofAdmin].includes(id))).toEqual([ofShop]);
    expect(madeBefore(template, admin.service).filter((id) => [ofShop, ofAdmin].includes(id))).toEqual([ofAdmin]);
  });
});

test('the order of maps does not matter', () => {
  const secretsOf = (stack: Stack) => {
    const secret = new Secret(stack, 'Secret');
    return { S: EcsSecret.fromSecretsManager(secret, 's'), T: EcsSecret.fromSecretsManager(secret, 't') };
  };
  const templateWith = (order: (map: object) => object) => {
    const stack = testStack();
    const reorder = <T>(map: { [key: string]: T }) => order(map) as { [key: string]: T };
    const secrets = reorder(secretsOf(stack));
    setup({ environment: reorder({ A: '1', B: '2' }), secrets }, {}, stack);
    return Template.fromStack(stack).toJSON();
  };
  expect(JSON.stringify(templateWith((map) => Object.fromEntries(Object.entries(map).reverse())))).toBe(
    JSON.stringify(templateWith((map) => map)),
  );
});

describe('the timeout', () => {
  test.each([
    ['1 minute', Duration.minutes(1), '60', '360'],
    ['120 seconds', Duration.seconds(120), '120', '420'],
    ['55 minutes', Duration.minutes(55), '3300', '3600'],
  ])('%s is taken, and CloudFormation waits five minutes longer', (_, timeout, TimeoutSeconds, ServiceTimeout) => {
    expect(propertiesOf({ timeout })).toMatchObject({ TimeoutSeconds, ServiceTimeout });
  });

  test.each([
    ['0', Duration.minutes(0)],
    ['56', Duration.minutes(56)],
    ['0.5', Duration.seconds(30)],
    ['1.5', Duration.seconds(90)],
    ['60', Duration.hours(1)],
  ])('%s minutes are refused', (got, timeout) => {
    expectError(
      () => setup({ timeout }),
      `timeout of a release task must be a whole number of minutes from 1 to 55, got ${got}; CloudFormation waits an hour; run longer work by addTask()`,
    );
  });

  test('is a Duration', () => {
    expectError(
      () => setup({ timeout: 15 as unknown as Duration }),
      'timeout of a release task must be a Duration, got 15; for example Duration.minutes(1)',
    );
  });

  test('must be known at synth', () => {
    const stack = testStack();
    const timeout = Duration.minutes(new CfnParameter(stack, 'Timeout', { type: 'Number' }).valueAsNumber);
    expectError(
      () => setup({ timeout }, {}, stack),
      'timeout of a release task must be known at synth, got a token; give a value that is known, Duration.minutes(15), for example',
    );
  });
});

describe('a mistake', () => {
  test('no command', () => {
    expectError(
      () => setup({ command: [] }),
      "the command of a task must have at least one word, got an empty list; for example ['flask', 'routes']",
    );
  });

  test('a command in one text', () => {
    expectError(
      () => setup({ command: ['flask db upgrade'] }),
      'the command of a task must have one word per entry, got \'flask db upgrade\'; give ["flask","db","upgrade"]',
    );
  });

  test.each(['Service', 'Logs', 'Migrate', 'ReleaseTasks', 'ProcessSecurityGroup'])('an id that is taken: %s', (id) => {
    const { web } = setup();
    expectError(
      () => web.addReleaseTask(id, { command: COMMAND }),
      `the id '${id}' is taken by a part of the service or by something that was added before; use another, '${id}1', for example`,
    );
  });
});

test('what is let in to the task alone leaves the service out', () => {
  const { stack, web, migrate } = setup();
  const database = new SecurityGroup(stack, 'Database', { vpc: web.vpc });
  database.connections.allowFrom(migrate, Port.tcp(5432));
  const ingress = Object.values(
    Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress', { Properties: { FromPort: 5432 } }),
  );
  expect(ingress.map(({ Properties }) => Properties.SourceSecurityGroupId)).toEqual([
    stack.resolve(migrate.connections.securityGroups[0].securityGroupId),
  ]);
});
