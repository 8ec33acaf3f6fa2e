import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { App, type Environment, Stack } from 'aws-cdk-lib/core';
import { FlaskFargateService, type FlaskFargateServiceProps, FlaskImage } from '../../src';
import { RECOMMENDED_FLAGS } from './flags';
import { tempDir } from './temp-dir';

export interface TestStackOptions {
  readonly env?: Environment;
  /** The feature flags: those that `cdk init` writes into the app of a user, unless others are given. */
  readonly flags?: { [flag: string]: unknown };
  readonly stackName?: string;
}

/** An app with the feature flags that users' apps have: `new App()` alone has none of them in jest. */
export function testApp({ flags = RECOMMENDED_FLAGS }: TestStackOptions = {}): App {
  return new App({ outdir: tempDir(), context: flags, analyticsReporting: false, treeMetadata: false });
}

/** A stack in an app of its own. */
export function testStack(options: TestStackOptions = {}): Stack {
  return new Stack(testApp(options), options.stackName ?? 'Test', { env: options.env });
}

/** An image that needs no build and no folder. */
export function anImage(): FlaskImage {
  return FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/flask:1'));
}

/** The service as a user has it, with an image that needs no build where the test says nothing of the image. */
export function fullService(stack: Stack, props: Partial<FlaskFargateServiceProps> = {}, id = 'Web'): FlaskFargateService {
  return new FlaskFargateService(stack, id, { image: anImage(), ...props });
}

/** The same without alarms and dashboard, which are half of the template and have tests of their own. */
export function service(stack: Stack, props: Partial<FlaskFargateServiceProps> = {}, id = 'Web'): FlaskFargateService {
  return fullService(stack, { monitoring: { alarms: { enabled: false }, dashboard: false, serviceEvents: false }, ...props }, id);
}

/** The template of a stack that has only the service. */
export function templateOf(props: Partial<FlaskFargateServiceProps> = {}): Template {
  const stack = testStack();
  service(stack, props);
  return Template.fromStack(stack);
}

type Json = { [key: string]: unknown };

/** The one resource of a type, with its logical id. */
export function only(
  template: Template,
  type: string,
  ids = /./,
): { readonly id: string; readonly Properties: Json; readonly [key: string]: unknown } {
  const found = Object.entries(template.findResources(type)).filter(([id]) => ids.test(id));
  if (found.length !== 1) {
    throw new Error(`expected one ${type}, found ${found.length}: ${found.map(([id]) => id).join(', ')}`);
  }
  const [[id, resource]] = found;
  return { id, Properties: {}, ...resource };
}

/** The container of the only task definition of a template. */
export function containerOf(template: Template): Json {
  return containersOf(template)[0];
}

/** The containers of all task definitions of a template. */
export function containersOf(template: Template): Json[] {
  return Object.values(template.findResources('AWS::ECS::TaskDefinition')).flatMap(
    (definition) => definition.Properties.ContainerDefinitions as Json[],
  );
}

/** The environment of a container as a map. */
export function environmentOf(container: Json): { [name: string]: unknown } {
  return Object.fromEntries(((container.Environment ?? []) as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [Name, Value]));
}

/** The warnings of a stack, each as its id and its text. */
export function warningsOf(stack: Stack): { readonly path: string; readonly id: string; readonly text: string }[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ id: path, entry }) => {
      const [, text, id] = `${entry.data}`.match(/^([\s\S]*) \[ack: ([^\]]+)\]$/) ?? [undefined, `${entry.data}`, ''];
      return { path, id, text: `${text}` };
    });
}

/** What a service gives advice on that says nothing of its load balancer, in a stack that knows no region. */
const OF_EVERY_SERVICE = ['cdk-flask-fargate:plainHttp', 'cdk-flask-fargate:noAccessLogs', 'cdk-flask-fargate:alarmsTellNobody'];

/** The warnings of a stack, without those that every service of these tests has. */
export function adviceOf(stack: Stack): ReturnType<typeof warningsOf> {
  return warningsOf(stack).filter(({ id }) => !OF_EVERY_SERVICE.includes(id));
}

/** The ids of the warnings of a stack, in order. */
export function warningIds(stack: Stack): string[] {
  return warningsOf(stack)
    .map(({ id }) => id)
    .sort();
}

/** The statements of the policy of a role. */
export function statementsOf(template: Template, role: IRole): Json[] {
  const roleName = Stack.of(role).resolve(role.roleName);
  const policies = Object.values(template.findResources('AWS::IAM::Policy', { Properties: { Roles: [roleName] } }));
  return policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Json[]);
}

/** Asserts the whole text of an error, up to the path of its construct: `toThrow` with a text is satisfied by a part of it. */
export function expectError(action: () => unknown, message: string): void {
  expect(() => {
    try {
      action();
    } catch (error) {
      throw new Error((error as Error).message.replace(/ \[at [^\]]*\]$/, ''));
    }
  }).toThrow(new Error(message));
}
