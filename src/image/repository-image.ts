import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { type ContainerDefinition, ContainerImage, type ContainerImageConfig } from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail, requirePattern } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Tags that are moved to what is newest, by habit: names of branches, of stages and of what is not yet a release. */
const MOVED_TAGS = new Set(
  [
    'default develop head main mainline master next release trunk',
    'canary demo dev development int integration live local pre-prod preprod preview prod production qa sandbox stage staging test uat',
    'alpha beta current edge experimental latest lts newest nightly rc snapshot stable unstable',
  ].flatMap((line) => line.split(' ')),
);

/** `main-latest`, `latest-slim`, `1.5-SNAPSHOT`. */
const MOVED_PART = /^(latest|nightly)[._-]|[._-](latest|nightly|snapshot)$/i;

/** What programs print of a value that is not there: a shell hands it on as if it were one. */
const NOTHING = /^(undefined|null|none|nil|nan)$/i;

/** Checks the tag or digest of an image, which is missing where a context value was forgotten. */
export function requireTagOrDigest(tagOrDigest: string, isDigest: boolean | undefined): void {
  // other languages, and context that is not set, give what the type excludes
  const given = tagOrDigest as unknown;
  if (given !== undefined && given !== null && typeof given !== 'string') {
    fail(`the tag or digest of the image must be a text, got ${JSON.stringify(given)}; write it in quotes: '1.10' is another tag than 1.1`);
  }
  if (given === undefined || given === null || given.trim() === '' || NOTHING.test(given)) {
    fail(
      `the tag or digest of the image is missing, got ${typeof given === 'string' ? `'${given}'` : `${given}`}; give that of an image that was pushed (cdk deploy -c tag=1.4.2); if none was pushed yet, use FlaskImage.fromEmptyRepository() for the first deployment, under a context key of its own`,
    );
  }
  const [, digestOf] = /^[^@]*@(.+)$/.exec(tagOrDigest) ?? [];
  if (digestOf !== undefined && DIGEST.test(digestOf)) {
    fail(`the digest has the name of its repository before it, got '${tagOrDigest}'; give what comes after the @: '${digestOf}'`);
  }
  if (isDigest) {
    requirePattern('the digest', tagOrDigest, DIGEST, "'sha256:…' of 64 hexadecimal digits, as isDigest says");
    return;
  }
  requirePattern(
    'the tag or digest',
    tagOrDigest,
    /^(sha256:[0-9a-f]{64}|\w[\w.-]{0,127})$/,
    "a tag such as '1.4.2' or a digest 'sha256:…' of 64 hexadecimal digits",
  );
}

/** The image of a repository, with advice on what its tag will not do. */
export function repositoryImage(
  scope: Construct,
  repository: IRepository,
  tagOrDigest: string,
  isDigest: boolean | undefined,
): ContainerImage {
  if (MOVED_TAGS.has(tagOrDigest.toLowerCase()) || MOVED_PART.test(tagOrDigest)) {
    warn(
      scope,
      WARNINGS.MUTABLE_TAG,
      `the image has the tag '${tagOrDigest}': a new push under it does not change the template, so it is not deployed, and a rollback has no older image; give each push its own tag, such as the commit`,
    );
  }
  if (Token.isUnresolved(tagOrDigest) && isDigest === undefined) {
    warn(
      scope,
      WARNINGS.TAG_OR_DIGEST,
      'the tag of the image is known at deployment only and is treated as a tag, so a digest could not be pulled; set isDigest to true or false',
    );
  }
  return isDigest ? new DigestImage(repository, tagOrDigest) : ContainerImage.fromEcrRepository(repository, tagOrDigest);
}

/** An image by its digest, which the CDK knows by its text alone. */
class DigestImage extends ContainerImage {
  public constructor(
    private readonly repository: IRepository,
    private readonly digest: string,
  ) {
    super();
  }

  public bind(_scope: Construct, container: ContainerDefinition): ContainerImageConfig {
    this.repository.grantPull(container.taskDefinition.obtainExecutionRole());
    return { imageName: this.repository.repositoryUriForDigest(this.digest) };
  }
}
