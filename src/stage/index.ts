export { FlaskStage } from './flask-stage';
