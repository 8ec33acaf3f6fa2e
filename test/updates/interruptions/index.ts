import type { Rule } from '../rule';
import { DATA_REPLACED, DATABASE_RESTARTS } from './data';
import { PERMISSION_LOST } from './permissions';
import { ADDRESS_CHANGES, NO_RULE, NO_TARGETS, WEIGHTS_RESET } from './requests';
import { INGRESS_LOST, WAY_OUT_LOST } from './ways';

/** What AWS does, and requests, data or an address are lost by it. */
export const INTERRUPTIONS: readonly Rule[] = [
  NO_TARGETS,
  NO_RULE,
  WEIGHTS_RESET,
  ADDRESS_CHANGES,
  INGRESS_LOST,
  WAY_OUT_LOST,
  DATA_REPLACED,
  DATABASE_RESTARTS,
  PERMISSION_LOST,
];
