import { textOf } from '../private/text';
import { fail, requireCommand, requireInteger, requireSeconds, sorted } from '../private/validation';
import type { Concurrency } from '../scaling/rendered-scaling';
import { GRANIAN_MAX_KEEP_ALIVE, GRANIAN_REQUIREMENT, granianConcurrency, granianEnvironment } from './granian';
import { GUNICORN_REQUIREMENT, gunicornConcurrency, gunicornEnvironment, requireFreeArguments } from './gunicorn';
import type {
  CustomWsgiServerOptions,
  GranianOptions,
  GunicornOptions,
  ServerContext,
  ThreadedWsgiServerOptions,
  WsgiServerOptions,
} from './server-options';
import { type BalancerTimeouts, type ServerTimeouts, TimeoutChain } from './timeout-chain';

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
  /** Whether it is known to write a line for each request. */
  readonly accessLog: boolean;
  /** The processes, and the threads in each; absent where they are not known. */
  readonly concurrency?: (context: ServerContext) => Concurrency;
}

/**
 * The task and the load balancer that a server works in.
 *
 * @internal
 */
export interface WsgiServerContext extends Omit<ServerContext, 'timeouts'> {
  readonly balancer: BalancerTimeouts;
  /** Whether another container holds the stop signal back from the server. */
  readonly drainBeforeStop: boolean;
}

/** @internal */
export interface RenderedServer {
  readonly timeouts: TimeoutChain;
  readonly environment: { readonly [key: string]: string };
  /** The names that only the construct may set. */
  readonly ownedVariables: string[];
  /** How many requests a task answers at the same time; undefined for a server that is not ours. */
  readonly concurrency?: Concurrency;
  /** The number of workers that the user set by hand. */
  readonly workers?: number;
  /** Whether it is known to write a line for each request, those of health checks too. */
  readonly accessLog: boolean;
  /** What pip installs where the app's own requirements lack the server. */
  readonly requirement?: { readonly name: string; readonly specifier: string };
  /** The command of an image that is built here. */
  readonly command: (wsgiApp: string) => string[];
  /** The command that replaces that of an image of the user's. */
  readonly commandOverride?: string[];
}

/**
 * The WSGI server that runs the Flask app. It is configured only by environment variables, so your own image is served in the same way as one that is built
 * here; flags in the CMD of an image override them.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { WsgiServer } from 'cdk-flask-fargate';
 *
 * const server = WsgiServer.gunicorn({ workers: 2, threads: 64, requestTimeout: Duration.seconds(60) });
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
    requireFreeArguments(options.additionalArguments ?? []);
    return new WsgiServer({
      timeouts: options,
      requirement: GUNICORN_REQUIREMENT,
      command: (wsgiApp) => ['gunicorn', wsgiApp],
      environment: (context) => gunicornEnvironment(options, context),
      owned: ['GUNICORN_CMD_ARGS', 'WEB_CONCURRENCY'],
      workers: options.workers,
      accessLog: options.accessLog ?? true,
      concurrency: (context) => gunicornConcurrency(options, context),
    });
  }

  /**
   * granian: two to four times the requests of gunicorn on trivial handlers in our bench, three times the uploads of 1 MB, about the same on most others. It closes idle
   * connections after 60 seconds at most, so the load balancer's idle timeout becomes 45 seconds and `requestTimeout` 44 at most. It ignores
   * X-Forwarded-Proto, so the app needs Werkzeug's ProxyFix to see HTTPS.
   *
   * @param options workers, threads and timers
   */
  public static granian(options: GranianOptions = {}): WsgiServer {
    requireThreaded(options);
    requireSeconds('keepAlive of granian', options.keepAlive, 2, GRANIAN_MAX_KEEP_ALIVE.toSeconds());
    return new WsgiServer({
      timeouts: { ...options, maxKeepAlive: GRANIAN_MAX_KEEP_ALIVE },
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
      accessLog: options.accessLog ?? true,
      concurrency: (context) => granianConcurrency(options, context),
    });
  }

  /**
   * Any other server. What the timers promise is then for its command and environment to keep.
   *
   * @param options its command, and the timers
   */
  public static custom(options: CustomWsgiServerOptions): WsgiServer {
    requireCommand('the command of WsgiServer.custom()', options.command, "['waitress-serve', 'app:app']");
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
      accessLog: false,
    });
  }

  private readonly parts: ServerParts;

  private constructor(parts: ServerParts) {
    this.parts = parts;
  }

  /**
   * The server in a task of a service, as plain data.
   *
   * @internal
   */
  public _render({ balancer, drainBeforeStop, ...task }: WsgiServerContext): RenderedServer {
    const { parts } = this;
    const timeouts = new TimeoutChain(parts.timeouts, balancer, drainBeforeStop);
    const context: ServerContext = { ...task, timeouts };
    return {
      timeouts,
      environment: parts.environment(context),
      ownedVariables: ['PORT', ...parts.owned],
      concurrency: parts.concurrency?.(context),
      workers: parts.workers,
      accessLog: parts.accessLog,
      requirement: parts.requirement,
      command: parts.command,
      commandOverride: parts.commandOverride,
    };
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
