import type { IPeer } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  type CfnService,
  DeploymentStrategy,
  type FargateService,
  type FargateServiceProps,
} from 'aws-cdk-lib/aws-ecs';
import { Duration, Token } from 'aws-cdk-lib/core';
import { fail, requireInteger, requireMinutes, requireOrder, requireRange } from '../private/validation';
import { declareDeploymentAlarms } from './deployment-alarms';

/** When a deployment fails because its tasks do not start. */
export interface CircuitBreakerOptions {
  /**
   * The number of failed tasks that fails the deployment and starts a rollback, 1 to 1000.
   *
   * @default - half of the tasks, at least 3 and at most 200, which is ECS's own rule
   */
  readonly threshold?: number;

  /**
   * Whether a task that becomes healthy sets the count back to zero.
   *
   * @default - ECS decides
   */
  readonly resetOnHealthyTask?: boolean;
}

/** A rolling deployment that is complete before its last old task has stopped. */
export interface EarlySuccessOptions {
  /** How many of the new tasks must be healthy, in percent of all, 1 to 100, and not below `minHealthyPercent`. */
  readonly healthyPercent: number;
}

/** The options of a rolling deployment. */
export interface RollingDeploymentOptions {
  /**
   * The minimum of healthy tasks during a deployment, in percent of the desired count, 0 to 100.
   *
   * @default 100 - with the CDK's default of 50, half of the capacity would be missing
   */
  readonly minHealthyPercent?: number;

  /**
   * The maximum of running tasks during a deployment, in percent of the desired count, 100 to 400.
   *
   * @default 200
   */
  readonly maxHealthyPercent?: number;

  /**
   * When the deployment fails.
   *
   * @default - on, with rollback: without it, a deployment that cannot succeed hangs for three hours
   */
  readonly circuitBreaker?: CircuitBreakerOptions;

  /**
   * Whether CloudFormation continues as soon as enough new tasks are healthy, while old ones still finish their requests.
   *
   * @default - it waits until all old tasks are gone
   */
  readonly earlySuccess?: EarlySuccessOptions;
}

/** The options of a deployment that starts the new version beside the old one and shifts traffic to it. */
export interface TrafficShiftOptions {
  /**
   * How long both versions stay up after all requests have been shifted: within it, a rollback takes seconds. Whole minutes, 0 to 1440, and
   * together with the waits between the steps at most 33 hours.
   *
   * @default Duration.minutes(15) - set in the template, because AWS documents 36 hours for a template without it
   */
  readonly bakeTime?: Duration;

  /**
   * A port of the load balancer on which the new version can be tried before clients get it, 1 to 65535 but 80 and 443.
   *
   * @default - none
   */
  readonly testPort?: number;

  /**
   * Who may connect to the test port.
   *
   * @default - the addresses of the VPC
   */
  readonly testAllowFrom?: IPeer[];
}

/** The options of a linear deployment. */
export interface LinearDeploymentOptions extends TrafficShiftOptions {
  /**
   * How many of the requests are shifted in each step, in percent, 3 to 100.
   *
   * @default 10
   */
  readonly stepPercent?: number;

  /**
   * How long to wait after each step. Whole minutes, 0 to 1440.
   *
   * @default Duration.minutes(6)
   */
  readonly stepBakeTime?: Duration;
}

/** The options of a canary deployment. */
export interface CanaryDeploymentOptions extends TrafficShiftOptions {
  /**
   * How many of the requests the new version gets at first, in percent, 0.1 to 100.
   *
   * @default 5
   */
  readonly canaryPercent?: number;

  /**
   * How long the new version gets only those requests. Whole minutes, 0 to 1440.
   *
   * @default Duration.minutes(10)
   */
  readonly canaryBakeTime?: Duration;
}

/** A day: the limit of ECS for each of the times. */
const MAX_BAKE_MINUTES = 1440;
/**
 * The limit of CloudFormation for all of them together: its operations end after 36 hours.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-linearconfiguration.html
 */
const MAX_SHIFT_MINUTES = 33 * 60;

/** The waits of a deployment beside its bake time. */
interface Waits {
  /** The options, for a message. */
  readonly names: string;
  readonly time: Duration;
  readonly count: number;
}

/** What ECS waits where nothing is said. */
const DEFAULT_BAKE_MINUTES = 15;

type ServiceProps = Partial<Pick<FargateServiceProps, 'deploymentStrategy' | 'bakeTime' | 'linearConfiguration' | 'canaryConfiguration'>>;

/**
 * A deployment as plain data.
 *
 * @internal
 */
export interface RenderedDeployment {
  /** Whether ECS shifts traffic between two target groups. */
  readonly shiftsTraffic: boolean;
  /** How many minutes a deployment waits after its shifts of traffic. */
  readonly bakeMinutes: number;
  /** The port for trying a new version, and who may connect to it. */
  readonly test?: { readonly port: number; readonly allowFrom?: IPeer[] };
  /** What the L2 of a service takes. */
  readonly serviceProps: ServiceProps &
    Pick<FargateServiceProps, 'minHealthyPercent' | 'maxHealthyPercent' | 'circuitBreaker' | 'availabilityZoneRebalancing'>;
}

/**
 * How a new version replaces the running one. All strategies are ECS's own, and none needs another service.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { FlaskDeployment, FlaskFargateService, FlaskImage } from 'cdk-flask-fargate';
 * declare const stack: Stack;
 *
 * new FlaskFargateService(stack, 'Web', {
 *   image: FlaskImage.fromSource('app'),
 *   deployment: FlaskDeployment.canary({ canaryPercent: 10 }),
 * });
 */
export class FlaskDeployment {
  /**
   * Starts new tasks, then stops the old ones, in one target group.
   *
   * @param options how many tasks at a time, and when the deployment fails
   */
  public static rolling(options: RollingDeploymentOptions = {}): FlaskDeployment {
    const { minHealthyPercent = 100, maxHealthyPercent = 200, circuitBreaker = {}, earlySuccess } = options;
    requireInteger('minHealthyPercent', minHealthyPercent, 0, 100);
    requireInteger('maxHealthyPercent', maxHealthyPercent, 100, 400);
    requireInteger('threshold of the circuit breaker', circuitBreaker.threshold, 1, 1000, 'it is a number of failed tasks');
    requireInteger('healthyPercent of the early success', earlySuccess?.healthyPercent, 1, 100);
    // a token is equal to nothing
    if (minHealthyPercent === 100 && maxHealthyPercent === 100) {
      fail('minHealthyPercent and maxHealthyPercent are both 100, so no task can be replaced; raise maxHealthyPercent to 200');
    }
    requireOrder('minHealthyPercent', minHealthyPercent, 'healthyPercent of the early success', earlySuccess?.healthyPercent);
    // said, for ECS keeps settings that a template leaves out
    return new FlaskDeployment(
      { minHealthyPercent, maxHealthyPercent, circuitBreaker, earlySuccess },
      { deploymentStrategy: DeploymentStrategy.ROLLING },
    );
  }

  /**
   * Starts all tasks of the new version beside the old ones, then shifts all requests at once. Before you go back to `rolling()`, or change the hosts
   * or paths of a shared listener, see that the tasks are in the first target group: the update sends all requests there.
   *
   * @param options how long to keep the old version, and a port to try the new one
   */
  public static blueGreen(options: TrafficShiftOptions = {}): FlaskDeployment {
    return FlaskDeployment.shifting(options, { deploymentStrategy: DeploymentStrategy.BLUE_GREEN });
  }

  /**
   * Starts all tasks of the new version beside the old ones, then shifts the requests in equal steps.
   *
   * @param options the steps
   */
  public static linear(options: LinearDeploymentOptions = {}): FlaskDeployment {
    requireRange(
      'stepPercent',
      options.stepPercent,
      3,
      100,
      'ECS does not support smaller steps in a linear deployment; use FlaskDeployment.canary()',
    );
    requireMinutes('stepBakeTime', options.stepBakeTime, 0, MAX_BAKE_MINUTES);
    const { stepPercent = 10, stepBakeTime = Duration.minutes(6) } = options;
    const waits = { names: 'bakeTime and stepBakeTime of every step', time: stepBakeTime, count: stepsOf(stepPercent) };
    return FlaskDeployment.shifting(
      options,
      { deploymentStrategy: DeploymentStrategy.LINEAR, linearConfiguration: { stepPercent, stepBakeTime } },
      waits,
    );
  }

  /**
   * Starts all tasks of the new version beside the old ones, then shifts a few of the requests, then all.
   *
   * @param options how many, and how long
   */
  public static canary(options: CanaryDeploymentOptions = {}): FlaskDeployment {
    requireRange('canaryPercent', options.canaryPercent, 0.1, 100, 'without requests there is no canary');
    requireMinutes('canaryBakeTime', options.canaryBakeTime, 0, MAX_BAKE_MINUTES);
    const { canaryPercent = 5, canaryBakeTime = Duration.minutes(10) } = options;
    return FlaskDeployment.shifting(
      options,
      { deploymentStrategy: DeploymentStrategy.CANARY, canaryConfiguration: { stepPercent: canaryPercent, stepBakeTime: canaryBakeTime } },
      { names: 'bakeTime and canaryBakeTime', time: canaryBakeTime, count: 1 },
    );
  }

  private static shifting(options: TrafficShiftOptions, props: ServiceProps, waits?: Waits): FlaskDeployment {
    requireMinutes('bakeTime', options.bakeTime, 0, MAX_BAKE_MINUTES);
    const { bakeTime = Duration.minutes(15) } = options;
    if (waits) {
      requireShiftTime(bakeTime, waits);
    }
    requireInteger('testPort', options.testPort, 1, 65_535);
    if (options.testPort === 80 || options.testPort === 443) {
      fail(`testPort must not be a port of the clients, got ${options.testPort}; use 8443, for example`);
    }
    if (options.testAllowFrom && options.testPort === undefined) {
      fail('testAllowFrom is given without testPort; give testPort too, or leave testAllowFrom out');
    }
    return new FlaskDeployment({ minHealthyPercent: 100, maxHealthyPercent: 200, circuitBreaker: {} }, { ...props, bakeTime }, options);
  }

  private constructor(
    private readonly rolling: Required<Pick<RollingDeploymentOptions, 'minHealthyPercent' | 'maxHealthyPercent' | 'circuitBreaker'>> &
      Pick<RollingDeploymentOptions, 'earlySuccess'>,
    private readonly props: ServiceProps,
    private readonly shift?: TrafficShiftOptions,
  ) {}

  /** @internal */
  public _render(): RenderedDeployment {
    const { minHealthyPercent, maxHealthyPercent } = this.rolling;
    return {
      shiftsTraffic: this.shift !== undefined,
      bakeMinutes: this.bakeMinutes(),
      test: this.shift?.testPort === undefined ? undefined : { port: this.shift.testPort, allowFrom: this.shift.testAllowFrom },
      serviceProps: {
        ...this.props,
        minHealthyPercent,
        maxHealthyPercent,
        circuitBreaker: { enable: true, rollback: true },
        // it starts the task of another zone before it stops one, which needs more than 100 %
        availabilityZoneRebalancing: maxHealthyPercent === 100 ? AvailabilityZoneRebalancing.DISABLED : AvailabilityZoneRebalancing.ENABLED,
      },
    };
  }

  private bakeMinutes(): number {
    if (!this.shift) {
      return 0;
    }
    const { bakeTime, canaryConfiguration, linearConfiguration } = this.props;
    // what is known at deployment only is taken to be as long as it may be: an alarm that waits too long wakes nobody for nothing
    const minutes = (time: Duration = Duration.minutes(0)) => (time.isUnresolved() ? MAX_BAKE_MINUTES : time.toMinutes());
    return (
      minutes(bakeTime ?? Duration.minutes(DEFAULT_BAKE_MINUTES)) +
      minutes(canaryConfiguration?.stepBakeTime) +
      stepsOf(linearConfiguration?.stepPercent ?? 100) * minutes(linearConfiguration?.stepBakeTime)
    );
  }

  /**
   * What the L2 has no words for yet.
   *
   * @internal
   */
  public _bind(service: FargateService): void {
    declareDeploymentAlarms(service);
    const resource = service.node.defaultChild as CfnService;
    const { circuitBreaker, earlySuccess } = this.rolling;
    const set = (path: string, value: unknown) => resource.addPropertyOverride(`DeploymentConfiguration.${path}`, value);
    if (circuitBreaker.threshold !== undefined) {
      set('DeploymentCircuitBreaker.ThresholdConfiguration', { Type: 'COUNT', Value: circuitBreaker.threshold });
    }
    if (circuitBreaker.resetOnHealthyTask !== undefined) {
      set('DeploymentCircuitBreaker.ResetOnHealthyTask', circuitBreaker.resetOnHealthyTask);
    }
    if (earlySuccess) {
      set('EarlySuccessCriteria', { Enable: true, HealthyPercent: earlySuccess.healthyPercent, SourceServiceRevisionCleanup: 'DEFERRED' });
    }
  }
}

/** How many steps of a linear deployment ECS waits after: there is no wait after the last one. A token waits for none. */
function stepsOf(stepPercent: number): number {
  return Token.isUnresolved(stepPercent) ? 0 : Math.ceil(100 / stepPercent) - 1;
}

/** The times as CloudFormation adds them up. Tokens pass. */
function requireShiftTime(bakeTime: Duration, { names, time, count }: Waits): void {
  if (bakeTime.isUnresolved() || time.isUnresolved()) {
    return;
  }
  const total = bakeTime.toMinutes() + count * time.toMinutes();
  if (total > MAX_SHIFT_MINUTES) {
    fail(
      `${names} must be at most ${MAX_SHIFT_MINUTES} minutes (33 hours) in sum, which is a limit of CloudFormation, got ${total}; make one of them shorter`,
    );
  }
}
