import { type IWidget, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { FlaskAlarm } from './alarm-options';
import { graph, NARROW, ORANGE, PURPLE, RED } from './dashboard-widgets';
import type { WatchedSchedule, WatchedWorker } from './watched-processes';

const minute = () => Duration.minutes(1);
const maximum = () => ({ period: minute(), statistic: 'Maximum' });

/** The tasks of a worker, and the queue that it reads. */
export function workerRow({ name, service, queue, alarms }: WatchedWorker): IWidget[] {
  // one row
  const width = queue ? NARROW : undefined;
  const deadLetters = (queue as Partial<Queue> | undefined)?.deadLetterQueue?.queue;
  return [
    graph(
      `${name}: CPU and memory (%)`,
      [
        service.metricCpuUtilization({ period: minute(), label: 'CPU' }),
        service.metricMemoryUtilization({ period: minute(), statistic: 'Maximum', label: 'memory of the fullest task', color: PURPLE }),
      ],
      { max: 100, width },
    ),
    graph(
      `${name}: tasks`,
      // ECS sends one value a minute for each task that runs
      [service.metricCpuUtilization({ period: minute(), statistic: 'SampleCount', label: 'running' })],
      { width },
    ),
    ...(queue
      ? [
          graph(`${name}: oldest message (s)`, [queue.metricApproximateAgeOfOldestMessage({ ...maximum(), label: 'oldest message' })], {
            width,
            alarms: alarms.filter(({ node }) => node.id === FlaskAlarm.QUEUE_AGE),
          }),
          graph(
            `${name}: messages`,
            [
              queue.metricApproximateNumberOfMessagesVisible({ ...maximum(), label: 'waiting' }),
              queue.metricApproximateNumberOfMessagesNotVisible({ ...maximum(), label: 'worked on', color: ORANGE }),
              ...(deadLetters
                ? [deadLetters.metricApproximateNumberOfMessagesVisible({ ...maximum(), label: 'dead letters', color: RED })]
                : []),
            ],
            { width },
          ),
        ]
      : []),
  ];
}

/** The runs of a schedule that failed or could not be started. */
export function scheduleRow({ name, failedRuns }: WatchedSchedule): IWidget[] {
  return [graph(`${name}: failed runs`, [failedRuns])];
}

/** What the instances and clusters of Amazon RDS have in common, without their type. */
interface Measured {
  metricCPUUtilization?(options: MetricOptions): Metric;
  metricDatabaseConnections?(options: MetricOptions): Metric;
  metricFreeableMemory?(options: MetricOptions): Metric;
}

/** What a FlaskCache has. */
interface WithNodes {
  readonly replicationGroup?: CfnReplicationGroup;
}

/** What a database or a cache does; a proxy has no metrics of that kind, and of a security group nothing is known. */
export function dataRow(data: IConstruct): IWidget[] {
  const name = data.node.id;
  const { replicationGroup } = data as unknown as WithNodes;
  return replicationGroup ? cacheRow(name, replicationGroup) : databaseRow(name, data as unknown as Measured);
}

/** ElastiCache measures each node, whose number comes after the id of its group. */
function cacheRow(name: string, { ref, numCacheClusters = 1 }: CfnReplicationGroup): IWidget[] {
  const ofNodes = (metricName: string, statistic: string) =>
    Array.from({ length: numCacheClusters }, (_, i) => {
      const node = `00${i + 1}`;
      return new Metric({
        namespace: 'AWS/ElastiCache',
        metricName,
        dimensionsMap: { CacheClusterId: `${ref}-${node}` },
        statistic,
        period: minute(),
        label: node,
      });
    });
  return [
    graph(`${name}: CPU (%)`, ofNodes('CPUUtilization', 'Maximum'), { max: 100, width: NARROW }),
    graph(`${name}: memory (%)`, ofNodes('DatabaseMemoryUsagePercentage', 'Maximum'), { max: 100, width: NARROW }),
    graph(`${name}: keys dropped for want of memory`, ofNodes('Evictions', 'Sum'), { width: NARROW }),
    graph(`${name}: connections`, ofNodes('CurrConnections', 'Maximum'), { width: NARROW }),
  ];
}

function databaseRow(name: string, measured: Measured): IWidget[] {
  return [
    ...(measured.metricCPUUtilization
      ? [graph(`${name}: CPU (%)`, [measured.metricCPUUtilization({ period: minute(), label: 'CPU' })], { max: 100 })]
      : []),
    ...(measured.metricDatabaseConnections
      ? [
          graph(`${name}: connections`, [
            measured.metricDatabaseConnections({ period: minute(), statistic: 'Maximum', label: 'connections' }),
          ]),
        ]
      : []),
    ...(measured.metricFreeableMemory
      ? [graph(`${name}: free memory (bytes)`, [measured.metricFreeableMemory({ period: minute(), statistic: 'Minimum', label: 'free' })])]
      : []),
  ];
}
