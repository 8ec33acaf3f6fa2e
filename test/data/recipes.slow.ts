import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { type DatabaseInstance, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { type App, Stack } from 'aws-cdk-lib/core';
import { CacheUse, FlaskCache, FlaskDatabase, type FlaskFargateService } from '../../src';
import { blocksOf, runBlock } from '../util/blocks';
import { validateTemplates } from '../util/flags';
import { flaskApp } from '../util/flask-app';
import { service, testApp, warningsOf } from '../util/test-stack';

/*
 * The blocks of the pages on data, synthesized as they stand and with the CDK's validation. What a block declares, it is given.
 */
const PAGES = ['data.md', 'data-recipes.md'];
/** What each block makes, by its heading. A page that gains a block, or loses one, fails. */
const MAKES: { readonly [heading: string]: string } = {
  'Data and secrets': 'AWS::ElastiCache::ReplicationGroup',
  'What a change does to the data': 'AWS::RDS::DBInstance',
  'Databases of your own': 'AWS::RDS::DBInstance',
  'Caches of your own': 'AWS::EC2::SecurityGroupIngress',
  Secrets: 'AWS::StepFunctions::StateMachine',
  'Aurora that sleeps': 'AWS::RDS::DBCluster',
  'A proxy': 'AWS::RDS::DBProxy',
  'A replica to read from': 'AWS::RDS::DBInstance',
  'Sign-in by IAM': 'AWS::RDS::DBInstance',
  'Amazon OpenSearch': 'AWS::OpenSearchService::Domain',
  'Sessions in DynamoDB': 'AWS::DynamoDB::GlobalTable',
  'Mail by Amazon SES': 'AWS::SES::EmailIdentity',
  'Files on Amazon EFS': 'AWS::EFS::AccessPoint',
  'Jobs on Amazon SQS': 'AWS::SQS::Queue',
};

class Given {
  public readonly stack = new Stack(testApp(), 'Test', { env: { account: '111122223333', region: 'us-east-1' } });
  private readonly made = new Map<string, unknown>();
  private readonly ways: { readonly [name: string]: () => unknown } = {
    stack: () => this.stack,
    web: () => service(this.stack),
    database: () => FlaskDatabase.postgres(this.web, 'Given', { version: PostgresEngineVersion.VER_17 }),
    secret: () => (this.value('database') as DatabaseInstance).secret,
    group: () => new SecurityGroup(this.stack, 'CacheGroup', { vpc: this.web.vpc }),
    cache: (): CfnReplicationGroup => FlaskCache.valkey(this.web, 'Given', { use: CacheUse.BROKER, version: '8.2' }).replicationGroup,
  };

  public value(name: string): unknown {
    if (!this.made.has(name)) {
      this.made.set(name, this.ways[name]());
    }
    return this.made.get(name);
  }

  private get web(): FlaskFargateService {
    return this.value('web') as FlaskFargateService;
  }
}

validateTemplates();

const before = process.cwd();
afterEach(() => process.chdir(before));

const blocks = PAGES.flatMap((page) => blocksOf(page));

test('each block is known', () => {
  expect(blocks.map(([heading]) => heading).sort()).toEqual(Object.keys(MAKES).sort());
});

test.each(blocks)(
  '%s',
  (heading, code) => {
    process.chdir(
      flaskApp({ 'app/app.py': 'from flask import Flask\n\napp = Flask(__name__)\n', 'app/requirements.txt': 'flask==3.1.3\n' }),
    );
    const given = new Given();
    runBlock(code, (name) => given.value(name));
    (given.stack.node.root as App).synth();
    expect(Object.keys(Template.fromStack(given.stack).findResources(MAKES[heading])).length).toBeGreaterThan(0);
    expect(
      warningsOf(given.stack).filter(({ id }) =>
        /cdk-flask-fargate:(otherVpc|noSecurityGroup|connectionCount|rotation|clusterMode)/.test(id),
      ),
    ).toEqual([]);
  },
  60_000,
);
