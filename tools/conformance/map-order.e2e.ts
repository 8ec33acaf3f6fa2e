/**
 * Maps reach the package in another order from each language (Go sorts them, Java has another order in each run), and the template is the
 * same. Every map of the compiled API is tried: `npx projen conformance:map-order`, after a compile.
 */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test } from 'node:test';
import { type Assembly, isClassOrInterfaceType, loadAssemblyFromPath, type TypeReference } from '@jsii/spec';
import { App, DockerBuildSecret, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage, Secret } from 'aws-cdk-lib/aws-ecs';
import { Secret as StoredSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { FlaskFargateService, FlaskImage, WsgiServer } from 'cdk-flask-fargate';
import { EXAMPLES, ROOT } from './layout';

const SAMPLE_APP = path.join(EXAMPLES, 'sample-app');
process.env.CDK_VALIDATION = 'false';

type Order = <T>(entries: T[]) => T[];
const ORDERS: Readonly<Record<string, Order>> = {
  'from the last': (entries) => [...entries].reverse(),
  'from the middle': (entries) => [...entries.slice(2), ...entries.slice(0, 2)],
  'odd ones first': (entries) => [...entries.filter((_, index) => index % 2), ...entries.filter((_, index) => index % 2 === 0)],
};

/** A template that has every map, and the names of those maps. */
function synthesized(order: Order): { readonly template: string; readonly tried: string[] } {
  const tried: string[] = [];
  const map = <T>(name: string, value: (key: string) => T) => {
    if (name.includes('.')) {
      tried.push(name);
    }
    const prefix = name.replace(/\W/g, '_').toUpperCase();
    const keys = ['D', 'B', 'A', 'C', '10', '9'].map((key) => `${prefix}_${key}`);
    return Object.fromEntries(order(keys.map((key) => [key, value(key)] as const)));
  };
  const text = (key: string) => key.toLowerCase();
  const stack = new Stack(new App({ analyticsReporting: false }), 'Maps');
  const stored = new StoredSecret(stack, 'Secret');
  const secret = (key: string) => Secret.fromSecretsManager(stored, key);

  const web = new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromSource(SAMPLE_APP, {
      wsgiApp: 'app:create_app()',
      buildArgs: map('FlaskBuildOptions.buildArgs', text),
      buildSecrets: map('FlaskBuildOptions.buildSecrets', (key) => DockerBuildSecret.fromSrc(`/run/${key}`)),
    }),
    environment: map('FlaskFargateServiceProps.environment', text),
    secrets: map('FlaskFargateServiceProps.secrets', secret),
    server: WsgiServer.custom({ command: ['./serve'], environment: map('CustomWsgiServerOptions.environment', text) }),
  });
  web.addSidecar('Proxy', {
    image: ContainerImage.fromRegistry('example.com/proxy:1'),
    environment: map('SidecarOptions.environment', text),
    secrets: map('SidecarOptions.secrets', secret),
  });
  const task = web.addTask('Report', {
    command: ['flask', 'report'],
    environment: map('FlaskTaskOptions.environment', text),
    secrets: map('FlaskTaskOptions.secrets', secret),
  });
  const state = task.asStepFunctionsTask(stack, 'Run', { environment: map('FlaskStepFunctionsTaskOptions.environment', text) });
  new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(state) });
  new FlaskFargateService(stack, 'FromDockerfile', {
    image: FlaskImage.fromDockerfile(SAMPLE_APP, { buildArgs: map('a Dockerfile too', text) }),
  });
  web.addEnvironment(map('FlaskFargateService.addEnvironment.environment', text));
  web.addSecrets(map('FlaskFargateService.addSecrets.secrets', secret));
  return { template: JSON.stringify(Template.fromStack(stack).toJSON(), undefined, 1), tried: tried.sort() };
}

/** The members and parameters of the package that are maps. */
function mapsIn(assembly: Assembly): string[] {
  const isMap = (type: TypeReference | undefined) => type !== undefined && 'collection' in type && type.collection.kind === 'map';
  return Object.values(assembly.types ?? {}).flatMap((type) => {
    if (!isClassOrInterfaceType(type)) {
      return [];
    }
    const callables = [
      ...(type.methods ?? []),
      ...('initializer' in type && type.initializer ? [{ name: 'new', ...type.initializer }] : []),
    ];
    const parameters = callables.flatMap(({ name, parameters }) =>
      (parameters ?? []).map((each) => ({ name: `${name}.${each.name}`, type: each.type })),
    );
    return [...(type.properties ?? []), ...parameters].filter((each) => isMap(each.type)).map(({ name }) => `${type.name}.${name}`);
  });
}

const asWritten = synthesized((entries) => entries);

test('every map of the API is tried', () => {
  assert.deepEqual(asWritten.tried, mapsIn(loadAssemblyFromPath(ROOT, false, ['intersection-types', 'class-covariant-overrides'])).sort());
});

for (const [name, order] of Object.entries(ORDERS)) {
  test(`the same template with all maps ${name}`, () => assert.equal(synthesized(order).template, asWritten.template));
}
