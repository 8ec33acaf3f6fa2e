import * as path from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';

/** The code of a Lambda function, as the build has bundled it: `assets` stands beside `src` and `lib`. */
export function bundledCode(name: string): Code {
  return Code.fromAsset(path.join(__dirname, '../../assets', name));
}
