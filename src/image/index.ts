export { type FlaskDockerfileOptions, FlaskImage, type FlaskImageOptions, type FlaskSourceOptions } from './flask-image';
export { FlaskRepository, type FlaskRepositoryProps } from './flask-repository';
