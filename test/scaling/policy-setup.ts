import type { Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type ScalingPolicy, TaskScaling } from '../../src';
import { only } from '../util/test-stack';

export const scalingBy = (...policies: ScalingPolicy[]) => ({ scaling: TaskScaling.between({ min: 1, max: 5, policies }) });

// biome-ignore lint/suspicious/noExplicitAny: a template
export const tracking = (template: Template): any =>
  only(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').Properties.TargetTrackingScalingPolicyConfiguration;

export const metricsOf = (template: Template) => tracking(template).CustomizedMetricSpecification.Metrics;

export const monitoring = (template: Template) => only(template, 'AWS::ECS::Service').Properties.Monitoring;

export const metric = () => new Metric({ namespace: 'Shop', metricName: 'Busy', dimensionsMap: { Service: 'web' }, statistic: 'Average' });
