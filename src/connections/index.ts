export type { CacheConnectionOptions, CacheVariableNames } from './cache-connection';
export { type DatabaseConnectionOptions, type DatabaseVariableNames, DatabaseVariables } from './database-connection';
