import { type IMetric, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Token } from 'aws-cdk-lib/core';
import { textOf } from '../private/text';
import { fail } from '../private/validation';
import { type AlarmDefinitions, outOf } from './alarm-definition';
import { type AlarmOptions, FlaskAlarm } from './alarm-options';

/** @internal */
export interface TaskAlarmsProps {
  readonly service: FargateService;
  readonly targetGroups: ApplicationTargetGroup[];
  /** Whether Container Insights counts the tasks that are wanted, where that is known. */
  readonly containerInsights?: boolean;
  /** The minimum of the scaling. */
  readonly minTasks: number;
  /** How long a deployment waits after its shifts of traffic, in minutes. */
  readonly bakeMinutes: number;
}

const fiveMinutes = () => Duration.minutes(5);

/**
 * The fewest that were wanted within five minutes against the most that were there: a task that scaling has just asked for takes some minutes to
 * start, and a load that grows for an hour asks for one after the other.
 */
const MIN = { period: fiveMinutes(), statistic: 'Minimum' };
const MAX = { period: fiveMinutes(), statistic: 'Maximum' };

/** What the tasks of the web process do. */
export function taskAlarms(props: TaskAlarmsProps, options: AlarmOptions): AlarmDefinitions {
  const { service } = props;
  const maxMemoryPercent = options.maxMemoryPercent ?? 90;
  return [
    ...missingTasks(props, options.minTasks),
    [
      FlaskAlarm.MEMORY,
      {
        metric: service.metricMemoryUtilization({ period: fiveMinutes(), statistic: 'Maximum', label: 'memory of the fullest task (%)' }),
        threshold: maxMemoryPercent,
        // over two hours: memory that fills up, and a task that starts anew, again and again is one mail
        ...outOf(3, 24),
        meaning: `a task used more than ${textOf(maxMemoryPercent)} % of its memory, and the kernel soon kills a process of it`,
        firstStep:
          'Look on the dashboard whether memory grows with time (a leak: start the tasks anew) or with the requests (raise memoryLimitMiB, or take fewer workers)',
      },
    ],
    ...stuckDeployment(props, options.maxDeploymentTime),
  ];
}

/** A worker that runs fewer tasks than are wanted. */
export function missingWorkerTasks(service: FargateService, name: string): AlarmDefinitions {
  return [
    [
      FlaskAlarm.MISSING_TASKS,
      {
        metric: new MathExpression({
          expression: 'FILL(wanted, 0) - FILL(running, 0)',
          usingMetrics: { wanted: insights(service, 'DesiredTaskCount', MIN), running: insights(service, 'RunningTaskCount', MAX) },
          period: fiveMinutes(),
          label: 'tasks that do not run',
        }),
        threshold: 0,
        ...outOf(3, 6),
        meaning: `the worker ${name} runs fewer tasks than it is to have`,
        firstStep: 'Read in the events of its ECS service why tasks stop or are not placed',
      },
    ],
  ];
}

function missingTasks({ service, targetGroups, containerInsights, minTasks: fewest }: TaskAlarmsProps, given?: number): AlarmDefinitions {
  const minTasks = given ?? fewest;
  const asked = given === 0 ? undefined : given;
  if (minTasks === 0 || (targetGroups.length === 0 && !isCounted('minTasks', FlaskAlarm.MISSING_TASKS, asked, containerInsights))) {
    return [];
  }
  const usingMetrics: { [name: string]: IMetric } = {};
  if (targetGroups.length > 0) {
    targetGroups.forEach((group, i) => {
      usingMetrics[`healthy${i}`] = group.metrics.healthyHostCount(MAX);
    });
  } else {
    usingMetrics.healthy0 = insights(service, 'RunningTaskCount', MAX);
  }
  const healthy = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' - ');
  const byInsights = containerInsights && given === undefined;
  if (byInsights) {
    usingMetrics.wanted = insights(service, 'DesiredTaskCount', MIN);
  }
  const wanted = byInsights ? `FILL(wanted, ${textOf(minTasks)})` : textOf(minTasks);
  return [
    [
      FlaskAlarm.MISSING_TASKS,
      {
        metric: new MathExpression({
          expression: `${wanted} - ${healthy}`,
          usingMetrics,
          period: fiveMinutes(),
          label: 'tasks that are missing',
        }),
        threshold: 0,
        ...outOf(3, 6),
        // a target group without a target has no data
        treatMissingData: TreatMissingData.BREACHING,
        meaning: `fewer healthy tasks than the ${byInsights ? 'number that the scaling wants' : `${Token.isUnresolved(minTasks) ? 'number' : minTasks} that there should be`} for 15 of 30 minutes`,
        firstStep:
          'Read in the events of the ECS service why tasks stop (crash, health check, memory) or are not placed (no address, no capacity, no image)',
      },
    ],
  ];
}

function stuckDeployment({ service, bakeMinutes, containerInsights }: TaskAlarmsProps, given?: Duration): AlarmDefinitions {
  if (!isCounted('maxDeploymentTime', FlaskAlarm.STUCK_DEPLOYMENT, given, containerInsights)) {
    return [];
  }
  const minutes = given?.toMinutes() ?? Math.min(bakeMinutes + 30, MAX_DEPLOYMENT_MINUTES);
  return [
    [
      FlaskAlarm.STUCK_DEPLOYMENT,
      {
        metric: insights(service, 'DeploymentCount', { period: fiveMinutes(), statistic: 'Minimum', label: 'deployments' }),
        threshold: 1,
        ...outOf(Math.ceil(minutes / 5), Math.ceil(minutes / 5)),
        meaning: `a deployment has not come to an end for ${minutes} minutes; the version before it still answers`,
        firstStep: 'Read in the events of the ECS service what the new tasks wait for; the output RollbackCommand goes back',
      },
    ],
  ];
}

/** Whether there is an alarm on a metric of Container Insights: of a cluster of which nothing is known, who gives the threshold knows. */
function isCounted(name: string, kind: FlaskAlarm, given: unknown, containerInsights?: boolean): boolean {
  if (given !== undefined && containerInsights === false) {
    fail(
      `${name} is of the alarm ${kind}, which reads Container Insights, and the cluster has none; turn it on where the cluster is made, by containerInsights of the stage for example, or leave ${name} out`,
    );
  }
  return containerInsights ?? given !== undefined;
}

/** An alarm looks back a day at most. */
export const MAX_DEPLOYMENT_MINUTES = 1430;

function insights(service: FargateService, metricName: string, options: { period: Duration; statistic: string; label?: string }): Metric {
  return new Metric({
    namespace: 'ECS/ContainerInsights',
    metricName,
    dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
    ...options,
  });
}
