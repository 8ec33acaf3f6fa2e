import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ICluster, Secret } from 'aws-cdk-lib/aws-ecs';
import type { FlaskHealthCheck, WsgiServer } from './application';
import type { FlaskDeployment } from './deployment';
import type { FlaskImage } from './image';
import type { LoadBalancing } from './load-balancing';
import type { LoggingOptions } from './logging';
import type { Egress } from './network';
import type { MonitoringOptions } from './observability';
import type { Capacity, TaskScaling } from './scaling';
import type { HardeningOptions } from './security';
import type { FlaskStage } from './stage';

/** A Flask service. Only the image is required. */
export interface FlaskFargateServiceProps {
  /** The image of the app. */
  readonly image: FlaskImage;

  /**
   * What the service is for. It changes defaults and nothing else.
   *
   * @default FlaskStage.production()
   */
  readonly stage?: FlaskStage;

  /**
   * The VPC of the service.
   *
   * @default - that of `cluster`, else the one of the stack, with two zones, which all its services share
   */
  readonly vpc?: IVpc;

  /**
   * The cluster of the service.
   *
   * @default - the one of the stack, which all its services share; where `vpc` is given, one is made
   */
  readonly cluster?: ICluster;

  /**
   * The CPU units of a task: 1024 are one vCPU. Fargate takes certain pairs of CPU and memory only.
   *
   * @default - 512, 256 in the development and the ephemeral stage; where memoryLimitMiB does not go with that, the most that it takes
   */
  readonly cpu?: number;

  /**
   * The memory of a task, in MiB.
   *
   * @default - 1024, 512 in the development and the ephemeral stage; where cpu does not go with that, twice as much as cpu
   */
  readonly memoryLimitMiB?: number;

  /**
   * Environment variables of the app. `app.config.from_prefixed_env()` reads those that begin with `FLASK_`, and parses them as JSON.
   *
   * @default - those of Python and of the server
   */
  readonly environment?: { [key: string]: string };

  /**
   * Secrets of the app, given to it as environment variables.
   *
   * @default - none
   */
  readonly secrets?: { [key: string]: Secret };

  /**
   * The port that the server listens on, 1024 to 65535: below, a user that is not root may not listen.
   *
   * @default 3000 - the port of the guide
   */
  readonly port?: number;

  /**
   * The WSGI server, and the timers that follow from the longest request.
   *
   * @default WsgiServer.gunicorn()
   */
  readonly server?: WsgiServer;

  /**
   * How the health of a task is judged.
   *
   * @default FlaskHealthCheck.path('/')
   */
  readonly healthCheck?: FlaskHealthCheck;

  /**
   * How the tasks reach what is outside of their VPC.
   *
   * @default - Egress.natGateways(); Egress.publicIps() in the development and the ephemeral stage; in a VPC that is given its private subnets
   */
  readonly egress?: Egress;

  /**
   * On-demand capacity, or Spot.
   *
   * @default Capacity.onDemand()
   */
  readonly capacity?: Capacity;

  /**
   * How clients reach the service.
   *
   * @default LoadBalancing.internetFacing()
   */
  readonly loadBalancing?: LoadBalancing;

  /**
   * How a new version replaces the one that runs.
   *
   * @default FlaskDeployment.rolling()
   */
  readonly deployment?: FlaskDeployment;

  /**
   * How many tasks run.
   *
   * @default - TaskScaling.between({ min: 2, max: 10 }) at 50 % CPU and half of the threads; TaskScaling.fixed(1) in the development and the ephemeral stage
   */
  readonly scaling?: TaskScaling;

  /**
   * How long the log is kept, and how it is written.
   *
   * @default - 30 days in production, without blocking the app
   */
  readonly logging?: LoggingOptions;

  /**
   * Alarms and a dashboard.
   *
   * @default - both in production, none in the development and the ephemeral stage
   */
  readonly monitoring?: MonitoringOptions;

  /**
   * What protects the tasks.
   *
   * @default - everything on, ECS Exec off
   */
  readonly hardening?: HardeningOptions;

  /**
   * Whether the URL and the commands of the guide (run a task, follow the logs, open a shell) are outputs of the stack.
   *
   * @default true
   */
  readonly outputs?: boolean;
}
