export { FlaskReleaseTask, type FlaskReleaseTaskOptions, type FlaskReleaseTaskProps } from './flask-release-task';
export { FlaskScheduledTask, type FlaskScheduledTaskOptions, type FlaskScheduledTaskProps } from './flask-scheduled-task';
export type { IFlaskService } from './flask-service';
export type { FlaskServiceOutputs } from './flask-service-outputs';
export { type FlaskStepFunctionsTaskOptions, FlaskTask, type FlaskTaskOptions, type FlaskTaskProps } from './flask-task';
export { FlaskWorker, type FlaskWorkerOptions, type FlaskWorkerProps } from './flask-worker';
