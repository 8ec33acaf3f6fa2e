export { FlaskImage } from './flask-image';
export type {
  FlaskBuildOptions,
  FlaskDockerfileOptions,
  FlaskImageOptions,
  FlaskRepositoryImageOptions,
  FlaskSourceOptions,
} from './flask-image-options';
export { FlaskRepository, type FlaskRepositoryProps } from './flask-repository';
