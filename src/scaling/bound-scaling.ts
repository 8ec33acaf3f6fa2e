import { AdjustmentType, CfnScalingPolicy, type ScalableTarget, StepScalingAction } from 'aws-cdk-lib/aws-applicationautoscaling';
import { type CfnAlarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnService, FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import { Duration, Names } from 'aws-cdk-lib/core';
import type { RenderedPolicy, RenderedStep, RenderedTaskScaling, RenderedTracking } from './rendered-scaling';

const HIGH_RESOLUTION_SECONDS = 20;

/** Lets a number of tasks follow its policies. */
export function bindScaling(service: FargateService, { min, max, policies }: RenderedTaskScaling): ScalableTaskCount {
  const tasks = service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
  reportEvery20Seconds(service, policies);
  const seen = new Map<string, number>();
  for (const policy of policies) {
    const nth = (seen.get(policy.name) ?? 0) + 1;
    seen.set(policy.name, nth);
    const id = nth === 1 ? policy.name : `${policy.name}${nth}`;
    if (policy.kind === 'schedule') {
      const { schedule, timeZone, min: minCapacity, max: maxCapacity } = policy;
      tasks.scaleOnSchedule(id, { schedule, timeZone, minCapacity, maxCapacity });
    } else {
      // an existing service must report the metric before there is a policy on it
      const target = tasks.node.findChild('Target') as ScalableTarget;
      const made = policy.kind === 'step' ? addStep(service, target, id, policy) : addTracking(target, id, policy);
      made.node.addDependency(service.node.defaultChild as CfnService);
    }
  }
  return tasks;
}

function reportEvery20Seconds(service: FargateService, policies: RenderedPolicy[]): void {
  const fast = policies.flatMap((policy) => (policy.kind !== 'schedule' && policy.highResolution ? [policy.highResolution] : []));
  if (fast.length > 0) {
    (service.node.defaultChild as CfnService).monitoring = {
      metricConfigurations: [{ metricNames: [...new Set(fast)].sort(), resolutionSeconds: HIGH_RESOLUTION_SECONDS }],
    };
  }
}

/** The L2 construct knows neither the metrics of 20 seconds (aws/aws-cdk#38219) nor expressions. */
function addTracking(target: ScalableTarget, id: string, policy: RenderedTracking): CfnScalingPolicy {
  return new CfnScalingPolicy(target, id, {
    policyName: `${Names.uniqueResourceName(target, { maxLength: 200 })}${id}`,
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: policy.target,
      scaleOutCooldown: policy.scaleOutCooldown.toSeconds(),
      scaleInCooldown: policy.scaleInCooldown.toSeconds(),
      ...(policy.predefinedMetric
        ? { predefinedMetricSpecification: { predefinedMetricType: policy.predefinedMetric } }
        : { customizedMetricSpecification: { metrics: policy.metrics } }),
    },
  });
}

function addStep(service: FargateService, target: ScalableTarget, id: string, policy: RenderedStep): StepScalingAction {
  const action = new StepScalingAction(target, id, {
    scalingTarget: target,
    adjustmentType: AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
    cooldown: policy.cooldown,
  });
  action.addAdjustment({ lowerBound: 0, adjustment: policy.percentMore });
  const alarm = service.metricCpuUtilization({ period: Duration.minutes(1) }).createAlarm(action, 'Alarm', {
    threshold: policy.threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: 'multiplies the tasks: not an alarm for people',
  });
  alarm.addAlarmAction({ bind: () => ({ alarmActionArn: action.scalingPolicyArn }) });
  if (policy.highResolution) {
    // the L2 construct refuses 20 seconds
    (alarm.node.defaultChild as CfnAlarm).period = HIGH_RESOLUTION_SECONDS;
  }
  return action;
}
