import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Token } from 'aws-cdk-lib/core';
import { StackNetwork } from '../network/stack-network';
import { fail } from '../private/validation';

/** What a load balancer of the service's own needs of a VPC. The CDK's message would name nothing that the user wrote. */
export function requireBalancedVpc(
  vpc: IVpc,
  options: { readonly internetFacing: boolean; readonly dualStack?: boolean },
  notPublic: string,
): void {
  const { internetFacing, dualStack } = options;
  if (dualStack && StackNetwork.owning(vpc)) {
    fail(
      'dualStack needs subnets with IPv6 addresses, which the VPC of the stack does not have; give a vpc whose ipProtocol is IpProtocol.DUAL_STACK, or leave dualStack out',
    );
  }
  const subnets = internetFacing ? vpc.publicSubnets : [...vpc.privateSubnets, ...vpc.isolatedSubnets];
  const kind = internetFacing ? 'public' : 'private or isolated';
  if (!internetFacing && subnets.length === 0 && vpc.publicSubnets.length > 0) {
    return; // an internal one may stand in public subnets where there are no others
  }
  const remedy = internetFacing ? `${notPublic}, or give a vpc that has them` : 'give a vpc that has them';
  if (subnets.length === 0) {
    fail(`the load balancer needs ${kind} subnets in two zones, got a VPC without any: ${vpc.node.path}; ${remedy}`);
  }
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  if (zones.size < 2 && ![...zones].some((zone) => Token.isUnresolved(zone))) {
    fail(`the load balancer needs ${kind} subnets in two zones, got ${[...zones].join(', ')} alone in ${vpc.node.path}; ${remedy}`);
  }
}

/** The addresses of the VPC, where they are known. */
export function vpcCidrOf(vpc: IVpc, option: 'allowFrom' | 'testAllowFrom' | undefined): string {
  try {
    return vpc.vpcCidrBlock;
  } catch {
    return fail(
      `the addresses of the VPC ${vpc.node.path} are not known, so the default cannot let anybody in; import it with vpcCidrBlock${option ? `, or set ${option}` : ''}`,
    );
  }
}
