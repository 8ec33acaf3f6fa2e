import { Template } from 'aws-cdk-lib/assertions';
import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import { FlaskHealthCheck, LoadBalancing } from '../../src';
import { containerOf, expectError, only, service, templateOf, testStack } from '../util/test-stack';

const targetGroupOf = (template: Template) => only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties;
const serviceOf = (template: Template) => only(template, 'AWS::ECS::Service').Properties;

const script = (port: unknown, path: string, timeout: number) =>
  `import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', ${port}, timeout=${timeout}); c.request('GET', "${path}"); sys.exit(c.getresponse().status >= 500)`;

test('by default asks for the root path, and calls a task healthy after 30 seconds', () => {
  const template = templateOf();
  expect(targetGroupOf(template)).toMatchObject({
    HealthCheckPath: '/',
    HealthCheckIntervalSeconds: 15,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    Matcher: { HttpCode: '200' },
  });
  expect(containerOf(template).HealthCheck).toEqual({
    Command: ['CMD', 'python', '-c', script(3000, '/', 5)],
    Interval: 15,
    Timeout: 5,
    Retries: 3,
    StartPeriod: 60,
  });
  expect(serviceOf(template).HealthCheckGracePeriodSeconds).toBe(60);
});

test('takes every option', () => {
  const healthCheck = FlaskHealthCheck.path('/health', {
    healthyHttpCodes: '200,204',
    interval: Duration.seconds(30),
    timeout: Duration.seconds(10),
    healthyThresholdCount: 4,
    unhealthyThresholdCount: 6,
    gracePeriod: Duration.minutes(2),
    containerHealthCheck: true,
  });
  const template = templateOf({ healthCheck, port: 8080 });
  expect(targetGroupOf(template)).toMatchObject({
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 10,
    HealthyThresholdCount: 4,
    UnhealthyThresholdCount: 6,
    Matcher: { HttpCode: '200,204' },
  });
  expect(containerOf(template).HealthCheck).toEqual({
    Command: ['CMD', 'python', '-c', script(8080, '/health', 10)],
    Interval: 30,
    Timeout: 10,
    Retries: 6,
    StartPeriod: 120,
  });
  expect(serviceOf(template).HealthCheckGracePeriodSeconds).toBe(120);
});

test('can leave the check from inside of the container out', () => {
  const template = templateOf({ healthCheck: FlaskHealthCheck.path('/health', { containerHealthCheck: false }) });
  expect(containerOf(template).HealthCheck).toBeUndefined();
  expect(targetGroupOf(template).HealthCheckPath).toBe('/health');
});

test('checks from inside of the container where there is no load balancer', () => {
  const template = templateOf({ loadBalancing: LoadBalancing.none() });
  expect(containerOf(template).HealthCheck).toMatchObject({ Command: ['CMD', 'python', '-c', script(3000, '/', 5)] });
  expect(serviceOf(template).HealthCheckGracePeriodSeconds).toBeUndefined();
});

test('quotes the path for Python', () => {
  const template = templateOf({ healthCheck: FlaskHealthCheck.path('/a"b\\c') });
  expect(containerOf(template).HealthCheck).toMatchObject({ Command: ['CMD', 'python', '-c', script(3000, '/a\\"b\\\\c', 5)] });
});

describe('the path', () => {
  test.each(['', 'health', 'http://example.com/', '/two words', '/line\nbreak'])('%p is refused', (path) => {
    expectError(
      () => FlaskHealthCheck.path(path),
      `the path of the health check must be a path that begins with a slash and has no spaces, for example '/health', got '${path}'`,
    );
  });

  test.each(['/', '/health', '/health/live?full=1'])('%p is taken', (path) => {
    expect(() => FlaskHealthCheck.path(path)).not.toThrow();
  });
});

describe('the codes', () => {
  test.each(['', '199', '500', '200-500', '200-', '200,', '200, 204', 'ok', '2xx'])('%p is refused', (healthyHttpCodes) => {
    expectError(
      () => FlaskHealthCheck.path('/', { healthyHttpCodes }),
      `healthyHttpCodes must be codes from 200 to 499 such as '200', '200,204' or '200-399', got '${healthyHttpCodes}'`,
    );
  });

  test.each(['200', '499', '200,204', '200-399', '200-299,302,400-404'])('%p is taken', (healthyHttpCodes) => {
    expect(targetGroupOf(templateOf({ healthCheck: FlaskHealthCheck.path('/', { healthyHttpCodes }) })).Matcher).toEqual({
      HttpCode: healthyHttpCodes,
    });
  });
});

describe('the times', () => {
  test.each([4, 301])('an interval of %i s is refused', (seconds) => {
    expectError(
      () => FlaskHealthCheck.path('/', { interval: Duration.seconds(seconds), timeout: Duration.seconds(2) }),
      `interval of the health check must be a whole number of seconds from 5 to 300, got ${seconds}`,
    );
  });

  test.each([5, 300])('an interval of %i s is taken', (seconds) => {
    const healthCheck = FlaskHealthCheck.path('/', { interval: Duration.seconds(seconds), timeout: Duration.seconds(2) });
    expect(containerOf(templateOf({ healthCheck })).HealthCheck).toMatchObject({ Interval: seconds });
  });

  test.each([1, 61])('a timeout of %i s is refused', (seconds) => {
    expectError(
      () => FlaskHealthCheck.path('/', { interval: Duration.seconds(90), timeout: Duration.seconds(seconds) }),
      `timeout of the health check must be a whole number of seconds from 2 to 60, got ${seconds}`,
    );
  });

  test.each([2, 60])('a timeout of %i s is taken', (seconds) => {
    const healthCheck = FlaskHealthCheck.path('/', { interval: Duration.seconds(90), timeout: Duration.seconds(seconds) });
    expect(containerOf(templateOf({ healthCheck })).HealthCheck).toMatchObject({ Timeout: seconds });
  });

  test('a fraction of a second is refused', () => {
    expectError(
      () => FlaskHealthCheck.path('/', { timeout: Duration.millis(2500) }),
      'timeout of the health check must be a whole number of seconds from 2 to 60, got 2.5',
    );
  });

  test('a grace period of 301 s is refused', () => {
    expectError(
      () => FlaskHealthCheck.path('/', { gracePeriod: Duration.seconds(301) }),
      'gracePeriod of the health check must be a whole number of seconds from 0 to 300, got 301',
    );
  });

  test.each([0, 300])('a grace period of %i s is taken', (seconds) => {
    const template = templateOf({ healthCheck: FlaskHealthCheck.path('/', { gracePeriod: Duration.seconds(seconds) }) });
    expect(serviceOf(template).HealthCheckGracePeriodSeconds).toBe(seconds);
  });

  test.each([
    [15, 15],
    [16, 15],
    // against the interval that is there by default, and the timeout that is
    [15, undefined],
    [undefined, 5],
  ])('a timeout of %p s within an interval of %p s is refused', (timeout, interval) => {
    expectError(
      () =>
        FlaskHealthCheck.path('/', {
          timeout: timeout === undefined ? undefined : Duration.seconds(timeout),
          interval: interval === undefined ? undefined : Duration.seconds(interval),
        }),
      `the timeout of the health check must be below its interval, got ${timeout ?? 5} s and ${interval ?? 15} s; make the interval longer`,
    );
  });

  test('a timeout one second below the interval is taken', () => {
    expect(() => FlaskHealthCheck.path('/', { timeout: Duration.seconds(14) })).not.toThrow();
  });
});

describe.each(['healthyThresholdCount', 'unhealthyThresholdCount'])('the %s', (name) => {
  test.each([1, 11, 2.5])('%p is refused', (count) => {
    expectError(() => FlaskHealthCheck.path('/', { [name]: count }), `${name} must be a whole number from 2 to 10, got ${count}`);
  });

  test.each([2, 10])('%i is taken', (count) => {
    expect(() => FlaskHealthCheck.path('/', { [name]: count })).not.toThrow();
  });
});

test('a path that is known at deployment only passes to both checks', () => {
  const stack = testStack();
  service(stack, { healthCheck: FlaskHealthCheck.path(new CfnParameter(stack, 'Path').valueAsString) });
  const template = Template.fromStack(stack);
  expect(targetGroupOf(template).HealthCheckPath).toEqual({ Ref: 'Path' });
  const [before, after] = script(3000, '<>', 5).split('<>');
  expect(containerOf(template).HealthCheck).toMatchObject({
    Command: ['CMD', 'python', '-c', { 'Fn::Join': ['', [before, { Ref: 'Path' }, after]] }],
  });
});

// not the interval and the timeout: the CDK compares them
test('a grace period and thresholds that are known at deployment only pass', () => {
  const stack = testStack();
  const seconds = Duration.seconds(new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber);
  const path = new CfnParameter(stack, 'Path').valueAsString;
  const count = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
  const healthCheck = FlaskHealthCheck.path(path, {
    gracePeriod: seconds,
    healthyThresholdCount: count,
    unhealthyThresholdCount: count,
    // the CDK refuses such values in the check of a container
    containerHealthCheck: false,
  });
  service(stack, { healthCheck });
  const template = Template.fromStack(stack);
  expect(targetGroupOf(template)).toMatchObject({
    HealthCheckPath: { Ref: 'Path' },
    HealthyThresholdCount: { Ref: 'Count' },
    UnhealthyThresholdCount: { Ref: 'Count' },
  });
  expect(serviceOf(template).HealthCheckGracePeriodSeconds).toEqual({ Ref: 'Seconds' });
});
