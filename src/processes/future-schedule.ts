import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Token } from 'aws-cdk-lib/core';
import { fail } from '../private/validation';

/**
 * A single time that is over: EventBridge Scheduler takes no such schedule, so it would block each later deployment, and would never run.
 */
export function requireFuture({ expressionString, timeZone }: ScheduleExpression): void {
  const [, local] = /^at\((.+)\)$/.exec(expressionString) ?? [];
  if (local === undefined || Token.isUnresolved(expressionString) || Token.isUnresolved(timeZone?.timezoneName)) {
    return;
  }
  const zone = timeZone?.timezoneName ?? 'UTC';
  if (Date.parse(`${local}Z`) < Date.parse(`${nowIn(zone)}Z`)) {
    fail(
      `the time of a schedule must be in the future, got ${expressionString} in ${zone}; remove the schedule, set enabled to false, or give a later time`,
    );
  }
}

/** What a clock in a time zone shows now. */
function nowIn(timeZone: string): string {
  // the one locale whose order of date and time is that of ISO 8601
  return new Date().toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');
}
