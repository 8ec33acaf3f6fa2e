import type { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import type { ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';

/**
 * An image as the task definition takes it.
 *
 * @internal
 */
export interface BoundImage {
  readonly image: ContainerImage;
  readonly cpuArchitecture: CpuArchitecture;
  /** The user that an image of ours is made for. */
  readonly user?: string;
  /** The asset of an image that is built here. */
  readonly asset?: DockerImageAsset;
  /** Whether the source names the secret key of Flask, or reads all variables with a prefix; undefined where the source is not known. */
  readonly readsSecretKey?: boolean;
}
