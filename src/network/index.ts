export { Egress, type VpcEndpointsOptions } from './egress';
export type { DiscoveryOptions } from './service-discovery';
