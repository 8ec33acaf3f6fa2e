import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import { type FlaskFargateServiceProps, LoadBalancing, WsgiServer } from '../../src';
import { containerOf, environmentOf, expectError, only, service, templateOf, testStack } from '../util/test-stack';

const environment = (props: Partial<FlaskFargateServiceProps> = {}) => environmentOf(containerOf(templateOf(props)));

/** The environment on a task of any size, also of one that Fargate does not have. */
const environmentOn = (server: WsgiServer, cpu: number, memoryLimitMiB: number) =>
  server._render({ cpu, memoryLimitMiB, port: 3000, balancer: {}, drainBeforeStop: false }).environment;

/** What every Python container is told, whatever the server. */
const PYTHON = { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1', TMPDIR: '/tmp', XDG_RUNTIME_DIR: '/tmp' };

describe('gunicorn', () => {
  test('is the default, with threaded workers and timers that follow from 30 seconds', () => {
    const expected = {
      ...PYTHON,
      PORT: '3000',
      WEB_CONCURRENCY: '2',
      GUNICORN_CMD_ARGS:
        '--bind 0.0.0.0:3000 --workers 2 -k gthread --threads 32 --keep-alive 75 --graceful-timeout 30 --limit-request-line 0 --limit-request-field_size 32768 --access-logfile - --access-logformat \'%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms %({x-amzn-trace-id}i)s\'',
      FORWARDED_ALLOW_IPS: '*',
    };
    expect(environment()).toEqual(expected);
    expect(environment({ server: WsgiServer.gunicorn() })).toEqual(expected);
  });

  test('takes every option', () => {
    const server = WsgiServer.gunicorn({
      workers: 3,
      threads: 8,
      accessLog: false,
      additionalArguments: ['--max-requests', '1000', '--max-requests-jitter=100'],
      requestTimeout: Duration.seconds(20),
      gracefulTimeout: Duration.seconds(25),
      stopTimeout: Duration.seconds(50),
      keepAlive: Duration.minutes(2),
    });
    const template = templateOf({ server, port: 8080 });
    expect(environmentOf(containerOf(template))).toEqual({
      ...PYTHON,
      PORT: '8080',
      WEB_CONCURRENCY: '3',
      GUNICORN_CMD_ARGS:
        '--bind 0.0.0.0:8080 --workers 3 -k gthread --threads 8 --keep-alive 120 --graceful-timeout 25 --limit-request-line 0 --limit-request-field_size 32768 --max-requests 1000 --max-requests-jitter=100',
      FORWARDED_ALLOW_IPS: '*',
    });
    expect(containerOf(template).StopTimeout).toBe(50);
  });

  test('leaves the command to the image', () => {
    expect(containerOf(templateOf()).Command).toBeUndefined();
  });

  test.each([
    // twice the vCPUs, but two at least
    [256, 512, '2'],
    [512, 1024, '2'],
    [1024, 2048, '2'],
    [2048, 4096, '4'],
    [4096, 8192, '8'],
    [16384, 32768, '32'],
    // one for each 192 MiB at most, but one at least
    [4096, 1535, '7'],
    [4096, 1536, '8'],
    [256, 384, '2'],
    [256, 383, '1'],
    [256, 128, '1'],
  ])('has of itself on %i CPU units and %i MiB %s workers', (cpu, memoryLimitMiB, workers) => {
    expect(environmentOn(WsgiServer.gunicorn(), cpu, memoryLimitMiB).WEB_CONCURRENCY).toBe(workers);
  });

  test.each([
    ['--name=flask', '--name=flask'],
    ['two words', "'two words'"],
    ["it's", `'it'"'"'s'`],
    ['$HOME', "'$HOME'"],
    ['', "''"],
  ])('quotes the argument %p as a shell needs it', (argument, quoted) => {
    const server = WsgiServer.gunicorn({ additionalArguments: [argument] });
    expect(environment({ server }).GUNICORN_CMD_ARGS).toBe(
      `--bind 0.0.0.0:3000 --workers 2 -k gthread --threads 32 --keep-alive 75 --graceful-timeout 30 --limit-request-line 0 --limit-request-field_size 32768 --access-logfile - --access-logformat '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms %({x-amzn-trace-id}i)s' ${quoted}`,
    );
  });
});

describe('granian', () => {
  test('by default has one worker for each vCPU, and an idle timeout that fits its longest keep-alive', () => {
    const template = templateOf({ server: WsgiServer.granian() });
    expect(environmentOf(containerOf(template))).toEqual({
      ...PYTHON,
      PORT: '3000',
      GRANIAN_HOST: '0.0.0.0',
      GRANIAN_PORT: '3000',
      GRANIAN_INTERFACE: 'wsgi',
      GRANIAN_WORKERS: '1',
      GRANIAN_BLOCKING_THREADS: '32',
      GRANIAN_HTTP1_HEADER_READ_TIMEOUT: '60000',
      GRANIAN_WORKERS_KILL_TIMEOUT: '30',
      GRANIAN_LOG_ACCESS_ENABLED: 'true',
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'deletion_protection.enabled', Value: 'true' },
        { Key: 'idle_timeout.timeout_seconds', Value: '45' },
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
        { Key: 'routing.http.xff_header_processing.mode', Value: 'append' },
      ]),
    });
  });

  test('takes every option', () => {
    const server = WsgiServer.granian({
      workers: 2,
      threads: 16,
      accessLog: false,
      requestTimeout: Duration.seconds(10),
      gracefulTimeout: Duration.seconds(12),
      stopTimeout: Duration.seconds(20),
      keepAlive: Duration.seconds(50),
    });
    const template = templateOf({ server, port: 8080 });
    expect(environmentOf(containerOf(template))).toEqual({
      ...PYTHON,
      PORT: '8080',
      GRANIAN_HOST: '0.0.0.0',
      GRANIAN_PORT: '8080',
      GRANIAN_INTERFACE: 'wsgi',
      GRANIAN_WORKERS: '2',
      GRANIAN_BLOCKING_THREADS: '16',
      GRANIAN_HTTP1_HEADER_READ_TIMEOUT: '50000',
      GRANIAN_WORKERS_KILL_TIMEOUT: '12',
    });
    expect(containerOf(template).StopTimeout).toBe(20);
  });

  test.each([
    [256, '1'],
    [1024, '1'],
    [2047, '1'],
    [2048, '2'],
    [8192, '8'],
  ])('has of itself on %i CPU units %s workers', (cpu, workers) => {
    expect(environmentOn(WsgiServer.granian(), cpu, 16_384).GRANIAN_WORKERS).toBe(workers);
  });

  test('takes a request timeout of 44 seconds at most', () => {
    expect(environment({ server: WsgiServer.granian({ requestTimeout: Duration.seconds(44) }) }).GRANIAN_WORKERS_KILL_TIMEOUT).toBe('44');
    expectError(
      () => service(testStack(), { server: WsgiServer.granian({ requestTimeout: Duration.seconds(45) }) }),
      'requestTimeout must be 44 s at most with a server that keeps idle connections for 60 s, got 45 s: the idle timeout of the load balancer lies between the two; make it shorter, or use WsgiServer.gunicorn()',
    );
  });

  test('takes a longer request timeout where no load balancer has an idle timeout', () => {
    const server = WsgiServer.granian({ requestTimeout: Duration.seconds(60) });
    expect(environment({ server, loadBalancing: LoadBalancing.none() }).GRANIAN_WORKERS_KILL_TIMEOUT).toBe('60');
  });

  test.each([
    [1, 'keepAlive must be a whole number of seconds from 2 to 4100, got 1'],
    [61, 'keepAlive of granian must be a whole number of seconds from 2 to 60, got 61'],
  ])('refuses a keep-alive of %i s', (seconds, message) => {
    expectError(() => WsgiServer.granian({ keepAlive: Duration.seconds(seconds) }), message);
  });

  test.each([2, 60])('takes a keep-alive of %i s', (seconds) => {
    expect(() => WsgiServer.granian({ keepAlive: Duration.seconds(seconds) })).not.toThrow();
  });

  test.each([10, 45])('names the keep-alive where one of %i s leaves no room for an idle timeout', (seconds) => {
    expectError(
      () => service(testStack(), { server: WsgiServer.granian({ keepAlive: Duration.seconds(seconds) }) }),
      `keepAlive must be more than 15 s above requestTimeout, got ${seconds} s and 30 s: the idle timeout of the load balancer lies between the two; make requestTimeout shorter, or use a server that keeps connections open longer`,
    );
  });

  test('takes a keep-alive that leaves just room for it', () => {
    expect(environment({ server: WsgiServer.granian({ keepAlive: Duration.seconds(46) }) }).GRANIAN_HTTP1_HEADER_READ_TIMEOUT).toBe(
      '46000',
    );
  });
});

describe('custom', () => {
  test('has the command and the environment that it is given', () => {
    const server = WsgiServer.custom({
      command: ['waitress-serve', '--port=3000', 'app:app'],
      environment: { WAITRESS_THREADS: '8' },
      requestTimeout: Duration.seconds(60),
    });
    const template = templateOf({ server });
    expect(containerOf(template).Command).toEqual(['waitress-serve', '--port=3000', 'app:app']);
    expect(environmentOf(containerOf(template))).toEqual({ ...PYTHON, PORT: '3000', WAITRESS_THREADS: '8' });
    expect(containerOf(template).StopTimeout).toBe(70);
  });

  test('by default is told the port and nothing else', () => {
    expect(environment({ server: WsgiServer.custom({ command: ['./serve'] }), port: 5000 })).toEqual({ ...PYTHON, PORT: '5000' });
  });

  test('needs a command', () => {
    expectError(
      () => WsgiServer.custom({ command: [] }),
      "the command of WsgiServer.custom() must have at least one word, got an empty list; for example ['waitress-serve', 'app:app']",
    );
  });
});

describe.each([
  ['gunicorn', WsgiServer.gunicorn],
  ['granian', WsgiServer.granian],
])('the workers and threads of %s', (_, server) => {
  test.each([0, 65, -1, 1.5, Number.NaN])('refuse %p workers', (workers) => {
    expectError(
      () => server({ workers }),
      `workers must be a whole number from 1 to 64, got ${workers}; leave it out to have it derived from cpu and memoryLimitMiB`,
    );
  });

  test.each([1, 64])('take %i workers', (workers) => {
    expect(() => server({ workers })).not.toThrow();
  });

  test.each([0, 1025, 2.5])('refuse %p threads', (threads) => {
    expectError(() => server({ threads }), `threads must be a whole number from 1 to 1024, got ${threads}; leave it out for 32`);
  });

  test.each([1, 1024])('take %i threads', (threads) => {
    expect(() => server({ threads })).not.toThrow();
  });
});

describe.each([
  ['gunicorn', WsgiServer.gunicorn],
  ['granian', WsgiServer.granian],
  ['custom', (options: object) => WsgiServer.custom({ command: ['./serve'], ...options })],
])('the timers of %s', (_, server) => {
  test.each([Duration.millis(1500), Duration.seconds(0), Duration.seconds(111)])('refuse a request timeout of %s', (requestTimeout) => {
    expectError(
      () => server({ requestTimeout }),
      `requestTimeout must be a whole number of seconds from 1 to 110, got ${requestTimeout.toSeconds({ integral: false })}; Fargate kills a container 120 seconds after SIGTERM; run longer work in a worker`,
    );
  });

  test.each([1, 110])('take a request timeout of %i s', (seconds) => {
    expect(() => server({ requestTimeout: Duration.seconds(seconds) })).not.toThrow();
  });

  test.each([0, 119])('refuse a graceful timeout of %i s', (seconds) => {
    expectError(
      () => server({ gracefulTimeout: Duration.seconds(seconds) }),
      `gracefulTimeout must be a whole number of seconds from 1 to 118, got ${seconds}`,
    );
  });

  test.each([1, 118])('take a graceful timeout of %i s', (seconds) => {
    expect(() => server({ gracefulTimeout: Duration.seconds(seconds) })).not.toThrow();
  });

  test.each([1, 121])('refuse a stop timeout of %i s', (seconds) => {
    expectError(
      () => server({ stopTimeout: Duration.seconds(seconds) }),
      `stopTimeout must be a whole number of seconds from 2 to 120, got ${seconds}; the maximum is a limit of Fargate`,
    );
  });

  test.each([2, 120])('take a stop timeout of %i s', (seconds) => {
    expect(() => server({ stopTimeout: Duration.seconds(seconds) })).not.toThrow();
  });
});

describe.each([
  ['gunicorn', WsgiServer.gunicorn],
  ['custom', (options: object) => WsgiServer.custom({ command: ['./serve'], ...options })],
])('the keep-alive of %s', (_, server) => {
  test.each([1, 4101])('is refused at %i s', (seconds) => {
    expectError(
      () => server({ keepAlive: Duration.seconds(seconds) }),
      `keepAlive must be a whole number of seconds from 2 to 4100, got ${seconds}`,
    );
  });

  test.each([2, 4100])('is taken at %i s', (seconds) => {
    expect(() => server({ keepAlive: Duration.seconds(seconds) })).not.toThrow();
  });
});

describe('values that are known at deployment only', () => {
  const stack = () => {
    const made = testStack();
    return { made, parameter: new CfnParameter(made, 'Value', { type: 'Number' }).valueAsNumber };
  };

  test('pass as workers and threads', () => {
    const { made, parameter } = stack();
    service(made, { server: WsgiServer.gunicorn({ workers: parameter, threads: parameter }) });
    const variables = environmentOf(containerOf(Template.fromStack(made)));
    expect(variables.WEB_CONCURRENCY).toEqual({ Ref: 'Value' });
    expect(variables.GUNICORN_CMD_ARGS).toEqual({
      'Fn::Join': [
        '',
        [
          '--bind 0.0.0.0:3000 --workers ',
          { Ref: 'Value' },
          ' -k gthread --threads ',
          { Ref: 'Value' },
          ' --keep-alive 75 --graceful-timeout 30 --limit-request-line 0 --limit-request-field_size 32768 --access-logfile - --access-logformat \'%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms %({x-amzn-trace-id}i)s\'',
        ],
      ],
    });
  });

  test('pass as workers and threads of granian', () => {
    const { made, parameter } = stack();
    service(made, { server: WsgiServer.granian({ workers: parameter, threads: parameter }) });
    expect(environmentOf(containerOf(Template.fromStack(made)))).toMatchObject({
      GRANIAN_WORKERS: { Ref: 'Value' },
      GRANIAN_BLOCKING_THREADS: { Ref: 'Value' },
    });
  });

  test('pass as timers', () => {
    const { made, parameter } = stack();
    const seconds = Duration.seconds(parameter);
    service(made, { server: WsgiServer.gunicorn({ requestTimeout: seconds, keepAlive: seconds, stopTimeout: seconds }) });
    const template = Template.fromStack(made);
    expect(environmentOf(containerOf(template)).GUNICORN_CMD_ARGS).toEqual({
      'Fn::Join': [
        '',
        [
          '--bind 0.0.0.0:3000 --workers 2 -k gthread --threads 32 --keep-alive ',
          { Ref: 'Value' },
          ' --graceful-timeout ',
          { Ref: 'Value' },
          ' --limit-request-line 0 --limit-request-field_size 32768 --access-logfile - --access-logformat \'%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms %({x-amzn-trace-id}i)s\'',
        ],
      ],
    });
    expect(containerOf(template).StopTimeout).toEqual({ Ref: 'Value' });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties.TargetGroupAttributes).toContainEqual({
      Key: 'deregistration_delay.timeout_seconds',
      Value: { Ref: 'Value' },
    });
  });

  test.each(['requestTimeout', 'gracefulTimeout', 'stopTimeout', 'keepAlive'])('pass as %s of granian', (timer) => {
    const { made, parameter } = stack();
    service(made, { server: WsgiServer.granian({ [timer]: Duration.seconds(parameter) }) });
    expect(() => Template.fromStack(made)).not.toThrow();
  });

  test('pass as CPU and memory: the workers are then two, or one with granian', () => {
    const { made, parameter } = stack();
    service(made, { cpu: parameter, memoryLimitMiB: parameter });
    const template = Template.fromStack(made);
    expect(environmentOf(containerOf(template)).WEB_CONCURRENCY).toBe('2');
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: { Ref: 'Value' }, Memory: { Ref: 'Value' } });

    const other = stack();
    service(other.made, { cpu: other.parameter, server: WsgiServer.granian() });
    expect(environmentOf(containerOf(Template.fromStack(other.made))).GRANIAN_WORKERS).toBe('1');
  });

  test('pass as port', () => {
    const { made, parameter } = stack();
    service(made, { port: parameter });
    const template = Template.fromStack(made);
    expect(environmentOf(containerOf(template)).PORT).toEqual({ Ref: 'Value' });
    expect(containerOf(template).PortMappings).toEqual([{ ContainerPort: { Ref: 'Value' }, Name: 'http', Protocol: 'tcp' }]);
  });
});

test('a server of your own takes its port from the service', () => {
  expectError(
    () => WsgiServer.custom({ command: ['serve'], environment: { PORT: '1' } }),
    'the variable PORT is set by the construct and cannot be given in the environment of WsgiServer.custom(); set the prop port',
  );
});

describe('additional arguments', () => {
  test.each([
    [
      ['--keep-alive', '2'],
      "the argument '--keep-alive' cannot be given in additionalArguments, because the construct sets it; use keepAlive",
    ],
    [
      ['--graceful-timeout=5'],
      "the argument '--graceful-timeout=5' cannot be given in additionalArguments, because the construct sets it; use gracefulTimeout",
    ],
    [['-b', '0.0.0.0:8000'], "the argument '-b' cannot be given in additionalArguments, because the construct sets it; use the prop port"],
    [
      ['-k', 'sync'],
      "the argument '-k' cannot be given in additionalArguments, because the construct sets it; use WsgiServer.custom() for another worker class than gthread",
    ],
    [['--max-requests 100'], 'each of additionalArguments must be one word, got \'--max-requests 100\'; give ["--max-requests","100"]'],
  ])('refuses %p', (additionalArguments, message) => {
    expectError(() => WsgiServer.gunicorn({ additionalArguments }), message);
  });

  test('takes others', () => {
    expect(() => WsgiServer.gunicorn({ additionalArguments: ['--max-requests', '1000', '--max-requests-jitter=50'] })).not.toThrow();
  });
});

test('a number in the place of a duration is named', () => {
  expectError(
    () => WsgiServer.gunicorn({ requestTimeout: 60 as unknown as Duration }),
    'requestTimeout must be a Duration, got 60; for example Duration.seconds(1)',
  );
});
