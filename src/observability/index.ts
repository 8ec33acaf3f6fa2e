export { FlaskServiceMetrics } from './flask-service-metrics';
