import type { Port } from 'aws-cdk-lib/aws-ec2';
import type { Secret } from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Token } from 'aws-cdk-lib/core';
import type { RenderedDeployment } from '../deployment/flask-deployment';
import { requirePattern } from '../private/validation';
import type { Concurrency, RenderedTaskCount } from '../scaling/rendered-scaling';

/**
 * The way to a database or a cache, and the variables that tell of it.
 *
 * @internal
 */
export interface DataConnection {
  readonly port: Port;
  readonly environment: { readonly [key: string]: string };
  readonly secrets: { readonly [key: string]: Secret };
  /** Variables that are left out where the user, or another database, has set them. */
  readonly defaults?: { readonly [key: string]: string };
  /** What to do where a variable is given already. */
  readonly remedy: string;
  /** The secret that the variables come from, where it is one of a database. */
  readonly secret?: ISecret;
}

/** How the processes of an app connect, as far as this is known at synth. A number that is known at deployment only is left out. */
export interface AppConcurrency {
  /** The server processes in a task. */
  readonly processes?: number;
  /** The threads of a process. */
  readonly threads?: number;
  /** The most tasks that run while nothing is deployed. */
  readonly tasks?: number;
  /** How many times the tasks there are while a deployment is under way: 2 where all of them start before the old ones stop. */
  readonly whileRolling: number;
}

/** What is known of an app at synth; without a bound of its own a deployment doubles the tasks. */
export function appConcurrency(
  server: Concurrency | undefined,
  taskCount: RenderedTaskCount,
  deployment: RenderedDeployment,
): AppConcurrency {
  const known = (value: number | undefined) => (Token.isUnresolved(value) ? undefined : value);
  return {
    processes: known(server?.workers),
    threads: known(server?.threads),
    tasks: known(taskCount.max),
    whileRolling: (known(deployment.serviceProps.maxHealthyPercent) ?? 200) / 100,
  };
}

/** The name of an environment variable. */
export function requireVariableName(option: string, name: string | undefined): void {
  requirePattern(option, name, /^[A-Za-z_][A-Za-z0-9_]*$/, "the name of a variable, such as 'SQLALCHEMY_DATABASE_URI'");
}
