export { FlaskHealthCheck, type FlaskHealthCheckOptions } from './health-check';
export type {
  CustomWsgiServerOptions,
  GranianOptions,
  GunicornOptions,
  ThreadedWsgiServerOptions,
  WsgiServerOptions,
} from './server-options';
export { WsgiServer } from './wsgi-server';
