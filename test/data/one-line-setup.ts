import { Template } from 'aws-cdk-lib/assertions';
import { MysqlEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  CacheUse,
  FlaskCache,
  FlaskDatabase,
  type FlaskFargateService,
  type FlaskFargateServiceProps,
  FlaskStage,
  FlaskUploads,
} from '../../src';
import { containersOf, environmentOf, service, testStack } from '../util/test-stack';

export const VERSION = PostgresEngineVersion.VER_17;

export const STAGES = { production: FlaskStage.production(), development: FlaskStage.development(), ephemeral: FlaskStage.ephemeral() };

export type Add = (web: FlaskFargateService) => unknown;

export const postgres: Add = (web) => FlaskDatabase.postgres(web, 'Database', { version: VERSION });

export const mysql: Add = (web) => FlaskDatabase.mysql(web, 'Database', { version: MysqlEngineVersion.VER_8_4_6 });

export const cache: Add = (web) => FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version: '8.2' });

export const broker: Add = (web) => FlaskCache.valkey(web, 'Broker', { use: CacheUse.BROKER, version: '8.2' });

export const uploads: Add = (web) => FlaskUploads.bucket(web, 'Uploads');

export const all: Add = (web) => [postgres, cache, broker, uploads].map((add) => add(web));

/** All that holds data or that data lies in, by its logical id. */
const DATA = /^AWS::(RDS|ElastiCache|S3|EC2::(VPC|Subnet)$|SecretsManager::Secret$)/;

type Resource = { readonly Type: string; readonly Properties?: { readonly [name: string]: unknown } };

export const dataOf = (template: Template): { readonly [id: string]: Resource } =>
  Object.fromEntries(
    Object.entries(template.toJSON().Resources as { [id: string]: Resource }).filter(
      ([id, { Type }]) => DATA.test(Type) && !/AccessLogs/.test(id),
    ),
  );

export function setup(add: Add, props: Partial<FlaskFargateServiceProps> = {}, id = 'Web') {
  const stack = testStack();
  const web = service(stack, props, id);
  add(web);
  return { stack, web, template: Template.fromStack(stack) };
}

export const variablesOf = (template: Template) => environmentOf(containersOf(template)[0]);
