import * as path from 'node:path';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

interface HandlerProps {
  /** The path of the handler below `src`, without its ending. */
  readonly file: string;
  /** The function that the file exports. */
  readonly name: string;
  readonly description: string;
  readonly timeout: Duration;
  /** Given, for the one that Lambda makes never expires and stays. */
  readonly logGroup: LogGroup;

  /** @default - a role that may write to the log group */
  readonly role?: IRole;
}

/**
 * A role for Lambda functions that may write to their log group and make none: lines that arrive when a stack is being deleted would make the
 * group anew, without an end and in no stack.
 */
export function functionRole(scope: Construct, id: string, logGroup: LogGroup): Role {
  const role = new Role(scope, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return role;
}

/** A Lambda function of a handler of ours. The build bundles it into `assets`, which stands beside `src` and `lib`. */
export function handlerFunction(scope: Construct, id: string, { file, name, ...props }: HandlerProps): LambdaFunction {
  return new LambdaFunction(scope, id, {
    ...props,
    role: props.role ?? functionRole(scope, `${id}ServiceRole`, props.logGroup),
    runtime: Runtime.NODEJS_24_X,
    memorySize: 256,
    code: Code.fromAsset(path.join(__dirname, '../../assets', file)),
    handler: `index.${name}`,
  });
}
