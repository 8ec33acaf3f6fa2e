import type { Rule } from '../rule';
import { DATA_REPLACED } from './data';
import { PERMISSION_LOST } from './permissions';
import { ADDRESS_CHANGES, NO_TARGETS, WEIGHTS_RESET } from './requests';
import { INGRESS_LOST, WAY_OUT_LOST } from './ways';

/** What AWS does, and requests, data or an address are lost by it. */
export const INTERRUPTIONS: readonly Rule[] = [
  NO_TARGETS,
  WEIGHTS_RESET,
  ADDRESS_CHANGES,
  INGRESS_LOST,
  WAY_OUT_LOST,
  DATA_REPLACED,
  PERMISSION_LOST,
];
