export { type AlarmOptions, FlaskAlarm, type MonitoringOptions } from './alarm-options';
export { FlaskServiceAlarms } from './flask-service-alarms';
export { FlaskServiceMetrics } from './flask-service-metrics';
