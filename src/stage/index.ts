export { FlaskStage } from './flask-stage';
export type { FlaskStageOptions } from './flask-stage-options';
