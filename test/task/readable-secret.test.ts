import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { service, testStack, warningsOf } from '../util/test-stack';

const ID = 'cdk-flask-fargate:secretWithoutSuffix';
const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/api';

const advice = (make: (stack: ReturnType<typeof testStack>) => EcsSecret) => {
  const stack = testStack();
  service(stack, { secrets: { API_KEY: make(stack) } });
  return warningsOf(stack).filter(({ id }) => id === ID);
};

test('a field of a secret by its name is told, for ECS wants the whole ARN', () => {
  expect(advice((stack) => EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(stack, 'Api', 'shop/api'), 'key'))).toEqual([
    expect.objectContaining({
      text: "the variable API_KEY is a field of the secret 'shop/api', which is given by its name, and Amazon ECS may refuse a field where the ARN lacks the six characters at its end; give the whole ARN to Secret.fromSecretCompleteArn()",
    }),
  ]);
});

test('so is one by an ARN without its end, and one of a process', () => {
  expect(advice((stack) => EcsSecret.fromSecretsManager(Secret.fromSecretPartialArn(stack, 'Api', ARN), 'key'))).toHaveLength(1);
  const stack = testStack();
  const key = EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(stack, 'Api', 'shop/api'), 'key');
  service(stack).addWorker('Jobs', { command: ['celery'], secrets: { API_KEY: key } });
  expect(warningsOf(stack).filter(({ id }) => id === ID)).toHaveLength(1);
});

test.each<[string, (stack: ReturnType<typeof testStack>) => EcsSecret]>([
  ['the whole ARN', (stack) => EcsSecret.fromSecretsManager(Secret.fromSecretCompleteArn(stack, 'Api', `${ARN}-AbC123`), 'key')],
  ['a secret of the app', (stack) => EcsSecret.fromSecretsManager(new Secret(stack, 'Api'), 'key')],
  ['a secret by its name as a whole', (stack) => EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(stack, 'Api', 'shop/api'))],
])('%s is not', (_, make) => {
  expect(advice(make)).toEqual([]);
});
