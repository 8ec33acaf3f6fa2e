import type { FlaskDeployment } from '../deployment/flask-deployment';
import { fail } from '../private/validation';
import type { TaskScaling } from '../scaling/task-scaling';
import type { LoadBalancing } from './load-balancing';

/** What no factory of a choice can see, because it takes two choices. */
export function requireCompatible(deployment: FlaskDeployment, loadBalancing: LoadBalancing, scaling: TaskScaling): void {
  if (!deployment._shiftsTraffic) {
    return;
  }
  if (loadBalancing._kind === 'none') {
    fail('a deployment that shifts traffic needs a load balancer, and the service has none; use FlaskDeployment.rolling()');
  }
  if (scaling._scalesOnRequests) {
    fail(
      'scaling on requests per target needs a rolling deployment: with two target groups the metric counts one of them; use ScalingPolicy.cpu() or FlaskDeployment.rolling()',
    );
  }
}
