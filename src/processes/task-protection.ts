import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { knownSeconds } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import type { RenderedWorkerScaling } from '../scaling/worker-scaling';

/** Lets an app protect the tasks of a cluster, its own among them: Amazon ECS has no narrower right for a task's own protection. */
export function grantTaskProtection(cluster: ICluster, grantee: IGrantable & Construct): Grant {
  return Grant.addToPrincipal({
    grantee,
    actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
    resourceArns: [
      Stack.of(grantee).formatArn({
        service: 'ecs',
        resource: 'task',
        resourceName: `${cluster.clusterName}/*`,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    ],
  });
}

/** Jobs that would be cut when their task is stopped, and jobs that two tasks would do. */
export function adviseOnJobs(
  scope: Construct,
  { jobSeconds, visibilitySeconds }: RenderedWorkerScaling,
  stopTimeout: Duration,
  taskProtection: boolean,
): void {
  const stopSeconds = knownSeconds(stopTimeout);
  if (jobSeconds === undefined) {
    return;
  }
  if (!taskProtection && stopSeconds !== undefined && jobSeconds > stopSeconds) {
    warn(
      scope,
      WARNINGS.JOBS_LONGER_THAN_STOP_TIMEOUT,
      `a job takes ${jobSeconds} s and a task has ${stopSeconds} s to finish it after SIGTERM, so scale-ins and deployments cut jobs, which then run again; set taskProtection and protect the task while it is at work (docs/processes.md)`,
    );
  }
  if (visibilitySeconds !== undefined && jobSeconds > visibilitySeconds) {
    warn(
      scope,
      WARNINGS.JOBS_LONGER_THAN_VISIBILITY_TIMEOUT,
      `a job takes ${jobSeconds} s and the queue gives its message to another task after ${visibilitySeconds} s, so jobs run twice; raise visibilityTimeout above the longest job`,
    );
  }
}
