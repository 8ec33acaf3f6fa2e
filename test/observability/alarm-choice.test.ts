import { Duration } from 'aws-cdk-lib/core';
import { type AlarmOptions, FlaskAlarm, FlaskPlatform, LoadBalancing } from '../../src';
import { expectError, fullService, testStack } from '../util/test-stack';

const REQUESTS = [FlaskAlarm.SERVICE_LEVEL, FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY, FlaskAlarm.NO_REQUESTS];

function kindsOn(alarms: AlarmOptions | undefined): string[] {
  const stack = testStack();
  const loadBalancing = LoadBalancing.onPlatform(FlaskPlatform.fromName(stack, 'Platform', 'production'));
  const web = fullService(stack, { loadBalancing, monitoring: { alarms } });
  return web.alarms.all.map(({ node }) => node.id);
}

describe('on a platform, which watches its services itself', () => {
  test.each<[string, AlarmOptions | undefined, FlaskAlarm[]]>([
    ['nothing is said', undefined, [FlaskAlarm.DEPLOYMENT_ERRORS]],
    ['one that is off already is turned off', { turnOff: [FlaskAlarm.MEMORY] }, [FlaskAlarm.DEPLOYMENT_ERRORS]],
    ['its own is turned off', { turnOff: [FlaskAlarm.DEPLOYMENT_ERRORS] }, []],
    ['a list is empty', { turnOff: [], stopDeploymentOn: [] }, [FlaskAlarm.DEPLOYMENT_ERRORS]],
    ['memory has a threshold', { maxMemoryPercent: 80 }, [FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.MEMORY]],
    ['there is an objective', { slo: { target: 99.5 } }, [FlaskAlarm.SERVICE_LEVEL, FlaskAlarm.DEPLOYMENT_ERRORS]],
    [
      'another one stops deployments',
      { stopDeploymentOn: [FlaskAlarm.DEPLOYMENT_LATENCY] },
      [FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY],
    ],
    ['a quiet time is too long', { maxTimeWithoutRequests: Duration.hours(3) }, [FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.NO_REQUESTS]],
  ])('where %s', (_, alarms, kinds) => {
    expect(kindsOn(alarms)).toEqual(kinds);
  });

  test('all of them are there by enabled: true, less what is turned off', () => {
    const all = kindsOn({ enabled: true });
    expect(all).toEqual(expect.arrayContaining([FlaskAlarm.SERVICE_LEVEL, FlaskAlarm.MEMORY, FlaskAlarm.FAILED_TASKS]));
    expect(kindsOn({ enabled: true, turnOff: [FlaskAlarm.MEMORY] })).toEqual(all.filter((kind) => kind !== FlaskAlarm.MEMORY));
  });
});

describe('what would have no effect is an error', () => {
  const alarmed = (alarms: AlarmOptions, loadBalancing?: LoadBalancing) =>
    fullService(testStack(), { monitoring: { alarms }, loadBalancing });

  test.each<[string, AlarmOptions, FlaskAlarm]>([
    ['maxServerErrorPercent', { maxServerErrorPercent: 1 }, FlaskAlarm.SERVICE_LEVEL],
    ['maxSlowPercent', { maxSlowPercent: 1 }, FlaskAlarm.SERVICE_LEVEL],
    ['maxDeploymentErrorPercent', { maxDeploymentErrorPercent: 0 }, FlaskAlarm.DEPLOYMENT_ERRORS],
    ['maxDeploymentSlowPercent', { maxDeploymentSlowPercent: 1 }, FlaskAlarm.DEPLOYMENT_LATENCY],
    ['maxTimeWithoutRequests', { maxTimeWithoutRequests: Duration.hours(3) }, FlaskAlarm.NO_REQUESTS],
    ['maxMemoryPercent', { maxMemoryPercent: 80 }, FlaskAlarm.MEMORY],
    ['minTasks', { minTasks: 2 }, FlaskAlarm.MISSING_TASKS],
    ['maxDeploymentTime', { maxDeploymentTime: Duration.hours(1) }, FlaskAlarm.STUCK_DEPLOYMENT],
    ['maxQueueAge', { maxQueueAge: Duration.hours(1) }, FlaskAlarm.QUEUE_AGE],
  ])('%s of an alarm that is turned off; without a load balancer too where it counts requests', (name, options, kind) => {
    expectError(
      () => alarmed({ ...options, turnOff: [kind] }),
      `${name} is the threshold of the alarm ${kind}, which is in turnOff; remove it from one of the two`,
    );
    const without = () => alarmed(options, LoadBalancing.none());
    if (REQUESTS.includes(kind)) {
      expectError(
        without,
        `${name} is of the alarm ${kind}, which counts the requests of a load balancer, and this service has none; leave it out`,
      );
    } else {
      expect(without).not.toThrow();
    }
  });

  test('an objective without a load balancer, but not beside SERVICE_LEVEL turned off: its latency is that of deployments too', () => {
    expectError(
      () => alarmed({ slo: { target: 99 } }, LoadBalancing.none()),
      'slo is of the alarm ServiceLevel, which counts the requests of a load balancer, and this service has none; leave it out',
    );
    expect(() => alarmed({ slo: { latency: Duration.seconds(1) }, turnOff: [FlaskAlarm.SERVICE_LEVEL] })).not.toThrow();
  });

  test('a deployment that is to be stopped by requests that nobody counts', () => {
    expectError(
      () => alarmed({ stopDeploymentOn: [FlaskAlarm.SERVICE_LEVEL] }, LoadBalancing.none()),
      'the alarm ServiceLevel counts the requests of a load balancer, and this service has none; leave stopDeploymentOn out',
    );
    expect(() => alarmed({ stopDeploymentOn: [] }, LoadBalancing.none())).not.toThrow();
  });
});
