import { createHash } from 'node:crypto';
import { Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail, requirePattern } from './validation';

/** The prefix of the log streams of the web process. */
export const WEB_STREAM_PREFIX = 'web';

/**
 * A name that AWS accepts, made from the id of a construct: lower-case ASCII letters, digits, hyphens and underscores. CloudWatch Logs refuses
 * a colon and an asterisk in the name of a log stream, and ECS what is not ASCII.
 */
export function awsName(id: string): string {
  const name = id
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (name === '') {
    fail(`the id '${id}' must have at least one letter from a to z or one digit, because a name in AWS is made from it; use another id`);
  }
  return name.slice(0, 100);
}

/** The prefix of the log streams of a process other than the web process. */
export function streamPrefixOf(id: string): string {
  const prefix = awsName(id);
  if (prefix === WEB_STREAM_PREFIX) {
    fail(`the id '${id}' gives the log stream prefix '${prefix}', which is that of the web process; use another, '${id}1', for example`);
  }
  return prefix;
}

/** A text that a branch or a path may be, as lower-case letters, digits and single hyphens. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** `order-api` of `OrderApi`. */
export function hyphenated(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

/** What ECS accepts as the name of a container or a volume. */
export function requireEcsName(what: string, name: string): void {
  requirePattern(what, name, /^[A-Za-z0-9_-]{1,255}$/, '1 to 255 letters from a to z, digits, hyphens and underscores');
}

/** A few characters that a text alone has. */
export function shortHash(text: string, length = 8): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/**
 * A part of an id for what belongs to a construct, which may be in another stack. What is around the Stage does not enter it, so that a stack has the same
 * logical ids in each of them.
 */
export function identityOf(construct: IConstruct): string {
  const stage = Stage.of(construct)?.node.path ?? '';
  return shortHash(construct.node.path.slice(stage.length).replace(/^\//, ''));
}
