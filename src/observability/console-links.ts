import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Pages of the console, for mails and the dashboard. Where the region is known at deployment only, they are those of the commercial regions.
 *
 * @internal
 */
export interface ConsoleLinks {
  readonly dashboard?: string;
  readonly errors: string;
  readonly serviceEvents: string;
}

/** @internal */
export interface ConsoleLinksProps {
  readonly cluster: ICluster;
  readonly logGroup: LogGroup;
  /** Given by name: alarms that the service waits for cannot wait for a dashboard of it. */
  readonly dashboardName?: string;
}

/** The lines that Python's logging, or an exception that nobody caught, marks as errors. */
export const ERROR_LINES = '/ERROR|CRITICAL|Traceback/';

/** @internal */
export function consoleLinks(scope: Construct, { cluster, logGroup, dashboardName }: ConsoleLinksProps): ConsoleLinks {
  const { region } = Stack.of(scope);
  // without the region, which stands behind: a description has room for 1,024 characters
  const console = `https://${consoleHost(region)}`;
  const cloudWatch = `${console}/cloudwatch/home?region=${region}#`;
  // the newest come first without a sort
  const query = encoded(`filter @message like ${ERROR_LINES}`, '*');
  // the console's own form, in which a $ stands for the % of a URL
  const detail = `~(end~0~start~-3600~timeType~'RELATIVE~unit~'seconds~editorString~'${query}~source~(~'`.replaceAll("'", '$27');
  return {
    dashboard: dashboardName === undefined ? undefined : `${cloudWatch}dashboards/dashboard/${dashboardName}`,
    errors: `${cloudWatch}logsV2:logs-insights$3FqueryDetail$3D${detail}${logGroup.logGroupName}))`,
    serviceEvents: `${console}/ecs/v2/clusters/${cluster.clusterName}/services?region=${region}`,
  };
}

/** Each partition has a console of its own. */
function consoleHost(region: string): string {
  if (Token.isUnresolved(region)) {
    return 'console.aws.amazon.com';
  }
  const [, host] = CONSOLES.find(([partition]) => partition.test(region)) ?? [];
  return host ?? 'console.aws.amazon.com';
}

const CONSOLES: [RegExp, string][] = [
  [/^cn-/, 'console.amazonaws.cn'],
  [/^us-gov-/, 'console.amazonaws-us-gov.com'],
  [/^eusc-/, 'console.amazonaws-eusc.eu'],
];

function encoded(text: string, sign: string): string {
  return text.replace(/[^A-Za-z0-9_.-]/g, (character) => `${sign}${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
