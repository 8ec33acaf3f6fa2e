import type { IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { WARNINGS, warn } from '../private/warnings';

/** What of a connection works in the template and may not work in the network. */
export function adviseOnConnection(scope: Construct, target: IConnectable, vpc: IVpc): void {
  if (target.connections.securityGroups.length === 0) {
    warn(
      scope,
      WARNINGS.NO_SECURITY_GROUP,
      'a database or cache is connected that has no security group that is known, so nothing is opened for the app; give its security groups where it is imported',
    );
  }
  const { vpc: other } = target as Partial<DatabaseInstance>;
  if (other && other.vpcId !== vpc.vpcId) {
    warn(
      scope,
      WARNINGS.OTHER_VPC,
      `the database is in the VPC ${other.node.path}, and the service in ${vpc.node.path}: without a peering of the two the deployment fails; give the service the VPC of the database as vpc`,
    );
  }
}
