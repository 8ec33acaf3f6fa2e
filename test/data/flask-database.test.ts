import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { DatabaseVariables, FlaskDatabase } from '../../src';
import { adviceOf, only } from '../util/test-stack';
import { mysql, postgres, STAGES, setup, VERSION, variablesOf } from './one-line-setup';

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
