export type { IFlaskService } from './flask-service';
export { FlaskTask, type FlaskTaskOptions, type FlaskTaskProps } from './flask-task';
