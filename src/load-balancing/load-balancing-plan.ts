import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { BalancerTimeouts } from '../application/timeout-chain';
import type { LoadBalancingOptions, SharedListenerOptions, TargetOptions } from './load-balancing';

/**
 * What a choice of load balancing says to the other parts.
 *
 * @internal
 */
export interface LoadBalancingPlan {
  /** Set for a load balancer of the service's own. */
  readonly own?: LoadBalancingOptions & { readonly internetFacing: boolean };
  /** Set for a rule on a listener that exists. */
  readonly shared?: SharedListenerOptions & { readonly listener: IApplicationListener };
  /** How requests are sent to the tasks; undefined where nothing connects to them. */
  readonly target?: TargetOptions;
  /** Whether clients speak HTTPS, as far as it is known. */
  readonly https: boolean;
  readonly timeouts: BalancerTimeouts;
}
