export { FlaskHealthCheck, type FlaskHealthCheckOptions } from './health-check';
export {
  type CustomWsgiServerOptions,
  type GranianOptions,
  type GunicornOptions,
  type ThreadedWsgiServerOptions,
  WsgiServer,
  type WsgiServerOptions,
} from './wsgi-server';
