import type { FargateService, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { PART_IDS } from '../private/part-ids';
import { SecretRestart } from './secret-restart';

type Watch = (restart: SecretRestart) => void;

/**
 * What restarts the services of an app: one for those of its stack, and one for each that stands in another stack, there. The stack of the app would refer to
 * that one, which refers to the app already.
 */
export class Restarts {
  private readonly watches: Watch[] = [];
  private own?: SecretRestart;

  public constructor(
    private readonly scope: Construct,
    private readonly cluster: ICluster,
    /** Of the app; some are added later, by `join()`. */
    private readonly services: readonly FargateService[],
  ) {}

  public onSecret(secret: ISecret): void {
    this.on((restart) => restart.watch(secret));
  }

  public onParameter(parameter: IParameter): void {
    this.on((restart) => restart.watchParameter(parameter));
  }

  /** A service of the app that is made after others. */
  public join(service: FargateService): void {
    if (this.watches.length > 0 && !this.isHere(service)) {
      for (const watch of this.watches) {
        watch(this.restartOf(service));
      }
    }
  }

  /** What restarts the tasks when a secret changes, where something does. */
  public of(secret: ISecret): SecretRestart | undefined {
    return this.own?.isWatching(secret) ? this.own : undefined;
  }

  private on(watch: Watch): void {
    this.watches.push(watch);
    this.own ??= new SecretRestart(this.scope, PART_IDS.SECRET_RESTART, {
      cluster: this.cluster,
      serviceArns: () => this.services.filter((service) => this.isHere(service)).map(({ serviceArn }) => serviceArn),
    });
    for (const restart of [
      this.own,
      ...this.services.filter((service) => !this.isHere(service)).map((service) => this.restartOf(service)),
    ]) {
      watch(restart);
    }
  }

  private isHere(service: FargateService): boolean {
    return Stack.of(service) === Stack.of(this.scope);
  }

  private restartOf(service: FargateService): SecretRestart {
    const scope = service.node.scope as Construct;
    const made = scope.node.tryFindChild(PART_IDS.SECRET_RESTART) as SecretRestart | undefined;
    return made ?? new SecretRestart(scope, PART_IDS.SECRET_RESTART, { cluster: this.cluster, serviceArns: () => [service.serviceArn] });
  }
}
