import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';
import type { FlaskFargateService, FlaskFargateServiceProps, FlaskReleaseTask, FlaskReleaseTaskOptions } from '../../src';
import { idOf } from '../util/order';
import { only, service, testStack } from '../util/test-stack';

export const COMMAND = ['flask', 'db', 'upgrade'];

export const TYPE = 'Custom::FlaskReleaseTask';

export function setup(options: Partial<FlaskReleaseTaskOptions> = {}, props: Partial<FlaskFargateServiceProps> = {}, stack = testStack()) {
  const web = service(stack, props);
  const migrate = web.addReleaseTask('Migrate', { command: COMMAND, ...options });
  return { stack, web, migrate };
}

/** What CloudFormation is told of the task. */
export const runOf = (stack: Stack) => only(Template.fromStack(stack), TYPE);

export const runIn = (task: FlaskReleaseTask) => task.node.findChild('Run');

/** What the role of a service, which the functions of the stack take, may do. */
export function rightsOf(template: Template, web: FlaskFargateService): { readonly [key: string]: unknown }[] {
  const role = template.findResources('AWS::IAM::Role')[idOf(web.node.findChild('ReleaseTasks'))].Properties;
  expect(role.Policies).toHaveLength(1);
  return role.Policies[0].PolicyDocument.Statement;
}
