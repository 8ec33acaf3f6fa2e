import {
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  ContainerDependencyCondition,
  type FargateTaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import { DRAIN_SECONDS, DRAIN_STOP_SECONDS } from '../application/timeout-chain';
import { DRAIN_CONTAINER_NAME } from './container-names';

/** Waits for the stop signal, and then as long as the load balancer may still send requests. */
const SCRIPT = [
  'import signal, time',
  'signal.signal(signal.SIGTERM, lambda *_: None)',
  'signal.pause()',
  `time.sleep(${DRAIN_SECONDS})`,
].join('; ');

/**
 * Holds the stop signal back from the app. ECS stops containers in the reverse order of their dependencies, so a container that depends on
 * the app is stopped first, and the app gets its signal when that one has ended.
 */
export function addDrainContainer(
  definition: FargateTaskDefinition,
  app: ContainerDefinition,
  sameAsApp: Pick<ContainerDefinitionOptions, 'image' | 'user' | 'logging' | 'readonlyRootFilesystem' | 'linuxParameters'>,
): void {
  const drain = definition.addContainer(DRAIN_CONTAINER_NAME, {
    ...sameAsApp,
    containerName: DRAIN_CONTAINER_NAME,
    essential: false,
    // an image's own ENTRYPOINT would take the words for arguments
    entryPoint: ['python', '-c'],
    command: [SCRIPT],
    stopTimeout: Duration.seconds(DRAIN_STOP_SECONDS),
  });
  drain.addContainerDependencies({ container: app, condition: ContainerDependencyCondition.START });
}
