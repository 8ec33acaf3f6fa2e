import { ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { FlaskAlarm } from './alarm-options';

/**
 * What an alarm watches.
 *
 * @internal
 */
export interface AlarmDefinition {
  readonly metric: IMetric;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly comparisonOperator?: ComparisonOperator;
  readonly treatMissingData?: TreatMissingData;
  /** What it means, a sentence for somebody who was asleep. */
  readonly meaning: string;
  /** What to do first. */
  readonly firstStep: string;
}

/** @internal */
export type AlarmDefinitions = [FlaskAlarm, AlarmDefinition][];

/**
 * Several of a window of many: an alarm that is over and comes back every few minutes would send a mail each time, so it stays on until the
 * window is quiet.
 *
 * @internal
 */
export function outOf(
  datapointsToAlarm: number,
  evaluationPeriods: number,
): Pick<AlarmDefinition, 'datapointsToAlarm' | 'evaluationPeriods'> {
  return { datapointsToAlarm, evaluationPeriods };
}

/** @internal */
export const NO_DATA_IS_FINE = TreatMissingData.NOT_BREACHING;

/** @internal */
export const ABOVE = ComparisonOperator.GREATER_THAN_THRESHOLD;
