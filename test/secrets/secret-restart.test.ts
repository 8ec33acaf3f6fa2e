import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Duration, type Environment, Stack } from 'aws-cdk-lib/core';
import { FlaskStage, FlaskWorker, LoadBalancing } from '../../src';
import { adviceOf, only, service, testApp, testStack } from '../util/test-stack';

const NAME = 'shop/database';
const FULL_ARN = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${NAME}-AbCdEf`;

function setup(secretIn: (stack: Stack) => ISecret = (stack) => new Secret(stack, 'Secret')) {
  const stack = testStack();
  const web = service(stack);
  const secret = secretIn(stack);
  web.restartOnSecretChange(secret);
  return { stack, web, secret };
}

const rulesOf = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
const patternsOf = (stack: Stack) => rulesOf(stack).map(({ EventPattern }) => EventPattern);

/** The text of a definition or an input; what CloudFormation puts in is written as the name of the resource. */
function textOf(value: { 'Fn::Join': [string, unknown[]] }): string {
  return value['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : Object.values(part as object).flat()[0])).join('');
}

const machineOf = (stack: Stack) => only(Template.fromStack(stack), 'AWS::StepFunctions::StateMachine').Properties;
const definitionOf = (stack: Stack) => JSON.parse(textOf(machineOf(stack).DefinitionString as Parameters<typeof textOf>[0]));

describe('a secret that changes', () => {
  test('is told of by Secrets Manager itself, each time another version becomes the current one', () => {
    const { stack, secret } = setup();
    expect(patternsOf(stack)).toEqual([
      {
        source: ['aws.secretsmanager'],
        'detail-type': ['Secret Label Updated'],
        resources: [stack.resolve(secret.secretArn)],
        detail: { labelUpdated: ['AWSCURRENT'] },
      },
    ]);
    // neither a trail nor a function of ours is in the way
    Template.fromStack(stack).resourceCountIs('AWS::CloudTrail::Trail', 0);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('starts the tasks of the service anew', () => {
    const { stack, web } = setup();
    expect(definitionOf(stack)).toEqual({
      Comment: 'starts the tasks of a Flask app anew, because a secret or a parameter has changed',
      TimeoutSeconds: 10_800,
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemsPath: '$.services',
          End: true,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'INLINE' },
            StartAt: 'Restart',
            States: {
              Restart: {
                Type: 'Task',
                Resource: expect.stringMatching(/:states:::aws-sdk:ecs:updateService$/),
                Parameters: { 'Cluster.$': '$.cluster', 'Service.$': '$.service', ForceNewDeployment: true },
                ResultPath: null,
                End: true,
                // ECS takes no new deployment while one shifts traffic
                Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 10, BackoffRate: 1.5 }],
              },
            },
          },
        },
      },
    });
    const [{ Targets }] = rulesOf(stack);
    expect(Targets).toEqual([
      expect.objectContaining({
        Arn: { Ref: expect.stringMatching(/^FlaskRestartsStateMachine/) },
        RetryPolicy: { MaximumEventAgeInSeconds: 7200 },
      }),
    ]);
    const [cluster, service] = [web.cluster.clusterArn, web.service.serviceArn].map((arn) => stack.resolve(arn));
    expect(JSON.parse(textOf(Targets[0].Input))).toEqual({ services: [{ cluster: cluster['Fn::GetAtt'][0], service: service.Ref }] });
  });

  test('all tries together take less time than the state machine has', () => {
    const { States, TimeoutSeconds } = definitionOf(setup().stack);
    const [{ IntervalSeconds, MaxAttempts, BackoffRate }] = States.Each.ItemProcessor.States.Restart.Retry;
    const waits = Array.from({ length: MaxAttempts }, (_, i) => IntervalSeconds * BackoffRate ** i);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(TimeoutSeconds);
  });

  test('may restart these services and nothing else', () => {
    const { stack, web } = setup();
    const statements = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
      .filter(([id]) => /^(WebSecretRestart|FlaskRestarts)/.test(id))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
    expect(statements).toEqual([
      { Effect: 'Allow', Action: 'ecs:UpdateService', Resource: stack.resolve(web.service.serviceArn) },
      { Effect: 'Allow', Action: 'states:StartExecution', Resource: { Ref: expect.stringMatching(/^FlaskRestartsStateMachine/) } },
    ]);
  });
});

test('the workers start anew too, also those that are added later; tasks that end by themselves do not', () => {
  const stack = testStack();
  const web = service(stack);
  const early = web.addWorker('Early', { command: ['celery'] });
  web.restartOnSecretChange(new Secret(stack, 'Secret'));
  const late = web.addWorker('Late', { command: ['celery'] });
  web.addTask('Report', { command: ['true'] });
  web.addReleaseTask('Migrate', { command: ['true'] });
  web.addScheduledTask('Nightly', { command: ['true'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
  const services = [web, early, late].map(({ service: { serviceArn } }) => stack.resolve(serviceArn));
  const rule = only(Template.fromStack(stack), 'AWS::Events::Rule', /SecretRestart/).Properties as {
    Targets: { Input: Parameters<typeof textOf>[0] }[];
  };
  const { services: restarted } = JSON.parse(textOf(rule.Targets[0].Input)) as { services: { service: string }[] };
  expect(restarted.map(({ service }) => service)).toEqual(services.map(({ Ref }) => Ref));
  const [statement] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .filter(([id]) => /^WebSecretRestartRight/.test(id))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  const sorted = (list: object[]) => list.map((item) => JSON.stringify(item)).sort();
  expect(sorted(statement.Resource)).toEqual(sorted(services));
});

describe('the secret', () => {
  test('of a database is the one that is attached to it', () => {
    const { stack, secret } = setup((scope) => {
      const vpc = new Vpc(scope, 'Vpc', { restrictDefaultSecurityGroup: false });
      const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 });
      return new DatabaseInstance(scope, 'Database', { vpc, engine }).secret as ISecret;
    });
    expect(patternsOf(stack)).toEqual([expect.objectContaining({ resources: [stack.resolve(secret.secretArn)] })]);
  });

  test('that is imported by its whole ARN', () => {
    const { stack } = setup((scope) => Secret.fromSecretCompleteArn(scope, 'Secret', FULL_ARN));
    expect(patternsOf(stack)).toEqual([expect.objectContaining({ resources: [FULL_ARN], detail: { labelUpdated: ['AWSCURRENT'] } })]);
  });

  test.each([
    ['by its name', (scope: Stack) => Secret.fromSecretNameV2(scope, 'Secret', NAME)],
    ['by an ARN without the last letters', (scope: Stack) => Secret.fromSecretPartialArn(scope, 'Secret', FULL_ARN.slice(0, -7))],
  ])('that is imported %s is known by its name', (_, secretIn) => {
    const { stack } = setup(secretIn);
    expect(patternsOf(stack)).toEqual([
      {
        source: ['aws.secretsmanager'],
        'detail-type': ['Secret Label Updated'],
        detail: { labelUpdated: ['AWSCURRENT'], name: [NAME] },
      },
    ]);
  });

  test('twice is watched once', () => {
    const { stack, web, secret } = setup();
    web.restartOnSecretChange(secret);
    expect(rulesOf(stack)).toHaveLength(1);
  });

  test('may be one of several: one state machine, a rule each', () => {
    const { stack, web, secret } = setup();
    const other = new Secret(stack, 'Other');
    web.restartOnSecretChange(other);
    web.restartOnSecretChange(Secret.fromSecretNameV2(stack, 'Imported', NAME));
    expect(patternsOf(stack).map(({ resources, detail }) => resources?.[0] ?? detail.name[0])).toEqual([
      stack.resolve(secret.secretArn),
      stack.resolve(other.secretArn),
      NAME,
    ]);
    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    expect(new Set(rulesOf(stack).map(({ Targets }) => JSON.stringify(Targets[0].Input))).size).toBe(1);
  });

  test('of another stack', () => {
    const app = testApp();
    const secret = new Secret(new Stack(app, 'Data'), 'Secret');
    const stack = new Stack(app, 'Test');
    service(stack).restartOnSecretChange(secret);
    expect(() => app.synth()).not.toThrow();
    expect(Stack.of(secret).dependencies).toEqual([]);
  });

  test('in the same place of two stacks', () => {
    const app = testApp();
    const [one, two] = ['One', 'Two'].map((id) => new Secret(new Stack(app, id), 'Secret'));
    const stack = new Stack(app, 'Test');
    const web = service(stack);
    web.restartOnSecretChange(one);
    web.restartOnSecretChange(two);
    expect(rulesOf(stack)).toHaveLength(2);
  });
});

describe('a worker of another stack', () => {
  const two = () => {
    const app = testApp();
    const [stack, jobs] = ['Test', 'Jobs'].map((id) => new Stack(app, id));
    return { app, stack, jobs, web: service(stack), secret: new Secret(stack, 'Secret') };
  };
  const restartedIn = (stack: Stack) =>
    rulesOf(stack).map(({ Targets }) =>
      JSON.parse(textOf(Targets[0].Input)).services.map(({ service: name }: { service: string }) => name),
    );

  test.each(['before', 'after'])('that is made %s is restarted by a rule of its own stack', (when) => {
    const { app, stack, jobs, web, secret } = two();
    const make = () => new FlaskWorker(jobs, 'Worker', { service: web, command: ['celery'] });
    if (when === 'before') {
      make();
    }
    web.restartOnSecretChange(secret);
    web.restartOnParameterChange(StringParameter.fromStringParameterName(stack, 'Level', '/shop/level'));
    if (when === 'after') {
      make();
    }
    expect(() => app.synth()).not.toThrow();
    expect(restartedIn(stack)).toEqual([[expect.stringMatching(/^WebService/)], [expect.stringMatching(/^WebService/)]]);
    expect(restartedIn(jobs)).toEqual([[expect.stringMatching(/^WorkerService/)], [expect.stringMatching(/^WorkerService/)]]);
    Template.fromStack(jobs).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    expect(stack.dependencies).toEqual([]);
  });

  test('has no rule where nothing is watched', () => {
    const { jobs, web } = two();
    new FlaskWorker(jobs, 'Worker', { service: web, command: ['celery'] });
    expect(rulesOf(jobs)).toEqual([]);
  });
});

test('a service without a load balancer restarts as well', () => {
  const stack = testStack();
  const web = service(stack, { loadBalancing: LoadBalancing.none(), stage: FlaskStage.ephemeral() });
  web.restartOnSecretChange(new Secret(stack, 'Secret'));
  expect(rulesOf(stack)).toHaveLength(1);
  expect(Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'))).toHaveLength(1);
});

describe('two services of a stack', () => {
  const both = (ids: string[]) => {
    const stack = testStack();
    const secret = new Secret(stack, 'Secret');
    const webs = ids.map((id) => service(stack, {}, id));
    for (const web of webs) {
      web.restartOnSecretChange(secret);
    }
    return { stack, webs };
  };
  const shared = (stack: Stack) =>
    Object.entries(Template.fromStack(stack).toJSON().Resources).filter(([id]) => id.startsWith('FlaskRestarts'));

  test('share the state machine, which is the same whoever of them is there', () => {
    const { stack } = both(['Shop', 'Admin']);
    expect(shared(stack)).toHaveLength(4);
    for (const ids of [['Shop'], ['Admin'], ['Admin', 'Shop']]) {
      expect(shared(both(ids).stack)).toEqual(shared(stack));
    }
  });

  test('may wait for each other', () => {
    const { stack, webs } = both(['Shop', 'Admin']);
    webs[1].node.addDependency(webs[0]);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

test('the id of a part that is made later is kept free', () => {
  expect(() => service(testStack()).addTask('SecretRestart', { command: ['true'] })).toThrow(/^the id 'SecretRestart' is taken/);
});

describe('a parameter that changes', () => {
  test('is told of by Systems Manager itself, and starts the tasks of the service anew', () => {
    const stack = testStack();
    const web = service(stack);
    const parameter = new StringParameter(stack, 'Mode', { stringValue: 'shop' });
    web.restartOnParameterChange(parameter);
    web.restartOnParameterChange(parameter);
    expect(patternsOf(stack)).toEqual([
      {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        resources: [stack.resolve(parameter.parameterArn)],
        detail: { operation: ['Create', 'Update'] },
      },
    ]);
    expect(JSON.stringify(rulesOf(stack)[0].Targets)).toContain('FlaskRestartsStateMachine');
  });

  test('is restarted by what a secret is restarted by', () => {
    const stack = testStack();
    const web = service(stack);
    web.restartOnSecretChange(new Secret(stack, 'Secret'));
    web.restartOnParameterChange(StringParameter.fromStringParameterName(stack, 'Mode', '/shop/mode'));
    expect(patternsOf(stack)).toHaveLength(2);
    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });
});

describe('a secret of another account or Region', () => {
  const env = { account: '111122223333', region: 'eu-west-1' };
  function adviceOn(arn: string, stackEnv: Environment | undefined) {
    const stack = testStack({ env: stackEnv });
    const web = service(stack);
    web.restartOnSecretChange(Secret.fromSecretCompleteArn(stack, 'Far', arn));
    return adviceOf(stack).filter(({ id }) => id === 'cdk-flask-fargate:restartFromElsewhere');
  }
  const arnIn = (region: string, account: string) => `arn:aws:secretsmanager:${region}:${account}:secret:shop-AbCdEf`;

  test.each([
    ['us-east-1', '111122223333'],
    ['eu-west-1', '444455556666'],
  ])('%s, %s: its changes are not told here', (region, account) => {
    expect(adviceOn(arnIn(region, account), env)).toEqual([
      {
        path: '/Test/Web/SecretRestart',
        id: 'cdk-flask-fargate:restartFromElsewhere',
        text: `the secret Test/Far is in ${account} ${region}, and the service in 111122223333 eu-west-1: its changes are published there only, so no task is restarted; replicate the secret to the Region of the service, or forward its events to the default event bus there`,
      },
    ]);
  });

  test('the same place, and one that is not known, are left alone', () => {
    expect(adviceOn(arnIn('eu-west-1', '111122223333'), env)).toEqual([]);
    expect(adviceOn(arnIn('us-east-1', '111122223333'), undefined)).toEqual([]);
  });
});

test.each<[string, number, (stack: Stack) => ISecret[]]>([
  [
    'a secret and its ARN',
    1,
    (stack) => {
      const secret = new Secret(stack, 'Secret');
      return [secret, Secret.fromSecretCompleteArn(stack, 'Again', secret.secretArn)];
    },
  ],
  ['an ARN twice', 1, (stack) => ['First', 'Second'].map((id) => Secret.fromSecretCompleteArn(stack, id, FULL_ARN))],
  ['two secrets', 2, (stack) => ['First', 'Second'].map((id) => new Secret(stack, id))],
])('%s: %p rules, for each restarts the tasks', (_, count, secretsIn) => {
  const stack = testStack();
  const web = service(stack);
  for (const secret of secretsIn(stack)) {
    web.restartOnSecretChange(secret);
  }
  expect(rulesOf(stack)).toHaveLength(count);
});
