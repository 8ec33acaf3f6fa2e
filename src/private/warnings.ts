import { Annotations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { inUsersLanguage } from './language';

/** The ids of the advice that this library gives: what `Annotations.of(scope).acknowledgeWarning(id)` takes. */
export const WARNINGS = {
  PLAIN_HTTP: 'cdk-flask-fargate:plainHttp',
  NO_ACCESS_LOGS: 'cdk-flask-fargate:noAccessLogs',
  HIDDEN_ROUTE: 'cdk-flask-fargate:hiddenRoute',
  LISTENER_OPEN_EGRESS: 'cdk-flask-fargate:listenerOpenEgress',
  QUOTA: 'cdk-flask-fargate:quota',
  MUTABLE_TAG: 'cdk-flask-fargate:mutableTag',
  TAG_OR_DIGEST: 'cdk-flask-fargate:tagOrDigest',
  UNPINNED_DEPENDENCIES: 'cdk-flask-fargate:unpinnedDependencies',
  UNMENDED_PYTHON: 'cdk-flask-fargate:unmendedPython',
  FLASK_NOT_REQUIRED: 'cdk-flask-fargate:flaskNotRequired',
  GUNICORN_CONFIG: 'cdk-flask-fargate:gunicornConfig',
  NATIVE_PACKAGES: 'cdk-flask-fargate:nativePackages',
  COMMAND_OF_IMAGE: 'cdk-flask-fargate:commandOfImage',
  LFS_POINTERS: 'cdk-flask-fargate:lfsPointers',
  EMPTY_REPOSITORY: 'cdk-flask-fargate:emptyRepository',
  OTHER_VPC: 'cdk-flask-fargate:otherVpc',
  CONNECTION_COUNT: 'cdk-flask-fargate:connectionCount',
  CLUSTER_MODE: 'cdk-flask-fargate:clusterMode',
  GRANT_WITHOUT_EGRESS: 'cdk-flask-fargate:grantWithoutEgress',
  ROTATION_WITHOUT_EGRESS: 'cdk-flask-fargate:rotationWithoutEgress',
  ROTATION_OF_TWO_USERS: 'cdk-flask-fargate:rotationOfTwoUsers',
  ROTATION_BEFORE_RESTART: 'cdk-flask-fargate:rotationBeforeRestart',
  RESTART_FROM_ELSEWHERE: 'cdk-flask-fargate:restartFromElsewhere',
  ROTATION_WITHOUT_RESTART: 'cdk-flask-fargate:rotationWithoutRestart',
  NO_SECURITY_GROUP: 'cdk-flask-fargate:noSecurityGroup',
  SECRET_KEY_NOT_READ: 'cdk-flask-fargate:secretKeyNotRead',
  SECRET_KEY_STAYS: 'cdk-flask-fargate:secretKeyStays',
  PUBLIC_IMAGE: 'cdk-flask-fargate:publicImage',
  PLAIN_SECRET: 'cdk-flask-fargate:plainSecret',
  SECRET_WITHOUT_SUFFIX: 'cdk-flask-fargate:secretWithoutSuffix',
  TRUTHY_TEXT: 'cdk-flask-fargate:truthyText',
  ENDPOINTS_OF_GIVEN_VPC: 'cdk-flask-fargate:endpointsOfGivenVpc',
  SPOT_ON_GIVEN_CLUSTER: 'cdk-flask-fargate:spotOnGivenCluster',
  SPOT_WITHOUT_TASKS: 'cdk-flask-fargate:spotWithoutTasks',
  NEWER_TASK_SIZE: 'cdk-flask-fargate:newerTaskSize',
  SPOT_DEREGISTRATION: 'cdk-flask-fargate:spotDeregistration',
  WORKERS_AND_MEMORY: 'cdk-flask-fargate:workersAndMemory',
  ARCHITECTURE_OF_GIVEN_IMAGE: 'cdk-flask-fargate:architectureOfGivenImage',
  JOBS_LONGER_THAN_STOP_TIMEOUT: 'cdk-flask-fargate:jobsLongerThanStopTimeout',
  JOBS_LONGER_THAN_VISIBILITY_TIMEOUT: 'cdk-flask-fargate:jobsLongerThanVisibilityTimeout',
  CLIENT_ADDRESS: 'cdk-flask-fargate:clientAddress',
  CLIENT_SCHEME: 'cdk-flask-fargate:clientScheme',
  SOCKET_IO_WORKERS: 'cdk-flask-fargate:socketIoWorkers',
  HOST_WITHOUT_CERTIFICATE: 'cdk-flask-fargate:hostWithoutCertificate',
  LISTENER_KEEPS_HEADERS: 'cdk-flask-fargate:listenerKeepsHeaders',
  READ_ONLY_COMMAND: 'cdk-flask-fargate:readOnlyCommand',
  ALARMS_TELL_NOBODY: 'cdk-flask-fargate:alarmsTellNobody',
} as const;

/** The ids of what is only said. */
export const INFOS = {
  DISCOVERY_OF_TASKS: 'cdk-flask-fargate:discoveryOfTasks',
  SOURCE: 'cdk-flask-fargate:source',
} as const;

/** Advice: the synthesis goes on, and the user can acknowledge it. */
export function warn(scope: IConstruct, id: (typeof WARNINGS)[keyof typeof WARNINGS], message: string): void {
  Annotations.of(scope).addWarningV2(id, inUsersLanguage(message));
}

/** What was found or decided, in the output of the synthesis. */
export function inform(scope: IConstruct, id: (typeof INFOS)[keyof typeof INFOS], message: string): void {
  Annotations.of(scope).addInfoV2(id, inUsersLanguage(message));
}
