import { Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { CacheUse, FlaskCache, FlaskDatabase, type FlaskFargateService, FlaskStage, LoadBalancing, WorkerScaling } from '../../src';
import { fullService, only, testStack } from '../util/test-stack';

type Widget = {
  readonly type: string;
  readonly y: number;
  readonly width: number;
  readonly properties: { readonly title?: string; readonly [key: string]: unknown };
};

function setup(props: Parameters<typeof fullService>[1], add?: (web: FlaskFargateService, stack: Stack) => void) {
  const stack = testStack();
  const web = fullService(stack, props);
  add?.(web, stack);
  return { stack, web, template: Template.fromStack(stack) };
}

/** The widgets; what is known at deployment only stands in them as REF. */
function widgetsOf(template: Template): Widget[] {
  const body = only(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody as string | { 'Fn::Join': [string, unknown[]] };
  const text = typeof body === 'string' ? body : body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'REF')).join('');
  return JSON.parse(text).widgets;
}

const titles = (template: Template) => widgetsOf(template).flatMap(({ properties }) => properties.title ?? []);
const REQUESTS = ['Requests a minute', 'Errors a minute', 'Response time (s)'];
const JUDGED = ['Service level', 'Deployment errors', 'Deployment latency'];
const TASKS = ['Tasks', 'CPU and memory (%)', 'Deployments and connections'];
const LOG = ['The newest error lines', 'Which image runs, and since when', 'Deployments and what ECS says'];

test('shows in production the alarms first, then what clients see, what the tasks do, and the log', () => {
  const { web, template } = setup({});
  expect(titles(template)).toEqual(['Alarms', ...REQUESTS, ...JUDGED, ...TASKS, ...LOG]);
  expect(web.dashboard?.node.path).toBe('Test/Web/Dashboard');
  const [title, alarms] = widgetsOf(template);
  expect(title).toMatchObject({ type: 'text', properties: { markdown: expect.stringMatching(/^# Test\/Web\n\[.*on-call\.md\)$/) } });
  expect(alarms).toMatchObject({ type: 'alarm', properties: { alarms: web.alarms.all.map(() => 'REF') } });
  // each row is full
  expect(widgetsOf(template).reduce((sum, { width }) => sum + width, 0) % 24).toBe(0);
});

test('has a name of its own in each region, and the alarms link to it', () => {
  const { template } = setup({});
  const { DashboardName } = only(template, 'AWS::CloudWatch::Dashboard').Properties;
  expect(DashboardName).toEqual({ 'Fn::Join': ['', [expect.stringMatching(/^Test-Web-[0-9A-F]{8}-$/), { Ref: 'AWS::Region' }]] });
  const name = (DashboardName as { 'Fn::Join': [string, string[]] })['Fn::Join'][1][0];
  const { AlarmDescription } = only(template, 'AWS::CloudWatch::Alarm', /ServiceLevel/).Properties;
  expect(JSON.stringify(AlarmDescription)).toContain(`#dashboards/dashboard/${name}`);
});

test('draws each of the metrics, and thresholds as lines', () => {
  const widgets = widgetsOf(setup({}).template);
  const text = JSON.stringify(widgets);
  for (const metric of [
    'RequestCount',
    'HTTPCode_Target_5XX_Count',
    'HTTPCode_ELB_502_Count',
    'HTTPCode_ELB_503_Count',
    'HTTPCode_ELB_504_Count',
    'HTTPCode_Target_4XX_Count',
    'TargetResponseTime',
    'DesiredTaskCount',
    'RunningTaskCount',
    'HealthyHostCount',
    'UnHealthyHostCount',
    'CPUUtilization',
    'MemoryUtilization',
    'DeploymentCount',
    'RejectedConnectionCount',
  ]) {
    expect(text).toContain(metric);
  }
  const lines = widgets.flatMap(
    ({ properties }) =>
      (properties.annotations as { horizontal?: { value: number; label: string }[] } | undefined)?.horizontal?.map(
        ({ value, label }) => [value, label] as const,
      ) ?? [],
  );
  expect(lines).toEqual([
    [1, 'ServiceLevel above 1'],
    [5, 'DeploymentErrors above 5'],
    [25, 'DeploymentLatency above 25'],
    [90, 'Memory above 90'],
  ]);
});

test('shows a row for each worker, schedule, database and cache', () => {
  const { template } = setup({}, (web, stack) => {
    const deadLetterQueue = { queue: new Queue(stack, 'DeadLetters'), maxReceiveCount: 3 };
    web.addWorker('Celery', {
      command: ['celery'],
      scaling: WorkerScaling.onQueueDepth(new Queue(stack, 'Jobs', { deadLetterQueue }), { messagesPerTask: 10, max: 4 }),
    });
    web.addWorker('Beat', { command: ['celery', 'beat'] });
    web.addScheduledTask('Nightly', { command: ['flask'], schedule: ScheduleExpression.rate(Duration.days(1)) });
    web.connectToDatabase(
      new DatabaseInstance(stack, 'Database', {
        engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
        instanceType: new InstanceType('t4g.micro'),
        vpc: web.vpc,
        vpcSubnets: web.dataSubnets,
        databaseName: 'shop',
        credentials: Credentials.fromGeneratedSecret('shop'),
      }),
    );
    FlaskDatabase.postgres(web, 'Orders', { version: PostgresEngineVersion.VER_17, connection: { prefix: 'ORDERS' } });
    FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version: '8.2' });
  });
  expect(titles(template).slice(1 + REQUESTS.length + JUDGED.length + TASKS.length + LOG.length)).toEqual([
    'Celery: CPU and memory (%)',
    'Celery: tasks',
    'Celery: oldest message (s)',
    'Celery: messages',
    'Beat: CPU and memory (%)',
    'Beat: tasks',
    'Nightly: failed runs',
    'Database: CPU (%)',
    'Database: connections',
    'Database: free memory (bytes)',
    'Orders: CPU (%)',
    'Orders: connections',
    'Orders: free memory (bytes)',
    'Cache: CPU (%)',
    'Cache: memory (%)',
    'Cache: keys dropped for want of memory',
    'Cache: connections',
  ]);
  // four graphs are a row too
  const ofWorkerAndCache = widgetsOf(template).filter(({ properties }) => /^(Celery|Cache): /.test(`${properties.title}`));
  expect(new Map(ofWorkerAndCache.map(({ y, width }) => [y, width]))).toEqual(
    new Map([ofWorkerAndCache[0], ofWorkerAndCache[4]].map(({ y }) => [y, 6])),
  );
  // the alarms that were added later are among those of the first row
  expect(widgetsOf(template)[1].properties.alarms).toHaveLength(9 + 2 + 1 + 1);
});

test.each([
  ['production', FlaskStage.production(), ['001', '002']],
  ['development', FlaskStage.development(), ['001']],
])('draws each node of a cache in %s', (_, stage, nodes) => {
  const { template } = setup({ stage, monitoring: { dashboard: true } }, (web) => {
    FlaskCache.valkey(web, 'Cache', { use: CacheUse.CACHE, version: '8.2' });
  });
  const memory = widgetsOf(template).find(({ properties }) => properties.title === 'Cache: memory (%)');
  expect(memory?.properties.metrics).toEqual(
    nodes.map((node) => [
      'AWS/ElastiCache',
      'DatabaseMemoryUsagePercentage',
      'CacheClusterId',
      `REF-${node}`,
      { label: node, period: 60, stat: 'Maximum' },
    ]),
  );
});

test('without alarms and a load balancer shows the tasks and the log', () => {
  const { template } = setup({
    loadBalancing: LoadBalancing.none(),
    monitoring: { alarms: { enabled: false }, serviceEvents: false },
  });
  expect(titles(template)).toEqual([...TASKS, 'The newest error lines']);
  expect(JSON.stringify(widgetsOf(template))).not.toContain('ApplicationELB');
});

test.each([
  ['development', FlaskStage.development()],
  ['ephemeral', FlaskStage.ephemeral()],
])('is not there in %s, unless asked for', (_, stage) => {
  const { web, template } = setup({ stage });
  expect(web.dashboard).toBeUndefined();
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  setup({ stage, monitoring: { dashboard: true } }).template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
});

describe('the events of ECS', () => {
  test('are kept for as long as the log, by a policy of their group alone', () => {
    const { stack, web, template } = setup({}, (service) => {
      service.addScheduledTask('Nightly', { command: ['flask'], schedule: ScheduleExpression.rate(Duration.days(1)) });
    });
    const group = only(template, 'AWS::Logs::LogGroup', /ServiceEvents/);
    expect(group.Properties).toMatchObject({
      RetentionInDays: 30,
      ResourcePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: ['delivery.logs.amazonaws.com', 'events.amazonaws.com'] },
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          },
        ],
      },
    });
    const { EventPattern, Targets } = only(template, 'AWS::Events::Rule', /ServiceEvents/).Properties;
    expect(EventPattern).toMatchObject({
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change', 'ECS Service Action', 'ECS Deployment State Change'],
      $or: [
        // by its end, for a pattern takes 2,048 characters
        { resources: [{ suffix: stack.resolve(`/${web.service.serviceName}`) }] },
        { detail: { group: [expect.anything(), expect.stringMatching(/^family:TestWebNightly/)] } },
      ],
    });
    expect(JSON.stringify(Targets)).toContain(`:log-group:",{"Ref":"${group.id}"}`);
  });

  test('are not kept in development, unless asked for', () => {
    const rules = (props: Parameters<typeof fullService>[1]) => setup(props).template.findResources('AWS::Events::Rule');
    const stage = FlaskStage.development();
    expect(Object.keys(rules({ stage }))).toEqual([]);
    expect(Object.keys(rules({ stage, monitoring: { serviceEvents: true } }))).toHaveLength(1);
  });
});

test('the questions of the night are saved', () => {
  const { template } = setup({});
  const names = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties.Name);
  expect(names).toEqual(
    ['errors', 'slow requests', 'requests by route', 'one trace id', 'stopped tasks'].map((name) =>
      expect.stringMatching(new RegExp(`^Test-Web-[0-9A-F]{8}/${name}$`)),
    ),
  );
});
