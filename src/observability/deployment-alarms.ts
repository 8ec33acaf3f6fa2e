import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmBehavior, type FargateService } from 'aws-cdk-lib/aws-ecs';

/** Lets alarms stop the deployments of a service, beside those that its owner adds by `service.enableDeploymentAlarms()`. */
export function stopDeploymentsOn(service: FargateService, alarms: { readonly name: string; readonly alarm: Alarm }[]): void {
  if (alarms.length === 0) {
    return;
  }
  // by names that are plain text: a reference would be one more thing that the service needs to exist
  service.enableDeploymentAlarms(
    alarms.map(({ name }) => name),
    { behavior: AlarmBehavior.ROLLBACK_ON_ALARM },
  );
  // and they must exist, for ECS reads them when a deployment begins
  service.node.defaultChild?.node.addDependency(...alarms.map(({ alarm }) => alarm));
}
