export { type ExistingLoadBalancer, FlaskPlatform, type FlaskPlatformProps } from './flask-platform';
