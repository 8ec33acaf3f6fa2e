import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import {
  type CfnDBInstance,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type DatabaseInstanceProps,
  type IInstanceEngine,
  type MysqlEngineVersion,
  type PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DatabaseConnectionOptions } from '../connections/database-connection';
import { pathBesideInErrors } from '../private/path-in-errors';
import { requirePattern } from '../private/validation';
import type { IFlaskService } from '../processes/flask-service';
import { processHostOf } from '../processes/process-host';
import type { StageDefaults } from '../stage/flask-stage-options';
import { stageOf } from '../stage/stage-of';
import { connectToDatabase } from './connect';
import { requireZones } from './data-zones';

/** What the databases of each engine have in common. */
export interface FlaskDatabaseOptions {
  /**
   * The instance class. While it changes, the database is unavailable for some minutes. Its memory limits the number of connections, and so the size of the connection pool of the app.
   *
   * @default - t4g.medium, which allows about 450 connections to PostgreSQL, enough for ten tasks while rolling; t4g.micro in the development and the ephemeral
   * stage, the smallest that there is
   */
  readonly instanceType?: InstanceType;

  /**
   * The name of the database within the server. Do not change it later: Amazon RDS would replace the server with an empty one. To add
   * a database, run `CREATE DATABASE`, and name it in `connection`.
   *
   * @default 'app'
   */
  readonly databaseName?: string;

  /**
   * A snapshot to begin with, by its name or ARN: the data comes from it, encrypted as it was, and the password is a new one. Give the new database a
   * different id from the lost one, and keep this option for as long as the database is used: without it, Amazon RDS makes another server, which is empty.
   *
   * @default - an empty database
   */
  readonly snapshotIdentifier?: string;

  /**
   * The environment variables that describe the database to the app.
   *
   * @default - `DATABASE_HOST` and the other parts
   */
  readonly connection?: DatabaseConnectionOptions;
}

/** A database of PostgreSQL. */
export interface FlaskPostgresOptions extends FlaskDatabaseOptions {
  /**
   * The version. It has no default, because a default would age, and changing it upgrades your data. With only the major version, AWS chooses the newest minor version.
   *
   * AWS refuses a new major version until you allow it, because only a snapshot leads back: docs/data.md has the steps.
   */
  readonly version: PostgresEngineVersion;
}

/** A database of MySQL. */
export interface FlaskMysqlOptions extends FlaskDatabaseOptions {
  /**
   * The version. It has no default, because a default would age, and changing it upgrades your data.
   *
   * AWS refuses a new major version until you allow it, because only a snapshot leads back: docs/data.md has the steps.
   */
  readonly version: MysqlEngineVersion;
}

const GIB = 20;
const MAX_GIB = 100;

/**
 * A relational database in one line, connected to every process of the app. You get the L2 construct of the CDK, on which you set everything else.
 *
 * | Default | `production` | `development` | `ephemeral` | Because |
 * |---|---|---|---|---|
 * | instance class | t4g.medium | t4g.micro | t4g.micro | connections for ten tasks; the cheapest |
 * | standby in another zone | yes | no | no | a failover takes a minute, a restore an hour |
 * | backups | 14 days | 1 day | none | a fault is often found after a weekend; free up to the size of the database |
 * | deletion protection | on | off | off | a wrong stack name must not end the data |
 * | on removal | a last snapshot | gone | gone | a snapshot needs neither the VPC nor the secret |
 * | a month in us-east-1 | $100 | $14 | $14 | list prices, counted in docs/cost.md |
 *
 * In every stage: 20 GiB of gp3 that grow to 100, encrypted (turning encryption on later would replace the database), in `web.dataSubnets`, minor versions by themselves, a
 * password in Secrets Manager, and tasks that start anew when it changes.
 */
@pathBesideInErrors
export class FlaskDatabase {
  /**
   * PostgreSQL on Amazon RDS.
   *
   * @param web the service; the database stands beside it, so that to rename the service leaves the data where it is
   * @param id the id of the database in the scope of the service
   * @param options the version, and the variables of the app
   * @example
   * import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
   * import { FlaskDatabase, FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * FlaskDatabase.postgres(web, 'Database', { version: PostgresEngineVersion.VER_17 });
   */
  public static postgres(web: IFlaskService, id: string, options: FlaskPostgresOptions): DatabaseInstance {
    return make(web, id, DatabaseInstanceEngine.postgres({ version: options.version }), options);
  }

  /**
   * MySQL on Amazon RDS.
   *
   * @param web the service; the database stands beside it, so that to rename the service leaves the data where it is
   * @param id the id of the database in the scope of the service
   * @param options the version, and the variables of the app
   * @example
   * import { MysqlEngineVersion } from 'aws-cdk-lib/aws-rds';
   * import { FlaskDatabase, FlaskFargateService } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * FlaskDatabase.mysql(web, 'Database', { version: MysqlEngineVersion.VER_8_4_6 });
   */
  public static mysql(web: IFlaskService, id: string, options: FlaskMysqlOptions): DatabaseInstance {
    return make(web, id, DatabaseInstanceEngine.mysql({ version: options.version }), options);
  }

  private constructor() {}
}

function make(web: IFlaskService, id: string, engine: IInstanceEngine, options: FlaskDatabaseOptions): DatabaseInstance {
  requireZones('a database', web);
  // the CDK puts `db.` before it
  requirePattern('instanceType', options.instanceType?.toString(), /^(?!db\.)/, "an instance type without 'db.', such as 't4g.medium'");
  const { databaseName = 'app', snapshotIdentifier, connection } = options;
  const database = new DatabaseInstance(web.node.scope as Construct, id, {
    ...ofStage(stageOf(web)),
    engine,
    vpc: web.vpc,
    vpcSubnets: web.dataSubnets,
    ...(options.instanceType ? { instanceType: options.instanceType } : {}),
    databaseName,
    credentials: Credentials.fromGeneratedSecret('app'),
    storageEncrypted: true,
    storageType: StorageType.GP3,
    allocatedStorage: GIB,
    maxAllocatedStorage: MAX_GIB,
    autoMinorVersionUpgrade: true,
  });
  if (snapshotIdentifier !== undefined) {
    restore(database.node.defaultChild as CfnDBInstance, snapshotIdentifier);
  }
  connectToDatabase(processHostOf(web), web, database, { databaseName, ...connection });
  return database;
}

/** What a snapshot brings along may not be said beside it, and its storage may be larger than ours. */
function restore(resource: CfnDBInstance, snapshotIdentifier: string): void {
  requirePattern('snapshotIdentifier', snapshotIdentifier, /^\S+$/, 'the name or the ARN of a snapshot');
  resource.dbSnapshotIdentifier = snapshotIdentifier;
  resource.dbName = undefined;
  resource.masterUsername = undefined;
  resource.storageEncrypted = undefined;
  resource.allocatedStorage = undefined;
}

function ofStage({ dataRemovalPolicy, dataStandby, backupRetention, deletionProtection }: StageDefaults): Partial<DatabaseInstanceProps> {
  const isKept = dataRemovalPolicy !== RemovalPolicy.DESTROY;
  return {
    instanceType: new InstanceType(dataStandby ? 't4g.medium' : 't4g.micro'),
    multiAz: dataStandby,
    backupRetention,
    deletionProtection,
    // one that is retained keeps its network from being deleted, and loses its secret
    removalPolicy: isKept ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
    deleteAutomatedBackups: !isKept,
  };
}
