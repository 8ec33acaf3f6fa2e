import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import type { LoadBalancingOptions } from './load-balancing-options';

interface LogDefaults {
  readonly byDefault: boolean;
  readonly remove: boolean;
}

/** Access and connection logs, where they are asked for or on by default. */
export function enableLoadBalancerLogs(
  scope: Construct,
  loadBalancer: ApplicationLoadBalancer,
  options: LoadBalancingOptions,
  { byDefault, remove }: LogDefaults,
): void {
  const wanted = options.accessLogs ?? byDefault;
  const connections = options.connectionLogs ?? false;
  // an attribute that a template leaves out keeps the value that it has
  if (!wanted || Token.isUnresolved(Stack.of(scope).region)) {
    loadBalancer.setAttribute('access_logs.s3.enabled', 'false');
  }
  if (!connections) {
    loadBalancer.setAttribute('connection_logs.s3.enabled', 'false');
  }
  if (!wanted && !connections) {
    if (options.logBucket) {
      fail('logBucket is given, and neither accessLogs nor connectionLogs is on; set one of the two to true, or leave logBucket out');
    }
    return;
  }
  if (Token.isUnresolved(Stack.of(scope).region)) {
    if (options.accessLogs || connections) {
      fail(
        'the logs of the load balancer need a stack that knows its region, got a region-agnostic stack; set region in the env of the stack, or set accessLogs to false',
      );
    }
    warn(
      scope,
      WARNINGS.NO_ACCESS_LOGS,
      'the load balancer writes no access logs, because the stack does not know its region; set region in the env of the stack',
    );
    return;
  }
  const bucket = options.logBucket ?? logBucket(scope, remove);
  if (wanted) {
    loadBalancer.logAccessLogs(bucket);
  }
  if (connections) {
    loadBalancer.logConnectionLogs(bucket);
  }
}

function logBucket(scope: Construct, remove: boolean): IBucket {
  return new Bucket(scope, 'LogBucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    // the load balancer cannot write with a key of KMS
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [
      {
        expiration: Duration.days(90),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    removalPolicy: remove ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    autoDeleteObjects: remove ? true : undefined,
  });
}
