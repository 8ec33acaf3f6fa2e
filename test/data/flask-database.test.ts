import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { type CfnDBInstance, MysqlEngineVersion } from 'aws-cdk-lib/aws-rds';
import { DatabaseVariables, FlaskDatabase } from '../../src';
import { adviceOf, expectError, only } from '../util/test-stack';
import { type Add, mysql, postgres, STAGES, setup, VERSION, variablesOf } from './one-line-setup';

describe('a database', () => {
  test.each([
    [
      'production',
      postgres,
      'postgres',
      {
        DBInstanceClass: 'db.t4g.medium',
        MultiAZ: true,
        BackupRetentionPeriod: 14,
        DeletionProtection: true,
        DeleteAutomatedBackups: false,
      },
      'Snapshot',
    ],
    [
      'development',
      postgres,
      'postgres',
      {
        DBInstanceClass: 'db.t4g.micro',
        MultiAZ: false,
        BackupRetentionPeriod: 1,
        DeletionProtection: false,
        DeleteAutomatedBackups: true,
      },
      'Delete',
    ],
    [
      'ephemeral',
      mysql,
      'mysql',
      {
        DBInstanceClass: 'db.t4g.micro',
        MultiAZ: false,
        BackupRetentionPeriod: 0,
        DeletionProtection: false,
        DeleteAutomatedBackups: true,
      },
      'Delete',
    ],
  ] as const)('in %s', (stage, add, Engine, properties, policy) => {
    const { template } = setup(add, { stage: STAGES[stage] });
    const { DeletionPolicy, UpdateReplacePolicy, Properties } = only(template, 'AWS::RDS::DBInstance');
    expect(Properties).toMatchObject({
      ...properties,
      Engine,
      AllocatedStorage: '20',
      MaxAllocatedStorage: 100,
      StorageType: 'gp3',
      StorageEncrypted: true,
      AutoMinorVersionUpgrade: true,
    });
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([policy, policy]);
    // isolated in each stage
    expect(only(template, 'AWS::RDS::DBSubnetGroup').Properties.SubnetIds).toEqual([
      { Ref: expect.stringMatching(/^FlaskNetwork.*DataSubnet1/) },
      { Ref: expect.stringMatching(/^FlaskNetwork.*DataSubnet2/) },
    ]);
  });

  test('is connected, restarts the tasks, and fits the service', () => {
    const { stack, template } = setup(postgres);
    expect(variablesOf(template)).toMatchObject({ DATABASE_NAME: 'app', DATABASE_POOL_SIZE: '9' });
    template.resourceCountIs('AWS::Events::Rule', 1);
    expect(adviceOf(stack)).toEqual([]);
  });

  test('takes what the connection takes, and a class', () => {
    const { template } = setup((web) =>
      FlaskDatabase.postgres(web, 'Database', {
        version: VERSION,
        instanceType: new InstanceType('m7g.large'),
        databaseName: 'shop',
        connection: { variables: DatabaseVariables.URL },
      }),
    );
    expect(only(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({ DBInstanceClass: 'db.m7g.large', DBName: 'shop' });
    expect(variablesOf(template)).toMatchObject({ DATABASE_URL: expect.anything(), DATABASE_POOL_SIZE: '18' });
  });

  test('comes back as the L2, on which the rest is set', () => {
    const { template } = setup((web) => {
      const database = FlaskDatabase.postgres(web, 'Database', { version: VERSION });
      (database.node.defaultChild as CfnDBInstance).multiAz = false;
    });
    expect(only(template, 'AWS::RDS::DBInstance').Properties.MultiAZ).toBe(false);
  });
});

describe('a database that begins with a snapshot', () => {
  const restored: Add = (web) =>
    FlaskDatabase.postgres(web, 'Restored', { version: VERSION, snapshotIdentifier: 'rds:shop-2026-11-20-03-12' });

  test('says nothing that the snapshot brings along, and has all else of its stage', () => {
    const [fresh, { Properties }] = [postgres, restored].map((add) => only(setup(add).template, 'AWS::RDS::DBInstance'));
    const { DBName, MasterUsername, StorageEncrypted, AllocatedStorage, ...others } = fresh.Properties;
    const names = ['DBSubnetGroupName', 'MasterUserPassword', 'VPCSecurityGroups'];
    expect(Object.keys(Properties).sort()).toEqual([...Object.keys(others), 'DBSnapshotIdentifier'].sort());
    expect(Properties).toMatchObject({
      ...Object.fromEntries(Object.entries(others).filter(([name]) => !names.includes(name))),
      DBSnapshotIdentifier: 'rds:shop-2026-11-20-03-12',
    });
  });

  test('tells the app the same names', () => {
    expect(variablesOf(setup(restored).template)).toMatchObject({ DATABASE_NAME: 'app', DATABASE_POOL_SIZE: '9' });
    const named: Add = (web) =>
      FlaskDatabase.mysql(web, 'Restored', {
        version: MysqlEngineVersion.VER_8_4_6,
        snapshotIdentifier: 'friday',
        databaseName: 'shop',
        connection: { variables: DatabaseVariables.URL },
      });
    expect(JSON.stringify(variablesOf(setup(named).template).DATABASE_URL)).toMatch(/mysql:\/\/app@.*\/shop/);
  });

  test('is one that has a name', () => {
    expectError(
      () => setup((web) => FlaskDatabase.postgres(web, 'Restored', { version: VERSION, snapshotIdentifier: '' })),
      "snapshotIdentifier must be the name or the ARN of a snapshot, got ''",
    );
  });
});
