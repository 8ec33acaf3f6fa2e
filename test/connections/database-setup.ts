import { Template } from 'aws-cdk-lib/assertions';
import type { IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type DatabaseInstanceProps,
  MariaDbEngineVersion,
  MysqlEngineVersion,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { RemovalPolicy, type Stack } from 'aws-cdk-lib/core';
import { type DatabaseConnectionOptions, DatabaseVariables } from '../../src';
import { idOf } from '../util/order';
import { environmentOf, service, testStack } from '../util/test-stack';

export const POSTGRES = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 });

export const MARIADB = DatabaseInstanceEngine.mariaDb({ version: MariaDbEngineVersion.VER_10_11 });

export const MYSQL = DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_0 });

export const AURORA_POSTGRES = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 });

export const { PARTS, URL } = DatabaseVariables;

export function instanceIn(stack: Stack, vpc: IVpc, props: Partial<DatabaseInstanceProps> = {}, id = 'Database') {
  return new DatabaseInstance(stack, id, {
    vpc,
    engine: POSTGRES,
    databaseName: 'shop',
    removalPolicy: RemovalPolicy.DESTROY,
    ...props,
  });
}

export function auroraIn(stack: Stack, vpc: IVpc, engine = AURORA_POSTGRES, defaultDatabaseName: string | undefined = 'shop') {
  return new DatabaseCluster(stack, 'Database', { vpc, engine, writer: ClusterInstance.serverlessV2('Writer'), defaultDatabaseName });
}

/** A service that is connected with an instance of PostgreSQL in the same stack. */
export function setup(options: DatabaseConnectionOptions = {}, props: Partial<DatabaseInstanceProps> = {}) {
  const stack = testStack();
  const web = service(stack);
  const database = instanceIn(stack, web.vpc, props);
  web.connectToDatabase(database, options);
  return { stack, web, database };
}

export type Container = { [key: string]: unknown };

/** The variables that one process has of a database, secrets as what they refer to. */
export function variablesOf(
  stack: Stack,
  process: { readonly taskDefinition: Parameters<typeof idOf>[0] },
  prefix = /^(DATABASE|ORDERS|PG|MYSQL)/,
) {
  const { Properties } = Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition')[idOf(process.taskDefinition)];
  const [container] = Properties.ContainerDefinitions as Container[];
  const secrets = (container.Secrets ?? []) as { Name: string; ValueFrom: unknown }[];
  const all = { ...environmentOf(container), ...Object.fromEntries(secrets.map(({ Name, ValueFrom }) => [Name, ValueFrom])) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => prefix.test(name) && !name.endsWith('_POOL_SIZE')));
}

export const endpointOf = (database: IConnectable, attribute: string) => ({
  'Fn::GetAtt': [idOf(database as DatabaseInstance), `Endpoint.${attribute}`],
});

/** The rules that let the service's processes in. */
/** The rules that let in the web process; each has a twin for the other processes. */
export function rulesFromWeb(stack: Stack) {
  return rulesOf(stack).filter(({ SourceSecurityGroupId }) => /WebSecurityGroup/.test(JSON.stringify(SourceSecurityGroupId)));
}

export function rulesOf(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'))
    .map(({ Properties }) => Properties)
    .filter(({ Description }) => Description === 'from a Flask app');
}
