import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Egress, type OpenTelemetryOptions } from '../../src';
import { adviceOf, containersOf, environmentOf, service, statementsOf, testStack } from '../util/test-stack';

function setup(options?: OpenTelemetryOptions) {
  const stack = testStack({ env: { account: '123456789012', region: 'eu-central-1' } });
  const web = service(stack);
  const container = web.addOpenTelemetry(options);
  const template = Template.fromStack(stack);
  const [app, collector] = containersOf(template);
  return { stack, web, container, template, app, collector };
}

describe('by default', () => {
  const { stack, web, container, template, app, collector } = setup();

  test("has AWS's collector beside the app", () => {
    expect(collector).toMatchObject({
      Name: 'otel-collector',
      Image: expect.stringMatching(/^public\.ecr\.aws\/aws-observability\/aws-otel-collector:v[\d.]+$/),
      Memory: 128,
      Essential: false,
      ReadonlyRootFilesystem: true,
    });
    expect(collector).not.toHaveProperty('Command');
    expect(app.DependsOn).toEqual([{ ContainerName: 'otel-collector', Condition: 'START' }]);
    expect(container.containerName).toBe('otel-collector');
  });

  test('tells the app where it is', () => {
    expect(environmentOf(app)).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_SERVICE_NAME: 'Web',
      // xray is a package of its own, without which no app starts that is told of it
      OTEL_PROPAGATORS: 'tracecontext,baggage',
    });
  });

  test('sends traces to X-Ray and metrics to CloudWatch', () => {
    const configuration = environmentOf(collector).AOT_CONFIG_CONTENT as { 'Fn::Join': [string, unknown[]] };
    const text = configuration['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'LOGS')).join('');
    expect(text).toContain('      exporters: [awsxray]\n');
    expect(text).toContain('      exporters: [awsemf]\n');
    expect(text).toContain('    log_group_name: LOGS\n');
    expect(text).toContain('    region: eu-central-1\n');
    expect(configuration['Fn::Join'][1]).toContainEqual(stack.resolve(web.logGroup.logGroupName));
  });

  test('lets the app do that, and no more', () => {
    expect(statementsOf(template, web.taskRole)).toEqual([
      {
        Effect: 'Allow',
        Action: ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: stack.resolve(web.logGroup.logGroupArn),
      },
    ]);
  });
});

test('takes every option', () => {
  const { app, collector } = setup({
    image: ContainerImage.fromRegistry('example.com/collector:1'),
    command: ['--config=env:AOT_CONFIG_CONTENT'],
    serviceName: 'shop',
    configuration: 'receivers: {}\n',
    memoryLimitMiB: 256,
  });
  expect(environmentOf(app).OTEL_SERVICE_NAME).toBe('shop');
  expect(collector).toMatchObject({
    Image: 'example.com/collector:1',
    Command: ['--config=env:AOT_CONFIG_CONTENT'],
    Memory: 256,
    Environment: [{ Name: 'AOT_CONFIG_CONTENT', Value: 'receivers: {}\n' }],
  });
});

describe('the image of the public gallery', () => {
  const advice = (egress: Egress, image?: ContainerImage) => {
    const stack = testStack();
    service(stack, { egress }).addOpenTelemetry({ image });
    return adviceOf(stack);
  };

  test('cannot be pulled without a way to the internet: advice', () => {
    expect(advice(Egress.vpcEndpoints())).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:publicImage',
        text: 'the image of the collector is in the public gallery of Amazon ECR, which tasks without internet access cannot reach; set image to one from your own repository',
      },
    ]);
  });

  test('can be pulled with one, or is another', () => {
    expect(advice(Egress.natGateways())).toEqual([]);
    expect(advice(Egress.publicIps())).toEqual([]);
    expect(advice(Egress.vpcEndpoints(), ContainerImage.fromRegistry('registry.example.com/collector:1'))).toEqual([]);
  });
});

describe("variables of the user's win", () => {
  const OWN = {
    OTEL_PROPAGATORS: 'xray,tracecontext,baggage',
    OTEL_SERVICE_NAME: 'shop',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:9',
  };

  test('those that were given to the service', () => {
    const stack = testStack();
    service(stack, { environment: OWN }).addOpenTelemetry({ serviceName: 'other' });
    expect(environmentOf(containersOf(Template.fromStack(stack))[0])).toMatchObject({
      ...OWN,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    });
  });

  test('those that are added later', () => {
    const stack = testStack();
    const web = service(stack);
    web.addOpenTelemetry();
    web.addEnvironment(OWN);
    expect(environmentOf(containersOf(Template.fromStack(stack))[0])).toMatchObject(OWN);
  });
});
