import { Template } from 'aws-cdk-lib/assertions';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Annotations, CfnParameter, Fn } from 'aws-cdk-lib/core';
import { type FlaskFargateServiceProps, WsgiServer } from '../../src';
import {
  adviceOf,
  containerOf,
  environmentOf,
  expectError,
  service,
  statementsOf,
  templateOf,
  testStack,
  warningsOf,
} from '../util/test-stack';

const aSecret = (key = 'Secret') => EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(testStack(), key, 'name'));
const refused = (props: Partial<FlaskFargateServiceProps>, message: string) => expectError(() => service(testStack(), props), message);

test('the variables of the user are there, in order, beside those of Python and the server', () => {
  const container = containerOf(templateOf({ environment: { Z: '1', FLASK_GREETING: 'hello', A: '2' } }));
  const names = (container.Environment as { Name: string }[]).map(({ Name }) => Name);
  expect(names).toEqual([...names].sort());
  expect(environmentOf(container)).toMatchObject({ A: '2', FLASK_GREETING: 'hello', Z: '1', PORT: '3000', PYTHONUNBUFFERED: '1' });
});

test.each(['TMPDIR', 'XDG_RUNTIME_DIR', 'PYTHONUNBUFFERED', 'PYTHONDONTWRITEBYTECODE', 'FORWARDED_ALLOW_IPS'])(
  'a value of the user wins for %s',
  (name) => {
    expect(environmentOf(containerOf(templateOf({ environment: { [name]: 'mine' } })))[name]).toBe('mine');
  },
);

test('secrets are there in order, and ECS may read them', () => {
  const stack = testStack();
  const secret = new Secret(stack, 'Secret');
  const web = service(stack, { secrets: { Z: EcsSecret.fromSecretsManager(secret, 'z'), A: EcsSecret.fromSecretsManager(secret, 'a') } });
  const template = Template.fromStack(stack);
  expect(containerOf(template).Secrets).toEqual([
    { Name: 'A', ValueFrom: { 'Fn::Join': ['', [stack.resolve(secret.secretArn), ':a::']] } },
    { Name: 'Z', ValueFrom: { 'Fn::Join': ['', [stack.resolve(secret.secretArn), ':z::']] } },
  ]);
  expect(statementsOf(template, web.executionRole)).toContainEqual({
    Effect: 'Allow',
    Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
    Resource: stack.resolve(secret.secretArn),
  });
  expect(statementsOf(template, web.taskRole)).toEqual([]);
});

test('values that are known at deployment only pass', () => {
  const stack = testStack();
  const value = new CfnParameter(stack, 'Value').valueAsString;
  service(stack, { environment: { A: value, FORWARDED_ALLOW_IPS: Fn.join(',', [value, '10.0.0.1']) } });
  expect(environmentOf(containerOf(Template.fromStack(stack)))).toMatchObject({
    A: { Ref: 'Value' },
    FORWARDED_ALLOW_IPS: { 'Fn::Join': [',', [{ Ref: 'Value' }, '10.0.0.1']] },
  });
});

describe('a variable that the construct owns', () => {
  const message = (name: string, remedy: string) =>
    `the variable ${name} is set by the construct and cannot be given in environment or secrets; ${remedy}`;

  const GUNICORN: [string, string][] = [
    ['PORT', 'set the prop port'],
    ['WEB_CONCURRENCY', 'set workers of WsgiServer.gunicorn() as server'],
    ['GUNICORN_CMD_ARGS', 'set threads, additionalArguments and the other options of WsgiServer.gunicorn() as server'],
  ];

  test.each(GUNICORN)('is refused with gunicorn: %s', (name, remedy) => {
    refused({ environment: { [name]: '1' } }, message(name, remedy));
    refused({ secrets: { [name]: aSecret() } }, message(name, remedy));
  });

  const granian = 'set workers, threads and the other options of WsgiServer.granian() as server';
  test.each([
    ['PORT', 'set the prop port'],
    ['GRANIAN_HOST', granian],
    ['GRANIAN_PORT', granian],
    ['GRANIAN_INTERFACE', granian],
    ['GRANIAN_WORKERS', granian],
    ['GRANIAN_BLOCKING_THREADS', granian],
    ['GRANIAN_HTTP1_HEADER_READ_TIMEOUT', granian],
  ])('is refused with granian: %s', (name, remedy) => {
    refused({ server: WsgiServer.granian(), environment: { [name]: '1' } }, message(name, remedy));
  });

  test('is the port alone with a server of your own', () => {
    const server = WsgiServer.custom({ command: ['./serve'] });
    expect(
      environmentOf(containerOf(templateOf({ server, environment: { GUNICORN_CMD_ARGS: '-k sync', WEB_CONCURRENCY: '9' } }))),
    ).toMatchObject({
      GUNICORN_CMD_ARGS: '-k sync',
      WEB_CONCURRENCY: '9',
    });
    refused({ server, environment: { PORT: '1' } }, message('PORT', 'set the prop port'));
  });
});

describe('a variable and a secret of one name', () => {
  test('are refused', () => {
    refused(
      { environment: { KEY: '1', OTHER: '2' }, secrets: { KEY: aSecret() } },
      'the variable KEY is given in environment and in secrets, and ECS takes it from one only; remove one of the two',
    );
  });

  test.each(['FORWARDED_ALLOW_IPS', 'TMPDIR', 'PYTHONUNBUFFERED'])('never reach ECS, where the variable is one of ours: %s', (name) => {
    const stack = testStack();
    service(stack, { secrets: { [name]: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) } });
    const container = containerOf(Template.fromStack(stack));
    expect(container.Secrets).toMatchObject([{ Name: name }]);
    expect(environmentOf(container)).not.toHaveProperty(name);
  });
});

describe('FORWARDED_ALLOW_IPS', () => {
  test.each(['10.0.0.0/8', '127.0.0.1,10.0.0.0/16'])('%s is refused', (value) => {
    refused(
      { environment: { FORWARDED_ALLOW_IPS: value } },
      `FORWARDED_ALLOW_IPS must be addresses separated by commas or '*', got '${value}': gunicorn exits at boot with a CIDR; leave it out for '*', which is safe because only the load balancer reaches the tasks`,
    );
  });

  test.each(['*', '127.0.0.1', '10.0.0.1,10.0.0.2'])('%s is taken', (value) => {
    expect(environmentOf(containerOf(templateOf({ environment: { FORWARDED_ALLOW_IPS: value } }))).FORWARDED_ALLOW_IPS).toBe(value);
  });
});

describe('the advice on plain secrets', () => {
  const ID = 'cdk-flask-fargate:plainSecret';
  const setup = (environment: { [key: string]: string }) => {
    const stack = testStack();
    service(stack, { environment });
    return stack;
  };
  const advice = (stack: ReturnType<typeof setup>) => warningsOf(stack).filter(({ id }) => id === ID);

  test.each(['FLASK_SECRET_KEY', 'DB_PASSWORD', 'DB_PASSWD', 'api_token', 'STRIPE_API_KEY', 'APIKEY'])('is given on %s', (name) => {
    expect(advice(setup({ [name]: 'x' }))).toEqual([
      {
        path: '/Test/Web',
        id: ID,
        text: `the environment variable ${name} looks like a secret and is in the template in plain text; give it in secrets, as ecs.Secret.fromSecretsManager(…)`,
      },
    ]);
  });

  test('is not given on others, on secrets, nor on what is known at deployment only', () => {
    expect(advice(setup({ FLASK_KEYBOARD: 'x', DATABASE_HOST: 'x' }))).toEqual([]);
    const stack = testStack();
    service(stack, {
      environment: { DB_PASSWORD: new CfnParameter(stack, 'Value', { noEcho: true }).valueAsString },
      secrets: { FLASK_SECRET_KEY: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) },
    });
    expect(advice(stack)).toEqual([]);
  });

  test('can be acknowledged', () => {
    const stack = setup({ DB_PASSWORD: 'x' });
    Annotations.of(stack).acknowledgeWarning(ID);
    expect(advice(stack)).toEqual([]);
  });
});

test('a password within a URL is a plain secret too', () => {
  const stack = testStack();
  service(stack, { environment: { DATABASE_URL: 'postgres://user:password@host/shop', HOME_URL: 'https://example.com/a:b@c' } });
  expect(
    adviceOf(stack)
      .filter(({ id }) => id === 'cdk-flask-fargate:plainSecret')
      .map(({ text }) => text.split(' ')[3]),
  ).toEqual(['DATABASE_URL']);
});

describe('the advice on texts that Flask takes for true', () => {
  const ID = 'cdk-flask-fargate:truthyText';
  const advice = (environment: { [key: string]: string }) => {
    const stack = testStack();
    service(stack, { environment });
    return warningsOf(stack).filter(({ id }) => id === ID);
  };

  test.each([
    ['False', 'false'],
    ['FALSE', 'false'],
    ['no', 'false'],
    ['off', 'false'],
    ['True', 'true'],
    ['yes', 'true'],
    ['None', 'null'],
    [' False', 'false'],
  ])('is given on %s', (value, meant) => {
    expect(advice({ FLASK_SESSION_COOKIE_SECURE: value })).toEqual([
      {
        path: '/Test/Web',
        id: ID,
        text: `the environment variable FLASK_SESSION_COOKIE_SECURE is '${value}': app.config.from_prefixed_env() reads values as JSON, so this stays a string, which is true in Python; give '${meant}'`,
      },
    ]);
  });

  test("is not given on JSON, on other texts, nor on variables that are not Flask's", () => {
    expect(
      advice({
        FLASK_A: 'true',
        FLASK_B: 'false',
        FLASK_C: 'null',
        FLASK_D: '0',
        FLASK_E: 'Falsehood',
        FLASK_F: ' false ',
        DEBUG: 'False',
      }),
    ).toEqual([]);
  });

  test('is given on a variable of one process too', () => {
    const stack = testStack();
    service(stack).addTask('Report', { command: ['flask', 'report'], environment: { FLASK_DRY_RUN: 'False' } });
    expect(warningsOf(stack).filter(({ id }) => id === ID)).toHaveLength(1);
  });
});
