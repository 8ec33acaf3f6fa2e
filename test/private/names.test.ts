import { Template } from 'aws-cdk-lib/assertions';
import { awsName } from '../../src/private/names';
import { containersOf, expectError, service, testStack } from '../util/test-stack';

test.each([
  ['Celery', 'celery'],
  ['celery:high', 'celery-high'],
  ['a*b', 'a-b'],
  ['Größe', 'gro-e'],
  ['crème brûlée', 'creme-brulee'],
  [':edge:', 'edge'],
  ['snake_case-2', 'snake_case-2'],
])('the id %p gives the name %p', (id, name) => {
  expect(awsName(id)).toBe(name);
});

test('an id without a letter of ASCII or a digit gives none', () => {
  expectError(
    () => service(testStack()).addWorker('夜間', { command: ['true'] }),
    "the id '夜間' must have at least one letter from a to z or one digit, because a name in AWS is made from it; use another id",
  );
});

test.each(['web', 'Web', 'WEB:'])('an id that would mix its log with that of the web process: %p', (id) => {
  expectError(
    () => service(testStack()).addWorker(id, { command: ['true'] }),
    `the id '${id}' gives the log stream prefix 'web', which is that of the web process; use another, '${id}1', for example`,
  );
});

test('every process has log streams whose names CloudWatch Logs accepts', () => {
  const stack = testStack();
  const web = service(stack);
  web.addWorker('celery:high', { command: ['celery'] });
  web.addReleaseTask('migrate*', { command: ['flask', 'db', 'upgrade'] });
  const template = Template.fromStack(stack);
  const prefixes = containersOf(template).map(
    ({ LogConfiguration }) => (LogConfiguration as { Options: { [key: string]: string } }).Options['awslogs-stream-prefix'],
  );
  expect(prefixes.sort()).toEqual(['celery-high', 'migrate', 'web']);
  // the handler looks there for the last lines
  template.hasResourceProperties('Custom::FlaskReleaseTask', { LogStreamPrefix: 'migrate' });
});

test('a service whose id is not ASCII has descriptions that EC2 accepts', () => {
  const stack = testStack();
  service(stack, {}, 'Büro');
  for (const { Properties } of Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup'))) {
    expect(Properties.GroupDescription).toMatch(/^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/);
  }
});
