import type { Duration } from 'aws-cdk-lib/core';
import type { TimeoutChain } from './timeout-chain';

/** The threads of a worker: the `@default` below says why. */
export const DEFAULT_THREADS = 32;

/**
 * The timers that every server shares. All follow from `requestTimeout`; a timer that you set yourself is checked against the others.
 */
export interface WsgiServerOptions {
  /**
   * The longest time that a request may take, in whole seconds. The graceful timeout, the stop timeout, the deregistration delay, the idle
   * timeout of the load balancer and the keep-alive of the server follow from it. It is what you promise: no threaded WSGI server ends a
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
   * @default - the idle timeout of the load balancer and 15 seconds; with granian 60 seconds, its maximum
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
   * @default 32 - as many requests at once as the development server of the guide answers in our bench (tools/bench); with 4, as many guides copy, a handler that waits 50 ms for I/O gives an eighth of it. Above 32 requests at once in a task, take 64
   */
  readonly threads?: number;

  /**
   * Whether the server writes a line for each request to the log. It costs gunicorn about a third of its trivial requests a second in our
   * bench, and is plain text: false for an app that logs its own requests.
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
