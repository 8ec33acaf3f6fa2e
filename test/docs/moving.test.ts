import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { type App, Stack } from 'aws-cdk-lib/core';
import { FlaskFargateService, FlaskImage } from '../../src';
import { blocksOf, runBlock } from '../util/blocks';
import { flaskApp } from '../util/flask-app';
import { testApp } from '../util/test-stack';

/*
 * The blocks of the pages on moving, synthesized as they stand in the folder of an app. What a block declares, it is given.
 */
const APP: { readonly [file: string]: string } = {
  'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
  'requirements.txt': 'flask==3.1.3\nwerkzeug==3.1.4\n',
  Procfile: 'web: gunicorn --workers 3 --threads 2 app:app\nrelease: flask db upgrade\n',
  Dockerfile: 'FROM python:3.13-slim\nCOPY . /app\nWORKDIR /app\nCMD ["gunicorn", "app:app"]\n',
};

/** What each block makes, by page: how many of them, so that one that is lost is missed. */
const MAKES: { readonly [page: string]: readonly { readonly [type: string]: number }[] } = {
  'moving-from-copilot.md': [{ 'AWS::ECS::Service': 2, 'AWS::Scheduler::Schedule': 1, 'AWS::SQS::Queue': 2 }],
  'moving-from-app-runner.md': [{ 'AWS::ECS::Service': 1, 'Custom::FlaskReleaseTask': 1, 'AWS::Route53::RecordSetGroup': 1 }],
  'moving-from-ecs-express-mode.md': [{ 'AWS::ECS::Service': 1, 'AWS::EC2::VPC': 1 }],
  'moving-from-heroku-and-elastic-beanstalk.md': [
    { 'AWS::ECS::Service': 3, 'AWS::RDS::DBInstance': 1, 'AWS::ElastiCache::ReplicationGroup': 1, 'Custom::FlaskReleaseTask': 1 },
    { 'AWS::ECS::Service': 1, 'AWS::RDS::DBInstance': 0 },
  ],
};

const GIVEN: { readonly [name: string]: (stack: Stack) => unknown } = {
  stack: (stack) => stack,
  zone: (stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }),
  vpc: (stack) => new Vpc(stack, 'Vpc', { natGateways: 0 }),
  images: (stack) => Repository.fromRepositoryName(stack, 'Images', 'shop'),
};

const blocks = Object.entries(MAKES).flatMap(([page, makes]) => {
  const found = blocksOf(page).map(([, code]) => code);
  return Array.from({ length: Math.max(found.length, makes.length) }, (_, index) => [page, index, found[index], makes[index]] as const);
});

const before = process.cwd();
afterEach(() => process.chdir(before));

test.each(blocks)('%s, block %i', (_, __, code, makes) => {
  process.chdir(flaskApp(APP));
  const stack = new Stack(testApp(), 'Shop', { env: { account: '111122223333', region: 'us-east-1' } });
  runBlock(code, (name) => GIVEN[name](stack));
  (stack.node.root as App).synth();
  const template = Template.fromStack(stack);
  for (const [type, count] of Object.entries(makes)) {
    template.resourceCountIs(type, count);
  }
});

/** The shapes of public Procfiles of Flask apps, and what is served of each. */
const PROCFILES: readonly (readonly [line: string, served: string, file: string, source: string])[] = [
  ['web: gunicorn wsgi:app', 'wsgi:app', 'wsgi.py', 'from flask import Flask\napp = Flask(__name__)\n'],
  ['web: gunicorn -k gevent --preload --workers 8 app:app', 'app:app', 'app.py', 'from flask import Flask\napp = Flask(__name__)\n'],
  ['web: python app.py 0.0.0.0:$PORT\nweb: gunicorn app:app', 'app:app', 'app.py', 'from flask import Flask\napp = Flask(__name__)\n'],
  ['web: gunicorn project.server:app', 'project.server:app', 'project/server.py', 'from flask import Flask\napp = Flask(__name__)\n'],
  [
    'web: gunicorn app:create_app() --bind 0.0.0.0:$PORT --timeout 120',
    'app:create_app()',
    'app/__init__.py',
    'from flask import Flask\ndef create_app():\n    return Flask(__name__)\n',
  ],
  [
    `web: gunicorn "app:create_app('production')" --workers 4 --bind 0.0.0.0:$PORT`,
    'flask_image_wsgi:application',
    'app/__init__.py',
    'from flask import Flask\ndef create_app(name):\n    return Flask(__name__)\n',
  ],
];

test.each(PROCFILES)('the Procfile "%s" serves %s', (line, served, file, source) => {
  const folder = flaskApp({ Procfile: `${line}\nrelease: flask db upgrade\n`, 'requirements.txt': 'flask==3.1.3\n', [file]: source });
  const app = testApp();
  new FlaskFargateService(new Stack(app, 'Shop'), 'Web', { image: FlaskImage.fromSource(folder) });
  const { directory } = app.synth();
  const [dockerfile] = fs.readdirSync(directory, { recursive: true }).filter((name) => path.basename(`${name}`) === 'Dockerfile');
  expect(fs.readFileSync(path.join(directory, `${dockerfile}`), 'utf-8')).toContain(`CMD ["gunicorn","${served}"]`);
});
