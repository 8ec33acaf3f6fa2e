import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type App, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Egress, FlaskSecretKey, type FlaskSecretKeyProps, FlaskStage } from '../../src';
import { idOf } from '../util/order';
import { adviceOf, expectError, only, service, statementsOf, testApp, testStack } from '../util/test-stack';

function setup(props?: FlaskSecretKeyProps) {
  const stack = testStack();
  const key = new FlaskSecretKey(stack, 'Key', props);
  return { stack, key, template: Template.fromStack(stack) };
}

const rotationOf = (template: Template) =>
  Object.values(template.findResources('AWS::SecretsManager::RotationSchedule')).map(({ Properties }) => Properties);

/** The secrets of the container of a process, each name with what it refers to. */
function secretsOf(stack: Stack, process: { readonly taskDefinition: Parameters<typeof idOf>[0] }) {
  const { Properties } = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')[idOf(process.taskDefinition)];
  const secrets = Properties.ContainerDefinitions[0].Secrets as { Name: string; ValueFrom: unknown }[];
  return Object.fromEntries(secrets.map(({ Name, ValueFrom }) => [Name, ValueFrom]));
}

const valueFrom = (stack: Stack, key: FlaskSecretKey, field: string) => ({
  'Fn::Join': ['', [stack.resolve(key.secret.secretArn), `:${field}::`]],
});

describe('by default', () => {
  const { stack, key, template } = setup();

  test('is 64 letters in a secret, with no fallbacks yet, and stays when it is removed', () => {
    const { Properties, DeletionPolicy, UpdateReplacePolicy } = only(template, 'AWS::SecretsManager::Secret');
    expect(Properties).toEqual({
      Description: 'the key that a Flask app signs sessions with, and the keys it reads them with',
      GenerateSecretString: {
        SecretStringTemplate: '{"fallbacks":"[]"}',
        GenerateStringKey: 'current',
        PasswordLength: 64,
        // what looks like a number, Flask takes for one
        ExcludeNumbers: true,
        ExcludePunctuation: true,
      },
    });
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  test('is rotated every 90 days, and not at once', () => {
    expect(rotationOf(template)).toEqual([
      {
        SecretId: stack.resolve(key.secret.secretArn),
        RotationLambdaARN: { 'Fn::GetAtt': [expect.stringMatching(/^KeyRotate/), 'Arn'] },
        RotationRules: { ScheduleExpression: 'rate(90 days)' },
        RotateImmediatelyOnUpdate: false,
      },
    ]);
  });

  test('by a function with the code that the build has bundled', () => {
    expect(only(template, 'AWS::Lambda::Function').Properties).toMatchObject({
      Handler: 'index.rotate',
      Timeout: 60,
      Runtime: expect.stringMatching(/^nodejs/),
    });
    const bundle = fs.readFileSync(path.join(__dirname, '../../assets/secrets/secret-key-rotation.handler/index.js'), 'utf-8');
    expect(bundle).toMatch(/^ {2}rotate: \(\) => rotate/m);
    const required = [...bundle.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    expect(new Set(required)).toEqual(new Set(['@aws-sdk/client-secrets-manager', 'node:crypto']));
  });

  test('which may change this secret and no other', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [only(template, 'AWS::Logs::LogGroup').id, 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        Resource: stack.resolve(key.secret.secretArn),
      },
      // of the CDK: it makes random text and reads nothing
      { Effect: 'Allow', Action: 'secretsmanager:GetRandomPassword', Resource: '*' },
    ]);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 'secretsmanager.amazonaws.com',
    });
  });
});

describe.each([
  ['production', FlaskStage.production(), 'Retain', true, 30],
  ['development', FlaskStage.development(), 'Delete', false, 7],
  ['ephemeral', FlaskStage.ephemeral(), 'Delete', false, 1],
] as const)('in %s', (_, stage, deletionPolicy, rotated, retention) => {
  test(`is ${rotated ? '' : 'not '}rotated, and on removal ${deletionPolicy}`, () => {
    const { template } = setup({ stage });
    expect(only(template, 'AWS::SecretsManager::Secret')).toMatchObject({
      DeletionPolicy: deletionPolicy,
      UpdateReplacePolicy: deletionPolicy,
    });
    expect(rotationOf(template)).toHaveLength(rotated ? 1 : 0);
    template.resourceCountIs('AWS::Lambda::Function', rotated ? 1 : 0);
  });

  test('the log of its rotation is kept as the logs of the stage', () => {
    const { template } = setup({ stage, rotation: true });
    const logGroup = only(template, 'AWS::Logs::LogGroup');
    expect(logGroup).toMatchObject({ DeletionPolicy: deletionPolicy, Properties: { RetentionInDays: retention } });
    expect(only(template, 'AWS::Lambda::Function').Properties).toMatchObject({ LoggingConfig: { LogGroup: { Ref: logGroup.id } } });
  });
});

describe('takes', () => {
  test('every option', () => {
    const stack = testStack();
    const encryptionKey = new Key(stack, 'Encryption');
    new FlaskSecretKey(stack, 'Key', {
      stage: FlaskStage.ephemeral(),
      rotation: true,
      rotateEvery: Duration.days(30),
      encryptionKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const template = Template.fromStack(stack);
    expect(rotationOf(template)).toMatchObject([{ RotationRules: { ScheduleExpression: 'rate(30 days)' } }]);
    const secret = only(template, 'AWS::SecretsManager::Secret');
    expect(secret).toMatchObject({ DeletionPolicy: 'Retain', Properties: { KmsKeyId: stack.resolve(encryptionKey.keyArn) } });
    // what is said of the secret holds for the log of its rotation
    expect(only(template, 'AWS::Logs::LogGroup')).toMatchObject({ DeletionPolicy: 'Retain', Properties: { RetentionInDays: 1 } });
    // the function reads and writes with the key of the user
    expect(JSON.stringify(only(template, 'AWS::KMS::Key').Properties)).toMatch(/KeyRotateServiceRole/);
  });

  test('no rotation in production', () => {
    const { template } = setup({ rotation: false });
    expect(rotationOf(template)).toEqual([]);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
  });

  test.each([
    ['1 day', Duration.days(1), 'rate(1 day)'],
    ['24 hours', Duration.hours(24), 'rate(1 day)'],
    ['1000 days', Duration.days(1000), 'rate(1000 days)'],
  ])('a rotation every %s', (_, rotateEvery, ScheduleExpression) => {
    expect(rotationOf(setup({ rotateEvery }).template)).toMatchObject([{ RotationRules: { ScheduleExpression } }]);
  });
});

describe('a mistake', () => {
  test.each([
    ['0', Duration.days(0)],
    ['1001', Duration.days(1001)],
    ['0.5', Duration.hours(12)],
    ['1.5', Duration.hours(36)],
  ])('a rotation every %s days', (got, rotateEvery) => {
    expectError(() => setup({ rotateEvery }), `rotateEvery must be a whole number of days from 1 to 1000, got ${got}`);
  });

  test('days that are no Duration', () => {
    expectError(
      () => setup({ rotateEvery: 90 as unknown as Duration }),
      'rotateEvery must be a Duration, got 90; for example Duration.days(1)',
    );
  });

  test('days that are known at deployment only', () => {
    const stack = testStack();
    const rotateEvery = Duration.days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber);
    expectError(
      () => new FlaskSecretKey(stack, 'Key', { rotateEvery }),
      'rotateEvery must be known at synth, got a token; give a value that is known, Duration.days(90), for example',
    );
  });

  test.each([{ rotation: false }, { stage: FlaskStage.development() }, { stage: FlaskStage.ephemeral() }])(
    'how often, where it is not rotated: %#',
    (props) => {
      expectError(
        () => setup({ ...props, rotateEvery: Duration.days(30) }),
        'rotateEvery has no meaning without a rotation, got 30 days; set rotation to true, or leave rotateEvery out',
      );
    },
  );
});

describe('given to a service', () => {
  function withKey(props?: FlaskSecretKeyProps) {
    const stack = testStack();
    const key = new FlaskSecretKey(stack, 'Key', props);
    const web = service(stack);
    const early = web.addWorker('Early', { command: ['celery'] });
    web.useSecretKey(key);
    const late = web.addWorker('Late', { command: ['celery'] });
    return { stack, key, web, early, late };
  }

  test('every process has it and its fallbacks, also those that are added later', () => {
    const { stack, key, web, early, late } = withKey();
    for (const process of [web, early, late]) {
      expect(secretsOf(stack, process)).toEqual({
        FLASK_SECRET_KEY: valueFrom(stack, key, 'current'),
        FLASK_SECRET_KEY_FALLBACKS: valueFrom(stack, key, 'fallbacks'),
        SECRET_KEY: valueFrom(stack, key, 'current'),
        SECRET_KEY_FALLBACKS: valueFrom(stack, key, 'fallbacks'),
      });
    }
  });

  test('ECS may read it, and the app itself may not', () => {
    const { stack, key, web } = withKey();
    const template = Template.fromStack(stack);
    expect(statementsOf(template, web.executionRole)).toContainEqual({
      Effect: 'Allow',
      Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      Resource: stack.resolve(key.secret.secretArn),
    });
    expect(statementsOf(template, web.taskRole)).toEqual([]);
  });

  test('the template has no key', () => {
    const { stack, web } = withKey();
    const definition = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')[idOf(web.taskDefinition)];
    expect(JSON.stringify(definition)).not.toMatch(/resolve:|"Name":"FLASK_SECRET_KEY","Value"/);
  });

  test('its tasks start anew when it is rotated', () => {
    const { stack, key } = withKey();
    expect(only(Template.fromStack(stack), 'AWS::Events::Rule').Properties).toMatchObject({
      EventPattern: { resources: [stack.resolve(key.secret.secretArn)] },
    });
  });

  test('nothing starts anew where it is not rotated', () => {
    const { stack } = withKey({ stage: FlaskStage.development() });
    Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 0);
    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 0);
  });

  test('two services share it: one signs the sessions that the other reads', () => {
    const stack = testStack();
    const key = new FlaskSecretKey(stack, 'Key');
    const [shop, admin] = ['Shop', 'Admin'].map((id) => service(stack, {}, id));
    shop.useSecretKey(key);
    admin.useSecretKey(key);
    expect(secretsOf(stack, shop)).toEqual(secretsOf(stack, admin));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 1);
    // each restarts its own, by the one state machine of the stack
    template.resourceCountIs('AWS::Events::Rule', 2);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });

  test('a service of another stack', () => {
    const app: App = testApp();
    const key = new FlaskSecretKey(new Stack(app, 'Secrets'), 'Key');
    const web = service(new Stack(app, 'Test'));
    web.useSecretKey(key);
    expect(() => app.synth()).not.toThrow();
    expect(Stack.of(key).dependencies).toEqual([]);
  });

  test('a service that is not told of it may have it as any other secret', () => {
    const stack = testStack();
    const key = new FlaskSecretKey(stack, 'Key');
    const web = service(stack, { secrets: { FLASK_SECRET_KEY: key.current, OLD_KEYS: key.fallbacks } });
    expect(secretsOf(stack, web)).toEqual({
      FLASK_SECRET_KEY: valueFrom(stack, key, 'current'),
      OLD_KEYS: valueFrom(stack, key, 'fallbacks'),
    });
  });

  test('in isolated subnets, the endpoint of Secrets Manager appears with it', () => {
    const stack = testStack();
    const web = service(stack, { egress: Egress.vpcEndpoints() });
    expect(web.vpc.node.tryFindChild('Secretsmanager')).toBeUndefined();
    web.useSecretKey(new FlaskSecretKey(stack, 'Key'));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.secretsmanager']] },
    });
  });

  const taken = 'the variable FLASK_SECRET_KEY is given already; remove it from environment and secrets, or call useSecretKey() once';

  test('twice is a mistake', () => {
    const { web, key } = withKey();
    expectError(() => web.useSecretKey(key), taken);
  });

  test('beside a key of the user is a mistake', () => {
    const stack = testStack();
    const web = service(stack, { environment: { FLASK_SECRET_KEY: 'plain' } });
    expectError(() => web.useSecretKey(new FlaskSecretKey(stack, 'Key')), taken);
  });

  test('beside fallbacks of one process is a mistake', () => {
    const stack = testStack();
    const web = service(stack);
    web.addTask('Report', { command: ['true'], environment: { FLASK_SECRET_KEY_FALLBACKS: '[]' } });
    expect(() => web.useSecretKey(new FlaskSecretKey(stack, 'Key'))).toThrow(/^the variable FLASK_SECRET_KEY_FALLBACKS is given already; /);
  });
});

test('an ephemeral key that is rotated leaves nothing behind', () => {
  const { template } = setup({ stage: FlaskStage.ephemeral(), rotation: true });
  const { Resources } = template.toJSON() as { Resources: { [id: string]: { [key: string]: unknown } } };
  const kept = Object.values(Resources).flatMap(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy]);
  expect(new Set(kept)).toEqual(new Set(['Delete', undefined]));
});

describe('the stage of a service', () => {
  const kept = (template: Template) => only(template, 'AWS::SecretsManager::Secret').DeletionPolicy;

  test.each([
    ['production', FlaskStage.production(), 'Retain', 1],
    ['development', FlaskStage.development(), 'Delete', 0],
    ['ephemeral', FlaskStage.ephemeral(), 'Delete', 0],
  ])('%s is that of a key that is made in it', (_, stage, policy, rotations) => {
    const stack = testStack();
    const web = service(stack, { stage });
    web.useSecretKey(new FlaskSecretKey(web, 'SecretKey'));
    const template = Template.fromStack(stack);
    expect(kept(template)).toBe(policy);
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', rotations);
    expect(adviceOf(stack)).toEqual([]);
  });

  test('loses against the stage of the key', () => {
    const stack = testStack();
    const web = service(stack, { stage: FlaskStage.ephemeral() });
    new FlaskSecretKey(web, 'SecretKey', { stage: FlaskStage.production() });
    expect(kept(Template.fromStack(stack))).toBe('Retain');
  });

  test('that goes, with a key that stays: advice', () => {
    const stack = testStack();
    service(stack, { stage: FlaskStage.ephemeral() }).useSecretKey(new FlaskSecretKey(stack, 'SecretKey'));
    expect(adviceOf(stack)).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:secretKeyStays',
        text: 'the secret key Test/SecretKey is retained, and the service is not, so it would be left behind; give it the stage of the service, or acknowledge this if another service uses it too',
      },
    ]);
  });

  test('that stays, with a key that goes: no advice', () => {
    const stack = testStack();
    service(stack).useSecretKey(new FlaskSecretKey(stack, 'SecretKey', { stage: FlaskStage.ephemeral() }));
    expect(adviceOf(stack)).toEqual([]);
  });
});
