import { ImageTagMutabilityExclusionFilter, type LifecycleRule, Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { AccountPrincipal, AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { freeId } from '../private/part-ids';
import { pathInErrors } from '../private/path-in-errors';
import { stableOutput } from '../private/stable-output';
import { fail, requireDays, requireNoSnapshot, requirePattern } from '../private/validation';
import type { FlaskStage } from '../stage/flask-stage';
import { stageOf } from '../stage/stage-of';
import { platformOf } from './image-asset';

/** Above the number of images that a repository can have, so that the rule expires nothing and keeps its images from the rules after it. */
const KEEPS_ALL = 100_000;
/** How ECR writes tags with a wildcard, of which it takes four. */
const TAG_PATTERN = /^(?!(?:[^*]*\*){5})[\w.*-]{1,128}$/;

/** A repository for the images of an app. */
export interface FlaskRepositoryProps {
  /**
   * The name of the repository. Two stacks in one account and region cannot use the same name. If the repository is retained, as after a failed first
   * deployment, a new stack cannot use the name until you delete the repository.
   *
   * @default - CloudFormation makes one
   */
  readonly repositoryName?: string;

  /**
   * What the repository is for. In `ephemeral` it is emptied and deleted with its stack; in the others it is retained, with its images.
   *
   * @default - that of the service it is made in; elsewhere FlaskStage.production()
   */
  readonly stage?: FlaskStage;

  /**
   * What happens to the repository when it is removed from its stack. With `DESTROY` the images are deleted too.
   *
   * @default - RETAIN; in the ephemeral stage DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The tags of releases, with `*` as wildcard, such as `v*`. Their images never expire, and other tagged images expire after `otherImagesMaxAge`.
   *
   * @default - every tagged image is kept but those of `previewTags`: a task that starts later, and a rollback, may need any of them
   */
  readonly releaseTags?: string[];

  /**
   * How long images are kept whose tags are neither of releases nor of previews, 1 to 3650 days. It has a meaning only with `releaseTags`. Do not deploy
   * such an image for longer.
   *
   * @default Duration.days(90)
   */
  readonly otherImagesMaxAge?: Duration;

  /**
   * The tags of builds of pull requests, with `*` as wildcard, such as `pr-*`. Their images expire after `previewImagesMaxAge`.
   *
   * @default - none
   */
  readonly previewTags?: string[];

  /**
   * How long images of `previewTags` are kept, 1 to 3650 days. Longer than a preview lives.
   *
   * @default Duration.days(30)
   */
  readonly previewImagesMaxAge?: Duration;

  /**
   * How long images without a tag are kept, 1 to 3650 days, counted from the push. A tag that is moved leaves the image behind that tasks may still run:
   * Amazon ECS starts later tasks of a deployment by the digest.
   *
   * @default - 365 days where no tag can be moved; for ever with `mutableTags`
   */
  readonly untaggedImagesMaxAge?: Duration;

  /**
   * The tags that may be moved, with `*` as wildcard. All others are immutable, so that what was tested under a tag is what runs under it.
   *
   * @default - none
   */
  readonly mutableTags?: string[];

  /**
   * The accounts that may pull, beside that of the repository.
   *
   * @default - none
   */
  readonly pullAccounts?: string[];

  /**
   * The AWS organizations whose accounts may pull, such as `o-a1b2c3d4e5`.
   *
   * @default - none
   */
  readonly pullOrganizations?: string[];

  /**
   * The processor that the build command is for, whatever the building machine has. Give the same to `FlaskImage.fromRepository`.
   *
   * @default CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: CpuArchitecture;

  /**
   * Whether the four commands that push an image are outputs of the stack.
   *
   * @default true
   */
  readonly outputs?: boolean;
}

/**
 * An Amazon ECR repository for the images of an app. It is scanned at each push, its tags cannot be moved, and no rule deletes an image that a task, a
 * scale-out or a rollback may need.
 *
 * At the first deployment it is empty: a service of the same stack begins with `FlaskImage.fromEmptyRepository`.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { FlaskFargateService, FlaskImage, FlaskRepository } from 'cdk-flask-fargate';
 *
 * declare const stack: Stack;
 *
 * const repository = new FlaskRepository(stack, 'Repository');
 * new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromRepository(repository, '1.4.2') });
 */
@pathInErrors
export class FlaskRepository extends Repository {
  /**
   * The four commands that build an image of the Dockerfile in the working directory and push it: sign in, build, tag, push. The tag is the shell
   * variable `TAG`, which has to be set: a commit or a version.
   */
  public readonly pushCommands: string[];

  /**
   * Makes the repository.
   *
   * @param scope the stack, or a service whose stage it shares
   * @param id the id of the construct
   * @param props what is kept, who may pull, and what may be moved
   */
  public constructor(scope: Construct, id: string, props: FlaskRepositoryProps = {}) {
    requireProps(props);
    requireNoSnapshot('removalPolicy of a repository', props.removalPolicy);
    const removalPolicy = props.removalPolicy ?? stageOf(scope, props.stage).repositoryRemovalPolicy;
    const mutableTags = [...(props.mutableTags ?? [])].sort();
    super(scope, freeId(scope, id), {
      repositoryName: props.repositoryName,
      imageScanOnPush: true,
      imageTagMutability: mutableTags.length > 0 ? TagMutability.IMMUTABLE_WITH_EXCLUSION : TagMutability.IMMUTABLE,
      imageTagMutabilityExclusionFilters:
        mutableTags.length > 0 ? mutableTags.map((tag) => ImageTagMutabilityExclusionFilter.wildcard(tag)) : undefined,
      removalPolicy,
      // the CDK refuses emptyOnDelete where the repository stays
      emptyOnDelete: removalPolicy === RemovalPolicy.DESTROY,
      lifecycleRules: lifecycleRules(props, mutableTags.length > 0),
    });
    this.allowPull(props);

    const { region } = Stack.of(this);
    const uri = this.repositoryUri;
    const platform = platformOf(props.cpuArchitecture).platform;
    // the local name of the guide where the repository has none of its own
    const local = props.repositoryName?.split('/').pop() ?? 'flask-app';
    this.pushCommands = [
      `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${this.registryUri}`,
      `docker build --platform ${platform} -t ${local} .`,
      // of a POSIX shell, which ends with this message where TAG is not set
      `docker tag ${local}:latest ${uri}:\${TAG:?set TAG to a version or a commit}`,
      `docker push ${uri}:\${TAG:?set TAG to a version or a commit}`,
    ];
    if (props.outputs ?? true) {
      for (const [index, name] of ['SignIn', 'Build', 'Tag', 'Push'].entries()) {
        stableOutput(this, `${name}Command`, `push an image, step ${index + 1} of 4`, this.pushCommands[index]);
      }
      stableOutput(this, 'Uri', 'the address of the repository, for pipelines', uri);
    }
  }

  private allowPull({ pullAccounts = [], pullOrganizations = [] }: FlaskRepositoryProps): void {
    const actions = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
    if (pullAccounts.length > 0) {
      const principals = [...pullAccounts].sort().map((account) => new AccountPrincipal(account));
      this.addToResourcePolicy(new PolicyStatement({ sid: 'PullByAccounts', actions, principals }));
    }
    if (pullOrganizations.length > 0) {
      const conditions = { StringEquals: { 'aws:PrincipalOrgID': [...pullOrganizations].sort() } };
      this.addToResourcePolicy(new PolicyStatement({ sid: 'PullByOrganizations', actions, principals: [new AnyPrincipal()], conditions }));
    }
  }
}

/** A rule takes the images that have all tags of its list, so each pattern is a rule; what an earlier rule takes, no later one expires. */
function lifecycleRules(props: FlaskRepositoryProps, movesTags: boolean): LifecycleRule[] {
  const untagged = props.untaggedImagesMaxAge ?? (movesTags ? undefined : Duration.days(365));
  const rules: LifecycleRule[] = [
    ...[...(props.releaseTags ?? [])].sort().map((pattern) => ({
      description: `releases stay: ${pattern}`,
      tagStatus: TagStatus.TAGGED,
      tagPatternList: [pattern],
      maxImageCount: KEEPS_ALL,
    })),
    ...[...(props.previewTags ?? [])].sort().map((pattern) => ({
      description: `previews expire: ${pattern}`,
      tagStatus: TagStatus.TAGGED,
      tagPatternList: [pattern],
      maxImageAge: props.previewImagesMaxAge ?? Duration.days(30),
    })),
    ...(props.releaseTags?.length
      ? [
          {
            description: 'other tagged images expire',
            tagStatus: TagStatus.TAGGED,
            tagPatternList: ['*'],
            maxImageAge: props.otherImagesMaxAge ?? Duration.days(90),
          },
        ]
      : []),
    ...(untagged ? [{ description: 'untagged images expire', tagStatus: TagStatus.UNTAGGED, maxImageAge: untagged }] : []),
  ];
  return rules.map((rule, index) => ({ ...rule, rulePriority: index + 1 }));
}

function requireProps(props: FlaskRepositoryProps): void {
  requireDays('otherImagesMaxAge', props.otherImagesMaxAge, 1, 3650);
  requireDays('previewImagesMaxAge', props.previewImagesMaxAge, 1, 3650);
  requireDays('untaggedImagesMaxAge', props.untaggedImagesMaxAge, 1, 3650);
  for (const [name, patterns] of [
    ['releaseTags', props.releaseTags],
    ['previewTags', props.previewTags],
    ['mutableTags', props.mutableTags],
  ] as const) {
    for (const pattern of patterns ?? []) {
      requirePattern(`each of ${name}`, pattern, TAG_PATTERN, "a tag with at most four * as wildcards, such as 'v*'");
    }
  }
  for (const [age, tags] of [
    ['otherImagesMaxAge', 'releaseTags'],
    ['previewImagesMaxAge', 'previewTags'],
  ] as const) {
    if (props[age] && !props[tags]?.length) {
      fail(
        `${age} has no meaning without ${tags}, got ${Token.isUnresolved(props[age]) ? 'a token' : props[age]?.toHumanString()}; give ${tags}, or leave it out`,
      );
    }
  }
  for (const account of props.pullAccounts ?? []) {
    requirePattern('each of pullAccounts', account, /^\d{12}$/, "the 12 digits of an account such as '123456789012'");
  }
  for (const organization of props.pullOrganizations ?? []) {
    requirePattern('each of pullOrganizations', organization, /^o-[a-z0-9]{10,32}$/, "the id of an organization such as 'o-a1b2c3d4e5'");
  }
}
