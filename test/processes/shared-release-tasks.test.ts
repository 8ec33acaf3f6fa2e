import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, type Stack } from 'aws-cdk-lib/core';
import type { FlaskFargateServiceProps } from '../../src';
import { idOf } from '../util/order';
import { expectError, only, service, testStack } from '../util/test-stack';

const COMMAND = ['flask', 'db', 'upgrade'];

describe('two services of a stack', () => {
  function both(ids: string[], props: Partial<FlaskFargateServiceProps>[] = []) {
    const stack = testStack();
    const webs = ids.map((id, index) => service(stack, props[index], id));
    for (const web of webs) {
      web.addReleaseTask('Migrate', { command: COMMAND });
    }
    return { stack, webs };
  }
  const shared = (stack: Stack) =>
    Object.entries(Template.fromStack(stack).toJSON().Resources).filter(([id]) => id.startsWith('FlaskReleaseTasks'));

  test('share what runs their tasks, which is the same whoever of them is there', () => {
    const { stack } = both(['Shop', 'Admin']);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 5);
    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    expect(shared(stack)).toHaveLength(15);
    for (const ids of [['Shop'], ['Admin'], ['Admin', 'Shop']]) {
      expect(shared(both(ids).stack)).toEqual(shared(stack));
    }
  });

  test('run their own definitions, each by its own role', () => {
    const { stack, webs } = both(['Shop', 'Admin']);
    const [ofShop, ofAdmin] = webs.map((web) =>
      JSON.stringify(
        Template.fromStack(stack).findResources('AWS::IAM::Role')[idOf(web.node.findChild('ReleaseTasks'))].Properties.Policies,
      ),
    );
    expect(ofShop).toContain('ShopMigrate');
    expect(ofShop).not.toContain('Admin');
    expect(ofAdmin).not.toContain('Shop');
  });

  test('may wait for each other', () => {
    const { stack, webs } = both(['Shop', 'Admin']);
    webs[1].node.addDependency(webs[0]);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('keep the log of it as long as one of them keeps its own', () => {
    const logging = [
      { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY },
      { retention: RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN },
    ];
    const logs = (order: typeof logging) => {
      const { stack } = both(
        ['Shop', 'Admin'],
        order.map((one) => ({ logging: one })),
      );
      return only(Template.fromStack(stack), 'AWS::Logs::LogGroup', /^FlaskReleaseTasks/);
    };
    expect(logs(logging)).toMatchObject({ Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain' });
    expect(logs([...logging].reverse())).toEqual(logs(logging));
  });

  test('cannot encrypt it with two keys', () => {
    const stack = testStack();
    const add = (id: string) =>
      service(stack, { logging: { encryptionKey: new Key(stack, `${id}Key`) }, hardening: { flowLogs: false } }, id).addReleaseTask(
        'Migrate',
        { command: COMMAND },
      );
    add('Shop');
    expectError(
      () => add('Admin'),
      'the services Test/Shop and Test/Admin share what runs the release tasks of the stack, and its log can be encrypted with one key only, got two; give both the same encryptionKey, or put one of them into another stack',
    );
  });
});
