export {
  type AlarmNotificationOptions,
  type AlarmOptions,
  FlaskAlarm,
  type MonitoringOptions,
  type ServiceLevelObjective,
} from './alarm-options';
export { FlaskServiceAlarms } from './flask-service-alarms';
export { FlaskServiceMetrics } from './flask-service-metrics';
