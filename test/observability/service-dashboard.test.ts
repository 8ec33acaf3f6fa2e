import { Template } from 'aws-cdk-lib/assertions';
import { FlaskStage, LoadBalancing } from '../../src';
import { fullService, only, testStack } from '../util/test-stack';

type Widget = {
  readonly type: string;
  readonly width: number;
  readonly properties: { readonly title?: string; readonly [key: string]: unknown };
};

function setup(props: Parameters<typeof fullService>[1]) {
  const stack = testStack();
  const web = fullService(stack, { monitoring: { alarms: { enabled: false } }, ...props });
  return { stack, web, template: Template.fromStack(stack) };
}

/** The widgets; what is known at deployment only stands in them as REF. */
function widgetsOf(template: Template): Widget[] {
  const body = only(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody as string | { 'Fn::Join': [string, unknown[]] };
  const text = typeof body === 'string' ? body : body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'REF')).join('');
  return JSON.parse(text).widgets;
}

const graphs = (template: Template) => widgetsOf(template).flatMap(({ properties }) => properties.title ?? []);
const TASKS = ['Tasks', 'CPU and memory (%)', 'Deployments and error lines', 'The newest error lines'];

test('shows in production what clients see, what the tasks do, and the log', () => {
  const { web, template } = setup({});
  expect(graphs(template)).toEqual(['Requests a minute', 'Errors a minute', 'Response time (s)', ...TASKS]);
  expect(web.dashboard?.node.path).toBe('Test/Web/Dashboard');
  const [title] = widgetsOf(template);
  expect(title).toMatchObject({ type: 'text', properties: { markdown: '# Test/Web' } });
  // each row is full
  expect(widgetsOf(template).reduce((sum, { width }) => sum + width, 0) % 24).toBe(0);
  // CloudFormation gives it a name
  expect(only(template, 'AWS::CloudWatch::Dashboard').Properties).not.toHaveProperty('DashboardName');
  // what it draws is there
  template.resourceCountIs('AWS::Logs::MetricFilter', 1);
});

test('draws each of the metrics', () => {
  const text = JSON.stringify(widgetsOf(setup({}).template));
  for (const metric of [
    'RequestCount',
    'HTTPCode_Target_5XX_Count',
    'HTTPCode_ELB_5XX_Count',
    'HTTPCode_Target_4XX_Count',
    'TargetResponseTime',
    'RunningTaskCount',
    'HealthyHostCount',
    'UnHealthyHostCount',
    'CPUUtilization',
    'MemoryUtilization',
    'DeploymentCount',
    'ErrorLines',
  ]) {
    expect(text).toContain(metric);
  }
});

test('without a load balancer shows the tasks and the log', () => {
  const { template } = setup({ loadBalancing: LoadBalancing.none() });
  expect(graphs(template)).toEqual(TASKS);
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
