import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { AlarmDefinition } from './alarm-definition';
import type { ConsoleLinks } from './console-links';

/** The maximum of CloudWatch, which refuses a longer description at deployment. */
const MAX_LENGTH = 1024;
const MAX_STACK_NAME = 128;
const MAX_REGION = 14;

/**
 * What a mail says: what the alarm means, the first step, and where to look. Names that CloudFormation makes have that of the stack, so a long one
 * leaves no room for all links: those that the dashboard shows too are left out first.
 */
export function alarmDescription(
  scope: Construct,
  { meaning, firstStep }: Pick<AlarmDefinition, 'meaning' | 'firstStep'>,
  { dashboard, errors, serviceEvents }: ConsoleLinks,
): string {
  const lines = [
    `${sentence(meaning)} ${sentence(firstStep)}`,
    ...(dashboard ? [`Dashboard: ${dashboard}`] : []),
    `Errors in the log: ${errors}`,
    `ECS events: ${serviceEvents}`,
  ];
  while (lines.length > 1 && lengthAtMost(scope, lines.join('\n')) > MAX_LENGTH) {
    lines.pop();
  }
  return lines.join('\n');
}

/** How long a text may be once the names in it are made: `stack-logicalId-` and twelve characters. */
function lengthAtMost(scope: Construct, text: string): number {
  const { stackName } = Stack.of(scope);
  const lengthOfStack = Token.isUnresolved(stackName) ? MAX_STACK_NAME : stackName.length;
  const resolved = Stack.of(scope).resolve(text);
  const parts: unknown[] = typeof resolved === 'string' ? [resolved] : (resolved['Fn::Join']?.[1] ?? [resolved]);
  return parts.reduce((length: number, part) => {
    if (typeof part === 'string') {
      return length + part.length;
    }
    const name = (part as { Ref?: string }).Ref;
    if (name === 'AWS::Region') {
      return length + MAX_REGION;
    }
    return length + (name ? lengthOfStack + name.length + 14 : MAX_STACK_NAME);
  }, 0);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
