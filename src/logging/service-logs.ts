import { AwsLogDriverMode, type LogDriver, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type RemovalPolicy, Size } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { requireNoSnapshot } from '../private/validation';

/** Where the lines are kept that the app writes to its standard output. */
export interface LoggingOptions {
  /**
   * How long the lines are kept.
   *
   * @default - 30 days; development 7 days, ephemeral 1 day
   */
  readonly retention?: RetentionDays;

  /**
   * What happens to the log group when the service is removed.
   *
   * @default - RETAIN; DESTROY in the development and the ephemeral stage
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Your own key to encrypt the lines with. Its policy must let CloudWatch Logs use it.
   *
   * @default - encrypted with a key of AWS
   */
  readonly encryptionKey?: IKey;

  /**
   * What a container does when CloudWatch Logs does not accept its lines. Non-blocking loses the lines that a buffer of 25 MiB cannot hold;
   * blocking stops the app until they are taken.
   *
   * @default AwsLogDriverMode.NON_BLOCKING - set in the template, because the default of ECS changed in June 2025
   */
  readonly mode?: AwsLogDriverMode;
}

/** @internal */
export interface LogSettings {
  readonly retention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: IKey;
}

/** @internal */
export function logSettings(
  options: LoggingOptions,
  defaults: { readonly logRetention: RetentionDays; readonly removalPolicy: RemovalPolicy },
): LogSettings {
  requireNoSnapshot('removalPolicy of the logs', options.removalPolicy);
  return {
    retention: options.retention ?? defaults.logRetention,
    removalPolicy: options.removalPolicy ?? defaults.removalPolicy,
    encryptionKey: options.encryptionKey,
  };
}

/**
 * A log group of our own: the one that a log driver makes never expires, and stays when its service is destroyed.
 *
 * @internal
 */
export function serviceLogs(scope: Construct, id: string, settings: LogSettings): LogGroup {
  return new LogGroup(scope, id, settings);
}

/** @internal */
export function logDriver(logGroup: LogGroup, streamPrefix: string, mode: AwsLogDriverMode = AwsLogDriverMode.NON_BLOCKING): LogDriver {
  return LogDrivers.awsLogs({
    logGroup,
    streamPrefix,
    mode,
    maxBufferSize: mode === AwsLogDriverMode.NON_BLOCKING ? Size.mebibytes(25) : undefined,
  });
}
