export { FlaskPlatform } from './flask-platform';
export type { ExistingLoadBalancer, FlaskPlatformProps } from './flask-platform-props';
