import type { IConstruct } from 'constructs';

/** A platform that services share, made in this app or named by `FlaskPlatform.fromName()`. */
export interface IFlaskPlatform extends IConstruct {
  /** The name of the platform, which is all that its services know of it when they are synthesized. */
  readonly platformName: string;
}
