import { Template } from 'aws-cdk-lib/assertions';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { FlaskRepository, type FlaskRepositoryProps, FlaskStage } from '../../src';
import { expectError, only, service, testStack } from '../util/test-stack';

function repository(props?: FlaskRepositoryProps) {
  const stack = testStack();
  const made = new FlaskRepository(stack, 'Repository', props);
  const template = Template.fromStack(stack);
  return { stack, made, template, resource: only(template, 'AWS::ECR::Repository') };
}

const expires = (rulePriority: number, description: string, selection: object) => ({
  rulePriority,
  description,
  selection,
  action: { type: 'expire' },
});
const untagged = (rulePriority: number, days: number) =>
  expires(rulePriority, 'untagged images expire', {
    tagStatus: 'untagged',
    countType: 'sinceImagePushed',
    countNumber: days,
    countUnit: 'days',
  });

const policyOf = ({ resource }: ReturnType<typeof repository>) =>
  JSON.parse((resource.Properties.LifecyclePolicy as { LifecyclePolicyText: string }).LifecyclePolicyText);

test('by default scans, keeps every tagged image, holds all tags still, and stays', () => {
  const made = repository();
  expect(made.resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(made.resource.Properties).toEqual({
    ImageScanningConfiguration: { ScanOnPush: true },
    ImageTagMutability: 'IMMUTABLE',
    LifecyclePolicy: expect.anything(),
    EmptyOnDelete: false,
  });
  expect(policyOf(made)).toEqual({ rules: [untagged(1, 365)] });
});

test('takes every option', () => {
  const made = repository({
    repositoryName: 'team/ecs-flask-app',
    stage: FlaskStage.development(),
    removalPolicy: RemovalPolicy.DESTROY,
    releaseTags: ['v*', '20*'],
    otherImagesMaxAge: Duration.days(60),
    previewTags: ['pr-*'],
    previewImagesMaxAge: Duration.days(7),
    untaggedImagesMaxAge: Duration.days(180),
    mutableTags: ['nightly-*', 'dev'],
    pullAccounts: ['222222222222', '111111111111'],
    pullOrganizations: ['o-a1b2c3d4e5'],
    outputs: false,
  });
  expect(made.resource).toMatchObject({ DeletionPolicy: 'Delete' });
  expect(made.resource.Properties).toMatchObject({
    RepositoryName: 'team/ecs-flask-app',
    EmptyOnDelete: true,
    ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    ImageTagMutabilityExclusionFilters: [
      { ImageTagMutabilityExclusionFilterValue: 'dev' },
      { ImageTagMutabilityExclusionFilterValue: 'nightly-*' },
    ],
  });
  const days = (pattern: string, countNumber: number) => ({
    tagStatus: 'tagged',
    tagPatternList: [pattern],
    countType: 'sinceImagePushed',
    countNumber,
    countUnit: 'days',
  });
  const all = (pattern: string) => ({
    tagStatus: 'tagged',
    tagPatternList: [pattern],
    countType: 'imageCountMoreThan',
    countNumber: 100_000,
  });
  expect(policyOf(made)).toEqual({
    rules: [
      expires(1, 'releases stay: 20*', all('20*')),
      expires(2, 'releases stay: v*', all('v*')),
      expires(3, 'previews expire: pr-*', days('pr-*', 7)),
      expires(4, 'other tagged images expire', days('*', 60)),
      untagged(5, 180),
    ],
  });
  const { Statement } = made.resource.Properties.RepositoryPolicyText as { Statement: object[] };
  const Action = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
  expect(Statement).toEqual([
    expect.objectContaining({ Sid: 'PullByAccounts', Effect: 'Allow', Action }),
    {
      Sid: 'PullByOrganizations',
      Effect: 'Allow',
      Action,
      Principal: { AWS: '*' },
      Condition: { StringEquals: { 'aws:PrincipalOrgID': ['o-a1b2c3d4e5'] } },
    },
  ]);
  expect(JSON.stringify(Statement[0])).toMatch(/111111111111.*222222222222/);
  expect(made.template.findOutputs('*')).toEqual({});
});

test('with tags that move keeps untagged images: tasks may run them', () => {
  expect(repository({ mutableTags: ['latest'] }).resource.Properties).not.toHaveProperty('LifecyclePolicy');
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

test.each([0, 3651])('an age of %p days is refused', (days) => {
  expectError(
    () => repository({ untaggedImagesMaxAge: Duration.days(days) }),
    `untaggedImagesMaxAge must be a whole number of days from 1 to 3650, got ${days}`,
  );
});

test.each([1, 3650])('an age of %i days is taken', (days) => {
  expect(policyOf(repository({ untaggedImagesMaxAge: Duration.days(days) }))).toEqual({ rules: [untagged(1, days)] });
});

test.each<[FlaskRepositoryProps, string]>([
  [{ releaseTags: ['v *'] }, "each of releaseTags must be a tag with at most four * as wildcards, such as 'v*', got 'v *'"],
  [{ previewTags: ['*a*b*c*d*'] }, "each of previewTags must be a tag with at most four * as wildcards, such as 'v*', got '*a*b*c*d*'"],
  [
    { otherImagesMaxAge: Duration.days(5) },
    'otherImagesMaxAge has no meaning without releaseTags, got 5 days; give releaseTags, or leave it out',
  ],
  [
    { previewImagesMaxAge: Duration.days(5) },
    'previewImagesMaxAge has no meaning without previewTags, got 5 days; give previewTags, or leave it out',
  ],
  [{ pullAccounts: ['123'] }, "each of pullAccounts must be the 12 digits of an account such as '123456789012', got '123'"],
  [{ pullOrganizations: ['acme'] }, "each of pullOrganizations must be the id of an organization such as 'o-a1b2c3d4e5', got 'acme'"],
])('%p is refused', (props, message) => {
  expectError(() => repository(props), message);
});

describe('the push commands', () => {
  test('are the four of the guide, and outputs', () => {
    const { stack, made, template } = repository({ repositoryName: 'team/ecs-flask-app' });
    const commands = stack.resolve(made.pushCommands);
    const text = commands.map((command: unknown) => JSON.stringify(command));
    expect(text[0]).toMatch(/aws ecr get-login-password --region .*AWS::Region.* \| docker login --username AWS --password-stdin /);
    expect(commands[1]).toBe('docker build --platform linux/amd64 -t ecs-flask-app .');
    expect(text[2]).toMatch(/docker tag ecs-flask-app:latest .*:\$\{TAG:\?set TAG to a version or a commit\}/);
    expect(text[3]).toMatch(/docker push .*:\$\{TAG:\?set TAG to a version or a commit\}/);
    const { RepositoryUri, ...outputs } = template.findOutputs('*');
    expect(RepositoryUri.Description).toBe('the address of the repository, for pipelines');
    expect(Object.keys(outputs)).toEqual([
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
