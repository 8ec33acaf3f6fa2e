export { FlaskScheduledTask, type FlaskScheduledTaskOptions, type FlaskScheduledTaskProps } from './flask-scheduled-task';
export type { IFlaskService } from './flask-service';
export { FlaskTask, type FlaskTaskOptions, type FlaskTaskProps } from './flask-task';
export { FlaskWorker, type FlaskWorkerOptions, type FlaskWorkerProps } from './flask-worker';
