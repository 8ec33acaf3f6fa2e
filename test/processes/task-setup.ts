import type { FlaskFargateServiceProps, FlaskTaskOptions } from '../../src';
import { service, testStack } from '../util/test-stack';

export const COMMAND = ['flask', 'db', 'upgrade'];

export function setup(options: Partial<FlaskTaskOptions> = {}, props: Partial<FlaskFargateServiceProps> = {}) {
  const stack = testStack();
  const web = service(stack, props);
  return { stack, web, task: web.addTask('Migrate', { command: COMMAND, ...options }) };
}
