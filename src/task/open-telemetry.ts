import { type ContainerDefinition, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { WARNINGS, warn } from '../private/warnings';
import type { SidecarOptions } from './sidecar';

/** Traces and metrics of the app by OpenTelemetry. */
export interface OpenTelemetryOptions {
  /**
   * The image of the collector: one that reads its configuration from the variable `AOT_CONFIG_CONTENT`, as AWS's distribution does.
   *
   * @default - the AWS Distro for OpenTelemetry, from the public gallery of Amazon ECR
   */
  readonly image?: ContainerImage;

  /**
   * The command of the collector: for the upstream collector `['--config=env:AOT_CONFIG_CONTENT']`.
   *
   * @default - that of the image
   */
  readonly command?: string[];

  /**
   * The name of the service in traces and metrics.
   *
   * @default - the id of the service in the app
   */
  readonly serviceName?: string;

  /**
   * The configuration of the collector, as YAML.
   *
   * @default - OTLP in, traces to AWS X-Ray, metrics to CloudWatch through the log group of the service
   */
  readonly configuration?: string;

  /**
   * The maximum of the task's memory that the collector may use, in MiB.
   *
   * @default 128
   */
  readonly memoryLimitMiB?: number;
}

/** OTLP by HTTP: the Python SDK's exporter for it needs no compiled package. */
const ENDPOINT = 'http://localhost:4318';

/** The name of the collector's container. */
export const COLLECTOR_NAME = 'otel-collector';

/** What the collector works for. */
interface TracedApp {
  readonly container: ContainerDefinition;
  readonly taskRole: IRole;
  readonly logGroup: LogGroup;
  /** Whether the user has set a variable. */
  readonly isGiven: (variable: string) => boolean;
  /** Whether the tasks have no way to the internet. */
  readonly isIsolated: boolean;
}

/** Tells the app where to send what it measures, lets its role pass that on, and returns the collector as a sidecar. */
export function openTelemetryCollector(scope: Construct, app: TracedApp, options: OpenTelemetryOptions): SidecarOptions {
  const { container, taskRole, logGroup } = app;
  if (app.isIsolated && !options.image) {
    warn(
      scope,
      WARNINGS.PUBLIC_IMAGE,
      'the image of the collector is in the public gallery of Amazon ECR, which tasks without internet access cannot reach; set image to one from your own repository',
    );
  }
  for (const [key, value] of Object.entries(exporterEnvironment(options.serviceName ?? scope.node.id))) {
    // a variable of the user's wins
    if (!app.isGiven(key)) {
      container.addEnvironment(key, value);
    }
  }
  for (const statement of collectorPermissions(logGroup)) {
    taskRole.addToPrincipalPolicy(statement);
  }
  return {
    image: options.image ?? collectorImage(),
    command: options.command,
    memoryLimitMiB: options.memoryLimitMiB ?? 128,
    environment: { AOT_CONFIG_CONTENT: options.configuration ?? collectorConfiguration(logGroup) },
  };
}

function collectorImage(): ContainerImage {
  return ContainerImage.fromRegistry('public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3');
}

/** What the SDK of the app reads. */
function exporterEnvironment(serviceName: string): { [key: string]: string } {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_SERVICE_NAME: serviceName,
    // those of the SDK itself: one that is not installed, such as xray, keeps the app from starting
    OTEL_PROPAGATORS: 'tracecontext,baggage',
  };
}

/** What the collector needs to do, as narrow as the services allow: X-Ray knows no resources for it. */
function collectorPermissions(logGroup: LogGroup): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      resources: ['*'],
    }),
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  ];
}

/** A configuration that writes nothing to the disk, which is read-only. */
function collectorConfiguration(logGroup: LogGroup): string {
  const { region } = Stack.of(logGroup);
  return [
    'receivers:',
    '  otlp:',
    '    protocols:',
    '      grpc:',
    '        endpoint: 127.0.0.1:4317',
    '      http:',
    '        endpoint: 127.0.0.1:4318',
    'processors:',
    '  batch: {}',
    'exporters:',
    '  awsxray:',
    `    region: ${region}`,
    '  awsemf:',
    `    region: ${region}`,
    '    namespace: FlaskFargate',
    `    log_group_name: ${logGroup.logGroupName}`,
    '    log_stream_name: otel-metrics',
    'service:',
    '  pipelines:',
    '    traces:',
    '      receivers: [otlp]',
    '      processors: [batch]',
    '      exporters: [awsxray]',
    '    metrics:',
    '      receivers: [otlp]',
    '      processors: [batch]',
    '      exporters: [awsemf]',
    '',
  ].join('\n');
}
