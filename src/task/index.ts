export type { FileSystemOptions } from './file-system';
export type { OpenTelemetryOptions } from './open-telemetry';
export { type SidecarOptions, SidecarOrder } from './sidecar';
