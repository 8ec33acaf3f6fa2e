import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type LogSettings, serviceLogs } from '../logging/service-logs';
import type { WatchedProcesses } from './watched-processes';

/** @internal */
export interface ServiceEventsProps {
  readonly cluster: ICluster;
  readonly processes: WatchedProcesses;
  readonly logs: LogSettings;
}

interface KeptEventsProps extends Omit<ServiceEventsProps, 'logs'> {
  readonly logGroup: LogGroup;
}

/**
 * Keeps what ECS tells of the services of the app and of its tasks: the console forgets a stopped task after an hour, and with it why it
 * stopped.
 *
 * @internal
 */
export class ServiceEvents extends Construct {
  public readonly logGroup: LogGroup;

  public constructor(scope: Construct, id: string, { cluster, processes, logs }: ServiceEventsProps) {
    super(scope, id);
    this.logGroup = serviceLogs(this, 'Logs', logs);
    // a policy of the group alone: an account has ten policies for all of its groups, and the CDK's own target makes one by a function
    (this.logGroup.node.defaultChild as CfnLogGroup).resourcePolicyDocument = new PolicyDocument({
      statements: [
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com'), new ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: ['*'],
        }),
      ],
    });
    keepEvents(this, 'Rule', { cluster, processes, logGroup: this.logGroup });
  }
}

/**
 * Writes what ECS tells of some processes to a log group.
 *
 * @internal
 */
export function keepEvents(scope: Construct, id: string, { cluster, processes, logGroup }: KeptEventsProps): void {
  new CfnRule(scope, id, {
    description: 'what ECS tells of the services of the Flask app and of its tasks',
    eventPattern: Lazy.uncachedAny({
      produce: () => {
        const ofTasks = { detail: { clusterArn: [cluster.clusterArn], group: processes.groups } };
        return {
          source: ['aws.ecs'],
          'detail-type': ['ECS Task State Change', 'ECS Service Action', 'ECS Deployment State Change'],
          // Amazon EventBridge takes no empty list
          ...(processes.hasServices ? { $or: [{ resources: processes.serviceArns }, ofTasks] } : ofTasks),
        };
      },
    }),
    // the ARN of the target lacks the asterisk at the end of that of the group
    targets: [
      {
        id: 'Logs',
        arn: Stack.of(scope).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logGroup.logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    ],
  });
}
