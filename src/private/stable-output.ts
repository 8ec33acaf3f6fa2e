import { CfnOutput, Names, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * An output whose key a pipeline can rely on: the ids from the stack down to it, `WebUrl` for the URL of the service `Web`. The CDK would add a hash of the path, which
 * also changes with the name of a `Stage` around the stack.
 */
export function stableOutput(scope: Construct, id: string, description: string, value: string): CfnOutput {
  const output = new CfnOutput(scope, id, { description, value });
  const path = output.node.scopes.slice(Stack.of(scope).node.scopes.length).map((construct) => construct.node.id);
  const key = path.join('').replace(/[^A-Za-z0-9]/g, '');
  // of ids without a letter that a key may have, the CDK's own remains
  if (key !== id) {
    output.overrideLogicalId(key.length > 255 ? Names.uniqueResourceName(output, { maxLength: 255 }) : key);
  }
  return output;
}
