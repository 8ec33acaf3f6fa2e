import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { HttpNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { Stack } from 'aws-cdk-lib/core';
import type { FlaskFargateService } from '../../src';
import { expectError, only, service, testStack } from '../util/test-stack';

const connectOf = (template: Template, ids?: RegExp) => only(template, 'AWS::ECS::Service', ids).Properties.ServiceConnectConfiguration;

test('a service is found by its name', () => {
  const stack = testStack();
  const web = service(stack);
  web.discoverableAs('orders');
  const template = Template.fromStack(stack);
  const namespace = only(template, 'AWS::ServiceDiscovery::HttpNamespace');
  expect(connectOf(template)).toEqual({
    Enabled: true,
    Namespace: { 'Fn::GetAtt': [namespace.id, 'Arn'] },
    Services: [{ PortName: 'http', DiscoveryName: 'orders', ClientAliases: [{ DnsName: 'orders', Port: 80 }] }],
    LogConfiguration: {
      LogDriver: 'awslogs',
      Options: expect.objectContaining({
        'awslogs-group': stack.resolve(web.logGroup.logGroupName),
        'awslogs-stream-prefix': 'service-connect',
      }),
    },
  });
  expect(namespace.Properties.Name).toMatch(/^test-flasknetwork-cluster-[0-9a-f]+$/);
});

test('takes a namespace and a port', () => {
  const stack = testStack();
  const namespace = new HttpNamespace(stack, 'Namespace', { name: 'shop' });
  service(stack).discoverableAs('orders', { namespace, port: 8080 });
  const template = Template.fromStack(stack);
  expect(only(template, 'AWS::ServiceDiscovery::HttpNamespace').id).toMatch(/^Namespace/);
  expect(connectOf(template)).toMatchObject({
    Namespace: stack.resolve(namespace.namespaceArn),
    Services: [{ ClientAliases: [{ DnsName: 'orders', Port: 8080 }] }],
  });
});

test('a service can find others without a name of its own', () => {
  const stack = testStack();
  service(stack).discoverServices();
  const connect = connectOf(Template.fromStack(stack));
  expect(connect).toMatchObject({ Enabled: true });
  expect(connect).not.toHaveProperty('Services');
});

test('two services of one cluster share its namespace', () => {
  const stack = testStack();
  const orders = service(stack, {}, 'Orders');
  const shop = service(stack, { cluster: orders.cluster }, 'Shop');
  orders.discoverableAs('orders');
  shop.discoverServices();
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ServiceDiscovery::HttpNamespace', 1);
  expect(connectOf(template, /^Orders/)).toMatchObject({ Namespace: (connectOf(template, /^Shop/) as { Namespace: object }).Namespace });
});

test('the others are let in', () => {
  const stack = testStack();
  const orders = service(stack, {}, 'Orders');
  const shop = service(stack, { cluster: orders.cluster }, 'Shop');
  orders.discoverableAs('orders');
  orders.connections.allowDefaultPortFrom(shop);
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    GroupId: stack.resolve(orders.connections.securityGroups[0].securityGroupId),
    SourceSecurityGroupId: stack.resolve(shop.connections.securityGroups[0].securityGroupId),
    FromPort: 3000,
  });
});

test('a cluster that exists needs a namespace', () => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
  const web = service(stack, { cluster });
  expectError(
    () => web.discoverableAs('orders'),
    'the cluster shared has no default namespace of Cloud Map, and is not made in this app; give namespace',
  );
});

test('a cluster that exists may have a default namespace', () => {
  const stack = testStack();
  const namespace = HttpNamespace.fromHttpNamespaceAttributes(stack, 'Namespace', {
    namespaceId: 'ns-1',
    namespaceArn: 'arn:aws:servicediscovery:eu-central-1:123456789012:namespace/ns-1',
    namespaceName: 'shop',
  });
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc, defaultCloudMapNamespace: namespace });
  service(stack, { cluster }).discoverServices();
  expect(connectOf(Template.fromStack(stack))).toMatchObject({ Namespace: namespace.namespaceArn });
});

test('a namespace that is given can be had after one that is missing', () => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc });
  const web = service(stack, { cluster });
  web.discoverServices({ namespace: new HttpNamespace(stack, 'Namespace', { name: 'shop' }) });
  expect(connectOf(Template.fromStack(stack))).toMatchObject({ Enabled: true });
});

test.each(['', 'Orders', '1orders', '-orders', 'or_ders', 'orders.shop', 'a'.repeat(64)])('the name %p is refused', (name) => {
  expectError(
    () => service(testStack()).discoverableAs(name),
    `the name for service discovery must be a host name of lower-case letters, digits and hyphens, such as 'orders', got '${name}'`,
  );
});

test.each(['o', 'orders-2', 'a'.repeat(63)])('the name %p is taken', (name) => {
  expect(() => service(testStack()).discoverableAs(name)).not.toThrow();
});

test.each([0, 65_536])('the port %i is refused', (port) => {
  expectError(
    () => service(testStack()).discoverableAs('orders', { port }),
    `the port for service discovery must be a whole number from 1 to 65535, got ${port}`,
  );
});

test.each([1, 65_535])('the port %i is taken', (port) => {
  expect(() => service(testStack()).discoverableAs('orders', { port })).not.toThrow();
});

test.each([
  ['twice a name', 'discoverableAs', 'discoverableAs'],
  ['a name and then none', 'discoverableAs', 'discoverServices'],
  ['none and then a name', 'discoverServices', 'discoverableAs'],
])('is asked for once: %s', (_, first, second) => {
  const web = service(testStack());
  const call = (method: string) => (method === 'discoverableAs' ? web.discoverableAs('orders') : web.discoverServices());
  call(first);
  expectError(
    () => call(second),
    'service discovery is on already; call discoverableAs() or discoverServices() once, a service with a name also finds the others',
  );
});

describe('who is made after whom', () => {
  const dependenciesOf = (template: Template, ids: RegExp) => {
    const services = Object.keys(template.findResources('AWS::ECS::Service'));
    return ([only(template, 'AWS::ECS::Service', ids).DependsOn ?? []].flat() as string[]).filter((id) => services.includes(id));
  };
  const three = (calls: (orders: FlaskFargateService, shop: FlaskFargateService) => void) => {
    const stack = testStack();
    const orders = service(stack, {}, 'Orders');
    const shop = service(stack, { cluster: orders.cluster }, 'Shop');
    calls(orders, shop);
    return Template.fromStack(stack);
  };

  test.each<[string, (orders: FlaskFargateService, shop: FlaskFargateService) => void]>([
    ['a name first', (orders, shop) => [orders.discoverableAs('orders'), shop.discoverServices()]],
    ['a name later', (orders, shop) => [shop.discoverServices(), orders.discoverableAs('orders')]],
  ])('who finds others comes after those that have a name: %s', (_, calls) => {
    const template = three(calls);
    expect(dependenciesOf(template, /^Shop/)).toEqual([only(template, 'AWS::ECS::Service', /^Orders/).id]);
    expect(dependenciesOf(template, /^Orders/)).toEqual([]);
  });

  test('two with names wait for neither', () => {
    const template = three((orders, shop) => [orders.discoverableAs('orders'), shop.discoverableAs('shop')]);
    expect(dependenciesOf(template, /^Shop/)).toEqual([]);
    expect(dependenciesOf(template, /^Orders/)).toEqual([]);
  });

  test('nor does one of another namespace', () => {
    const template = three((orders, shop) => {
      orders.discoverableAs('orders');
      shop.discoverServices({ namespace: new HttpNamespace(Stack.of(shop), 'Namespace', { name: 'other' }) });
    });
    expect(dependenciesOf(template, /^Shop/)).toEqual([]);
  });

  test.each([
    ['before', true],
    ['after', false],
  ])('workers that are added %s find others too, have no name, and come after those that have', (_, before) => {
    const stack = testStack();
    const web = service(stack);
    const addWorker = () => web.addWorker('Mail', { command: ['python', 'mail.py'] });
    if (before) {
      addWorker();
    }
    web.discoverableAs('shop');
    if (!before) {
      addWorker();
    }
    const template = Template.fromStack(stack);
    const connect = connectOf(template, /^WebMail/) as { readonly [key: string]: unknown };
    expect(connect).toMatchObject({ Enabled: true, Namespace: (connectOf(template, /^WebService/) as { Namespace: object }).Namespace });
    expect(connect).not.toHaveProperty('Services');
    expect(dependenciesOf(template, /^WebMail/)).toEqual([only(template, 'AWS::ECS::Service', /^WebService/).id]);
  });

  test('of tasks, which cannot, it is said', () => {
    const stack = testStack();
    const web = service(stack);
    web.addTask('Before', { command: ['true'] });
    const infos = () =>
      Annotations.fromStack(stack)
        .findInfo('*', Match.stringLikeRegexp('names of service discovery'))
        .map(({ id, entry }) => [id, entry.data]);
    expect(infos()).toEqual([]);
    web.discoverServices();
    web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    const said = (path: string) =>
      `the names of service discovery do not resolve in the task ${path}: Amazon ECS Service Connect is for services only; call other services by their load balancer, or do that work in a worker [ack: cdk-flask-fargate:discoveryOfTasks]`;
    expect(infos()).toEqual([
      ['/Test/Web/Before', said('Test/Web/Before')],
      ['/Test/Web/Migrate', said('Test/Web/Migrate')],
    ]);
  });
});
