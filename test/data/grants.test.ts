import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import type { FlaskFargateService } from '../../src';
import { idOf } from '../util/order';
import { service, statementsOf, testStack } from '../util/test-stack';

/*
 * The plain grants and connections of the CDK: a service is an IGrantable and an IConnectable as any other, and stands for all processes of its app.
 */
const COMMAND = ['true'];

/** A service with a process of each kind, some of them added before the grant and some after. */
function withProcesses(grant: (stack: Stack, web: FlaskFargateService) => void) {
  const stack = testStack();
  const web = service(stack);
  const worker = web.addWorker('Celery', { command: COMMAND });
  grant(stack, web);
  const task = web.addTask('Report', { command: COMMAND });
  const release = web.addReleaseTask('Migrate', { command: COMMAND });
  const nightly = web.addScheduledTask('Nightly', { command: COMMAND, schedule: ScheduleExpression.rate(Duration.hours(1)) });
  return { stack, web, processes: [web, worker, task, release, nightly] };
}

const database = (stack: Stack, web: FlaskFargateService) =>
  new DatabaseInstance(stack, 'Database', {
    vpc: web.vpc,
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }),
    iamAuthentication: true,
  });

describe.each([
  [
    'S3, to read',
    (stack: Stack, grantee: IGrantable) => new Bucket(stack, 'Bucket').grantRead(grantee),
    ['s3:GetBucket*', 's3:GetObject*', 's3:List*'],
  ],
  [
    'DynamoDB, to read and write',
    (stack: Stack, grantee: IGrantable) =>
      new Table(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } }).grantReadWriteData(grantee),
    expect.arrayContaining(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:DeleteItem']),
  ],
  [
    'SQS, to send',
    (stack: Stack, grantee: IGrantable) => new Queue(stack, 'Queue').grantSendMessages(grantee),
    ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
  ],
  [
    'SQS, to consume',
    (stack: Stack, grantee: IGrantable) => new Queue(stack, 'Queue').grantConsumeMessages(grantee),
    ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
  ],
  [
    'RDS, to sign in by IAM',
    (stack: Stack, grantee: IGrantable) => database(stack, grantee as FlaskFargateService).grantConnect(grantee, 'app'),
    'rds-db:connect',
  ],
] as const)('a grant of %s', (_, grant, actions) => {
  test('is given to the identity of the app, which every process has, and not to ECS', () => {
    const { stack, web, processes } = withProcesses((scope, grantee) => grant(scope, grantee));
    const template = Template.fromStack(stack);
    expect(statementsOf(template, web.taskRole)).toEqual([expect.objectContaining({ Effect: 'Allow', Action: actions })]);
    expect(JSON.stringify(statementsOf(template, web.executionRole))).not.toMatch(/s3:|dynamodb:|sqs:|rds-db:/);
    const definitions = template.findResources('AWS::ECS::TaskDefinition');
    for (const { taskDefinition } of processes) {
      expect(definitions[idOf(taskDefinition)].Properties.TaskRoleArn).toEqual(stack.resolve(web.taskRole.roleArn));
    }
  });

  test('to a task or a worker is the same', () => {
    const stack = testStack();
    const web = service(stack);
    for (const process of [web.addTask('Report', { command: COMMAND }), web.addWorker('Celery', { command: COMMAND })]) {
      expect(process.grantPrincipal).toBe(web.grantPrincipal);
    }
  });
});

describe('a connection', () => {
  /** Who may connect to the security group, at which port. */
  const letIn = (stack: Stack, group: SecurityGroup | { readonly securityGroupId: string }) =>
    Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'))
      .map(({ Properties }) => Properties)
      .filter(({ GroupId }) => JSON.stringify(GroupId) === JSON.stringify(stack.resolve(group.securityGroupId)));

  function groupsOf(stack: Stack, web: FlaskFargateService) {
    const groups = [web, web.addTask('Group', { command: COMMAND })].flatMap(({ connections }) => connections.securityGroups);
    return stack.resolve(groups.map(({ securityGroupId }) => securityGroupId));
  }

  test('to RDS lets in the service and the processes that are added later', () => {
    let group: { readonly securityGroupId: string } | undefined;
    const { stack, web } = withProcesses((scope, app) => {
      const instance = database(scope, app);
      instance.connections.allowDefaultPortFrom(app);
      [group] = instance.connections.securityGroups;
    });
    const rules = letIn(stack, group as SecurityGroup);
    expect(rules.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toEqual(groupsOf(stack, web));
    expect(rules).toHaveLength(2);
    expect(rules.map(({ FromPort }) => FromPort)).toEqual(Array(2).fill({ 'Fn::GetAtt': [expect.any(String), 'Endpoint.Port'] }));
  });

  test('to RDS lets in a process that is the first one, and added after it', () => {
    const stack = testStack();
    const web = service(stack);
    const instance = database(stack, web);
    instance.connections.allowDefaultPortFrom(web);
    web.addTask('Report', { command: COMMAND });
    const rules = letIn(stack, instance.connections.securityGroups[0]);
    expect(rules.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toEqual(groupsOf(stack, web));
    expect(rules).toHaveLength(2);
  });

  test('to ElastiCache is made by the security group of the cache', () => {
    let group: SecurityGroup | undefined;
    const { stack, web } = withProcesses((scope, app) => {
      group = new SecurityGroup(scope, 'CacheGroup', { vpc: app.vpc });
      new CfnServerlessCache(scope, 'Cache', {
        engine: 'valkey',
        serverlessCacheName: 'shop',
        securityGroupIds: [group.securityGroupId],
        subnetIds: app.vpc.privateSubnets.map(({ subnetId }) => subnetId),
      });
      group.connections.allowFrom(app, Port.tcp(6379));
    });
    const rules = letIn(stack, group as SecurityGroup);
    expect(rules.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toEqual(groupsOf(stack, web));
    expect(rules).toEqual([expect.objectContaining({ FromPort: 6379 }), expect.objectContaining({ FromPort: 6379 })]);
  });
});
