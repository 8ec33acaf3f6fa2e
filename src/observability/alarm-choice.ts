import { type AlarmOptions, FlaskAlarm } from './alarm-options';

/** The alarm that an option is the threshold of. */
const ALARM_OF: Readonly<Partial<Record<keyof AlarmOptions, FlaskAlarm>>> = {
  slo: FlaskAlarm.SERVICE_LEVEL,
  maxServerErrorPercent: FlaskAlarm.SERVICE_LEVEL,
  maxSlowPercent: FlaskAlarm.SERVICE_LEVEL,
  maxDeploymentErrorPercent: FlaskAlarm.DEPLOYMENT_ERRORS,
  maxDeploymentSlowPercent: FlaskAlarm.DEPLOYMENT_LATENCY,
  maxTimeWithoutRequests: FlaskAlarm.NO_REQUESTS,
  maxMemoryPercent: FlaskAlarm.MEMORY,
  minTasks: FlaskAlarm.MISSING_TASKS,
  maxDeploymentTime: FlaskAlarm.STUCK_DEPLOYMENT,
  maxQueueAge: FlaskAlarm.QUEUE_AGE,
};

/**
 * What a platform watches for all its services, or leaves to those that ask for it. The one that is left stops a deployment of this service and of no
 * other: it counts answers with status 500 and above, and requests that no task answered. That no request arrives is watched for who asks for it alone.
 */
const OF_PLATFORM = Object.values(FlaskAlarm).filter((kind) => ![FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.NO_REQUESTS].includes(kind));

/** The alarms that are not made: of a platform those that nothing asks for, and what the user turns off. */
export function alarmsLeftOut(options: AlarmOptions, onPlatform: boolean): FlaskAlarm[] {
  const asked = [...thresholdsOf(options).map(({ kind }) => kind), ...(options.stopDeploymentOn ?? [])];
  const byPlatform = onPlatform && options.enabled !== true ? OF_PLATFORM.filter((kind) => !asked.includes(kind)) : [];
  return [...byPlatform, ...(options.turnOff ?? [])];
}

/** The thresholds that are given, each with its alarm. */
export function thresholdsOf(options: AlarmOptions): { readonly name: string; readonly kind: FlaskAlarm }[] {
  return Object.entries(ALARM_OF).flatMap(([name, kind]) => (options[name as keyof AlarmOptions] === undefined ? [] : [{ name, kind }]));
}
