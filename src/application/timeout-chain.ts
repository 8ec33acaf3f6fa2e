import { Duration } from 'aws-cdk-lib/core';
import { fail, knownSeconds, requireSeconds } from '../private/validation';

/**
 * What a server says of its timeouts.
 *
 * @internal
 */
export interface ServerTimeouts {
  readonly requestTimeout?: Duration;
  readonly gracefulTimeout?: Duration;
  readonly stopTimeout?: Duration;
  readonly keepAlive?: Duration;
  /** The longest keep-alive that the server can be told, where it has such a limit. */
  readonly maxKeepAlive?: Duration;
}

/**
 * What a load balancer says of its timeouts.
 *
 * @internal
 */
export interface BalancerTimeouts {
  /** Whose load balancer it is: one of the service's own follows the server, one that is shared or of a platform is as it is. */
  readonly kind?: 'own' | 'shared' | 'platform' | 'none';
  readonly idleTimeout?: Duration;
  readonly deregistrationDelay?: Duration;
}

/** How long a container of its own holds the stop signal back, where there is one. */
export const DRAIN_SECONDS = 10;
/** The stop timeout of that container: what it needs to end is on top. */
export const DRAIN_STOP_SECONDS = DRAIN_SECONDS + 5;
/** Fargate kills a container 120 s after SIGTERM at the latest. */
const MAX_STOP_SECONDS = 120;
/** What a server needs after its last request to end. */
const STOP_MARGIN_SECONDS = 10;
/** How much longer the server keeps a connection than the load balancer: the one that closes first must be the load balancer. */
const KEEP_ALIVE_MARGIN_SECONDS = 15;

/**
 * The timers between the client and the process, derived from one number: the longest time that a request may take.
 *
 * request <= deregistration delay, request <= graceful < stop <= 120 s: a task that is replaced finishes what it has begun.
 * request < idle < keep-alive: the load balancer neither cuts a request off nor sends one into a connection that the server closes.
 *
 * @internal
 */
export class TimeoutChain {
  public readonly request: Duration;
  public readonly graceful: Duration;
  public readonly stop: Duration;
  public readonly deregistration: Duration;
  public readonly idle: Duration;
  public readonly keepAlive: Duration;

  public constructor(server: ServerTimeouts, balancer: BalancerTimeouts = {}, drainBeforeStop = false) {
    this.request = server.requestTimeout ?? Duration.seconds(30);
    const request = knownSeconds(this.request) ?? 30;

    this.graceful = server.gracefulTimeout ?? this.request;
    this.deregistration = balancer.deregistrationDelay ?? this.request;
    this.stop = server.stopTimeout ?? Duration.seconds((knownSeconds(this.graceful) ?? request) + STOP_MARGIN_SECONDS);

    const idle = idleFor(request, server, balancer);
    this.idle = balancer.idleTimeout ?? Duration.seconds(idle);
    this.keepAlive =
      server.keepAlive ?? server.maxKeepAlive ?? Duration.seconds((knownSeconds(this.idle) ?? idle) + KEEP_ALIVE_MARGIN_SECONDS);

    const maxStop = MAX_STOP_SECONDS - (drainBeforeStop ? DRAIN_STOP_SECONDS : 0);
    requireSeconds(
      'stopTimeout',
      this.stop,
      2,
      maxStop,
      `Fargate kills a container after ${MAX_STOP_SECONDS} seconds${drainBeforeStop ? `, ${DRAIN_STOP_SECONDS} of which go to drainBeforeStop` : ''}, so gracefulTimeout can be ${maxStop - STOP_MARGIN_SECONDS} at most`,
    );
    notBelow('gracefulTimeout', this.graceful, 'requestTimeout', this.request, 'a task that stops would cut its last requests off');
    notBelow(
      'deregistrationDelay',
      this.deregistration,
      'requestTimeout',
      this.request,
      'the load balancer would cut the last requests off',
    );
    above('stopTimeout', this.stop, 'gracefulTimeout', this.graceful, 'the server would be killed before it has finished');
    if (balancer.kind === 'none') {
      return;
    }
    const { name, tooShort, tooLong } = idleOf(balancer);
    above(name, this.idle, 'requestTimeout', this.request, 'the load balancer would answer 504 before the app does', tooShort);
    above(
      'keepAlive',
      this.keepAlive,
      name,
      this.idle,
      'the server would close connections that the load balancer still uses: sporadic 502',
      server.maxKeepAlive ? `the server keeps them for ${server.maxKeepAlive.toSeconds()} s at most; ${tooLong}` : undefined,
    );
  }
}

interface IdleTimeout {
  /** How users know it. */
  readonly name: string;
  /** What they can do about one that is too short for the requests, and too long for the connections that the server keeps. */
  readonly tooShort?: string;
  readonly tooLong: string;
}

function idleOf({ kind, idleTimeout }: BalancerTimeouts): IdleTimeout {
  if (kind === 'platform') {
    return { name: 'the idle timeout of a platform', tooShort: 'make requestTimeout shorter', tooLong: 'use WsgiServer.gunicorn()' };
  }
  const tooLong = 'make idleTimeout shorter, or use WsgiServer.gunicorn()';
  if (kind !== 'shared') {
    return { name: 'idleTimeout', tooLong };
  }
  return {
    name: idleTimeout ? 'idleTimeout' : 'the idle timeout of the shared listener',
    tooShort: 'make requestTimeout shorter, or set idleTimeout to a longer one that the load balancer has',
    tooLong: 'set idleTimeout to a shorter one that the load balancer has, or use WsgiServer.gunicorn()',
  };
}

/** AWS's own, and what a shared load balancer is taken to have. */
const IDLE_SECONDS = 60;

/** The idle timeout in seconds where nobody has set one. */
function idleFor(request: number, server: ServerTimeouts, { kind, idleTimeout }: BalancerTimeouts): number {
  if (kind === 'shared' || kind === 'platform' || kind === 'none' || idleTimeout) {
    return IDLE_SECONDS;
  }
  const max = server.maxKeepAlive && knownSeconds(server.keepAlive ?? server.maxKeepAlive);
  if (max === undefined) {
    return Math.max(IDLE_SECONDS, request + STOP_MARGIN_SECONDS);
  }
  const idle = max - KEEP_ALIVE_MARGIN_SECONDS;
  if (idle <= request && server.keepAlive === undefined) {
    fail(
      `requestTimeout must be ${idle - 1} s at most with a server that keeps idle connections for ${max} s, got ${request} s: the idle timeout of the load balancer lies between the two; make it shorter, or use WsgiServer.gunicorn()`,
    );
  }
  if (idle <= request) {
    fail(
      `keepAlive must be more than ${KEEP_ALIVE_MARGIN_SECONDS} s above requestTimeout, got ${max} s and ${request} s: the idle timeout of the load balancer lies between the two; make requestTimeout shorter, or use a server that keeps connections open longer`,
    );
  }
  return idle;
}

function notBelow(name: string, value: Duration, otherName: string, other: Duration, consequence: string): void {
  compare(name, value, otherName, other, 'must not be below', consequence, (a, b) => a >= b);
}

function above(name: string, value: Duration, otherName: string, other: Duration, consequence: string, remedy?: string): void {
  compare(name, value, otherName, other, 'must be above', consequence, (a, b) => a > b, remedy);
}

function compare(
  name: string,
  value: Duration,
  otherName: string,
  other: Duration,
  relation: string,
  consequence: string,
  holds: (a: number, b: number) => boolean,
  remedy = `change one of the two, or leave ${name} out to have it derived`,
): void {
  const a = knownSeconds(value);
  const b = knownSeconds(other);
  if (a !== undefined && b !== undefined && !holds(a, b)) {
    fail(`${name} ${relation} ${otherName}, got ${a} s and ${b} s: ${consequence}; ${remedy}`);
  }
}
