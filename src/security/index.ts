export type { HardeningOptions } from './task-hardening';
export { type ManagedRulesOptions, WebAcl, type WebAclOptions } from './web-acl';
