import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { type CfnElement, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';
import { Egress, type FlaskFargateService, FlaskImage, FlaskTask } from '../../src';
import { flaskApp } from '../util/flask-app';
import { tempDir } from '../util/temp-dir';
import { environmentOf, expectError, only, service, statementsOf, testStack, warningsOf } from '../util/test-stack';
import { COMMAND, setup } from './task-setup';

type Definition = { [key: string]: unknown };

/** The task definition of the service or a task, and the one container in it. */
function definitionOf({ taskDefinition }: FlaskFargateService | FlaskTask): { definition: Definition; container: Definition } {
  const stack = Stack.of(taskDefinition);
  const id = stack.getLogicalId(taskDefinition.node.defaultChild as CfnElement);
  const definition = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')[id].Properties;
  expect(definition.ContainerDefinitions).toHaveLength(1);
  return { definition, container: definition.ContainerDefinitions[0] };
}

describe('by default', () => {
  const secretIn = (stack: Stack) => EcsSecret.fromSecretsManager(new Secret(stack, 'Secret'));
  const stack = testStack();
  const web = service(stack, {
    image: FlaskImage.fromSource(flaskApp()),
    cpu: 1024,
    memoryLimitMiB: 2048,
    environment: { FLASK_GREETING: 'hello' },
    secrets: { FLASK_SECRET_KEY: secretIn(stack) },
    hardening: { writablePaths: ['/app/instance'] },
  });
  const task = web.addTask('Migrate', { command: COMMAND });

  test('has all that the service has, and a command', () => {
    const ofWeb = definitionOf(web);
    const ofTask = definitionOf(task);
    const { PortMappings, HealthCheck, StopTimeout, LogConfiguration, ...same } = ofWeb.container;
    expect(ofTask.container).toEqual({
      ...same,
      Command: COMMAND,
      LogConfiguration: {
        LogDriver: 'awslogs',
        Options: { ...(LogConfiguration as { Options: object }).Options, 'awslogs-stream-prefix': 'migrate' },
      },
    });
    const { ContainerDefinitions: _web, Family: _webFamily, ...sameAround } = ofWeb.definition;
    const { ContainerDefinitions: _task, Family: _taskFamily, ...around } = ofTask.definition;
    expect(around).toEqual(sameAround);
    // nothing connects to it, and no load balancer waits for it
    expect([PortMappings, HealthCheck, StopTimeout]).not.toContain(undefined);
  });

  test('is run by nobody', () => {
    Template.fromStack(stack).resourceCountIs('AWS::ECS::Service', 1);
    Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 0);
  });

  test('is reached by nobody', () => {
    const [group] = task.connections.securityGroups;
    expect(web.connections.securityGroups).not.toContain(group);
    expect(web.service.connections.securityGroups).not.toContain(group);
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'processes of the Flask app that nothing connects to',
      SecurityGroupIngress: Match.absent(),
    });
    const groups = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'));
    expect(groups.map(({ Properties }) => Properties.GroupId)).not.toContainEqual(stack.resolve(group.securityGroupId));
  });

  test('hands out the resources', () => {
    expect(task.taskDefinition.defaultContainer).toBe(task.container);
    expect(task.container.containerName).toBe('flask-app');
    expect(task.grantPrincipal).toBe(web.grantPrincipal);
  });
});

test('takes every option', () => {
  const stack = testStack();
  const secret = new Secret(stack, 'Secret');
  const web = service(stack, { environment: { A: 'service', B: 'service' }, secrets: { S: EcsSecret.fromSecretsManager(secret, 's') } });
  const task = web.addTask('Report', {
    command: ['flask', 'report'],
    cpu: 2048,
    memoryLimitMiB: 8192,
    environment: { B: 'task', C: 'task' },
    secrets: { S: EcsSecret.fromSecretsManager(secret, 'task'), T: EcsSecret.fromSecretsManager(secret, 't') },
  });
  const { definition, container } = definitionOf(task);
  expect(definition).toMatchObject({ Cpu: '2048', Memory: '8192' });
  expect(environmentOf(container)).toMatchObject({ A: 'service', B: 'task', C: 'task' });
  const valueFrom = (key: string) => ({ 'Fn::Join': ['', [stack.resolve(secret.secretArn), `:${key}::`]] });
  expect(container.Secrets).toEqual([
    { Name: 'S', ValueFrom: valueFrom('task') },
    { Name: 'T', ValueFrom: valueFrom('t') },
  ]);
  // and the service keeps its own
  expect(environmentOf(definitionOf(web).container)).toMatchObject({ A: 'service', B: 'service' });
});

test('can be made as a construct of its own', () => {
  const stack = testStack();
  const web = service(stack);
  const task = new FlaskTask(stack, 'Task', { service: web, command: COMMAND });
  expect(definitionOf(task).container.Command).toEqual(COMMAND);
  expect(task.node.path).toBe('Test/Task');
});

test('shares one security group with the others', () => {
  const { stack, web, task } = setup();
  const other = web.addTask('Other', { command: COMMAND });
  expect(other.connections.securityGroups).toEqual(task.connections.securityGroups);
  // the load balancer's, the service's and theirs
  Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroup', 3);
});

test('has the size of the service where that is known at deployment only', () => {
  const stack = testStack();
  const cpu = new CfnParameter(stack, 'Cpu', { type: 'Number' }).valueAsNumber;
  const task = service(stack, { cpu }).addTask('Report', { command: COMMAND });
  expect(definitionOf(task).definition.Cpu).toEqual({ Ref: 'Cpu' });
});

describe('the command that runs it', () => {
  test.each([
    ['private', Egress.natGateways(), 'DISABLED'],
    ['public', Egress.publicIps(), 'ENABLED'],
  ] as const)('has the %s subnets', (kind, egress, assignPublicIp) => {
    const { stack, web, task } = setup({}, { egress });
    const subnets = kind === 'private' ? web.vpc.privateSubnets : web.vpc.publicSubnets;
    expect(stack.resolve(task.runTaskCommand)).toEqual({
      'Fn::Join': [
        '',
        [
          'aws ecs run-task --region ',
          { Ref: 'AWS::Region' },
          ' --cluster ',
          stack.resolve(web.cluster.clusterName),
          ' --task-definition ',
          stack.resolve(task.taskDefinition.taskDefinitionArn),
          " --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[",
          stack.resolve(subnets[0].subnetId),
          ',',
          stack.resolve(subnets[1].subnetId),
          '],securityGroups=[',
          stack.resolve(task.connections.securityGroups[0].securityGroupId),
          `],assignPublicIp=${assignPublicIp}}'`,
        ],
      ],
    });
  });
});

describe('the command that runs it with another command', () => {
  /** The words that the shell hands to `aws`, which is a program of this test. */
  function wordsOf(command: string): string[] {
    const bin = tempDir();
    fs.writeFileSync(path.join(bin, 'aws'), '#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word"; done\n', { mode: 0o755 });
    const output = execFileSync('/bin/sh', ['-c', command], {
      env: { PATH: `${bin}:${process.env.PATH}`, HOME: '/home' },
      encoding: 'utf-8',
    });
    return output.split('\0').slice(0, -1);
  }

  /** What CloudFormation would put in stands there as the name of the resource. */
  function deployed(stack: Stack, command: string): string {
    const [, parts] = stack.resolve(command)['Fn::Join'] as [string, unknown[]];
    return parts.map((part) => (typeof part === 'string' ? part : Object.values(part as object).flat()[0])).join('');
  }

  test.each([
    ['words', ['flask', 'report', '--day', 'today']],
    ['spaces', ['flask', 'mail', 'two words', ' ']],
    ['quotes', ['python', '-c', `print('it''s "quoted"')`, "'"]],
    ['what a shell would take for itself', ['sh', '-c', 'echo $HOME `id` $(id) ; rm * > x & !! \\ #']],
    ['lines', ['python', '-c', 'first\nsecond\tthird\r\n']],
    ['letters of other languages', ['flask', 'greet', 'Grüße, 世界 🌍']],
    ['JSON', ['flask', 'load', '{"a": ["b"], "c": null}']],
    ['nothing', ['flask', 'set', '']],
  ])('has %s as they are', (_, command) => {
    const { stack, task } = setup();
    const words = wordsOf(deployed(stack, task.runTaskCommandWith(command)));
    expect(words.slice(0, -2)).toEqual(wordsOf(deployed(stack, task.runTaskCommand)));
    expect(words.slice(0, 2)).toEqual(['ecs', 'run-task']);
    expect(words.at(-2)).toBe('--overrides');
    expect(JSON.parse(`${words.at(-1)}`)).toEqual({ containerOverrides: [{ name: 'flask-app', command }] });
  });

  test('leaves the task as it is', () => {
    const { task } = setup();
    const before = task.runTaskCommand;
    task.runTaskCommandWith(['true']);
    expect(task.runTaskCommand).toBe(before);
    expect(definitionOf(task).container.Command).toEqual(COMMAND);
  });

  test('refuses no words, and words in one text', () => {
    expectError(
      () => setup().task.runTaskCommandWith([]),
      "the command of a task must have at least one word, got an empty list; for example ['flask', 'routes']",
    );
    expectError(
      () => setup().task.runTaskCommandWith(['flask routes']),
      'the command of a task must have one word per entry, got \'flask routes\'; give ["flask","routes"]',
    );
  });
});

describe('grants', () => {
  test('let somebody run it, as the roles that it has', () => {
    const { stack, web, task } = setup();
    const somebody = new Role(stack, 'Somebody', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const grant = task.grantRun(somebody);
    expect(grant.success).toBe(true);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(somebody.roleName)],
      PolicyDocument: {
        Statement: [
          {
            Action: 'ecs:RunTask',
            // every revision: who runs it must not be denied while a deployment makes a new one
            Resource: { 'Fn::Join': ['', Match.arrayWith([`:task-definition/${task.taskDefinition.family}:*`])] },
            Condition: { ArnEquals: { 'ecs:cluster': stack.resolve(web.cluster.clusterArn) } },
          },
          { Action: 'iam:PassRole', Resource: stack.resolve([web.executionRole.roleArn, web.taskRole.roleArn]) },
        ],
      },
    });
  });

  test('to it are grants to the app', () => {
    const { stack, web, task } = setup();
    new Bucket(stack, 'Bucket').grantRead(task);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(web.taskRole.roleName)],
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['s3:GetObject*']) })] },
    });
  });

  test('of connections to it alone leave the service out', () => {
    const { stack, task } = setup();
    const database = new SecurityGroup(stack, 'Database', { vpc: service(stack, {}, 'Other').vpc });
    database.connections.allowFrom(task, Port.tcp(5432));
    const ingress = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')).filter(
      ({ Properties }) => Properties.FromPort === 5432,
    );
    expect(ingress.map(({ Properties }) => Properties.SourceSecurityGroupId)).toEqual([
      stack.resolve(task.connections.securityGroups[0].securityGroupId),
    ]);
  });

  test('of its secrets reach the execution role, and not the app', () => {
    const stack = testStack();
    const secret = new Secret(stack, 'Secret');
    const web = service(stack);
    web.addTask('Report', { command: COMMAND, secrets: { KEY: EcsSecret.fromSecretsManager(secret) } });
    const template = Template.fromStack(stack);
    expect(JSON.stringify(statementsOf(template, web.executionRole))).toContain('secretsmanager:GetSecretValue');
    expect(statementsOf(template, web.taskRole)).toEqual([]);
  });
});

describe('a mistake', () => {
  test('no command', () => {
    expectError(
      () => setup({ command: [] }),
      "the command of a task must have at least one word, got an empty list; for example ['flask', 'routes']",
    );
  });

  const secret = () => EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(testStack(), 'Secret', 'key'));
  const both = 'the variable KEY is given in environment and in secrets, and ECS takes it from one only; remove one of the two';

  test('a variable that is a secret too', () => {
    expectError(() => setup({ environment: { KEY: '1' }, secrets: { KEY: secret() } }), both);
  });

  test('a variable that is a secret of the service', () => {
    expectError(() => setup({ environment: { KEY: '1' } }, { secrets: { KEY: secret() } }), both);
  });

  test('a secret that is a variable of the service', () => {
    expectError(() => setup({ secrets: { KEY: secret() } }, { environment: { KEY: '1' } }), both);
  });

  test('a plain secret', () => {
    const { stack } = setup({ environment: { API_TOKEN: 'x' } });
    expect(warningsOf(stack)).toContainEqual({
      path: '/Test/Web/Migrate/Definition',
      id: 'cdk-flask-fargate:plainSecret',
      text: 'the environment variable API_TOKEN looks like a secret and is in the template in plain text; give it in secrets, as ecs.Secret.fromSecretsManager(…)',
    });
  });

  test('a variable that the construct owns', () => {
    expectError(
      () => setup({ environment: { PORT: '1' } }),
      'the variable PORT is set by the construct and cannot be given in environment or secrets; set the prop port',
    );
  });

  test('a CIDR that gunicorn exits on', () => {
    expect(() => setup({ environment: { FORWARDED_ALLOW_IPS: '10.0.0.0/8' } })).toThrow(/^FORWARDED_ALLOW_IPS must be addresses/);
  });
});

test('a command in one text, as JavaScript and Python let it pass, is refused with its words', () => {
  expectError(
    () => service(testStack()).addTask('Report', { command: 'flask report --day today' as unknown as string[] }),
    'the command of a task must be a list of words, got \'flask report --day today\'; give ["flask","report","--day","today"]',
  );
});

test('a shell may be opened in every process where it may be in the service, and in none else', () => {
  for (const enableExecuteCommand of [true, false]) {
    const stack = testStack();
    const web = service(stack, { hardening: { enableExecuteCommand } });
    web.addWorker('Celery', { command: ['celery'] });
    web.addScheduledTask('Nightly', { command: ['flask', 'report'], schedule: ScheduleExpression.rate(Duration.days(1)) });
    const task = web.addTask('Report', { command: ['flask', 'report'] });
    new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(task.asStepFunctionsTask(stack, 'Run')) });
    const template = Template.fromStack(stack);
    for (const found of Object.values(template.findResources('AWS::ECS::Service'))) {
      expect(found.Properties.EnableExecuteCommand ?? false).toBe(enableExecuteCommand);
    }
    const schedule = JSON.stringify(only(template, 'AWS::Scheduler::Schedule').Properties);
    expect(schedule.includes('"EnableExecuteCommand":true')).toBe(enableExecuteCommand);
    const machine = JSON.stringify(only(template, 'AWS::StepFunctions::StateMachine').Properties);
    expect(machine.includes('\\"EnableExecuteCommand\\":true')).toBe(enableExecuteCommand);
    expect(task.runTaskCommand.includes(' --enable-execute-command')).toBe(enableExecuteCommand);
  }
});
