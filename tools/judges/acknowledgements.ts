/**
 * What the judges find on `examples/typescript/hardened` and is as it is, each with the reason. A finding that is not here fails the check, and
 * so does an entry that nothing finds any more.
 */
export interface Acknowledgement {
  /** The rules; those of a pack of cdk-nag without the name of the pack. */
  readonly rules: string[];
  /** The logical ids of the resources. */
  readonly resources: RegExp;
  readonly reason: string;
}

export const ACKNOWLEDGEMENTS: Acknowledgement[] = [
  {
    rules: ['CloudWatchAlarmAction'],
    resources: /^WebAlarmsDeployment(Errors|Latency)/,
    reason:
      'These alarms stop a deployment: ECS reads their state and brings the old version back. Who is on call hears of a failed deployment by another alarm, which has an action.',
  },
  {
    rules: ['EventBusDLQ'],
    resources: /^WebAlarmsFailed(Task|Deployment)Rule|^WebServiceEventsRule/,
    reason:
      'Two of the rules have no target: they count what they match, and an alarm is on the count. The third writes events of ECS to a log group, which CloudWatch Logs takes without a role; a queue for lost ones would cost more than they say.',
  },
  {
    rules: ['EC23', 'CKV_AWS_260'],
    resources: /^WebFrontEndSecurityGroup/,
    reason:
      'The service is public: its load balancer admits the internet on 443, and on 80 to redirect to it. The tasks admit the load balancer alone. A service for few gives allowFrom.',
  },
  {
    rules: ['ELBv2ACMCertificateRequired'],
    resources: /^WebFrontEndLoadBalancerHttp[^s]/,
    reason: 'The listener on port 80 answers with a redirect to HTTPS and nothing else; a certificate has no place on it.',
  },
  {
    rules: ['ECS2'],
    resources: /^WebTaskDefinition/,
    reason:
      'The variables in the task definition configure Python and gunicorn and hold no secret; secrets come from Secrets Manager, and a plain variable whose name looks like one is warned of at synth.',
  },
  {
    rules: ['IAM5[Resource::*]'],
    resources: /^WebTaskExecutionRoleDefaultPolicy/,
    reason:
      'ecr:GetAuthorizationToken knows no resource. It is the only action of the role on all resources; the pull is on one repository.',
  },
  {
    rules: ['IAMNoInlinePolicy'],
    resources: /DefaultPolicy/,
    reason:
      'Each policy belongs to one role, is made and deleted with it, and is used by no other: a managed policy would be one more thing to attach elsewhere by mistake.',
  },
  {
    rules: ['VPCDefaultSecurityGroupClosed'],
    resources: /^FlaskNetworkVpc/,
    reason:
      'Nothing uses the default security group of the VPC. CloudFormation cannot close it; hardening: { restrictDefaultSecurityGroup: true } does, by a custom resource with a Lambda function and an inline policy, which these judges find more against than the group itself.',
  },
  {
    rules: ['VPCNoUnrestrictedRouteToIGW'],
    resources: /PublicSubnet\dDefaultRoute/,
    reason:
      'The load balancer and the NAT gateways of a public service stand in public subnets, and these need the route. The tasks are in private ones.',
  },
  {
    rules: ['S1', 'S3BucketLoggingEnabled', 'CKV_AWS_18'],
    resources: /^WebFrontEndLogBucket/,
    reason:
      'It is the bucket for logs; logging the access to it would need another such bucket, without end. CloudTrail data events show who reads it.',
  },
  {
    rules: ['S3BucketReplicationEnabled'],
    resources: /^WebFrontEndLogBucket/,
    reason:
      'Access logs are kept for 90 days for finding faults, versioned and in three zones; nothing depends on a copy in another region.',
  },
  {
    rules: ['S3DefaultEncryptionKMS'],
    resources: /^WebFrontEndLogBucket/,
    reason:
      'Elastic Load Balancing can write its logs to a bucket that is encrypted with keys of Amazon S3 only (SSE-S3); it is encrypted with these.',
  },
  {
    rules: ['RDS11', 'AEC6'],
    resources: /^(Database|Broker)/,
    reason: 'Another port than the engine’s own hides nothing: the security group admits the app alone.',
  },
  {
    rules: ['SMG4', 'SecretsManagerRotationEnabled'],
    resources: /DatabaseSecret/,
    reason:
      'A rotation needs a function with a way to Secrets Manager, $15 a month as an endpoint where there is no NAT gateway, so it is one line of the user: database.addRotationSingleUser(). The tasks start anew by themselves then.',
  },
  {
    rules: ['SecretsManagerUsingKMSKey', 'CKV_AWS_149'],
    resources: /DatabaseSecret/,
    reason: 'It is encrypted with the key of AWS. A key of one’s own is $1 a month, and is given where a rule asks for it.',
  },
  {
    rules: ['RDSEnhancedMonitoringEnabled', 'CKV_AWS_118'],
    resources: /^Database/,
    reason:
      'Metrics of the operating system by the second go to a log group that costs by the GB; the usual metrics of RDS are there by the minute.',
  },
  {
    rules: ['RDSInBackupPlan'],
    resources: /^Database/,
    reason: 'RDS keeps automatic backups of 14 days and takes a last snapshot; AWS Backup would be a second one of the same.',
  },
  {
    rules: ['RDSLoggingEnabled[LogExport::postgresql]', 'RDSLoggingEnabled[LogExport::upgrade]'],
    resources: /^Database/,
    reason:
      'RDS makes the log groups itself, without an end and in no stack. The logs can be read in RDS for three days; the export is one property of the resource.',
  },
  {
    rules: ['CKV_AWS_161'],
    resources: /^Database/,
    reason: 'The app signs in with a password of Secrets Manager. iamUser of connectToDatabase() turns the sign-in by IAM on.',
  },
  {
    rules: ['ElastiCacheRedisClusterAutomaticBackup'],
    resources: /^Broker/,
    reason: 'Snapshots of seven days: the jobs of a broker are older than that in no app that works.',
  },
  {
    rules: ['CKV_AWS_31'],
    resources: /^Broker/,
    reason:
      'The way is encrypted, and the security group admits the app alone; a token would be one more secret that Celery takes in its URL only.',
  },
  {
    rules: ['S1', 'S3BucketLoggingEnabled', 'CKV_AWS_18'],
    resources: /^Uploads/,
    reason: 'Logs of the access cost by the request and need a bucket of their own; CloudTrail data events show who reads what.',
  },
  {
    rules: ['S3BucketReplicationEnabled'],
    resources: /^Uploads/,
    reason: 'The bucket is in three zones and keeps versions for 30 days; a copy in another region doubles the price.',
  },
  {
    rules: ['S3DefaultEncryptionKMS'],
    resources: /^Uploads/,
    reason: 'It is encrypted with keys of Amazon S3. With KMS each presigned upload needs a right on the key, and each request costs.',
  },
  {
    rules: ['SNSEncryptedKMS', 'CKV_AWS_26'],
    resources: /^PlatformAlarms/,
    reason:
      'CloudWatch may not use the key of AWS for topics, and one of your own is $1 a month: give such a topic as alarmTopic. What is sent names alarms and holds no data of users; the way is encrypted.',
  },
  {
    rules: ['EC2RestrictedCommonPorts', 'EC2RestrictedSSH'],
    resources: /^PlatformInternalSecurityGroup/,
    reason: 'Ports 80 and 443 are open to the VPC, and no other. The rules cannot read the addresses of a VPC that the template makes.',
  },
  {
    rules: ['CKV2_AWS_71'],
    resources: /^PlatformCertificate/,
    reason:
      'One certificate for the names of all services, those that come later too; it is renewed by itself and its key cannot leave AWS. Others are given as certificates.',
  },
];

/** The resources of `tools/judges/data.ts` that are no part of the service. */
export const OF_DATA = /^(Database|Broker|Uploads|DataDatabaseSecret)/;
