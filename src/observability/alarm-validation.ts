import { fail, requireInteger, requireKnown, requireMinutes, requirePattern, requireRange, requireSeconds } from '../private/validation';
import { thresholdsOf } from './alarm-choice';
import { type AlarmOptions, FlaskAlarm } from './alarm-options';
import { requireLatency } from './request-shares';
import { MAX_DEPLOYMENT_MINUTES } from './task-alarms';

/** Their metrics know nothing of the ECS service, so that the service can know of them: otherwise the stack has a cycle. */
const MAY_STOP_DEPLOYMENT = [FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY, FlaskAlarm.SERVICE_LEVEL];

/** Their metrics are those of a load balancer. */
const OF_REQUESTS = [FlaskAlarm.SERVICE_LEVEL, FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY, FlaskAlarm.NO_REQUESTS];

/** The numbers of the alarms, at the line of the service. */
export function requireAlarmOptions(options: AlarmOptions, hasLoadBalancer: boolean): void {
  requireEffect(options, hasLoadBalancer);
  requireRange('target of the slo', options.slo?.target, 90, 99.99, 'it is a percentage of all requests');
  requireLatency('latency of the slo', options.slo?.latency);
  requirePattern('email of the alarms', options.email, /^[^\s@]+@[^\s@]+$/, "an e-mail address, such as 'operators@example.com'");
  requireRange('maxServerErrorPercent', options.maxServerErrorPercent, 0.01, 100, 'turn the alarm off by turnOff');
  requireRange('maxDeploymentErrorPercent', options.maxDeploymentErrorPercent, 0, 100);
  requireRange('maxSlowPercent', options.maxSlowPercent, 0.01, 100, 'turn the alarm off by turnOff');
  requireRange('maxDeploymentSlowPercent', options.maxDeploymentSlowPercent, 0, 100);
  requireMinutes('maxTimeWithoutRequests', options.maxTimeWithoutRequests, 15, 1440, 'an alarm looks back a day at most');
  requireKnown('maxTimeWithoutRequests', options.maxTimeWithoutRequests, 'Duration.hours(3)');
  requireRange('maxMemoryPercent', options.maxMemoryPercent, 1, 100);
  requireInteger('minTasks', options.minTasks, 0, 5000);
  requireMinutes('maxDeploymentTime', options.maxDeploymentTime, 10, MAX_DEPLOYMENT_MINUTES, 'an alarm looks back a day at most');
  requireKnown('maxDeploymentTime', options.maxDeploymentTime, 'Duration.minutes(60)');
  requireSeconds('maxQueueAge', options.maxQueueAge, 60, 1_209_600, 'a queue keeps a message for 14 days at most');
  requireKnown('maxQueueAge', options.maxQueueAge, 'Duration.minutes(30)');
  for (const kind of options.stopDeploymentOn ?? []) {
    if (!MAY_STOP_DEPLOYMENT.includes(kind)) {
      fail(
        `the alarm ${kind} cannot stop a deployment, because its metric depends on the ECS service; the alarms that can are ${MAY_STOP_DEPLOYMENT.join(', ')}`,
      );
    }
    if (!hasLoadBalancer) {
      fail(`the alarm ${kind} counts the requests of a load balancer, and this service has none; leave stopDeploymentOn out`);
    }
    if (options.turnOff?.includes(kind)) {
      fail(`the alarm ${kind} is in turnOff and in stopDeploymentOn; remove it from one of the two`);
    }
  }
}

/** A threshold of an alarm that is not there would be forgotten without a word. */
function requireEffect(options: AlarmOptions, hasLoadBalancer: boolean): void {
  for (const { name, kind } of thresholdsOf(options)) {
    if (name !== 'slo' && options.turnOff?.includes(kind)) {
      fail(`${name} is the threshold of the alarm ${kind}, which is in turnOff; remove it from one of the two`);
    }
    if (OF_REQUESTS.includes(kind) && !hasLoadBalancer) {
      fail(`${name} is of the alarm ${kind}, which counts the requests of a load balancer, and this service has none; leave it out`);
    }
  }
}
