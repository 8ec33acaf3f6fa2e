import type { EngineName } from './options';

/** What tasks run as. */
export interface Engine {
  readonly name: EngineName;
  /** Requirements file of the emulator's Python environment. */
  readonly requirements: string;
  /** Environment of the emulator. */
  readonly emulatorEnvironment: NodeJS.ProcessEnv;
  /** Environment of the cdk CLI, above all the command that it builds and pushes images with. */
  readonly cdkEnvironment: NodeJS.ProcessEnv;
  /** Limits of containers that this machine does not let it keep, with the reason. */
  readonly recordedOnly: readonly string[];
  /** Make ready, once the emulator's Python and address are known; a missing engine is a DemoFailure. */
  prepare(python: string, endpoint: URL): Promise<void>;
  /** Let a task's app die as in a crash: SIGKILL, which ECS learns of only by its absence. */
  crash(taskArn: string, runtimeId: string): Promise<void>;
  /** Tasks that run, whatever ECS says of them. */
  running(): Promise<string[]>;
  /** End what is left of the tasks. */
  cleanUp(): Promise<void>;
}
