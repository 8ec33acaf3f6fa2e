import { fail } from '../private/validation';
import type { IFlaskService } from '../processes/flask-service';

/** Amazon RDS takes subnets of two zones or more, with one instance too, and a standby of ElastiCache stands in another zone. */
export function requireZones(what: string, web: IFlaskService): void {
  const { availabilityZones } = web.vpc.selectSubnets(web.dataSubnets);
  const zones = new Set(availabilityZones);
  if (zones.size < 2) {
    fail(
      `${what} needs subnets in two zones, got ${zones.size} with the data subnets of ${web.vpc.node.path}; give the service a VPC with maxAzs of 2 or more`,
    );
  }
}
