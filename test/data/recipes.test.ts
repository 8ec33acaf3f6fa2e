import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import type { App } from 'aws-cdk-lib/core';
import * as ts from 'typescript';
import { FlaskDatabase } from '../../src';
import { service, testStack, warningsOf } from '../util/test-stack';

/*
 * The blocks of the pages on data, synthesized as they stand. What a block declares, it is given.
 */
const PAGES = ['data.md', 'data-recipes.md'];
const BLOCK = /^## ([^\n]+)\n(?:(?!^## )[\s\S])*?^```ts\n([\s\S]*?)^```/gm;
/** The types a recipe has to make, at least one of them; a page that loses a block fails. */
const MAKES: { readonly [heading: string]: string } = {
  'Data and secrets': 'AWS::ElastiCache::ReplicationGroup',
  'Aurora that sleeps': 'AWS::RDS::DBCluster',
  'A proxy': 'AWS::RDS::DBProxy',
  'A replica to read from': 'AWS::RDS::DBInstance',
  'Sign-in by IAM': 'AWS::RDS::DBInstance',
  'Amazon OpenSearch': 'AWS::OpenSearchService::Domain',
  'Sessions in DynamoDB': 'AWS::DynamoDB::GlobalTable',
  'Mail by Amazon SES': 'AWS::SES::EmailIdentity',
  'Files on Amazon EFS': 'AWS::EFS::AccessPoint',
  'Jobs on Amazon SQS': 'AWS::SQS::Queue',
  'Databases of your own': 'AWS::RDS::DBInstance',
};

function blocksOf(page: string): [string, string][] {
  const text = fs.readFileSync(path.join(__dirname, '../../docs', page), 'utf-8').replace(/^# /m, '## ');
  return [...text.matchAll(BLOCK)].map(([, heading, code]) => [heading, code]);
}

const blocks = PAGES.flatMap(blocksOf).filter(([heading]) => heading in MAKES);

test('each recipe is there', () => {
  expect(blocks.map(([heading]) => heading).sort()).toEqual(Object.keys(MAKES).sort());
});

test.each(blocks)('%s', (heading, code) => {
  const stack = testStack();
  const web = service(stack);
  const given: { [name: string]: unknown } = { stack, web };
  if (/declare const database/.test(code)) {
    given.database = FlaskDatabase.postgres(web, 'Given', { version: PostgresEngineVersion.VER_17 });
    given.secret = (given.database as { secret: unknown }).secret;
  }
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const load = (name: string) => require(name === 'cdk-flask-fargate' ? '../../src' : name);
  new Function('require', 'exports', ...Object.keys(given), outputText)(load, {}, ...Object.values(given));
  (stack.node.root as App).synth();
  expect(Object.keys(Template.fromStack(stack).findResources(MAKES[heading])).length).toBeGreaterThan(0);
  expect(
    warningsOf(stack).filter(({ id }) => /cdk-flask-fargate:(otherVpc|noSecurityGroup|connectionCount|rotation|clusterMode)/.test(id)),
  ).toEqual([]);
});
