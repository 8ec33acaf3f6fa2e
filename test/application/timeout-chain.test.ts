import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import { type BalancerTimeouts, type ServerTimeouts, TimeoutChain } from '../../src/application/timeout-chain';
import { expectError, testStack } from '../util/test-stack';

const s = (amount: number) => Duration.seconds(amount);

function secondsOf(server: ServerTimeouts, balancer?: BalancerTimeouts): { [timer: string]: number } {
  const chain = new TimeoutChain(server, balancer);
  return Object.fromEntries(Object.entries(chain).map(([timer, value]) => [timer, (value as Duration).toSeconds()]));
}

describe('one number gives the others', () => {
  test('30 seconds by default', () => {
    expect(secondsOf({})).toEqual({ request: 30, graceful: 30, deregistration: 30, stop: 40, idle: 60, keepAlive: 75 });
  });

  test.each([
    [1, { request: 1, graceful: 1, deregistration: 1, stop: 11, idle: 60, keepAlive: 75 }],
    [50, { request: 50, graceful: 50, deregistration: 50, stop: 60, idle: 60, keepAlive: 75 }],
    [51, { request: 51, graceful: 51, deregistration: 51, stop: 61, idle: 61, keepAlive: 76 }],
    [110, { request: 110, graceful: 110, deregistration: 110, stop: 120, idle: 120, keepAlive: 135 }],
  ])('a request timeout of %i s', (request, expected) => {
    expect(secondsOf({ requestTimeout: s(request) })).toEqual(expected);
  });

  test('a graceful timeout moves the stop timeout', () => {
    expect(secondsOf({ gracefulTimeout: s(90) })).toEqual({
      request: 30,
      graceful: 90,
      deregistration: 30,
      stop: 100,
      idle: 60,
      keepAlive: 75,
    });
  });

  test('an idle timeout moves the keep-alive', () => {
    expect(secondsOf({}, { idleTimeout: s(300) })).toMatchObject({ idle: 300, keepAlive: 315 });
  });

  test('the longest keep-alive of a server moves the idle timeout', () => {
    expect(secondsOf({ maxKeepAlive: s(60) })).toMatchObject({ idle: 45, keepAlive: 60 });
    expect(secondsOf({ maxKeepAlive: s(60) }, { idleTimeout: s(59) })).toMatchObject({ idle: 59, keepAlive: 60 });
  });

  test('any set by hand wins', () => {
    expect(
      secondsOf(
        { requestTimeout: s(5), gracefulTimeout: s(6), stopTimeout: s(7), keepAlive: s(90) },
        { idleTimeout: s(80), deregistrationDelay: s(9) },
      ),
    ).toEqual({ request: 5, graceful: 6, stop: 7, deregistration: 9, idle: 80, keepAlive: 90 });
  });
});

describe('each pair is checked', () => {
  test.each([
    ['a graceful timeout equal to the request timeout', { gracefulTimeout: s(30) }, {}],
    ['a deregistration delay equal to the request timeout', {}, { deregistrationDelay: s(30) }],
    ['a stop timeout just above the graceful timeout', { stopTimeout: s(31) }, {}],
    ['an idle timeout just above the request timeout', {}, { idleTimeout: s(31) }],
    ['a keep-alive just above the idle timeout', { keepAlive: s(61) }, {}],
    ['the longest graceful timeout that leaves time to stop', { gracefulTimeout: s(110) }, {}],
    ['a longer graceful timeout with its stop timeout set', { gracefulTimeout: s(118), stopTimeout: s(119) }, {}],
  ])('%s is taken', (_, server: ServerTimeouts, balancer: BalancerTimeouts) => {
    expect(() => new TimeoutChain(server, balancer)).not.toThrow();
  });

  test.each<[ServerTimeouts, BalancerTimeouts, string]>([
    [
      { gracefulTimeout: s(29) },
      {},
      'gracefulTimeout must not be below requestTimeout, got 29 s and 30 s: a task that stops would cut its last requests off; change one of the two, or leave gracefulTimeout out to have it derived',
    ],
    [
      {},
      { deregistrationDelay: s(29) },
      'deregistrationDelay must not be below requestTimeout, got 29 s and 30 s: the load balancer would cut the last requests off; change one of the two, or leave deregistrationDelay out to have it derived',
    ],
    [
      { stopTimeout: s(30) },
      {},
      'stopTimeout must be above gracefulTimeout, got 30 s and 30 s: the server would be killed before it has finished; change one of the two, or leave stopTimeout out to have it derived',
    ],
    [
      {},
      { idleTimeout: s(30) },
      'idleTimeout must be above requestTimeout, got 30 s and 30 s: the load balancer would answer 504 before the app does; change one of the two, or leave idleTimeout out to have it derived',
    ],
    [
      { keepAlive: s(60) },
      {},
      'keepAlive must be above idleTimeout, got 60 s and 60 s: the server would close connections that the load balancer still uses: sporadic 502; change one of the two, or leave keepAlive out to have it derived',
    ],
    [
      { gracefulTimeout: s(111) },
      {},
      'stopTimeout must be a whole number of seconds from 2 to 120, got 121; Fargate kills a container after 120 seconds, so gracefulTimeout can be 110 at most',
    ],
    [
      { maxKeepAlive: s(60) },
      { idleTimeout: s(60) },
      'keepAlive must be above idleTimeout, got 60 s and 60 s: the server would close connections that the load balancer still uses: sporadic 502; the server keeps them for 60 s at most; make idleTimeout shorter, or use WsgiServer.gunicorn()',
    ],
    [
      { requestTimeout: s(60) },
      { kind: 'shared' },
      'the idle timeout of the shared listener must be above requestTimeout, got 60 s and 60 s: the load balancer would answer 504 before the app does; make requestTimeout shorter, or set idleTimeout to a longer one that the load balancer has',
    ],
    [
      { requestTimeout: s(60) },
      { kind: 'shared', idleTimeout: s(60) },
      'idleTimeout must be above requestTimeout, got 60 s and 60 s: the load balancer would answer 504 before the app does; make requestTimeout shorter, or set idleTimeout to a longer one that the load balancer has',
    ],
    [
      { maxKeepAlive: s(60) },
      { kind: 'shared' },
      'keepAlive must be above the idle timeout of the shared listener, got 60 s and 60 s: the server would close connections that the load balancer still uses: sporadic 502; the server keeps them for 60 s at most; set idleTimeout to a shorter one that the load balancer has, or use WsgiServer.gunicorn()',
    ],
    [
      { maxKeepAlive: s(60) },
      { kind: 'platform' },
      'keepAlive must be above the idle timeout of a platform, got 60 s and 60 s: the server would close connections that the load balancer still uses: sporadic 502; the server keeps them for 60 s at most; use WsgiServer.gunicorn()',
    ],
    [
      { requestTimeout: s(60) },
      { kind: 'platform' },
      'the idle timeout of a platform must be above requestTimeout, got 60 s and 60 s: the load balancer would answer 504 before the app does; make requestTimeout shorter',
    ],
    [
      { keepAlive: s(60) },
      { kind: 'platform' },
      'keepAlive must be above the idle timeout of a platform, got 60 s and 60 s: the server would close connections that the load balancer still uses: sporadic 502; change one of the two, or leave keepAlive out to have it derived',
    ],
  ])('%p with %p is refused', (server, balancer, message) => {
    expectError(() => new TimeoutChain(server, balancer), message);
  });
});

describe('a value that is known at deployment only', () => {
  const unknown = () => Duration.seconds(new CfnParameter(testStack(), 'Seconds', { type: 'Number' }).valueAsNumber);

  test.each<[string, ServerTimeouts, BalancerTimeouts]>([
    ['requestTimeout', { requestTimeout: unknown() }, {}],
    ['gracefulTimeout', { gracefulTimeout: unknown() }, {}],
    ['stopTimeout', { stopTimeout: unknown() }, {}],
    ['keepAlive', { keepAlive: unknown() }, {}],
    ['deregistrationDelay', {}, { deregistrationDelay: unknown() }],
    ['idleTimeout', {}, { idleTimeout: unknown() }],
  ])('as %s is not compared', (_, server, balancer) => {
    expect(() => new TimeoutChain(server, balancer)).not.toThrow();
  });

  test('gives the others as 30 seconds would', () => {
    const chain = new TimeoutChain({ requestTimeout: unknown() });
    expect([chain.stop.toSeconds(), chain.idle.toSeconds(), chain.keepAlive.toSeconds()]).toEqual([40, 60, 75]);
  });
});
