import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmBehavior } from 'aws-cdk-lib/aws-ecs';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Annotations, Duration, type Stack } from 'aws-cdk-lib/core';
import {
  type AlarmOptions,
  FlaskAlarm,
  FlaskDeployment,
  FlaskImage,
  FlaskRepository,
  FlaskStage,
  LoadBalancing,
  TaskScaling,
  Tls,
  WorkerScaling,
  WsgiServer,
} from '../../src';
import { expectError, fullService, only, testStack, warningIds } from '../util/test-stack';
import { ALL, alarmOf, OF_EVENTS, OF_REQUESTS, OF_TASKS, SILENT, setup, stopping } from './alarm-setup';

/** What a part of a description is at most after the deployment: CloudFormation adds the stack and twelve characters to a name. */
const deployed = (part: string | { Ref: string }, lengthOfStack: number): string => {
  if (typeof part === 'string') {
    return part;
  }
  return part.Ref === 'AWS::Region' ? 'ap-southeast-2' : `${'S'.repeat(lengthOfStack)}-${part.Ref}-${'X'.repeat(12)}`;
};

describe('in production', () => {
  const { stack, web, template } = setup();

  test('all are there', () => {
    expect(web.alarms.all.map(({ node }) => node.id)).toEqual(ALL);
    for (const kind of ALL) {
      expect(web.alarms.alarm(kind)?.node.path).toBe(`Test/Web/Alarms/${kind}`);
    }
    template.resourceCountIs('AWS::CloudWatch::Alarm', ALL.length);
    // the lines of errors cost a metric, and no alarm needs them
    template.resourceCountIs('AWS::Logs::MetricFilter', 0);
  });

  test.each<[FlaskAlarm, object]>([
    [FlaskAlarm.SERVICE_LEVEL, { Threshold: 1, EvaluationPeriods: 2, DatapointsToAlarm: 1 }],
    [FlaskAlarm.DEPLOYMENT_ERRORS, { Threshold: 5, EvaluationPeriods: 2, DatapointsToAlarm: 1 }],
    [FlaskAlarm.DEPLOYMENT_LATENCY, { Threshold: 25, EvaluationPeriods: 3, DatapointsToAlarm: 3 }],
    [FlaskAlarm.MISSING_TASKS, { Threshold: 0, EvaluationPeriods: 6, DatapointsToAlarm: 3, TreatMissingData: 'breaching' }],
    [FlaskAlarm.MEMORY, { Threshold: 90, EvaluationPeriods: 24, DatapointsToAlarm: 3 }],
    [FlaskAlarm.STUCK_DEPLOYMENT, { Threshold: 1, EvaluationPeriods: 6, DatapointsToAlarm: 6 }],
    [FlaskAlarm.SILENT_LOG, { Threshold: 1, EvaluationPeriods: 3, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' }],
    [FlaskAlarm.FAILED_TASKS, { Threshold: 0, EvaluationPeriods: 36, DatapointsToAlarm: 3, MetricName: 'TriggeredRules' }],
    [FlaskAlarm.FAILED_DEPLOYMENT, { Threshold: 0, EvaluationPeriods: 3, DatapointsToAlarm: 1, MetricName: 'TriggeredRules' }],
  ])('%s goes off as it should', (kind, expected) => {
    expect(alarmOf(template, kind)).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      ...expected,
    });
  });

  test('each says what it means, the first step and where to look, within what CloudWatch takes', () => {
    for (const kind of ALL) {
      const description = alarmOf(template, kind).AlarmDescription as { 'Fn::Join': [string, unknown[]] };
      // a name that CloudFormation makes, at its longest
      const text = description['Fn::Join'][1]
        .map((part) =>
          typeof part === 'string'
            ? part
            : 'Ref' in (part as object) && (part as { Ref: string }).Ref === 'AWS::Region'
              ? 'ap-southeast-2'
              : 'x'.repeat(60),
        )
        .join('');
      expect(text).toMatch(/^[A-Z].*\. [A-Z].*\.\nErrors in the log: https:\S+\nECS events: https:\S+$/);
      expect(text.length).toBeLessThanOrEqual(1024);
    }
  });

  test.each([1, 20, 60, 128])('each description fits beside a dashboard, with a stack name of %i characters', (length) => {
    const other = testStack({ stackName: 'S'.repeat(length) });
    const host = fullService(other);
    const queue = new Queue(other, 'Queue', { deadLetterQueue: { queue: new Queue(other, 'Dead'), maxReceiveCount: 3 } });
    host.addWorker('Celery', { command: ['celery'], scaling: WorkerScaling.onQueueDepth(queue, { messagesPerTask: 1, max: 2 }) });
    host.addScheduledTask('Nightly', { command: ['flask', 'report'], schedule: ScheduleExpression.rate(Duration.days(1)) });
    const texts = Object.values(Template.fromStack(other).findResources('AWS::CloudWatch::Alarm'))
      .map(({ Properties }) => Properties.AlarmDescription?.['Fn::Join']?.[1] as (string | { Ref: string })[] | undefined)
      .flatMap((parts) => (parts ? [parts.map((part) => deployed(part, length)).join('')] : []));
    expect(texts).toHaveLength(ALL.length + 3);
    for (const text of texts) {
      expect(text).toContain('\nDashboard: https://');
      expect(text.length).toBeLessThanOrEqual(1024);
      expect(/\nECS events: /.test(text) || length > 20).toBe(true);
    }
  });

  test.each([
    [undefined, 'console.aws.amazon.com'],
    ['eu-west-1', 'console.aws.amazon.com'],
    ['cn-north-1', 'console.amazonaws.cn'],
    ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
    ['eusc-de-east-1', 'console.amazonaws-eusc.eu'],
  ])('the links of the region %p lead to %s', (region, host) => {
    const other = testStack({ env: region ? { account: '111111111111', region } : undefined });
    fullService(other);
    const { AlarmDescription } = alarmOf(Template.fromStack(other), FlaskAlarm.MEMORY);
    expect(JSON.stringify(AlarmDescription).match(/https:..[^/]*/g)).toEqual(Array(3).fill(`https://${host}`));
  });

  test('what stops a deployment is named by plain text, and is there before it', () => {
    expect(stopping(template)).toEqual({
      Enable: true,
      Rollback: true,
      AlarmNames: SILENT.map((kind) => alarmOf(template, kind).AlarmName),
    });
    expect(only(template, 'AWS::ECS::Service').DependsOn).toEqual(
      expect.arrayContaining(SILENT.map((kind) => stack.resolve(web.alarms.alarm(kind)?.alarmArn)['Fn::GetAtt'][0])),
    );
  });

  test('tasks that stop by themselves are counted, of the service and of its workers', () => {
    const other = testStack();
    const host = fullService(other);
    host.addWorker('Celery', { command: ['celery'] });
    expect(only(Template.fromStack(other), 'AWS::Events::Rule', /FailedTaskRule/).Properties.EventPattern).toEqual({
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: {
        clusterArn: [other.resolve(host.cluster.clusterArn)],
        group: ['WebService', 'WebCeleryService'].map((id) => ({
          'Fn::Join': ['', ['service:', { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${id}[0-9A-F]{8}$`)), 'Name'] }]],
        })),
        lastStatus: ['STOPPED'],
        $or: [{ stopCode: ['EssentialContainerExited', 'TaskFailedToStart'] }, { stoppedReason: [{ prefix: 'Task failed ' }] }],
      },
    });
  });

  test('a release task that fails is a deployment that failed', () => {
    const other = testStack();
    fullService(other).addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    expect(only(Template.fromStack(other), 'AWS::Events::Rule', /FailedDeploymentRule/).Properties.EventPattern).toMatchObject({
      source: ['aws.ecs'],
      $or: [
        { 'detail-type': ['ECS Deployment State Change'], detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] } },
        { 'detail-type': ['ECS Task State Change'], detail: { group: [expect.stringMatching(/^family:TestWebMigrate/)] } },
      ],
    });
    expect(only(template, 'AWS::Events::Rule', /FailedDeploymentRule/).Properties.EventPattern).toMatchObject({
      'detail-type': ['ECS Deployment State Change'],
      resources: [{ suffix: { 'Fn::Join': ['', ['/', { 'Fn::GetAtt': [expect.stringMatching(/^WebService/), 'Name'] }]] } }],
    });
  });
});

describe('what is watched follows the service', () => {
  test('tasks are compared with what the scaling wants, or with a number of yours', () => {
    const expression = (alarms?: AlarmOptions, props = {}) =>
      JSON.stringify(alarmOf(setup(alarms, props).template, FlaskAlarm.MISSING_TASKS));
    expect(expression()).toContain('FILL(wanted, 2) - FILL(healthy0, 0)');
    expect(expression()).toContain('DesiredTaskCount');
    expect(expression({ minTasks: 4 })).toContain('4 - FILL(healthy0, 0)');
    expect(expression({ minTasks: 4 })).not.toContain('DesiredTaskCount');
    expect(expression({}, { deployment: FlaskDeployment.canary() })).toContain('FILL(wanted, 2) - FILL(healthy0, 0) - FILL(healthy1, 0)');
  });

  test('without a load balancer the tasks that run count', () => {
    const { web, template } = setup({}, { loadBalancing: LoadBalancing.none() });
    expect(web.alarms.all.map(({ node }) => node.id)).toEqual([...OF_TASKS, FlaskAlarm.SILENT_LOG, ...OF_EVENTS]);
    expect(JSON.stringify(alarmOf(template, FlaskAlarm.MISSING_TASKS))).toContain('RunningTaskCount');
    expect(stopping(template)?.AlarmNames ?? []).toEqual([]);
  });

  test('with a deployment that shifts traffic each version is judged by itself', () => {
    const { template } = setup({}, { deployment: FlaskDeployment.canary() });
    const errors = JSON.stringify(alarmOf(template, FlaskAlarm.DEPLOYMENT_ERRORS));
    expect(errors).toContain('MAX([ofAll, of0, of1])');
    expect(errors).toContain('FILL(target1, 0) + FILL(balancer, 0) / 2');
    expect(JSON.stringify(alarmOf(template, FlaskAlarm.DEPLOYMENT_LATENCY))).toContain('MAX([slower0, slower1])');
    // 10 minutes of 5 %, 15 of both versions, and 30
    expect(alarmOf(template, FlaskAlarm.STUCK_DEPLOYMENT)).toMatchObject({ EvaluationPeriods: 11 });
  });

  test.each<[string, object, FlaskAlarm[]]>([
    ['without tasks', { scaling: TaskScaling.fixed(0) }, [FlaskAlarm.MISSING_TASKS, FlaskAlarm.SILENT_LOG]],
    ['that writes no access log', { server: WsgiServer.gunicorn({ accessLog: false }) }, [FlaskAlarm.SILENT_LOG]],
    ['with a server of its own', { server: WsgiServer.custom({ command: ['waitress-serve'] }) }, [FlaskAlarm.SILENT_LOG]],
  ])('a service %s has fewer', (_, props, missing) => {
    const { web } = setup({}, props);
    expect(web.alarms.all.map(({ node }) => node.id)).toEqual(ALL.filter((kind) => !missing.includes(kind)));
  });

  test('a service without an image has those of requests alone', () => {
    const stack = testStack();
    const web = fullService(stack, { image: FlaskImage.fromEmptyRepository(new FlaskRepository(stack, 'Repository')) });
    expect(web.alarms.all.map(({ node }) => node.id)).toEqual(OF_REQUESTS);
  });

  test('a certificate is watched until it is too late', () => {
    const stack = testStack();
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:123456789012:certificate/0123');
    fullService(stack, { loadBalancing: LoadBalancing.internetFacing({ tls: Tls.withCertificate(certificate) }) });
    expect(alarmOf(Template.fromStack(stack), FlaskAlarm.CERTIFICATE_EXPIRY)).toMatchObject({
      Threshold: 30,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'ignore',
    });
  });
});

describe('workers and schedules', () => {
  function withWorker(scaling?: (queue: Queue) => WorkerScaling, alarms?: AlarmOptions) {
    const stack = testStack();
    const web = fullService(stack, { monitoring: { alarms } });
    const deadLetterQueue = { queue: new Queue(stack, 'DeadLetters'), maxReceiveCount: 3 };
    const queue = new Queue(stack, 'Jobs', { deadLetterQueue });
    const worker = web.addWorker('Celery', { command: ['celery'], scaling: scaling?.(queue) });
    return { stack, web, worker };
  }

  test('a worker on a queue is watched by its messages', () => {
    const { stack, web, worker } = withWorker((queue) => WorkerScaling.onQueueDepth(queue, { messagesPerTask: 10, max: 4 }));
    expect(worker.alarms.map(({ node }) => node.path)).toEqual(['Test/Web/Celery/QueueAge', 'Test/Web/Celery/DeadLetters']);
    expect(web.alarms.all).toEqual(expect.arrayContaining(worker.alarms));
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::CloudWatch::Alarm', /CeleryQueueAge/).Properties).toMatchObject({ Threshold: 1800, EvaluationPeriods: 3 });
    expect(only(template, 'AWS::CloudWatch::Alarm', /CeleryDeadLetters/).Properties).toMatchObject({ Threshold: 0 });
  });

  test.each([
    ['30 minutes', Duration.minutes(1), Duration.minutes(10), 1800],
    ['the wait and twice the job', Duration.hours(1), Duration.hours(2), 4 * 3600],
  ])('a message may be as old as %s', (_, jobTime, acceptableWait, seconds) => {
    const onQueue = (queue: Queue) => WorkerScaling.onQueueDepth(queue, { jobTime, acceptableWait, max: 4 });
    const thresholdOf = (alarms?: AlarmOptions) =>
      only(Template.fromStack(withWorker(onQueue, alarms).stack), 'AWS::CloudWatch::Alarm', /CeleryQueueAge/).Properties.Threshold;
    expect(thresholdOf()).toBe(seconds);
    expect(thresholdOf({ maxQueueAge: Duration.minutes(5) })).toBe(300);
  });

  test('a message waits for the messages before it, where their number is given', () => {
    const jobTime = Duration.minutes(10);
    const { stack } = withWorker((queue) => WorkerScaling.onQueueDepth(queue, { messagesPerTask: 12, slots: 2, jobTime, max: 4 }));
    const { Threshold } = only(Template.fromStack(stack), 'AWS::CloudWatch::Alarm', /CeleryQueueAge/).Properties;
    expect(Threshold).toBe((60 + 20) * 60);
    const tooOld = withWorker((queue) => WorkerScaling.onQueueDepth(queue, { messagesPerTask: 1000, jobTime: Duration.hours(1), max: 4 }));
    expect(only(Template.fromStack(tooOld.stack), 'AWS::CloudWatch::Alarm', /CeleryQueueAge/).Properties.Threshold).toBe(14 * 86_400);
  });

  test('a worker on nothing that is known is watched by its tasks', () => {
    const { worker } = withWorker();
    expect(worker.alarms.map(({ node }) => node.id)).toEqual(['MissingTasks']);
    expect(withWorker(() => WorkerScaling.fixed(0)).worker.alarms).toEqual([]);
  });

  test('what is turned off is off for workers too', () => {
    const onQueue = (queue: Queue) => WorkerScaling.onQueueDepth(queue, { messagesPerTask: 10, max: 4 });
    const { stack, worker } = withWorker(onQueue, { turnOff: [FlaskAlarm.DEAD_LETTERS], maxQueueAge: Duration.minutes(5) });
    expect(worker.alarms.map(({ node }) => node.id)).toEqual(['QueueAge']);
    expect(only(Template.fromStack(stack), 'AWS::CloudWatch::Alarm', /CeleryQueueAge/).Properties).toMatchObject({ Threshold: 300 });
    expect(withWorker(onQueue, { enabled: false }).worker.alarms).toEqual([]);
  });

  test('all are in the same sendTo, whether they are added before or after', () => {
    const stack = testStack();
    const web = fullService(stack);
    const schedule = (id: string) => web.addScheduledTask(id, { command: ['flask'], schedule: ScheduleExpression.rate(Duration.hours(1)) });
    const before = schedule('Before');
    const topic = new Topic(stack, 'Topic');
    web.alarms.sendTo(topic);
    const after = schedule('After');
    web.addWorker('Celery', { command: ['celery'] });
    const arn = stack.resolve(topic.topicArn);
    const told = Object.entries(
      Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmActions: [arn] } }),
    ).map(([id]) => id);
    expect(told).toHaveLength(ALL.length - SILENT.length + 3);
    expect(told).toEqual(
      expect.arrayContaining([before, after].map(({ failureAlarm }) => stack.resolve(failureAlarm.alarmArn)['Fn::GetAtt'][0])),
    );
  });
});

describe('who is told', () => {
  const actionsOf = (template: Template, kind: FlaskAlarm) => {
    const { AlarmActions = [], OKActions = [] } = alarmOf(template, kind);
    return { alarm: AlarmActions, ok: OKActions };
  };

  test('a topic, of all but the silent ones, and not when it is over', () => {
    const stack = testStack();
    const web = fullService(stack);
    const topic = new Topic(stack, 'Topic');
    web.alarms.sendTo(topic);
    const template = Template.fromStack(stack);
    const arn = stack.resolve(topic.topicArn);
    for (const kind of ALL) {
      expect(actionsOf(template, kind)).toEqual({ alarm: SILENT.includes(kind) ? [] : [arn], ok: [] });
    }
  });

  test('when it is over too, and another topic of what can wait', () => {
    const stack = testStack();
    const web = fullService(stack);
    const [urgent, later] = ['Urgent', 'Later'].map((id) => new Topic(stack, id));
    web.alarms.sendTo(urgent, { notifyOk: true, lowUrgencyTopic: later });
    const template = Template.fromStack(stack);
    const [urgentArn, laterArn] = [urgent, later].map(({ topicArn }) => [stack.resolve(topicArn)]);
    expect(actionsOf(template, FlaskAlarm.SERVICE_LEVEL)).toEqual({ alarm: urgentArn, ok: urgentArn });
    expect(actionsOf(template, FlaskAlarm.FAILED_TASKS)).toEqual({ alarm: urgentArn, ok: urgentArn });
    for (const kind of [FlaskAlarm.FAILED_DEPLOYMENT, FlaskAlarm.STUCK_DEPLOYMENT, FlaskAlarm.MEMORY, FlaskAlarm.SILENT_LOG]) {
      expect(actionsOf(template, kind)).toEqual({ alarm: laterArn, ok: laterArn });
    }
  });

  test('a topic that enforces TLS and one with a key admit the alarms of the account', () => {
    const stack = testStack();
    const web = fullService(stack);
    const key = new Key(stack, 'Key');
    const topic = new Topic(stack, 'Topic', { enforceSSL: true, masterKey: key });
    web.alarms.sendTo(topic);
    const template = Template.fromStack(stack);
    const statement = (...actions: string[]) =>
      Match.objectLike({
        Effect: 'Allow',
        Action: actions.length === 1 ? actions[0] : actions,
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([statement('sns:Publish')]) },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([statement('kms:Decrypt', 'kms:GenerateDataKey*')]) },
    });
  });

  test('an address is one line', () => {
    const { template } = setup({ email: 'operators@example.com' });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'operators@example.com' });
    const [[topic]] = Object.entries(template.findResources('AWS::SNS::Topic'));
    expect(actionsOf(template, FlaskAlarm.SERVICE_LEVEL)).toEqual({ alarm: [{ Ref: topic }], ok: [] });
    setup({ email: 'operators@example.com' }, { stage: FlaskStage.development() }).template.resourceCountIs('AWS::SNS::Topic', 0);
  });

  test('once, where a topic is given twice', () => {
    const stack = testStack();
    const web = fullService(stack);
    const [urgent, rest] = [new Topic(stack, 'Urgent'), new Topic(stack, 'Rest')];
    web.alarms.sendTo(urgent, { lowUrgencyTopic: rest, notifyOk: true });
    web.alarms.sendTo(rest, { notifyOk: true });
    const { AlarmActions, OKActions } = alarmOf(Template.fromStack(stack), FlaskAlarm.MEMORY);
    expect(AlarmActions).toEqual([stack.resolve(rest.topicArn)]);
    expect(OKActions).toEqual([stack.resolve(rest.topicArn)]);
  });

  describe('a topic that CloudWatch does not reach is refused', () => {
    const env = { account: '111111111111', region: 'eu-west-1' };
    const topicIn = (stack: Stack, region: string) => Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${region}:111111111111:operators`);

    test('in another region', () => {
      const stack = testStack({ env });
      const web = fullService(stack);
      expectError(
        () => web.alarms.sendTo(topicIn(stack, 'us-east-1')),
        'a topic of alarms must be in their region (eu-west-1), got Test/Topic in us-east-1; make one there',
      );
    });

    test('in the region of the alarms it is taken, or where that is not known', () => {
      for (const stack of [testStack({ env }), testStack()]) {
        expect(() => fullService(stack).alarms.sendTo(topicIn(stack, 'eu-west-1'))).not.toThrow();
      }
    });

    test('with the key that AWS manages', () => {
      const stack = testStack();
      const topic = new Topic(stack, 'Topic', { masterKey: Alias.fromAliasName(stack, 'Key', 'alias/aws/sns') });
      expectError(
        () => fullService(stack).alarms.sendTo(topic),
        'a topic of alarms cannot be encrypted with alias/aws/sns, which CloudWatch may not use, got Test/Topic; give a key of your own as masterKey',
      );
    });
  });

  describe('nobody', () => {
    const ID = 'cdk-flask-fargate:alarmsTellNobody';
    const warned = (change: (web: ReturnType<typeof fullService>) => void, props = {}) => {
      const stack = testStack();
      change(fullService(stack, props));
      return warningIds(stack).filter((id) => id === ID).length;
    };

    test('is said once, and can be acknowledged', () => {
      expect(warned(() => {})).toBe(1);
      expect(warned((web) => Annotations.of(web).acknowledgeWarning(ID))).toBe(0);
    });

    test('is not said where somebody is told, by us or by hand, or where there are no alarms', () => {
      expect(warned((web) => web.alarms.sendTo(new Topic(web, 'Topic')))).toBe(0);
      expect(
        warned((web) =>
          web.alarms
            .alarm(FlaskAlarm.MEMORY)
            ?.addAlarmAction({ bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:123456789012:mine' }) }),
        ),
      ).toBe(0);
      expect(warned(() => {}, { stage: FlaskStage.development() })).toBe(0);
      expect(warned(() => {}, { monitoring: { alarms: { email: 'operators@example.com' } } })).toBe(0);
    });
  });
});

describe('an alarm of your own stops deployments beside ours', () => {
  const names = (template: Template) => SILENT.map((kind) => alarmOf(template, kind).AlarmName);

  test('however many there are', () => {
    const stack = testStack();
    const web = fullService(stack);
    new Alarm(stack, 'Mine', {
      alarmName: 'mine',
      metric: new Metric({ namespace: 'Shop', metricName: 'Orders' }),
      threshold: 1,
      evaluationPeriods: 1,
    });
    web.service.enableDeploymentAlarms(['mine'], { behavior: AlarmBehavior.ROLLBACK_ON_ALARM });
    web.service.enableDeploymentAlarms(['yours', 'mine']);
    const template = Template.fromStack(stack);
    expect(stopping(template)).toEqual({ Enable: true, Rollback: true, AlarmNames: [...names(template), 'mine', 'yours'] });
  });

  test('also where none of ours does', () => {
    const stack = testStack();
    const web = fullService(stack, { monitoring: { alarms: { stopDeploymentOn: [] } } });
    web.service.enableDeploymentAlarms(['mine']);
    web.service.enableDeploymentAlarms(['yours']);
    expect(stopping(Template.fromStack(stack))?.AlarmNames).toEqual(['mine', 'yours']);
  });
});
