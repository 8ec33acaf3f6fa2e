import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { type AlarmDefinitions, outOf } from './alarm-definition';
import { FlaskAlarm } from './alarm-options';
import type { WatchedWorker } from './watched-processes';

const MIN_QUEUE_AGE_SECONDS = 30 * 60;
/** A queue keeps a message for 14 days at most. */
const MAX_QUEUE_AGE_SECONDS = 14 * 86_400;
const fiveMinutes = () => Duration.minutes(5);

/** A log to which the server writes a line for each health check, and that has none. */
export function silentLog(logGroup: LogGroup): AlarmDefinitions {
  return [
    [
      FlaskAlarm.SILENT_LOG,
      {
        metric: new Metric({
          namespace: 'AWS/Logs',
          metricName: 'IncomingLogEvents',
          dimensionsMap: { LogGroupName: logGroup.logGroupName },
          statistic: 'Sum',
          period: fiveMinutes(),
          label: 'log lines',
        }),
        threshold: 1,
        ...outOf(3, 3),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
        meaning:
          'no process has written a line to the log for 15 minutes, though the server logs each health check: the next fault leaves no trace',
        firstStep: 'See whether tasks run; then whether the execution role may write to the log group and whether it is there',
      },
    ],
  ];
}

/** A certificate that was not renewed. */
export function certificateExpiry(certificate: ICertificate): AlarmDefinitions {
  return [
    [
      FlaskAlarm.CERTIFICATE_EXPIRY,
      {
        metric: certificate.metricDaysToExpiry({ period: Duration.days(1), statistic: 'Minimum', label: 'days to expiry' }),
        threshold: 30,
        ...outOf(1, 1),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        // there is a value twice a day, and none when it is too late
        treatMissingData: TreatMissingData.IGNORE,
        meaning: 'the certificate of the load balancer expires within 30 days; AWS renews its own 60 days before, so that failed',
        firstStep: 'Look in AWS Certificate Manager at the renewal status: mostly the DNS record of the validation is gone',
      },
    ],
  ];
}

/** Messages that nobody takes, and messages that nobody could work on. */
export function queueAlarms(
  queue: IQueue,
  { name, usualAgeSeconds = 0 }: Pick<WatchedWorker, 'name' | 'usualAgeSeconds'>,
  given?: Duration,
): AlarmDefinitions {
  // the message of a job that is at work is in the queue too: long jobs are no outage
  const maxAge = given ?? Duration.seconds(Math.min(Math.max(MIN_QUEUE_AGE_SECONDS, usualAgeSeconds), MAX_QUEUE_AGE_SECONDS));
  const deadLetters = (queue as Partial<Queue>).deadLetterQueue?.queue;
  return [
    [
      FlaskAlarm.QUEUE_AGE,
      {
        metric: queue.metricApproximateAgeOfOldestMessage({ period: fiveMinutes(), statistic: 'Maximum', label: 'oldest message (s)' }),
        threshold: maxAge.toSeconds(),
        ...outOf(3, 3),
        meaning: `a message of the worker ${name} has waited or been worked on for more than ${Math.round(maxAge.toSeconds() / 6) / 10} minutes`,
        firstStep:
          'See on the dashboard whether its tasks run and use CPU: tasks that do nothing hang, so stop them; if all work, raise max of the scaling',
      },
    ],
    ...(deadLetters
      ? ([
          [
            FlaskAlarm.DEAD_LETTERS,
            {
              metric: deadLetters.metricApproximateNumberOfMessagesVisible({
                period: fiveMinutes(),
                statistic: 'Maximum',
                label: 'dead letters',
              }),
              threshold: 0,
              ...outOf(1, 3),
              meaning: `messages of the worker ${name} failed each time they were tried and are in the dead-letter queue`,
              firstStep: 'Read one in the console of Amazon SQS and its traceback in the log; after the fix start the redrive of the queue',
            },
          ],
        ] as AlarmDefinitions)
      : []),
  ];
}
