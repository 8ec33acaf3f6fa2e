import { Template } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpointAwsService, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type DatabaseInstanceProps,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { HostedRotation, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { type DatabaseConnectionOptions, FlaskStage } from '../../src';
import { madeBefore } from '../util/order';
import { adviceOf, only, service, testApp, testStack } from '../util/test-stack';

const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
const instanceIn = (stack: Stack, vpc: IVpc, props: Partial<DatabaseInstanceProps> = {}) =>
  new DatabaseInstance(stack, 'Database', { vpc, engine, databaseName: 'shop', ...props });

/** A service and its database, whose password rotates. */
function setup(rotate: (database: DatabaseInstance) => unknown, options: DatabaseConnectionOptions = {}) {
  const stack = testStack();
  const web = service(stack);
  const worker = web.addWorker('Celery', { command: ['celery'] });
  const release = web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
  const database = instanceIn(stack, web.vpc);
  web.connectToDatabase(database, options);
  rotate(database);
  return { stack, web, worker, release, database };
}

const ROTATION = 'AWS::SecretsManager::RotationSchedule';
const single = (database: DatabaseInstance) => database.addRotationSingleUser();

describe('a rotation begins when its schedule is made', () => {
  test.each([
    ['after it is connected', (database: DatabaseInstance) => database.addRotationSingleUser()],
    [
      'by AWS without a function',
      (database: DatabaseInstance) =>
        (database.secret as Secret).addRotationSchedule('Rotation', { hostedRotation: HostedRotation.postgreSqlSingleUser() }),
    ],
  ])('so no task waits for it, and it waits for what restarts the tasks (%s)', (_, rotate) => {
    const { stack, web, worker, release } = setup(rotate);
    const template = Template.fromStack(stack);
    const { id } = only(template, ROTATION);
    for (const process of [web.service, worker.service, release.node.findChild('Run')]) {
      expect(madeBefore(template, process as typeof web.service)).not.toContain(id);
    }
    const before = madeBefore(template, id);
    expect(before).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^WebService/),
        expect.stringMatching(/^WebCeleryService/),
        only(template, 'AWS::StepFunctions::StateMachine', /^FlaskRestarts/).id,
        only(template, 'AWS::Events::Rule').id,
      ]),
    );
    // the rights of the state machine too, or the first restart is denied
    expect(before).toContainEqual(expect.stringMatching(/^WebSecretRestartRight/));
    expect(adviceOf(stack)).toEqual([]);
  });

  test('in a stack of its own it cannot wait, which is said', () => {
    const app = testApp();
    const data = new Stack(app, 'Data');
    const stack = new Stack(app, 'Test');
    const vpc = new Vpc(data, 'Vpc');
    const database = instanceIn(data, vpc);
    database.addRotationSingleUser();
    service(stack, { vpc }).connectToDatabase(database);
    app.synth();
    expect(adviceOf(stack)).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:rotationBeforeRestart',
        text: 'the secret Data/Database/Secret/Attachment is rotated as soon as its schedule is made, before the resource that restarts the tasks, so they would keep the first password until the next rotation; set rotateImmediatelyOnUpdate of the rotation to false',
      },
    ]);
  });

  test('in a stack of its own with the first rotation put off, nothing is said', () => {
    const app = testApp();
    const data = new Stack(app, 'Data');
    const stack = new Stack(app, 'Test');
    const vpc = new Vpc(data, 'Vpc');
    const database = instanceIn(data, vpc);
    database.addRotationSingleUser({ rotateImmediatelyOnUpdate: false });
    service(stack, { vpc }).connectToDatabase(database);
    app.synth();
    expect(adviceOf(stack)).toEqual([]);
  });

  test('behind a proxy it waits too', () => {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc);
    const secret = database.secret as ISecret;
    const proxy = database.addProxy('Proxy', { vpc: web.vpc, secrets: [secret] });
    database.addRotationSingleUser();
    web.connectToDatabase(proxy, { secret, databaseName: 'shop' });
    const template = Template.fromStack(stack);
    expect(madeBefore(template, only(template, ROTATION).id)).toContainEqual(expect.stringMatching(/^WebSecretRestart/));
    expect(adviceOf(stack)).toEqual([]);
  });

  test('where a process waits for all of the database by a dependency of the user, it is said, and there is no circle', () => {
    const { stack, web, database } = setup(single);
    web.service.node.defaultChild?.node.addDependency(database);
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(adviceOf(stack).map(({ id }) => id)).toEqual(['cdk-flask-fargate:rotationBeforeRestart']);
  });
});

describe('a password that changes', () => {
  test('restarts the tasks without a further word, also one that RDS manages and rotates every seven days', () => {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc, { credentials: Credentials.fromUsername('shop'), manageMasterUserPassword: true } as never);
    web.connectToDatabase(database);
    const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
    expect(rule.Properties.EventPattern.resources).toEqual([stack.resolve(database.secret?.secretArn)]);
  });

  test('can be left alone, which is said where it rotates', () => {
    const { stack } = setup(single, { restartOnSecretChange: false });
    Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 0);
    expect(adviceOf(stack)).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:rotationWithoutRestart',
        text: 'the secret Test/Database/Secret/Attachment is rotated, and the tasks keep the value that they started with, so new connections fail after the first rotation; leave restartOnSecretChange out, or call restartOnSecretChange() with the secret',
      },
    ]);
  });

  test('can be left alone where it does not rotate', () => {
    const { stack } = setup(() => undefined, { restartOnSecretChange: false });
    expect(adviceOf(stack)).toEqual([]);
  });

  test('restarts once where it is asked for twice', () => {
    const { stack, web, database } = setup(single);
    web.restartOnSecretChange(database.secret as ISecret);
    Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 1);
  });
});

describe('the function that rotates', () => {
  const NO_WAY = {
    path: '/Test/Web',
    id: 'cdk-flask-fargate:rotationWithoutEgress',
    text: 'the function that rotates the secret Test/Database/Secret/Attachment runs in subnets that cannot reach Secrets Manager, so every rotation fails; give the rotation private subnets with a NAT gateway as vpcSubnets, or the VPC an interface endpoint for Secrets Manager',
  };

  function inDevelopment(subnetType: SubnetType, rotate: (database: DatabaseInstance, vpc: Vpc) => unknown) {
    const stack = testStack();
    const web = service(stack, { stage: FlaskStage.development() });
    const database = instanceIn(stack, web.vpc, { vpcSubnets: { subnetType } });
    web.connectToDatabase(database);
    rotate(database, web.vpc as Vpc);
    return stack;
  }

  test.each([SubnetType.PRIVATE_ISOLATED, SubnetType.PUBLIC])(
    'has no way to Secrets Manager in %s subnets, which is said',
    (subnetType) => {
      expect(adviceOf(inDevelopment(subnetType, single))).toEqual([NO_WAY]);
    },
  );

  test('the same of a function of AWS', () => {
    const stack = inDevelopment(SubnetType.PRIVATE_ISOLATED, (database, vpc) =>
      (database.secret as Secret).addRotationSchedule('Rotation', {
        hostedRotation: HostedRotation.postgreSqlSingleUser({ vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } }),
      }),
    );
    expect(adviceOf(stack)).toEqual([NO_WAY]);
  });

  test('has one by an endpoint', () => {
    const stack = inDevelopment(SubnetType.PRIVATE_ISOLATED, (database, vpc) => {
      vpc.addInterfaceEndpoint('SecretsManager', {
        service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
        subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      });
      database.addRotationSingleUser();
    });
    expect(adviceOf(stack)).toEqual([]);
  });
});

describe('two users that take turns', () => {
  const byTurns = (database: DatabaseInstance) => {
    const user = new Secret(Stack.of(database), 'User', {
      generateSecretString: { secretStringTemplate: '{"username":"shop"}', generateStringKey: 'password' },
    }).attach(database);
    database.addRotationMultiUser('Turns', { secret: user, automaticallyAfter: Duration.days(30) });
    return user;
  };

  function connected(migrates: boolean) {
    const stack = testStack();
    const web = service(stack);
    const database = instanceIn(stack, web.vpc);
    web.connectToDatabase(database, { secret: byTurns(database) });
    if (migrates) {
      web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    }
    return stack;
  }

  test('beside a migration: the tables of one are not the other’s, which is said', () => {
    expect(adviceOf(connected(true))).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:rotationOfTwoUsers',
        text: 'the secret Test/User/Attachment is rotated between two users, and the app has a release task: a table belongs to the user that made it, and the migration of the other user ends with "must be owner of table"; rotate a single user',
      },
    ]);
  });

  test('without a migration nothing is said', () => {
    expect(adviceOf(connected(false))).toEqual([]);
  });
});
