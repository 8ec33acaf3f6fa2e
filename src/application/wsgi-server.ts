import type { Duration } from 'aws-cdk-lib/core';
import { textOf } from '../private/text';
import { fail, requireInteger, requireSeconds, sorted } from '../private/validation';
import { GRANIAN_LONGEST_KEEP_ALIVE, GRANIAN_REQUIREMENT, granianEnvironment } from './granian';
import { GUNICORN_REQUIREMENT, gunicornEnvironment } from './gunicorn';
import type { ServerTimeouts, TimeoutChain } from './timeout-chain';

/**
 * The timers that every server shares. All follow from `requestTimeout`; one that is set by hand is checked against the others.
 */
export interface WsgiServerOptions {
  /**
   * The longest time that a request may take, in whole seconds. The graceful timeout, the stop timeout, the deregistration delay, the idle
   * timeout of the load balancer and the keep-alive of the server follow from it. It is a promise of yours: no threaded WSGI server ends a
   * request that takes longer.
   *
   * @default Duration.seconds(30)
   */
  readonly requestTimeout?: Duration;

  /**
   * How long the server lets requests finish after SIGTERM. Not below `requestTimeout`.
   *
   * @default - `requestTimeout`
   */
  readonly gracefulTimeout?: Duration;

  /**
   * How long ECS waits after SIGTERM before it kills the container: above `gracefulTimeout`, 120 seconds at most (a limit of Fargate).
   *
   * @default - `gracefulTimeout` and 10 seconds
   */
  readonly stopTimeout?: Duration;

  /**
   * How long the server keeps an idle connection open. Above the load balancer's idle timeout: gunicorn's own 2 seconds against the load
   * balancer's 60 are a well-known source of sporadic 502 answers.
   *
   * @default - the idle timeout of the load balancer and 15 seconds; granian: 60 seconds, the most that it takes
   */
  readonly keepAlive?: Duration;
}

/** What gunicorn and granian have in common. */
export interface ThreadedWsgiServerOptions extends WsgiServerOptions {
  /**
   * The number of worker processes, 1 to 64.
   *
   * @default - gunicorn: twice the vCPUs, at least 2, and no more than the memory holds at 192 MiB each; granian: one per vCPU, at least 1
   */
  readonly workers?: number;

  /**
   * The number of threads in each worker, 1 to 1024: how many requests a worker answers at once. Each may hold a database connection; the
   * pool of SQLAlchemy has 15 per process by default, and further threads wait for it.
   *
   * @default 32 - as many as the development server of the guide answers at once in our bench; with 4, as many guides copy, a handler that waits 50 ms for I/O gives a sixth of it
   */
  readonly threads?: number;

  /**
   * Whether the server writes a line for each request to the log.
   *
   * @default true
   */
  readonly accessLog?: boolean;
}

/** gunicorn with threaded workers. */
export interface GunicornOptions extends ThreadedWsgiServerOptions {
  /**
   * Further command-line arguments, each as a word of its own. An argument that the installed version does not know stops gunicorn at boot.
   *
   * @default - none
   */
  readonly additionalArguments?: string[];
}

/** granian, a server written in Rust. */
export interface GranianOptions extends ThreadedWsgiServerOptions {}

/** A server of your own choice. */
export interface CustomWsgiServerOptions extends WsgiServerOptions {
  /**
   * The command that starts it, each word of its own, for example `['waitress-serve', '--port=3000', 'app:app']`. It must bind to `0.0.0.0`
   * and to the port of the service, and keep idle connections open for longer than the load balancer does (60 seconds by default).
   */
  readonly command: string[];

  /**
   * Environment variables for the server.
   *
   * @default - none beside `PORT`
   */
  readonly environment?: { [key: string]: string };
}

/**
 * What a server needs to know of its task.
 *
 * @internal
 */
export interface ServerContext {
  readonly cpu: number;
  readonly memoryLimitMiB: number;
  readonly port: number;
  readonly timeouts: TimeoutChain;
}

interface ServerParts {
  readonly timeouts: ServerTimeouts;
  /** What pip installs where the app's own requirements lack the server. */
  readonly requirement?: { readonly name: string; readonly specifier: string };
  readonly command: (wsgiApp: string) => string[];
  readonly commandOverride?: string[];
  readonly environment: (context: ServerContext) => { [key: string]: string };
  /** The names that only the construct may set. */
  readonly owned: string[];
  readonly workers?: number;
}

/**
 * The WSGI server that runs the Flask app. It is told everything by environment variables, so that an image of yours is served the same way
 * as one that is built here; flags in the CMD of an image win over them.
 */
export class WsgiServer {
  /**
   * gunicorn with threaded workers (`gthread`): the default. Sync workers, gunicorn's own default, ignore keep-alive, and one idle
   * connection blocks a worker.
   *
   * @param options workers, threads and timers
   */
  public static gunicorn(options: GunicornOptions = {}): WsgiServer {
    requireThreaded(options);
    return new WsgiServer({
      timeouts: options,
      requirement: GUNICORN_REQUIREMENT,
      command: (wsgiApp) => ['gunicorn', wsgiApp],
      environment: (context) => gunicornEnvironment(options, context),
      owned: ['GUNICORN_CMD_ARGS', 'WEB_CONCURRENCY'],
      workers: options.workers,
    });
  }

  /**
   * granian: two to three times the requests of gunicorn on trivial handlers, about the same on all others. It closes idle connections after
   * 60 seconds at most, so the load balancer's idle timeout becomes 45 seconds and `requestTimeout` 44 at most.
   *
   * @param options workers, threads and timers
   */
  public static granian(options: GranianOptions = {}): WsgiServer {
    requireThreaded(options);
    requireSeconds('keepAlive of granian', options.keepAlive, 2, GRANIAN_LONGEST_KEEP_ALIVE.toSeconds());
    return new WsgiServer({
      timeouts: { ...options, longestKeepAlive: GRANIAN_LONGEST_KEEP_ALIVE },
      requirement: GRANIAN_REQUIREMENT,
      command: (wsgiApp) => ['granian', ...granianTarget(wsgiApp)],
      environment: (context) => granianEnvironment(options, context),
      owned: [
        'GRANIAN_HOST',
        'GRANIAN_PORT',
        'GRANIAN_INTERFACE',
        'GRANIAN_WORKERS',
        'GRANIAN_BLOCKING_THREADS',
        'GRANIAN_HTTP1_HEADER_READ_TIMEOUT',
      ],
      workers: options.workers,
    });
  }

  /**
   * Any other server. What the timers promise is then for its command and environment to keep.
   *
   * @param options its command, and the timers
   */
  public static custom(options: CustomWsgiServerOptions): WsgiServer {
    if (options.command.length === 0) {
      fail("the command of WsgiServer.custom() must have at least one word, got an empty list; for example ['waitress-serve', 'app:app']");
    }
    if (options.environment && 'PORT' in options.environment) {
      fail('the variable PORT is set by the construct and cannot be given in the environment of WsgiServer.custom(); set the prop port');
    }
    requireTimers(options);
    return new WsgiServer({
      timeouts: options,
      command: () => options.command,
      commandOverride: options.command,
      environment: ({ port }) => ({ PORT: textOf(port), ...sorted(options.environment) }),
      owned: [],
    });
  }

  private readonly parts: ServerParts;

  private constructor(parts: ServerParts) {
    this.parts = parts;
  }

  /** @internal */
  public get _timeouts(): ServerTimeouts {
    return this.parts.timeouts;
  }

  /** @internal */
  public get _requirement(): { readonly name: string; readonly specifier: string } | undefined {
    return this.parts.requirement;
  }

  /**
   * The command of an image that is built here.
   *
   * @internal
   */
  public _command(wsgiApp: string): string[] {
    return this.parts.command(wsgiApp);
  }

  /**
   * The command that replaces that of an image of the user's.
   *
   * @internal
   */
  public get _commandOverride(): string[] | undefined {
    return this.parts.commandOverride;
  }

  /** @internal */
  public get _ownedVariables(): string[] {
    return ['PORT', ...this.parts.owned];
  }

  /** @internal */
  public _environment(context: ServerContext): { [key: string]: string } {
    return this.parts.environment(context);
  }

  /**
   * The number of workers that the user set by hand.
   *
   * @internal
   */
  public get _workers(): number | undefined {
    return this.parts.workers;
  }
}

function requireThreaded(options: ThreadedWsgiServerOptions): void {
  requireInteger('workers', options.workers, 1, 64, 'leave it out to have it derived from cpu and memoryLimitMiB');
  requireInteger('threads', options.threads, 1, 1024, 'leave it out for 32');
  requireTimers(options);
}

function requireTimers(options: WsgiServerOptions): void {
  requireSeconds(
    'requestTimeout',
    options.requestTimeout,
    1,
    110,
    'Fargate kills a container 120 seconds after SIGTERM; run longer work in a worker',
  );
  requireSeconds('gracefulTimeout', options.gracefulTimeout, 1, 118);
  requireSeconds('stopTimeout', options.stopTimeout, 2, 120, 'the maximum is a limit of Fargate');
  requireSeconds('keepAlive', options.keepAlive, 2, 4100);
}

/** granian takes a factory by a flag, where gunicorn and Flask take `module:create_app()`. */
function granianTarget(wsgiApp: string): string[] {
  const factory = wsgiApp.match(/^(.*)\(\)$/);
  return factory ? ['--factory', factory[1]] : [wsgiApp];
}
