import * as path from 'node:path';
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
}

/** A Lambda function of a handler of ours. The build bundles it into `assets`, which stands beside `src` and `lib`. */
export function handlerFunction(scope: Construct, id: string, { file, name, ...props }: HandlerProps): LambdaFunction {
  return new LambdaFunction(scope, id, {
    ...props,
    runtime: Runtime.NODEJS_24_X,
    memorySize: 256,
    code: Code.fromAsset(path.join(__dirname, '../../assets', file)),
    handler: `index.${name}`,
  });
}
