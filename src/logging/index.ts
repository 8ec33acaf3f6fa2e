export type { LoggingOptions } from './service-logs';
