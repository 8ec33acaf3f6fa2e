export type { HardeningOptions } from './task-hardening';
