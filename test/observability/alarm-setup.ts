import { Template } from 'aws-cdk-lib/assertions';
import { type AlarmOptions, FlaskAlarm } from '../../src';
import { fullService, only, testStack } from '../util/test-stack';

export function setup(alarms?: AlarmOptions, props: Parameters<typeof fullService>[1] = {}) {
  const stack = testStack();
  const web = fullService(stack, { monitoring: { alarms, dashboard: false }, ...props });
  return { stack, web, template: Template.fromStack(stack) };
}

export const alarmOf = (template: Template, kind: FlaskAlarm) =>
  only(template, 'AWS::CloudWatch::Alarm', new RegExp(`Alarms${kind}[0-9A-F]{8}$`)).Properties;

export const stopping = (template: Template) =>
  (only(template, 'AWS::ECS::Service', /WebService/).Properties.DeploymentConfiguration as { Alarms?: { AlarmNames: string[] } }).Alarms;

export const SILENT = [FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY];

export const OF_REQUESTS = [FlaskAlarm.SERVICE_LEVEL, ...SILENT];

export const OF_TASKS = [FlaskAlarm.MISSING_TASKS, FlaskAlarm.MEMORY, FlaskAlarm.STUCK_DEPLOYMENT];

export const OF_EVENTS = [FlaskAlarm.FAILED_TASKS, FlaskAlarm.FAILED_DEPLOYMENT];

/** Those of a service without HTTPS, workers and schedules. */
export const ALL = [...OF_REQUESTS, ...OF_TASKS, FlaskAlarm.SILENT_LOG, ...OF_EVENTS];
