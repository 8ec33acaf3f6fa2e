import { DATA_CASES } from './data';
import { ECS_CASES } from './ecs';
import { INTERRUPTION_CASES } from './interruptions';
import { BALANCER_CASES } from './load-balancers';
import { NETWORK_CASES } from './network';
import type { RuleCase } from './parts';
import { QUOTA_CASES } from './quotas';
import { UNIQUE_CASES } from './unique';

export type { RuleCase } from './parts';

export const EVERY_RULE_CASES: readonly RuleCase[] = [
  ...UNIQUE_CASES,
  ...BALANCER_CASES,
  ...ECS_CASES,
  ...NETWORK_CASES,
  ...DATA_CASES,
  ...INTERRUPTION_CASES,
  ...QUOTA_CASES,
];
