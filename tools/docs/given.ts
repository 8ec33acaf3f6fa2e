/** What the blocks of README take as given, in TypeScript's words. */
export const GIVEN: { readonly [name: string]: readonly [type: string, module: string] } = {
  stack: ['Stack', 'aws-cdk-lib'],
  web: ['FlaskFargateService', 'cdk-flask-fargate'],
  queue: ['Queue', 'aws-cdk-lib/aws-sqs'],
  operatorRole: ['Role', 'aws-cdk-lib/aws-iam'],
  table: ['Table', 'aws-cdk-lib/aws-dynamodb'],
  bucket: ['Bucket', 'aws-cdk-lib/aws-s3'],
};

/** The same as declarations of Python. */
export function givenInPython(): string {
  const names = Object.entries(GIVEN).map(([name, [type, module]]) => {
    const python = module.replace('/', '.').replaceAll('-', '_').replace('aws_cdk_lib', 'aws_cdk');
    return { python, line: `${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}: ${python}.${type}` };
  });
  return [...new Set(names.map(({ python }) => `import ${python}`)), ...names.map(({ line }) => line)].join('\n');
}
