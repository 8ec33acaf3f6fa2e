import type { IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { WARNINGS, warn } from '../private/warnings';
import { MIN_POOL_SIZE, maxConnections, poolSize, processesAtMost } from './connection-budget';
import type { AppConcurrency } from './data-connection';
import { nameOf, serverOf } from './database-server';

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

/** Whether the database allows as many connections as the app opens at the most, where both are known. */
export function adviseOnConnectionCount(scope: Construct, database: IConnectable, concurrency: AppConcurrency): void {
  const { engine, instanceClass } = serverOf(database);
  const limit = maxConnections(engine, instanceClass);
  const processes = processesAtMost(concurrency);
  if (limit === undefined || processes === undefined) {
    return;
  }
  const needed = processes * poolSize(concurrency, limit);
  if (needed > limit) {
    const tasks = Math.floor(limit / (MIN_POOL_SIZE * (concurrency.processes as number) * concurrency.whileRolling));
    const fewer = tasks > 0 ? `, ${tasks} ${tasks === 1 ? 'task' : 'tasks'} at the most` : '';
    warn(
      scope,
      WARNINGS.CONNECTION_COUNT,
      `the web process opens up to ${needed} connections to ${nameOf(database)} during a deployment (${concurrency.tasks} tasks × ${concurrency.whileRolling} × ${concurrency.processes} processes × ${needed / processes}), and ${instanceClass} allows about ${limit}; take a larger instance class${fewer}, fewer worker processes, or an RDS Proxy`,
    );
  }
}
