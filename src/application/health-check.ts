import type { HealthCheck as ContainerHealthCheck } from 'aws-cdk-lib/aws-ecs';
import type { HealthCheck as TargetHealthCheck } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import { fail, knownSeconds, requireInteger, requireKnown, requirePattern, requireSeconds } from '../private/validation';

/** The options of the health check. */
export interface FlaskHealthCheckOptions {
  /**
   * The HTTP status codes that mean healthy to the load balancer: `200`, a list `200,204` or a range `200-399`, within 200 to 499.
   *
   * @default '200'
   */
  readonly healthyHttpCodes?: string;

  /**
   * The time between two checks, 5 to 300 seconds.
   *
   * @default Duration.seconds(15) - the first passed check makes a new task healthy; with the 30 seconds of AWS it waits twice as long
   */
  readonly interval?: Duration;

  /**
   * How long one check may take, 2 to 60 seconds and less than `interval`.
   *
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;

  /**
   * How many checks must pass before a task gets requests, 2 to 10.
   *
   * @default 2
   */
  readonly healthyThresholdCount?: number;

  /**
   * How many checks must fail before a task is replaced, 2 to 10.
   *
   * @default 3
   */
  readonly unhealthyThresholdCount?: number;

  /**
   * How long a new task has to start, 0 to 300 seconds. Failed checks do not count in this time.
   *
   * @default Duration.seconds(60)
   */
  readonly gracePeriod?: Duration;

  /**
   * Whether ECS also checks from inside the container that the server answers, with any status below 500. The load balancer judges whether
   * a task gets requests; this check replaces a process that hangs, also where there is no load balancer. It needs `python` on the PATH of
   * the image, which every image of a Flask app has; no curl.
   *
   * @default true
   */
  readonly containerHealthCheck?: boolean;
}

/** @internal */
export interface HealthCheckContext {
  readonly port: number;
}

/**
 * A health check as plain data.
 *
 * @internal
 */
export interface RenderedHealthCheck {
  readonly path: string;
  readonly gracePeriod: Duration;
  readonly targetGroup: TargetHealthCheck;
  /** Absent where it is off. */
  readonly container?: ContainerHealthCheck;
}

/**
 * The health check of the app.
 *
 * The load balancer sends the IP address of the task as the Host header: with Flask's `TRUSTED_HOSTS` that is answered with 400, so answer
 * the path in WSGI middleware, before Flask's host check (the sample app shows how).
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { FlaskHealthCheck } from 'cdk-flask-fargate';
 *
 * const healthCheck = FlaskHealthCheck.path('/health', { interval: Duration.seconds(10), gracePeriod: Duration.minutes(2) });
 */
export class FlaskHealthCheck {
  /**
   * Checks a path over HTTP.
   *
   * @param path begins with a slash, for example `/health`
   * @param options codes, times and thresholds
   */
  public static path(path: string, options: FlaskHealthCheckOptions = {}): FlaskHealthCheck {
    requirePattern(
      'the path of the health check',
      path,
      /^\/\S*$/,
      "a path that begins with a slash and has no spaces, for example '/health'",
    );
    requirePattern('healthyHttpCodes', options.healthyHttpCodes, CODES, "codes from 200 to 499 such as '200', '200,204' or '200-399'");
    requireKnown('interval of the health check', options.interval, 'Duration.seconds(15)');
    requireKnown('timeout of the health check', options.timeout, 'Duration.seconds(5)');
    if (options.containerHealthCheck !== false) {
      const remedy = 'for the check of the container too; or leave that out by setting containerHealthCheck to false';
      requireKnown('gracePeriod of the health check', options.gracePeriod, 'Duration.seconds(60)', remedy);
      requireKnown('unhealthyThresholdCount', options.unhealthyThresholdCount, '3', remedy);
    }
    requireSeconds('interval of the health check', options.interval, 5, 300);
    requireSeconds('timeout of the health check', options.timeout, 2, 60);
    requireSeconds('gracePeriod of the health check', options.gracePeriod, 0, 300);
    requireInteger('healthyThresholdCount', options.healthyThresholdCount, 2, 10);
    requireInteger('unhealthyThresholdCount', options.unhealthyThresholdCount, 2, 10);
    return new FlaskHealthCheck(path, options);
  }

  private readonly interval: Duration;
  private readonly timeout: Duration;
  private readonly unhealthyThresholdCount: number;
  private readonly gracePeriod: Duration;

  private constructor(
    private readonly path: string,
    private readonly options: FlaskHealthCheckOptions,
  ) {
    this.interval = options.interval ?? Duration.seconds(15);
    this.timeout = options.timeout ?? Duration.seconds(5);
    this.unhealthyThresholdCount = options.unhealthyThresholdCount ?? 3;
    this.gracePeriod = options.gracePeriod ?? Duration.seconds(60);
    const [timeout, interval] = [knownSeconds(this.timeout), knownSeconds(this.interval)];
    if (timeout !== undefined && interval !== undefined && timeout >= interval) {
      fail(`the timeout of the health check must be below its interval, got ${timeout} s and ${interval} s; make the interval longer`);
    }
  }

  /** @internal */
  public _render({ port }: HealthCheckContext): RenderedHealthCheck {
    return { path: this.path, gracePeriod: this.gracePeriod, targetGroup: this.ofTargetGroup(), container: this.ofContainer(port) };
  }

  private ofTargetGroup(): TargetHealthCheck {
    return {
      path: this.path,
      healthyHttpCodes: this.options.healthyHttpCodes ?? '200',
      interval: this.interval,
      timeout: this.timeout,
      healthyThresholdCount: this.options.healthyThresholdCount ?? 2,
      unhealthyThresholdCount: this.unhealthyThresholdCount,
    };
  }

  private ofContainer(port: number): ContainerHealthCheck | undefined {
    if (this.options.containerHealthCheck === false) {
      return undefined;
    }
    const timeout = knownSeconds(this.timeout) ?? 5;
    // http.client follows no redirect (urllib would follow one to https, where nothing listens) and takes no proxy from the environment
    const script = [
      'import http.client, sys',
      `c = http.client.HTTPConnection('127.0.0.1', ${port}, timeout=${timeout})`,
      `c.request('GET', ${JSON.stringify(this.path)})`,
      'sys.exit(c.getresponse().status >= 500)',
    ].join('; ');
    return {
      command: ['CMD', 'python', '-c', script],
      interval: this.interval,
      timeout: this.timeout,
      retries: this.unhealthyThresholdCount,
      startPeriod: this.gracePeriod,
    };
  }
}

const CODE = '[234]\\d\\d';
const CODES = new RegExp(`^${CODE}(-${CODE})?(,${CODE}(-${CODE})?)*$`);
