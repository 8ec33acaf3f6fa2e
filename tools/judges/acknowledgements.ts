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
];
