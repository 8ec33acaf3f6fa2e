import type { Demo } from './demo-context';

/** What a shell is told, so that the cdk CLI, the AWS CLI and boto3 in it talk to the local AWS and to no account. */
export function userEnvironment({ aws, engine, workspace }: Demo): string {
  const variables = {
    ...Object.fromEntries(Object.entries(aws.environment).filter(([name]) => NEEDED.test(name))),
    ...engine?.cdkEnvironment,
    // the CLI keeps accounts by access key, and each emulator has its own
    CDK_HOME: workspace.subfolder('cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${`${value}`.replaceAll("'", "'\\''")}'`);
  return `${['# the local AWS, as long as it runs', `unset ${UNSET.join(' ')}`, ...lines].join('\n')}\n`;
}

const NEEDED = /^(AWS_|NO_PROXY$|no_proxy$)/;

/** They would win over the made-up credentials. */
const UNSET = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
];
