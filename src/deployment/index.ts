export {
  type CanaryDeploymentOptions,
  type CircuitBreakerOptions,
  type EarlySuccessOptions,
  FlaskDeployment,
  type LinearDeploymentOptions,
  type RollingDeploymentOptions,
  type TrafficShiftOptions,
} from './flask-deployment';
