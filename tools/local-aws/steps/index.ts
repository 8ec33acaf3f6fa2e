import type { Options } from '../options';
import { destroy, leftovers } from './clean-up';
import { bootstrap, deploy, startEmulator, synthesize } from './deploy';
import { healing } from './healing';
import { cluster, image, service, taskDefinition } from './resources';
import { runTask } from './run-task';
import type { Step } from './step';
import { logs, requests } from './traffic';

/** The demo from first to last, in the order of the guide. The end-to-end test asserts the facts of the same steps. */
export function stepsFor({ keep }: Pick<Options, 'keep'>): Step[] {
  const walk = [startEmulator, synthesize, bootstrap, deploy, image, cluster, taskDefinition, service, requests, logs, runTask, healing];
  return keep ? walk : [...walk, destroy, leftovers];
}
