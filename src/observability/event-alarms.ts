import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import { CfnRule, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type AlarmDefinitions, outOf } from './alarm-definition';
import { FlaskAlarm } from './alarm-options';
import type { WatchedProcesses } from './watched-processes';

const fiveMinutes = () => Duration.minutes(5);

/** A rule without a target counts what it matches, for nothing. */
function countOf(scope: Construct, id: string, description: string, eventPattern: EventPattern): Metric {
  return triggered(new Rule(scope, id, { description, eventPattern }).ruleName);
}

function triggered(ruleName: string): Metric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName: 'TriggeredRules',
    dimensionsMap: { RuleName: ruleName },
    statistic: 'Sum',
    period: fiveMinutes(),
  });
}

/** Tasks that stop by themselves, of all services of the app, those that are added later too. */
export function failedTasks(scope: Construct, cluster: ICluster, processes: WatchedProcesses): AlarmDefinitions {
  return [
    [
      FlaskAlarm.FAILED_TASKS,
      {
        metric: countOf(scope, 'FailedTaskRule', 'tasks of the Flask app that crashed, failed their health check or could not start', {
          source: ['aws.ecs'],
          detailType: ['ECS Task State Change'],
          detail: {
            clusterArn: [cluster.clusterArn],
            group: processes.serviceGroups,
            lastStatus: ['STOPPED'],
            $or: [
              { stopCode: ['EssentialContainerExited', 'TaskFailedToStart'] },
              // ECS stops a task that fails its health check as it does one that is scaled in, and only this tells one from the other
              { stoppedReason: [{ prefix: 'Task failed ' }] },
            ],
          },
        }),
        threshold: 0,
        // three in three hours: a task that runs out of memory each hour is replaced before anybody sees it
        ...outOf(3, 36),
        meaning: 'tasks of the service or of its workers stopped by themselves three times within three hours',
        firstStep:
          'Run the saved query "stopped tasks": exit code 137 is memory or a stop by force, 1 and 3 are in the log, "Task failed" is the health check',
      },
    ],
  ];
}

/** Deployments that ECS gave up or took back, of all services of the app, and release tasks that failed or took too long. */
export function failedDeployment(scope: Construct, cluster: ICluster, processes: WatchedProcesses): AlarmDefinitions {
  const rule = new CfnRule(scope, 'FailedDeploymentRule', {
    description: 'deployments of the Flask app that ECS gave up, and release tasks that failed',
    eventPattern: Lazy.uncachedAny({ produce: () => failedDeploymentPattern(cluster, processes) }),
  });
  return [
    [
      FlaskAlarm.FAILED_DEPLOYMENT,
      {
        metric: triggered(rule.ref),
        threshold: 0,
        ...outOf(1, 3),
        meaning:
          'a deployment failed, by an alarm, because tasks did not start, or because a release task failed; the version before it goes on',
        firstStep: 'Read the reason in the events of the ECS service, and the log of the tasks that the deployment started',
      },
    ],
  ];
}

function failedDeploymentPattern(cluster: ICluster, processes: WatchedProcesses): object {
  const ofServices = {
    'detail-type': ['ECS Deployment State Change'],
    resources: processes.serviceArns,
    detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
  };
  const ofReleaseTasks = {
    'detail-type': ['ECS Task State Change'],
    detail: {
      clusterArn: [cluster.clusterArn],
      group: processes.releaseGroups,
      lastStatus: ['STOPPED'],
      // what takes too long is stopped by the handler, as a user would
      $or: [{ containers: { exitCode: [{ 'anything-but': 0 }] } }, { stopCode: ['TaskFailedToStart', 'UserInitiated'] }],
    },
  };
  const parts = [...(processes.hasServices ? [ofServices] : []), ...(processes.hasReleaseTasks ? [ofReleaseTasks] : [])];
  return { source: ['aws.ecs'], ...(parts.length > 1 ? { $or: parts } : parts[0]) };
}

/** @internal */
export interface FailedRunsProps {
  readonly cluster: ICluster;
  readonly definition: FargateTaskDefinition;
  readonly containerName: string;
  /** Where the runs are that could not be started. */
  readonly notStarted: IQueue;
}

/** Runs of a task that failed, of every revision, and those that could not be started. */
export function failedRuns(scope: Construct, { cluster, definition, containerName, notStarted }: FailedRunsProps): MathExpression {
  const family = Stack.of(scope).formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${definition.family}:` });
  const failed = countOf(scope, 'Failed', 'runs of a scheduled task that could not start or ended with another code than 0', {
    source: ['aws.ecs'],
    detailType: ['ECS Task State Change'],
    detail: {
      clusterArn: [cluster.clusterArn],
      taskDefinitionArn: [{ prefix: family }],
      lastStatus: ['STOPPED'],
      $or: [
        // EventBridge takes both from the same container: that of the app, and not one beside it
        { containers: { name: [containerName], exitCode: [{ 'anything-but': 0 }] } },
        { stopCode: ['TaskFailedToStart', 'SpotInterruption', 'TerminationNotice'] },
      ],
    },
  });
  const period = fiveMinutes();
  return new MathExpression({
    expression: 'FILL(failed, 0) + FILL(notStarted, 0)',
    // what is sent and not what lies there: a message stays for 14 days, and so would the alarm
    usingMetrics: { failed, notStarted: notStarted.metricNumberOfMessagesSent({ period, statistic: 'Sum' }) },
    period,
    label: 'failed runs',
  });
}
