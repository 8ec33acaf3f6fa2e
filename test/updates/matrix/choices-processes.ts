import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { AwsLogDriverMode, ContainerImage, Secret } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { HttpNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, RemovalPolicy, Size, TimeZone } from 'aws-cdk-lib/core';
import {
  type AlarmNotificationOptions,
  Capacity,
  DatabaseVariables,
  FlaskAlarm,
  FlaskStage,
  type FlaskStepFunctionsTaskOptions,
  ScalingPolicy,
  SidecarOrder,
  TaskScaling,
  type TaskScalingOptions,
  WorkerScaling,
} from '../../../src';
import { type Choice, choice } from './choices';
import type { Draft } from './draft';

type Part =
  | 'alarms'
  | 'cache'
  | 'database'
  | 'discovery'
  | 'fileSystem'
  | 'hardening'
  | 'logging'
  | 'monitoring'
  | 'openTelemetry'
  | 'props'
  | 'releaseTask'
  | 'schedule'
  | 'secretKey'
  | 'serverOptions'
  | 'sidecar'
  | 'spot'
  | 'task'
  | 'worker';

/** Sets options of a part, which is added if it is not there. */
function set<P extends Part>(part: P, options: Partial<NonNullable<Draft[P]>> = {}): (draft: Draft) => void {
  return (draft) => {
    if (draft[part]) {
      Object.assign(draft[part] as object, options);
    } else {
      // a copy: the next draft has the same edit
      Object.assign(draft, { [part]: { ...options } });
    }
  };
}

/** An option of a part in two values. */
function option<P extends Part, K extends keyof NonNullable<Draft[P]>>(
  part: P,
  name: string,
  key: K,
  values: { readonly [label: string]: NonNullable<Draft[P]>[K] },
  more: Parameters<typeof choice>[2] = {},
): Choice {
  const edits = Object.entries(values).map(([label, value]) => [
    label,
    set(part, { [key]: value } as unknown as Partial<NonNullable<Draft[P]>>),
  ]);
  return choice(`${name}.${String(key)}`, Object.fromEntries(edits), more);
}

const TASKS: readonly Choice[] = [
  option('props', 'FlaskFargateServiceProps', 'cpu', { '1024': 1024, '2048': 2048 }),
  option('props', 'FlaskFargateServiceProps', 'memoryLimitMiB', { '2048': 2048, '4096': 4096 }),
  option('props', 'FlaskFargateServiceProps', 'port', { '8080': 8080, '5000': 5000 }),
  option('props', 'FlaskFargateServiceProps', 'outputs', { false: false }),
  option('props', 'FlaskFargateServiceProps', 'scaling', {
    'fixed(3)': TaskScaling.fixed(3),
    'between()': TaskScaling.between({ min: 3, max: 6 }),
  }),
  option(
    'hardening',
    'HardeningOptions',
    'readonlyRootFilesystem',
    { false: false, true: true },
    { with: ['FlaskFargateServiceProps.hardening'] },
  ),
  option('hardening', 'HardeningOptions', 'tmpSize', { one: Size.mebibytes(128), two: Size.mebibytes(256) }),
  option('hardening', 'HardeningOptions', 'writablePaths', { one: ['/var/a'], two: ['/var/a', '/var/b'] }),
  option('hardening', 'HardeningOptions', 'user', { '1000': '1000', '2000': '2000' }),
  option('hardening', 'HardeningOptions', 'dropCapabilities', { false: false }),
  option('hardening', 'HardeningOptions', 'enableExecuteCommand', { true: true, false: false }),
  option('hardening', 'HardeningOptions', 'flowLogs', { true: true, false: false }),
  option('hardening', 'HardeningOptions', 'restrictDefaultSecurityGroup', { true: true, false: false }),
  option(
    'logging',
    'LoggingOptions',
    'retention',
    { '1 year': RetentionDays.ONE_YEAR, '3 days': RetentionDays.THREE_DAYS },
    { with: ['FlaskFargateServiceProps.logging'] },
  ),
  option('logging', 'LoggingOptions', 'removalPolicy', { DESTROY: RemovalPolicy.DESTROY, RETAIN: RemovalPolicy.RETAIN }),
  option('logging', 'LoggingOptions', 'mode', { BLOCKING: AwsLogDriverMode.BLOCKING, NON_BLOCKING: AwsLogDriverMode.NON_BLOCKING }),
  choice('LoggingOptions.encryptionKey', {
    given: (draft) => {
      draft.logging.encryptionKey = draft.key;
    },
  }),
];

const SERVERS: readonly Choice[] = [
  choice(
    'WsgiServer.gunicorn',
    {
      'granian()': (draft) => {
        draft.server = 'granian';
      },
    },
    { with: ['FlaskFargateServiceProps.server'] },
  ),
  choice('WsgiServer.granian', {
    on: (draft) => {
      draft.server = 'granian';
    },
    'custom()': (draft) => {
      draft.server = 'custom';
    },
  }),
  choice('WsgiServer.custom', {
    on: (draft) => {
      draft.server = 'custom';
    },
    'granian()': (draft) => {
      draft.server = 'granian';
    },
  }),
  option(
    'serverOptions',
    'CustomWsgiServerOptions',
    'command',
    { one: ['a', 'app:app'], another: ['b', 'app:app'] },
    {
      given: (draft) => {
        draft.server = 'custom';
      },
    },
  ),
  option(
    'serverOptions',
    'CustomWsgiServerOptions',
    'environment',
    { one: { A: '1' }, another: { A: '2' } },
    {
      given: (draft) => {
        draft.server = 'custom';
      },
    },
  ),
  option('serverOptions', 'GunicornOptions', 'additionalArguments', {
    one: ['--limit-request-line', '8190'],
    another: ['--limit-request-line', '4000'],
  }),
  option('serverOptions', 'ThreadedWsgiServerOptions', 'workers', { '3': 3, '4': 4 }),
  option('serverOptions', 'ThreadedWsgiServerOptions', 'threads', { '8': 8, '16': 16 }),
  option('serverOptions', 'ThreadedWsgiServerOptions', 'accessLog', { true: true, false: false }),
  option('serverOptions', 'WsgiServerOptions', 'requestTimeout', { '40 s': Duration.seconds(40), '100 s': Duration.seconds(100) }),
  option('serverOptions', 'WsgiServerOptions', 'gracefulTimeout', { '50 s': Duration.seconds(50), '60 s': Duration.seconds(60) }),
  option('serverOptions', 'WsgiServerOptions', 'stopTimeout', { '100 s': Duration.seconds(100), '110 s': Duration.seconds(110) }),
  option('serverOptions', 'WsgiServerOptions', 'keepAlive', { '90 s': Duration.seconds(90), '120 s': Duration.seconds(120) }),
];

const spot = set('spot');
const between = (options: Partial<TaskScalingOptions>) => set('props', { scaling: TaskScaling.between({ min: 2, max: 8, ...options }) });
const policy = (...policies: ScalingPolicy[]) => between({ policies });
const officeHours = { schedule: Schedule.cron({ hour: '8', minute: '0' }), min: 4 };
const onSchedule = (options: Partial<Parameters<typeof ScalingPolicy.schedule>[0]>) =>
  policy(ScalingPolicy.schedule({ ...officeHours, ...options }));

const SCALING: readonly Choice[] = [
  choice(
    'Capacity.spot',
    {
      on: spot,
      'base of 0': set('spot', { onDemandBase: 0 }),
    },
    { with: ['FlaskFargateServiceProps.capacity'] },
  ),
  choice('Capacity.onDemand', { 'spot()': spot }),
  option('spot', 'SpotCapacityOptions', 'onDemandBase', { '0': 0, '2': 2 }, { given: spot }),
  choice('CapacityOptions.drainBeforeStop', {
    true: (draft) => {
      draft.drainBeforeStop = true;
    },
    false: (draft) => {
      draft.drainBeforeStop = false;
    },
  }),
  choice('TaskScaling.fixed', {
    '2': set('props', { scaling: TaskScaling.fixed(2) }),
    '4': set('props', { scaling: TaskScaling.fixed(4) }),
  }),
  choice('TaskScaling.between', { on: between({}), 'fixed(2)': set('props', { scaling: TaskScaling.fixed(2) }) }),
  choice('TaskScalingOptions.min', { '3': between({ min: 3 }), '1': between({ min: 1 }) }, { given: between({}) }),
  choice('TaskScalingOptions.max', { '5': between({ max: 5 }), '20': between({ max: 20 }) }, { given: between({}) }),
  choice(
    'TaskScalingOptions.policies',
    { cpu: policy(ScalingPolicy.cpu(50)), 'cpu and memory': policy(ScalingPolicy.cpu(50), ScalingPolicy.memory(70)) },
    { given: between({}) },
  ),
  choice('ScalingPolicy.cpu', { '50': policy(ScalingPolicy.cpu(50)), '70': policy(ScalingPolicy.cpu(70)) }, { given: between({}) }),
  choice(
    'ScalingPolicy.memory',
    { '50': policy(ScalingPolicy.memory(50)), 'cpu(50)': policy(ScalingPolicy.cpu(50)) },
    { given: between({}) },
  ),
  choice(
    'ScalingPolicy.requestsPerTarget',
    { '500': policy(ScalingPolicy.requestsPerTarget(500)), '900': policy(ScalingPolicy.requestsPerTarget(900)) },
    { given: between({}) },
  ),
  choice(
    'ScalingPolicy.schedule',
    { on: onSchedule({}), 'with cpu()': policy(ScalingPolicy.cpu(60), ScalingPolicy.schedule(officeHours)) },
    { given: between({}) },
  ),
  choice(
    'ScalingPolicyOptions.scaleInCooldown',
    {
      '60 s': policy(ScalingPolicy.cpu(50, { scaleInCooldown: Duration.seconds(60) })),
      '90 s': policy(ScalingPolicy.cpu(50, { scaleInCooldown: Duration.seconds(90) })),
    },
    { given: policy(ScalingPolicy.cpu(50)) },
  ),
  choice(
    'ScalingPolicyOptions.scaleOutCooldown',
    {
      '30 s': policy(ScalingPolicy.cpu(50, { scaleOutCooldown: Duration.seconds(30) })),
      '10 s': policy(ScalingPolicy.cpu(50, { scaleOutCooldown: Duration.seconds(10) })),
    },
    { given: policy(ScalingPolicy.cpu(50)) },
  ),
  choice(
    'ScheduledScalingOptions.schedule',
    {
      'at 9': onSchedule({ schedule: Schedule.cron({ hour: '9', minute: '0' }) }),
      'at 10': onSchedule({ schedule: Schedule.cron({ hour: '10', minute: '0' }) }),
    },
    { given: onSchedule({}) },
  ),
  choice('ScheduledScalingOptions.min', { '5': onSchedule({ min: 5 }), '6': onSchedule({ min: 6 }) }, { given: onSchedule({}) }),
  choice('ScheduledScalingOptions.max', { '10': onSchedule({ max: 10 }), '12': onSchedule({ max: 12 }) }, { given: onSchedule({}) }),
  choice(
    'ScheduledScalingOptions.timeZone',
    {
      Berlin: onSchedule({ timeZone: TimeZone.EUROPE_BERLIN }),
      Paris: onSchedule({ timeZone: TimeZone.EUROPE_PARIS }),
    },
    { given: onSchedule({}) },
  ),
];

const alarmOff = (kind: FlaskAlarm) => set('alarms', { turnOff: [kind] });
const ALARM_KINDS = Object.values(FlaskAlarm);

/** The topic is told of alarms. */
const tell = (options: (draft: Draft) => AlarmNotificationOptions) => (draft: Draft) => {
  set('alarms', { enabled: true })(draft);
  // the last one counts: the edit stands on what is given
  draft.named.set('told', (web) => {
    web.alarms.sendTo(Topic.fromTopicArn(draft.stack, 'Told', draft.arn('sns', 'told')), options(draft));
  });
};

const MONITORING: readonly Choice[] = [
  option('monitoring', 'MonitoringOptions', 'dashboard', { false: false, true: true }, { with: ['FlaskFargateServiceProps.monitoring'] }),
  choice(
    'MonitoringOptions.alarms',
    {
      none: set('alarms', { enabled: false }),
      on: set('alarms', { enabled: true }),
    },
    { with: ['AlarmOptions.enabled'] },
  ),
  ...ALARM_KINDS.map((kind) =>
    choice(
      `FlaskAlarm.${keyOf(kind)}`,
      // the one that its threshold turns on has no other switch
      kind === FlaskAlarm.NO_REQUESTS
        ? { with: set('alarms', { maxTimeWithoutRequests: Duration.hours(3) }) }
        : { without: alarmOff(kind) },
      { given: set('alarms', { enabled: true }) },
    ),
  ),
  option('monitoring', 'MonitoringOptions', 'serviceEvents', { false: false, true: true }),
  option('alarms', 'AlarmOptions', 'turnOff', { one: [FlaskAlarm.MEMORY], two: [FlaskAlarm.FAILED_TASKS, FlaskAlarm.MEMORY] }),
  option('alarms', 'AlarmOptions', 'stopDeploymentOn', { none: [], latency: [FlaskAlarm.DEPLOYMENT_LATENCY] }),
  option('alarms', 'AlarmOptions', 'email', { one: 'one@example.com', other: 'other@example.com' }),
  choice(
    'ServiceLevelObjective.target',
    { '99': set('alarms', { slo: { target: 99 } }), '99.95': set('alarms', { slo: { target: 99.95 } }) },
    { with: ['AlarmOptions.slo'] },
  ),
  choice('ServiceLevelObjective.latency', {
    '1 s': set('alarms', { slo: { latency: Duration.seconds(1) } }),
    '10 s': set('alarms', { slo: { latency: Duration.seconds(10) } }),
  }),
  option('alarms', 'AlarmOptions', 'maxServerErrorPercent', { '1': 1, '10': 10 }),
  option('alarms', 'AlarmOptions', 'maxSlowPercent', { '1': 1, '10': 10 }),
  option('alarms', 'AlarmOptions', 'maxDeploymentErrorPercent', { '1': 1, '10': 10 }),
  option('alarms', 'AlarmOptions', 'maxDeploymentSlowPercent', { '10': 10, '50': 50 }),
  option('alarms', 'AlarmOptions', 'maxMemoryPercent', { '70': 70, '95': 95 }),
  option('alarms', 'AlarmOptions', 'maxTimeWithoutRequests', { '3 h': Duration.hours(3), '6 h': Duration.hours(6) }),
  option('alarms', 'AlarmOptions', 'minTasks', { '1': 1, '2': 2 }),
  option('alarms', 'AlarmOptions', 'maxDeploymentTime', { '1 h': Duration.hours(1), '2 h': Duration.hours(2) }),
  option(
    'alarms',
    'AlarmOptions',
    'maxQueueAge',
    { '5 min': Duration.minutes(5), '1 h': Duration.hours(1) },
    { given: (draft) => onDepth()(draft) },
  ),
  choice('AlarmNotificationOptions.notifyOk', { on: tell(() => ({ notifyOk: true })) }, { given: tell(() => ({})) }),
  choice(
    'AlarmNotificationOptions.lowUrgencyTopic',
    { on: tell((draft) => ({ lowUrgencyTopic: Topic.fromTopicArn(draft.stack, 'Later', draft.arn('sns', 'later')) })) },
    { given: tell(() => ({})) },
  ),
  choice(
    'FlaskServiceAlarms.sendTo',
    {
      'a topic': (draft) => {
        draft.actions.push((web) => web.alarms.sendTo(Topic.fromTopicArn(draft.stack, 'Topic', draft.arn('sns', 'alarms'))));
      },
      another: (draft) => {
        draft.actions.push((web) => web.alarms.sendTo(Topic.fromTopicArn(draft.stack, 'Topic', draft.arn('sns', 'other'))));
      },
    },
    { given: set('alarms', { enabled: true }) },
  ),
];

function keyOf(kind: FlaskAlarm): string {
  return Object.entries(FlaskAlarm).find(([, value]) => value === kind)?.[0] ?? '';
}

const worker = set('worker');
const schedule = set('schedule');
const task = set('task');
const queue = (draft: Draft, name: string) =>
  (draft.stack.node.tryFindChild(`Queue${name}`) ?? Queue.fromQueueArn(draft.stack, `Queue${name}`, draft.arn('sqs', name))) as ReturnType<
    typeof Queue.fromQueueArn
  >;
const onDepth =
  (options: { max?: number; min?: number; messagesPerTask?: number } = {}) =>
  (draft: Draft) => {
    set('worker', { scaling: WorkerScaling.onQueueDepth(queue(draft, 'jobs'), { max: 10, messagesPerTask: 5, ...options }) })(draft);
  };
const onCpu = (options: { max?: number; min?: number; targetUtilizationPercent?: number } = {}) =>
  set('worker', { scaling: WorkerScaling.onCpu({ min: 1, max: 5, ...options }) });
const inStateMachine = (options: FlaskStepFunctionsTaskOptions) => (draft: Draft) => {
  set('task')(draft);
  draft.actions.splice(0, draft.actions.length, (web) => {
    const shell = web.node.findChild('Shell') as ReturnType<typeof web.addTask>;
    new StateMachine(draft.stack, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(shell.asStepFunctionsTask(draft.stack, 'Run', options)),
    });
  });
};

const PROCESSES: readonly Choice[] = [
  choice('FlaskFargateService.addWorker', { on: worker, 'of 1024 units': set('worker', { cpu: 1024 }) }),
  option('worker', 'FlaskWorkerOptions', 'stopTimeout', { '60 s': Duration.seconds(60), '90 s': Duration.seconds(90) }, { given: worker }),
  option(
    'worker',
    'FlaskWorkerOptions',
    'capacity',
    { 'spot()': Capacity.spot(), 'spot(), base of 0': Capacity.spot({ onDemandBase: 0 }) },
    { given: worker },
  ),
  option('worker', 'FlaskWorkerOptions', 'singleton', { true: true }, { given: worker }),
  option(
    'worker',
    'FlaskWorkerOptions',
    'scaling',
    { 'fixed(2)': WorkerScaling.fixed(2), 'onCpu()': WorkerScaling.onCpu({ min: 1, max: 4 }) },
    { given: worker, with: ['WorkerScaling.fixed'] },
  ),
  choice('WorkerScaling.onCpu', { on: onCpu(), 'onQueueDepth()': onDepth() }, { given: worker }),
  choice('CpuScalingOptions.min', { '2': onCpu({ min: 2 }), '3': onCpu({ min: 3 }) }, { given: onCpu() }),
  choice('CpuScalingOptions.max', { '6': onCpu({ max: 6 }), '9': onCpu({ max: 9 }) }, { given: onCpu() }),
  choice(
    'CpuScalingOptions.targetUtilizationPercent',
    { '40': onCpu({ targetUtilizationPercent: 40 }), '80': onCpu({ targetUtilizationPercent: 80 }) },
    { given: onCpu() },
  ),
  choice('WorkerScaling.onQueueDepth', { on: onDepth(), 'onCpu()': onCpu() }, { given: worker }),
  choice('QueueDepthScalingOptions.min', { '1': onDepth({ min: 1 }), '2': onDepth({ min: 2 }) }, { given: onDepth() }),
  choice('QueueDepthScalingOptions.max', { '20': onDepth({ max: 20 }), '5': onDepth({ max: 5 }) }, { given: onDepth() }),
  choice(
    'QueueDepthScalingOptions.messagesPerTask',
    { '10': onDepth({ messagesPerTask: 10 }), '50': onDepth({ messagesPerTask: 50 }) },
    { given: onDepth() },
  ),
  choice('FlaskFargateService.addTask', { on: task, 'of 1024 units': set('task', { cpu: 1024 }) }),
  option('task', 'FlaskTaskOptions', 'command', { one: ['flask', 'a'], another: ['flask', 'b'] }, { given: task }),
  option('task', 'FlaskTaskOptions', 'cpu', { '1024': 1024, '2048': 2048 }, { given: task }),
  option('task', 'FlaskTaskOptions', 'memoryLimitMiB', { '2048': 2048, '4096': 4096 }, { given: task }),
  option('task', 'FlaskTaskOptions', 'environment', { one: { TASK_A: '1' }, another: { TASK_A: '2' } }, { given: task }),
  choice(
    'FlaskTaskOptions.secrets',
    {
      one: (draft) => set('task', { secrets: { TASK_KEY: Secret.fromSecretsManager(draft.secretOf('task')) } })(draft),
      another: (draft) => set('task', { secrets: { TASK_KEY: Secret.fromSecretsManager(draft.secretOf('task2')) } })(draft),
    },
    { given: task },
  ),
  choice(
    'FlaskTask.asStepFunctionsTask',
    { on: inStateMachine({}), 'with a command': inStateMachine({ command: ['flask', 'x'] }) },
    { given: task },
  ),
  choice(
    'FlaskStepFunctionsTaskOptions.command',
    { one: inStateMachine({ command: ['flask', 'x'] }), another: inStateMachine({ command: ['flask', 'y'] }) },
    { given: inStateMachine({}) },
  ),
  choice(
    'FlaskStepFunctionsTaskOptions.environment',
    { one: inStateMachine({ environment: { A: '1' } }), another: inStateMachine({ environment: { A: '2' } }) },
    { given: inStateMachine({}) },
  ),
  choice(
    'FlaskTask.grantRun',
    {
      on: (draft) => {
        draft.actions.push((web) => {
          const shell = web.node.findChild('Shell') as ReturnType<typeof web.addTask>;
          shell.grantRun(new Role(draft.stack, 'Runner', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
        });
      },
    },
    { given: task },
  ),
  choice('FlaskFargateService.addScheduledTask', { on: schedule, 'of 1024 units': set('schedule', { cpu: 1024 }) }),
  option(
    'schedule',
    'FlaskScheduledTaskOptions',
    'schedule',
    {
      'at 4': ScheduleExpression.cron({ hour: '4', minute: '0' }),
      'each hour': ScheduleExpression.rate(Duration.hours(1)),
    },
    { given: schedule },
  ),
  option('schedule', 'FlaskScheduledTaskOptions', 'retryAttempts', { '0': 0, '9': 9 }, { given: schedule }),
  option(
    'schedule',
    'FlaskScheduledTaskOptions',
    'maxEventAge',
    { '5 min': Duration.minutes(5), '2 hours': Duration.hours(2) },
    { given: schedule },
  ),
  option(
    'schedule',
    'FlaskScheduledTaskOptions',
    'capacity',
    { 'spot()': Capacity.spot(), 'onDemand()': Capacity.onDemand() },
    { given: schedule },
  ),
  option('schedule', 'FlaskScheduledTaskOptions', 'enabled', { false: false, true: true }, { given: schedule }),
  choice('FlaskFargateService.addReleaseTask', {
    on: set('releaseTask'),
    'another command': set('releaseTask', { command: ['flask', 'seed'] }),
  }),
  option(
    'releaseTask',
    'FlaskReleaseTaskOptions',
    'timeout',
    { '5 min': Duration.minutes(5), '30 min': Duration.minutes(30) },
    { given: set('releaseTask') },
  ),
];

const sidecar = set('sidecar');
const collector = set('openTelemetry');

const SIDECARS: readonly Choice[] = [
  choice(
    'FlaskFargateService.addSidecar',
    { on: sidecar, 'another image': set('sidecar', { image: ContainerImage.fromRegistry('example.com/proxy:2') }) },
    { with: ['SidecarOptions.image'] },
  ),
  option('sidecar', 'SidecarOptions', 'command', { one: ['a'], another: ['b'] }, { given: sidecar }),
  option('sidecar', 'SidecarOptions', 'environment', { one: { A: '1' }, another: { A: '2' } }, { given: sidecar }),
  choice(
    'SidecarOptions.secrets',
    {
      one: (draft) => set('sidecar', { secrets: { KEY: Secret.fromSecretsManager(draft.secretOf('proxy')) } })(draft),
      another: (draft) => set('sidecar', { secrets: { KEY: Secret.fromSecretsManager(draft.secretOf('proxy2')) } })(draft),
    },
    { given: sidecar },
  ),
  ...(['BEFORE_APP', 'AFTER_APP', 'ANY'] as const).map((order, index, all) =>
    choice(
      `SidecarOrder.${order}`,
      {
        on: set('sidecar', { order: SidecarOrder[order] }),
        another: set('sidecar', { order: SidecarOrder[all[(index + 1) % all.length]] }),
      },
      { given: sidecar, ...(index === 0 ? { with: ['SidecarOptions.order'] } : {}) },
    ),
  ),
  option(
    'sidecar',
    'SidecarOptions',
    'healthCheck',
    { one: { command: ['CMD', 'true'] }, another: { command: ['CMD', 'false'] } },
    { given: sidecar },
  ),
  option('sidecar', 'SidecarOptions', 'essential', { true: true }, { given: sidecar }),
  option('sidecar', 'SidecarOptions', 'cpu', { '64': 64, '128': 128 }, { given: sidecar }),
  option('sidecar', 'SidecarOptions', 'memoryLimitMiB', { '64': 64, '128': 128 }, { given: sidecar }),
  option('sidecar', 'SidecarOptions', 'user', { '1000': '1000', '2000': '2000' }, { given: sidecar }),
  option('sidecar', 'SidecarOptions', 'readonlyRootFilesystem', { false: false, true: true }, { given: sidecar }),
  choice(
    'FlaskFargateService.addOpenTelemetry',
    { on: collector, 'another name': set('openTelemetry', { serviceName: 'shop' }) },
    { with: ['OpenTelemetryOptions.serviceName'] },
  ),
  option(
    'openTelemetry',
    'OpenTelemetryOptions',
    'image',
    { one: ContainerImage.fromRegistry('example.com/otel:1'), another: ContainerImage.fromRegistry('example.com/otel:2') },
    { given: collector },
  ),
  option(
    'openTelemetry',
    'OpenTelemetryOptions',
    'command',
    { one: ['--config=env:AOT_CONFIG_CONTENT'], another: ['--version'] },
    { given: collector },
  ),
  option(
    'openTelemetry',
    'OpenTelemetryOptions',
    'configuration',
    { one: 'receivers: {}', another: 'exporters: {}' },
    { given: collector },
  ),
  option('openTelemetry', 'OpenTelemetryOptions', 'memoryLimitMiB', { '256': 256, '200': 200 }, { given: collector }),
];

const files = set('fileSystem');
const database = set('database');
const cache = set('cache');
const key = set('secretKey');
const name = set('discovery', { name: 'shop' });
const namespaceOf = (draft: Draft, id: string) =>
  HttpNamespace.fromHttpNamespaceAttributes(draft.stack, `Namespace${id}`, {
    namespaceArn: draft.arn('servicediscovery', `namespace/ns-${id}`),
    namespaceId: `ns-${id}`,
    namespaceName: id,
  });

const DATA: readonly Choice[] = [
  choice(
    'FlaskFargateService.addFileSystem',
    { on: files, 'another path': set('fileSystem', { containerPath: '/data' }) },
    { with: ['FileSystemOptions.fileSystem', 'FileSystemOptions.containerPath'] },
  ),
  choice(
    'FileSystemOptions.accessPoint',
    {
      on: (draft) => set('fileSystem', { accessPoint: draft.accessPoint() })(draft),
    },
    { given: files },
  ),
  option('fileSystem', 'FileSystemOptions', 'readOnly', { true: true }, { given: files }),
  choice('FlaskFargateService.connectToDatabase', { on: database, 'with a prefix': set('database', { prefix: 'DB' }) }),
  option('database', 'DatabaseConnectionOptions', 'prefix', { one: 'ONE', another: 'TWO' }, { given: database }),
  option(
    'database',
    'DatabaseConnectionOptions',
    'scheme',
    { one: 'postgresql+psycopg', another: 'postgresql+asyncpg' },
    {
      given: set('database', { variables: DatabaseVariables.URL, databaseName: 'shop' }),
    },
  ),
  option('database', 'DatabaseConnectionOptions', 'databaseName', { one: 'shop', another: 'store' }, { given: database }),
  ...(['PARTS', 'URL'] as const).map((variables, index, all) =>
    choice(
      `DatabaseVariables.${variables}`,
      {
        on: set('database', { variables: DatabaseVariables[variables], databaseName: 'shop' }),
        another: set('database', { variables: DatabaseVariables[all[1 - index]], databaseName: 'shop' }),
      },
      { given: database, ...(index === 0 ? { with: ['DatabaseConnectionOptions.variables'] } : {}) },
    ),
  ),
  choice(
    'DatabaseConnectionOptions.secret',
    {
      one: (draft) => set('database', { secret: draft.secretOf('app') })(draft),
      another: (draft) => set('database', { secret: draft.secretOf('app2') })(draft),
    },
    { given: database },
  ),
  choice(
    'FlaskFargateService.connectToCache',
    { on: cache, 'another address': set('cache', { address: 'other.example.com' }) },
    { with: ['CacheConnectionOptions.address'] },
  ),
  option('cache', 'CacheConnectionOptions', 'port', { '6380': 6380, '6381': 6381 }, { given: cache }),
  option('cache', 'CacheConnectionOptions', 'tls', { false: false, true: true }, { given: cache }),
  option('cache', 'CacheConnectionOptions', 'prefix', { one: 'REDIS', another: 'VALKEY' }, { given: cache }),
  choice(
    'CacheConnectionOptions.password',
    {
      one: (draft) => set('cache', { password: Secret.fromSecretsManager(draft.secretOf('cache')) })(draft),
      another: (draft) => set('cache', { password: Secret.fromSecretsManager(draft.secretOf('cache2')) })(draft),
    },
    { given: cache },
  ),
  choice('FlaskFargateService.useSecretKey', { on: key, 'without rotation': set('secretKey', { rotation: false }) }),
  option('secretKey', 'FlaskSecretKeyProps', 'rotation', { true: true, false: false }, { given: key }),
  option('secretKey', 'FlaskSecretKeyProps', 'plainVariables', { false: false, true: true }, { given: key }),
  option('secretKey', 'FlaskSecretKeyProps', 'rotateEvery', { '30 days': Duration.days(30), '60 days': Duration.days(60) }, { given: key }),
  option(
    'secretKey',
    'FlaskSecretKeyProps',
    'removalPolicy',
    { DESTROY: RemovalPolicy.DESTROY, RETAIN: RemovalPolicy.RETAIN },
    { given: key },
  ),
  option(
    'secretKey',
    'FlaskSecretKeyProps',
    'stage',
    { 'development()': FlaskStage.development(), 'ephemeral()': FlaskStage.ephemeral() },
    { given: key },
  ),
  choice(
    'FlaskSecretKeyProps.encryptionKey',
    {
      given: (draft) => set('secretKey', { encryptionKey: draft.key })(draft),
    },
    { given: key },
  ),
  choice('FlaskFargateService.restartOnSecretChange', {
    one: (draft) => {
      draft.actions.push((web) => web.restartOnSecretChange(draft.secretOf('api')));
    },
    two: (draft) => {
      draft.actions.push((web) => {
        web.restartOnSecretChange(draft.secretOf('api'));
        web.restartOnSecretChange(draft.secretOf('api2'));
      });
    },
  }),
  choice('FlaskFargateService.discoverableAs', { on: name, 'another name': set('discovery', { name: 'store' }) }),
  choice('FlaskFargateService.discoverServices', { on: set('discovery'), 'discoverableAs()': name }),
  option('discovery', 'DiscoveryOptions', 'port', { '8000': 8000, '9000': 9000 }, { given: name }),
  choice(
    'DiscoveryOptions.namespace',
    {
      one: (draft) => set('discovery', { namespace: namespaceOf(draft, 'one') })(draft),
      another: (draft) => set('discovery', { namespace: namespaceOf(draft, 'two') })(draft),
    },
    { given: name },
  ),
];

const stage = (value: FlaskStage) => set('props', { stage: value });

/** Each stage to each other: the first of `values` is where the walk begins, for the stage left out is production. */
const STAGES: readonly Choice[] = [
  choice(
    'FlaskStage.development',
    { on: stage(FlaskStage.development()), 'ephemeral()': stage(FlaskStage.ephemeral()) },
    { with: ['FlaskFargateServiceProps.stage'] },
  ),
  choice('FlaskStage.ephemeral', { on: stage(FlaskStage.ephemeral()), 'development()': stage(FlaskStage.development()) }),
  choice(
    'FlaskStage.production',
    { on: stage(FlaskStage.production()), 'development()': stage(FlaskStage.development()) },
    { given: stage(FlaskStage.ephemeral()) },
  ),
];

export const PROCESS_CHOICES: readonly Choice[] = [
  ...STAGES,
  ...TASKS,
  ...SERVERS,
  ...SCALING,
  ...MONITORING,
  ...PROCESSES,
  ...SIDECARS,
  ...DATA,
];
