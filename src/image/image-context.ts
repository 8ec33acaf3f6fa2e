import type { RenderedServer } from '../application/wsgi-server';

/**
 * What an image has to know of its service.
 *
 * @internal
 */
export interface ImageContext {
  readonly id: string;
  readonly server: RenderedServer;
  readonly port: number;
  /** The paths that the app writes to, beside which the root is read-only. */
  readonly writablePaths: readonly string[];
}
