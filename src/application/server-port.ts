import { requireInteger } from '../private/validation';

/** The port that the server listens on, of a service and of an image that is built without one. */
export function serverPort(port = 3000): number {
  requireInteger('port', port, 1024, 65535, 'the container runs as a user that is not root');
  return port;
}
