export { LoadBalancing, type LoadBalancingOptions } from './load-balancing';
