export { type ExistingLoadBalancer, FlaskPlatform, type FlaskPlatformProps } from './flask-platform';
export type { IFlaskPlatform } from './i-flask-platform';
export type { PlatformOptions } from './platform-route';
