import type { IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { WARNINGS, warn } from '../private/warnings';
import { connectionLimit, MIN_POOL_SIZE, poolSize, processesAtMost } from './connection-budget';
import type { AppConcurrency } from './data-connection';
import { nameOf, serverOf } from './database-server';

/** What of a connection works in the template and may not work in the network. */
export function adviseOnConnection(scope: Construct, target: IConnectable, vpc: IVpc): void {
  if (target.connections.securityGroups.length === 0) {
    warn(
      scope,
      WARNINGS.NO_SECURITY_GROUP,
      'a connected database or cache has no known security group, so no ingress rule was added for the app; give its security groups when you import it',
    );
  }
  const { vpc: other } = target as Partial<DatabaseInstance>;
  if (other && other.vpcId !== vpc.vpcId) {
    warn(
      scope,
      WARNINGS.OTHER_VPC,
      `the database is in the VPC ${other.node.path}, and the service in ${vpc.node.path}: unless the two are peered, the deployment fails; give the service the VPC of the database as vpc`,
    );
  }
}

/** What the apps of a database open, by database. */
const OPENED = new WeakMap<IConnectable, { readonly app: string; readonly needed: number }[]>();

/** Whether the database allows as many connections as its apps open at the most, where both are known. */
export function adviseOnConnectionCount(scope: Construct, database: IConnectable, concurrency: AppConcurrency): void {
  const server = serverOf(database);
  const limit = connectionLimit(server);
  const processes = processesAtMost(concurrency);
  if (limit === undefined || processes === undefined) {
    return;
  }
  const pool = poolSize(concurrency, limit);
  const needed = processes * pool;
  // an app that is connected twice, as another user for example, has one pool
  const others = (OPENED.get(database) ?? []).filter(({ app }) => app !== scope.node.path);
  const all = [...others, { app: scope.node.path, needed }];
  OPENED.set(database, all);
  const allows = `${server.maxConnections === undefined ? `${server.instanceClass} allows about` : 'its max_connections is'} ${limit}`;
  if (needed > limit) {
    const tasks = Math.floor(limit / (MIN_POOL_SIZE * (concurrency.processes as number) * concurrency.whileRolling));
    const fewer = tasks > 0 ? `, ${tasks} ${tasks === 1 ? 'task' : 'tasks'} at the most` : '';
    warn(
      scope,
      WARNINGS.CONNECTION_COUNT,
      `the web process opens up to ${needed} connections to ${nameOf(database)} during a deployment (${concurrency.tasks} tasks × ${concurrency.whileRolling} × ${concurrency.processes} processes × ${pool}), and ${allows}; use a larger instance class${fewer}, fewer worker processes, or an RDS Proxy`,
    );
    return;
  }
  const together = all.reduce((sum, one) => sum + one.needed, 0);
  if (together > limit) {
    warn(
      scope,
      WARNINGS.CONNECTION_COUNT,
      `the web processes that share ${nameOf(database)} open up to ${together} connections together (${all.map((one) => `${one.app} ${one.needed}`).join(', ')}), and ${allows}; use a larger instance class, smaller pools by DATABASE_POOL_SIZE and FLASK_SQLALCHEMY_ENGINE_OPTIONS in environment, or an RDS Proxy`,
    );
  }
}
