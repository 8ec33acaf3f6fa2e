import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from './validation';

/**
 * The ids of the parts of a service. A logical id follows from them: to change one replaces the resources of every user. All are reserved in
 * every stage, also those of parts that this service lacks or that are made later: what is added under such an id in development would
 * fail in production.
 */
export const PART_IDS = {
  NETWORK: 'Network',
  LOGS: 'Logs',
  IMAGE: 'Image',
  TASK: 'Task',
  SECURITY_GROUP: 'SecurityGroup',
  PROCESS_SECURITY_GROUP: 'ProcessSecurityGroup',
  SERVICE: 'Service',
  FRONT_END: 'FrontEnd',
  ERROR_LINES: 'ErrorLines',
  SERVICE_EVENTS: 'ServiceEvents',
  QUERIES: 'Queries',
  ALARMS: 'Alarms',
  DASHBOARD: 'Dashboard',
  RELEASE_TASKS: 'ReleaseTasks',
  SECRET_RESTART: 'SecretRestart',
  URL: 'Url',
  SERVICE_NAME: 'ServiceName',
  CLUSTER_NAME: 'ClusterName',
  TASK_FAMILY: 'TaskFamily',
  RUN_TASK_COMMAND: 'RunTaskCommand',
  LOGS_COMMAND: 'LogsCommand',
  SHELL_COMMAND: 'ShellCommand',
  RUN_ONCE_COMMAND: 'RunOnceCommand',
  ROLLBACK_COMMAND: 'RollbackCommand',
  DASHBOARD_URL: 'DashboardUrl',
} as const;

const RESERVED_IDS: string[] = Object.values(PART_IDS);

const SERVICES = new WeakSet<Construct>();

/** Notes a service, in whose scope the ids of its parts are reserved. */
export function reservePartIds(service: Construct): void {
  SERVICES.add(service);
}

/** The id of a construct of ours, which may stand in the scope of a service beside its parts. */
export function freeId(scope: Construct, id: string): string {
  if (SERVICES.has(scope) && (RESERVED_IDS.includes(id) || scope.node.tryFindChild(id))) {
    fail(`the id '${id}' is taken by a part of the service or by something that was added before; use another, '${id}1', for example`);
  }
  return id;
}

/** The ids of what the services of a stack share. It stands at the stack and in none of them, so that any of them can go. */
export const STACK_IDS = {
  NETWORK: 'FlaskNetwork',
  RELEASE_TASKS: 'FlaskReleaseTasks',
  RESTARTS: 'FlaskRestarts',
  /** With the service of another stack behind it, whose processes here are watched. */
  EVENTS: 'FlaskEvents-',
  /** With the name of the platform behind it. */
  PLATFORM: 'FlaskPlatform-',
} as const;

/** What the services of a stack share, made with the first that asks for it. */
export function onceInStack<T extends Construct>(
  scope: Construct,
  id: string,
  kind: { readonly prototype: T; [Symbol.hasInstance](value: unknown): boolean },
  make: (stack: Stack, id: string) => T,
): T {
  const stack = Stack.of(scope);
  const existing = stack.node.tryFindChild(id);
  if (existing && !(existing instanceof kind)) {
    fail(
      `the id '${id}' in the stack ${stack.node.path} is needed for what its Flask services share, and is taken; give your construct another id`,
    );
  }
  return (existing as T | undefined) ?? make(stack, id);
}
