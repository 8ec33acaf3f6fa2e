/** What looks like a failure and is none. An alarm that goes off here wakes somebody for nothing, or takes a good deployment back. */
import type { Pattern } from './failures';
import type { Minute } from './world';

/** Those of the question that was asked of 0.1.0 and of others too. */
export const HEALTHY_PATTERNS: Pattern[] = [
  {
    name: 'a deployment',
    source: 'rolling: two tasks more, for eight minutes',
    happening: (minute) => (minute >= 10 && minute < 18 ? { running: 4, healthy: minute < 12 ? 2 : 4, deployments: 2, latency: 1.5 } : {}),
  },
  {
    name: 'a scale-in',
    source: 'target tracking: from 6 to 2 tasks',
    happening: (minute) => {
      const tasks = Math.max(2, 6 - Math.floor(minute / 15));
      return { wanted: tasks, running: tasks, healthy: tasks };
    },
  },
  {
    name: 'a night with a hundredth of the traffic',
    source: 'as every night',
    happening: (_, usual) => ({ requests: usual.requests / 100 }),
  },
  {
    name: 'a slow report a day',
    source: '40 seconds, within the idle timeout',
    happening: (minute) => (minute === 100 ? { extra: 1, extraSeconds: 40 } : {}),
  },
  {
    name: 'a slow report that is polled each minute',
    source: 'one answer of 8 seconds a minute',
    happening: () => ({ extra: 1, extraSeconds: 8 }),
  },
  { name: 'a client that gives up', source: 'HTTPCode_ELB_460_Count, which is a 4xx', happening: () => ({}) },
  {
    name: 'a health check fails once',
    source: 'HealthyHostCount falls for two minutes',
    happening: (minute) => (minute === 50 || minute === 51 ? { healthy: 1 } : {}),
  },
  { name: 'a load test', source: 'ten times the traffic, scaling follows', happening: loadTest },
  {
    name: 'a cold start',
    source: 'the first answers of new tasks take 3 seconds',
    happening: (minute) => (minute < 3 ? { slowShare: 0.3, slowSeconds: 3 } : {}),
  },
  {
    name: 'a crawler that gets 404',
    source: 'HTTPCode_Target_4XX',
    happening: (minute, usual) => (minute < 60 ? { requests: usual.requests + 60 } : {}),
  },
  {
    name: 'a scanner that hits one broken route',
    source: '4 answers with 500 within a minute',
    happening: (minute) => (minute === 200 ? { extra: 40, extraErrors: 4 } : {}),
  },
  { name: 'an app that logs a handled ERROR each 20 seconds', source: 'three lines a minute', happening: () => ({ errorLines: 3 }) },
  {
    name: 'a weekly batch',
    source: '2,000 messages at once, done within 20 minutes',
    happening: (minute) => (minute < 20 ? { queueAge: minute * 60, cpu: 90 } : {}),
  },
  {
    name: 'one request in five minutes fails, at 2 a minute',
    source: 'a quiet service',
    happening: (minute) => ({ requests: 2, extra: minute % 30 === 0 ? 1 : 0, extraErrors: minute % 30 === 0 ? 1 : 0 }),
  },
];

/** Those that were found later. */
export const MORE_HEALTHY_PATTERNS: Pattern[] = [
  {
    name: 'a load that grows for half an hour',
    source: 'target tracking: a task more every four minutes, each of which takes two minutes to start',
    happening: (minute) => ({ wanted: growing(minute), running: growing(minute - 2), healthy: growing(minute - 2), cpu: 60 }),
  },
  {
    name: 'a task is retired by AWS',
    source: 'stopCode TerminationNotice or ServiceSchedulerInitiated: the rule does not count it',
    happening: (minute) => (minute >= 30 && minute < 33 ? { healthy: 1, running: 1 } : {}),
  },
  {
    name: 'a single crash in the night',
    source: 'ECS replaces the task within two minutes',
    happening: (minute) => (minute === 120 ? { failedTasks: 1, badGateway: 0.002 } : minute === 121 ? { healthy: 1, running: 1 } : {}),
  },
];

const growing = (minute: number) => Math.min(10, 2 + Math.max(0, Math.floor(minute / 4)));

function loadTest(minute: number, usual: Minute): Partial<Minute> {
  if (minute >= 60) {
    return {};
  }
  const wanted = Math.min(10, 2 + 2 * Math.floor((minute + 1) / 2));
  const there = Math.min(10, 2 + 2 * Math.floor(Math.max(0, minute - 1) / 2));
  return {
    requests: usual.requests * 10,
    wanted,
    running: there,
    healthy: there,
    cpu: minute < 8 ? 95 : 60,
    latency: minute < 8 ? 2 : 1.2,
    memory: 70,
  };
}
