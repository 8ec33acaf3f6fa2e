import type { CfnService, FargateService } from 'aws-cdk-lib/aws-ecs';

/** What the L2 keeps to itself. */
interface WithDeploymentAlarms {
  deploymentAlarms?: CfnService.DeploymentAlarmsProperty;
}

/**
 * Says which alarms stop the deployments of a service, also where none does: ECS keeps those of before where a template leaves them out
 * (aws/copilot-cli#4565). And each call of `enableDeploymentAlarms()` adds to those before, of which the L2 forgets all but the first (aws/aws-cdk#36308).
 */
export function declareDeploymentAlarms(service: FargateService): void {
  const ofL2 = service as unknown as WithDeploymentAlarms;
  ofL2.deploymentAlarms ??= { alarmNames: [], enable: false, rollback: false };
  const inherited = service.enableDeploymentAlarms.bind(service);
  service.enableDeploymentAlarms = (alarmNames, options) => {
    const before = ofL2.deploymentAlarms?.alarmNames ?? [];
    inherited(alarmNames, options);
    const { deploymentAlarms } = ofL2;
    if (deploymentAlarms) {
      ofL2.deploymentAlarms = { ...deploymentAlarms, alarmNames: [...new Set([...before, ...alarmNames])] };
    }
  };
}
