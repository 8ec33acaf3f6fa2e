import assert from 'node:assert/strict';
import { ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { until } from '../../../tools/local-aws/poll';
import { LoadBalancerClient } from '../../../tools/local-aws/requests';
import { Stack } from '../../../tools/local-aws/stack';
import { Deployed } from './deployed';
import { callJson, callQuery, makeDue, queues, records, schedules, topics, valuesOf } from './other-apis';
import { assertEachStatementIsNeeded, beDue, runTask, scheduleOf } from './statements';
import { failing, subscribe } from './subscriptions';
import { SessionVisitor } from './visitors';

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
  /** Kinds of resource, beside those that every example makes, that the inventory must have seen. */
  readonly makes?: readonly string[];
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

  platform: {
    stacks: ['FlaskShop', 'FlaskOrders', 'FlaskMailer', 'FlaskBlog', 'FlaskPlatform'],
    production: false,
    retains: [],
    checks: {
      '/shop/ and /blog/ are answered at the public load balancer': async (deployed) => {
        await deployed.assertGreeting({ path: '/shop/', service: 'shop' });
        await deployed.assertGreeting({ path: '/blog/', service: 'blog' });
      },
      '/orders/ is answered at the internal one alone': async (deployed) => {
        const { DNSName = '' } = await deployed.stack.loadBalancer('internal');
        const { status, body } = await new LoadBalancerClient(deployed.aws.endpoint, DNSName).get('/orders/');
        assert.match(`${status} ${body}`, /^200 .*"service":\s*"orders"/s);
        assert.equal((await deployed.get('/orders/')).status, 404);
      },
      'the worker without a route runs': async ({ aws }) => {
        const mailer = new Deployed(aws, await Stack.load(aws, 'FlaskMailer'));
        assert.equal(await mailer.assertAllTasksRun(), '1');
      },
      "anything else is nobody's": async (deployed) => {
        for (const path of ['/', '/mailer/', '/shopping/']) {
          assert.deepEqual([path, (await deployed.get(path)).status], [path, 404]);
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

  celery: {
    stacks: ['FlaskCelery'],
    production: false,
    retains: [],
    makes: ['queue'],
    checks: {
      'a job that the web takes is done by the worker': async (deployed) => {
        const { status, body } = await deployed.post('/jobs', { text: 'three small words' });
        assert.equal(status, 202, body);
        const done = await until('the worker to do the job', 15, () => lineWith(deployed, 'worker', 'job done', JSON.parse(body).id));
        assert.equal(done.words, 3);
      },
      'beat sends what is due, and only one does': async (deployed) => {
        await until('the worker to do what beat sent', 30, () => lineWith(deployed, 'worker', 'tidied up'));
        assert.equal(await deployed.tasksOf('Beat'), 1);
      },
      'what fails three times ends in the dead-letter queue': async (deployed) => {
        const { aws } = deployed;
        const [failed, jobs] = (await queues(aws)).sort(); // FailedJobs… and Jobs…
        await callJson(aws, 'sqs', 'AmazonSQS.SetQueueAttributes', { QueueUrl: jobs, Attributes: { VisibilityTimeout: '1' } });
        // the worker asks with the old timeout until it is answered
        const { body } = await deployed.post('/jobs', { text: 'one' });
        await until('the worker to do the job', 15, () => lineWith(deployed, 'worker', 'job done', JSON.parse(body).id));
        await deployed.post('/jobs', { text: 'poison' });
        await until('the message in the dead-letter queue', 30, async () => {
          const { Attributes } = await callJson<{ Attributes: Record<string, string> }>(aws, 'sqs', 'AmazonSQS.GetQueueAttributes', {
            QueueUrl: failed,
            AttributeNames: ['ApproximateNumberOfMessages'],
          });
          return Attributes.ApproximateNumberOfMessages === '1' || undefined;
        });
        assert.equal((await deployed.logLines('worker')).filter((line) => line.includes('this text cannot be counted')).length, 3);
      },
    },
  },

  'scheduled-jobs': {
    stacks: ['FlaskScheduledJobs'],
    production: false,
    retains: [],
    makes: ['queue', 'schedule', 'event rule', 'topic'],
    checks: {
      'the app answers': (deployed) => deployed.assertGreeting(),
      'there are the schedules of the example': async ({ aws }) => {
        const expressions = (await schedules(aws)).map(
          (schedule) => `${schedule.ScheduleExpression} ${schedule.ScheduleExpressionTimezone}`,
        );
        assert.deepEqual(expressions.sort(), ['cron(0 3 * * ? *) Europe/Berlin', 'rate(30 minutes) Etc/UTC']);
      },
      'a schedule that is due runs its command, with its capacity': async (deployed) => {
        await Promise.all((await schedules(deployed.aws)).map((schedule) => makeDue(deployed.aws, schedule)));
        const tasks = await until('both tasks to end', 30, async () => {
          const ended = await deployed.endedTasks('chronos-schedule');
          return ended.length === 2 ? ended : undefined;
        });
        const ends = tasks.map(
          ({ containers = [], capacityProviderName }) => `${containers[0]?.exitCode} ${capacityProviderName ?? 'FARGATE'}`,
        );
        assert.deepEqual(ends.sort(), ['0 FARGATE', '0 FARGATE_SPOT']);
        for (const prefix of ['nightly', 'frequent']) {
          await until(`the line of ${prefix}`, 10, () => lineWith(deployed, prefix, 'report'));
        }
      },
      'a run that fails reaches those who are subscribed to the topic of its alarm': async (deployed) => {
        const subscriber = await subscribe(deployed, 'operators-of-the-test');
        await makeDue(deployed.aws, failing(await scheduleOf(deployed, /Nightly/)));
        const [alarm] = await until('the alarm', 40, async () => {
          const messages = (await subscriber.hear()).filter(({ AlarmName }) => /Nightly/.test(AlarmName));
          return messages.length > 0 ? messages : undefined;
        });
        await subscriber.leave();
        assert.equal(alarm.NewStateValue, 'ALARM');
      },
      'each statement of the execution role is needed': async (deployed) => {
        const missed = await assertEachStatementIsNeeded(deployed.aws, /FlaskScheduledJobs-Web.*ExecutionRole/, runTask(deployed));
        assert.ok(missed.includes('ecr:GetAuthorizationToken') && missed.includes('logs:CreateLogStream'), missed.join());
      },
      'and of the role of a schedule, which writes to the dead-letter queue': async (deployed) => {
        const role = /FlaskScheduledJobs-WebNightlyRole/;
        const missed = await assertEachStatementIsNeeded(deployed.aws, role, beDue(deployed, /Nightly/), ['sqs:SendMessage']);
        // one statement passes the role of the task, another that of its execution
        assert.deepEqual(missed.sort(), ['ecs:RunTask', 'ecs:TagResource', 'iam:PassRole', 'iam:PassRole']);
      },
    },
  },

  migrations: {
    stacks: ['FlaskMigrations'],
    production: false,
    retains: [],
    makes: ['database', 'secret', 'function', 'state machine'],
    checks: {
      'the migrations ran before the service, once': async (deployed) => {
        const lines = await deployed.logLines('migrate');
        assert.deepEqual(
          lines.filter((line) => line.includes('Running upgrade')).map((line) => JSON.parse(line).message),
          ['Running upgrade  -> 0001, notes', 'Running upgrade 0001 -> 0002, finished jobs'],
        );
      },
      'the app writes to the database and reads from it': async (deployed) => {
        assert.equal((await deployed.post('/notes', { text: 'remember' })).status, 201);
        const { notes } = JSON.parse((await deployed.get('/notes')).body);
        assert.deepEqual(
          notes.map(({ text }: { text: string }) => text),
          ['remember'],
        );
      },
      'it is ready, and has sessions by its secret key': async (deployed) => {
        assert.deepEqual(JSON.parse((await deployed.get('/ready')).body).checks, { temporary_files: true, database: true });
        const { status, headers } = await deployed.get('/session');
        assert.equal(status, 200);
        assert.match(String(headers['set-cookie']), /^session=/);
      },
      'a session survives the rotation of its key, for which the tasks start anew by themselves': async (deployed) => {
        const visitor = new SessionVisitor(await deployed.client());
        const before = await secretKey(deployed);
        const between = await rotate(deployed); // the first time there is no next key yet: one is made
        const after = await rotate(deployed);
        const { visits, lost } = await visitor.leave();
        assert.equal(between.current, before.current);
        assert.equal(after.current, JSON.parse(between.fallbacks)[0]);
        assert.notEqual(after.current, before.current);
        assert.equal(lost, 0, `the session began anew ${lost} times`);
        assert.ok(visits > 10, `only ${visits} visits`);
      },
      'no password is in the template': async ({ stack }) => assert.doesNotMatch(stack.template, /PGPASSWORD[^}]*"Value"/),
    },
  },

  'existing-vpc': {
    stacks: ['FlaskPlatform', 'FlaskExistingVpc'],
    production: true,
    retains: [LOG_GROUP, LOG_GROUP], // flow logs belong to the VPC, which is the platform's
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
    retains: [LOG_GROUP, LOG_GROUP, LOG_GROUP],
    zone: true,
    checks: httpsChecks('shop.example.com.'),
  },

  'two-stages/infra': {
    stacks: ['FlaskStaging', 'FlaskProduction'],
    production: true,
    retains: [LOG_GROUP, LOG_GROUP, LOG_GROUP],
    makes: ['topic'],
    checks: {
      'each stage answers with its own greeting': async (deployed) => {
        const staging = new Deployed(deployed.aws, await Stack.load(deployed.aws, 'FlaskStaging'));
        for (const [stage, name] of [
          [staging, 'staging'],
          [deployed, 'production'],
        ] as const) {
          const { status, body } = await stage.get('/');
          assert.deepEqual([status, JSON.parse(body)], [200, { message: `Hello from ${name}` }]);
        }
      },
      'staging has no alarms, and production mails them': async ({ aws, stack }) => {
        const alarms = async (name: string) => (await Stack.load(aws, name)).idsOf('AWS::CloudWatch::Alarm').length;
        assert.equal(await alarms('FlaskStaging'), 0);
        assert.ok((await alarms(stack.name)) > 0);
      },
    },
  },

  'blue-green': {
    stacks: ['FlaskCanary'],
    production: true,
    retains: [LOG_GROUP, LOG_GROUP, LOG_GROUP],
    checks: {
      'the app answers': (deployed) => deployed.assertGreeting(),
      'the service knows of its canary and its other target group': async ({ stack }) => {
        const { deploymentConfiguration, loadBalancers } = await stack.service();
        assert.equal(deploymentConfiguration?.strategy, 'CANARY');
        assert.notEqual(loadBalancers?.[0]?.advancedConfiguration?.alternateTargetGroupArn, undefined);
      },
      'nothing is on the test port between deployments': async (deployed) => assert.equal((await deployed.get('/', 8443)).status, 503),
    },
    recordedOnly: ['the canary: a minute of its steps lasts a second'],
  },

  hardened: {
    stacks: ['FlaskHardened'],
    production: true,
    retains: ['AWS::KMS::Key', LOG_GROUP, LOG_GROUP, LOG_GROUP, LOG_GROUP, 'AWS::S3::Bucket'],
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
        assert.equal(ours.length, 4);
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

interface SecretKey {
  readonly current: string;
  readonly fallbacks: string;
}

async function secretKey({ aws, stack }: Deployed): Promise<SecretKey> {
  const [SecretId] = stack.idsOf('AWS::SecretsManager::RotationSchedule');
  return JSON.parse((await aws.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '');
}

/** Rotates the key and waits until the service has other tasks; its rule and its state machine see to those. */
async function rotate(deployed: Deployed): Promise<SecretKey> {
  const [SecretId] = deployed.stack.idsOf('AWS::SecretsManager::RotationSchedule');
  const old = await deployed.runningTasks();
  await deployed.aws.secrets.send(new RotateSecretCommand({ SecretId }));
  await until('other tasks', 45, async () => {
    const now = await deployed.runningTasks();
    return (now.length > 0 && !now.some((task) => old.includes(task))) || undefined;
  });
  return secretKey(deployed);
}

/** The first JSON line of a process with this message, and of this job. */
async function lineWith(deployed: Deployed, prefix: string, message: string, job?: string): Promise<Record<string, unknown> | undefined> {
  const lines = (await deployed.logLines(prefix)).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return lines.find((line) => line.message === message && (job === undefined || line.job === job));
}

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
