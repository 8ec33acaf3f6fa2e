import { ImageTagMutabilityExclusionFilter, Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { requireInteger } from '../private/validation';
import type { FlaskStage } from '../stage/flask-stage';
import { stageOf } from '../stage/stage-of';
import { platformOf } from './image-asset';

/** A repository for the images of an app. */
export interface FlaskRepositoryProps {
  /**
   * The name of the repository. A name that is set by hand cannot be used by two stacks of one account and region.
   *
   * @default - CloudFormation makes one
   */
  readonly repositoryName?: string;

  /**
   * What the repository is for. In `ephemeral` it is emptied and deleted with its stack; in the others it stays, with its images.
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
   * How many images are kept; older ones expire. 1 to 1000.
   *
   * @default 100
   */
  readonly maxImageCount?: number;

  /**
   * The tags that may be moved, with `*` as wildcard; all others are immutable: what was tested under a tag is what runs under it.
   *
   * @default ['latest'] - as in the guide
   */
  readonly mutableTags?: string[];

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
 * An Amazon ECR repository for the images of an app: scanned at each push, tags that cannot be moved, old images expire.
 *
 * At the first deployment it is empty: a service of the same stack begins with `FlaskImage.fromEmptyRepository`.
 */
export class FlaskRepository extends Repository {
  /**
   * The four commands that build an image of the Dockerfile in the working directory and push it: sign in, build, tag, push. The tag is the shell
   * variable `TAG`, and `latest` without it.
   */
  public readonly pushCommands: string[];

  public constructor(scope: Construct, id: string, props: FlaskRepositoryProps = {}) {
    requireInteger('maxImageCount', props.maxImageCount, 1, 1000);
    const removalPolicy = props.removalPolicy ?? stageOf(scope, props.stage).repositoryRemovalPolicy;
    const mutableTags = [...(props.mutableTags ?? ['latest'])].sort();
    super(scope, id, {
      repositoryName: props.repositoryName,
      imageScanOnPush: true,
      imageTagMutability: mutableTags.length > 0 ? TagMutability.IMMUTABLE_WITH_EXCLUSION : TagMutability.IMMUTABLE,
      imageTagMutabilityExclusionFilters:
        mutableTags.length > 0 ? mutableTags.map((tag) => ImageTagMutabilityExclusionFilter.wildcard(tag)) : undefined,
      removalPolicy,
      // the CDK refuses emptyOnDelete where the repository stays
      emptyOnDelete: removalPolicy === RemovalPolicy.DESTROY,
      lifecycleRules: [
        { description: 'untagged images go after a day', tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(1), rulePriority: 1 },
        { description: 'the newest images stay', tagStatus: TagStatus.ANY, maxImageCount: props.maxImageCount ?? 100, rulePriority: 2 },
      ],
    });

    const { region } = Stack.of(this);
    const uri = this.repositoryUri;
    const platform = platformOf(props.cpuArchitecture).platform;
    // the local name of the guide where the repository has none of its own
    const local = props.repositoryName?.split('/').pop() ?? 'flask-app';
    this.pushCommands = [
      `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${this.registryUri}`,
      `docker build --platform ${platform} -t ${local} .`,
      // of a POSIX shell: `TAG=1.0.0` before them, or latest as in the guide
      `docker tag ${local}:latest ${uri}:\${TAG:-latest}`,
      `docker push ${uri}:\${TAG:-latest}`,
    ];
    if (props.outputs ?? true) {
      for (const [index, name] of ['SignIn', 'Build', 'Tag', 'Push'].entries()) {
        new CfnOutput(this, `${name}Command`, { value: this.pushCommands[index], description: `push an image, step ${index + 1} of 4` });
      }
    }
  }
}
