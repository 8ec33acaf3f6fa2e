import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

// The SDK announces the end of Node 20 a year ahead, in the middle of the list of steps.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const REGION = 'us-east-1';
/** Made up: whatever the machine's own credentials are, no call of the demo can reach an account of theirs. */
const KEY = 'test';
const SECRET = 'test';

/** The APIs of an AWS emulator. */
export class Aws {
  public readonly autoScaling;
  public readonly cloudFormation;
  public readonly cloudWatch;
  public readonly ec2;
  public readonly ecr;
  public readonly ecs;
  public readonly elb;
  public readonly iam;
  public readonly logs;
  public readonly s3;
  public readonly secrets;

  public constructor(
    public readonly endpoint: URL,
    public readonly region = REGION,
    /** An administrator's; one of twelve digits is of the account with that number. */
    public readonly key = KEY,
  ) {
    const config = { endpoint: endpoint.href, region, credentials: { accessKeyId: key, secretAccessKey: SECRET } };
    this.autoScaling = new ApplicationAutoScalingClient(config);
    this.cloudFormation = new CloudFormationClient(config);
    this.cloudWatch = new CloudWatchClient(config);
    this.ec2 = new EC2Client(config);
    this.ecr = new ECRClient(config);
    this.ecs = new ECSClient(config);
    this.elb = new ElasticLoadBalancingV2Client(config);
    this.iam = new IAMClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
    this.secrets = new SecretsManagerClient(config);
  }

  /** For the cdk CLI: the emulator and made-up credentials, and nothing of the machine's AWS configuration. */
  public get environment(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
    const local = [process.env.NO_PROXY ?? process.env.no_proxy, this.endpoint.hostname].filter(Boolean).join(',');
    return {
      ...Object.fromEntries(inherited),
      AWS_ENDPOINT_URL: this.endpoint.href.replace(/\/$/, ''),
      AWS_ACCESS_KEY_ID: this.key,
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      NO_PROXY: local,
      no_proxy: local,
    };
  }
}
