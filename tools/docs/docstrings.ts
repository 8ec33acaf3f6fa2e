/**
 * What an editor shows of the API, in every language: whole summaries, words at each constructor, examples at what people look up. `npx projen docs:docstrings`, after a
 * compile.
 */

import * as path from 'node:path';
import { type JsiiFeature, loadAssemblyFromPath, TypeKind } from '@jsii/spec';

interface Documented {
  readonly name: string;
  readonly docs?: { readonly summary?: string; readonly example?: string; readonly default?: string };
}

const FEATURES: JsiiFeature[] = ['intersection-types', 'class-covariant-overrides'];
const assembly = loadAssemblyFromPath(path.join(__dirname, '../..'), false, FEATURES);
const types = Object.values(assembly.types ?? {});

/** jsii makes the summary of the first sentence, and takes a semicolon for its end. */
const HALF = /[;,:]$|\b(and|or|but|with|of|the|a)$/;

const documented: Documented[] = types.flatMap((type) => {
  const properties = type.kind === TypeKind.Enum ? type.members : (type.properties ?? []);
  const methods = type.kind === TypeKind.Enum ? [] : (type.methods ?? []);
  return [
    { name: type.name, docs: type.docs },
    ...properties.map(({ name, docs }) => ({ name: `${type.name}.${name}`, docs })),
    ...methods.map(({ name, docs }) => ({ name: `${type.name}.${name}()`, docs })),
  ];
});
const constructors: Documented[] = types.flatMap((type) =>
  type.kind === TypeKind.Class && type.initializer ? [{ name: `new ${type.name}()`, docs: type.initializer.docs }] : [],
);

/** What people look up: each has an example. */
const LOOKED_UP = [
  ...documented.filter(({ name }) => /^FlaskFargateService\.(add|connect|use|restart|discover)\w*\(\)$/.test(name)),
  ...documented.filter(({ name }) => /^FlaskImage\.from\w+\(\)$|^Flask(Cache|Database|Uploads)\.[a-z]\w+\(\)$/.test(name)),
  ...documented.filter(({ name }) =>
    [
      'Capacity',
      'FlaskFargateService',
      'FlaskDeployment',
      'FlaskHealthCheck',
      'FlaskPlatform',
      'FlaskReleaseTask',
      'FlaskRepository',
      'FlaskScheduledTask',
      'FlaskSecretKey',
      'FlaskServiceAlarms',
      'FlaskServiceMetrics',
      'FlaskStage',
      'FlaskTask',
      'FlaskWorker',
      'LoadBalancing',
      'SignIn',
      'Tls',
      'WebAcl',
      'WsgiServer',
      'Egress',
      'TaskScaling',
      'WorkerScaling',
      'SharedListenerOptions',
    ].includes(name),
  ),
];

const report = (title: string, found: Documented[]) => {
  for (const { name, docs } of found) {
    console.log(`${title}: ${name}${docs?.summary ? `: ${JSON.stringify(docs.summary)}` : ''}`);
  }
  return found.length;
};
const wrong =
  report(
    'the summary is no whole sentence',
    documented.filter(({ docs }) => docs?.summary && HALF.test(docs.summary)),
  ) +
  report(
    'no word at the constructor',
    constructors.filter(({ docs }) => !docs?.summary),
  ) +
  report(
    'no summary',
    documented.filter(({ docs }) => !docs?.summary),
  ) +
  report(
    'no example',
    LOOKED_UP.filter(({ docs }) => !docs?.example),
  );
const examples = documented.filter(({ docs }) => docs?.example).length;
console.log(`${documented.length} members, ${constructors.length} constructors, ${examples} examples, ${wrong} findings`);
process.exitCode = wrong === 0 ? 0 : 1;
