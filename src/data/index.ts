export { CacheUse, FlaskCache, type FlaskCacheOptions } from './flask-cache';
export { FlaskDatabase, type FlaskDatabaseOptions, type FlaskMysqlOptions, type FlaskPostgresOptions } from './flask-database';
export { FlaskUploads, type FlaskUploadsOptions } from './flask-uploads';
