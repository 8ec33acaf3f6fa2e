import { CfnQueryDefinition, type LogGroup } from 'aws-cdk-lib/aws-logs';
import { Names } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ERROR_LINES } from './console-links';

/** @internal */
export interface SavedQueriesProps {
  readonly logGroup: LogGroup;
  /** The log group of the events of ECS, if they are kept. */
  readonly events?: LogGroup;
}

/** A line of the access log; an app that logs its own requests as JSON has fields of its own. */
const ACCESS_LINE = 'parse @message /"(?<method>[A-Z]+) (?<target>\\S+) \\S+" (?<status>\\d{3}) .* (?<ms>\\d+)ms/';
const ROUTE = 'parse target /^(?<path>[^?]*)/';

/**
 * What one asks the log in the night, in the list of saved queries of CloudWatch Logs Insights. They cost nothing until they are run.
 *
 * @internal
 */
export class SavedQueries extends Construct {
  public constructor(scope: Construct, id: string, { logGroup, events }: SavedQueriesProps) {
    super(scope, id);
    const folder = Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' });
    const query = (queryId: string, name: string, group: LogGroup, ...lines: string[]) =>
      new CfnQueryDefinition(this, queryId, {
        name: `${folder}/${name}`,
        queryString: lines.join('\n| '),
        logGroupNames: [group.logGroupName],
      });
    query(
      'Errors',
      'errors',
      logGroup,
      'fields @timestamp, @message, @logStream',
      `filter @message like ${ERROR_LINES}`,
      'sort @timestamp desc',
      'limit 200',
    );
    query(
      'Slow',
      'slow requests',
      logGroup,
      'fields @timestamp, @message',
      ACCESS_LINE,
      'filter ispresent(ms)',
      'sort ms desc',
      'limit 100',
    );
    query(
      'ByRoute',
      'requests by route',
      logGroup,
      ACCESS_LINE,
      ROUTE,
      'filter ispresent(status)',
      'fields status >= 500 as failed',
      'stats count(*) as requests, sum(failed) as errors, pct(ms, 50) as p50, pct(ms, 99) as p99 by method, path',
      'sort errors desc, requests desc',
      'limit 100',
    );
    query(
      'Trace',
      'one trace id',
      logGroup,
      'fields @timestamp, @message, @logStream',
      'filter @message like "PASTE-THE-TRACE-ID"',
      'sort @timestamp asc',
      'limit 200',
    );
    if (events) {
      query(
        'StoppedTasks',
        'stopped tasks',
        events,
        'fields @timestamp, detail.group, detail.stopCode, detail.stoppedReason, detail.containers.0.name, detail.containers.0.exitCode, detail.containers.0.reason',
        'filter `detail-type` = "ECS Task State Change" and detail.lastStatus = "STOPPED"',
        'sort @timestamp desc',
        'limit 100',
      );
    }
  }
}
