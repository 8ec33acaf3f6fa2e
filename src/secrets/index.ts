export { FlaskSecretKey, type FlaskSecretKeyProps } from './flask-secret-key';
