import { Template } from 'aws-cdk-lib/assertions';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { FlaskRepository, type FlaskRepositoryProps, FlaskStage } from '../../src';
import { expectError, only, service, testStack } from '../util/test-stack';

function repository(props?: FlaskRepositoryProps) {
  const stack = testStack();
  const made = new FlaskRepository(stack, 'Repository', props);
  const template = Template.fromStack(stack);
  return { stack, made, template, resource: only(template, 'AWS::ECR::Repository') };
}

const lifecycle = (maxImageCount: unknown) => ({
  rules: [
    {
      rulePriority: 1,
      description: 'untagged images go after a day',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 1, countUnit: 'days' },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: 'the newest images stay',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: maxImageCount },
      action: { type: 'expire' },
    },
  ],
});

const policyOf = ({ resource }: ReturnType<typeof repository>) =>
  JSON.parse((resource.Properties.LifecyclePolicy as { LifecyclePolicyText: string }).LifecyclePolicyText);

test('by default scans, keeps 100 images, holds tags but latest still, and stays', () => {
  const made = repository();
  expect(made.resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(made.resource.Properties).toEqual({
    ImageScanningConfiguration: { ScanOnPush: true },
    ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    ImageTagMutabilityExclusionFilters: [
      { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'latest' },
    ],
    LifecyclePolicy: expect.anything(),
    EmptyOnDelete: false,
  });
  expect(policyOf(made)).toEqual(lifecycle(100));
});

test('takes every option', () => {
  const made = repository({
    repositoryName: 'team/ecs-flask-app',
    stage: FlaskStage.development(),
    removalPolicy: RemovalPolicy.DESTROY,
    maxImageCount: 10,
    mutableTags: ['nightly-*', 'dev'],
    outputs: false,
  });
  expect(made.resource).toMatchObject({ DeletionPolicy: 'Delete' });
  expect(made.resource.Properties).toMatchObject({
    RepositoryName: 'team/ecs-flask-app',
    EmptyOnDelete: true,
    ImageTagMutabilityExclusionFilters: [
      { ImageTagMutabilityExclusionFilterValue: 'dev' },
      { ImageTagMutabilityExclusionFilterValue: 'nightly-*' },
    ],
  });
  expect(policyOf(made)).toEqual(lifecycle(10));
  expect(made.template.findOutputs('*')).toEqual({});
});

test('without mutable tags holds all of them still', () => {
  const { Properties } = repository({ mutableTags: [] }).resource;
  expect(Properties.ImageTagMutability).toBe('IMMUTABLE');
  expect(Properties).not.toHaveProperty('ImageTagMutabilityExclusionFilters');
});

test.each([
  ['production', FlaskStage.production(), 'Retain', false],
  ['development', FlaskStage.development(), 'Retain', false],
  ['ephemeral', FlaskStage.ephemeral(), 'Delete', true],
])('in %s', (_, stage, deletionPolicy, emptyOnDelete) => {
  const { resource } = repository({ stage });
  expect(resource).toMatchObject({ DeletionPolicy: deletionPolicy, Properties: { EmptyOnDelete: emptyOnDelete } });
});

test('the removal policy that is given wins over the stage', () => {
  const { resource } = repository({ stage: FlaskStage.ephemeral(), removalPolicy: RemovalPolicy.RETAIN });
  expect(resource).toMatchObject({ DeletionPolicy: 'Retain', Properties: { EmptyOnDelete: false } });
});

test.each([0, 1001, 2.5])('%p images are refused', (maxImageCount) => {
  expectError(() => repository({ maxImageCount }), `maxImageCount must be a whole number from 1 to 1000, got ${maxImageCount}`);
});

test.each([1, 1000])('%i images are taken', (maxImageCount) => {
  expect(policyOf(repository({ maxImageCount }))).toEqual(lifecycle(maxImageCount));
});

describe('the push commands', () => {
  test('are the four of the guide, and outputs', () => {
    const { stack, made, template } = repository({ repositoryName: 'team/ecs-flask-app' });
    const commands = stack.resolve(made.pushCommands);
    const text = commands.map((command: unknown) => JSON.stringify(command));
    expect(text[0]).toMatch(/aws ecr get-login-password --region .*AWS::Region.* \| docker login --username AWS --password-stdin /);
    expect(commands[1]).toBe('docker build --platform linux/amd64 -t ecs-flask-app .');
    expect(text[2]).toMatch(/docker tag ecs-flask-app:latest .*:\$\{TAG:-latest\}/);
    expect(text[3]).toMatch(/docker push .*:\$\{TAG:-latest\}/);
    const outputs = template.findOutputs('*');
    expect(Object.keys(outputs).map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'RepositorySignInCommand',
      'RepositoryBuildCommand',
      'RepositoryTagCommand',
      'RepositoryPushCommand',
    ]);
    expect(Object.values(outputs).map(({ Value }) => Value)).toEqual(commands);
    expect(Object.values(outputs).map(({ Description }) => Description)).toEqual([
      'push an image, step 1 of 4',
      'push an image, step 2 of 4',
      'push an image, step 3 of 4',
      'push an image, step 4 of 4',
    ]);
  });

  test('say the account and the region where they are known', () => {
    const stack = testStack({ env: { account: '123456789012', region: 'eu-central-1' } });
    const [signIn] = new FlaskRepository(stack, 'Repository').pushCommands;
    expect(signIn).toContain('aws ecr get-login-password --region eu-central-1 | docker login');
  });

  test('have a name of their own where the repository has none', () => {
    expect(repository().made.pushCommands[1]).toBe('docker build --platform linux/amd64 -t flask-app .');
  });
});

test('has the stage of the service that it is made in, as a default', () => {
  const stack = testStack();
  const web = service(stack, { stage: FlaskStage.ephemeral() });
  new FlaskRepository(web, 'Goes');
  new FlaskRepository(web, 'Stays', { stage: FlaskStage.production() });
  const repositories = Object.values(Template.fromStack(stack).findResources('AWS::ECR::Repository'));
  expect(repositories.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete', 'Retain']);
});

test('builds for the processor of the tasks', () => {
  expect(repository({ cpuArchitecture: CpuArchitecture.ARM64 }).made.pushCommands[1]).toBe(
    'docker build --platform linux/arm64 -t flask-app .',
  );
});
