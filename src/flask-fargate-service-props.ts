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

/** The properties of a Flask service. Only the image is required. */
export interface FlaskFargateServiceProps {
  /** The image of the app. */
  readonly image: FlaskImage;

  /**
   * The set of defaults: production, development, ephemeral, or one of your own. A stage changes nothing else.
   *
   * @default FlaskStage.production()
   */
  readonly stage?: FlaskStage;

  /**
   * The VPC of the service. It cannot change later: AWS refuses to move a load balancer to another VPC. For another VPC, add a second service
   * with another id, move the DNS name, and remove the first service.
   *
   * @default - that of `cluster`; without one, the VPC of the stack, with two zones, which all its services share
   */
  readonly vpc?: IVpc;

  /**
   * The cluster of the service.
   *
   * @default - the cluster of the stack, which all its services share; with a `vpc` that is given, a cluster of the service's own
   */
  readonly cluster?: ICluster;

  /**
   * The CPU units of a task, 1024 of which are one vCPU. Fargate supports certain pairs of CPU and memory, from 256 to 16384 units.
   *
   * @default - that of the stage, 512 in production; if only `memoryLimitMiB` is set and the pair is unsupported, the largest CPU value that Fargate supports with it
   */
  readonly cpu?: number;

  /**
   * The memory of a task, in MiB.
   *
   * @default - that of the stage, 1024 in production; if only `cpu` is set and the pair is unsupported, twice the CPU units
   */
  readonly memoryLimitMiB?: number;

  /**
   * Environment variables of the app. `app.config.from_prefixed_env()` reads the ones that start with `FLASK_`, and parses their values as JSON.
   *
   * @default - only the variables of Python and of the server
   */
  readonly environment?: { [key: string]: string };

  /**
   * Secrets of the app, which it reads as environment variables.
   *
   * @default - none
   */
  readonly secrets?: { [key: string]: Secret };

  /**
   * The port that the server listens on, 1024 to 65535. A user that is not root cannot listen on a lower port.
   *
   * @default 3000 - the port of the guide
   */
  readonly port?: number;

  /**
   * The WSGI server, and the timeouts, which follow from the longest request.
   *
   * @default WsgiServer.gunicorn()
   */
  readonly server?: WsgiServer;

  /**
   * The health check of a task.
   *
   * @default FlaskHealthCheck.path('/')
   */
  readonly healthCheck?: FlaskHealthCheck;

  /**
   * How the tasks reach what is outside their VPC.
   *
   * @default - Egress.natGateways(); Egress.publicIps() in the development and the ephemeral stage; in a VPC that is given, its private subnets
   */
  readonly egress?: Egress;

  /**
   * On-demand capacity or Fargate Spot.
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
   * How a new version replaces the running one.
   *
   * @default FlaskDeployment.rolling()
   */
  readonly deployment?: FlaskDeployment;

  /**
   * The number of tasks.
   *
   * @default - TaskScaling.between({ min: 2, max: 10 }) at 53 % CPU and half of the threads; TaskScaling.fixed(1) in the development and the ephemeral stage
   */
  readonly scaling?: TaskScaling;

  /**
   * The retention of the logs, and how containers write them.
   *
   * @default - 30 days in production, without blocking the app
   */
  readonly logging?: LoggingOptions;

  /**
   * Alarms and a dashboard.
   *
   * @default - those of the stage, both in production
   */
  readonly monitoring?: MonitoringOptions;

  /**
   * The protections of the tasks.
   *
   * @default - all protections on, ECS Exec off
   */
  readonly hardening?: HardeningOptions;

  /**
   * Whether the stack has outputs for the URL and for commands that run a task, follow the logs and open a shell.
   *
   * @default true
   */
  readonly outputs?: boolean;
}
