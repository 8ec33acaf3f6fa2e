import { Template } from 'aws-cdk-lib/assertions';
import { DefinitionBody, IntegrationPattern, JsonPath, StateMachine, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';
import { Egress, type FlaskFargateServiceProps, type FlaskStepFunctionsTaskOptions } from '../../src';
import { expectError, service, statementsOf, testApp } from '../util/test-stack';
import { COMMAND, setup } from './task-setup';

describe('as a state of Step Functions', () => {
  /** The state as the state machine has it; what CloudFormation puts in is written as the name of the resource. */
  function stateOf(options?: FlaskStepFunctionsTaskOptions, props?: Partial<FlaskFargateServiceProps>) {
    const { stack, web, task } = setup({}, props);
    const machine = new StateMachine(stack, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(task.asStepFunctionsTask(stack, 'Run', options)),
    });
    const template = Template.fromStack(stack);
    const { Properties } = Object.values(template.findResources('AWS::StepFunctions::StateMachine'))[0];
    const text = (Properties.DefinitionString['Fn::Join'][1] as unknown[])
      .map((part) => (typeof part === 'string' ? part : Object.values(part as object).flat()[0]))
      .join('');
    return { stack, web, task, template, machine, state: JSON.parse(text).States.Run };
  }

  test('runs the task where the service runs, and waits for its end', () => {
    const { stack, web, task, state } = stateOf();
    const idsOf = (values: object) => Object.values(stack.resolve(values)).map((value) => Object.values(value as object).flat()[0]);
    expect(state).toEqual({
      Type: 'Task',
      // fails when the task ends with another code than 0
      Resource: expect.stringMatching(/:states:::ecs:runTask\.sync$/),
      End: true,
      Parameters: {
        Cluster: idsOf([web.cluster.clusterArn])[0],
        TaskDefinition: task.taskDefinition.family,
        LaunchType: 'FARGATE',
        PlatformVersion: 'LATEST',
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            Subnets: idsOf(web.vpc.privateSubnets.map(({ subnetId }) => subnetId)),
            SecurityGroups: idsOf(task.connections.securityGroups.map(({ securityGroupId }) => securityGroupId)),
          },
        },
      },
    });
  });

  test('in public subnets has a public IP, without which it could not pull its image', () => {
    const { state } = stateOf({}, { egress: Egress.publicIps() });
    expect(state.Parameters.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('ENABLED');
  });

  test('the state machine may run this task as the roles of the app', () => {
    const { stack, web, task, template, machine } = stateOf();
    const statements = statementsOf(template, machine.role);
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'ecs:RunTask',
      Resource: stack.resolve(task.taskDefinition.taskDefinitionArn),
    });
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: stack.resolve([web.executionRole.roleArn, web.taskRole.roleArn]),
    });
  });

  test('takes another command and variables, in order', () => {
    const overridesOf = (environment: { [key: string]: string }) =>
      stateOf({ command: ['flask', 'report'], environment }).state.Parameters.Overrides;
    expect(overridesOf({ B: '2', A: '1' })).toEqual({
      ContainerOverrides: [
        {
          Name: 'flask-app',
          Command: ['flask', 'report'],
          Environment: [
            { Name: 'A', Value: '1' },
            { Name: 'B', Value: '2' },
          ],
        },
      ],
    });
    expect(JSON.stringify(overridesOf({ A: '1', B: '2' }))).toBe(JSON.stringify(overridesOf({ B: '2', A: '1' })));
  });

  test('takes a command or variables alone', () => {
    expect(stateOf({ command: ['true'] }).state.Parameters.Overrides.ContainerOverrides).toEqual([
      { Name: 'flask-app', Command: ['true'] },
    ]);
    expect(stateOf({ environment: { A: '1' } }).state.Parameters.Overrides.ContainerOverrides).toEqual([
      { Name: 'flask-app', Environment: [{ Name: 'A', Value: '1' }] },
    ]);
  });

  test('takes what is known at run time: variables, or the whole command', () => {
    const { state } = stateOf({ command: JsonPath.listAt('$.command'), environment: { DAY: JsonPath.stringAt('$.day') } });
    expect(state.Parameters.Overrides.ContainerOverrides).toEqual([
      { Name: 'flask-app', 'Command.$': '$.command', Environment: [{ Name: 'DAY', 'Value.$': '$.day' }] },
    ]);
  });

  test('takes what is known at run time: words of a command', () => {
    const { state } = stateOf({ command: ['flask', 'report', '--day', JsonPath.stringAt('$.day')] });
    expect(state.Parameters.Overrides.ContainerOverrides).toEqual([
      { Name: 'flask-app', 'Command.$': "States.Array('flask', 'report', '--day', $.day)" },
    ]);
  });

  test('words that are known at synth, at deployment and at run time stand beside each other', () => {
    const { stack, task } = setup();
    const shop = new CfnParameter(stack, 'Shop').valueAsString;
    const day = JsonPath.format('--day={}', JsonPath.stringAt('$.day'));
    const state = task.asStepFunctionsTask(stack, 'Run', { command: ['flask', "it's", shop, day] });
    new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(state) });
    const { Properties } = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'))[0];
    const text = Properties.DefinitionString['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : '<value>')).join('');
    expect(JSON.parse(text).States.Run.Parameters.Overrides.ContainerOverrides).toEqual([
      { Name: 'flask-app', 'Command.$': "States.Array('flask', 'it\\'s', '<value>', States.Format('--day={}', $.day))" },
    ]);
  });

  test('takes what every state takes', () => {
    const { state } = stateOf({
      comment: 'the report of the day',
      resultPath: JsonPath.DISCARD,
      taskTimeout: Timeout.duration(Duration.minutes(30)),
      integrationPattern: IntegrationPattern.REQUEST_RESPONSE,
    });
    expect(state).toMatchObject({
      Comment: 'the report of the day',
      ResultPath: null,
      TimeoutSeconds: 1800,
      Resource: expect.stringMatching(/:states:::ecs:runTask$/),
    });
  });

  test('may stand in a state machine of another stack', () => {
    const app = testApp();
    const task = service(new Stack(app, 'Test')).addTask('Migrate', { command: COMMAND });
    const other = new Stack(app, 'Other');
    new StateMachine(other, 'Machine', { definitionBody: DefinitionBody.fromChainable(task.asStepFunctionsTask(other, 'Run')) });
    expect(() => app.synth()).not.toThrow();
  });

  test('of one task there may be several', () => {
    const { stack, task } = setup();
    const definitionBody = DefinitionBody.fromChainable(
      task.asStepFunctionsTask(stack, 'First').next(task.asStepFunctionsTask(stack, 'Second', { command: ['true'] })),
    );
    new StateMachine(stack, 'Machine', { definitionBody });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('refuses no words, and words in one text', () => {
    expectError(
      () => stateOf({ command: [] }),
      "the command of a task must have at least one word, got an empty list; for example ['flask', 'routes']",
    );
    expectError(
      () => stateOf({ command: ['flask routes'] }),
      'the command of a task must have one word per entry, got \'flask routes\'; give ["flask","routes"]',
    );
  });
});
