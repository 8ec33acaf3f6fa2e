/** The container of the app, as the guide names it. */
export const CONTAINER_NAME = 'flask-app';

/** The container that holds the stop signal back from the app. */
export const DRAIN_CONTAINER_NAME = 'drain';
