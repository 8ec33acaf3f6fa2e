export type { CacheConnectionOptions } from './cache-connection';
export { type DatabaseConnectionOptions, DatabaseVariables } from './database-connection';
