import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmBehavior, type DeploymentAlarmConfig, type FargateService } from 'aws-cdk-lib/aws-ecs';

/** What the L2 keeps to itself. */
interface WithDeploymentAlarms {
  deploymentAlarms?: DeploymentAlarmConfig;
}

/**
 * Lets alarms stop the deployments of a service, beside those that its owner adds by `service.enableDeploymentAlarms()`: the L2 forgets all but
 * the first it is told of (aws/aws-cdk#36308).
 */
export function stopDeploymentsOn(service: FargateService, alarms: { readonly name: string; readonly alarm: Alarm }[]): void {
  rememberDeploymentAlarms(service);
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

function rememberDeploymentAlarms(service: FargateService): void {
  const inherited = service.enableDeploymentAlarms.bind(service);
  const ofL2 = service as unknown as WithDeploymentAlarms;
  service.enableDeploymentAlarms = (alarmNames, options) => {
    const before = ofL2.deploymentAlarms?.alarmNames ?? [];
    inherited(alarmNames, options);
    const { deploymentAlarms } = ofL2;
    if (deploymentAlarms) {
      ofL2.deploymentAlarms = { ...deploymentAlarms, alarmNames: [...new Set([...before, ...alarmNames])] };
    }
  };
}
