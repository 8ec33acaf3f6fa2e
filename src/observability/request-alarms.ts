import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { textOf } from '../private/text';
import { type AlarmDefinitions, outOf } from './alarm-definition';
import { type AlarmOptions, FlaskAlarm } from './alarm-options';
import { errorPercent, errorPercentOfTheWorst, type RequestSources, requestCount, secondsOf, slowPercent } from './request-shares';

/** How many times faster than allowed the errors of a month are used up when the alarm goes off. */
const BURN_RATE = 6;
const DEFAULT_TARGET = 99.9;

/** What clients see. */
export function requestAlarms(sources: RequestSources, options: AlarmOptions): AlarmDefinitions {
  if (sources.targetGroups.length === 0) {
    return [];
  }
  const threeHours = Duration.hours(3);
  const fiveMinutes = Duration.minutes(5);
  const latency = options.slo?.latency ?? Duration.seconds(2);
  const seconds = secondsOf(latency);
  const maxErrors = options.maxServerErrorPercent ?? allowedPercent(options.slo?.target ?? DEFAULT_TARGET);
  const maxSlow = options.maxSlowPercent ?? 5;
  const maxDeploymentErrors = options.maxDeploymentErrorPercent ?? 5;
  const maxDeploymentSlow = options.maxDeploymentSlowPercent ?? 25;
  return [
    [
      FlaskAlarm.SERVICE_LEVEL,
      {
        // it slides: an outage is seen within minutes, one failed request in a hundred within two hours, and what is hardly used has enough
        // requests to be judged. The SRE workbook alerts at the same rate over six hours, and at 14 times as allowed over one
        metric: new MathExpression({
          expression: `IF(failed / ${textOf(maxErrors)} > late / ${textOf(maxSlow)}, failed / ${textOf(maxErrors)}, late / ${textOf(maxSlow)})`,
          usingMetrics: {
            failed: errorPercent(sources, { period: threeHours, minErrors: 10, minErrorsOfFew: 3 }),
            late: slowPercent(sources, { period: threeHours, latency, minSlow: 200 }),
          },
          period: threeHours,
          label: 'errors or slow answers, as a multiple of what is allowed',
        }),
        threshold: 1,
        ...outOf(1, 2),
        meaning: `within three hours more than ${percent(maxErrors)} of the requests were answered with status 500 and above, or more than ${percent(maxSlow)} took longer than ${seconds} seconds`,
        firstStep:
          'See on the dashboard which: 5xx of the app is in the log with a traceback, 502 and 504 are tasks that crash or hang, 503 is no healthy task; slow with CPU low is a database or another service',
      },
    ],
    [
      FlaskAlarm.DEPLOYMENT_ERRORS,
      {
        // short, for ECS adds the time that an alarm needs to each deployment; two windows, for the newest lacks its last minute, and a service
        // with one request a minute has just enough errors in a whole one
        metric: errorPercentOfTheWorst(sources, { period: fiveMinutes, minErrors: 5, label: 'server errors of the worse version (%)' }),
        threshold: maxDeploymentErrors,
        ...outOf(1, 2),
        meaning: `within 5 minutes more than ${percent(maxDeploymentErrors)} of the requests to one of the versions were answered with status 500 and above; a deployment that is under way is rolled back`,
        firstStep: 'Read the errors of the new version in the log before it is deployed again',
      },
    ],
    [
      FlaskAlarm.DEPLOYMENT_LATENCY,
      {
        metric: slowPercent(sources, { period: fiveMinutes, latency, label: `slower than ${seconds} s, of the worse version (%)` }),
        threshold: maxDeploymentSlow,
        // new tasks are slow for some minutes
        ...outOf(3, 3),
        meaning: `for 15 minutes more than ${percent(maxDeploymentSlow)} of the answers of one of the versions took longer than ${seconds} seconds; a deployment that is under way is rolled back`,
        firstStep: 'Run the saved query "slow requests" for the new version before it is deployed again',
      },
    ],
    ...noRequests(sources, options.maxTimeWithoutRequests),
  ];
}

/** Whoever should ask the service does not, or cannot. */
function noRequests(sources: RequestSources, maxTime: Duration | undefined): AlarmDefinitions {
  if (maxTime === undefined) {
    return [];
  }
  const periods = Math.ceil(maxTime.toMinutes() / 5);
  return [
    [
      FlaskAlarm.NO_REQUESTS,
      {
        metric: requestCount(sources, { period: Duration.minutes(5), label: 'requests' }),
        threshold: 1,
        ...outOf(periods, periods),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
        meaning: `no request has arrived for ${maxTime.toMinutes()} minutes`,
        firstStep:
          'Open the service from outside by its name: if that fails look at the DNS record, the certificate and the rules of the firewall; else ask those who call it',
      },
    ],
  ];
}

/** How many of the requests may fail for a while, in percent. */
function allowedPercent(target: number): number {
  // 100 - 99.9 is 0.09999999999999432
  return Math.round(BURN_RATE * (100 - target) * 1e6) / 1e6;
}

const percent = (value: number) => `${textOf(value)} %`;
