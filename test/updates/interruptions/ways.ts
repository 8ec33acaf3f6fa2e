import type { Moment, Rule } from '../rule';
import { securityGroupsOf, subnetsOf } from '../rules/network';
import { loadBalancerOf, sendersTo, targetGroupsOf } from '../rules/target-groups';
import { at, identityOf, listOf, type Properties } from '../template';
import type { Physical, World } from '../world';

const SERVICE = 'AWS::ECS::Service';

/** A property of a service that holds in one state of the account. */
type Holds = (world: World, service: Physical) => boolean;

/** The services for which something held when the update began, and holds no more after the step. */
function lost({ step, before, after, start }: Moment, holds: Holds, concerns: (service: Physical) => boolean): Physical[] {
  if (step.phase !== 'update' && step.phase !== 'clean-up') {
    return [];
  }
  return start
    .all(SERVICE)
    .filter((service) => concerns(service) && holds(start, service))
    .flatMap(({ logicalId }) => {
      const [was, is] = [before.of(logicalId), after.of(logicalId)];
      return is && concerns(is) && !holds(after, is) && was && holds(before, was) ? [is] : [];
    });
}

function covers(permission: Properties, port: unknown): boolean {
  return `${permission.IpProtocol}` === '-1' || (Number(permission.FromPort) <= Number(port) && Number(port) <= Number(permission.ToPort));
}

/** Whether the load balancer's group may connect to the tasks on the port of the container. */
function isReachable(world: World, service: Physical): boolean {
  const groups = securityGroupsOf(service);
  return listOf(service.properties.LoadBalancers).every(({ ContainerPort }) => {
    const balancers = targetGroupsOf(service)
      .flatMap((group) => sendersTo(world, group))
      .map((sender) => world.get(loadBalancerOf(world, sender)));
    const ours = balancers.filter((balancer) => balancer !== undefined);
    if (ours.length < balancers.length || groups.some((group) => !world.get(group))) {
      return true; // what is of another stack is not known here
    }
    const sources = ours.flatMap(securityGroupsOf);
    const ingress = [
      ...groups.flatMap((group) => listOf(world.get(group)?.properties.SecurityGroupIngress)),
      ...world
        .all('AWS::EC2::SecurityGroupIngress')
        .flatMap(({ properties }) => (groups.includes(identityOf(properties.GroupId)) ? [properties] : [])),
    ].some(({ SourceSecurityGroupId, ...permission }) => {
      const fits = SourceSecurityGroupId === undefined || sources.includes(identityOf(SourceSecurityGroupId));
      return fits && covers(permission, ContainerPort);
    });
    const egress = [
      ...sources.flatMap((group) => listOf(world.get(group)?.properties.SecurityGroupEgress)),
      ...world
        .all('AWS::EC2::SecurityGroupEgress')
        .flatMap(({ properties }) => (sources.includes(identityOf(properties.GroupId)) ? [properties] : [])),
    ].some(({ DestinationSecurityGroupId, ...permission }) => {
      const fits = DestinationSecurityGroupId === undefined || groups.includes(identityOf(DestinationSecurityGroupId));
      return fits && covers(permission, ContainerPort);
    });
    return ours.length === 0 || (ingress && egress);
  });
}

export const INGRESS_LOST: Rule = {
  name: 'the load balancer may not connect',
  kind: 'interrupted',
  says: 'HTTP 504: Gateway timeout. The load balancer failed to establish a connection to the target: the security group of the target must allow traffic from the load balancer.',
  sources: ['https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html'],
  faults: (moment) =>
    lost(moment, isReachable, ({ wanted }) => listOf(wanted.LoadBalancers).length > 0).map(
      ({ id }) => `after this step nothing lets the load balancer connect to ${id}`,
    ),
};

/** Whether tasks that start now find a way to the registry and the logs. */
function hasWayOut(world: World, service: Physical): boolean {
  const publicIp = at(service.properties, 'NetworkConfiguration', 'AwsvpcConfiguration', 'AssignPublicIp') === 'ENABLED';
  return subnetsOf(service).every((subnet) => {
    const vpc = world.get(subnet)?.properties.VpcId;
    if (vpc === undefined) {
      return true; // a subnet of another stack
    }
    const tables = world
      .all('AWS::EC2::SubnetRouteTableAssociation')
      .filter(({ properties }) => identityOf(properties.SubnetId) === subnet)
      .map(({ properties }) => identityOf(properties.RouteTableId));
    const routes = world.all('AWS::EC2::Route').filter(({ properties }) => tables.includes(identityOf(properties.RouteTableId)));
    const internet = routes.some(
      ({ properties }) =>
        properties.DestinationCidrBlock === '0.0.0.0/0' &&
        (properties.NatGatewayId !== undefined || (properties.GatewayId !== undefined && publicIp)),
    );
    const endpoints = world
      .all('AWS::EC2::VPCEndpoint')
      .filter(({ properties }) => identityOf(properties.VpcId) === identityOf(vpc))
      .map(({ properties }) => JSON.stringify(properties.ServiceName));
    return internet || ['ecr.api', 'ecr.dkr', 'logs'].every((name) => endpoints.some((endpoint) => endpoint.includes(`.${name}`)));
  });
}

export const WAY_OUT_LOST: Rule = {
  name: 'the tasks have no way out',
  kind: 'interrupted',
  says: 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed',
  sources: ['https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html'],
  faults: (moment) =>
    lost(moment, hasWayOut, ({ properties }) => properties.DesiredCount !== 0).map(
      ({ id }) => `after this step the tasks of ${id} reach neither the registry nor the log`,
    ),
};
