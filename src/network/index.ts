export { Egress, type VpcEndpointsOptions } from './egress';
