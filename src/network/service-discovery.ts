import { type CfnService, Cluster, type FargateService, type ICluster, type LogDriver } from 'aws-cdk-lib/aws-ecs';
import { type INamespace, NamespaceType } from 'aws-cdk-lib/aws-servicediscovery';
import { Lazy, Names, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail, requireInteger, requireKnown, requirePattern } from '../private/validation';

/** Where a service is found by others. */
export interface DiscoveryOptions {
  /**
   * The namespace of AWS Cloud Map that the services have in common. In one of your own a service with a name cannot move to another cluster in one deployment: docs/updates.md has the steps.
   *
   * @default - the default namespace of the cluster; one is made where the cluster is made in this app and has none
   */
  readonly namespace?: INamespace;

  /**
   * The port that others connect to, 1 to 65535.
   *
   * @default 80 - so that `http://NAME` is all that they need
   */
  readonly port?: number;
}

/** What a service is found by, if at all. */
export interface DiscoveryProps extends DiscoveryOptions {
  readonly name?: string;
  readonly portMappingName: string;
  readonly logDriver: LogDriver;
}

/** ECS takes one configuration, and the CDK does not tell whether there is one. */
const discovering = new WeakSet<FargateService>();

/** Says whether Service Connect is on: ECS keeps it where a template leaves it out. */
export function declareDiscovery(service: FargateService): void {
  const enabled = Lazy.uncachedAny({ produce: () => discovering.has(service) });
  (service.node.defaultChild as CfnService).addPropertyOverride('ServiceConnectConfiguration.Enabled', enabled);
}

/** A service in a namespace, and whether others find it there. */
interface Member {
  readonly service: FargateService;
  readonly namespace: string;
  readonly isNamed: boolean;
}

/** The services of an app, under its root. */
const MEMBERS = new WeakMap<IConstruct, Member[]>();

/**
 * A task resolves the names that were there when it started. So in a stack a service without a name is made, and changed, after those that have one;
 * of two that have one neither can wait for the other.
 */
function order(added: Member): void {
  const { root } = added.service.node;
  const members = MEMBERS.get(root) ?? [];
  MEMBERS.set(root, [...members, added]);
  for (const other of members) {
    const [named, client] = added.isNamed ? [added, other] : [other, added];
    const inOneStack = Stack.of(named.service) === Stack.of(client.service);
    if (named.isNamed && !client.isNamed && named.namespace === client.namespace && inOneStack) {
      // the resource alone: from the construct it would spread to what is in it
      client.service.node.defaultChild?.node.addDependency(named.service.node.defaultChild as CfnService);
    }
  }
}

/** Lets a service find others by Service Connect, and be found where it has a name. */
export function enableDiscovery(service: FargateService, cluster: ICluster, props: DiscoveryProps): void {
  if (discovering.has(service)) {
    fail('service discovery is on already; call discoverableAs() or discoverServices() once, a service with a name also finds the others');
  }
  discovering.add(service);
  const { name, port = 80, portMappingName, logDriver } = props;
  requirePattern(
    'the name for service discovery',
    name,
    /^[a-z][a-z0-9-]{0,62}$/,
    "a host name of lower-case letters, digits and hyphens, such as 'orders'",
  );
  requireKnown('the port for service discovery', port, '80');
  requireInteger('the port for service discovery', port, 1, 65_535);
  const namespace = namespaceOf(cluster, props.namespace);
  order({ service, namespace: JSON.stringify(Stack.of(service).resolve(namespace)), isNamed: name !== undefined });
  service.enableServiceConnect({
    namespace,
    services: name === undefined ? undefined : [{ portMappingName, discoveryName: name, dnsName: name, port }],
    logDriver,
  });
}

function namespaceOf(cluster: ICluster, given?: INamespace): string {
  const existing = given ?? cluster.defaultCloudMapNamespace;
  if (existing) {
    return existing.namespaceArn;
  }
  if (!Cluster.isCluster(cluster)) {
    fail(`the cluster ${cluster.clusterName} has no default namespace of Cloud Map, and is not made in this app; give namespace`);
  }
  return cluster.addDefaultCloudMapNamespace({
    // the name of a namespace must be unique in an account and region
    name: Names.uniqueResourceName(cluster, { maxLength: 60, separator: '-' }).toLowerCase(),
    type: NamespaceType.HTTP,
    useForServiceConnect: true,
  }).namespaceArn;
}
