import { Template } from 'aws-cdk-lib/assertions';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { containersOf, environmentOf, expectError, service, testStack, warningIds } from '../util/test-stack';

/*
 * Variables of what is made after the service: a bucket, a search domain. Every process has them, whenever it is added.
 */
function withProcesses() {
  const stack = testStack();
  const web = service(stack, { environment: { MODE: 'web' } });
  web.addWorker('Celery', { command: ['celery'] });
  return { stack, web };
}

test('a plain variable reaches every process, those of later too', () => {
  const { stack, web } = withProcesses();
  const bucket = new Bucket(stack, 'Uploads');
  web.addEnvironment({ UPLOADS: bucket.bucketName, ANOTHER: '1' });
  web.addReleaseTask('Migrate', { command: ['true'] });
  const containers = containersOf(Template.fromStack(stack));
  expect(containers).toHaveLength(3);
  for (const container of containers) {
    expect(environmentOf(container)).toMatchObject({ UPLOADS: stack.resolve(bucket.bucketName), ANOTHER: '1', MODE: 'web' });
  }
});

test('a secret reaches every process, those of later too', () => {
  const { stack, web } = withProcesses();
  const secret = new Secret(stack, 'Payments');
  web.addSecrets({ PAYMENTS_KEY: EcsSecret.fromSecretsManager(secret, 'key') });
  web.addTask('Report', { command: ['true'] });
  const containers = containersOf(Template.fromStack(stack));
  expect(containers).toHaveLength(3);
  for (const container of containers) {
    expect(container.Secrets).toEqual([
      { Name: 'PAYMENTS_KEY', ValueFrom: { 'Fn::Join': ['', [stack.resolve(secret.secretArn), ':key::']] } },
    ]);
  }
});

test('the order in which they are given is not that of the template', () => {
  const [one, other] = [
    { B: '2', A: '1' },
    { A: '1', B: '2' },
  ].map((environment) => {
    const { stack, web } = withProcesses();
    web.addEnvironment(environment);
    return Template.fromStack(stack).toJSON();
  });
  expect(one).toEqual(other);
});

test('a variable that is set already', () => {
  const { web } = withProcesses();
  const message = 'the variable MODE is given already; remove it from environment and secrets, or set it once';
  expectError(() => web.addEnvironment({ MODE: 'x' }), message);
  web.addEnvironment({ NEW: '1' });
  expectError(() => web.addEnvironment({ NEW: '2' }), message.replace('MODE', 'NEW'));
});

test('a variable of the server', () => {
  const { web } = withProcesses();
  expectError(
    () => web.addEnvironment({ WEB_CONCURRENCY: '1' }),
    'the variable WEB_CONCURRENCY is set by the construct and cannot be given in environment or secrets; set workers of WsgiServer.gunicorn() as server',
  );
});

test('what looks like a secret is warned of', () => {
  const { stack, web } = withProcesses();
  web.addEnvironment({ API_KEY: 'abc' });
  expect(warningIds(stack)).toContain('cdk-flask-fargate:plainSecret');
});

test.each(['', 'A=B', 'A B', 'A\n'])('a name that no process can be told of, %j', (name) => {
  const message = `the name of a variable must have no '=' and no space, and not be empty, got '${name}'; give 'FLASK_GREETING', for example`;
  const { stack, web } = withProcesses();
  expectError(() => web.addEnvironment({ [name]: '1' }), message);
  expectError(() => web.addSecrets({ [name]: EcsSecret.fromSecretsManager(new Secret(stack, 'Payments')) }), message);
  expectError(() => web.addWorker('Later', { command: ['true'], environment: { [name]: '1' } }), message);
  expectError(() => service(testStack(), { environment: { [name]: '1' } }), message);
});

test('a name with a dot or a hyphen passes, as ECS takes it', () => {
  const { stack, web } = withProcesses();
  web.addEnvironment({ 'app.mode-2': '1' });
  expect(environmentOf(containersOf(Template.fromStack(stack))[0])).toMatchObject({ 'app.mode-2': '1' });
});
