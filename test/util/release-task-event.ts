import type { ReleaseTaskEvent, ReleaseTaskProperties } from '../../src/processes/release-task.handler';

export const DEFINITION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition';
export const TASK = 'arn:aws:ecs:eu-west-1:123456789012:task/cluster/0123abcd';

/** What the construct gives the custom resource. */
export const PROPERTIES: ReleaseTaskProperties = {
  Name: 'Shop/Web/Migrate',
  Role: 'arn:aws:iam::123456789012:role/flask-release-tasks/Shop/WebReleaseTasks',
  Cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/cluster',
  TaskDefinition: `${DEFINITION}/Migrate:7`,
  ServiceTaskDefinition: `${DEFINITION}/Web:4`,
  Container: 'flask-app',
  Subnets: ['subnet-1', 'subnet-2'],
  SecurityGroups: ['sg-1'],
  AssignPublicIp: 'DISABLED',
  LogGroup: 'shop-logs',
  LogStreamPrefix: 'migrate',
  TimeoutSeconds: '900',
};

/** What CloudFormation sends at a first deployment. */
export const CREATE: ReleaseTaskEvent = {
  RequestType: 'Create',
  RequestId: '5f0c1d3e-0000-4000-8000-000000000001',
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/c0ffee00-1111-2222-3333-444444444444',
  LogicalResourceId: 'WebMigrateRun56CF7D83',
  ResourceProperties: PROPERTIES,
};
