import assert from 'node:assert/strict';
import { ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Deployed } from './deployed';
import { callJson, callQuery, records, topics, valuesOf } from './other-apis';

const LOG_GROUP = 'AWS::Logs::LogGroup';

export interface Example {
  /** All stacks of the app; the one with the service last. */
  readonly stacks: readonly string[];
  /** Stage production: the load balancer is protected against deletion. */
  readonly production: boolean;
  /** CloudFormation types of what stays when the stack is destroyed. */
  readonly retains: readonly string[];
  /** Needs the hosted zone that the test makes. */
  readonly zone?: boolean;
  readonly checks: Readonly<Record<string, (deployed: Deployed) => Promise<unknown>>>;
  readonly recordedOnly?: readonly string[];
}

export const EXAMPLES: Readonly<Record<string, Example>> = {
  quickstart: {
    stacks: ['FlaskQuickstart'],
    production: false,
    retains: [],
    checks: { 'the app answers': (deployed) => deployed.assertGreeting() },
  },

  'shared-load-balancer': {
    stacks: ['FlaskShared'],
    production: false,
    retains: [],
    checks: {
      '/shop/ is answered by shop': (deployed) => deployed.assertGreeting({ path: '/shop/', service: 'shop' }),
      '/blog/ is answered by blog': (deployed) => deployed.assertGreeting({ path: '/blog/', service: 'blog' }),
      "anything else is nobody's": async (deployed) => {
        for (const path of ['/', '/shopping/', '/other/shop/', '/health']) {
          const { status, body } = await deployed.get(path);
          assert.deepEqual({ path, status, body }, { path, status: 404, body: 'no such service' });
        }
      },
    },
  },

  monitoring: {
    stacks: ['FlaskMonitoring'],
    production: false,
    retains: [],
    checks: {
      'the app answers': (deployed) => deployed.assertGreeting(),
      'there is a dashboard': async ({ aws }) => {
        const { DashboardEntries = [] } = await aws.cloudWatch.send(new ListDashboardsCommand({}));
        assert.equal(DashboardEntries.length, 1);
      },
      'the operators are subscribed to the topic': async ({ aws }) => {
        const [topic] = await topics(aws);
        const subscriptions = await callQuery(aws, 'sns', { Action: 'ListSubscriptionsByTopic', TopicArn: topic, Version: '2010-03-31' });
        assert.deepEqual(valuesOf('Endpoint', subscriptions), ['operators@example.com']);
      },
    },
  },

  'existing-vpc': {
    stacks: ['FlaskPlatform', 'FlaskExistingVpc'],
    production: true,
    retains: [LOG_GROUP], // flow logs belong to the VPC, which is the platform's
    checks: {
      'the app answers': (deployed) => deployed.assertGreeting(),
      'the load balancer is internal': async ({ stack }) => assert.equal((await stack.loadBalancer()).Scheme, 'internal'),
      'the service is in the cluster of the platform': async ({ stack }) => {
        assert.deepEqual(stack.idsOf('AWS::ECS::Cluster'), []);
        assert.match(stack.cluster, /^FlaskPlatform-/);
      },
    },
  },

  'custom-domain': {
    stacks: ['FlaskCustomDomain'],
    production: true,
    retains: [LOG_GROUP, LOG_GROUP],
    zone: true,
    checks: httpsChecks('shop.example.com.'),
  },

  'blue-green': {
    stacks: ['FlaskCanary'],
    production: true,
    retains: [LOG_GROUP, LOG_GROUP],
    checks: {
      'the app answers': (deployed) => deployed.assertGreeting(),
      'the service knows of its canary and its other target group': async ({ stack }) => {
        const { deploymentConfiguration, loadBalancers } = await stack.service();
        assert.equal(deploymentConfiguration?.strategy, 'CANARY');
        assert.notEqual(loadBalancers?.[0]?.advancedConfiguration?.alternateTargetGroupArn, undefined);
      },
      'nothing is on the test port between deployments': async (deployed) => assert.equal((await deployed.get('/', 8443)).status, 503),
    },
    recordedOnly: ['the canary: weights of target groups, bake times and the test listener play no part in a deployment'],
  },

  hardened: {
    stacks: ['FlaskHardened'],
    production: true,
    retains: ['AWS::KMS::Key', LOG_GROUP, LOG_GROUP, LOG_GROUP, 'AWS::S3::Bucket'],
    zone: true,
    checks: {
      ...httpsChecks('vault.example.com.'),
      'access and connection logs go to its bucket': async (deployed) => {
        const [bucket] = deployed.stack.idsOf('AWS::S3::Bucket');
        const attributes = await deployed.attributesOfLoadBalancer();
        for (const kind of ['access_logs', 'connection_logs']) {
          assert.equal(attributes[`${kind}.s3.enabled`], 'true');
          assert.equal(attributes[`${kind}.s3.bucket`], bucket);
        }
      },
      'its log groups are encrypted with its key': async ({ aws, stack }) => {
        const [key] = stack.idsOf('AWS::KMS::Key');
        const { logGroups = [] } = await aws.logs.send(new DescribeLogGroupsCommand({}));
        const ours = logGroups.filter(({ logGroupName = '' }) => stack.idsOf(LOG_GROUP).includes(logGroupName));
        assert.equal(ours.length, 3);
        for (const { logGroupName, kmsKeyId = '' } of ours) {
          assert.ok(kmsKeyId.endsWith(key), `${logGroupName} has the key ${kmsKeyId}`);
        }
      },
      'the firewall is that of the load balancer': async ({ aws, stack }) => {
        const { LoadBalancerArn } = await stack.loadBalancer();
        const { WebACL } = await callJson<{ WebACL?: { ARN: string } }>(aws, 'wafv2', 'AWSWAF_20190729.GetWebACLForResource', {
          ResourceArn: LoadBalancerArn,
        });
        assert.match(WebACL?.ARN ?? '', /:regional\/webacl\//);
      },
    },
    recordedOnly: ['log delivery: no access, connection or firewall log is written'],
  },
};

/** The listener for HTTPS answers plain HTTP here, with everything but the encryption. */
function httpsChecks(name: string): Example['checks'] {
  return {
    'plain HTTP is sent to HTTPS': async (deployed) => {
      const { status, headers } = await deployed.get('/some/page?of=it');
      assert.equal(status, 301);
      assert.match(String(headers.location), /^https:\/\/[^/]+:443\/some\/page\?of=it$/);
    },
    'the app answers on the listener for HTTPS, with HSTS': async (deployed) => {
      const { headers } = await deployed.assertGreeting({ port: 443 });
      assert.equal(headers['strict-transport-security'], 'max-age=31536000');
    },
    'its name is in the zone': async ({ aws }) => {
      assert.deepEqual((await records(aws)).filter((record) => record.endsWith(` ${name}`)).sort(), [`A ${name}`, `AAAA ${name}`]);
    },
  };
}
