import { type CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from '../private/validation';
import type { LogSettings } from './service-logs';

/** `RetentionDays.INFINITE`, which the template leaves out. */
const INFINITE = 9999;

/**
 * A log group of what several services share. Lines are kept for the longest time that one of them asks for, also after removal where one keeps its
 * logs, and are encrypted with the key of those that have one.
 *
 * @internal
 */
export class SharedLogs extends LogGroup {
  private readonly asked: (LogSettings & { readonly service: string })[] = [];

  /**
   * @param scope the scope
   * @param id the id
   * @param what what two services with two keys share, and the remedy
   */
  public constructor(
    scope: Construct,
    id: string,
    private readonly what: { readonly shared: string; readonly remedy: string },
  ) {
    super(scope, id, { removalPolicy: RemovalPolicy.DESTROY });
  }

  /** Adds what a service asks for. */
  public keep(settings: LogSettings, service: string): void {
    this.asked.push({ ...settings, service });
    const resource = this.node.defaultChild as CfnLogGroup;
    const days = this.asked.map(({ retention }) => retention);
    resource.retentionInDays = days.some((n) => n === INFINITE) ? undefined : Math.max(...days);
    if (settings.removalPolicy !== RemovalPolicy.DESTROY) {
      this.applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
    const [first, ...others] = this.asked.filter(({ encryptionKey }) => encryptionKey);
    if (others.some(({ encryptionKey }) => encryptionKey !== first.encryptionKey)) {
      const { shared, remedy } = this.what;
      fail(
        `the services ${first.service} and ${service} share ${shared} can be encrypted with one key only, got two; give both the same encryptionKey, or ${remedy}`,
      );
    }
    resource.kmsKeyId = first?.encryptionKey?.keyArn;
  }
}
