export { FlaskImage } from './flask-image';
export type {
  FlaskBuildOptions,
  FlaskDockerfileOptions,
  FlaskImageAssetOptions,
  FlaskImageOptions,
  FlaskRepositoryImageOptions,
  FlaskSourceOptions,
} from './flask-image-options';
export { FlaskRepository, type FlaskRepositoryProps } from './flask-repository';
